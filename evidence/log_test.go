package evidence

import (
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
)

const crashText = "starting\nFATAL: cannot open /etc/app.conf: no such file or directory\n"

func rawLog(container string, previous, known bool, text string) RawLog {
	return RawLog{Container: container, Previous: previous, PreviousKnown: known, Data: []byte(text)}
}

// TestWhichLogIsWhichRuns pins the table of docs/kubernetes.md#which-runs-log: what "previous" means depends on the state.
func TestWhichLogIsWhichRuns(t *testing.T) {
	dead := ended(1, 62*time.Second, time.Minute)
	for _, tt := range []struct {
		name   string
		status corev1.ContainerStatus
		logs   []RawLog
		run    string // of the log taken for the dead run's; "" for none
		sure   bool
		live   bool
	}{
		{"waiting: previous is the dead run", corev1.ContainerStatus{RestartCount: 3, State: waiting("CrashLoopBackOff"), LastTerminationState: corev1.ContainerState{Terminated: dead}}, []RawLog{rawLog("app", true, true, crashText)}, "previous", true, false},
		{"waiting: current is the dead run too", corev1.ContainerStatus{RestartCount: 3, State: waiting("CrashLoopBackOff"), LastTerminationState: corev1.ContainerState{Terminated: dead}}, []RawLog{rawLog("app", false, true, crashText)}, "current", true, false},
		{"running: previous is the dead run", corev1.ContainerStatus{RestartCount: 3, State: running(time.Second), LastTerminationState: corev1.ContainerState{Terminated: dead}}, []RawLog{rawLog("app", true, true, crashText)}, "previous", true, false},
		{"running: current is the one alive", corev1.ContainerStatus{RestartCount: 3, State: running(time.Second), LastTerminationState: corev1.ContainerState{Terminated: dead}}, []RawLog{rawLog("app", false, true, crashText)}, "", false, true},
		{"terminated: current is the dead run", corev1.ContainerStatus{RestartCount: 3, State: corev1.ContainerState{Terminated: dead}}, []RawLog{rawLog("app", true, true, "older\n"), rawLog("app", false, true, crashText)}, "current", true, false},
		{"terminated: previous is an older run", corev1.ContainerStatus{RestartCount: 3, State: corev1.ContainerState{Terminated: dead}}, []RawLog{rawLog("app", true, true, crashText)}, "previous", false, false},
		{"running, a file that does not say: not sure", corev1.ContainerStatus{RestartCount: 3, State: running(time.Second), LastTerminationState: corev1.ContainerState{Terminated: dead}}, []RawLog{rawLog("app", false, false, crashText)}, "current", false, false},
		{"a log without a name belongs to the only container that died", corev1.ContainerStatus{RestartCount: 3, State: waiting("CrashLoopBackOff"), LastTerminationState: corev1.ContainerState{Terminated: dead}}, []RawLog{rawLog("", true, true, crashText)}, "previous", true, false},
		{"a kubelet's error text is no log", corev1.ContainerStatus{RestartCount: 3, State: waiting("CrashLoopBackOff"), LastTerminationState: corev1.ContainerState{Terminated: dead}}, []RawLog{rawLog("app", true, true, "unable to retrieve container logs for containerd://abc")}, "", false, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ev := Of(&Raw{At: noon, Pod: onePod(time.Hour, tt.status), Logs: tt.logs})
			c := ev.Containers[0]
			run, sure := "", false
			if c.Log != nil {
				run, sure = c.Log.Run, c.Log.Sure
			}
			if run != tt.run || sure != tt.sure {
				t.Errorf("the dead run's log is %q (sure %v), want %q (sure %v)", run, sure, tt.run, tt.sure)
			}
			if (c.LiveLog != nil) != tt.live {
				t.Errorf("a live log: %v, want %v", c.LiveLog != nil, tt.live)
			}
		})
	}
}

// TestALogOfAnInitContainerKnownByARow: "Init:0/1" says that the pod waits for it, not since when it runs, or that it does.
func TestALogOfAnInitContainerKnownByARow(t *testing.T) {
	for name, status := range map[string]corev1.ContainerStatus{
		"it has not ended before": {State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{}}},
		"it has": {
			RestartCount: 2, State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{}},
			LastTerminationState: corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{ExitCode: 1}},
		},
	} {
		pod := onePod(time.Hour, corev1.ContainerStatus{})
		pod.Spec.InitContainers, pod.Spec.Containers = []corev1.Container{{}}, nil
		pod.Status.InitContainerStatuses, pod.Status.ContainerStatuses = []corev1.ContainerStatus{status}, nil
		c := Of(&Raw{At: noon, Pod: pod, Logs: []RawLog{rawLog("", false, true, crashText)}}).Containers[0]
		if c.Log == nil || c.Log.Sure || c.Log.Crash.Message == "" {
			t.Errorf("%s: its log is %+v, want one of which run is not certain", name, c.Log)
		}
	}
}

func TestAStartErrorHasNoLogToMiss(t *testing.T) {
	ran := &corev1.ContainerStateTerminated{ExitCode: 128, Reason: "StartError", Message: `exec: "/x": permission denied`, FinishedAt: before(time.Minute)}
	ev := Of(&Raw{At: noon, Pod: onePod(time.Hour, corev1.ContainerStatus{RestartCount: 3, State: waiting("CrashLoopBackOff"), LastTerminationState: corev1.ContainerState{Terminated: ran}})})
	c := ev.Containers[0]
	if c.Log == nil || !c.Log.Empty || c.LastExit.Started != nil || c.LastExit.RanFor != nil {
		t.Errorf("log %+v, last exit %+v", c.Log, c.LastExit)
	}
	if c.Start.Cause != "permission" {
		t.Errorf("start failure %+v", c.Start)
	}
	for _, m := range ev.Missing {
		if m.What == "previous log of app" {
			t.Errorf("misses a log that cannot exist: %+v", m)
		}
	}
}

func TestTheTerminationMessageStandsInForALog(t *testing.T) {
	ran := ended(9, 62*time.Second, time.Minute)
	ran.Message = "FATAL: no terminal"
	ev := Of(&Raw{At: noon, Pod: onePod(time.Hour, corev1.ContainerStatus{RestartCount: 3, State: waiting("CrashLoopBackOff"), LastTerminationState: corev1.ContainerState{Terminated: ran}})})
	log := ev.Containers[0].Log
	if log == nil || !log.FromMessage || log.Crash == nil || log.Crash.Kind != "fatal" {
		t.Errorf("log %+v", log)
	}
}

// TestTheMessageOfTheRunBeatsTheLogOfAnother: what the run itself left says more of its end than what one before it wrote.
func TestTheMessageOfTheRunBeatsTheLogOfAnother(t *testing.T) {
	status := corev1.ContainerStatus{RestartCount: 2, State: corev1.ContainerState{Terminated: ended(1, 3*time.Second, time.Second)}}
	status.State.Terminated.Message = "FATAL: certificate has expired"
	status.LastTerminationState.Terminated = ended(1, 30*time.Second, 20*time.Second)
	for _, test := range []struct {
		name   string
		log    RawLog
		called string
	}{
		{"an older run's log", rawLog("app", true, true, crashText), "the termination message of the last run"},
		{"its own log", rawLog("app", false, true, crashText), "the log of the last run"},
	} {
		got := Of(&Raw{At: noon, Pod: onePod(time.Hour, status), Logs: []RawLog{test.log}}).Containers[0].Log
		if got.Called() != test.called || !got.Sure {
			t.Errorf("%s: the crash is read from %s, sure: %v", test.name, got.Called(), got.Sure)
		}
	}
	status.State.Terminated.Message = ""
	got := Of(&Raw{At: noon, Pod: onePod(time.Hour, status), Logs: []RawLog{rawLog("app", true, true, crashText)}}).Containers[0].Log
	if got.Called() != "the log of an earlier run" || got.Sure {
		t.Errorf("an older run's log is called %s, sure: %v", got.Called(), got.Sure)
	}
}

func TestLogsAloneAreEvidence(t *testing.T) {
	ev := Of(&Raw{Logs: []RawLog{rawLog("", true, true, crashText)}})
	if len(ev.Containers) != 1 || ev.Containers[0].Log == nil || ev.Containers[0].Log.Sure || ev.Containers[0].Verdict != Unknown {
		t.Errorf("got %+v", ev.Containers)
	}
	if ev.Containers[0].LastExit != nil || ev.Containers[0].Exited {
		t.Error("an exit is claimed that nobody saw")
	}
}

// TestAnInitContainerBlocks pins who is to blame when an init container keeps the main one waiting.
func TestAnInitContainerBlocks(t *testing.T) {
	pod := onePod(time.Hour, corev1.ContainerStatus{State: waiting("PodInitializing")})
	pod.Status.Phase = corev1.PodPending
	pod.Spec.InitContainers = []corev1.Container{{Name: "fetch"}, {Name: "migrate"}}
	pod.Status.InitContainerStatuses = []corev1.ContainerStatus{
		{Name: "fetch", State: corev1.ContainerState{Terminated: ended(0, time.Hour, time.Hour-time.Second)}},
		{Name: "migrate", RestartCount: 4, State: waiting("CrashLoopBackOff"), LastTerminationState: corev1.ContainerState{Terminated: ended(3, 62*time.Second, time.Minute)}},
	}
	got := map[string]Container{}
	for _, c := range Of(&Raw{At: noon, Pod: pod}).Containers {
		got[c.Name] = c
	}
	if got["fetch"].Verdict != Completed || got["fetch"].Blocks {
		t.Errorf("fetch is done: %+v", got["fetch"])
	}
	if !got["migrate"].Blocks || got["migrate"].Verdict != CrashLooping || got["app"].BlockedBy != "migrate" {
		t.Errorf("migrate blocks %v, app is blocked by %q", got["migrate"].Blocks, got["app"].BlockedBy)
	}
}

// TestOfNeverPanicsOnHoles gives Of the objects that cut dumps hold.
func TestOfNeverPanicsOnHoles(t *testing.T) {
	for _, raw := range []*Raw{
		{},
		{Pod: &corev1.Pod{}},
		{Pod: &corev1.Pod{Spec: corev1.PodSpec{Containers: []corev1.Container{{}}}}},
		{Pod: &corev1.Pod{Status: corev1.PodStatus{ContainerStatuses: []corev1.ContainerStatus{{Name: "ghost", RestartCount: 5}}}}},
		{Pod: onePod(0, corev1.ContainerStatus{State: corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{}}}), SiblingsRead: true, EventsRead: true},
	} {
		Of(raw)
	}
}
