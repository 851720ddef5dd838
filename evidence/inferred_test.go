package evidence

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/unloop-dev/unloop/fact"
)

// describeHides is some of what kubectl describe never prints.
var describeHides = []fact.Name{"pod.restartPolicy", "pod.grace", "c.restartPolicy", "c.security", "c.postStart", "c.waitingMessage"}

// described is a pod as kubectl describe shows one: without policies.
func described(owner string, status corev1.ContainerStatus) *Raw {
	status.Name = "api"
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "api-1", Namespace: "shop"}}
	pod.Spec.NodeName = "n1"
	pod.Spec.Containers = []corev1.Container{{Name: "api", Image: "api:1", LivenessProbe: &corev1.Probe{}}}
	pod.Status.Phase = corev1.PodRunning
	pod.Status.ContainerStatuses = []corev1.ContainerStatus{status}
	if owner != "" {
		yes := true
		pod.OwnerReferences = []metav1.OwnerReference{{Kind: owner, Name: "api", Controller: &yes}}
	}
	return &Raw{Pod: pod, Form: "kubectl describe", Hidden: slices.Clone(describeHides), EventsRead: true}
}

func exited(code int32, reason string, ranFor time.Duration) *corev1.ContainerStateTerminated {
	return &corev1.ContainerStateTerminated{
		ExitCode: code, Reason: reason, StartedAt: metav1.NewTime(crashTime.Add(-ranFor)), FinishedAt: metav1.NewTime(crashTime),
	}
}

func waitingStatus(reason string, restarts int32, last *corev1.ContainerStateTerminated) corev1.ContainerStatus {
	return corev1.ContainerStatus{
		RestartCount: restarts, LastTerminationState: corev1.ContainerState{Terminated: last},
		State: corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: reason}},
	}
}

func TestRestartPolicyIsToldByOthers(t *testing.T) {
	failed := corev1.ContainerStatus{State: corev1.ContainerState{Terminated: exited(1, "Error", time.Second)}}
	for _, tt := range []struct {
		name, owner string
		status      corev1.ContainerStatus
		phase       corev1.PodPhase
		want        string
		verdict     Verdict
	}{
		{"a Deployment's pods are restarted always", "ReplicaSet", waitingStatus("CrashLoopBackOff", 3, exited(1, "Error", time.Second)), "Running", "Always", CrashLooping},
		{"a Job's pod that was restarted", "Job", waitingStatus("CrashLoopBackOff", 3, exited(1, "Error", time.Second)), "Running", "OnFailure", CrashLooping},
		{"a Job's pod that failed for good", "Job", failed, "Failed", "Never", Crashed},
		{"a Job's pod that just failed", "Job", failed, "Running", "", Crashed},
		{"a bare pod restarted after success", "", waitingStatus("CrashLoopBackOff", 3, exited(0, "Completed", time.Second)), "Running", "Always", CrashLooping},
		{"a bare pod restarted after failure", "", waitingStatus("CrashLoopBackOff", 3, exited(1, "Error", time.Second)), "Running", "", CrashLooping},
		{"a fragment of one that failed once", "", failed, "", "", Crashed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			raw := described(tt.owner, tt.status)
			raw.Pod.Status.Phase = tt.phase
			ev := Of(raw)
			c := &ev.Containers[0]
			if ev.Pod.RestartPolicy != tt.want || c.RestartPolicy != tt.want || c.Verdict != tt.verdict {
				t.Errorf("policies %q and %q, %s; want %q, %s", ev.Pod.RestartPolicy, c.RestartPolicy, c.Verdict, tt.want, tt.verdict)
			}
			if hidden := slices.Contains(ev.hiddenOf(nil), "pod.restartPolicy"); hidden != (tt.want == "") {
				t.Errorf("hidden: %v", hidden)
			}
			if raw.Pod.Spec.RestartPolicy != "" {
				t.Error("the raw pod was changed")
			}
		})
	}
}

func TestSidecarIsToldByWhatItDoes(t *testing.T) {
	raw := described("ReplicaSet", corev1.ContainerStatus{State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{}}})
	raw.Hidden = append(raw.Hidden, "c.kind")
	raw.Pod.Spec.InitContainers = []corev1.Container{{Name: "setup"}, {Name: "proxy"}, {Name: "probed", StartupProbe: &corev1.Probe{}}}
	raw.Pod.Status.InitContainerStatuses = []corev1.ContainerStatus{
		{Name: "setup", State: corev1.ContainerState{Terminated: exited(0, "Completed", time.Second)}},
		{Name: "proxy", State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{}}},
	}
	ev := Of(raw)
	kinds := map[string]ContainerKind{}
	hidden := map[string]bool{}
	for i := range ev.Containers {
		c := &ev.Containers[i]
		kinds[c.Name], hidden[c.Name] = c.Kind, slices.Contains(ev.hiddenOf(c), "c.kind")
	}
	if d := cmp.Diff(map[string]ContainerKind{"setup": KindInit, "proxy": KindSidecar, "probed": KindSidecar, "api": KindMain}, kinds); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(map[string]bool{"setup": true, "proxy": false, "probed": false, "api": false}, hidden); d != "" {
		t.Error(d)
	}
}

func TestFragmentIsNamedByEventsAndLogs(t *testing.T) {
	event := func(message string) corev1.Event { return corev1.Event{Reason: "Killing", Message: message} }
	for _, tt := range []struct {
		name   string
		events []corev1.Event
		log    string
		want   string
	}{
		{"events name it", []corev1.Event{event("Container web failed liveness probe, will be restarted")}, "", "web"},
		{"a log names it", nil, "web", "web"},
		{"they disagree", []corev1.Event{event("Stopping container web")}, "db", ""},
		{"nothing names it", []corev1.Event{event("Stopping everything")}, "", ""},
	} {
		raw := described("", waitingStatus("CrashLoopBackOff", 3, exited(137, "Error", time.Minute)))
		raw.Pod.Name, raw.Pod.Spec.Containers[0].Name, raw.Pod.Status.ContainerStatuses[0].Name = "", "", ""
		raw.Events, raw.Logs = tt.events, []RawLog{{Container: tt.log, Data: []byte("boom\n")}}
		ev := Of(raw)
		if len(ev.Containers) != 1 || ev.Containers[0].Name != tt.want {
			t.Errorf("%s: %+v", tt.name, ev.Containers)
		} else if ev.Containers[0].Log == nil && tt.name != "they disagree" {
			t.Errorf("%s: the log beside it does not belong to it", tt.name)
		}
	}
}

func TestHiddenFactsOfOneContainer(t *testing.T) {
	ev := &Evidence{Hidden: []fact.Name{"pod.grace", "c.postStart", "c.preStop", "c.readiness", "c.memory.limitText", "c.image", "c.restartPolicy", "c.waitingMessage"}}
	c := &Container{PostStart: Hook{Set: true, Failed: true}, RestartPolicy: "Always", WaitingReason: "RunContainerError"}
	got := ev.hiddenOf(c)
	for _, name := range []fact.Name{"c.postStart.text", "c.preStop.set", "c.preStop.text", "c.readiness.set", "c.waitingMessage", "c.start"} {
		if !slices.Contains(got, name) {
			t.Errorf("%s is known: %v", name, got)
		}
	}
	for _, name := range []fact.Name{"pod.grace", "c.postStart", "c.postStart.set", "c.readiness.lastFailure", "c.readiness", "c.image", "c.restartPolicy", "c.memory.limitText"} {
		if slices.Contains(got, name) {
			t.Errorf("%s is hidden: %v", name, got)
		}
	}
	if d := cmp.Diff([]fact.Name{"pod.grace"}, ev.hiddenOf(nil)); d != "" {
		t.Error(d)
	}
}

func TestExitThatATableNames(t *testing.T) {
	raw := described("", waitingStatus("CrashLoopBackOff", 3, exited(1, "Error", time.Second)))
	raw.Hidden = append(raw.Hidden, "c.lastExit.code", "c.lastExit.reason", "c.liveness", "c.memory")
	c := Of(raw).Containers[0]
	if c.LastExit.Code != nil || c.LastExit.Reason != "" || c.Kill.Excluded != "" || c.Unlimited {
		t.Errorf("%+v, excluded %q, unlimited %v", c.LastExit, c.Kill.Excluded, c.Unlimited)
	}
}

func TestWhyAWaitIsToldByEvents(t *testing.T) {
	pull := corev1.Event{Reason: "Failed", Message: `Failed to pull image "api:1": not found`}
	for _, tt := range []struct{ reason, message, want string }{
		{"ImagePullBackOff", "", pull.Message},
		{"ImagePullBackOff", `Back-off pulling image "api:1"`, pull.Message},
		{"ImagePullBackOff", `Back-off pulling image "api:1": ErrImagePull: denied`, `Back-off pulling image "api:1": ErrImagePull: denied`},
		{"CrashLoopBackOff", "", ""},
	} {
		raw := described("", waitingStatus(tt.reason, 0, nil))
		raw.Pod.Status.ContainerStatuses[0].State.Waiting.Message = tt.message
		raw.Events = []corev1.Event{pull, {Reason: "Failed", Message: "Error: ErrImagePull"}}
		if c := Of(raw).Containers[0]; c.Why != tt.want || c.Start.Set {
			t.Errorf("%s %q: %q, start %+v", tt.reason, tt.message, c.Why, c.Start)
		}
	}
}

func TestNoEventsMeanThatTheLastStartIsLongAgo(t *testing.T) {
	running := corev1.ContainerStatus{
		Ready: true, RestartCount: 2, LastTerminationState: corev1.ContainerState{Terminated: exited(1, "Error", time.Minute)},
		State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: metav1.NewTime(crashTime.Add(time.Second))}},
	}
	if v := Of(described("ReplicaSet", running)).Containers[0].Verdict; v != Recovered {
		t.Errorf("the text has no events: %s", v)
	}
	raw := described("ReplicaSet", running)
	raw.EventsRead = false
	if v := Of(raw).Containers[0].Verdict; v != CrashLooping {
		t.Errorf("the text may have lost its events: %s", v)
	}
	raw.Pod.Status.ContainerStatuses[0].RestartCount = 1
	if v := Of(raw).Containers[0].Verdict; v != Recovered {
		t.Errorf("ready after one crash, and who knows since when: %s", v)
	}
}
