package rule

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

// read loads rules without checking them.
func read(t testing.TB, rules ...string) *Set {
	t.Helper()
	set, err := Load(ruleFS(rules...), ".")
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func TestRuleByAlias(t *testing.T) {
	set := load(t, full("new-id", "when: c.ready\naliases: [old-id, older-id]"))
	for _, id := range []string{"new-id", "old-id", "older-id"} {
		if r := set.Rule(id); r == nil || r.ID != "new-id" {
			t.Errorf("Rule(%q) = %v, want new-id", id, r)
		}
	}
	if r := set.Rule("nobody"); r != nil {
		t.Errorf("Rule(nobody) = %s", r.ID)
	}
}

func TestNamesAreTakenOnce(t *testing.T) {
	for _, test := range []struct {
		fsys fstest.MapFS
		want string
	}{
		{fstest.MapFS{
			"x.yaml":       {Data: []byte(full("x", "when: c.ready"))},
			"x/cause.yaml": {Data: []byte(full("x", "when: c.ready"))},
		}, `x.yaml:1:5: rule "x": id: "x" is taken by x/cause.yaml`},
		{fstest.MapFS{
			"a.yaml": {Data: []byte(full("a", "when: c.ready\naliases: [b]"))},
			"b.yaml": {Data: []byte(full("b", "when: c.ready"))},
		}, `a.yaml:3:10: rule "a": aliases: "b" is taken by b.yaml`},
		{fstest.MapFS{
			"a.yaml": {Data: []byte(full("a", "when: c.ready\naliases: [old]"))},
			"b.yaml": {Data: []byte(full("b", "when: c.ready\naliases: [old]"))},
		}, `b.yaml:3:10: rule "b": aliases: "old" is taken by a.yaml`},
	} {
		if _, err := Load(test.fsys, "."); fmt.Sprint(err) != test.want {
			t.Errorf("got %v\nwant %s", err, test.want)
		}
	}
}

func TestExplainsMustNotGoInACircle(t *testing.T) {
	rule := func(id, explains string) string { return full(id, "when: c.ready\nexplains: ["+explains+"]") }
	for _, test := range []struct {
		name  string
		rules []string
		want  string
	}{
		{"a chain", []string{rule("a", "b"), rule("b", "c, d"), rule("c", "d"), rule("d", "")}, "<nil>"},
		{"a circle of three", []string{rule("a", "b"), rule("b", "c"), rule("c", "a")}, `a/cause.yaml:3:11: rule "a": explains: goes in a circle: a → b → c → a`},
		{"behind a chain", []string{rule("a", "b"), rule("b", "c"), rule("c", "b")}, `b/cause.yaml:3:11: rule "b": explains: goes in a circle: b → c → b`},
		{"by alias", []string{rule("a", "old"), rule("b", "a") + "aliases: [old]\n"}, `a/cause.yaml:3:11: rule "a": explains: goes in a circle: a → b → a`},
	} {
		if err := read(t, test.rules...).Check(); fmt.Sprint(err) != test.want {
			t.Errorf("%s: got %v\nwant %s", test.name, err, test.want)
		}
	}
}

func TestWith(t *testing.T) {
	builtin := load(t,
		full("oom-limit", "when: c.lastExit.oom\naliases: [oom]\nexplains: [exit-137]"),
		full("exit-137", "when: c.lastExit.code == 137"),
		full("parent", "when: c.ready\nexplains: [oom-limit]"),
	)
	for _, test := range []struct {
		name, user string
		want       string // ids, or the mistake
	}{
		{"a new rule", full("mine", "when: c.ready\nexplains: [oom]"), "exit-137 mine oom-limit parent"},
		{"the same id", full("oom-limit", "when: c.ready"), `oom-limit/cause.yaml:1:5: rule "oom-limit": id: "oom-limit" is taken by oom-limit/cause.yaml; a rule that is to stand for it says replaces: oom-limit`},
		{"an alias as id", full("oom", "when: c.ready"), `oom/cause.yaml:1:5: rule "oom": id: "oom" is taken by oom-limit/cause.yaml; a rule that is to stand for it says replaces: oom-limit`},
		{"in place, same id", full("oom-limit", "when: c.ready\nreplaces: oom-limit"), "exit-137 oom-limit parent"},
		{"in place, other id", full("our-oom", "when: c.ready\nreplaces: oom"), "exit-137 our-oom parent"},
		{"in place of nothing", full("mine", "when: c.ready\nreplaces: nobody"), `mine/cause.yaml:3:11: rule "mine": replaces: there is no rule "nobody"`},
		{"explains nothing", full("mine", "when: c.ready\nexplains: [nobody]"), `mine/cause.yaml:3:11: rule "mine": explains: there is no rule "nobody"`},
		{"a circle through built-in rules", full("exit-137", "when: c.ready\nreplaces: exit-137\nexplains: [parent]"), `exit-137/cause.yaml:4:11: rule "exit-137": explains: goes in a circle: exit-137 → parent → oom-limit → exit-137`},
		{"an error in CEL", full("mine", "when: c.colour"), `mine/cause.yaml:2:8: rule "mine": when: undefined field 'colour'`},
	} {
		t.Run(test.name, func(t *testing.T) {
			merged, err := builtin.With(read(t, test.user))
			got := fmt.Sprint(err)
			if err == nil {
				var ids []string
				for _, r := range merged.Rules() {
					ids = append(ids, r.ID)
				}
				got = strings.Join(ids, " ")
			}
			if got != test.want {
				t.Errorf("got %s\nwant %s", got, test.want)
			}
		})
	}
	merged, err := builtin.With(read(t, full("our-oom", "when: c.ready\nreplaces: oom-limit")))
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"oom-limit", "oom", "our-oom"} {
		if r := merged.Rule(id); r == nil || r.ID != "our-oom" {
			t.Errorf("Rule(%q) does not lead to the rule in its place", id)
		}
	}
	if builtin.Rule("oom").ID != "oom-limit" {
		t.Error("With changed the set it was called on")
	}
}

func TestTwoRulesCannotStandForOne(t *testing.T) {
	builtin := read(t, full("x", "when: c.ready"))
	_, err := builtin.With(read(t, full("a", "when: c.ready\nreplaces: x"), full("b", "when: c.ready\nreplaces: x")))
	if want := `b/cause.yaml:3:11: rule "b": replaces: "x" is replaced by a/cause.yaml already`; fmt.Sprint(err) != want {
		t.Errorf("got %v\nwant %s", err, want)
	}
}

func TestCheckSamples(t *testing.T) {
	for _, test := range []struct {
		name, rule, want string
	}{
		{"good", `logs: [{match: 'refused', hit: [connection refused], miss: [connection reset]}]`, "<nil>"},
		{"no hit", `logs: [{match: 'refused'}]`, `logs[0].match: has no sample: expected at least one line under hit`},
		{"missed hit", `logs: [{match: 'refused', hit: [reset]}]`, `logs[0].match: does not match its hit "reset"`},
		{"hit miss", `logs: [{match: 'refused', hit: [refused], miss: [refused again]}]`, `logs[0].match: matches its miss "refused again"`},
		{"empty", `logs: [{match: '(refused)?', hit: [refused]}]`, `logs[0].match: matches an empty text, and so every line`},
		{"only empty", `logs: [{match: '^$', hit: [""]}]`, "<nil>"},
		{"long title", "when: c.ready\ntitle: " + strings.Repeat("x", 101), `title: is longer than 100 characters`},
		{"long summary", "when: c.ready\nsummary: " + strings.Repeat("x", 201), `summary: is longer than 200 characters`},
	} {
		err := read(t, full("x", test.rule)).CheckSamples()
		_, got, found := strings.Cut(fmt.Sprint(err), `: rule "x": `)
		if !found {
			got = fmt.Sprint(err)
		}
		if got != test.want {
			t.Errorf("%s: got %v\nwant %s", test.name, err, test.want)
		}
	}
}

// TestOrderOfRulesDoesNotMatter shuffles files by way of their names in a loader's walk.
func TestOrderOfRulesDoesNotMatter(t *testing.T) {
	var rules []*Rule
	for i := range 12 {
		condition := []string{
			"when: c.restarts > 0", "when: node.ready", "when: c.ready", "each: pod\nwhen: pod.name != \"\"",
			"logs: [{match: 'db(?P<port>.*)', hit: [x]}]", "logs: [{match: retrying, in: tail, hit: [x]}]",
		}[i%6]
		rules = append(rules, read(t, full(fmt.Sprintf("rule-%c", 'a'+i), condition)).rules...)
	}
	ev := crashing(cause("dial db:5432", 3))
	ev.Containers = append(ev.Containers, ev.Containers[0])
	sorted, err := newSet(rules)
	if err != nil {
		t.Fatal(err)
	}
	want := sorted.Match(ev)
	if len(want) < 10 {
		t.Fatalf("only %d findings", len(want))
	}
	rapid.Check(t, func(t *rapid.T) {
		set, err := newSet(rapid.Permutation(rules).Draw(t, "rules"))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, set.Match(ev), cmpopts.IgnoreUnexported(Rule{})); diff != "" {
			t.Error(diff)
		}
	})
}

// TestMatchFromManyGoroutines is for the race detector: expressions are compiled on first use.
func TestMatchFromManyGoroutines(t *testing.T) {
	set := read(t,
		full("a", `logs: [{match: boom, hit: [x]}]`+"\nbecause: [{text: '{{m.text}} {{c.name}}'}]"),
		full("b", "when: c.restarts > 1"),
	)
	want := set.Match(crashing(cause("boom", 1)))
	results := make(chan []Finding)
	for range 8 {
		go func() { results <- set.Match(crashing(cause("boom", 1))) }()
	}
	for range 8 {
		if diff := cmp.Diff(want, <-results, cmpopts.IgnoreUnexported(Rule{})); diff != "" {
			t.Error(diff)
		}
	}
}
