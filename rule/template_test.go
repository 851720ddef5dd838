package rule

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"
	"pgregory.net/rapid"

	"github.com/unloop-dev/unloop/evidence"
)

func TestTemplate(t *testing.T) {
	s := containerScope(t, evidence.Evidence{}, evidence.Container{Name: "api", Restarts: 3, Command: []string{"a", "b"}})
	for _, test := range []struct {
		text, want string
		known      bool
	}{
		{"plain", "plain", true},
		{"{{c.name}}", "api", true},
		{"{{ c.name }} and {{c.restarts}}{{c.ready}}\n", "api and 3false", true},
		{`{{"{{"}} .status }}`, "{{ .status }}", true},
		{`{{'}}'}}{{"\"}}"}}`, `}}"}}`, true},
		{`{{ {"a": {"b": c.name}}["a"]["b"] }}`, "api", true},
		{"{{c.command}}", "a, b", true},
		{"{{1.5}} {{2u}} {{duration('90s')}} {{timestamp(0)}}", "1.5 2 1m30s 1970-01-01T00:00:00Z", true},
		{"{{c.name}} on {{node.name}}", "api on ?", false},
		{"{{c.command[5]}}", "?", false},
		{"} and { and }}", "} and { and }}", true},
	} {
		tpl := &template{text: test.text, origin: origin{rule: &Rule{}, src: &source{}, node: &yaml.Node{}}}
		if text, known := tpl.expand(s); text != test.want || known != test.known {
			t.Errorf("%s: %q, %v; want %q, %v", test.text, text, known, test.want, test.known)
		}
	}
}

// TestPatchValuesStayValues: whatever a name holds, it ends up as that text in that place.
func TestPatchValuesStayValues(t *testing.T) {
	language := testLanguage(t)
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.OneOf(rapid.StringN(1, -1, -1), rapid.SampledFrom([]string{
			"x\"\nevil: true", "{{c.ref}}", "*a", "&a", "!!int 3", "yes", "0x10", "'", "a: b", "- a", "# no",
		})).Draw(t, "name")
		ev := &evidence.Evidence{Containers: []evidence.Container{{Name: name}}}
		p := &patch{text: "a:\n- b: \"{{c.name}}\"\n  c: x{{c.name}}x\n", origin: origin{rule: &Rule{}, src: &source{}, node: &yaml.Node{}}}
		got := p.expand(podScope(language, ev).with(&ev.Containers[0]))
		want := map[string]any{"a": []any{map[string]any{"b": name, "c": "x" + name + "x"}}}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}
