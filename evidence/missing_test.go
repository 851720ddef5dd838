package evidence

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/unloop-dev/unloop/crashlog"
)

func TestWhatATextDoesNotShowIsOneEntry(t *testing.T) {
	raw := described("ReplicaSet", waitingStatus("CrashLoopBackOff", 3, exited(1, "Error", time.Second)))
	want := []Missing{
		{"previous log of api", "not in this source", "logs/api/previous"},
		{"waiting messages, the security context, hooks and the grace period", "not shown by kubectl describe", "pod:"},
		{"node n1", "not in this source", "node:"},
		{"replicas of replicaset/api", "not in this source", "replicas:"},
	}
	if d := cmp.Diff(want, Of(raw).Missing); d != "" {
		t.Error(d)
	}
}

func TestCommandsForAFragmentHavePlaceholders(t *testing.T) {
	raw := described("", waitingStatus("CrashLoopBackOff", 3, exited(1, "Error", time.Second)))
	raw.Pod.Name, raw.Pod.Namespace, raw.Pod.Spec.NodeName, raw.EventsRead = "", "", "", false
	raw.Pod.Spec.Containers[0].Name, raw.Pod.Status.ContainerStatuses[0].Name = "", ""
	raw.Form = "part of a kubectl describe"
	want := []Missing{
		{"previous log of the container", "not in this source", "logs//previous"},
		{"waiting messages, the restart policy, the security context, hooks and the grace period", "not in this text", "pod:"},
		{"events", "not in this source", "events"},
	}
	if d := cmp.Diff(want, Of(raw).Missing); d != "" {
		t.Error(d)
	}
}

func TestLogThatOutlivesItsRun(t *testing.T) {
	for _, tt := range []struct {
		beyond   time.Duration
		conflict bool
	}{
		{-10 * time.Second, false},
		{30 * time.Second, false},
		{11 * time.Minute, true},
		{8*time.Hour + 2*time.Minute, false}, // the program's clock may show another zone
		{5*time.Hour + 45*time.Minute, true},
		{8*time.Hour + 11*time.Minute, true},
		{26 * time.Hour, true},
	} {
		raw := described("", waitingStatus("CrashLoopBackOff", 3, exited(1, "Error", time.Second)))
		raw.Logs = []RawLog{{
			Container: "api", Previous: true, PreviousKnown: true, Read: &crashlog.Log{Lines: 1, Last: crashTime.Add(tt.beyond)},
		}}
		ev := Of(raw)
		if got := len(ev.Conflicts) == 1; got != tt.conflict || ev.Containers[0].Log.Sure == tt.conflict {
			t.Errorf("%s beyond the end: %q, sure %v", tt.beyond, ev.Conflicts, ev.Containers[0].Log.Sure)
		}
	}
}

func TestConflictsThatReadersFound(t *testing.T) {
	raw := described("", waitingStatus("CrashLoopBackOff", 3, exited(1, "Error", time.Second)))
	raw.Conflicts = []string{"kubectl get pods counts 7 restarts, kubectl describe 3"}
	raw.Logs = []RawLog{{Container: "api", Previous: true, PreviousKnown: true, Run: RunOlder, Why: "it is older", Data: []byte("boom\n")}}
	got := strings.Join(Of(raw).Conflicts, "; ")
	if want := raw.Conflicts[0] + "; the log of api: it is older"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// Each container in trouble is told of by itself.
func TestContainerMissesItsOwnLog(t *testing.T) {
	ev := &Evidence{
		Containers: []Container{{Name: "a", Verdict: CrashLooping}, {Name: "b", Verdict: CrashLooping}, {Name: "c", Verdict: Healthy}},
		Missing:    []Missing{{"log of a", "", "logs/a/previous"}, {"log of b", "", "logs/b/previous"}, {"log of c", "", "logs/c/current"}, {"events", "", "events"}},
	}
	for i, want := range []string{"log of a,log of c,events", "log of b,log of c,events", "log of a,log of b,log of c,events"} {
		var got []string
		for _, m := range ev.MissingOf([]*Container{&ev.Containers[0], &ev.Containers[1], nil}[i]) {
			got = append(got, m.What)
		}
		if strings.Join(got, ",") != want {
			t.Errorf("%d: %v, want %s", i, got, want)
		}
	}
}
