package rule

import (
	"strings"
	"testing"

	"github.com/unloop-dev/unloop/evidence"
	"github.com/unloop-dev/unloop/fact"
)

func TestNamesThatAreNotKnown(t *testing.T) {
	in := containerScope(t, evidence.Evidence{Hidden: []fact.Name{"pod.namespace"}}, evidence.Container{})
	for _, test := range []struct{ template, prose, command string }{
		{"{{c.name}} exits", "The container exits", "CONTAINER exits"},
		{"the kubelet killed {{c.name}}", "the kubelet killed the container", "the kubelet killed CONTAINER"},
		{"Init container {{c.name}} fails", "Init container fails", "Init container CONTAINER fails"},
		{"Pod {{pod.name}} of node {{ pod.nodeName }} ends", "Pod of node ends", "Pod NAME of node NODE ends"},
		{
			"kubectl logs {{pod.name}} -n {{pod.namespace}} -c {{c.name}} --previous",
			"kubectl logs the pod -n the namespace -c the container --previous", "kubectl logs NAME --previous",
		},
	} {
		template := &template{text: test.template, origin: origin{rule: &Rule{}}}
		if got, known := template.expand(in); got != test.prose || !known {
			t.Errorf("%s: got %q, %v, want %q", test.template, got, known, test.prose)
		}
		if got := (&command{template: template}).expand(in).String(); got != test.command {
			t.Errorf("%s as a command: got %q, want %q", test.template, got, test.command)
		}
	}
}

func TestHiddenFacts(t *testing.T) {
	ev := evidence.Evidence{Hidden: []fact.Name{
		"pod.restartPolicy", "workload.job", "node.arch", "c.security", "c.lastExit.code", "c.kind", "c.restartPolicy",
	}}
	code := 0
	c := evidence.Container{Kind: evidence.KindMain, LastExit: &evidence.Exit{Code: &code, Reason: "Error"}, RestartPolicy: "Always"}
	for _, test := range []struct{ expression, want string }{
		{`pod.restartPolicy == "Never"`, "pod.restartPolicy"},
		{`workload.job.set`, "workload.job"},
		{`c.security.runAsUser == 0`, "c.security"},
		{`c.security.readOnlyRoot || true`, "true"},
		{`c.lastExit.code == 0`, "c.lastExit.code"},
		{`c.lastExit.reason == "Error"`, "true"},
		{`c.kind == "main"`, "true"},            // a main container looks like no other
		{`c.restartPolicy == "Always"`, "true"}, // told otherwise
		{`pod.name == ""`, "true"},
	} {
		x := &expression{text: test.expression, want: wantBool, origin: origin{rule: &Rule{}}}
		if got := x.evaluate(containerScope(t, ev, c)).String(); got != test.want {
			t.Errorf("%s: got %s, want %s", test.expression, got, test.want)
		}
	}
}

// TestHiddenLevels: a level that hangs on what the source cannot show may hold, so a finding is no surer than the lower of
// what it would be with it and without it.
func TestHiddenLevels(t *testing.T) {
	levels := "levels: [{when: c.security.privileged, confidence: %}, {when: c.ready, confidence: likely}]"
	for _, test := range []struct {
		level  string
		hidden []fact.Name
		want   Confidence
		needs  int
	}{
		{"possible", []fact.Name{"c.security"}, Possible, 1},
		{"certain", []fact.Name{"c.security"}, Likely, 1},
		{"possible", nil, Likely, 0},
	} {
		ev := evidence.Evidence{Hidden: test.hidden, Containers: []evidence.Container{{Name: "api", Verdict: evidence.CrashLooping, Ready: true}}}
		got := load(t, full("x", "when: c.ready\n"+strings.ReplaceAll(levels, "%", test.level))).Match(&ev)
		if len(got) != 1 || got[0].Confidence != test.want || len(got[0].Needs) != test.needs {
			t.Errorf("%s, hidden %v: %+v, want %s and %d needs", test.level, test.hidden, got, test.want, test.needs)
		}
	}
}
