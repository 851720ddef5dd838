package rule

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/unloop-dev/unloop/evidence"
)

func testLanguage(t testing.TB) *language {
	t.Helper()
	l, err := newLanguage()
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// containerScope is the scope of a container within some evidence.
func containerScope(t testing.TB, ev evidence.Evidence, c evidence.Container) *scope {
	t.Helper()
	ev.Containers = []evidence.Container{c}
	return podScope(testLanguage(t), &ev).with(&ev.Containers[0])
}

// String shows an outcome in tests.
func (o outcome) String() string {
	if o.value == nil {
		return strings.Join(o.needs, " ")
	}
	text, _ := printable(o.value)
	return text
}

// load loads rules given as text, each named by its id, and fails the test when they have mistakes.
func load(t testing.TB, rules ...string) *Set {
	t.Helper()
	set, err := Load(ruleFS(rules...), ".")
	if err == nil {
		err = set.Check()
	}
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// ruleFS makes a folder of rules.
func ruleFS(rules ...string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for _, text := range rules {
		_, rest, _ := strings.Cut("\n"+text, "\nid: ")
		id, _, _ := strings.Cut(rest, "\n")
		fsys[id+"/cause.yaml"] = &fstest.MapFile{Data: []byte(text)}
	}
	return fsys
}

// full completes a rule with the fields that every rule needs.
func full(id, rest string) string {
	text := "id: " + id + "\n" + rest + "\n"
	for _, field := range []string{
		"title: Title of " + id, "class: exit", "confidence: certain", "summary: Summary of " + id,
		"because: [{text: it is so}]", "fix: [{text: mend it}]", `since: "0.1"`,
	} {
		name, _, _ := strings.Cut(field, ":")
		if !strings.Contains("\n"+text, "\n"+name+":") {
			text += field + "\n"
		}
	}
	return text
}
