package bundle

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/unloop-dev/unloop/scene"
)

// sayRead says which events and replicas were read. What [Write] has written says it itself; of anything else it shows in
// what is there: events about several objects are a list, a list of one other object's events says nothing about a pod, and
// neither do those in the describes of others.
func (s *set) sayRead(objects *scene.Scene) {
	list, nodes, nodesOfDefault := s.listedEvents()
	for o := range s.eventsOf {
		objects.ReadEventsOf(o)
	}
	for _, pod := range s.pods {
		t, _ := s.meta.targetOf(pod.Namespace, pod.Name)
		if t.SiblingsRead {
			objects.ReadSiblingsOf(pod)
		}
		if t.EventsRead || list {
			objects.ReadEventsOf(scene.ThePod(pod.Namespace, pod.Name))
		}
		if t.NodeEventsRead || nodes && pod.Namespace != metav1.NamespaceDefault || nodesOfDefault && pod.Namespace == metav1.NamespaceDefault {
			objects.ReadEventsOf(scene.TheNode(pod.Spec.NodeName))
		}
	}
}

// listedEvents says whether events were read as a list, which may be empty, and whether those of nodes, which are in the
// namespace default, would be in it. Pods of that namespace have theirs in the same list.
func (s *set) listedEvents() (list, nodes, nodesOfDefault bool) {
	if s.meta != nil && s.meta.Version > 0 {
		return false, false, false // meta.yaml says it
	}
	about := map[scene.Object]bool{}
	nodes = s.nodeEventsAmongMany
	for _, e := range s.events {
		o := scene.Subject(&e.InvolvedObject)
		about[o] = true
		nodes = nodes || !s.eventsOf[o] && (o.Kind == "Node" || o.Namespace == metav1.NamespaceDefault)
	}
	several := len(about)-len(s.eventsOf) > 1 || s.eventsOfMany
	return several || len(s.events) == 0 && s.noEvents, nodes, several
}
