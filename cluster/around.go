package cluster

import (
	"context"
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/unloop-dev/unloop/evidence"
)

// listPods reads the pods of the scene's namespace.
func (s *scene) listPods(ctx context.Context, selector string) ([]*corev1.Pod, error) {
	q := query{resource: "pods", namespace: s.namespace, labels: selector}
	pods, err := readList(ctx, s.client, q, func(l *corev1.PodList) []corev1.Pod { return l.Items })
	if err != nil {
		return nil, err
	}
	for i := range pods {
		pods[i].ManagedFields = nil // a third of a pod's size (KUBERNETES 10.2), and nobody reads it
	}
	return pointers(pods), nil
}

// readEvents reads the events of the namespace. Without a field selector it is one list for all pods: an events list
// always goes to etcd, which filters after reading the namespace (KUBERNETES 10.1).
func (s *scene) readEvents(ctx context.Context, fieldSelector string) {
	q := query{resource: "events", namespace: s.namespace, fields: fieldSelector, page: pageOfEvents}
	events, err := readList(ctx, s.client, q, func(l *corev1.EventList) []corev1.Event { return l.Items })
	if err != nil {
		s.eventsStatus.why = s.client.why(err, "list", "events", s.namespace)
		return
	}
	s.eventsStatus.read = true
	s.events = indexEvents(events)
	s.eventsHoldNodes = fieldSelector == "" && (s.namespace == "" || s.namespace == metav1.NamespaceDefault)
}

// readNodeEvents reads the events of all nodes, which live in the namespace default, when a run ended in a way for which
// the node may be the cause: a kill that the container's own limit does not explain, or a runtime that lost it.
func (s *scene) readNodeEvents(ctx context.Context, pods []*corev1.Pod) {
	if s.namespace == "" || s.namespace == metav1.NamespaceDefault || !slices.ContainsFunc(pods, endedFromOutside) {
		return
	}
	q := query{resource: "events", namespace: metav1.NamespaceDefault, fields: "involvedObject.kind=Node", page: pageOfEvents}
	events, err := readList(ctx, s.client, q, func(l *corev1.EventList) []corev1.Event { return l.Items })
	if err != nil {
		s.addWhy("events of nodes", s.client.why(err, "list", "events", q.namespace), evidence.RefNodeEvents)
		return
	}
	s.nodeEvents, s.nodeEventsRead = indexEvents(events), true
}

// endedFromOutside says whether a container's last run ended with 137, which is SIGKILL or an OOM kill, or with 255,
// which is what the runtime says about a run that it lost (KUBERNETES 2.2).
func endedFromOutside(pod *corev1.Pod) bool {
	for status := range evidence.Statuses(pod) {
		for _, s := range []corev1.ContainerState{status.State, status.LastTerminationState} {
			if t := s.Terminated; t != nil && (t.ExitCode == 137 || t.ExitCode == 255) {
				return true
			}
		}
	}
	return false
}

// readNodes reads the nodes of these pods: one by name, several as one list.
func (s *scene) readNodes(ctx context.Context, pods []*corev1.Pod) {
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
		items, err = readList(ctx, s.client, query{resource: "nodes"}, func(l *corev1.NodeList) []corev1.Node { return l.Items })
		nodes = pointers(items)
	}
	if err != nil {
		s.nodesStatus.why = s.client.why(err, verb, "nodes", "")
		return
	}
	s.nodesStatus.read = true
	for _, node := range nodes {
		s.nodes[node.Name] = node
	}
}

// readReplicaSets reads the ReplicaSets of the namespace. For a sweep their metadata is enough, which holds revision
// and Deployment: most ReplicaSets are old revisions, each with a whole pod template.
func (s *scene) readReplicaSets(ctx context.Context, selector string, metadata bool) {
	q := query{group: "apps", resource: "replicasets", namespace: s.namespace, labels: selector, metadata: metadata}
	var sets []appsv1.ReplicaSet
	var err error
	if metadata {
		sets, err = readList(ctx, s.client, q, func(l *metav1.PartialObjectMetadataList) []appsv1.ReplicaSet {
			sets := make([]appsv1.ReplicaSet, len(l.Items))
			for i := range l.Items {
				sets[i].ObjectMeta = l.Items[i].ObjectMeta
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
	for i := range sets {
		s.replicaSets[sets[i].UID] = &sets[i]
	}
}

func (s *scene) readJobs(ctx context.Context) []*batchv1.Job {
	q := query{group: "batch", resource: "jobs", namespace: s.namespace}
	jobs, err := readList(ctx, s.client, q, func(l *batchv1.JobList) []batchv1.Job { return l.Items })
	if err != nil {
		s.jobsStatus.why = s.client.why(err, "list", "jobs", s.namespace)
		return nil
	}
	s.jobsStatus.read = true
	for i := range jobs {
		s.jobs[jobs[i].UID] = &jobs[i]
	}
	return pointers(jobs)
}

// readTarget reads a workload that was named and gives the selector of its pods.
func (s *scene) readTarget(ctx context.Context, k kind, name string) (selector string, err error) {
	c := s.client
	switch k.Kind {
	case "Deployment":
		if s.deployment, err = get[appsv1.Deployment](ctx, c, k.group, k.resource, s.namespace, name); err == nil {
			selector = selectorOf(s.deployment.Spec.Selector)
		}
	case "StatefulSet":
		if s.statefulSet, err = get[appsv1.StatefulSet](ctx, c, k.group, k.resource, s.namespace, name); err == nil {
			selector = selectorOf(s.statefulSet.Spec.Selector)
		}
	case "DaemonSet":
		if s.daemonSet, err = get[appsv1.DaemonSet](ctx, c, k.group, k.resource, s.namespace, name); err == nil {
			selector = selectorOf(s.daemonSet.Spec.Selector)
		}
	case "CronJob":
		s.cronJob, err = get[batchv1.CronJob](ctx, c, k.group, k.resource, s.namespace, name)
	case "ReplicaSet":
		var rs *appsv1.ReplicaSet
		if rs, err = get[appsv1.ReplicaSet](ctx, c, k.group, k.resource, s.namespace, name); err == nil {
			s.replicaSets[rs.UID] = rs
			selector = selectorOf(rs.Spec.Selector)
		}
	case "Job":
		var job *batchv1.Job
		if job, err = get[batchv1.Job](ctx, c, k.group, k.resource, s.namespace, name); err == nil {
			s.jobs[job.UID] = job
			selector = selectorOf(job.Spec.Selector)
		}
	}
	return selector, err
}

// readController reads the controller of a pod that was named and gives the selector of its pods, "" when it cannot be
// read or is of a kind that is not read here.
func (s *scene) readController(ctx context.Context, namespace string, owner *metav1.OwnerReference) string {
	k, ok := findKind(owner.Kind)
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
