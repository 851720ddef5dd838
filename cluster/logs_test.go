package cluster

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"

	"github.com/unloop-dev/unloop/cluster/fakeapi"
	"github.com/unloop-dev/unloop/evidence"
)

// Which run a request for a log gives depends on the container's state: docs/kubernetes.md#which-runs-log.
func TestLogOfTheRunThatDied(t *testing.T) {
	running := func(since time.Duration) corev1.ContainerState {
		return corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: ago(since)}}
	}
	waiting := func(reason string) corev1.ContainerState {
		return corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: reason}}
	}
	for _, test := range []struct {
		name   string
		status corev1.ContainerStatus
		want   string // the query of the log request, "" for none
	}{
		{"waiting in its loop", corev1.ContainerStatus{
			State: waiting("CrashLoopBackOff"), LastTerminationState: died(1, time.Minute), RestartCount: 4,
		}, "previous"},
		{"just died", corev1.ContainerStatus{
			State: died(1, time.Second), LastTerminationState: died(1, time.Minute), RestartCount: 4,
		}, "current"},
		{"just died with 0", corev1.ContainerStatus{
			State: died(0, time.Second), LastTerminationState: died(0, time.Minute), RestartCount: 4,
		}, "current"},
		{"runs between two crashes", corev1.ContainerStatus{
			State: running(time.Second), LastTerminationState: died(1, time.Minute), RestartCount: 4,
		}, "previous"},
		{"start failed after a crash", corev1.ContainerStatus{
			State: waiting("RunContainerError"), LastTerminationState: died(1, time.Minute), RestartCount: 4,
		}, "previous"},
		{"never ran", corev1.ContainerStatus{State: waiting("CreateContainerConfigError")}, ""},
		{"could not be started", corev1.ContainerStatus{
			State: waiting("CrashLoopBackOff"), RestartCount: 4,
			LastTerminationState: corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{ExitCode: 128, Reason: "StartError"}},
		}, ""},
		{"is not ready", corev1.ContainerStatus{State: running(5 * time.Minute)}, "current"},
		{"is well", corev1.ContainerStatus{State: running(time.Hour), Ready: true}, ""},
		{"is well again", corev1.ContainerStatus{
			State: running(time.Hour), Ready: true, LastTerminationState: died(1, time.Hour), RestartCount: 1,
		}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			pod := healthy("p", "n1")
			test.status.Name = "app"
			pod.Status.ContainerStatuses[0] = test.status
			api, c := startAPI(t, pod, node("n1", corev1.ConditionTrue))
			api.SetLog("shop", "p", "app", true, "previous\n")
			api.SetLog("shop", "p", "app", false, "current\n")
			raw := collectOne(t, c, Request{Targets: []Target{{"Pod", "p"}}})
			got := ""
			for _, log := range raw.Logs {
				got += strings.TrimSpace(string(log.Data))
				if log.Previous != (got == "previous") || log.Container != "app" || !log.PreviousKnown {
					t.Errorf("log = %+v", log)
				}
			}
			if got != test.want || len(raw.Missing) > 0 {
				t.Errorf("read %q, want %q; missing %+v", got, test.want, raw.Missing)
			}
		})
	}
}

func TestHangingInitContainerShowsItsLog(t *testing.T) {
	pod := healthy("p", "n1")
	pod.Spec.InitContainers = []corev1.Container{{Name: "wait-for-db"}}
	pod.Status.Phase = corev1.PodPending
	pod.Status.InitContainerStatuses = []corev1.ContainerStatus{{
		Name: "wait-for-db", State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: ago(time.Hour)}},
	}}
	pod.Status.ContainerStatuses[0] = corev1.ContainerStatus{
		Name: "app", State: corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: "PodInitializing"}},
	}
	api, c := startAPI(t, pod, node("n1", corev1.ConditionTrue))
	api.SetLog("shop", "p", "wait-for-db", false, "waiting for db:5432\n")
	raw := collectOne(t, c, Request{Targets: []Target{{"Pod", "p"}}})
	if len(raw.Logs) != 1 || raw.Logs[0].Container != "wait-for-db" || raw.Logs[0].Previous {
		t.Errorf("logs = %+v, want the current log of wait-for-db", raw.Logs)
	}
}

func TestWaitingContainerHasASecondWayToItsLog(t *testing.T) {
	api, c := startAPI(t, looping("p", "n1", 1), node("n1", corev1.ConditionTrue))
	api.SetLog("shop", "p", "app", false, "panic\n")
	api.SetLog("shop", "p", "app", true, "unable to retrieve container logs for containerd://dead")
	raw := collectOne(t, c, Request{Targets: []Target{{"Pod", "p"}}})
	if len(raw.Logs) != 1 || raw.Logs[0].Previous || len(raw.Missing) > 0 {
		t.Errorf("logs = %+v, missing = %+v", raw.Logs, raw.Missing)
	}
}

func TestKubeletsErrorIsNotALog(t *testing.T) {
	pod := looping("p", "n1", 1)
	pod.Status.ContainerStatuses[0].State = died(1, time.Second)
	_, c := startAPI(t, pod, node("n1", corev1.ConditionTrue))
	raw := collectOne(t, c, Request{Targets: []Target{{"Pod", "p"}}})
	want := []evidence.Missing{{
		What: "current log of app", Ref: "logs/app/current",
		Why: "expired: the kubelet says unable to retrieve container logs for containerd://dead",
	}}
	if diff := cmp.Diff(want, raw.Missing); diff != "" || len(raw.Logs) > 0 {
		t.Errorf("logs %+v; missing (-want +got):\n%s", raw.Logs, diff)
	}
}

// The run that was alive when the pod was read dies before its log is asked for.
func TestPodThatWentOnIsReadAgain(t *testing.T) {
	alive := looping("p", "n1", 3)
	status := &alive.Status.ContainerStatuses[0]
	status.State = corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: ago(time.Second)}}
	dead := alive.DeepCopy()
	dead.Status.ContainerStatuses[0].State = died(7, time.Second)
	api, c := startAPI(t, alive)
	c.limits.CatchUp = time.Nanosecond
	api.SetLog("shop", "p", "app", false, "panic: the run that died now\n")
	api.Misbehave(fakeapi.Rule{Resource: "nodes", Times: 1, Do: func() { api.Add(dead) }})
	raw := collectOne(t, c, Request{Targets: []Target{{"Pod", "p"}}})
	if len(raw.Logs) != 1 || raw.Logs[0].Previous || raw.Pod.Status.ContainerStatuses[0].State.Terminated == nil {
		t.Errorf("logs = %+v, state = %+v, missing = %+v", raw.Logs, raw.Pod.Status.ContainerStatuses[0].State, raw.Missing)
	}
	if n := c.RequestsByKind()["get pods"]; n != 3 { // the third says that it did not go on once more
		t.Errorf("%d reads of the pod, want 3", n)
	}
}

// The status shows restarts and no run that died, for a moment.
func TestPodThatLostItsLastRunIsReadAgain(t *testing.T) {
	lost := looping("p", "n1", 3)
	status := &lost.Status.ContainerStatuses[0]
	status.State = corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: ago(time.Second)}}
	back := lost.DeepCopy()
	status.LastTerminationState = corev1.ContainerState{}
	api, c := startAPI(t, lost)
	c.limits.CatchUp = time.Nanosecond
	api.SetLog("shop", "p", "app", true, "panic: the run that died\n")
	api.Misbehave(fakeapi.Rule{Resource: "nodes", Times: 1, Do: func() { api.Add(back) }})
	raw := collectOne(t, c, Request{Targets: []Target{{"Pod", "p"}}})
	if len(raw.Logs) != 1 || !raw.Logs[0].Previous || raw.Pod.Status.ContainerStatuses[0].LastTerminationState.Terminated == nil {
		t.Errorf("logs = %+v, missing = %+v", raw.Logs, raw.Missing)
	}
	if n := c.RequestsByKind()["get pods/log"]; n != 1 {
		t.Errorf("%d log reads, want 1", n)
	}
}

func TestPreviousLogThatIsGoneSaysSo(t *testing.T) {
	api, c := startAPI(t, looping("p", "n1", 1), node("n1", corev1.ConditionTrue))
	api.Misbehave(fakeapi.Rule{
		Resource: "pods/log", Status: 400, Reason: "BadRequest", Message: `previous terminated container "app" in pod "p" not found`,
	})
	raw := collectOne(t, c, Request{Targets: []Target{{"Pod", "p"}}})
	if len(raw.Missing) != 1 || raw.Missing[0].Why != `not found: previous terminated container "app" in pod "p" not found` {
		t.Errorf("missing = %+v", raw.Missing)
	}
}

func TestOnlyTheEndOfALongLogIsRead(t *testing.T) {
	var log strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&log, "line %d\n", i)
	}
	api, c := startAPI(t, looping("p", "n1", 1), node("n1", corev1.ConditionTrue))
	api.SetLog("shop", "p", "app", true, log.String())
	got := collectOne(t, c, Request{Targets: []Target{{"Pod", "p"}}}).Logs[0]
	if !got.Truncated || !strings.HasPrefix(string(got.Data), "line 3000\n") || !strings.HasSuffix(string(got.Data), "line 4999\n") {
		t.Errorf("truncated %v, %d bytes from %.20q", got.Truncated, len(got.Data), got.Data)
	}
}

// limitBytes cuts the end off, which is where the crash stands.
func TestEndOfALogOfHugeLinesIsReadAgain(t *testing.T) {
	huge := strings.Repeat(strings.Repeat("x", limitBytes/60)+"\n", 70) + "panic: at last\n"
	api, c := startAPI(t, looping("p", "n1", 1), node("n1", corev1.ConditionTrue))
	api.SetLog("shop", "p", "app", true, huge)
	got := collectOne(t, c, Request{Targets: []Target{{"Pod", "p"}}}).Logs[0]
	if !got.Truncated || !strings.HasSuffix(string(got.Data), "panic: at last\n") || len(got.Data) > keepLogBytes {
		t.Errorf("truncated %v, %d bytes to %q", got.Truncated, len(got.Data), got.Data[max(0, len(got.Data)-20):])
	}
	if n := c.RequestsByKind()["get pods/log"]; n != 2 {
		t.Errorf("%d log reads, want 2", n)
	}
}
