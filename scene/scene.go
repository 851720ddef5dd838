// Package scene says what belongs to what: which controllers stand above a pod, which pods are its replicas, which events
// are about it. A [Scene] holds the objects that were read, from wherever, and deals them out to the evidence of each pod.
//
// The readers of live clusters and of files only fill it, so that the same objects make the same evidence. It reads nothing
// itself. What was asked for and is not there must be told apart from what nobody asked for: the objects alone don't show
// it, so readers say which lists they have read ([Scene.ReadEventsIn] and its neighbours).
package scene

import (
	"cmp"
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/unloop-dev/unloop/evidence"
)

// Scene is the objects that were read. The zero Scene is empty and ready for use. It is filled first and asked then: what is
// added after the first question may not be seen. Objects may be added in any order, one copy of each. Two of one name
// without a UID, as texts tell of them, cannot be told apart: the last of the newest counts.
type Scene struct {
	pods         []*corev1.Pod
	nodes        finder[*corev1.Node]
	replicaSets  finder[*appsv1.ReplicaSet]
	deployments  finder[*appsv1.Deployment]
	statefulSets finder[*appsv1.StatefulSet]
	daemonSets   finder[*appsv1.DaemonSet]
	jobs         finder[*batchv1.Job]
	cronJobs     finder[*batchv1.CronJob]
	events       map[Object][]*corev1.Event

	eventsOf   map[Object]bool // whose events were read, if only to find that there are none
	eventsIn   map[string]bool // the namespaces whose events were read, "" for all
	siblingsOf map[*corev1.Pod]bool

	families *families // nil until somebody asks for one
}

// Object names an object that events are about. A node has no namespace, though its events are in one.
type Object struct{ Kind, Namespace, Name string }

// ThePod names a pod.
func ThePod(namespace, name string) Object {
	return Object{Kind: "Pod", Namespace: namespace, Name: name}
}

// TheNode names a node.
func TheNode(name string) Object { return Object{Kind: "Node", Name: name} }

// TheOwner names a controller of what is in a namespace.
func TheOwner(namespace string, owner *metav1.OwnerReference) Object {
	return Object{Kind: evidence.OwnerKind(owner), Namespace: namespace, Name: owner.Name}
}

// Subject names what an event says that it is about.
func Subject(ref *corev1.ObjectReference) Object {
	subject := Object{Kind: evidence.KindOf(ref.APIVersion, ref.Kind), Namespace: ref.Namespace, Name: ref.Name}
	if subject.Kind == "Node" {
		subject.Namespace = ""
	}
	return subject
}

// Add adds an object. One of a kind from which no evidence is drawn is let go.
func (s *Scene) Add(object metav1.Object) {
	switch o := object.(type) {
	case *corev1.Pod:
		s.pods = append(s.pods, o)
	case *corev1.Node:
		s.nodes.add(o)
	case *appsv1.ReplicaSet:
		s.replicaSets.add(o)
	case *appsv1.Deployment:
		s.deployments.add(o)
	case *appsv1.StatefulSet:
		s.statefulSets.add(o)
	case *appsv1.DaemonSet:
		s.daemonSets.add(o)
	case *batchv1.Job:
		s.jobs.add(o)
	case *batchv1.CronJob:
		s.cronJobs.add(o)
	case *corev1.Event:
		s.addEvent(o)
	}
}

// Node gives a node, nil when it was not read, or has no name: the node of a pod that is not scheduled.
func (s *Scene) Node(name string) *corev1.Node {
	if name == "" {
		return nil
	}
	return s.nodes.find("", "", name)
}

// Deal gives raw what belongs to its pod, but for the events: controllers, node, siblings and their nodes. All pods of a
// workload share the lists, which must not be changed.
func (s *Scene) Deal(raw *evidence.Raw) {
	s.dealOwners(raw)
	raw.Node = s.Node(raw.Pod.Spec.NodeName)
	s.dealFamily(raw)
}

// sortPods brings pods in an order that does not hang on who came first.
func sortPods(pods []*corev1.Pod) {
	slices.SortStableFunc(pods, func(a, b *corev1.Pod) int {
		return cmp.Or(strings.Compare(a.Namespace, b.Namespace), strings.Compare(a.Name, b.Name),
			a.CreationTimestamp.Compare(b.CreationTimestamp.Time), strings.Compare(string(a.UID), string(b.UID)))
	})
}
