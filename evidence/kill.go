package evidence

import (
	"fmt"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
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
	// BySandbox: the pod's sandbox is made anew again and again, and all containers with it.
	BySandbox Killer = "sandbox"
	// ByRestartRule: a restartPolicyRules entry with action RestartAllContainers fired.
	ByRestartRule Killer = "restart-rule"
	ByUnknown     Killer = "unknown" // a signal from outside, sender unknown
)

// Kill is what is known about who ended the last run.
type Kill struct {
	By Killer `cel:"by"`
	// Unread says that nothing tells of somebody who ended the run, and that the events which might were not read or have
	// expired. By and what goes with it are unknown then.
	Unread bool `cel:"unread"`
	// How it is known: event, status, arithmetic.
	How string `cel:"how"`
	// Sure says that the finding is beyond reasonable doubt: an event at the right time, or arithmetic that several
	// runs agree on.
	Sure bool   `cel:"sure"`
	Text string `cel:"text"` // one clause that says why, with the numbers
	Ref  string `cel:"ref"`
	// Counted says that events count as many failures of the probe as it takes to kill all runs that have ended.
	Counted bool `cel:"counted"`
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
// before arithmetic, since events expire, are rate-limited and outlive the run they are about
// (docs/kubernetes.md#event-mechanics, #exit-code-137). It needs the container's log, so it comes after [Evidence.setLogs].
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
		func() Kill { return killInSandboxLoop(c, pod) },
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

// stopCodes are the exit codes with which programs answer a kubelet's stop (docs/kubernetes.md#probe-kills-without-events):
// SIGKILL after the grace period, SIGTERM's default, a clean end, Go's answer as PID 1, and SIGINT or SIGQUIT where the
// image names them.
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
// container is killed, and the container may end later by itself (docs/kubernetes.md#who-says-oomkilled).
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

func firstLine(s string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	return line
}
