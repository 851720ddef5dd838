package evidence

import (
	"fmt"
	"sort"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

// Event is one event, of either API, with its time and count made comparable.
type Event struct {
	Type      string    `cel:"type"`
	Reason    string    `cel:"reason"`
	Message   string    `cel:"message"`
	Kind      string    `cel:"kind"` // kind of the object: Pod, Node, ReplicaSet, Job
	Object    string    `cel:"object"`
	Container string    `cel:"container"` // "" when it concerns the whole object
	Count     int       `cel:"count"`     // a lower bound
	First     time.Time `cel:"first"`
	Last      time.Time `cel:"last"`
	// Slack is how much earlier than Last it may have been, for an event whose time was printed as an age. Last is zero
	// where not even that tells when it was.
	Slack time.Duration `cel:"slack"`
	Ref   string        `cel:"ref"` // "events/3"
}

// fieldPath is how the kubelet names the container that an event is about (pkg/kubelet/container/ref.go).
var fieldPath = lazyregexp.New(`^spec\.(?:containers|initContainers|ephemeralContainers)\{([^}]+)\}$`)

// eventsOf makes the events of both APIs comparable: one time, one count, attributed to a container. The oldest comes
// first; events of equal time keep a fixed order, so that references like events/3 are stable. Those without a
// time keep the order in which they were printed: kubectl prints the oldest first.
func eventsOf(list []corev1.Event) []Event {
	events := make([]Event, 0, len(list))
	for i := range list {
		events = append(events, eventOf(&list[i]))
	}
	sort.SliceStable(events, func(i, j int) bool {
		a, b := &events[i], &events[j]
		if a.Last.IsZero() && b.Last.IsZero() {
			return false
		}
		if !a.Last.Equal(b.Last) {
			return a.Last.Before(b.Last)
		}
		return a.Reason+a.Object+a.Message < b.Reason+b.Object+b.Message
	})
	for i := range events {
		events[i].Ref = fmt.Sprintf("events/%d", i+1)
	}
	return events
}

func eventOf(e *corev1.Event) Event {
	out := Event{
		Type:    e.Type,
		Reason:  e.Reason,
		Message: strings.TrimPrefix(strings.TrimSpace(e.Message), "(combined from similar events): "),
		Kind:    KindOf(e.InvolvedObject.APIVersion, e.InvolvedObject.Kind),
		Object:  e.InvolvedObject.Name,
		Count:   max(1, int(e.Count)),
		Last:    EventTime(e),
		First:   eventFirst(e),
	}
	if slack, err := time.ParseDuration(e.Annotations[SlackAnnotation]); err == nil && !out.Last.IsZero() {
		out.Slack = max(0, slack)
	}
	if e.Series != nil {
		out.Count = max(out.Count, int(e.Series.Count))
	}
	if m := fieldPath.FindStringSubmatch(e.InvolvedObject.FieldPath); m != nil {
		out.Container = m[1]
	}
	return out
}

// earliest is the earliest moment at which the event may have been.
func (e *Event) earliest() time.Time { return e.Last.Add(-e.Slack) }

// within says whether the event may lie, and whether it must lie, between two moments.
func (e *Event) within(from, to time.Time) (may, must bool) {
	if e.Last.IsZero() {
		return false, false
	}
	early := e.earliest()
	return !e.Last.Before(from) && !early.After(to), !early.Before(from) && !e.Last.After(to)
}

func eventFirst(e *corev1.Event) time.Time {
	for _, t := range []time.Time{e.FirstTimestamp.Time, e.EventTime.Time, e.CreationTimestamp.Time} {
		if !t.IsZero() {
			return t
		}
	}
	return time.Time{}
}

// newestEvent gives the newest event that one of the reasons fits and that the filter, if any, accepts; nil for none.
func newestEvent(events []Event, accept func(*Event) bool, reasons ...string) *Event {
	for i := len(events) - 1; i >= 0; i-- {
		e := &events[i]
		for _, reason := range reasons {
			if e.Reason == reason && (accept == nil || accept(e)) {
				return e
			}
		}
	}
	return nil
}

// eventLifetime is how long an API server keeps an event after its last update by default
// (docs/kubernetes.md#event-mechanics).
const eventLifetime = time.Hour
