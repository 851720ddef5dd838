package printed

import (
	"strings"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
)

// All times are printed in whole seconds, cut off: two that are the same may differ by that much.
const printedStep = time.Second

// The kubelet notes the start of a pod as it first sees it, which is this long after the scheduler's event when nothing
// keeps it (generateAPIPodStatus); a node that was down may take longer.
const startDelay = 2 * time.Second

// podAnchors are what tells when a pod's describe was printed. The start of a container stands in its state, and as an age
// in its event. The start of the pod is only near to its scheduling, and taken if there is nothing better.
func podAnchors(p *corev1.Pod, events []Event) []Anchor {
	if a, ok := startedAnchor(p, events); ok {
		return []Anchor{a}
	}
	scheduled := only(events, "Scheduled")
	if scheduled == nil || p.Status.StartTime == nil {
		return nil
	}
	return []Anchor{anchor(p.Status.StartTime.Time, scheduled.Last, startDelay)}
}

// anchor allows for the steps of printing, and for the time that the age was counted from being up to lag earlier.
func anchor(at time.Time, age Age, lag time.Duration) Anchor {
	age.Min, age.Max = max(0, age.Min-lag), age.Max+printedStep
	return Anchor{Time: at, Age: age}
}

// startedAnchor pairs the Started event of the only container with its newest start. The event tells of the newest one
// only if it counts as many starts as there were: the kubelet drops events of a pod that has too many
// (docs/kubernetes.md#event-mechanics).
func startedAnchor(p *corev1.Pod, events []Event) (Anchor, bool) {
	started := only(events, "Started")
	if started == nil || len(p.Spec.Containers) != 1 || len(p.Spec.InitContainers) > 0 || len(p.Status.ContainerStatuses) != 1 {
		return Anchor{}, false
	}
	s := p.Status.ContainerStatuses[0]
	if started.Event.Count != s.RestartCount+1 {
		return Anchor{}, false
	}
	at := newestStart(&s)
	if at.Unix() <= 0 {
		return Anchor{}, false
	}
	return anchor(at, started.Last, 0), true
}

func newestStart(s *corev1.ContainerStatus) time.Time {
	switch {
	case s.State.Running != nil:
		return s.State.Running.StartedAt.Time
	case s.State.Terminated != nil:
		return s.State.Terminated.StartedAt.Time
	case s.LastTerminationState.Terminated != nil:
		return s.LastTerminationState.Terminated.StartedAt.Time
	}
	return time.Time{}
}

// only gives the event with the reason if there is just one whose age is known.
func only(events []Event, reason string) *Event {
	var found *Event
	for i := range events {
		if events[i].Event.Reason != reason {
			continue
		}
		if found != nil || !events[i].Last.Known {
			return nil
		}
		found = &events[i]
	}
	return found
}

// jobAnchors pair a Job's start with its first pod, which the controller makes right after (syncJob).
func jobAnchors(job *batchv1.Job, events []Event) []Anchor {
	created := only(events, "SuccessfulCreate")
	if created == nil || created.Event.Count > 1 || job.Status.StartTime == nil || job.Status.Failed+job.Status.Succeeded+job.Status.Active > 1 {
		return nil
	}
	if !strings.HasPrefix(created.Event.Message, "Created pod: ") {
		return nil
	}
	a := anchor(job.Status.StartTime.Time, created.Last, 0)
	a.Age.Max += startDelay
	return []Anchor{a}
}
