package report

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/unloop-dev/unloop/crashlog"
	"github.com/unloop-dev/unloop/diagnosis"
	"github.com/unloop-dev/unloop/evidence"
	"github.com/unloop-dev/unloop/rule"
)

func TestUnknownIsLeftOutOfJSONAndZeroIsNot(t *testing.T) {
	known, _, c := pod("api", "api-1", "api")
	c.LastExit = exit(c, 0, "Completed", "", 0, time.Second)
	unknown, _, u := pod("api", "api-2", "api")
	u.State, u.LastExit = "", &evidence.Exit{Reason: "Error"}
	var got struct {
		Diagnoses []map[string]any `json:"diagnoses"`
	}
	if err := json.Unmarshal(render(t, "json", []*diagnosis.Diagnosis{known, unknown}, Options{}), &got); err != nil {
		t.Fatal(err)
	}
	if exit := got.Diagnoses[0]["lastExit"].(map[string]any); exit["code"] != 0.0 || exit["ranFor"] != "0s" || got.Diagnoses[0]["restarts"] != 0.0 {
		t.Errorf("known zeros are missing: %v", got.Diagnoses[0])
	}
	if exit := got.Diagnoses[1]["lastExit"].(map[string]any); len(exit) != 1 || got.Diagnoses[1]["restarts"] != nil {
		t.Errorf("unknown facts are there: %v", got.Diagnoses[1])
	}
}

func TestYAMLHoldsTheSameAsJSON(t *testing.T) {
	for name, ds := range fixtures() {
		var fromJSON, fromYAML any
		if err := json.Unmarshal(render(t, "json", ds, Options{}), &fromJSON); err != nil {
			t.Fatal(err)
		}
		if err := yaml.Unmarshal(render(t, "yaml", ds, Options{}), &fromYAML); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(fromJSON, fromYAML); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestSourceWithoutDiagnosesComesFromOptions(t *testing.T) {
	out := string(render(t, "json", nil, Options{Source: evidence.SourceFiles, Cluster: "dump/", At: at}))
	for _, want := range []string{`"kind": "files"`, `"cluster": "dump/"`, `"at": "2026-06-09T10:16:15Z"`, `"diagnoses": []`, `"incidents": []`} {
		if !strings.Contains(out, want) {
			t.Errorf("%s is missing in %s", want, out)
		}
	}
}

// TestANameIsOneWordOfACommand: package causes holds all commands to that; here it is the report's own.
func TestANameIsOneWordOfACommand(t *testing.T) {
	for name, word := range map[string]string{
		"$(reboot)": "'$(reboot)'", "a; b": "'a; b'", "`id`": "'`id`'", "-n": "", "a\nb": "", "a\x1b[2J": "",
	} {
		d := refused()
		d.Evidence.Pod.Name = name
		for _, format := range Formats() {
			out := string(render(t, format, []*diagnosis.Diagnosis{d}, Options{}))
			for _, command := range regexp.MustCompile(`kubectl (?:logs|describe pod|get pod) .*`).FindAllString(out, -1) {
				if word == "" || !strings.Contains(command, " "+word+" ") && !strings.HasSuffix(command, " "+word) {
					t.Errorf("%s shows a command for a pod named %q: %s", format, name, command)
				}
			}
		}
	}
}

func TestNextAttempt(t *testing.T) {
	tests := []struct {
		name    string
		backoff evidence.Backoff
		source  evidence.Source
		want    string
	}{
		{"window", evidence.Backoff{Earliest: at.Add(time.Minute), Latest: at.Add(90 * time.Second)}, evidence.SourceLive, "in 1m to 1m30s (10:17:15 to 10:17:45 UTC; back-off 40s)"},
		{"moment", evidence.Backoff{Earliest: at.Add(time.Minute), Latest: at.Add(time.Minute), Guessed: true}, evidence.SourceLive, "in 1m (at 10:17:15 UTC; back-off 40s, from the restart count)"},
		{"window is open", evidence.Backoff{Earliest: at.Add(-time.Second), Latest: at.Add(5 * time.Second)}, evidence.SourceLive, "within 5s (by 10:16:20 UTC; back-off 40s)"},
		{"just passed", evidence.Backoff{Earliest: at.Add(-9 * time.Second), Latest: at}, evidence.SourceLive, "any moment (back-off 40s)"},
		{"long passed", evidence.Backoff{Earliest: at.Add(-time.Hour), Latest: at.Add(-time.Hour), Late: true}, evidence.SourceLive, "overdue since 09:16:15 UTC: the kubelet is down or this status is old (back-off 40s)"},
		{"no window", evidence.Backoff{}, evidence.SourceLive, "back-off 40s"},
		{"files", evidence.Backoff{Earliest: at.Add(time.Minute), Latest: at.Add(90 * time.Second)}, evidence.SourceFiles, "was due 10:17:15 to 10:17:45 UTC (back-off 40s)"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d, ev, c := pod("api", "api-1", "api")
			test.backoff.Delay = 40 * time.Second
			ev.Source, c.Backoff = test.source, &test.backoff
			if got := nextAttempt(d); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestSpan(t *testing.T) {
	tests := map[time.Duration]string{
		-time.Second: "<1s", 0: "<1s", 300 * time.Millisecond: "<1s", time.Second: "1s", 90 * time.Second: "1m30s",
		time.Hour: "1h", time.Hour + time.Second: "1h", 3*time.Hour + 4*time.Minute + 5*time.Second: "3h4m", 50 * time.Hour: "2d2h",
	}
	for d, want := range tests {
		if got := span(d); got != want {
			t.Errorf("span(%v) = %q, want %q", d, got, want)
		}
	}
}

func TestExitTextTellsUnknownFromZero(t *testing.T) {
	tests := []struct {
		exit evidence.Exit
		want string
	}{
		{evidence.Exit{Code: new(0), Reason: "Completed"}, "exit 0"},
		{evidence.Exit{Code: new(137), Reason: "OOMKilled", Signal: "SIGKILL"}, "exit 137 (OOMKilled)"},
		{evidence.Exit{Code: new(143), Reason: "Error", Signal: "SIGTERM"}, "exit 143 (SIGTERM)"},
		{evidence.Exit{Reason: "ContainerStatusUnknown"}, "an unknown exit code (ContainerStatusUnknown)"},
		{evidence.Exit{}, "an unknown exit code"},
	}
	for _, test := range tests {
		if got := exitText(&test.exit); got != test.want {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
}

func TestEscapeShowsForeignTextAsItself(t *testing.T) {
	tests := map[string]string{
		"a <b> & `c`":      "a &lt;b&gt; &amp; \\`c\\`",
		"@octocat see #12": "@&#8203;octocat see #&#8203;12",
		"- item":           `\- item`,
		"1. item":          `1\. item`,
		"# heading":        `\# heading`,
		"*a* _b_ ~c~ $d$":  `\*a\* \_b\_ \~c\~ \$d\$`,
		"![x](http://y)":   `!\[x\](http://y)`,
		"a | b\nc":         `a \| b c`,
	}
	for in, want := range tests {
		if got := escape(in); got != want {
			t.Errorf("escape(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestFenceIsLongerThanAnyRunWithin(t *testing.T) {
	var m markdown
	m.fence("", "sh", "a\n````\nb")
	if got, want := m.b.String(), "`````sh\na\n````\nb\n`````\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestWindowHoldsTheLineThatMatters(t *testing.T) {
	var lines []crashlog.Line
	for n := 10; n < 20; n++ {
		lines = append(lines, crashlog.Line{Number: n})
	}
	for number, want := range map[int][]int{10: {10, 11, 12}, 12: {10, 11, 12}, 13: {12, 13, 14}, 19: {17, 18, 19}, 99: {10, 11, 12}} {
		var got []int
		for _, l := range window(lines, number, 3) {
			got = append(got, l.Number)
		}
		if !slices.Equal(got, want) {
			t.Errorf("window around %d holds %v, want %v", number, got, want)
		}
	}
	if got := window(nil, 5, 3); len(got) != 0 {
		t.Errorf("window of nothing holds %v", got)
	}
}

func TestSummaryCountsPodsNotContainers(t *testing.T) {
	two := twoContainers()
	tests := []struct {
		ds   []*diagnosis.Diagnosis
		want string
	}{
		{nil, "no pods"},
		{two, ""},
		{[]*diagnosis.Diagnosis{two[0], two[1], healthy("a")}, "1 of 2 pods is in trouble"},
		{[]*diagnosis.Diagnosis{two[0], refused()}, "all 2 pods are in trouble"},
		{[]*diagnosis.Diagnosis{healthy("a"), healthy("b")}, "none of 2 pods is in trouble"},
	}
	for _, test := range tests {
		if got := summary(test.ds, 0); got != test.want {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
}

func TestPodsOfSeveralNamespacesAreNamedInFull(t *testing.T) {
	other := healthy("web-2")
	other.Evidence.Pod.Namespace = "pay"
	out := string(render(t, "text", []*diagnosis.Diagnosis{healthy("web-1"), other}, Options{}))
	for _, want := range []string{"shop/web-1  healthy", "pay/web-2   healthy"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is missing in\n%s", want, out)
		}
	}
}

func TestMissingEvidenceIsToldOncePerPod(t *testing.T) {
	out := string(render(t, "text", twoContainers(), Options{}))
	if n := strings.Count(out, "Not read"); n != 1 {
		t.Errorf("told %d times:\n%s", n, out)
	}
}

// TestSurerByWhatTellsTheFact: what would make a cause surer is asked for where it stands, and once.
func TestSurerByWhatTellsTheFact(t *testing.T) {
	for _, tt := range []struct {
		needs []string
		words string
		want  []string
	}{
		{[]string{"c.memory.nodeOOM"}, "look at the node's events", []string{"kubectl get events -n default --field-selector involvedObject.kind=Node"}},
		{[]string{"c.liveness.failure", "c.kill.by"}, "look at events", []string{"kubectl get events -n shop --field-selector involvedObject.name="}},
		{[]string{"c.security.privileged", "c.command"}, "look at the security context and the command", []string{"kubectl get pod web-1 -n shop -o yaml"}},
		{[]string{"c.memory.hasLimit", "node.kernel"}, "look at memory limits and the node", []string{"kubectl get pod web-1 -n shop -o yaml", "kubectl get node "}},
	} {
		d := healthy("web-1")
		d.Verdict, d.Causes = evidence.CrashLooping, []diagnosis.Cause{{Finding: rule.Finding{
			Rule: &rule.Rule{ID: "x"}, Title: "X", Summary: "X.", Confidence: rule.Likely, Needs: tt.needs,
		}}}
		out := string(render(t, "text", []*diagnosis.Diagnosis{d}, Options{Width: 200}))
		_, out, found := strings.Cut(out, "To be surer")
		if !found || !strings.Contains(out, tt.words) {
			t.Errorf("%v: no %q in\n%s", tt.needs, tt.words, out)
		}
		if n := strings.Count(out, "kubectl get"); n != len(tt.want) {
			t.Errorf("%v: %d commands, want %d, in\n%s", tt.needs, n, len(tt.want), out)
		}
		for _, want := range tt.want {
			if !strings.Contains(out, want) {
				t.Errorf("%v: no %s in\n%s", tt.needs, want, out)
			}
		}
	}
}

func TestWriteReportsTheWritersError(t *testing.T) {
	for _, format := range Formats() {
		if err := Write(brokenPipe{}, format, []*diagnosis.Diagnosis{refused()}, Options{}); err == nil {
			t.Errorf("%s hides the error", format)
		}
	}
}

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, fmt.Errorf("broken pipe") }
