package evidence

import (
	"fmt"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/unloop-dev/unloop/crashlog"

	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

// killByArithmetic infers a probe kill from what is left when its Killing event is gone: the length of the run against
// the probe's window, the exit code, the newest failure, the log (docs/kubernetes.md#probe-kills-without-events). With a
// startup probe the liveness probe waits for it (#start-up-budget), so a run's length says something about the startup probe
// only.
func killByArithmetic(c *Container, pod *Pod, kills []killing, events []Event) Kill {
	e := c.LastExit
	if e.Code == nil || e.RanFor == nil || e.Finished == nil || !c.mayHaveBeenStopped() {
		return Kill{}
	}
	for _, by := range []Killer{ByStartup, ByLiveness} {
		p := c.probeBehind(by)
		if !p.Set {
			continue
		}
		s := signsOf(c, p, kills, by)
		s.silent = p.silent(c, pod, events) && !s.killedBefore
		s.inWindow = s.inWindow && (by == ByStartup || !c.Startup.Set || s.killedBefore)
		if !s.inWindow && !s.failing && !s.counted {
			continue
		}
		return Kill{By: by, How: howArithmetic, Sure: s.sure(c, p), Counted: s.counted, Text: s.text(c, p), Ref: e.Ref}
	}
	return Kill{}
}

// signs are what speaks for a kill by one probe.
type signs struct {
	inWindow     bool // the run is as long as the probe allows
	failing      bool // events show the probe failing as the run ended
	surely       bool // and no slack of their times is needed for that, nor a grace period that is not the default
	counted      bool // events count as many failures as it takes to kill each run
	repeated     bool // the run before ended in the same way after the same time
	killedBefore bool // events tell of such kills of other runs
	shutdown     bool // the log of the run ends with a shutdown
	silent       bool // events would still tell of failures, and tell of none
}

func signsOf(c *Container, p *Probe, kills []killing, by Killer) signs {
	e := c.LastExit
	s := signs{
		inWindow:     p.allows(e),
		killedBefore: countKills(kills, by) > 0,
		shutdown:     c.toldToStop(),
		counted:      c.failedForEachRun(p),
	}
	s.failing, s.surely = p.failedAtEndOf(e)
	if prev := c.PrevExit; prev != nil && prev.RanFor != nil && !prev.OOM && p.allows(prev) && prev.Code != nil {
		apart := (*prev.RanFor - *e.RanFor).Abs()
		s.repeated = *prev.Code == *e.Code && apart <= p.Period+time.Second
	}
	return s
}

// sure says whether the signs leave no reasonable doubt. A run of fitting length alone never does: a program may well
// end by itself after 30 seconds, time and again, and 0 and 2 are codes of its own choice.
func (s signs) sure(c *Container, p *Probe) bool {
	signal := c.LastExit.hasCode(137, 143, 130, 131)
	if s.surely && p.Failed >= p.Failures {
		return s.inWindow || signal || s.shutdown
	}
	return s.inWindow && (s.shutdown || s.killedBefore || s.counted || (s.repeated && signal && !s.silent && !p.GraceAssumed))
}

func (s signs) text(c *Container, p *Probe) string {
	e := c.LastExit
	var b strings.Builder
	fmt.Fprintf(&b, "exit code %d after %s", *e.Code, *e.RanFor)
	if s.inWindow {
		from, to := p.window(e)
		fmt.Fprintf(&b, "; the %s probe decides on a kill %s–%s after the start", p.Type, p.KillEarliest, p.KillLatest)
		grace := "the grace period of " + p.Grace.String()
		if p.GraceAssumed {
			grace = "the default grace period of " + p.Grace.String() + ", or a shorter one, as it is not shown,"
		}
		fmt.Fprintf(&b, ", which with %s ends the run after %s–%s", grace, from, to)
	}
	if s.failing {
		fmt.Fprintf(&b, "; the newest of %d %s failures came %s before the end", p.Failed, p.Type, max(0, e.Finished.Sub(*p.FailedAt)))
	}
	if s.counted {
		fmt.Fprintf(&b, "; events count %d %s failures over %d runs, and %d in a row kill", p.Failed, p.Type, c.ended(), p.Failures)
	}
	if s.killedBefore {
		fmt.Fprintf(&b, "; events tell of %s kills of other runs", p.Type)
	}
	if s.repeated {
		fmt.Fprintf(&b, "; the run before ended in the same way after %s", *c.PrevExit.RanFor)
	}
	if s.shutdown {
		b.WriteString("; its log ends with a shutdown")
	}
	if s.silent {
		b.WriteString("; but no event tells of a failure")
	}
	return b.String()
}

// failedForEachRun says that events count as many failures of the probe as it takes to kill all runs that have ended. The kubelet
// writes such an event now and then only, with the count of all (docs/kubernetes.md#event-mechanics), so that the newest of
// them may lie before the last run. A run that ends by itself before the probe decides leaves fewer, and one in which the
// probe failed once in a while and was not killed would have to leave as many as it takes.
func (c *Container) failedForEachRun(p *Probe) bool {
	runs := c.ended()
	earliest, _ := p.window(c.LastExit)
	return runs >= fewRestarts && p.Failures > 0 && *c.LastExit.RanFor+time.Second >= earliest &&
		float64(p.Failed) >= 0.9*float64(runs)*float64(p.Failures)
}

// killedSoon says whether a probe's kill was decided on after the first failures that it counted. The decision is the
// Killing event; without its time, the end of the run less a grace period bounds it.
func (c *Container) killedSoon(by Killer, kills []killing) *bool {
	p, e := c.probeBehind(by), c.LastExit
	if p == nil || !p.Set || e.RanFor == nil {
		return nil
	}
	soon := *e.RanFor <= p.KillLatest+p.Grace+5*time.Second
	for _, k := range slices.Backward(kills) {
		if _, must := k.about(c); must && k.by == by {
			soon = k.event.earliest().Sub(*e.Started) <= p.KillLatest+5*time.Second
			break
		}
	}
	return &soon
}

// probeLag is how much later than its window a kill may come: the probes begin only when the kubelet has seen the start
// and written it down (docs/kubernetes.md#from-probe-to-kill). Kubelets under load were seen to take this long.
const probeLag = 2 * time.Second

// window bounds the length of a run that this probe kills, by how it ended: SIGKILL comes when the grace period is
// over, any other end at once or within it.
func (p *Probe) window(e *Exit) (from, to time.Duration) {
	from, to = p.KillEarliest, p.KillLatest+probeLag+p.Grace+slack
	if e.hasCode(137) {
		from += p.leastGrace()
	}
	return from, to
}

// allows says whether the run is as long as one that this probe killed. Times of whole seconds may make a run look up
// to a second shorter than it was.
func (p *Probe) allows(e *Exit) bool {
	if e.RanFor == nil {
		return false
	}
	from, to := p.window(e)
	return *e.RanFor+time.Second >= from && *e.RanFor <= to
}

// failedAtEndOf says whether the newest failure is the one on which a kill was decided: a grace period before a death
// by SIGKILL, within one before any other end. Failures of the kill's run need the delay to be over, no more: a streak
// outlives a crash of the container itself (docs/kubernetes.md#from-probe-to-kill). Surely says that neither the slack of
// the event's time nor a grace period other than the default is needed.
func (p *Probe) failedAtEndOf(e *Exit) (may, surely bool) {
	if p.FailedAt == nil || *e.RanFor+time.Second < p.Delay {
		return false, false
	}
	failed := Event{Last: *p.FailedAt, Slack: p.FailedSlack}
	inRun, surelyInRun := e.covers(&failed)
	if !inRun {
		return false, false
	}
	latest := e.Finished.Add(slack)
	if e.hasCode(137) {
		latest = e.Finished.Add(slack - p.leastGrace())
	}
	may, _ = failed.within(e.Finished.Add(-p.mostGrace()-slack), latest)
	_, surely = failed.within(e.Finished.Add(-p.Grace-slack), latest)
	return may, may && surely && surelyInRun
}

// silent says that the probe has no failure to show although the API server still holds events of the container and
// none of the pod's life has expired. That speaks against a kill, but events also get lost.
func (p *Probe) silent(c *Container, pod *Pod, events []Event) bool {
	if p.Failed > 0 || pod.Age == nil || *pod.Age > eventLifetime {
		return false
	}
	return slices.ContainsFunc(events, func(e Event) bool { return e.Container == c.Name })
}

// mayHaveBeenStopped says whether the end looks like the answer to a stop: a code that programs give then, or a log
// that speaks of a signal. A crash in the log that comes before any shutdown says that the program died of itself.
func (c *Container) mayHaveBeenStopped() bool {
	e := c.LastExit
	switch {
	case e.OOM:
		return false
	case e.hasCode(137, 143, 130, 131):
		return true
	case c.crashedFirst():
		return false
	case e.hasCode(stopCodes...):
		return true
	}
	return c.toldToStop()
}

// toldToStop says whether the log of the run shows that the program was asked to stop. After an exit code of its own
// choice the line must name a signal: programs also shut down when their work is done, or after a failure.
func (c *Container) toldToStop() bool {
	if c.Log == nil || !c.Log.Sure || c.shutdownLine() == 0 {
		return false
	}
	return c.LastExit.hasCode(137, 143, 130, 131) || signalWord.MatchString(c.Log.Says.Shutdown.Text)
}

// signalWord matches the names of the signals that ask a program to stop.
var signalWord = lazyregexp.New(`(?i)\bsig(?:term|int|quit|nal)|\bterminated\b|\binterrupt`)

// crashedFirst says that the log shows a crash that no shutdown came before.
func (c *Container) crashedFirst() bool {
	if c.Log == nil || c.Log.Crash == nil {
		return false
	}
	crash := c.Log.Crash
	if crash.Kind != crashlog.KindTrace && crash.Kind != crashlog.KindFatal {
		return false
	}
	shutdown := c.shutdownLine()
	return shutdown == 0 || crash.Line < shutdown
}

func (c *Container) shutdownLine() int {
	if c.Log == nil || c.Log.Says == nil {
		return 0
	}
	return c.Log.Says.Shutdown.Number
}

// noProbeKill says why no probe can have ended the last run, "" when one can. Once failures are seen only the delay is
// a hard bound, since a streak of failures outlives a crash of the container itself (docs/kubernetes.md#from-probe-to-kill).
func noProbeKill(c *Container, raw *corev1.Pod) string {
	if !c.Liveness.Set && !c.Startup.Set {
		if raw == nil {
			return ""
		}
		if spec, _ := findSpec(raw, c.Name); spec == nil {
			return ""
		}
		return "it has neither a liveness nor a startup probe"
	}
	e := c.LastExit
	if e.RanFor == nil {
		return ""
	}
	var first *Probe
	var earliest time.Duration
	for _, p := range []*Probe{&c.Startup, &c.Liveness} {
		if bound := p.hardBound(e); p.Set && (first == nil || bound < earliest) {
			first, earliest = p, bound
		}
	}
	if *e.RanFor+time.Second > earliest {
		return ""
	}
	if e.hasCode(137) {
		return fmt.Sprintf("ended by SIGKILL after %s, but the earliest after a failed %s probe is %s after the start, %s of it the grace period",
			*e.RanFor, first.Type, earliest, first.leastGrace())
	}
	return fmt.Sprintf("ended after %s, the earliest %s kill is %s after the start", *e.RanFor, first.Type, earliest)
}

func (p *Probe) hardBound(e *Exit) time.Duration {
	bound := p.KillEarliest
	if p.Failed > 0 {
		bound = p.Delay
	}
	if e.hasCode(137) {
		bound += p.leastGrace()
	}
	return bound
}
