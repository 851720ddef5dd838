package scene

import (
	"cmp"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/unloop-dev/unloop/evidence"
)

func (s *Scene) addEvent(e *corev1.Event) {
	if s.events == nil {
		s.events = map[Object][]*corev1.Event{}
	}
	subject := Subject(&e.InvolvedObject)
	s.events[subject] = append(s.events[subject], e)
}

// ReadEventsOf says that all events about an object were read, if only to find that there are none.
func (s *Scene) ReadEventsOf(o Object) {
	if s.eventsOf == nil {
		s.eventsOf = map[Object]bool{}
	}
	s.eventsOf[o] = true
}

// ReadEventsIn says that all events of a namespace were read, those of all namespaces with "".
func (s *Scene) ReadEventsIn(namespace string) {
	if s.eventsIn == nil {
		s.eventsIn = map[string]bool{}
	}
	s.eventsIn[namespace] = true
}

// DealEvents gives raw the events of its pod, of the controllers above it and of its node, the oldest first. They are apart
// from [Scene.Deal] since there are many and each belongs to several pods. That some are there of an earlier pod of the same
// name does not say that this one's were read.
func (s *Scene) DealEvents(raw *evidence.Raw) {
	pod := raw.Pod
	self, node := ThePod(pod.Namespace, pod.Name), TheNode(pod.Spec.NodeName)
	raw.Events = nil
	for _, e := range s.events[self] {
		if evidence.IsAbout(e, pod) {
			raw.Events = append(raw.Events, *e)
		}
	}
	raw.EventsRead = len(raw.Events) > 0 || s.readEventsOf(self, pod.Namespace)
	for _, e := range s.events[node] {
		raw.Events = append(raw.Events, *e)
	}
	raw.NodeEventsRead = len(s.events[node]) > 0 || s.readEventsOf(node, metav1.NamespaceDefault)
	for _, owner := range s.Owners(pod) {
		for _, e := range s.events[TheOwner(pod.Namespace, owner)] {
			raw.Events = append(raw.Events, *e)
		}
	}
	slices.SortStableFunc(raw.Events, func(a, b corev1.Event) int { return CompareEvents(&a, &b) })
}

// readEventsOf says that all events about an object were read, which are in the given namespace.
func (s *Scene) readEventsOf(o Object, namespace string) bool {
	return s.eventsOf[o] || s.eventsIn[namespace] || s.eventsIn[""]
}

// CompareEvents orders events, the oldest first.
func CompareEvents(a, b *corev1.Event) int {
	return cmp.Or(evidence.EventTime(a).Compare(evidence.EventTime(b)), strings.Compare(a.Name, b.Name))
}
