package rule

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/unloop-dev/unloop/crashlog"
	"github.com/unloop-dev/unloop/evidence"
	"github.com/unloop-dev/unloop/internal/shell"
)

// crashing is evidence of a container "api" that died with exit code 1 and said what is given.
func crashing(said ...crashlog.Statement) *evidence.Evidence {
	code, ran := 1, 131*time.Second
	c := evidence.Container{
		Name: "api", Kind: evidence.KindMain, Verdict: evidence.CrashLooping, RestartPolicy: "Always", Exited: true, Restarts: 4,
		Ref:      "pod:.status.containerStatuses[api]",
		LastExit: &evidence.Exit{Code: &code, Reason: "Error", RanFor: &ran, Ref: "pod:.status.containerStatuses[api].lastState"},
		Command:  []string{"sh", "-c", "serve"},
	}
	if len(said) > 0 {
		c.Log = &evidence.Log{
			Ref: "logs/api/previous", Sure: true,
			Crash: &crashlog.Crash{Kind: crashlog.KindFatal, Said: said},
			Says: &crashlog.Log{Tail: []crashlog.Line{
				{Number: 97, Text: "starting"}, {Number: 98, Text: "retrying redis"}, {Number: 99, Text: "giving up"},
			}},
		}
	}
	return &evidence.Evidence{
		At:         time.Date(2026, 11, 2, 10, 15, 0, 0, time.UTC),
		Pod:        evidence.Pod{Namespace: "default", Name: "api-0"},
		Containers: []evidence.Container{c},
	}
}

// only gives the finding of a set of one rule, and the zero Finding when it has none.
func only(t *testing.T, ev *evidence.Evidence, rule string) Finding {
	t.Helper()
	findings := load(t, rule).Match(ev)
	if len(findings) > 1 {
		t.Fatalf("%d findings, want at most one", len(findings))
	}
	if len(findings) == 0 {
		return Finding{}
	}
	f := findings[0]
	f.Rule, f.Container = nil, nil
	return f
}

func cause(text string, line int) crashlog.Statement {
	return crashlog.Statement{Text: text, Line: line, Strength: crashlog.StrengthCause}
}

// asLine compares commands as they are printed.
var asLine = cmp.Transformer("line", shell.Command.String)

func TestFindingOfCondition(t *testing.T) {
	got := only(t, crashing(), `id: exit-1
title: "{{c.name}} exits with {{c.lastExit.code}}"
class: exit
when: c.lastExit.code == 1
confidence: possible
levels:
- {when: node.ready, confidence: certain}
- {when: c.restarts > 3, confidence: likely}
- {when: "true", confidence: certain}
summary: "{{c.name}} ran for {{c.lastExit.ranFor}} on {{node.name}}."
because:
- {text: "exit code {{c.lastExit.code}}, {{list(c.command)}}, {{c.command}}", ref: c.lastExit.ref}
- {text: "not so", when: c.ready}
- {text: "nobody knows", when: node.ready}
- {text: "started {{c.lastExit.started}}"}
- {text: "ref unknown", ref: c.log.ref}
against:
- {text: "{{pod.namespace}} at {{at}}"}
fix:
- {text: look, risk: none, command: "kubectl logs {{pod.name}}"}
- {text: "needs {{node.name}}"}
- {text: half, command: "ssh {{node.name}}", patch: 'a: "{{node.name}}"'}
- text: set
  patch: |
    spec:
      containers:
      - name: "{{c.name}}"
        n: "{{c.restarts + 1}}"
        s: "{{c.restarts}}m"
        on: "{{!c.ready}}"
        list: [1, 2.5, true, null, 2026-01-02]
since: "0.1"
`)
	want := Finding{
		State: Holds, Confidence: Likely,
		Title: "api exits with 1", Summary: "api exits with 1", Needs: []string{"node"},
		Because: []Because{
			{Text: "exit code 1, sh, -c, serve, sh, -c, serve", Ref: "pod:.status.containerStatuses[api].lastState"},
			{Text: "ref unknown"},
		},
		Against: []Because{{Text: "default at 2026-11-02T10:15:00Z"}},
		Fix: []Advice{
			{Text: "look", Risk: "none", Look: true, Command: shell.Words("kubectl", "logs", "api-0")},
			{Text: "half"},
			{Text: "set", Patch: map[string]any{"spec": map[string]any{"containers": []any{map[string]any{
				"name": "api", "n": int64(5), "s": "4m", "on": true,
				"list": []any{int64(1), 2.5, true, nil, "2026-01-02"},
			}}}}},
		},
	}
	if diff := cmp.Diff(want, got, asLine); diff != "" {
		t.Error(diff)
	}
}

func TestFindingOfLog(t *testing.T) {
	ev := crashing(
		cause("boom", 12),
		crashlog.Statement{Text: "dial tcp db:5432: connection refused", Line: 14, Strength: crashlog.StrengthError},
		cause("dial tcp cache:6379: connection refused", 16),
	)
	const refused = `logs:
- {match: 'dial tcp (?P<host>[^:]+):(?P<port>\d+): connection refused', hit: [x]}
- {match: 'ECONNREFUSED (?P<address>\S+)', hit: [x]}
because: [{text: '{{m.kind}} {{m.host}} {{m.port}} [{{m.address == "" ? "none" : m.address}}] line {{m.line}}: {{m.text}}', ref: m.ref}]
`
	for _, test := range []struct {
		name, rule string
		want       Finding
	}{
		{"the most significant statement counts", refused, Finding{
			Confidence: Likely, Significance: 1, Line: 14,
			Because: []Because{{Text: "fatal db 5432 [none] line 14: dial tcp db:5432: connection refused", Ref: "logs/api/previous:14"}},
		}},
		{"the condition picks among them", refused + `when: m.host == "cache"`, Finding{
			Confidence: Certain, Significance: 2, Line: 16,
			Because: []Because{{Text: "fatal cache 6379 [none] line 16: dial tcp cache:6379: connection refused", Ref: "logs/api/previous:16"}},
		}},
		{"no match", `logs: [{match: nonsense, hit: [x]}]`, Finding{}},
		{"a match but no condition", refused + `when: m.host == "elsewhere"`, Finding{}},
		{"the tail is not read unless asked", `logs: [{match: retrying, hit: [x]}]`, Finding{}},
		{"the tail is weak", `logs: [{match: 'retrying (?P<what>.*)', in: tail, hit: [x]}]
because: [{text: "{{m.what}}", ref: m.ref}]`, Finding{
			Confidence: Possible, Significance: 4, Line: 98, Because: []Because{{Text: "redis", Ref: "logs/api/previous:98"}},
		}},
		{"tail patterns see the crash first", `logs: [{match: boom|up, in: tail, hit: [x]}]
because: [{text: "{{m.text}}", ref: m.ref}]`, Finding{
			Confidence: Certain, Line: 12, Because: []Because{{Text: "boom", Ref: "logs/api/previous:12"}},
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := own(only(t, ev, full("x", test.rule)))
			if diff := cmp.Diff(test.want, got, cmpopts.IgnoreFields(Finding{}, "Title", "Summary", "Fix", "State")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// own is the finding without the lines of proof that all rules with logs have; TestProofThatAllHave is about these.
func own(f Finding) Finding {
	if n := len(f.Because); n > 2 {
		f.Because = f.Because[1 : n-1]
	}
	return f
}

func TestProofThatAllHave(t *testing.T) {
	r := full("x", `logs: [{match: boom, hit: [x]}, {match: boom, in: message, hit: [x]}]`)
	log := func(change func(*evidence.Log)) func(*evidence.Container) {
		return func(c *evidence.Container) { change(c.Log) }
	}
	for _, test := range []struct {
		name        string
		change      func(*evidence.Container)
		first, last string
	}{
		{"a log that is sure", nil, "the log of the last run says: boom", "the run ended with exit 1 (Error) after 2m11s"},
		{"of which run is not known", log(func(l *evidence.Log) { l.Sure = false }), "the log says: boom", "the run ended with exit 1 (Error) after 2m11s"},
		{
			"an earlier run's", log(func(l *evidence.Log) { l.Sure, l.Wrote = false, evidence.RunOlder }),
			"the log of an earlier run says: boom", "the run ended with exit 1 (Error) after 2m11s",
		},
		{
			"a termination message", log(func(l *evidence.Log) { l.FromMessage = true }),
			"the termination message of the last run says: boom", "the run ended with exit 1 (Error) after 2m11s",
		},
		{"what is not known is left out", func(c *evidence.Container) { c.LastExit.RanFor, c.LastExit.Reason = nil, "" }, "the log of the last run says: boom", "the run ended with exit 1"},
		{"a message of the kubelet", func(c *evidence.Container) { c.Log, c.WaitingMessage = nil, "boom" }, "the kubelet says: boom", "the run ended with exit 1 (Error) after 2m11s"},
	} {
		ev := crashing(cause("boom", 12))
		if test.change != nil {
			test.change(&ev.Containers[0])
		}
		got := only(t, ev, r).Because
		if n := len(got); n != 3 || got[0].Text != test.first || got[n-1].Text != test.last {
			t.Errorf("%s: %v, want %q and %q", test.name, got, test.first, test.last)
		}
	}
}

// TestALastLineIsAGuess: a line that was taken for want of a better one, with others after it, may not be why.
func TestALastLineIsAGuess(t *testing.T) {
	r := full("x", `logs: [{match: boom, hit: [x]}]`)
	for _, test := range []struct {
		name   string
		lines  int
		code   int
		signal string
		want   Confidence
	}{
		{"at the end", 12, 1, "", Certain},
		{"with lines after it", 40, 1, "", Possible},
		{"before a clean exit", 12, 0, "", Possible},
		{"before a fault that nobody could speak of", 40, 139, "SIGSEGV", Certain},
	} {
		ev := crashing(cause("boom", 12))
		c := &ev.Containers[0]
		c.Log.Crash.Kind, c.Log.Says.Lines = crashlog.KindLast, test.lines
		c.ExitKnown, c.LastExit.Code, c.LastExit.Signal = true, &test.code, test.signal
		if got := only(t, ev, r).Confidence; got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}

func TestGoesOn(t *testing.T) {
	for text, want := range map[string]string{
		"connect: connection refused, retrying in 5s": "retrying", "cannot read x: will retry": "will retry", "x is missing; ignored": "ignored",
		"next attempt in 3s": "next attempt", "giving up after 5 retries": "", "the retry budget is used up": "",
	} {
		if got := goesOn(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestMessages(t *testing.T) {
	r := full("x", `logs: [{match: 'exec: "(?P<program>[^"]+)"', in: message, hit: [x]}]
because: [{text: "{{m.program}} {{m.line}}", ref: m.ref}]`)
	const text = `OCI runtime create failed: exec: "serve": not found`
	for _, test := range []struct {
		name   string
		change func(*evidence.Evidence, *evidence.Container)
		ref    string
		want   Confidence
	}{
		{"the runtime's message", func(_ *evidence.Evidence, c *evidence.Container) {
			c.LastExit.Reason, c.LastExit.NeverRan, c.LastExit.Message = "StartError", true, text
		}, "pod:.status.containerStatuses[api].lastState", Certain},
		{"the program's own words", func(_ *evidence.Evidence, c *evidence.Container) { c.LastExit.Message = text }, "pod:.status.containerStatuses[api].lastState", Likely},
		{"the waiting message", func(_ *evidence.Evidence, c *evidence.Container) { c.WaitingMessage = text }, "pod:.status.containerStatuses[api]", Certain},
		{"the start failure", func(_ *evidence.Evidence, c *evidence.Container) {
			c.Start = evidence.StartFailure{Set: true, Full: text, Ref: "events/3"}
		}, "events/3", Certain},
		{"the pod's message", func(ev *evidence.Evidence, _ *evidence.Container) { ev.Pod.Message = text }, "pod:.status.message", Certain},
	} {
		t.Run(test.name, func(t *testing.T) {
			ev := crashing(cause(text, 1)) // in the log it is none of a message pattern's business
			if got := only(t, ev, r); got.State != "" {
				t.Fatalf("found in the log: %+v", got)
			}
			test.change(ev, &ev.Containers[0])
			got := own(only(t, ev, r))
			want := Finding{State: Holds, Confidence: test.want, Because: []Because{{Text: "serve 0", Ref: test.ref}}}
			if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(Finding{}, "Title", "Summary", "Fix")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestConfidenceIsCapped(t *testing.T) {
	r := full("x", `logs: [{match: boom, hit: [x]}]`)
	for _, test := range []struct {
		name     string
		strength crashlog.Strength
		change   func(*evidence.Evidence)
		want     Confidence
	}{
		{"a cause", crashlog.StrengthCause, nil, Certain},
		{"an error line", crashlog.StrengthError, nil, Likely},
		{"a last line", crashlog.StrengthLast, nil, Likely},
		{"perhaps another run's log", crashlog.StrengthCause, func(ev *evidence.Evidence) { ev.Containers[0].Log.Sure = false }, Likely},
		{"only a log", crashlog.StrengthCause, func(ev *evidence.Evidence) { ev.Pod.Name = "" }, Likely},
	} {
		ev := crashing(crashlog.Statement{Text: "boom", Line: 1, Strength: test.strength})
		if test.change != nil {
			test.change(ev)
		}
		if got := only(t, ev, r).Confidence; got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
	// A rule that never was more than possible is not lifted.
	if got := only(t, crashing(crashlog.Statement{Text: "boom", Strength: crashlog.StrengthError}), full("x", "confidence: possible\nlogs: [{match: boom, hit: [x]}]")); got.Confidence != Possible {
		t.Errorf("possible became %s", got.Confidence)
	}
}

func TestUndecided(t *testing.T) {
	const pattern = "logs: [{match: boom, hit: [x]}]\n"
	said := cause("boom", 1)
	for _, test := range []struct {
		name string
		ev   *evidence.Evidence
		rule string
		want Finding
	}{
		{"an unknown fact", crashing(said), `when: node.memoryPressure`, Finding{State: Undecided, Needs: []string{"node"}}},
		{"an unknown log", crashing(), pattern, Finding{State: Undecided, Needs: []string{"c.log"}}},
		{"an unknown log and fact", crashing(), pattern + `when: m.text != "" && node.ready`, Finding{State: Undecided, Needs: []string{"c.log", "node"}}},
		{"an unknown log that would change nothing", crashing(), pattern + `when: c.ready`, Finding{}},
		{"a log that says something else", crashing(cause("bang", 1)), pattern + `when: node.ready`, Finding{}},
		{"a log that says it and an unknown fact", crashing(said), pattern + `when: node.ready`, Finding{State: Undecided, Line: 1, Needs: []string{"node"}}},
		{"a message needs no log", crashing(), `logs: [{match: boom, in: message, hit: [x]}]`, Finding{}},
		{"with a command", crashing(), pattern + `settle: "kubectl logs {{pod.name}} -p"`, Finding{State: Undecided, Needs: []string{"c.log"}, Settle: shell.Words("kubectl", "logs", "api-0", "-p")}},
		{"with half a command", crashing(), pattern + `settle: "ssh {{node.name}}"`, Finding{State: Undecided, Needs: []string{"c.log"}}},
		{"an evaluation error", crashing(), `when: c.command[7] == "x"`, Finding{State: Undecided, Needs: []string{"error: index out of bounds: 7"}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := only(t, test.ev, full("x", test.rule))
			if diff := cmp.Diff(test.want, got, cmpopts.IgnoreFields(Finding{}, "Title", "Confidence"), asLine); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestTitleOfUndecidedShowsWhatIsKnown(t *testing.T) {
	got := only(t, crashing(), full("x", `title: "{{c.name}} on {{node.name}} says {{m.text}}"
logs: [{match: boom, hit: [x]}]`))
	if want := "api on ? says ?"; got.Title != want {
		t.Errorf("title %q, want %q", got.Title, want)
	}
}

func TestRuledOut(t *testing.T) {
	const claims = `ruledOut:
- {when: node.ready, text: unknown}
- {when: c.ready, text: not so}
- {when: c.lastExit.code != 137, text: "exit code {{c.lastExit.code}}, not 137"}
- {text: too late}
`
	want := Finding{State: RuledOut, Text: "exit code 1, not 137"}
	for name, condition := range map[string]string{
		"a false condition": "when: c.lastExit.oom",
		"no match":          "logs: [{match: boom, hit: [x]}]",
	} {
		rule := full("x", condition+"\n"+claims)
		got := only(t, crashing(cause("other", 1)), rule)
		if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(Finding{}, "Title", "Confidence"), asLine); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestWhoIsTried(t *testing.T) {
	set := load(t,
		full("of-pod", "each: pod\nwhen: pod.phase == \"\""),
		full("of-container", "when: c.name != \"\""),
		"id: retired\ntitle: Old\nclass: exit\nwhen: \"true\"\ndeprecated: replaced by of-pod\nsince: \"0.1\"\n",
	)
	verdicts := func(verdicts ...evidence.Verdict) *evidence.Evidence {
		ev := &evidence.Evidence{}
		for i, v := range verdicts {
			ev.Containers = append(ev.Containers, evidence.Container{Name: string(rune('a' + i)), Verdict: v})
		}
		return ev
	}
	for _, test := range []struct {
		name string
		ev   *evidence.Evidence
		want []string
	}{
		{"containers in trouble", verdicts(evidence.CrashLooping, evidence.Healthy, evidence.Crashed), []string{"of-container a", "of-container c", "of-pod"}},
		{"nothing in trouble", verdicts(evidence.Healthy, evidence.Completed, evidence.Recovered), nil},
		{"a pod without containers", verdicts(), []string{"of-pod"}},
		{"one that has recovered, and its log was given", &evidence.Evidence{Containers: []evidence.Container{
			{Name: "a", Verdict: evidence.Recovered, Exited: true, Log: &evidence.Log{}}, {Name: "b", Verdict: evidence.Healthy},
		}}, []string{"of-container a", "of-pod"}},
	} {
		var got []string
		for _, f := range set.Match(test.ev) {
			text := f.Rule.ID
			if f.Container != nil {
				text += " " + f.Container.Name
			}
			got = append(got, text)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: %s", test.name, diff)
		}
	}
}

// TestExpensiveRuleIsStopped: 8^7 steps would take minutes; a foreign rule must not hold up a diagnosis.
func TestExpensiveRuleIsStopped(t *testing.T) {
	list := "[1,2,3,4,5,6,7,8]"
	expression := "true"
	for _, v := range []string{"h", "i", "j", "k", "l", "n", "o"} {
		expression = list + ".all(" + v + ", " + expression + ")"
	}
	got := only(t, crashing(), full("x", "when: \""+expression+"\""))
	want := []string{"error: operation cancelled: actual cost limit exceeded"}
	if got.State != Undecided || !cmp.Equal(got.Needs, want) {
		t.Errorf("%s, needs %q; want undecided, %q", got.State, got.Needs, want)
	}
}
