package cluster

import (
	"cmp"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/unloop-dev/unloop/evidence"
)

// subject is what an event is about.
type subject struct{ kind, namespace, name string }

// eventIndex finds the events about an object.
type eventIndex map[subject][]corev1.Event

func indexEvents(events []corev1.Event) eventIndex {
	index := eventIndex{}
	for i := range events {
		o := &events[i].InvolvedObject
		key := subject{o.Kind, o.Namespace, o.Name}
		if o.Kind == "Node" {
			key.namespace = ""
		}
		events[i].ManagedFields = nil
		index[key] = append(index[key], events[i])
	}
	return index
}

// eventsAbout gives the events of a pod, of the controllers above it and of its node, the oldest first.
func eventsAbout(raw *evidence.Raw, x, nodes eventIndex) []corev1.Event {
	pod := raw.Pod
	var out []corev1.Event
	for _, e := range x[subject{"Pod", pod.Namespace, pod.Name}] {
		if isOf(&e, pod) {
			out = append(out, e)
		}
	}
	for _, owner := range ownersOf(raw) {
		out = append(out, x[subject{owner.Kind, pod.Namespace, owner.Name}]...)
	}
	if pod.Spec.NodeName != "" {
		node := subject{"Node", "", pod.Spec.NodeName}
		out = append(append(out, x[node]...), nodes[node]...)
	}
	slices.SortStableFunc(out, func(a, b corev1.Event) int {
		return cmp.Or(timeOf(&a).Compare(timeOf(&b)), cmp.Compare(a.Name, b.Name))
	})
	return out
}

// isOf says that an event is about this pod and not about an earlier one of the same name, as a StatefulSet's are. The
// events of a static pod carry the UID that the kubelet made of its file (KUBERNETES 7.2).
func isOf(e *corev1.Event, pod *corev1.Pod) bool {
	uid := e.InvolvedObject.UID
	static := types.UID(pod.Annotations[corev1.MirrorPodAnnotationKey])
	return uid == "" || pod.UID == "" || uid == pod.UID || (static != "" && uid == static)
}

// ownersOf are the pod's controller and the one above it.
func ownersOf(raw *evidence.Raw) []*metav1.OwnerReference {
	var owners []*metav1.OwnerReference
	add := func(o *metav1.OwnerReference) {
		if o != nil && o.Kind != "Node" {
			owners = append(owners, o)
		}
	}
	add(metav1.GetControllerOf(raw.Pod))
	if raw.ReplicaSet != nil {
		add(metav1.GetControllerOf(raw.ReplicaSet))
	}
	if raw.Job != nil {
		add(metav1.GetControllerOf(raw.Job))
	}
	return owners
}

// timeOf is when an event happened last. Events written through events.k8s.io have an eventTime instead of first and
// last time stamps.
func timeOf(e *corev1.Event) time.Time {
	switch {
	case e.Series != nil && !e.Series.LastObservedTime.IsZero():
		return e.Series.LastObservedTime.Time
	case !e.LastTimestamp.IsZero():
		return e.LastTimestamp.Time
	case !e.EventTime.IsZero():
		return e.EventTime.Time
	case !e.FirstTimestamp.IsZero():
		return e.FirstTimestamp.Time
	}
	return e.CreationTimestamp.Time
}
