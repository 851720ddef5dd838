package cluster

import (
	"context"
	"maps"
	"slices"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/unloop-dev/unloop/evidence"
	"github.com/unloop-dev/unloop/scene"
)

// listPods reads the pods of the namespace. In a sweep it keeps of those that are well what tells them apart from
// others: a cluster has thousands of them for each that is in trouble.
func (s *surroundings) listPods(ctx context.Context, selector string) ([]*corev1.Pod, error) {
	q := query{resource: "pods", namespace: s.namespace, labels: selector}
	return readList(ctx, s.client, q, func(page *corev1.PodList) []*corev1.Pod {
		pods := make([]*corev1.Pod, 0, len(page.Items))
		now := s.client.now()
		for i := range page.Items {
			pods = append(pods, s.keep(&page.Items[i], now))
		}
		return pods
	})
}

// keep gives what is kept of a pod.
func (s *surroundings) keep(pod *corev1.Pod, now time.Time) *corev1.Pod {
	pod.ManagedFields = nil // a third of a pod's size (docs/kubernetes.md#sizes-of-objects), and nobody reads it
	switch {
	case !s.sweep:
		return pod
	case evidence.Troubled(pod, now):
		alone := *pod // of a page that is let go
		s.troubled[&alone] = true
		return &alone
	case s.whole:
		return pod
	}
	return s.words.lean(pod)
}

// isWanted says that an event is about one of the pods that are told about, or about something else than a pod.
func isWanted(e *corev1.Event, pods map[types.NamespacedName]bool) bool {
	o := &e.InvolvedObject
	return o.Kind != "Pod" || pods[types.NamespacedName{Namespace: o.Namespace, Name: o.Name}]
}

// readEvents reads the events of the namespace, and keeps those that may be of use. Without a field selector it is one list
// for all pods: an events list always goes to etcd, which filters after reading the namespace
// (docs/kubernetes.md#lists-and-watches).
func (s *surroundings) readEvents(ctx context.Context, fieldSelector string) {
	q := query{resource: "events", namespace: s.namespace, fields: fieldSelector, page: pageOfEvents}
	pods := s.toldNames()
	events, err := readList(ctx, s.client, q, func(page *corev1.EventList) []corev1.Event {
		if pods == nil {
			return page.Items
		}
		return slices.DeleteFunc(page.Items, func(e corev1.Event) bool { return !isWanted(&e, pods) })
	})
	if err != nil {
		s.eventsStatus.why = s.client.why(err, "list", "events", s.namespace)
		return
	}
	s.fill(func(objects *scene.Scene) {
		addEvents(objects, events)
		if s.allEvents {
			objects.ReadEventsIn(s.namespace)
			return
		}
		for _, pod := range s.pods {
			objects.ReadEventsOf(scene.ThePod(pod.Namespace, pod.Name))
		}
	})
}

// toldNames are the pods of a sweep that are told about; nil means all.
func (s *surroundings) toldNames() map[types.NamespacedName]bool {
	if !s.sweep || s.whole {
		return nil
	}
	names := map[types.NamespacedName]bool{}
	for pod := range s.troubled {
		names[types.NamespacedName{Namespace: pod.Namespace, Name: pod.Name}] = true
	}
	return names
}

// readNodeEvents reads the events of the pods' nodes, which live in the namespace default, when a run ended in a way for
// which the node may be the cause: a kill that the container's own limit does not explain, or a runtime that lost it.
func (s *surroundings) readNodeEvents(ctx context.Context, pods []*corev1.Pod) {
	if s.listsNodeEvents() {
		return
	}
	names := map[string]bool{}
	for _, pod := range pods {
		if endedFromOutside(pod) && pod.Spec.NodeName != "" {
			names[pod.Spec.NodeName] = true
		}
	}
	if s.nodesWithEvents = names; len(names) == 0 {
		return
	}
	q := query{resource: "events", namespace: metav1.NamespaceDefault, fields: "involvedObject.kind=Node", page: pageOfEvents}
	if len(names) == 1 {
		q.fields += ",involvedObject.name=" + slices.Collect(maps.Keys(names))[0]
	}
	events, err := readList(ctx, s.client, q, func(page *corev1.EventList) []corev1.Event {
		return slices.DeleteFunc(page.Items, func(e corev1.Event) bool { return !names[e.InvolvedObject.Name] })
	})
	if err != nil {
		s.nodeEventsStatus.why = s.client.why(err, "list", "events", q.namespace)
		return
	}
	s.fill(func(objects *scene.Scene) {
		addEvents(objects, events)
		for name := range names {
			objects.ReadEventsOf(scene.TheNode(name))
		}
	})
}

func addEvents(objects *scene.Scene, events []corev1.Event) {
	for i := range events {
		events[i].ManagedFields = nil
		objects.Add(&events[i])
	}
}

// nodeEventsGap says why the events of a pod's node are not known where they might tell what ended a run, "" else. Those of
// a whole namespace hold them, if it is the one.
func (s *surroundings) nodeEventsGap(pod *corev1.Pod) string {
	switch {
	case !endedFromOutside(pod) || pod.Spec.NodeName == "" || s.listsNodeEvents():
		return ""
	case !s.nodesWithEvents[pod.Spec.NodeName]:
		return "not asked for: the run ended while the pod was read"
	}
	return s.nodeEventsStatus.why
}

// listsNodeEvents says that the list of events holds those of the nodes.
func (s *surroundings) listsNodeEvents() bool {
	return s.allEvents && (s.namespace == "" || s.namespace == metav1.NamespaceDefault)
}

// endedFromOutside says whether a container's last run ended with 137, which is SIGKILL or an OOM kill, or by the reason
// OOMKilled with any code, or with 255, which is what the runtime says about a run that it lost
// (docs/kubernetes.md#terminated-reasons).
func endedFromOutside(pod *corev1.Pod) bool {
	for status := range evidence.Statuses(pod) {
		for _, s := range []corev1.ContainerState{status.State, status.LastTerminationState} {
			if t := s.Terminated; t != nil && (t.ExitCode == 137 || t.ExitCode == 255 || t.Reason == "OOMKilled") {
				return true
			}
		}
	}
	return false
}

// readNodes reads the nodes of these pods: one by name, several as one list.
func (s *surroundings) readNodes(ctx context.Context, pods []*corev1.Pod) {
	names := map[string]bool{}
	one := ""
	for _, pod := range pods {
		if pod.Spec.NodeName != "" {
			one = pod.Spec.NodeName
			names[one] = true
		}
	}
	var nodes []*corev1.Node
	var err error
	verb := "list"
	switch len(names) {
	case 0:
		return
	case 1:
		verb = "get"
		var node *corev1.Node
		if node, err = get[corev1.Node](ctx, s.client, "", "nodes", "", one); err == nil {
			nodes = []*corev1.Node{node}
		}
	default:
		var items []corev1.Node
		items, err = readList(ctx, s.client, query{resource: "nodes"}, func(page *corev1.NodeList) []corev1.Node {
			for i := range page.Items {
				node := &page.Items[i]
				node.ManagedFields, node.Status.Images = nil, nil // fifty names of images, which nobody reads
			}
			return page.Items
		})
		nodes = pointers(items)
	}
	if err != nil {
		s.nodesStatus.why = s.client.why(err, verb, "nodes", "")
		return
	}
	s.nodesStatus.read = true
	s.fill(func(objects *scene.Scene) {
		for _, node := range nodes {
			objects.Add(node)
		}
	})
}

// toldOwners are the controllers of the pods of a sweep that are told about.
func (s *surroundings) toldOwners() map[types.UID]bool {
	owners := map[types.UID]bool{}
	for pod := range s.troubled {
		if owner := metav1.GetControllerOf(pod); owner != nil {
			owners[owner.UID] = true
		}
	}
	return owners
}

// readReplicaSets reads the ReplicaSets of the namespace. For a sweep their metadata is enough, which holds revision
// and Deployment: most ReplicaSets are old revisions, each with a whole pod template.
func (s *surroundings) readReplicaSets(ctx context.Context, selector string, metadata bool) {
	q := query{group: "apps", resource: "replicasets", namespace: s.namespace, labels: selector, metadata: metadata}
	var sets []appsv1.ReplicaSet
	var err error
	if metadata {
		owners := s.toldOwners()
		sets, err = readList(ctx, s.client, q, func(l *metav1.PartialObjectMetadataList) []appsv1.ReplicaSet {
			var sets []appsv1.ReplicaSet
			for i := range l.Items {
				if meta := &l.Items[i].ObjectMeta; s.whole || owners[meta.UID] {
					meta.ManagedFields = nil
					sets = append(sets, appsv1.ReplicaSet{ObjectMeta: *meta})
				}
			}
			return sets
		})
	} else {
		sets, err = readList(ctx, s.client, q, func(l *appsv1.ReplicaSetList) []appsv1.ReplicaSet { return l.Items })
	}
	if err != nil {
		s.replicaSetsStatus.why = s.client.why(err, "list", "replicasets", s.namespace)
		return
	}
	s.replicaSetsStatus.read = true
	s.fill(func(objects *scene.Scene) {
		for i := range sets {
			objects.Add(&sets[i])
		}
	})
}

func (s *surroundings) readJobs(ctx context.Context) []*batchv1.Job {
	q := query{group: "batch", resource: "jobs", namespace: s.namespace}
	owners := s.toldOwners()
	jobs, err := readList(ctx, s.client, q, func(page *batchv1.JobList) []batchv1.Job {
		return slices.DeleteFunc(page.Items, func(j batchv1.Job) bool { return s.sweep && !s.whole && !owners[j.UID] })
	})
	if err != nil {
		s.jobsStatus.why = s.client.why(err, "list", "jobs", s.namespace)
		return nil
	}
	s.jobsStatus.read = true
	s.fill(func(objects *scene.Scene) {
		for i := range jobs {
			objects.Add(&jobs[i])
		}
	})
	return pointers(jobs)
}

// readTarget reads a workload that was named and gives the selector of its pods.
func (s *surroundings) readTarget(ctx context.Context, k kind, name string) (selector string, err error) {
	switch k.Kind {
	case "Deployment":
		return readOne(ctx, s, k, name, func(o *appsv1.Deployment) *metav1.LabelSelector { return o.Spec.Selector })
	case "StatefulSet":
		return readOne(ctx, s, k, name, func(o *appsv1.StatefulSet) *metav1.LabelSelector { return o.Spec.Selector })
	case "DaemonSet":
		return readOne(ctx, s, k, name, func(o *appsv1.DaemonSet) *metav1.LabelSelector { return o.Spec.Selector })
	case "CronJob":
		return readOne(ctx, s, k, name, func(*batchv1.CronJob) *metav1.LabelSelector { return nil })
	case "ReplicaSet":
		return readOne(ctx, s, k, name, func(o *appsv1.ReplicaSet) *metav1.LabelSelector { return o.Spec.Selector })
	case "Job":
		return readOne(ctx, s, k, name, func(o *batchv1.Job) *metav1.LabelSelector { return o.Spec.Selector })
	}
	return "", nil
}

// readOne reads one workload; selector gives that of its pods.
func readOne[T any, P interface {
	object[T]
	metav1.Object
}](ctx context.Context, s *surroundings, k kind, name string, selector func(P) *metav1.LabelSelector,
) (string, error) {
	o, err := get[T, P](ctx, s.client, k.group, k.resource, s.namespace, name)
	if err != nil {
		return "", err
	}
	s.fill(func(objects *scene.Scene) { objects.Add(o) })
	return selectorOf(selector(o)), nil
}

// readController reads the controller of a pod that was named and gives the selector of its pods, "" when it cannot be
// read or is of a kind that is not read here.
func (s *surroundings) readController(ctx context.Context, namespace string, owner *metav1.OwnerReference) string {
	k, ok := findKind(evidence.OwnerKind(owner))
	if !ok || k.Kind == "Pod" {
		return ""
	}
	selector, err := s.readTarget(ctx, k, owner.Name)
	if err != nil {
		s.addWhy(k.name+"/"+owner.Name, s.client.why(err, "get", k.resource, namespace), evidence.RefOwner(k.Kind, owner.Name))
		return ""
	}
	return selector
}
