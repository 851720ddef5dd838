package evidence

import (
	"fmt"
	"slices"
	"time"

	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

// killing is a Killing event, read to its cause.
type killing struct {
	by    Killer
	event *Event
}

// killMessages are the kubelet's reasons for a kill, by the words of its Killing events
// (pkg/kubelet/kuberuntime/kuberuntime_manager.go, kuberuntime_container.go; docs/kubernetes.md#event-catalogue).
var killMessages = []struct {
	by   Killer
	text *lazyregexp.Regexp
}{
	{ByLiveness, lazyregexp.New(`^(?:Init c|C)ontainer (\S+) failed liveness probe`)},
	{ByStartup, lazyregexp.New(`^(?:Init c|C)ontainer (\S+) failed startup probe`)},
	{ByPostStart, lazyregexp.New(`^FailedPostStartHook()`)},
	{BySpecChange, lazyregexp.New(`^(?:Init c|C)ontainer (\S+) (?:definition changed|resize requires restart)`)},
	{ByNodeLoss, lazyregexp.New(`^Container is in "unknown" state()`)},
	{ByRestartRule, lazyregexp.New(`^killing()$`)},
	{ByUnknown, lazyregexp.New(`^Stopping container (\S+)`)},
	// Up to 1.13, and the first of them up to 1.9; see oldKill.
	{ByLiveness, lazyregexp.New(`^Killing container with .*\bcontainer "([^"]+)" is unhealthy, it will be killed and re-created`)},
	{ByLiveness, lazyregexp.New(`^Killing container with id [a-z-]+://([^:\s]+):Container failed liveness probe`)},
	{BySpecChange, lazyregexp.New(`^Killing container with id [a-z-]+://([^:\s]+):Container spec hash changed`)},
	{ByPostStart, lazyregexp.New(`^Killing container with id [a-z-]+://([^:\s]+):FailedPostStartHook`)},
	{ByUnknown, lazyregexp.New(`^Killing container with id [a-z-]+://([^:\s]+):Need to kill Pod`)},
}

// killsIn reads the Killing events of one container, the oldest first. An event without a field path, as describe
// prints them, is attributed by the name in its message.
func killsIn(events []Event, container string) []killing {
	var kills []killing
	for i := range events {
		e := &events[i]
		if e.Reason != "Killing" || (e.Container != container && e.Container != "") {
			continue
		}
		for _, m := range killMessages {
			found := m.text.FindStringSubmatch(e.Message)
			if found == nil {
				continue
			}
			if e.Container != "" || found[1] == container {
				kills = append(kills, killing{by: m.by, event: e})
			}
			break
		}
	}
	return kills
}

func countKills(kills []killing, by Killer) int {
	n := 0
	for _, k := range kills {
		if k.by == by {
			n = min(n+max(1, k.event.Count), maxCount)
		}
	}
	return n
}

// killByEvent finds a Killing event that is about the last run.
func killByEvent(c *Container, pod *Pod, kills []killing, events []Event) Kill {
	for _, k := range slices.Backward(kills) {
		may, must := k.about(c)
		if !may {
			continue
		}
		out := Kill{
			By: k.by, How: howEvent, Sure: must || c.allKilled(kills, k.by), Ref: k.event.Ref,
			Text: fmt.Sprintf("the kubelet killed it %s after its start: %s", c.LastExit.sinceStart(k.event), firstLine(k.event.Message)),
		}
		if k.by == ByUnknown {
			by, sure := stopper(c.LastExit, pod, events)
			out.By, out.Sure = by, sure && must
		}
		return out
	}
	return Kill{}
}

// allKilled says that events tell of as many kills as runs have ended. Then the last was among them, whenever it was.
func (c *Container) allKilled(kills []killing, by Killer) bool {
	ended := c.ended()
	return ended > 0 && countKills(kills, by) >= ended
}

// ended is how many runs have ended.
func (c *Container) ended() int {
	if c.State != "running" {
		return c.Restarts + 1
	}
	return c.Restarts
}

// about says whether the event may be, and whether it must be, about the container's last run. A probe kill and the restart happen in one sync, so
// the kill of the run before may carry the second in which the last run started
// (docs/kubernetes.md#back-off-of-probe-kills).
func (k killing) about(c *Container) (may, must bool) {
	e := c.LastExit
	may, must = e.covers(k.event)
	if p := c.probeBehind(k.by); may && p != nil && p.Set && p.KillEarliest >= time.Second {
		return k.event.Last.After(*e.Started), must && k.event.earliest().After(*e.Started)
	}
	return may, must
}

// probeBehind is the probe whose failure makes the killer kill; nil for other killers.
func (c *Container) probeBehind(by Killer) *Probe {
	switch by {
	case ByLiveness:
		return &c.Liveness
	case ByStartup:
		return &c.Startup
	}
	return nil
}

// stopper tells why the kubelet said "Stopping container": it does so for every kill of a whole pod.
func stopper(e *Exit, pod *Pod, events []Event) (by Killer, sure bool) {
	switch {
	case pod.Disruption == "TerminationByKubelet":
		return ByEviction, true
	case pod.Deleting:
		return ByDeletion, true
	case pod.SandboxLoop:
		return BySandbox, false
	}
	if change, sure := sandboxChange(e, pod, events); change != nil {
		return pod.sandboxKiller(), sure
	}
	return ByUnknown, false
}

// killByHook finds a failed postStart hook, for which the kubelet kills the container.
func killByHook(c *Container, events []Event) Kill {
	if c.WaitingReason == "PostStartHookError" {
		return Kill{
			By: ByPostStart, How: howStatus, Sure: true, Ref: c.Ref + ".state.waiting.reason",
			Text: "the kubelet killed it because its postStart hook failed",
		}
	}
	hook := newestEvent(events, func(e *Event) bool {
		may, _ := c.LastExit.covers(e)
		return e.Container == c.Name && may
	}, "FailedPostStartHook")
	if hook == nil {
		return Kill{}
	}
	_, sure := c.LastExit.covers(hook)
	return Kill{
		By: ByPostStart, How: howEvent, Sure: sure, Ref: hook.Ref,
		Text: fmt.Sprintf("its postStart hook failed %s after its start, and the kubelet kills it then", c.LastExit.sinceStart(hook)),
	}
}

// killWithSandbox finds a loss of the pod's sandbox, which ends all its containers: a shim that was killed, a restart
// of the runtime or of the node.
func killWithSandbox(e *Exit, pod *Pod, events []Event) Kill {
	if e.OOM || !e.hasCode(137, 143, 255) {
		return Kill{}
	}
	change, sure := sandboxChange(e, pod, events)
	if change == nil {
		return Kill{}
	}
	return Kill{
		By: pod.sandboxKiller(), How: howEvent, Sure: sure, Ref: change.Ref,
		Text: "the pod's sandbox was lost, and all its containers with it: " + firstLine(change.Message),
	}
}

// sandboxKiller is who ends a run by making the pod's sandbox anew: once it is the node that went down, often it is a loop.
func (p *Pod) sandboxKiller() Killer {
	if p.SandboxLoop {
		return BySandbox
	}
	return ByNodeLoss
}

// killInSandboxLoop takes a loop of sandboxes for what ended a run that ended as programs do when they are stopped, where no event
// of its time is left.
func killInSandboxLoop(c *Container, pod *Pod) Kill {
	if e := c.LastExit; !pod.SandboxLoop || e.OOM || !e.hasCode(append([]int{255}, stopCodes...)...) || c.crashedFirst() {
		return Kill{}
	}
	return Kill{
		By: BySandbox, How: howEvent, Ref: pod.SandboxRef,
		Text: fmt.Sprintf("the pod's sandbox was made anew %d times, and each time all its containers are stopped", pod.SandboxChanges),
	}
}

// sandboxChange is the SandboxChanged event that goes with the end of a run. Containers of a dead sandbox are stopped
// after the event; those that died with it are noticed by the next relist, seconds before it.
func sandboxChange(e *Exit, pod *Pod, events []Event) (change *Event, sure bool) {
	if e.Finished == nil {
		return nil, false
	}
	from, to := e.Finished.Add(-pod.Grace-slack), e.Finished.Add(15*time.Second)
	change = newestEvent(events, func(ev *Event) bool {
		may, _ := ev.within(from, to)
		return (ev.Kind == "Pod" || ev.Kind == "") && may
	}, "SandboxChanged")
	if change != nil {
		_, sure = change.within(from, to)
	}
	return change, sure
}

// untimedKill takes the newest Killing event of a container whose last exit is not known, as in a fragment that holds
// only events. It can't be tied to a run, so it is not sure.
func untimedKill(kills []killing) Kill {
	if len(kills) == 0 {
		return Kill{}
	}
	k := kills[len(kills)-1]
	return Kill{
		By: k.by, How: howEvent, Ref: k.event.Ref, Count: countKills(kills, k.by),
		Text: "the kubelet killed a run of it: " + firstLine(k.event.Message),
	}
}

// untimedExit does the same for an exit whose times are not known, and for events whose times are not. The number of
// kills may still tell that the last run was among them.
func untimedExit(c *Container, kills []killing) Kill {
	e := c.LastExit
	if e.Code != nil && !e.hasCode(stopCodes...) {
		return Kill{}
	}
	if e.Started != nil && e.Finished != nil {
		kills = slices.DeleteFunc(slices.Clone(kills), func(k killing) bool { return !k.event.Last.IsZero() })
	}
	k := untimedKill(kills)
	if p := c.probeBehind(k.By); p != nil {
		k.Sure = c.allKilled(kills, k.By) || p.Set && p.allows(e)
	}
	return k
}
