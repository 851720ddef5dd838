package evidence

import (
	"fmt"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

// Killer says who ended a run.
type Killer string

// The killers. Empty means that nothing says the run was ended from outside.
const (
	ByLiveness   Killer = "liveness"
	ByStartup    Killer = "startup"
	ByPostStart  Killer = "poststart"
	ByOOM        Killer = "oom"
	ByEviction   Killer = "eviction"
	ByDeletion   Killer = "deletion"
	BySpecChange Killer = "spec-change"
	ByNodeLoss   Killer = "node" // runtime or node restarted
	// ByRestartRule: a restartPolicyRules entry with action RestartAllContainers fired.
	ByRestartRule Killer = "restart-rule"
	ByUnknown     Killer = "unknown" // a signal from outside, sender unknown
)

// Kill is what is known about who ended the last run.
type Kill struct {
	By Killer `cel:"by"`
	// How it is known: event, status, arithmetic.
	How string `cel:"how"`
	// Sure says that the finding is beyond reasonable doubt: an event at the right time, or arithmetic that several
	// runs agree on.
	Sure bool   `cel:"sure"`
	Text string `cel:"text"` // one clause that says why, with the numbers
	Ref  string `cel:"ref"`
	// Count is a lower bound of the kills that events tell of.
	Count int `cel:"count"`
	// Soon says that a probe's kill came as soon as the first failures after the start allow: the program never got as far
	// as to answer. Nil when it was no probe, or when the run's length is not known.
	Soon *bool `cel:"soon"`
	// Excluded says why a probe kill is impossible: "the run ended 12s before the earliest kill". "" when it is not.
	Excluded string `cel:"excluded"`
}

// How a kill is known.
const (
	howEvent      = "event"
	howStatus     = "status"
	howArithmetic = "arithmetic"
)

// killOf says who ended the last run of a container. What the API states comes before what events tell, and events
// before arithmetic, since events expire, are rate-limited and outlive the run they are about (KUBERNETES 3.1, 5.4).
// It needs the container's log, so it comes after [Evidence.setLogs].
func killOf(c *Container, pod *Pod, events []Event, raw *corev1.Pod) Kill {
	kills := killsIn(events, c.Name)
	e := c.LastExit
	if e == nil {
		return untimedKill(kills)
	}
	if e.NeverRan {
		return Kill{Excluded: "no process of it ever ran"}
	}
	k := firstKill(
		func() Kill { return killWithPod(e, pod, raw) },
		func() Kill { return killForMemory(e) },
		func() Kill { return killByEvent(c, pod, kills, events) },
		func() Kill { return killByHook(c, events) },
		func() Kill { return killWithSandbox(e, pod, events) },
		func() Kill { return childKilledForMemory(e) },
		func() Kill { return untimedExit(c, kills) },
		func() Kill { return killByArithmetic(c, pod, kills, events) },
		func() Kill { return killBySignal(e) },
	)
	k.Count = countKills(kills, k.By)
	k.Soon = c.killedSoon(k.By, kills)
	if k.By != ByLiveness && k.By != ByStartup {
		k.Excluded = noProbeKill(c, raw)
	}
	return k
}

func firstKill(judges ...func() Kill) Kill {
	for _, judge := range judges {
		if k := judge(); k.By != "" {
			return k
		}
	}
	return Kill{}
}

// stopCodes are the exit codes with which programs answer a kubelet's stop (KUBERNETES 6.5): SIGKILL after the grace
// period, SIGTERM's default, a clean end, Go's answer as PID 1, and SIGINT or SIGQUIT where the image names them.
var stopCodes = []int{137, 143, 0, 2, 130, 131}

func (e *Exit) hasCode(codes ...int) bool {
	return e.Code != nil && slices.Contains(codes, *e.Code)
}

// slack covers the second precision of the API's times and the moment between a process's end and its record.
const slack = 2 * time.Second

// covers says whether an event may lie, and whether it must lie, in the run that ended with e.
func (e *Exit) covers(event *Event) (may, must bool) {
	if e.Started == nil || e.Finished == nil {
		return false, false
	}
	return event.within(*e.Started, e.Finished.Add(slack))
}

// sinceStart is how long after the start of the run an event came that is about it, in words.
func (e *Exit) sinceStart(event *Event) string {
	if event.Slack == 0 {
		return event.Last.Sub(*e.Started).String()
	}
	at := event.Last
	if at.After(*e.Finished) {
		at = *e.Finished
	}
	return "about " + max(0, at.Sub(*e.Started)).Round(time.Second).String()
}

// killWithPod finds ends that were those of the whole pod, or of the node beneath it.
func killWithPod(e *Exit, pod *Pod, raw *corev1.Pod) Kill {
	k := Kill{How: howStatus, Sure: true, Ref: e.Ref + ".reason"}
	evicted := pod.Reason == "Evicted" || pod.Reason == "Preempting" || pod.Disruption == "TerminationByKubelet"
	switch e.Reason {
	case "ContainerStatusUnknown":
		k.By, k.Text = ByNodeLoss, "the runtime no longer knew the container"
		if evicted {
			k.By = ByEviction
		} else if pod.Deleting {
			k.By = ByDeletion
		}
		return k
	case "Unknown":
		k.By, k.Text = ByNodeLoss, "the container's end was not seen: the node or its runtime restarted"
		return k
	case "RestartingAllContainers":
		k.By, k.Text = ByRestartRule, "a restart rule restarted all containers of the pod"
		return k
	}
	// The pod's end explains only an end that looks like a stop: a program's own exit code came before it.
	if e.OOM || !e.hasCode(stopCodes...) {
		return Kill{}
	}
	k.Ref = "pod:.status.reason"
	switch pod.Reason {
	case "Evicted", "Preempting":
		k.By, k.Text = ByEviction, "the kubelet ended the pod: "+pod.Reason
	case "Terminated", "NodeShutdown", "Shutdown", "NodeLost":
		k.By, k.Text = ByNodeLoss, "the node went down: "+pod.Reason
	case "DeadlineExceeded":
		k.By, k.Text = ByDeletion, "the pod ran longer than its activeDeadlineSeconds"
	default:
		return killByDeletion(e, raw)
	}
	return k
}

// killByDeletion compares the end with the moment at which the deletion was asked for. The API server sets
// deletionTimestamp to that moment plus the grace period.
func killByDeletion(e *Exit, raw *corev1.Pod) Kill {
	if raw == nil || raw.DeletionTimestamp == nil || raw.DeletionTimestamp.Unix() <= 0 || e.Finished == nil {
		return Kill{}
	}
	asked := raw.DeletionTimestamp.Time
	if raw.DeletionGracePeriodSeconds != nil {
		asked = asked.Add(-seconds(*raw.DeletionGracePeriodSeconds))
	}
	if e.Finished.Before(asked.Add(-slack)) {
		return Kill{}
	}
	return Kill{
		By: ByDeletion, How: howStatus, Sure: true, Ref: "pod:.metadata.deletionTimestamp",
		Text: fmt.Sprintf("the pod is being deleted; the run ended %s after that was asked for", max(0, e.Finished.Sub(asked))),
	}
}

// killForMemory trusts the reason OOMKilled together with a death by SIGKILL.
func killForMemory(e *Exit) Kill {
	if !e.OOM || (e.Code != nil && *e.Code != 137) {
		return Kill{}
	}
	return Kill{By: ByOOM, How: howStatus, Sure: true, Text: "the kernel killed it for memory: reason OOMKilled", Ref: e.Ref + ".reason"}
}

// childKilledForMemory reads OOMKilled with another code: containerd sets the reason as soon as any process of the
// container is killed, and the container may end later by itself (KUBERNETES 5.1).
func childKilledForMemory(e *Exit) Kill {
	if !e.OOM {
		return Kill{}
	}
	return Kill{
		By: ByOOM, How: howStatus, Ref: e.Ref + ".reason",
		Text: fmt.Sprintf("a process in the container was killed for memory; the container itself ended with exit code %d", *e.Code),
	}
}

// killBySignal is what remains of a death by a signal that only others send.
func killBySignal(e *Exit) Kill {
	if e.Signal != "SIGKILL" && e.Signal != "SIGTERM" {
		return Kill{}
	}
	text := "ended by " + e.Signal
	if e.RanFor != nil {
		text += " after " + e.RanFor.String()
	}
	return Kill{By: ByUnknown, How: howStatus, Text: text + "; nothing says who sent it", Ref: e.Ref + ".exitCode"}
}

// killing is a Killing event, read to its cause.
type killing struct {
	by    Killer
	event *Event
}

// killMessages are the kubelet's reasons for a kill, by the words of its Killing events
// (pkg/kubelet/kuberuntime/kuberuntime_manager.go, kuberuntime_container.go; KUBERNETES 3.2).
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
	ended := c.Restarts
	if c.State != "running" {
		ended++
	}
	return ended > 0 && countKills(kills, by) >= ended
}

// about says whether the event may be, and whether it must be, about the container's last run. A probe kill and the restart happen in one sync, so
// the kill of the run before may carry the second in which the last run started (KUBERNETES 1.4).
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
	}
	if change, sure := sandboxChange(e, pod, events); change != nil {
		return ByNodeLoss, sure
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
		By: ByNodeLoss, How: howEvent, Sure: sure, Ref: change.Ref,
		Text: "the pod's sandbox was lost, and all its containers with it: " + firstLine(change.Message),
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

func firstLine(s string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	return line
}
