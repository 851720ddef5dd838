package evidence

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/client-go/util/flowcontrol"
	clocktesting "k8s.io/utils/clock/testing"
	"pgregory.net/rapid"
)

// inBackoff is a container that waits with the given delay in its message after a run of 1 s; delay 0: no message.
func inBackoff(delay time.Duration, restarts int) *Container {
	c := &Container{
		Name: "api", Ref: "ref", Verdict: CrashLooping, State: "waiting", WaitingReason: "CrashLoopBackOff",
		Restarts: restarts, LastExit: death(1, time.Second), Exited: true,
	}
	if delay > 0 {
		c.WaitingMessage = fmt.Sprintf("back-off %s restarting failed container=api pod=api-0_shop(0c1)", delay)
	}
	return c
}

func TestBackoffFromTheMessage(t *testing.T) {
	at := crashTime.Add(time.Minute)
	tests := []struct {
		kubelet string
		want    Backoff
	}{
		{"v1.36.1", Backoff{Delay: 5 * time.Minute, Earliest: crashTime.Add(5 * time.Minute), Latest: crashTime.Add(5*time.Minute + 33*time.Second), Ref: "ref.state.waiting.message"}},
		{"v1.34.4", Backoff{Delay: 5 * time.Minute, Earliest: crashTime.Add(5 * time.Minute), Latest: crashTime.Add(5*time.Minute + 18*time.Second), Ref: "ref.state.waiting.message"}},
		{"", Backoff{Delay: 5 * time.Minute, Earliest: crashTime.Add(5 * time.Minute), Latest: crashTime.Add(5*time.Minute + 33*time.Second), Ref: "ref.state.waiting.message"}},
	}
	for _, test := range tests {
		t.Run(test.kubelet, func(t *testing.T) {
			if diff := cmp.Diff(&test.want, backoffOf(inBackoff(5*time.Minute, 17), at, test.kubelet)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestUnknownKubeletHasTheWiderWindow(t *testing.T) {
	for _, delay := range defaultCurve.steps() {
		unknown := backoffOf(inBackoff(delay, 3), crashTime, "")
		for _, version := range []string{"v1.29.6", "v1.35.4+k3s1"} {
			known := backoffOf(inBackoff(delay, 3), crashTime, version)
			if known.Latest.After(unknown.Latest) || !known.Earliest.Equal(unknown.Earliest) {
				t.Errorf("%s: %s ends at %s, unknown at %s", delay, version, known.Latest, unknown.Latest)
			}
		}
	}
}

// TestGuessedDelay is the table of docs/kubernetes.md#back-off-algorithm for a status without a message, as kubectl describe
// prints it.
func TestGuessedDelay(t *testing.T) {
	want := []time.Duration{0, sec(10), sec(20), sec(40), sec(80), sec(160), sec(300), sec(300), sec(300)}
	for restarts, delay := range want {
		b := backoffOf(inBackoff(0, restarts), crashTime, "v1.36.0")
		if !b.Guessed || b.Delay != delay || b.Custom || b.Ref != "ref.restartCount" {
			t.Errorf("%d restarts: got %+v, want %s", restarts, b, delay)
		}
		killed := inBackoff(0, restarts+1)
		killed.Kill.By = ByLiveness
		if b := backoffOf(killed, crashTime, "v1.36.0"); b.Delay != delay {
			t.Errorf("%d restarts, killed by a probe: got %s, want %s", restarts+1, b.Delay, delay)
		}
	}
}

func TestCustomDelay(t *testing.T) {
	for _, delay := range []time.Duration{time.Second, sec(8), sec(60), sec(30)} {
		if b := backoffOf(inBackoff(delay, 3), crashTime, ""); !b.Custom || b.Guessed {
			t.Errorf("%s: got %+v", delay, b)
		}
	}
	for _, delay := range []time.Duration{sec(10), sec(80), sec(160), sec(300)} {
		if b := backoffOf(inBackoff(delay, 3), crashTime, ""); b.Custom {
			t.Errorf("%s counts as custom", delay)
		}
	}
}

func TestUnreadableDelayIsGuessed(t *testing.T) {
	for _, message := range []string{
		"", "back-off", "back-off soon restarting failed container=api", "back-off -5s restarting failed container=api",
		"back-off 9000h restarting failed container=api", "Back-off pulling image \"x\"",
	} {
		c := inBackoff(0, 3)
		c.WaitingMessage = message
		if b := backoffOf(c, crashTime, ""); b == nil || !b.Guessed || b.Delay != sec(40) {
			t.Errorf("%q: got %+v", message, b)
		}
	}
}

func TestLateRestart(t *testing.T) {
	c := inBackoff(sec(20), 3)
	for _, test := range []struct {
		after time.Duration
		late  bool
	}{{sec(25), false}, {sec(90), false}, {sec(120), true}} {
		if b := backoffOf(c, crashTime.Add(test.after), "v1.36.0"); b.Late != test.late {
			t.Errorf("after %s: late is %v", test.after, b.Late)
		}
	}
}

// TestLongRunShortensTheWait holds the measured figures of docs/kubernetes.md#back-off-reset.
func TestLongRunShortensTheWait(t *testing.T) {
	for _, test := range []struct{ ran, wait time.Duration }{
		{sec(200), sec(300)}, {sec(400), sec(201)}, {sec(599), sec(2)}, {sec(700), 0},
	} {
		c := inBackoff(sec(300), 9)
		c.LastExit = death(1, test.ran)
		b := backoffOf(c, crashTime, "v1.36.0")
		if due := crashTime.Add(test.wait); due.Before(b.Earliest) || due.After(b.Latest) || b.Earliest.Before(crashTime) {
			t.Errorf("run of %s: %s after the crash is not within %s–%s", test.ran, test.wait, b.Earliest.Sub(crashTime), b.Latest.Sub(crashTime))
		}
	}
}

func TestBackoffOnlyWhileWaiting(t *testing.T) {
	tests := []struct {
		name string
		edit func(*Container)
		want bool
	}{
		{"back-off", func(*Container) {}, true},
		{"between the crash and the next sync", func(c *Container) { c.State, c.WaitingReason = "terminated", "" }, true},
		{"failed start", func(c *Container) { c.WaitingReason = "RunContainerError" }, true},
		{"failed hook", func(c *Container) { c.WaitingReason = "PostStartHookError" }, true},
		{"running", func(c *Container) { c.State, c.WaitingReason = "running", "" }, false},
		{"image pull", func(c *Container) { c.WaitingReason = "ImagePullBackOff" }, false},
		{"config error", func(c *Container) { c.WaitingReason = "CreateContainerConfigError" }, false},
		{"policy Never", func(c *Container) { c.State, c.Verdict = "terminated", Crashed }, false},
		{"done", func(c *Container) { c.State, c.Verdict = "terminated", Completed }, false},
		{"being deleted", func(c *Container) { c.Verdict = Terminating }, false},
		{"no status", func(c *Container) { c.State, c.WaitingReason, c.Verdict = "", "", Unknown }, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := inBackoff(0, 3)
			test.edit(c)
			if b := backoffOf(c, crashTime, ""); (b != nil) != test.want {
				t.Errorf("got %+v", b)
			}
		})
	}
}

func TestBackoffWithoutTheEndOfTheRun(t *testing.T) {
	c := inBackoff(sec(40), 3)
	c.LastExit = nil
	b := backoffOf(c, crashTime, "")
	if b.Delay != sec(40) || !b.Earliest.IsZero() || !b.Latest.IsZero() || b.Late {
		t.Errorf("got %+v", b)
	}
}

// kubelet plays doBackOff (pkg/kubelet/kuberuntime/kuberuntime_manager.go) on the real flowcontrol.Backoff.
type kubelet struct {
	t       *rapid.T
	minor   int
	clock   *clocktesting.FakeClock
	backoff *flowcontrol.Backoff
	exited  []time.Time // ends of the runs that the runtime knows, the newest last
	starts  int
}

func newKubelet(t *rapid.T, curve Curve, minor int) *kubelet {
	clock := clocktesting.NewFakeClock(crashTime)
	k := &kubelet{t: t, minor: minor, clock: clock, backoff: flowcontrol.NewFakeBackOff(curve.Initial, curve.Max, clock)}
	k.backoff.HasExpiredFunc = func(event, updated time.Time, _ time.Duration) bool { return event.Sub(updated) > 600*time.Second }
	return k
}

func (k *kubelet) duration(low, high time.Duration, name string) time.Duration {
	return time.Duration(rapid.Int64Range(int64(low), int64(high)).Draw(k.t, name))
}

// tryStart is one sync that wants to start the container, in a view of the runtime that knows the given exits. It
// returns how long it stays in back-off, 0 when it starts. Housekeeping drops dead entries every 2 s; of its rounds only
// the last before the sync matters.
func (k *kubelet) tryStart(exited []time.Time) (remaining time.Duration) {
	now := k.clock.Now()
	k.clock.SetTime(now.Add(-k.duration(0, 2*time.Second, "since housekeeping")))
	k.backoff.GC()
	k.clock.SetTime(now)
	if len(exited) == 0 {
		return 0
	}
	last := exited[len(exited)-1]
	if k.backoff.IsInBackOffSince("c", last) {
		return last.Add(k.backoff.Get("c")).Sub(k.clock.Now())
	}
	k.backoff.Next("c", last)
	return 0
}

// sleepUntilResync passes the time to the next sync after a back-off error (pkg/kubelet/pod_workers.go).
func (k *kubelet) sleepUntilResync(remaining time.Duration) {
	hop := 10 * time.Second
	if k.minor >= 35 {
		hop = min(remaining, time.Minute)
	}
	k.clock.Step(k.duration(hop, hop+hop/2, "hop"))
}

// run starts the container, lets it live and end, and gives start and end.
func (k *kubelet) run(ran time.Duration) (started, finished time.Time) {
	k.clock.Step(k.duration(0, 1500*time.Millisecond, "create"))
	started = k.clock.Now()
	k.clock.Step(ran)
	k.starts++
	return started, k.clock.Now()
}

// waitOut syncs until the container may start, and checks at the first sight of the back-off that the start is predicted.
func (k *kubelet) waitOut(c *Container, remaining time.Duration) {
	delay := k.backoff.Get("c")
	c.WaitingMessage = fmt.Sprintf("back-off %s restarting failed container=api pod=api-0_shop(0c1)", delay)
	b := backoffOf(c, k.clock.Now(), fmt.Sprintf("v1.%d.0", k.minor))
	if b.Guessed || b.Delay != delay || b.Late {
		k.t.Fatalf("message %q was read as %+v", c.WaitingMessage, b)
	}
	for remaining > 0 {
		k.sleepUntilResync(remaining)
		remaining = k.tryStart(k.exited)
	}
	restart := k.clock.Now()
	if restart.Before(b.Earliest) || restart.After(b.Latest) {
		f := *c.LastExit.Finished
		k.t.Fatalf("restart %s after the crash, predicted %s–%s (delay %s, run %s)", restart.Sub(f), b.Earliest.Sub(f), b.Latest.Sub(f), delay, c.LastExit.RanFor)
	}
}

// waitingAfter is what the API shows of a run, in whole seconds.
func (k *kubelet) waitingAfter(started, finished time.Time) *Container {
	c := inBackoff(0, k.starts-1)
	s, f := started.Truncate(time.Second), finished.Truncate(time.Second)
	ran := f.Sub(s)
	c.LastExit = &Exit{Started: &s, Finished: &f, RanFor: &ran}
	return c
}

func drawCurve(t *rapid.T) Curve {
	limit := time.Duration(rapid.Int64Range(1, 300).Draw(t, "max")) * time.Second
	return Curve{Initial: min(limit, time.Duration(rapid.SampledFrom([]int64{1, 10}).Draw(t, "initial"))*time.Second), Max: limit}
}

func drawRun(t *rapid.T) time.Duration {
	longest := rapid.SampledFrom([]int64{2, 60, 900}).Draw(t, "longest")
	return time.Duration(rapid.Int64Range(0, longest*int64(time.Second)).Draw(t, "ran"))
}

// TestPredictionOfSelfCrashes: for any curve, kubelet and run lengths the restart falls into the predicted window.
func TestPredictionOfSelfCrashes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := newKubelet(t, drawCurve(t), rapid.IntRange(29, 36).Draw(t, "minor"))
		for range rapid.IntRange(2, 14).Draw(t, "crashes") {
			started, finished := k.run(drawRun(t))
			k.exited = append(k.exited, finished)
			k.clock.Step(k.duration(0, 1200*time.Millisecond, "notice"))
			if remaining := k.tryStart(k.exited); remaining > 0 {
				k.waitOut(k.waitingAfter(started, finished), remaining)
			}
		}
	})
}

// TestPredictionOfProbeKills: the sync that kills also starts, in the view from before the kill. If that finds the
// container in back-off, later syncs count from the end of the killed run.
func TestPredictionOfProbeKills(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := newKubelet(t, drawCurve(t), rapid.IntRange(29, 36).Draw(t, "minor"))
		for range rapid.IntRange(2, 14).Draw(t, "kills") {
			started, finished := k.run(drawRun(t))
			stale := k.exited
			k.exited = append(k.exited, finished)
			if remaining := k.tryStart(stale); remaining > 0 {
				k.waitOut(k.waitingAfter(started, finished), remaining)
			}
		}
	})
}

// TestGuessMatchesTheKubelet holds the guess from the restart count to the real object, for the default curve and runs
// that are too short for a reset.
func TestGuessMatchesTheKubelet(t *testing.T) {
	for _, by := range []Killer{"", ByLiveness} {
		t.Run("by "+string(by), func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				k := newKubelet(t, defaultCurve, 36)
				for range 12 {
					started, finished := k.run(k.duration(0, time.Minute, "ran"))
					seen := k.exited
					k.exited = append(k.exited, finished)
					if by == "" {
						seen = k.exited
					}
					remaining := k.tryStart(seen)
					if remaining == 0 {
						continue
					}
					c := k.waitingAfter(started, finished)
					c.Kill.By = by
					if b := backoffOf(c, k.clock.Now(), "v1.36.0"); b.Delay != k.backoff.Get("c") {
						t.Fatalf("restart %d: guessed %s, the kubelet waits %s", c.Restarts, b.Delay, k.backoff.Get("c"))
					}
					k.waitOut(c, remaining)
				}
			})
		})
	}
}

// TestMeasuredProbeLoop is the loop of docs/kubernetes.md#back-off-of-probe-kills: runs of 36 s, kill included.
func TestMeasuredProbeLoop(t *testing.T) {
	clock := clocktesting.NewFakeClock(crashTime)
	backoff := flowcontrol.NewFakeBackOff(defaultCurve.Initial, defaultCurve.Max, clock)
	var exited []time.Time
	var waits []time.Duration
	for range 10 {
		clock.Step(36 * time.Second)
		stale := exited
		exited = append(exited, clock.Now())
		wait := time.Duration(0)
		if n := len(stale); n > 0 {
			if backoff.IsInBackOffSince("c", stale[n-1]) {
				wait = backoff.Get("c")
				clock.Step(wait)
				stale = exited
			}
			backoff.Next("c", stale[len(stale)-1])
		}
		waits = append(waits, wait)
	}
	want := []time.Duration{0, 0, 0, 0, sec(40), sec(80), sec(160), sec(300), 0, sec(300)}
	if diff := cmp.Diff(want, waits); diff != "" {
		t.Error(diff)
	}
	for restarts, wait := range waits {
		if wait > 0 && wait != defaultCurve.afterProbeKills(restarts) {
			t.Errorf("restart %d: waits %s, the curve says %s", restarts, wait, defaultCurve.afterProbeKills(restarts))
		}
	}
}

func TestCurveNeverExceedsItsMaximum(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		curve := Curve{Initial: time.Duration(rapid.Int64().Draw(t, "initial")), Max: time.Duration(rapid.Int64().Draw(t, "max"))}
		n := rapid.IntRange(-5, 1<<20).Draw(t, "restarts")
		if d := curve.Delay(n); n > 0 && d > curve.Max {
			t.Fatalf("%+v waits %s before restart %d", curve, d, n)
		}
	})
}
