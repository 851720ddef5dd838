package cluster

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/unloop-dev/unloop/evidence"
	"github.com/unloop-dev/unloop/scene"
)

// surroundings are what was read around some pods, before it is dealt out to them. The readers that fill them run at the
// same time; each writes fields of its own.
type surroundings struct {
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

	objects scene.Scene // all that was read but the pods, which join when they are read for the last time

	allEvents       bool            // all events of the namespace are read, not those of one pod
	nodesWithEvents map[string]bool // whose events are asked for by themselves

	eventsStatus, nodesStatus, nodeEventsStatus, replicaSetsStatus, jobsStatus, siblings status

	missing []evidence.Missing // what concerns all pods
}

// status says whether something was read and, if that failed, why. Neither means that nobody asked for it.
type status struct {
	read bool
	why  string
}

func newSurroundings(c *Client, namespace string, pods []*corev1.Pod) *surroundings {
	return &surroundings{
		client: c, namespace: namespace, pods: pods, family: pods, at: c.now(),
		troubled: map[*corev1.Pod]bool{}, words: words{},
	}
}

// fill adds to the objects. The readers do so at the same time.
func (s *surroundings) fill(add func(*scene.Scene)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	add(&s.objects)
}

func (s *surroundings) addWhy(what, why, ref string) {
	s.missing = append(s.missing, evidence.Missing{What: what, Why: why, Ref: ref})
}

// raws deals out what was read and reads the logs that the pods need. The logs come first: a pod may be read again with
// them, and its siblings see that, too.
func (s *surroundings) raws(ctx context.Context, req Request) []*evidence.Raw {
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
	s.deal(raws)
	return raws
}

// isTold says that all is to be told about a pod. In a sweep, what is well is left alone.
func (s *surroundings) isTold(pod *corev1.Pod) bool { return !s.sweep || s.whole || s.troubled[pod] }

// raw is what is known about one pod by itself.
func (s *surroundings) raw(pod *corev1.Pod) *evidence.Raw {
	raw := &evidence.Raw{At: s.at, Source: evidence.SourceLive, Cluster: s.client.Cluster, Pod: pod, Redact: s.client.Redact}
	if !s.sweep || s.troubled[pod] {
		raw.Missing = append(slices.Clone(s.missing), s.gaps(pod)...)
	}
	return raw
}

// replace gives raw the pod that was read again. The pod's siblings see that, too.
func (s *surroundings) replace(raw, later *evidence.Raw) {
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

// deal gives each pod what belongs to it.
func (s *surroundings) deal(raws []*evidence.Raw) {
	for _, pod := range s.family {
		for s.replaced[pod] != nil { // it may have been read again more than once
			pod = s.replaced[pod]
		}
		s.objects.Add(pod)
		if s.siblings.read {
			s.objects.ReadSiblingsOf(pod)
		}
	}
	for i, raw := range raws { // the i-th is that of the i-th pod
		if s.isTold(s.pods[i]) {
			s.objects.Deal(raw)
			s.objects.DealEvents(raw)
		}
	}
}

// gaps says what should be known about the pod and could not be read, with the command that reads it.
func (s *surroundings) gaps(pod *corev1.Pod) []evidence.Missing {
	var missing []evidence.Missing
	miss := func(what, why, ref string) {
		missing = append(missing, evidence.Missing{What: what, Why: why, Ref: ref})
	}
	if why := s.eventsStatus.why; why != "" {
		miss("events", why, evidence.RefEvents)
	}
	missing = append(missing, s.nodeEventsMissing(pod)...)
	if node := pod.Spec.NodeName; node != "" && s.objects.Node(node) == nil {
		if why := orNotFound(s.nodesStatus); why != "" {
			miss("node "+node, why, evidence.RefNode)
		}
	}
	owner := metav1.GetControllerOf(pod)
	if owner == nil {
		return missing
	}
	if why := s.ownerGap(pod, owner); why != "" {
		kind := evidence.OwnerKind(owner)
		miss(strings.ToLower(kind)+"/"+owner.Name, why, evidence.RefOwner(kind, owner.Name))
	}
	if why := s.siblings.why; why != "" {
		miss("replicas of "+workloadOf(pod).String(), why, evidence.RefReplicas)
	}
	return missing
}

func (s *surroundings) nodeEventsMissing(pod *corev1.Pod) []evidence.Missing {
	why := s.nodeEventsGap(pod)
	if why == "" {
		return nil
	}
	return []evidence.Missing{{What: "events of node " + pod.Spec.NodeName, Why: why, Ref: evidence.RefNodeEvents}}
}

func (s *surroundings) ownerGap(pod *corev1.Pod, owner *metav1.OwnerReference) string {
	if s.objects.Has(pod, owner) {
		return ""
	}
	switch evidence.OwnerKind(owner) {
	case "ReplicaSet":
		return orNotFound(s.replicaSetsStatus)
	case "Job":
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
