package cluster

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/unloop-dev/unloop/evidence"
)

// scene is what was read around some pods, before it is dealt out to them. The readers that fill it run at the same time;
// each writes fields of its own.
type scene struct {
	client    *Client
	namespace string // "" means all
	sweep     bool   // nobody named these pods: what is well is left alone
	whole     bool   // but not here: all objects are wanted as they are
	at        time.Time

	pods   []*corev1.Pod // to be diagnosed
	family []*corev1.Pod // these and the other pods of their workloads

	troubled map[*corev1.Pod]bool // those of a sweep that are, or may be, in trouble
	words    words

	mu       sync.Mutex
	replaced map[*corev1.Pod]*corev1.Pod // by a later reading

	events, nodeEvents eventIndex
	allEvents          bool            // events are those of the whole namespace
	nodesWithEvents    map[string]bool // whose events were asked for by themselves
	nodes              map[string]*corev1.Node

	replicaSets map[types.UID]*appsv1.ReplicaSet
	jobs        map[types.UID]*batchv1.Job
	deployment  *appsv1.Deployment
	statefulSet *appsv1.StatefulSet
	daemonSet   *appsv1.DaemonSet
	cronJob     *batchv1.CronJob

	eventsStatus, nodesStatus, nodeEventsStatus, replicaSetsStatus, jobsStatus, siblings status

	missing []evidence.Missing // what concerns all pods
}

// status says whether something was read and, if that failed, why. Neither means that nobody asked for it.
type status struct {
	read bool
	why  string
}

func newScene(c *Client, namespace string, pods []*corev1.Pod) *scene {
	return &scene{
		client: c, namespace: namespace, pods: pods, family: pods, at: c.now(),
		troubled:    map[*corev1.Pod]bool{},
		words:       words{},
		nodes:       map[string]*corev1.Node{},
		replicaSets: map[types.UID]*appsv1.ReplicaSet{},
		jobs:        map[types.UID]*batchv1.Job{},
	}
}

func (s *scene) addWhy(what, why, ref string) {
	s.missing = append(s.missing, evidence.Missing{What: what, Why: why, Ref: ref})
}

// raws deals the scene out to its pods and reads the logs that they need.
func (s *scene) raws(ctx context.Context, req Request) []*evidence.Raw {
	var raws []*evidence.Raw
	var wanted []*logRequest
	for _, pod := range s.pods {
		raw := s.raw(pod)
		raws = append(raws, raw)
		if s.isTold(pod) {
			wanted = append(wanted, logsOf(raw, req.Container)...)
		}
	}
	reader := s.newLogReader(req.Container)
	reader.readAll(ctx, wanted)
	for _, l := range reader.catchUp(ctx, wanted) {
		l.deliver(req.KeepLogs || !s.sweep)
	}
	s.setFamilies(raws)
	return raws
}

// isTold says that all is to be told about a pod. In a sweep, what is well is left alone.
func (s *scene) isTold(pod *corev1.Pod) bool { return !s.sweep || s.whole || s.troubled[pod] }

// raw is what is known about one pod, without its family and logs.
func (s *scene) raw(pod *corev1.Pod) *evidence.Raw {
	raw := &evidence.Raw{At: s.at, Source: evidence.SourceLive, Cluster: s.client.Cluster, Pod: pod, Redact: s.client.Redact}
	if !s.isTold(pod) {
		return raw
	}
	raw.Deployment, raw.StatefulSet, raw.DaemonSet, raw.CronJob = s.deployment, s.statefulSet, s.daemonSet, s.cronJob
	raw.Node = s.nodes[pod.Spec.NodeName]
	if owner := metav1.GetControllerOf(pod); owner != nil {
		raw.ReplicaSet, raw.Job = s.replicaSets[owner.UID], s.jobs[owner.UID]
	}
	if s.eventsStatus.read {
		raw.Events, raw.EventsRead = eventsAbout(raw, s.events, s.nodeEvents), true
		raw.NodeEventsRead = s.listsNodeEvents() || s.nodeEventsStatus.read && s.nodesWithEvents[pod.Spec.NodeName]
	}
	if !s.sweep || s.troubled[pod] {
		raw.Missing = append(slices.Clone(s.missing), s.gaps(pod)...)
	}
	return raw
}

// replace gives raw the pod that was read again. The pod's siblings see that, too.
func (s *scene) replace(raw, later *evidence.Raw) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.replaced == nil {
		s.replaced = map[*corev1.Pod]*corev1.Pod{}
	}
	s.replaced[raw.Pod] = later.Pod
	if s.nodeEventsGap(raw.Pod) == "" {
		raw.Missing = append(raw.Missing, s.nodeEventsMissing(later.Pod)...)
	}
	raw.Pod, raw.At = later.Pod, later.At
}

// setFamilies gives each pod the others of its workload and the nodes of all. All pods of a family share them: what is
// done for each must not go over all.
func (s *scene) setFamilies(raws []*evidence.Raw) {
	for i, pod := range s.family {
		for s.replaced[pod] != nil { // it may have been read again more than once
			pod = s.replaced[pod]
		}
		s.family[i] = pod
	}
	families, siblings := evidence.Families(s.family, familyOf)
	nodes, shared := map[string][]*corev1.Node{}, map[string]*evidence.Family{}
	for name, pods := range families {
		if len(s.nodes) > 1 {
			nodes[name] = nodesOf(pods, s.nodes)
		}
		shared[name] = evidence.NewFamily(pods, nodes[name])
	}
	for i, raw := range raws { // the i-th is that of the i-th pod
		if !s.isTold(s.pods[i]) {
			continue
		}
		name := familyOf(raw.Pod)
		raw.Siblings, raw.SiblingsRead = siblings[raw.Pod], s.siblings.read && name != ""
		raw.Nodes, raw.Family = nodes[name], shared[name]
	}
}

// nodesOf are the nodes of some pods, in the order of the pods.
func nodesOf(pods []*corev1.Pod, known map[string]*corev1.Node) []*corev1.Node {
	var nodes []*corev1.Node
	seen := map[string]bool{}
	for _, p := range pods {
		name := p.Spec.NodeName
		if node := known[name]; node != nil && !seen[name] {
			seen[name] = true
			nodes = append(nodes, node)
		}
	}
	return slices.Clip(nodes)
}

// gaps says what should be known about the pod and could not be read, with the command that reads it.
func (s *scene) gaps(pod *corev1.Pod) []evidence.Missing {
	var missing []evidence.Missing
	miss := func(what, why, ref string) {
		missing = append(missing, evidence.Missing{What: what, Why: why, Ref: ref})
	}
	if why := s.eventsStatus.why; why != "" {
		miss("events", why, evidence.RefEvents)
	}
	missing = append(missing, s.nodeEventsMissing(pod)...)
	if node := pod.Spec.NodeName; node != "" && s.nodes[node] == nil {
		if why := orNotFound(s.nodesStatus); why != "" {
			miss("node "+node, why, evidence.RefNode)
		}
	}
	owner := metav1.GetControllerOf(pod)
	if owner == nil {
		return missing
	}
	if why := s.ownerGap(owner); why != "" {
		kind := evidence.OwnerKind(owner)
		miss(strings.ToLower(kind)+"/"+owner.Name, why, evidence.RefOwner(kind, owner.Name))
	}
	if why := s.siblings.why; why != "" {
		miss("replicas of "+workloadOf(pod).String(), why, evidence.RefReplicas)
	}
	return missing
}

func (s *scene) nodeEventsMissing(pod *corev1.Pod) []evidence.Missing {
	why := s.nodeEventsGap(pod)
	if why == "" {
		return nil
	}
	return []evidence.Missing{{What: "events of node " + pod.Spec.NodeName, Why: why, Ref: evidence.RefNodeEvents}}
}

func (s *scene) ownerGap(owner *metav1.OwnerReference) string {
	switch {
	case evidence.OwnerKind(owner) == "ReplicaSet" && s.replicaSets[owner.UID] == nil:
		return orNotFound(s.replicaSetsStatus)
	case evidence.OwnerKind(owner) == "Job" && s.jobs[owner.UID] == nil:
		return orNotFound(s.jobsStatus)
	}
	return ""
}

// orNotFound is why one object of those that were read is not there.
func orNotFound(s status) string {
	if s.read && s.why == "" {
		return "not found"
	}
	return s.why
}
