package bundle

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/unloop-dev/unloop/evidence"
)

// settle drops double objects and brings the rest in order. It is called once, when all objects are read.
func (s *set) settle() {
	s.pods, s.events = newest(s.pods), newest(s.events)
	s.mergeSheets()
	s.podsOfLogs()
	slices.SortFunc(s.pods, func(a, b *corev1.Pod) int {
		return cmp.Or(strings.Compare(a.Namespace, b.Namespace), strings.Compare(a.Name, b.Name),
			a.CreationTimestamp.Compare(b.CreationTimestamp.Time))
	})
	slices.SortStableFunc(s.events, compareEvents)
	s.dropStrangers()
}

// manyPods is how many pods a dump has of which, with [Options.Lean], those that are well are not kept whole.
const manyPods = 1000

// entries deals out what was found to the pods to diagnose.
func (s *set) entries(source string) ([]entry, []Skip) {
	families, siblings := evidence.Families(s.pods, s.familyOf)
	nodes := s.nodesOf(families)
	shared := map[string]*evidence.Family{}
	for family, pods := range families {
		shared[family] = evidence.NewFamily(pods, nodes[family])
	}
	about := byObject(s.events)
	raws := map[*corev1.Pod]*evidence.Raw{}
	var all []entry
	for _, pod := range s.pods {
		t, ok := s.meta.targetOf(pod.Namespace, pod.Name)
		if !ok || !s.wanted(pod) {
			continue
		}
		raw := s.raw(pod, t, siblings[pod])
		s.setNodes(raw, nodes[s.familyOf(pod)])
		if raw.SiblingsRead {
			raw.Family = shared[s.familyOf(pod)]
		}
		raws[pod] = raw
		all = append(all, entry{raw, func(raw *evidence.Raw) { s.setEvents(raw, t, about) }})
	}
	slices.SortStableFunc(all, func(a, b entry) int { return rowsLast(a.raw) - rowsLast(b.raw) })
	skipped := s.dealLogs(raws)
	if len(s.pods) == 0 && (len(s.logs) > 0 || len(s.events) > 0) {
		all, skipped = s.withoutPod()
	}
	skipped = append(s.strangers, skipped...)
	for _, e := range all {
		e.raw.Source, e.raw.Cluster = evidence.SourceFiles, source
		if s.meta != nil && s.meta.Cluster != "" {
			e.raw.Cluster = s.meta.Cluster
		}
	}
	return all, skipped
}

// withoutPod makes what can be made of logs and events alone.
func (s *set) withoutPod() ([]entry, []Skip) {
	t, _ := s.meta.targetOf("", "")
	raw := &evidence.Raw{Missing: t.Missing, EventsRead: len(s.events) > 0}
	if t.At != nil {
		raw.At = *t.At
	}
	var skipped []Skip
	for _, l := range s.logs {
		if l.log.Read != nil && l.log.Read.NotALog != "" {
			skipped = append(skipped, Skip{Path: l.log.Path, Why: "not a log but an error: " + l.log.Read.NotALog})
			continue
		}
		if l.log.Read != nil && l.log.Read.Empty { // an empty log tells something of a pod, and nothing without one
			skipped = append(skipped, Skip{Path: l.log.Path, Why: "empty"})
			continue
		}
		raw.Logs = append(raw.Logs, l.log)
	}
	for _, e := range s.events {
		raw.Events = append(raw.Events, *e)
	}
	ofPods := slices.ContainsFunc(raw.Events, func(e corev1.Event) bool { return e.InvolvedObject.Kind == "Pod" || e.InvolvedObject.Kind == "" })
	if len(raw.Logs) == 0 && !ofPods { // those of a Deployment tell nothing of a container
		return nil, skipped
	}
	return []entry{{raw: raw}}, skipped
}

// newest drops all but the newest copy of each object: the same pod is often found in a list and by itself.
func newest[T metav1.Object](objects []T) []T {
	type key struct {
		namespace, name string
		uid             types.UID
	}
	at := map[key]int{}
	var kept []T
	for _, o := range objects {
		k := key{o.GetNamespace(), o.GetName(), o.GetUID()}
		i, seen := at[k]
		switch {
		case !seen || k.name == "":
			at[k] = len(kept)
			kept = append(kept, o)
		case version(o) >= version(kept[i]):
			kept[i] = o
		}
	}
	return kept
}

// version is the resourceVersion as a number, which it is for every API server that stores in etcd.
func version(o metav1.Object) uint64 {
	n, err := strconv.ParseUint(o.GetResourceVersion(), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// familyOf names the workload of a pod; pods with the same name are siblings. A Deployment's pods of all revisions are
// one family. "" for a pod without a controller and for a static pod's mirror.
func (s *set) familyOf(pod *corev1.Pod) string {
	owner := metav1.GetControllerOf(pod)
	if owner == nil || evidence.OwnerKind(owner) == "Node" {
		return ""
	}
	if name := s.deploymentOf(pod, owner); name != "" {
		return pod.Namespace + "/Deployment/" + name
	}
	return pod.Namespace + "/" + evidence.OwnerKind(owner) + "/" + owner.Name
}

func (s *set) deploymentOf(pod *corev1.Pod, owner *metav1.OwnerReference) string {
	if evidence.OwnerKind(owner) != "ReplicaSet" {
		return ""
	}
	if rs := s.indexed().replicaSets.find(owner.UID, pod.Namespace, owner.Name); rs != nil {
		if above := metav1.GetControllerOf(rs); above != nil && evidence.OwnerKind(above) == "Deployment" {
			return above.Name
		}
	}
	return evidence.DeploymentOf(pod)
}

// find gives the object with this uid or, where either side knows no uid, with this name.
func find[T metav1.Object](objects []T, uid types.UID, namespace, name string) T {
	var found T
	for _, o := range objects {
		switch {
		case uid != "" && o.GetUID() == uid:
			return o
		case o.GetName() == name && o.GetNamespace() == namespace && (uid == "" || o.GetUID() == ""):
			found = o
		}
	}
	return found
}

// raw is what was found about one pod and the controllers above it.
func (s *set) raw(pod *corev1.Pod, t target, siblings []*corev1.Pod) *evidence.Raw {
	raw := &evidence.Raw{
		Pod: pod, Missing: t.Missing,
		Form: t.Form, Hidden: t.Hidden,
		Siblings: siblings, SiblingsRead: t.SiblingsRead || len(siblings) > 0, Conflicts: s.conflicts[pod],
	}
	if s.slim && well(pod, "") { // nobody asks what sets it apart from others, which takes time for each of them
		raw.Siblings, raw.SiblingsRead = nil, false
	}
	if t.At != nil {
		raw.At = *t.At
	}
	if told := s.told[pod]; told != nil {
		raw.Form, raw.Hidden = told.Form, told.Hidden
		if raw.At.IsZero() {
			raw.At = told.at
		}
	}
	s.setOwners(raw)
	if raw.Job != nil {
		raw.Hidden = slices.Concat(raw.Hidden, s.unknown[raw.Job])
	}
	raw.Hidden = slices.Concat(raw.Hidden, s.unknown[pod])
	return raw
}

func (s *set) setOwners(raw *evidence.Raw) {
	owner := metav1.GetControllerOf(raw.Pod)
	if owner == nil {
		return
	}
	namespace := raw.Pod.Namespace
	switch evidence.OwnerKind(owner) {
	case "ReplicaSet":
		raw.ReplicaSet = s.indexed().replicaSets.find(owner.UID, namespace, owner.Name)
		if name := s.deploymentOf(raw.Pod, owner); name != "" {
			raw.Deployment = s.indexed().deployments.find("", namespace, name)
		}
	case "StatefulSet":
		raw.StatefulSet = find(s.statefulSets, owner.UID, namespace, owner.Name)
	case "DaemonSet":
		raw.DaemonSet = find(s.daemonSets, owner.UID, namespace, owner.Name)
	case "Job":
		raw.Job = s.indexed().jobs.find(owner.UID, namespace, owner.Name)
		if raw.Job == nil {
			return
		}
		if above := metav1.GetControllerOf(raw.Job); above != nil && evidence.OwnerKind(above) == "CronJob" {
			raw.CronJob = find(s.cronJobs, above.UID, namespace, above.Name)
		}
	}
}

// setNodes gives the pod's node and those of its family.
func (s *set) setNodes(raw *evidence.Raw, family []*corev1.Node) {
	if raw.Pod.Spec.NodeName != "" {
		raw.Node = s.indexed().nodes.find("", "", raw.Pod.Spec.NodeName)
	}
	if raw.Node != nil {
		raw.Hidden = slices.Concat(raw.Hidden, s.unknown[raw.Node])
	}
	raw.Nodes = family
	if len(raw.Nodes) == 0 && raw.Node != nil {
		raw.Nodes = []*corev1.Node{raw.Node}
	}
}

// nodesOf gives the nodes of each family, in the order of its pods. All pods of a family share the list.
func (s *set) nodesOf(families map[string][]*corev1.Pod) map[string][]*corev1.Node {
	nodes := map[string][]*corev1.Node{}
	for family, pods := range families {
		seen := map[string]bool{"": true}
		for _, pod := range pods {
			if name := pod.Spec.NodeName; !seen[name] {
				seen[name] = true
				if node := s.indexed().nodes.find("", "", name); node != nil {
					nodes[family] = append(nodes[family], node)
				}
			}
		}
		nodes[family] = slices.Clip(nodes[family])
	}
	return nodes
}

// object names what an event is about.
type object struct{ kind, namespace, name string }

// byObject finds the events about an object. Nodes have no namespace, though their events are in one.
func byObject(events []*corev1.Event) map[object][]*corev1.Event {
	about := map[object][]*corev1.Event{}
	for _, e := range events {
		o := object{evidence.KindOf(e.InvolvedObject.APIVersion, e.InvolvedObject.Kind), e.InvolvedObject.Namespace, e.InvolvedObject.Name}
		if o.kind == "Node" {
			o.namespace = ""
		}
		about[o] = append(about[o], e)
	}
	return about
}

// setEvents gives the events of the pod, its owners and its node. They count as read if one is about the pod, or if
// those that were read are about several objects: a list of one other object's events says nothing about this pod, and
// neither do those in the describes of others.
func (s *set) setEvents(raw *evidence.Raw, t target, about map[object][]*corev1.Event) {
	pod := raw.Pod
	for _, e := range about[object{"Pod", pod.Namespace, pod.Name}] {
		if evidence.IsAbout(e, pod) {
			raw.Events = append(raw.Events, *e)
		}
	}
	raw.EventsRead = t.EventsRead || len(raw.Events) > 0
	if s.meta == nil || s.meta.Version == 0 { // else meta.yaml says it
		raw.EventsRead = raw.EventsRead || s.eventsOf[object{"Pod", pod.Namespace, pod.Name}] ||
			len(about)-len(s.eventsOf) > 1 || s.eventsOfMany || len(s.events) == 0 && s.noEvents
	}
	objects := []object{{"Node", "", pod.Spec.NodeName}}
	for i := range pod.OwnerReferences {
		owner := &pod.OwnerReferences[i]
		if kind := evidence.OwnerKind(owner); kind != "Node" {
			objects = append(objects, object{kind, pod.Namespace, owner.Name})
		}
	}
	if raw.Deployment != nil {
		objects = append(objects, object{"Deployment", pod.Namespace, raw.Deployment.Name})
	}
	if raw.CronJob != nil {
		objects = append(objects, object{"CronJob", pod.Namespace, raw.CronJob.Name})
	}
	for _, o := range objects {
		for _, e := range about[o] {
			raw.Events = append(raw.Events, *e)
		}
	}
	raw.NodeEventsRead = t.NodeEventsRead || len(about[objects[0]]) > 0 || s.eventsOf[objects[0]] || s.holdsNodeEvents(pod.Namespace, about)
	slices.SortStableFunc(raw.Events, func(a, b corev1.Event) int { return compareEvents(&a, &b) })
}

// holdsNodeEvents says whether the events of nodes would be among those that were read: they are in the namespace default.
func (s *set) holdsNodeEvents(namespace string, about map[object][]*corev1.Event) bool {
	if s.meta != nil && s.meta.Version > 0 {
		return false // meta.yaml says it
	}
	if namespace == metav1.NamespaceDefault {
		return len(about)-len(s.eventsOf) > 1 || s.eventsOfMany
	}
	if s.nodeEventsAmongMany {
		return true
	}
	for o := range about {
		if !s.eventsOf[o] && (o.kind == "Node" || o.namespace == metav1.NamespaceDefault) {
			return true
		}
	}
	return false
}

func compareEvents(a, b *corev1.Event) int {
	return cmp.Or(evidence.EventTime(a).Compare(evidence.EventTime(b)), strings.Compare(a.Name, b.Name))
}
