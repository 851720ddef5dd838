package cli

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unloop-dev/unloop/internal/term"
)

const pageSource = `# A heading that is quite long for its place

<!-- also: nothing -->

A paragraph that goes on over
two lines, with ` + "`kubectl rollout undo deployment/NAME`" + ` in it.

## A part

` + "```" + `
kubectl get pod POD -o jsonpath='{.status.containerStatuses[*].lastState}'

  kept   as it is
` + "```" + `

* An item with a [link](../oom-limit/doc.md), and
  a second line.
* Another, with a block:

  ` + "```" + `
  a: b
  ` + "```" + `

  The item goes on.
1. Numbered.

| a table | is never broken, however wide it may be |
`

func TestPageIsWrappedButForCode(t *testing.T) {
	want := `id: A heading that is quite long for its
place

A paragraph that goes on over two lines,
with
` + "`kubectl rollout undo deployment/NAME`" + `
in it.

A part

    kubectl get pod POD -o jsonpath='{.status.containerStatuses[*].lastState}'

      kept   as it is

  * An item with a link, and a second
    line.
  * Another, with a block:

      a: b

    The item goes on.
  1. Numbered.

  | a table | is never broken, however wide it may be |
`
	if diff := cmp.Diff(want, layoutPage(pageSource, "id: ", 40, false)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestColourStandsForBackquotes(t *testing.T) {
	got := layoutPage("# T\n\nSay `x y` twice: `x y`.\n\n## Part\n", "", 80, true)
	want := "\x1b[1mT\x1b[0m\n\nSay \x1b[36mx y\x1b[0m twice: \x1b[36mx y\x1b[0m.\n\n\x1b[1mPart\x1b[0m\n"
	if got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// A page may be a stranger's.
func TestPageDrivesNeitherTerminalNorRunner(t *testing.T) {
	for _, doc := range []string{
		"# T\n\n\x1b]0;title\x07 text \x1b[31mred", "# ::error::x", "# T\n\n[::error::x](y)", "# T\n\n::error::x", "```\n::set-output a\n```",
		"* ::error::x", "# T\n\n" + strings.Repeat("word ", 20) + "::error::x",
	} {
		for width := 20; width < 60; width++ {
			for line := range strings.SplitSeq(layoutPage(doc, "", width, false), "\n") {
				if strings.ContainsAny(line, "\x1b\x07") || strings.HasPrefix(strings.TrimSpace(line), "::") {
					t.Errorf("%q at %d: %q", doc, width, line)
				}
			}
		}
	}
}

// TestEveryPageFitsItsWidth lays out the whole catalogue. Only code and words of their own may be wider than the terminal.
func TestEveryPageFitsItsWidth(t *testing.T) {
	set, err := loadRules(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, topic := range topics(set) {
		code := codeOf(topic.doc)
		for _, width := range []int{40, 60, 80, 120} {
			for line := range strings.SplitSeq(topic.page(screen{width: width}), "\n") {
				text := strings.TrimSpace(line)
				if term.Columns(line) > width && !code[text] && !strings.Contains(text, "`") && strings.Contains(text, " ") {
					t.Errorf("%s at %d: %s", topic.id, width, line)
				}
			}
		}
	}
}

// codeOf gives the lines of the code blocks.
func codeOf(doc string) map[string]bool {
	lines := make(map[string]bool)
	for i, block := range strings.Split(doc, "```") {
		if i%2 == 1 {
			for line := range strings.SplitSeq(block, "\n") {
				lines[strings.TrimSpace(line)] = true
			}
		}
	}
	return lines
}
