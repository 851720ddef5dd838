package printed

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unloop-dev/unloop/fact"
)

const backoffText = "back-off 1m20s restarting failed container=gate pod=toll-0_roads(" + tollUID + ")"

func TestStatus(t *testing.T) {
	loops := "roads/toll-0 Running: gatewaiting CrashLoopBackOff restarts="
	for _, tt := range []struct {
		name, text string
		want       []string
	}{
		{"pulumi", "Updating (dev):\n ~  kubernetes:apps/v1:Deployment toll updating (41s); warning: [Pod roads/toll-0]: containers with unready status: [gate] -- [CrashLoopBackOff] " + backoffText + "\n@ updating....\nerror: update failed\n", []string{loops + `4 ended ""`}},
		{"terraform", "kubernetes_deployment.toll: Still creating... [9m50s elapsed]\n\nError: Waiting for rollout to finish: 0 of 1 replicas\n\n" + backoffText + "\n", []string{loops + `4 ended ""`}},
		{"helm", "Error: INSTALLATION FAILED: context deadline exceeded\nPod roads/toll-0: " + backoffText + "\n", []string{loops + `4 ended ""`}},
		{"an old kubelet's words", "Minimum number of Pods was not attained\n[CrashLoopBackOff] B" + backoffText[1:] + "\n", []string{loops + `4 ended ""`}},
		{"two containers", "[CrashLoopBackOff] " + backoffText + " -- [CrashLoopBackOff] " + strings.Replace(backoffText, "=gate", "=lamp", 1) + "\n", []string{loops + `4 ended ""`, `roads/toll-0 Running: lampwaiting CrashLoopBackOff restarts=4 ended ""`}},
		{"rancher", "CrashLoopBackOff (" + backoffText + ") | Last state: Terminated with 1: Error, started: 2026-02-14 06:10:32, finished: 2026-02-14 06:10:33\n", []string{loops + `4 ended "Error" with 1`}},
		{"rancher, the code 0", "CrashLoopBackOff (" + backoffText + ") | Last state: Terminated with : Completed, started: x\n", []string{loops + `4 ended "Completed" with 0`}},
		{"rancher, in two lines", "CrashLoopBackOff (" + backoffText + ")\nLast state: Terminated with 139: Error\n", []string{loops + `4 ended "Error" with 139`}},
		{"lens", "waiting, CrashLoopBackOff " + backoffText + "\nReason: OOMKilled - exit code: 137\n", []string{loops + `4 ended "OOMKilled" with 137`}},
		{"k8sgpt", "- Error: " + backoffText + "\n- Error: the last termination reason is OOMKilled container=gate pod=toll-0\n", []string{loops + `4 ended "OOMKilled"`}},
		{"an alert", `Description: Pod roads/toll-0 (gate) is in waiting state (reason: "CrashLoopBackOff") on cluster east.` + "\n", []string{loops + `1 ended ""`}},
		{"an alert, quoted again", `  "description": "Pod roads/toll-0 (gate) is in waiting state (reason: \"CrashLoopBackOff\").",` + "\n", []string{loops + `1 ended ""`}},
		{"an old alert", "message = Pod roads/toll-0 (gate) is restarting 1.05 times / 10 minutes.\n", []string{loops + `1 ended ""`}},
		{"skaffold", " - roads:deployment/toll: container gate is backing off waiting to restart\n    - roads:pod/toll-0: container gate is backing off waiting to restart\n      > [toll-0 gate] Error: unknown flag: --tarif\n      > [toll-0 gate] usage: gate\n", []string{loops + `1 ended ""`}},
		{"skaffold, an exit", "    - pod/toll-0: container gate terminated with exit code 127\n", []string{strings.TrimPrefix(loops, "roads/") + `1 ended "" with 127`}},
	} {
		var got []string
		for _, b := range Split([]byte(tt.text)) {
			o, err := b.Read()
			if err != nil {
				t.Fatal(err)
			}
			if o != nil {
				got = append(got, told(o)...)
			}
			if b.Kind == BlockLog {
				t.Errorf("%s: %q is taken for a log", tt.name, b.Text)
			}
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

// TestStatusMessage wants what the runtime said of a run that never began.
func TestStatusMessage(t *testing.T) {
	said := `runc create failed: exec: "tolld": executable file not found in $PATH: unknown`
	p := Status([]byte("CrashLoopBackOff (" + backoffText + ") | Last state: Terminated with 127: StartError (" + said + "), started: x, finished: y\n")).Pods[0]
	if got := p.Pod.Status.ContainerStatuses[0].LastTerminationState.Terminated; got.Message != said || got.ExitCode != 127 || slices.Contains(p.Hidden, fact.ExitMessage) {
		t.Errorf("%+v, hidden %v", got, p.Hidden)
	}
}

func TestStatusLogs(t *testing.T) {
	text := "    - pod/toll-0: container gate is backing off waiting to restart\n      > [toll-0 gate] Error: unknown flag: --tarif\n      > [toll-0 gate] usage: gate\n      > [toll-1 lamp] dark\n"
	want := []Log{
		{Pod: "toll-0", Container: "gate", Text: []byte("Error: unknown flag: --tarif\nusage: gate\n"), Numbers: []int{2, 3}},
		{Pod: "toll-1", Container: "lamp", Text: []byte("dark\n"), Numbers: []int{4}},
	}
	if diff := cmp.Diff(want, Status([]byte(text)).Logs); diff != "" {
		t.Errorf("logs (-want +got):\n%s", diff)
	}
}

// TestNotAStatus is of logs of programs that watch pods, and of sentences about the words.
func TestNotAStatus(t *testing.T) {
	for _, text := range []string{
		`{"level":"error","msg":"` + backoffText + `"}` + "\n",
		"2026-02-14T06:10:32Z ERROR watcher " + backoffText + "\n",
		"2026-02-14T06:10:32Z INFO watcher starts\nfound: " + backoffText + "\n",
		`time="2026-02-14T06:10:32Z" level=warning msg="` + backoffText + "\"\n",
		"The kubelet says \"back-off restarting failed container\" and waits.\n",
		"Pods in CrashLoopBackOff: see the runbook, is in waiting state (reason: none)\n",
	} {
		for _, b := range Split([]byte(text)) {
			if b.Kind == BlockStatus {
				t.Errorf("%q is taken for a status", text)
			}
		}
	}
}

// TestLogBesideAStatus keeps a container's log beside a sentence about it.
func TestLogBesideAStatus(t *testing.T) {
	for _, log := range []string{"Error: no tariffs\n", "Error: INSTALLATION FAILED: no\n2026-02-14T06:10:32Z FATAL no tariffs\n"} {
		blocks := Split([]byte("[CrashLoopBackOff] " + backoffText + "\n\nLogs:\n" + log))
		if last := blocks[len(blocks)-1]; blocks[0].Kind != BlockStatus || last.Kind != BlockLog {
			t.Errorf("%q: %v", log, kindsOf(blocks))
		}
	}
}

func FuzzStatus(f *testing.F) {
	f.Add("x [CrashLoopBackOff] " + backoffText + " | Last state: Terminated with 137: OOMKilled\n > [a b] c\n")
	f.Fuzz(func(t *testing.T, text string) {
		for _, p := range Status([]byte(text)).Pods {
			if p.Pod.Name == "" || len(p.Hidden) == 0 {
				t.Fatalf("an incomplete pod: %+v", p)
			}
		}
		Split([]byte(text))
	})
}
