package cluster

import (
	"context"
	"slices"
	"strings"
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
	at        time.Time

	pods   []*corev1.Pod // to be diagnosed
	family []*corev1.Pod // these and the other pods of their workloads

	events, nodeEvents eventIndex
	eventsHoldNodes    bool // the events of the namespace hold those of nodes
	nodeEventsRead     bool
	nodes              map[string]*corev1.Node

	replicaSets map[types.UID]*appsv1.ReplicaSet
	jobs        map[types.UID]*batchv1.Job
	deployment  *appsv1.Deployment
	statefulSet *appsv1.StatefulSet
	daemonSet   *appsv1.DaemonSet
	cronJob     *batchv1.CronJob

	eventsStatus, nodesStatus, replicaSetsStatus, jobsStatus, siblings status

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
	_, siblings := evidence.Families(s.family, familyOf)
	var raws []*evidence.Raw
	var wanted []*logRequest
	for _, pod := range s.pods {
		raw := s.raw(pod)
		raw.Siblings, raw.SiblingsRead = siblings[pod], s.siblings.read && familyOf(pod) != ""
		raws = append(raws, raw)
		wanted = append(wanted, logsOf(raw, req.Container)...)
	}
	s.readLogs(ctx, wanted)
	s.catchUp(ctx, wanted)
	for _, l := range wanted {
		l.deliver(req.KeepLogs || !s.sweep)
	}
	return raws
}

// raw is what is known about one pod, without siblings and logs.
func (s *scene) raw(pod *corev1.Pod) *evidence.Raw {
	raw := &evidence.Raw{
		At: s.at, Source: evidence.SourceLive, Cluster: s.client.Cluster, Pod: pod, Redact: s.client.Redact,
		Deployment: s.deployment, StatefulSet: s.statefulSet, DaemonSet: s.daemonSet, CronJob: s.cronJob,
		Node: s.nodes[pod.Spec.NodeName],
	}
	if owner := metav1.GetControllerOf(pod); owner != nil {
		raw.ReplicaSet, raw.Job = s.replicaSets[owner.UID], s.jobs[owner.UID]
	}
	if s.eventsStatus.read {
		raw.Events, raw.EventsRead = eventsAbout(raw, s.events, s.nodeEvents), true
		raw.NodeEventsRead = s.nodeEventsRead || s.eventsHoldNodes
	}
	if len(s.nodes) > 1 {
		raw.Nodes = s.nodesOf(pod)
	}
	if !s.sweep || inTrouble(pod, s.at) {
		raw.Missing = append(slices.Clone(s.missing), s.gaps(pod)...)
	}
	return raw
}

// nodesOf are the nodes of the pod's family, in the order of its pods.
func (s *scene) nodesOf(pod *corev1.Pod) []*corev1.Node {
	var nodes []*corev1.Node
	seen := map[string]bool{}
	family := familyOf(pod)
	for _, p := range s.family {
		name := p.Spec.NodeName
		if node := s.nodes[name]; node != nil && !seen[name] && familyOf(p) == family {
			seen[name] = true
			nodes = append(nodes, node)
		}
	}
	return nodes
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
		miss(strings.ToLower(owner.Kind)+"/"+owner.Name, why, evidence.RefOwner(owner.Kind, owner.Name))
	}
	if why := s.siblings.why; why != "" {
		miss("replicas of "+workloadOf(pod).String(), why, evidence.RefReplicas)
	}
	return missing
}

func (s *scene) ownerGap(owner *metav1.OwnerReference) string {
	switch {
	case owner.Kind == "ReplicaSet" && s.replicaSets[owner.UID] == nil:
		return orNotFound(s.replicaSetsStatus)
	case owner.Kind == "Job" && s.jobs[owner.UID] == nil:
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
