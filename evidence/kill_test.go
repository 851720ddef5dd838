package evidence

import (
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/unloop-dev/unloop/crashlog"
)

// death makes the end of a run at crashTime.
func death(code int, ranFor time.Duration) *Exit {
	started, finished := crashTime.Add(-ranFor), crashTime
	e := &Exit{Code: &code, Reason: "Error", Started: &started, Finished: &finished, RanFor: &ranFor, Ref: "exit"}
	if code == 0 {
		e.Reason = "Completed"
	}
	if code > 128 {
		e.Signal = signals[code-128]
	}
	return e
}

// probed is a container with the default probe (kills 20–31 s after the start) and a grace period of 30 s.
func probed(e *Exit) *Container {
	c := &Container{Name: "api", Kind: KindMain, Ref: "pod:.status.containerStatuses[api]", LastExit: e, Exited: e != nil, Restarts: 9}
	c.Liveness = probeOf("liveness", &corev1.Probe{}, nil, nil, "")
	c.Startup.Type = "startup"
	return c
}

func killingEvent(message string, at time.Time) Event {
	return Event{Type: "Normal", Reason: "Killing", Kind: "Pod", Container: "api", Message: message, Count: 1, First: at, Last: at, Ref: "events/9"}
}

const (
	livenessKill = "Container api failed liveness probe, will be restarted"
	startupKill  = "Container api failed startup probe, will be restarted"
)

func sec(n int) time.Duration { return time.Duration(n) * time.Second }

// specOfAPI is the pod behind these containers; only its container's name matters here.
func specOfAPI() *corev1.Pod {
	return &corev1.Pod{Spec: corev1.PodSpec{Containers: []corev1.Container{{Name: "api"}}}}
}

func checkKill(t *testing.T, got Kill, by Killer, how string, sure bool) {
	t.Helper()
	if got.By != by || got.How != how || got.Sure != sure {
		t.Errorf("got by %q, how %q, sure %v (%s); want %q, %q, %v", got.By, got.How, got.Sure, got.Text, by, how, sure)
	}
	if (got.By == "") != (got.Text == "") || (got.By == "") != (got.Ref == "") {
		t.Errorf("a kill needs a text and a reference, and no kill has neither: %+v", got)
	}
}

func TestKillEventOfTheLastRunIsSure(t *testing.T) {
	tests := []struct {
		name    string
		message string
		by      Killer
	}{
		{"liveness", livenessKill, ByLiveness},
		{"liveness under policy Never", "Container api failed liveness probe", ByLiveness},
		{"startup", startupKill, ByStartup},
		{"sidecar", "Init container api failed liveness probe", ByLiveness},
		{"sidecar startup", "Init container api failed startup probe", ByStartup},
		{"hook", "FailedPostStartHook", ByPostStart},
		{"definition", "Container api definition changed, will be restarted", BySpecChange},
		{"resize", "Container api resize requires restart", BySpecChange},
		{"unknown state", `Container is in "unknown" state, try killing it before restart`, ByNodeLoss},
		{"restart rule", "killing", ByRestartRule},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := probed(death(1, sec(30))) // even a code of the program's own does not speak against an event
			events := []Event{killingEvent(test.message, crashTime.Add(-sec(5)))}
			k := killOf(c, &Pod{Grace: defaultGrace}, events, nil)
			checkKill(t, k, test.by, "event", true)
			if k.Ref != "events/9" || k.Count != 1 || !strings.Contains(k.Text, "25s after its start: "+test.message) {
				t.Errorf("got %+v", k)
			}
		})
	}
}

// TestKillEventOfAnotherRunDoesNotCount holds the times at which an event is not about the last run.
func TestKillEventOfAnotherRunDoesNotCount(t *testing.T) {
	tests := []struct {
		name string
		at   time.Duration // before the end of a run of 25 s
	}{
		{"the run before", sec(40)},
		{"the kill whose restart came in the same second", sec(25)},
		{"the run that is alive", -sec(30)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := probed(death(1, sec(25)))
			k := killOf(c, &Pod{Grace: defaultGrace}, []Event{killingEvent(livenessKill, crashTime.Add(-test.at))}, nil)
			checkKill(t, k, "", "", false)
		})
	}
}

func TestKillEventOfAnotherContainerDoesNotCount(t *testing.T) {
	other := killingEvent("Container proxy failed liveness probe, will be restarted", crashTime)
	other.Container = "proxy"
	unnamed := other
	unnamed.Container = "" // as describe prints events
	c := probed(death(1, sec(30)))
	checkKill(t, killOf(c, &Pod{}, []Event{other, unnamed}, nil), "", "", false)

	named := killingEvent(livenessKill, crashTime)
	named.Container = ""
	checkKill(t, killOf(c, &Pod{}, []Event{named}, nil), ByLiveness, "event", true)
}

func TestReadinessFailuresNeverKill(t *testing.T) {
	c := probed(death(143, sec(300)))
	events := []Event{unhealthyEvent("api", "Readiness probe failed: HTTP probe failed with statuscode: 503", 90, crashTime, "events/1")}
	c.Readiness = probeOf("readiness", &corev1.Probe{}, nil, nil, "")
	c.Readiness.addResults("api", events)
	c.Liveness.addResults("api", events)
	checkKill(t, killOf(c, &Pod{Grace: defaultGrace}, events, nil), ByUnknown, "status", false)
}

func TestKillWithThePod(t *testing.T) {
	grace := int64(30)
	deletedAt := func(d time.Duration) *corev1.Pod {
		at := metav1.NewTime(crashTime.Add(d))
		return &corev1.Pod{ObjectMeta: metav1.ObjectMeta{DeletionTimestamp: &at, DeletionGracePeriodSeconds: &grace}}
	}
	with := func(e *Exit, reason string) *Exit { e.Reason = reason; return e }
	tests := []struct {
		name string
		exit *Exit
		pod  Pod
		raw  *corev1.Pod
		by   Killer
	}{
		{"evicted", death(137, sec(100)), Pod{Reason: "Evicted"}, nil, ByEviction},
		{"evicted, forgotten by the runtime", with(death(137, 0), "ContainerStatusUnknown"), Pod{Reason: "Evicted"}, nil, ByEviction},
		{"forgotten by the runtime", with(death(137, 0), "ContainerStatusUnknown"), Pod{}, nil, ByNodeLoss},
		{"forgotten while being deleted", with(death(137, 0), "ContainerStatusUnknown"), Pod{Deleting: true}, nil, ByDeletion},
		{"node rebooted", with(death(255, sec(100)), "Unknown"), Pod{}, nil, ByNodeLoss},
		{"node shut down", death(143, sec(100)), Pod{Reason: "Terminated"}, nil, ByNodeLoss},
		{"restart rule", with(death(137, sec(100)), "RestartingAllContainers"), Pod{}, nil, ByRestartRule},
		{"deadline", death(137, sec(100)), Pod{Reason: "DeadlineExceeded"}, nil, ByDeletion},
		{"deleted", death(143, sec(100)), Pod{Deleting: true}, deletedAt(sec(28)), ByDeletion},
		{"crashed before it was deleted", death(143, sec(100)), Pod{Deleting: true}, deletedAt(sec(90)), ByUnknown},
		{"crashed before it was evicted", death(1, sec(5)), Pod{Reason: "Evicted"}, nil, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := probed(test.exit)
			c.Liveness = Probe{Type: "liveness"}
			k := killOf(c, &test.pod, nil, test.raw)
			how := "status"
			if test.by == "" {
				how = ""
			}
			checkKill(t, k, test.by, how, test.by != "" && test.by != ByUnknown)
		})
	}
}

func TestStoppingContainerIsToldApart(t *testing.T) {
	stopping := killingEvent("Stopping container api", crashTime)
	sandbox := Event{Reason: "SandboxChanged", Kind: "Pod", Message: "Pod sandbox changed, it will be killed and re-created.", Last: crashTime, Ref: "events/1"}
	tests := []struct {
		name   string
		pod    Pod
		events []Event
		by     Killer
		sure   bool
	}{
		{"deletion", Pod{Deleting: true}, []Event{stopping}, ByDeletion, true},
		{"eviction", Pod{Disruption: "TerminationByKubelet"}, []Event{stopping}, ByEviction, true},
		{"sandbox", Pod{}, []Event{sandbox, stopping}, ByNodeLoss, true},
		{"for no known reason", Pod{}, []Event{stopping}, ByUnknown, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			checkKill(t, killOf(probed(death(143, sec(500))), &test.pod, test.events, nil), test.by, "event", test.sure)
		})
	}
}

func TestLostSandboxEndsTheRun(t *testing.T) {
	change := func(at time.Time) []Event {
		return []Event{{Reason: "SandboxChanged", Kind: "Pod", Message: "Pod sandbox changed, it will be killed and re-created.", Last: at, Ref: "events/1"}}
	}
	pod := &Pod{Grace: defaultGrace, SandboxChanged: true}
	checkKill(t, killOf(probed(death(255, sec(500))), pod, change(crashTime.Add(sec(2))), nil), ByNodeLoss, "event", true)
	checkKill(t, killOf(probed(death(1, sec(500))), pod, change(crashTime.Add(sec(2))), nil), "", "", false)
	checkKill(t, killOf(probed(death(255, sec(500))), pod, change(crashTime.Add(-sec(400))), nil), "", "", false)
}

func TestKillForMemory(t *testing.T) {
	oom := func(code int, ranFor time.Duration) *Exit {
		e := death(code, ranFor)
		e.OOM, e.Reason = true, "OOMKilled"
		return e
	}
	t.Run("the container", func(t *testing.T) {
		checkKill(t, killOf(probed(oom(137, sec(55))), &Pod{}, nil, nil), ByOOM, "status", true)
	})
	t.Run("a child", func(t *testing.T) {
		k := killOf(probed(oom(1, sec(55))), &Pod{}, nil, nil)
		checkKill(t, k, ByOOM, "status", false)
		if !strings.Contains(k.Text, "exit code 1") {
			t.Error(k.Text)
		}
	})
	t.Run("a child, and then the probe", func(t *testing.T) {
		k := killOf(probed(oom(143, sec(25))), &Pod{}, []Event{killingEvent(livenessKill, crashTime)}, nil)
		checkKill(t, k, ByLiveness, "event", true)
	})
}

func TestFailedHookKills(t *testing.T) {
	c := probed(death(137, sec(2)))
	c.WaitingReason = "PostStartHookError"
	checkKill(t, killOf(c, &Pod{}, nil, nil), ByPostStart, "status", true)

	c.WaitingReason = "CrashLoopBackOff"
	hook := Event{Reason: "FailedPostStartHook", Container: "api", Message: "PostStartHook failed", Last: crashTime, Ref: "events/1"}
	checkKill(t, killOf(c, &Pod{}, []Event{hook}, nil), ByPostStart, "event", true)
}

func TestNoKillIsClaimed(t *testing.T) {
	t.Run("nothing ended", func(t *testing.T) {
		checkKill(t, killOf(probed(nil), &Pod{}, nil, nil), "", "", false)
	})
	t.Run("it never ran", func(t *testing.T) {
		e := death(128, 0)
		e.NeverRan, e.Reason = true, "StartError"
		k := killOf(probed(e), &Pod{}, []Event{killingEvent(livenessKill, crashTime)}, nil)
		checkKill(t, k, "", "", false)
		if k.Excluded != "no process of it ever ran" {
			t.Error(k.Excluded)
		}
	})
	t.Run("a plain exit code in the window", func(t *testing.T) {
		checkKill(t, killOf(probed(death(1, sec(25))), &Pod{}, nil, nil), "", "", false)
	})
	t.Run("a signal of its own", func(t *testing.T) {
		checkKill(t, killOf(probed(death(139, sec(25))), &Pod{}, nil, nil), "", "", false)
	})
}

func TestKillWithoutTimesIsNotSure(t *testing.T) {
	events := []Event{killingEvent(livenessKill, crashTime)}
	k := killOf(probed(nil), &Pod{}, events, nil)
	checkKill(t, k, ByLiveness, "event", false)

	code := 143
	k = killOf(probed(&Exit{Code: &code, Reason: "Error"}), &Pod{}, events, nil)
	checkKill(t, k, ByLiveness, "event", false)

	code = 1
	k = killOf(probed(&Exit{Code: &code, Reason: "Error"}), &Pod{}, events, nil)
	checkKill(t, k, "", "", false)
}

func TestSignalFromUnknownSender(t *testing.T) {
	c := probed(death(137, sec(5)))
	k := killOf(c, &Pod{}, nil, nil)
	checkKill(t, k, ByUnknown, "status", false)
	if k.Text != "ended by SIGKILL after 5s; nothing says who sent it" {
		t.Error(k.Text)
	}
}

// logWith is the log of the last run, with a shutdown and a crash at the given lines; 0 for none.
func logWith(shutdown string, shutdownLine int, kind crashlog.Kind, crashLine int) *Log {
	l := &Log{Sure: true, Says: &crashlog.Log{Lines: 50}}
	if shutdownLine > 0 {
		l.Says.Shutdown = crashlog.Line{Number: shutdownLine, Text: shutdown}
	}
	if kind != "" {
		l.Crash = &crashlog.Crash{Kind: kind, Line: crashLine}
		l.Says.Crash = l.Crash
	}
	return l
}
