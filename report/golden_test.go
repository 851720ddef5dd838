package report

import (
	"bytes"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/rogpeppe/go-internal/diff"

	"github.com/unloop-dev/unloop/diagnosis"
	"github.com/unloop-dev/unloop/internal/term"
)

var update = flag.Bool("update", false, "rewrite the files in testdata")

// golden compares got with testdata/name.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("differs from %s (go test ./report -update rewrites it):\n%s", path, diff.Diff("want", want, "got", got))
	}
}

func render(t *testing.T, format string, ds []*diagnosis.Diagnosis, o Options) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, format, ds, o); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestGolden(t *testing.T) {
	all := fixtures()
	for _, name := range slices.Sorted(maps.Keys(all)) {
		t.Run(name, func(t *testing.T) {
			for _, width := range []int{60, 80, 120} {
				o := Options{Width: width}
				golden(t, fmt.Sprintf("%s.%d.txt", name, width), render(t, "text", all[name], o))
				checkText(t, all[name], o)
			}
			golden(t, name+".color.txt", render(t, "text", all[name], Options{Color: true}))
			golden(t, name+".wide.txt", render(t, "wide", all[name], Options{}))
			golden(t, name+".json", render(t, "json", all[name], Options{}))
			golden(t, name+".yaml", render(t, "yaml", all[name], Options{}))
			golden(t, name+".md", render(t, "markdown", all[name], Options{}))
			for _, format := range Formats() {
				checkHarmless(t, string(render(t, format, all[name], Options{})))
			}
		})
	}
}

var colors = regexp.MustCompile("\x1b\\[(0|1|2|31|32|33|36)m")

// checkText holds text, short and wide, to the rules on top of text.go.
func checkText(t *testing.T, ds []*diagnosis.Diagnosis, o Options) {
	t.Helper()
	for _, format := range []string{"text", "wide"} {
		plain := string(render(t, format, ds, o))
		checkHarmless(t, plain)
		o.Color = true
		if got := colors.ReplaceAllString(string(render(t, format, ds, o)), ""); got != plain {
			t.Errorf("%s differs with colour by more than colour:\n%s", format, diff.Diff("plain", []byte(plain), "colour", []byte(got)))
		}
		o.Color = false
		for line := range strings.Lines(plain) {
			line = strings.TrimRight(line, "\n")
			if term.Columns(line) > o.Width && !isLiteral(line) {
				t.Errorf("%s at %d columns has a line of %d: %q", format, o.Width, term.Columns(line), line)
			}
			if strings.TrimRight(line, " ") != line {
				t.Errorf("%s: white space at the end of %q", format, line)
			}
		}
	}
}

// isLiteral says whether a line is a command, which must stay whole to be copied.
func isLiteral(line string) bool { return strings.HasPrefix(strings.TrimSpace(line), "kubectl ") }

// ciCommand is what the runners of GitHub and Azure act upon.
var ciCommand = regexp.MustCompile(`^\s*::[A-Za-z][\w-]*(\s|::|$)|##(vso)?\[`)

// checkHarmless asserts that nothing in s can drive a terminal or a CI runner.
func checkHarmless(t *testing.T, s string) {
	t.Helper()
	if !utf8.ValidString(s) {
		t.Errorf("invalid UTF-8 in %q", s)
	}
	for _, r := range s {
		if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r)) {
			t.Fatalf("%U got out in %q", r, s)
		}
	}
	for line := range strings.Lines(s) {
		if ciCommand.MatchString(line) {
			t.Errorf("a CI command got out: %q", line)
		}
	}
}

func TestOrdinaryDiagnosisFitsOneScreen(t *testing.T) {
	for _, name := range []string{"refused", "liveness", "oom", "start-error", "not-diagnosed", "pending"} {
		out := string(render(t, "text", fixtures()[name], Options{}))
		if n := strings.Count(out, "\n"); n > 24 {
			t.Errorf("%s takes %d lines:\n%s", name, n, out)
		}
	}
}

func TestFormats(t *testing.T) {
	for _, format := range append(Formats(), "") {
		if err := Check(format); err != nil {
			t.Errorf("Check(%q) = %v", format, err)
		}
	}
	for _, format := range []string{"html", "sarif", "xml"} {
		err := Check(format)
		if err == nil || !strings.Contains(err.Error(), "text, wide, json, yaml, markdown") {
			t.Errorf("Check(%q) = %v, want an error that lists the formats", format, err)
		}
	}
}
