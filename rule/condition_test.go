package rule

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"
	"pgregory.net/rapid"

	"github.com/unloop-dev/unloop/evidence"
)

func TestConjuncts(t *testing.T) {
	for text, want := range map[string][]string{
		`a`:                        {`a`},
		`a && b`:                   {`a`, `b`},
		" a &&\n b &&\nc\n":        {`a`, `b`, `c`},
		`a && (b || c && d)`:       {`a`, `(b || c && d)`},
		`a && b || c`:              {`a && b || c`},
		`a ? b : c && d`:           {`a ? b : c && d`},
		`a == "x && y" && b`:       {`a == "x && y"`, `b`},
		`a == "\"" && b == '"'`:    {`a == "\""`, `b == '"'`},
		`a == r"\" && b`:           {`a == r"\" && b`},
		`a == """x""" && b`:        {`a == """x""" && b`},
		`a && b // && c`:           {`a && b // && c`},
		`a == "https://x" && b`:    {`a == "https://x"`, `b`},
		`a && {"k": b && c}["k"]`:  {`a`, `{"k": b && c}["k"]`},
		`a.exists(x, x && y) && b`: {`a.exists(x, x && y)`, `b`},
		`a && `:                    {`a && `},
		`&& b`:                     {`&& b`},
		`a && (b`:                  {`a && (b`},
		`a && b)`:                  {`a && b)`},
		`a == "b`:                  {`a == "b`},
	} {
		var got []string
		for _, span := range conjuncts(text) {
			got = append(got, text[span[0]:span[1]])
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", text, diff)
		}
	}
}

// TestConditionIsTheWholeExpression: taken apart or not, an expression comes to the same, unknown facts included.
func TestConditionIsTheWholeExpression(t *testing.T) {
	s := containerScope(t, evidence.Evidence{}, evidence.Container{Name: "api"})
	terms := []string{
		"true", "false", "c.ready", `c.name == "api"`, `c.name == "&& || ?"`, "node.ready", "c.log.empty", `c.command[3] == "x"`,
		"(node.ready || !c.ready)", `(c.ready ? node.ready : c.log.empty)`, "!node.ready", `c.command.exists(x, x == "&&")`,
	}
	rapid.Check(t, func(t *rapid.T) {
		var b strings.Builder
		for i, term := range rapid.SliceOfN(rapid.SampledFrom(terms), 1, 5).Draw(t, "terms") {
			if i > 0 {
				b.WriteString(rapid.SampledFrom([]string{" && ", "&&", " || ", "\n&& "}).Draw(t, "operator"))
			}
			b.WriteString(term)
		}
		whole := &expression{text: b.String(), want: wantBool, origin: origin{rule: &Rule{}, src: &source{}, node: &yaml.Node{}}}
		want, got := whole.evaluate(s), newCondition(whole).evaluate(s)
		if got.String() != want.String() {
			t.Errorf("%s: taken apart %s, whole %s", whole.text, got, want)
		}
	})
}
