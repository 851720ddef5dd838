package cluster

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"

	"github.com/unloop-dev/unloop/cluster/fakeapi"
	"github.com/unloop-dev/unloop/evidence"
)

func alive(since time.Duration) corev1.ContainerState {
	return corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: ago(since)}}
}

func inBackOff(delay string) corev1.ContainerState {
	return corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{
		Reason: "CrashLoopBackOff", Message: "back-off " + delay + " restarting failed container=app pod=p_shop(uid-p)",
	}}
}

// runs makes the pod p, whose container app is in a state after a run that ended with code.
func runs(state corev1.ContainerState, code int32, since time.Duration) *corev1.Pod {
	pod := looping("p", "n1", code)
	s := &pod.Status.ContainerStatuses[0]
	s.State, s.LastTerminationState = state, died(code, since)
	return pod
}

// The container dies again between the reading of its status and of its log, with another code: the exit that is told and
// the log must be of one run.
func TestLogIsOfTheRunThatTheStatusNames(t *testing.T) {
	api, c := startAPI(t, runs(alive(time.Second), 3, time.Minute), node("n1", corev1.ConditionTrue))
	api.SetLog("shop", "p", "app", true, "panic: of the first run, exit 3\n")
	api.Misbehave(fakeapi.Rule{Resource: "events", Times: 1, Do: func() {
		api.Add(runs(inBackOff("5m0s"), 7, time.Second))
		api.SetLog("shop", "p", "app", true, "panic: of the second run, exit 7\n")
	}})
	x := evidence.Of(collectOne(t, c, podP)).Containers[0]
	if *x.LastExit.Code != 7 || !x.Log.Sure || !strings.Contains(x.Log.Crash.Message, "second") {
		t.Errorf("exit %d, sure %v, log %q; want exit 7 and surely the second run's", *x.LastExit.Code, x.Log.Sure, x.Log.Crash.Message)
	}
}

// What died while it was read, in a state in which the plain request gives it, is asked for with "previous" once the next
// run has begun. Here that log is gone: the one that was read is of nobody knows which run.
func TestLogOfAPodThatWentOnIsNotSure(t *testing.T) {
	first := runs(died(1, time.Second), 9, time.Minute)
	second := runs(alive(0), 1, time.Second)
	api, c := startAPI(t, first, node("n1", corev1.ConditionTrue))
	c.limits.CatchUp = time.Nanosecond
	api.SetLog("shop", "p", "app", false, "panic: of the run that died, or of the next\n")
	api.Misbehave(fakeapi.Rule{Resource: "nodes", Times: 1, Pass: true, Do: func() { api.Add(second) }})
	raw := collectOne(t, c, podP)
	x := evidence.Of(raw).Containers[0]
	if x.Log == nil || x.Log.Sure {
		t.Errorf("log = %+v, want one that is not sure", x.Log)
	}
	if len(raw.Missing) != 1 || raw.Missing[0].What != "previous log of app" {
		t.Errorf("missing = %+v, want the previous log", raw.Missing)
	}
}

// A pod that is never the same twice stays in doubt, and is not read for ever.
func TestPodThatNeverStopsIsLeftInDoubt(t *testing.T) {
	api, c := startAPI(t, runs(alive(time.Second), 1, time.Minute), node("n1", corev1.ConditionTrue))
	api.SetLog("shop", "p", "app", true, "panic\n")
	next := 0
	api.Misbehave(fakeapi.Rule{Resource: "pods/log", Pass: true, Do: func() {
		next++
		api.Add(runs(alive(0), 1, time.Duration(60-next)*time.Second))
	}})
	raw := collectOne(t, c, podP)
	if len(raw.Logs) != 1 || raw.Logs[0].Run != evidence.RunUnknown {
		t.Errorf("logs = %+v, want one of an unknown run", raw.Logs)
	}
	if n := c.RequestsByKind()["get pods/log"]; n != 1+catchUpRounds {
		t.Errorf("%d log reads, want %d", n, 1+catchUpRounds)
	}
}

// Two containers of one pod, of which one has to be read again: the other's log was chosen by the first status, and would
// be another run's by the second.
func TestPodThatIsReadAgainKeepsTheLogsOfOneMoment(t *testing.T) {
	first := runs(alive(time.Second), 3, time.Minute)
	side := *first.Status.ContainerStatuses[0].DeepCopy()
	side.Name, side.State, side.LastTerminationState, side.RestartCount = "side", died(1, time.Second), corev1.ContainerState{}, 1
	first.Spec.Containers = append(first.Spec.Containers, corev1.Container{Name: "side"})
	first.Status.ContainerStatuses = append(first.Status.ContainerStatuses, side)
	second := first.DeepCopy()
	first.Status.ContainerStatuses[0].LastTerminationState = corev1.ContainerState{}
	s := &second.Status.ContainerStatuses[1]
	s.State, s.LastTerminationState, s.RestartCount = alive(0), s.State, 2
	api, c := startAPI(t, first)
	c.limits.CatchUp = time.Nanosecond
	api.SetLog("shop", "p", "app", true, "panic: app\n")
	api.SetLog("shop", "p", "side", false, "starting again\n")
	api.SetLog("shop", "p", "side", true, "panic: the side died of this\n")
	api.Misbehave(fakeapi.Rule{Resource: "nodes", Times: 1, Do: func() { api.Add(second) }})
	ev := evidence.Of(collectOne(t, c, podP))
	for i, want := range []string{"app", "the side died of this"} {
		if log := ev.Containers[i].Log; log == nil || !log.Sure || !strings.Contains(log.Crash.Message, want) {
			t.Errorf("the log of %s is %+v, want surely %q; missing %v", ev.Containers[i].Name, log, want, ev.Missing)
		}
	}
}

// A back-off that lasts longer than the reading holds the run where it is: nothing has to be asked twice.
func TestWaitingPodIsReadOnce(t *testing.T) {
	for delay, want := range map[string]int{"5m0s": 1, "10s": 2} {
		api, c := startAPI(t, runs(inBackOff(delay), 1, time.Minute), node("n1", corev1.ConditionTrue))
		api.SetLog("shop", "p", "app", true, "panic\n")
		raw := collectOne(t, c, podP)
		if n := c.RequestsByKind()["get pods"]; n != want || raw.Logs[0].Run != "" {
			t.Errorf("in a back-off of %s: the pod is read %d times, want %d; run %q", delay, n, want, raw.Logs[0].Run)
		}
	}
}

// The siblings of a pod that was read again see it as it is now.
func TestSiblingsSeeThePodAsItWasReadLast(t *testing.T) {
	first := ofRevision(runs(alive(time.Second), 3, time.Minute), "new")
	second := first.DeepCopy()
	second.Status.ContainerStatuses[0].State, second.Status.ContainerStatuses[0].LastTerminationState = inBackOff("5m0s"), died(7, time.Second)
	api, c := startAPI(t, objects(deployment("new"), append(aDeployment()[:0:0], first, ofRevision(looping("web-new-1", "n1", 1), "new"), node("n1", corev1.ConditionTrue)))...)
	api.SetLog("shop", "p", "app", true, "panic: seven\n")
	api.SetLog("shop", "web-new-1", "app", true, "panic: one\n")
	api.Misbehave(fakeapi.Rule{Resource: "pods/log", Name: "p", Times: 1, Pass: true, Do: func() { api.Add(second) }})
	raws, err := c.Collect(t.Context(), Request{})
	if err != nil {
		t.Fatal(err)
	}
	sibling := rawOf(t, raws, "web-new-1").Siblings[0]
	if code := sibling.Status.ContainerStatuses[0].LastTerminationState.Terminated.ExitCode; code != 7 || sibling != rawOf(t, raws, "p").Pod {
		t.Errorf("the sibling of web-new-1 died of %d, want 7", code)
	}
}

func systemOOM() *corev1.Event {
	oom := event("oom", "Node", "n1", "n1", "SystemOOM")
	oom.Namespace, oom.Message = "default", "System OOM encountered, victim process: app, pid: 7"
	return oom
}

// A node's events are read when a run may have ended by its doing, however one asks, and are shown by a command that finds
// them.
func TestNodeEventsAreTheSameHoweverOneAsks(t *testing.T) {
	pod := owned(looping("web-0", "n1", 137), "StatefulSet", "web")
	for name, req := range map[string]Request{
		"pod": {Targets: []Target{{"Pod", "web-0"}}}, "workload": {Targets: []Target{{"StatefulSet", "web"}}},
		"namespace": {}, "all": {AllNamespaces: true},
	} {
		_, c := startAPI(t, pod, workload("StatefulSet", "web"), node("n1", corev1.ConditionTrue), systemOOM())
		ev := evidence.Of(collectOne(t, c, req))
		if ev.Containers[0].Memory.NodeOOM == "" {
			t.Errorf("asked by %s: the node's SystemOOM is not known; missing %v", name, ev.Missing)
			continue
		}
		want := "kubectl get events -n default --field-selector involvedObject.name=n1"
		if got := ev.Command(ev.Containers[0].Memory.NodeOOMRef).String(); got != want {
			t.Errorf("asked by %s: %q, want %q", name, got, want)
		}
	}
}

// In the namespace default the events of a pod, which are asked for by its name, do not hold its node's.
func TestPodInDefaultHasItsNodesEventsOnce(t *testing.T) {
	pod := looping("p", "n1", 137)
	pod.Namespace = "default"
	for _, req := range []Request{{Namespace: "default", Targets: podP.Targets}, {Namespace: "default"}} {
		_, c := startAPI(t, pod, node("n1", corev1.ConditionTrue), systemOOM())
		if diff := cmp.Diff([]string{"oom"}, eventNames(collectOne(t, c, req).Events)); diff != "" {
			t.Errorf("events (-want +got):\n%s", diff)
		}
	}
}

func TestNodeEventsThatCannotBeReadAreMissing(t *testing.T) {
	want := evidence.Missing{
		What: "events of node n1", Why: "forbidden: this account may not list events in namespace default",
		Ref: evidence.RefNodeEvents,
	}
	for code, isMissing := range map[int32]bool{137: true, 1: false} {
		api, c := startAPI(t, looping("p", "n1", code), node("n1", corev1.ConditionTrue))
		api.SetLog("shop", "p", "app", true, "panic\n")
		api.Misbehave(fakeapi.Rule{Resource: "events", Namespace: "default"})
		if got := slices.Contains(collectOne(t, c, podP).Missing, want); got != isMissing {
			t.Errorf("exit %d: missing %v, want %v", code, got, isMissing)
		}
	}
}

// The run that died while the pod was read is another than the one for which nobody had to ask the node.
func TestNodeEventsOfALateKillAreMissing(t *testing.T) {
	api, c := startAPI(t, runs(alive(time.Second), 3, time.Minute), node("n1", corev1.ConditionTrue))
	api.SetLog("shop", "p", "app", true, "killed\n")
	api.Misbehave(fakeapi.Rule{Resource: "pods/log", Times: 1, Pass: true, Do: func() { api.Add(runs(inBackOff("5m0s"), 137, time.Second)) }})
	raw := collectOne(t, c, podP)
	if len(raw.Missing) != 1 || raw.Missing[0].What != "events of node n1" || !strings.HasPrefix(raw.Missing[0].Why, "not asked for") {
		t.Errorf("missing = %+v, want the events of the node", raw.Missing)
	}
}
