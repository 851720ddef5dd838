package evidence

import (
	"slices"
	"time"

	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

// Backoff is the kubelet's wait before the next restart.
type Backoff struct {
	Delay   time.Duration `cel:"delay"`
	Guessed bool          `cel:"guessed"` // from the restart count, not from the status
	// Earliest and Latest bound the restart; zero when the end of the last run is not known.
	Earliest time.Time `cel:"earliest"`
	Latest   time.Time `cel:"latest"`
	// Custom says that the delay is none of the default curve: the node's kubelet is configured differently.
	Custom bool `cel:"custom"`
	// Late says that the window has passed by more than a minute: the kubelet is down or the status is stale.
	Late bool   `cel:"late"`
	Ref  string `cel:"ref"`
}

// Curve is a kubelet's restart back-off: the first delay, doubled up to a maximum. Both are settings of the node since
// Kubernetes 1.35 (docs/kubernetes.md#back-off-constants).
type Curve struct {
	Initial, Max time.Duration
}

// defaultCurve is what a kubelet uses that is not told otherwise (pkg/kubelet/kubelet.go).
var defaultCurve = Curve{Initial: 10 * time.Second, Max: 5 * time.Minute}

// Delay is the wait before the next restart of a container that crashes by itself and shows the given restart count:
// none before the first, then the initial delay, doubled each time (docs/kubernetes.md#back-off-algorithm).
func (v Curve) Delay(restarts int) time.Duration {
	if restarts < 1 {
		return 0
	}
	delay := min(v.Initial, v.Max)
	for range restarts - 1 {
		if delay >= v.Max || delay <= 0 {
			break
		}
		delay = min(2*delay, v.Max)
	}
	return delay
}

// afterProbeKills is the same for a container that its probes kill. The kubelet kills and restarts it in one sync, with
// a view of the containers from before the kill; so the first kill leaves no trace in the back-off, and the curve
// lags one step behind (docs/kubernetes.md#back-off-of-probe-kills).
func (v Curve) afterProbeKills(restarts int) time.Duration {
	return v.Delay(restarts - 1)
}

// steps are the delays the curve can show.
func (v Curve) steps() []time.Duration {
	steps := []time.Duration{v.Delay(1)}
	for n := 2; steps[len(steps)-1] < v.Delay(n); n++ {
		steps = append(steps, v.Delay(n))
	}
	return steps
}

// The kubelet's rhythm around a restart.
const (
	// entryLife is how long a back-off entry outlives the last decision to start the container: housekeeping then drops
	// it, even in the middle of a wait (kubelet.go HasExpiredFunc, docs/kubernetes.md#back-off-reset).
	entryLife = 600 * time.Second
	// housekeeping is how often that happens.
	housekeeping = 2 * time.Second
	// createTime is how much earlier than startedAt that decision may have been, when no image has to be pulled.
	createTime = 5 * time.Second
	// startTime is what notice, creation and start take, plus the second that finishedAt is cut to.
	startTime = 3 * time.Second
	// oldResync is the longest time between two looks at a waiting container up to 1.34; newHop is the longest that a
	// newer kubelet plans before its jitter of up to half of it (pkg/kubelet/pod_workers.go,
	// docs/kubernetes.md#moment-of-the-restart).
	oldResync = 15 * time.Second
	newHop    = 60 * time.Second
	// longestDelay is more than any kubelet can be set to; longer ones are not the kubelet's words.
	longestDelay = time.Hour
)

// backoffOf predicts the next restart of a container that waits for one; nil when it does not. The delay is read from
// the waiting state where that says it. kubectl describe does not print it, and between a crash and the next sync the
// status does not hold it: then it is guessed from the restart count, wrongly after a kubelet restart, after a reset
// and on nodes with another curve.
func backoffOf(c *Container, at time.Time, kubeletVersion string) *Backoff {
	if !c.waitsForRestart() {
		return nil
	}
	delay, ok := delayIn(c.WaitingMessage)
	b := &Backoff{Delay: delay, Ref: c.Ref + ".state.waiting.message"}
	if ok {
		b.Custom = !slices.Contains(defaultCurve.steps(), delay)
	} else {
		b.Guessed, b.Ref = true, c.Ref+".restartCount"
		b.Delay = defaultCurve.Delay(c.Restarts)
		if c.Kill.By == ByLiveness || c.Kill.By == ByStartup {
			b.Delay = defaultCurve.afterProbeKills(c.Restarts)
		}
	}
	if c.LastExit != nil && c.LastExit.Finished != nil {
		b.setWindow(c.LastExit, kubeletMinor(kubeletVersion))
		b.Late = at.After(b.Latest.Add(time.Minute))
	}
	return b
}

// waitsForRestart says whether the kubelet will start the container again. A loop shows as terminated until the sync
// after the crash, and as a failed start or hook in between (docs/kubernetes.md#status-in-one-cycle). Whether a terminated
// container is restarted at all, by policy or rules, is part of its verdict.
func (c *Container) waitsForRestart() bool {
	if c.Verdict != CrashLooping {
		return false
	}
	switch c.State {
	case "terminated":
		return true
	case "waiting":
		return slices.Contains([]string{"CrashLoopBackOff", "RunContainerError", "PostStartHookError"}, c.WaitingReason)
	}
	return false
}

// backoffMessage is the waiting message of a container in back-off (pkg/kubelet/container/sync_result.go and
// kuberuntime_manager.go, doBackOff).
var backoffMessage = lazyregexp.New(`^back-off (\S+) restarting failed container=`)

func delayIn(message string) (time.Duration, bool) {
	m := backoffMessage.FindStringSubmatch(message)
	if m == nil {
		return 0, false
	}
	delay, err := time.ParseDuration(m[1])
	return delay, err == nil && delay > 0 && delay <= longestDelay
}

// setWindow bounds the moment of the restart. It is due when the delay since the end of the last run is over, or when
// the back-off entry dies, whichever comes first. The kubelet then acts at its next look at the pod, which a newer one
// plans for the end of the delay, at most a minute ahead, and stretches by up to half.
func (b *Backoff) setWindow(e *Exit, minor int) {
	due := e.Finished.Add(b.Delay)
	b.Earliest, b.Latest = due, due.Add(lateness(b.Delay, minor)+startTime)
	if e.Started == nil {
		return
	}
	dies := e.Started.Add(entryLife)
	if early := dies.Add(-createTime); early.Before(b.Earliest) {
		b.Earliest = later(early, *e.Finished)
	}
	// The death of the entry is not what the kubelet planned its look for, so a whole hop may pass.
	if late := dies.Add(housekeeping + longestHop(minor) + startTime); late.Before(b.Latest) {
		b.Latest = later(late, b.Earliest.Add(startTime))
	}
}

// lateness is how long after the end of the delay the kubelet may look.
func lateness(delay time.Duration, minor int) time.Duration {
	stretched := min(delay, newHop) / 2
	switch {
	case minor >= 35:
		return stretched
	case minor > 0:
		return oldResync
	}
	return max(stretched, oldResync) // version unknown: the wider
}

func longestHop(minor int) time.Duration {
	if minor > 0 && minor < 35 {
		return oldResync
	}
	return newHop + newHop/2
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
