package shell

import (
	"slices"
	"strings"
	"testing"

	"mvdan.cc/sh/v3/syntax"
	"pgregory.net/rapid"

	"github.com/unloop-dev/unloop/internal/term"
)

func TestCommandIsWords(t *testing.T) {
	get := Words("kubectl", "get", "pod")
	for _, test := range []struct {
		name    string
		command Command
		want    string
	}{
		{"a name", get.Value("api-0").Option("-n", "shop"), "kubectl get pod api-0 -n shop"},
		{"no namespace", get.Value("api-0").Option("-n", ""), "kubectl get pod api-0"},
		{"a name that is code", get.Value("a;reboot"), "kubectl get pod 'a;reboot'"},
		{"a quote", get.Value("a'b"), `kubectl get pod 'a'\''b'`},
		{"an option for a name", get.Value("--all"), ""},
		{"an escape", get.Value("a\x1b[2J"), ""},
		{"a C1 control", get.Value("a\u009b2J"), ""},
		{"a line break", get.Value("a\nreboot"), ""},
		{"a command of a CI runner", get.Value("##[error]x"), ""},
		{"nothing", get.Value(""), ""},
		{"what zsh takes for a path", get.Value("=ls"), "kubectl get pod '=ls'"},
		{"only the value of a pair is quoted", get.With("-o").Value("jsonpath={.a}"), "kubectl get pod -o jsonpath='{.a}'"},
		{"none", nil, ""},
	} {
		if got := test.command.String(); got != test.want {
			t.Errorf("%s: got %s, want %s", test.name, got, test.want)
		}
	}
}

func TestCommandIsNotChangedByWhatIsMadeOfIt(t *testing.T) {
	base := make(Command, 0, 8).With("kubectl")
	first, second := base.With("get"), base.With("logs")
	if first.String() != "kubectl get" || second.String() != "kubectl logs" {
		t.Errorf("got %q and %q", first, second)
	}
}

// TestShellReadsWhatWasMeant: whatever the values are, a shell takes the line for the words that were meant.
func TestShellReadsWhatWasMeant(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := Words("kubectl", "get")
		for _, value := range rapid.SliceOf(rapid.String()).Draw(t, "values") {
			c = c.Value(value)
		}
		line := c.String()
		if line == "" {
			return
		}
		if got := read(t, line); !slices.EqualFunc(got, c.Simple(), slices.Equal) {
			t.Fatalf("%s reads as %q, not %q", line, got, c.Simple())
		}
		if term.Clean(line) != line {
			t.Fatalf("%q is not clean", line)
		}
	})
}

// fataler is what a test and a property have in common.
type fataler interface {
	Fatalf(format string, args ...any)
}

// read gives the words of the simple commands of a line, as a real shell parser sees them.
func read(t fataler, line string) [][]string {
	file, err := syntax.NewParser().Parse(strings.NewReader(line), "")
	if err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	var all [][]string
	syntax.Walk(file, func(node syntax.Node) bool {
		switch node := node.(type) {
		case *syntax.CallExpr:
			var words []string
			for _, assign := range node.Assigns {
				words = append(words, assign.Name.Value+"="+literal(t, assign.Value))
			}
			for _, arg := range node.Args {
				words = append(words, literal(t, arg))
			}
			all = append(all, words)
		case *syntax.CmdSubst, *syntax.ParamExp, *syntax.ProcSubst, *syntax.ArithmExp:
			t.Fatalf("%s expands something", line)
		}
		return true
	})
	return all
}

// literal is a word without its quotes.
func literal(t fataler, word *syntax.Word) string {
	var b strings.Builder
	if word == nil {
		return ""
	}
	for _, part := range word.Parts {
		switch part := part.(type) {
		case *syntax.Lit:
			b.WriteString(strings.ReplaceAll(part.Value, `\'`, "'"))
		case *syntax.SglQuoted:
			b.WriteString(part.Value)
		case *syntax.DblQuoted:
			for _, inner := range part.Parts {
				if lit, ok := inner.(*syntax.Lit); ok {
					b.WriteString(lit.Value)
				}
			}
		default:
			t.Fatalf("%T in a word", part)
		}
	}
	return b.String()
}

func TestTemplate(t *testing.T) {
	for _, test := range []struct {
		text   string // holes are written %
		values []string
		want   string
	}{
		{"kubectl logs % -n % | tail -40", []string{"api-0", "shop"}, "kubectl logs api-0 -n shop | tail -40"},
		{"kubectl logs %; kubectl get pods&&date || true", []string{"a b"}, "kubectl logs 'a b'; kubectl get pods && date || true"},
		{`sh -c 'ls "$1"' sh %`, []string{"$(reboot)"}, `sh -c 'ls "$1"' sh '$(reboot)'`},
		{`get -o jsonpath='{.a[?(@.name=="%")].b}'`, []string{"it's"}, `get -o jsonpath='{.a[?(@.name=="it'\''s")].b}'`},
		{"describe node/%", []string{"n1"}, "describe node/n1"},
		{"describe node/%", []string{"n1/../x"}, ""},
		{"get %", []string{"-A"}, ""},
		{"run --image=%", []string{"-A"}, "run --image=-A"},
		{"get %", []string{""}, ""},
		{"get a%", []string{""}, "get a"},
	} {
		template, err := Parse(parts(test.text))
		if err != nil {
			t.Errorf("%s: %v", test.text, err)
			continue
		}
		c, _ := template.Fill(func(hole int) (Value, bool) { return Value{Words: []string{test.values[hole]}}, true })
		got := c.String()
		if got != test.want {
			t.Errorf("%s: got %s, want %s", test.text, got, test.want)
		}
		if words := read(t, got); got != "" && !slices.EqualFunc(words, c.Simple(), slices.Equal) {
			t.Errorf("%s reads as %q, not %q", got, words, c.Simple())
		}
	}
}

func TestTemplateWithLists(t *testing.T) {
	list := func(words ...string) func(int) (Value, bool) {
		return func(int) (Value, bool) { return Value{Words: words, List: true}, true }
	}
	for _, test := range []struct {
		text  string
		words []string
		want  string
	}{
		{"kubectl exec x -- %", []string{"cat", "-n", "/a b"}, "kubectl exec x -- cat -n '/a b'"},
		{"kubectl exec x -- %", []string{"-n"}, ""}, // no program is called so
		{"kubectl exec x -- df -h %", []string{"/a", "-x"}, ""},
		{"kubectl get %", []string{"a", "--all"}, ""},
		{"get x=%", []string{"a", "b"}, ""}, // a list is no part of a word
	} {
		template, err := Parse(parts(test.text))
		if err != nil {
			t.Fatal(err)
		}
		c, _ := template.Fill(list(test.words...))
		if got := c.String(); got != test.want {
			t.Errorf("%s with %q: got %s, want %s", test.text, test.words, got, test.want)
		}
	}
}

func TestTemplateMistakes(t *testing.T) {
	for text, want := range map[string]string{
		"echo $HOME":                   `'$' means something to a shell; quote it`,
		"ls *":                         `'*' means something to a shell; quote it`,
		`echo "$HOME"`:                 `'$' means something to a shell in double quotes; use single quotes`,
		"echo 'a":                      "the quote ' is not closed",
		`docker run x sh -c "ls %"`:    `a script cannot hold values: write sh -c '… "$1"' sh {{…}}`,
		"kubectl logs x > %.log":       "the name of a file to write cannot be a value",
		"kubectl logs x >%.log":        "the name of a file to write cannot be a value",
		"kubectl exec x -- sh -c %":    `a script cannot hold values: write sh -c '… "$1"' sh {{…}}`,
		"docker run --entrypoint sh i": "",
	} {
		_, err := Parse(parts(text))
		if got := errorText(err); got != want {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// parts cuts a text at its holes.
func parts(text string) []Part {
	var parts []Part
	for i, literal := range strings.Split(text, "%") {
		if i > 0 {
			parts = append(parts, Part{Hole: true})
		}
		parts = append(parts, Part{Text: literal})
	}
	return parts
}
