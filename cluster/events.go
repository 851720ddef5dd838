package cluster

import (
	"cmp"
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

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
		key := subject{evidence.KindOf(o.APIVersion, o.Kind), o.Namespace, o.Name}
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
		if evidence.IsAbout(&e, pod) {
			out = append(out, e)
		}
	}
	for _, owner := range ownersOf(raw) {
		out = append(out, x[subject{evidence.OwnerKind(owner), pod.Namespace, owner.Name}]...)
	}
	if pod.Spec.NodeName != "" {
		node := subject{"Node", "", pod.Spec.NodeName}
		out = append(append(out, x[node]...), nodes[node]...)
	}
	slices.SortStableFunc(out, func(a, b corev1.Event) int {
		return cmp.Or(evidence.EventTime(&a).Compare(evidence.EventTime(&b)), cmp.Compare(a.Name, b.Name))
	})
	return out
}

// ownersOf are the pod's controller and the one above it.
func ownersOf(raw *evidence.Raw) []*metav1.OwnerReference {
	var owners []*metav1.OwnerReference
	add := func(o *metav1.OwnerReference) {
		if o != nil && evidence.OwnerKind(o) != "Node" {
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
