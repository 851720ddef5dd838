package evidence

import (
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"pgregory.net/rapid"

	"github.com/unloop-dev/unloop/crashlog"
)

// TestProbeKillByRunLength is the table of docs/kubernetes.md#exit-code-137 and #probe-kills-without-events: what is left
// when all events are gone.
func TestProbeKillByRunLength(t *testing.T) {
	tests := []struct {
		name string
		exit *Exit
		prev *Exit
		log  *Log
		by   Killer
		sure bool
	}{
		{"SIGTERM in the window", death(143, sec(25)), nil, nil, ByLiveness, false},
		{"SIGTERM in the window, twice alike", death(143, sec(25)), death(143, sec(31)), nil, ByLiveness, true},
		{"SIGTERM in the window, lengths vary", death(143, sec(25)), death(143, sec(40)), nil, ByLiveness, false},
		{"SIGTERM in the window, another code before", death(143, sec(25)), death(1, sec(25)), nil, ByLiveness, false},
		{"SIGTERM and a shutdown", death(143, sec(25)), nil, logWith("received SIGTERM", 40, "", 0), ByLiveness, true},
		{"SIGTERM before the window", death(143, sec(10)), nil, nil, ByUnknown, false},
		{"SIGTERM long after the window", death(143, sec(4000)), nil, nil, ByUnknown, false},
		{"SIGKILL after the grace", death(137, sec(55)), nil, nil, ByLiveness, false},
		{"SIGKILL after the grace, twice alike", death(137, sec(55)), death(137, sec(53)), nil, ByLiveness, true},
		{"SIGKILL before any grace can be over", death(137, sec(25)), death(137, sec(25)), nil, ByUnknown, false},
		{"clean end in the window", death(0, sec(25)), nil, nil, ByLiveness, false},
		{"clean end in the window, twice alike", death(0, sec(25)), death(0, sec(25)), nil, ByLiveness, false},
		{"clean end after a signal", death(0, sec(25)), nil, logWith("received signal: terminated, draining", 9, "", 0), ByLiveness, true},
		{"clean end after a shutdown, perhaps of its own will", death(0, sec(25)), nil, logWith("shutting down gracefully", 9, "", 0), ByLiveness, false},
		{"Go's end by SIGTERM", death(2, sec(25)), nil, nil, ByLiveness, false},
		{"Go panic", death(2, sec(25)), nil, logWith("", 0, crashlog.KindTrace, 9), "", false},
		{"own code in the window, twice alike", death(1, sec(25)), death(1, sec(25)), nil, "", false},
		{"own code after SIGTERM", death(1, sec(25)), nil, logWith("caught SIGTERM, stopping", 9, "", 0), ByLiveness, true},
		{"own code after SIGTERM, crash on the way down", death(1, sec(25)), nil, logWith("caught SIGTERM, stopping", 9, crashlog.KindFatal, 10), ByLiveness, true},
		{"own code, shutdown of its own will", death(1, sec(25)), nil, logWith("shutting down", 9, "", 0), "", false},
		{"fatal line, then a clean shutdown", death(1, sec(25)), nil, logWith("received SIGTERM", 9, crashlog.KindFatal, 8), "", false},
		{"memory", func() *Exit { e := death(143, sec(25)); e.OOM = true; return e }(), nil, nil, ByOOM, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := probed(test.exit)
			c.PrevExit, c.Log = test.prev, test.log
			k := killOf(c, &Pod{Grace: defaultGrace}, nil, nil)
			if k.By != test.by || k.Sure != test.sure {
				t.Errorf("got %q, sure %v (%s), want %q, %v", k.By, k.Sure, k.Text, test.by, test.sure)
			}
			if test.by == ByLiveness && k.How != "arithmetic" {
				t.Errorf("how is %q", k.How)
			}
		})
	}
}

func TestArithmeticGivesItsNumbers(t *testing.T) {
	c := probed(death(137, sec(55)))
	c.PrevExit = death(137, sec(53))
	want := "exit code 137 after 55s; the liveness probe decides on a kill 20s–31s after the start, " +
		"which with the grace period of 30s ends the run after 50s–1m5s; the run before ended in the same way after 53s"
	if got := killOf(c, &Pod{}, nil, nil).Text; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestSomeoneElsesLogProvesNothing(t *testing.T) {
	c := probed(death(143, sec(25)))
	c.Log = logWith("received SIGTERM", 40, "", 0)
	c.Log.Sure = false
	checkKill(t, killOf(c, &Pod{}, nil, nil), ByLiveness, "arithmetic", false)
}

// TestThrottledKillEvents is an old loop: the kubelet's event budget is spent, so Killing was last written many runs
// ago.
func TestThrottledKillEvents(t *testing.T) {
	old := killingEvent(livenessKill, crashTime.Add(-20*time.Minute))
	old.Count = 8
	k := killOf(probed(death(137, sec(58))), &Pod{Grace: defaultGrace}, []Event{old}, nil)
	checkKill(t, k, ByLiveness, "arithmetic", true)
	if k.Count != 8 {
		t.Errorf("count is %d, want 8", k.Count)
	}

	// The last run did not live long enough: whatever happened before, this one ended otherwise.
	k = killOf(probed(death(1, sec(3))), &Pod{Grace: defaultGrace}, []Event{old}, nil)
	checkKill(t, k, "", "", false)
	if k.Excluded == "" {
		t.Error("a kill after 3s was not excluded")
	}
}

// TestThrottledFailures: the kubelet counts on in silence and writes the event now and then, so that the newest failure that is
// told lies before the last run. All of them together still say how the runs ended.
func TestThrottledFailures(t *testing.T) {
	for _, tt := range []struct {
		name     string
		exit     *Exit
		restarts int
		failed   int
		by       Killer
		sure     bool
	}{
		{"three for each of 413 runs, in the window", death(2, sec(39)), 412, 1240, ByLiveness, true},
		{"a few are not written yet", death(137, sec(58)), 1569, 4688, ByLiveness, true},
		{"after ten good minutes each time", death(143, sec(640)), 99, 300, ByLiveness, false},
		{"one for each run: it ends before the third", death(2, sec(29)), 99, 110, ByLiveness, false}, // by its length
		{"one for each long run", death(2, sec(640)), 99, 110, "", false},
		{"too short for a probe", death(2, sec(1)), 99, 300, "", false},
		{"a code of its own", death(1, sec(39)), 99, 300, "", false},
		{"one run", death(2, sec(640)), 0, 4, "", false},
		{"numbers that nobody can have counted", death(2, sec(640)), 1 << 31, maxCount, "", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := probed(tt.exit)
			long := crashTime.Add(-20 * time.Minute)
			c.State, c.Restarts = "waiting", tt.restarts
			c.Liveness.Failed, c.Liveness.FailedAt = tt.failed, &long
			k := killOf(c, &Pod{Grace: defaultGrace}, nil, nil)
			if k.By != tt.by || k.Sure != tt.sure || k.Counted != strings.Contains(k.Text, "in a row kill") {
				t.Errorf("got %q, sure %v (%s), want %q, %v", k.By, k.Sure, k.Text, tt.by, tt.sure)
			}
		})
	}
}

// TestFailuresAtTheEnd: the Killing event is lost, but the failure that decided is not.
func TestFailuresAtTheEnd(t *testing.T) {
	tests := []struct {
		name   string
		exit   *Exit
		before time.Duration // the newest failure, before the end
		count  int
		by     Killer
		how    string
		sure   bool
	}{
		{"long-lived, SIGKILL a grace period later", death(137, sec(7200)), sec(30), 3, ByLiveness, "arithmetic", true},
		{"long-lived, SIGTERM at once", death(143, sec(7200)), sec(1), 3, ByLiveness, "arithmetic", true},
		{"long-lived, too few failures", death(143, sec(7200)), sec(1), 1, ByLiveness, "arithmetic", false},
		{"long-lived, clean end", death(0, sec(7200)), sec(5), 9, ByLiveness, "arithmetic", false},
		{"in the window, clean end", death(0, sec(25)), sec(1), 9, ByLiveness, "arithmetic", true},
		{"failures long before the end", death(143, sec(7200)), sec(3600), 9, ByUnknown, "status", false},
		{"SIGKILL right after the failure", death(137, sec(7200)), sec(3), 9, ByUnknown, "status", false},
		{"failures of the run that is alive", death(143, sec(7200)), -sec(60), 9, ByUnknown, "status", false},
		{"own code", death(1, sec(7200)), sec(1), 9, "", "", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := probed(test.exit)
			events := []Event{unhealthyEvent("api", "Liveness probe failed: EOF", test.count, crashTime.Add(-test.before), "events/1")}
			c.Liveness.addResults("api", events)
			checkKill(t, killOf(c, &Pod{Grace: defaultGrace}, events, nil), test.by, test.how, test.sure)
		})
	}
}

// TestSilentProbeIsNotSure: a young pod whose events are at hand would show failures, had there been any.
func TestSilentProbeIsNotSure(t *testing.T) {
	c := probed(death(143, sec(25)))
	c.PrevExit = death(143, sec(25))
	started := Event{Reason: "Started", Container: "api", Last: crashTime}
	age := 10 * time.Minute
	k := killOf(c, &Pod{Age: &age}, []Event{started}, nil)
	checkKill(t, k, ByLiveness, "arithmetic", false)
	if !strings.HasSuffix(k.Text, "; but no event tells of a failure") {
		t.Error(k.Text)
	}
	age = 10 * time.Hour
	checkKill(t, killOf(c, &Pod{Age: &age}, []Event{started}, nil), ByLiveness, "arithmetic", true)
}

// TestStartupProbeComesFirst: while it has not passed, liveness does not run, so the window is the startup probe's.
func TestStartupProbeComesFirst(t *testing.T) {
	with := func(e *Exit) *Container {
		c := probed(e)
		c.Startup = probeOf("startup", &corev1.Probe{FailureThreshold: 30, PeriodSeconds: 2}, nil, nil, "") // 58s–61s
		return c
	}
	checkKill(t, killOf(with(death(143, sec(60))), &Pod{}, nil, nil), ByStartup, "arithmetic", false)
	checkKill(t, killOf(with(death(143, sec(25))), &Pod{}, nil, nil), ByUnknown, "status", false)

	c := with(death(143, sec(300)))
	events := []Event{unhealthyEvent("api", "Liveness probe failed: EOF", 3, crashTime, "events/1")}
	c.Liveness.addResults("api", events)
	checkKill(t, killOf(c, &Pod{}, events, nil), ByLiveness, "arithmetic", true)
}

func TestProbeKillIsExcluded(t *testing.T) {
	tests := []struct {
		name string
		exit *Exit
		edit func(*Container)
		want string
	}{
		{"too short", death(1, sec(1)), nil, "ended after 1s, the earliest liveness kill is 20s after the start"},
		{"at the bound, give or take a second", death(1, sec(19)), nil, "ended after 19s, the earliest liveness kill is 20s after the start"},
		{"long enough", death(1, sec(20)), nil, ""},
		{
			"too short for the grace", death(137, sec(30)), nil,
			"ended by SIGKILL after 30s, but the earliest after a failed liveness probe is 50s after the start, 30s of it the grace period",
		},
		{"failures seen: a streak may have begun in the run before", death(1, sec(1)), func(c *Container) { c.Liveness.Failed = 2 }, ""},
		{"failures seen, but the delay is not over", death(1, sec(1)), func(c *Container) {
			c.Liveness.Failed, c.Liveness.Delay = 2, sec(10)
		}, "ended after 1s, the earliest liveness kill is 10s after the start"},
		{"the earlier of two probes counts", death(1, sec(1)), func(c *Container) {
			c.Startup = probeOf("startup", &corev1.Probe{FailureThreshold: 2, PeriodSeconds: 5}, nil, nil, "")
		}, "ended after 1s, the earliest startup kill is 5s after the start"},
		{"no probe", death(1, sec(1)), func(c *Container) { c.Liveness = Probe{} }, "it has neither a liveness nor a startup probe"},
		{"unknown length", &Exit{Reason: "Error"}, nil, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := probed(test.exit)
			if test.edit != nil {
				test.edit(c)
			}
			k := killOf(c, &Pod{}, nil, specOfAPI())
			if k.Excluded != test.want {
				t.Errorf("got  %q\nwant %q", k.Excluded, test.want)
			}
		})
	}
	t.Run("no spec, no claim", func(t *testing.T) {
		c := probed(death(1, sec(1)))
		c.Liveness = Probe{}
		if k := killOf(c, &Pod{}, nil, &corev1.Pod{}); k.Excluded != "" {
			t.Error(k.Excluded)
		}
	})
}

// TestRealProbeKillsAreFound plays probe kills with any probe and any way to end, cuts the times to seconds as the API
// does, and demands that no kill is ever excluded and each is found without events.
func TestRealProbeKillsAreFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := probeOf("liveness", &corev1.Probe{
			InitialDelaySeconds: rapid.Int32Range(0, 60).Draw(t, "delay"),
			PeriodSeconds:       rapid.Int32Range(1, 30).Draw(t, "period"),
			FailureThreshold:    rapid.Int32Range(1, 10).Draw(t, "failures"),
		}, nil, nil, "")
		decided := time.Duration(rapid.Int64Range(int64(p.KillEarliest), int64(p.KillLatest)).Draw(t, "decided"))
		code := rapid.SampledFrom(stopCodes).Draw(t, "code")
		dying := p.Grace
		if code != 137 {
			dying = time.Duration(rapid.Int64Range(0, int64(p.Grace)).Draw(t, "dying"))
		}
		started := crashTime.Add(time.Duration(rapid.Int64Range(0, int64(time.Second)).Draw(t, "fraction")))
		finished := started.Add(decided + dying).Truncate(time.Second)
		started = started.Truncate(time.Second)
		ranFor := finished.Sub(started)

		c := probed(&Exit{Code: &code, Reason: "Error", Signal: signals[max(0, code-128)], Started: &started, Finished: &finished, RanFor: &ranFor, Ref: "exit"})
		c.Liveness = p
		k := killOf(c, &Pod{Grace: defaultGrace}, nil, specOfAPI())
		if k.By != ByLiveness || k.Excluded != "" {
			t.Fatalf("a kill decided after %s, over after %s, was read as %+v", decided, ranFor, k)
		}
		if k.Sure {
			t.Fatal("one run's length was taken for proof")
		}
	})
}
