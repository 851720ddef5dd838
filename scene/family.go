package scene

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/unloop-dev/unloop/evidence"
)

// families are the pods by workload, and what all of one workload share: what is done for each pod must not go over all.
type families struct {
	siblings map[*corev1.Pod][]*corev1.Pod
	nodes    map[string][]*corev1.Node
	shared   map[string]*evidence.Family
}

// FamilyOf names the workload of a pod; pods with the same name are siblings. A Deployment's pods of all revisions are one
// family. "" for a pod without a controller and for a static pod's mirror.
//
// The name has no UID in it: a row of a table knows none, and it must find its replicas of which more is known.
func (s *Scene) FamilyOf(pod *corev1.Pod) string {
	owners := s.Owners(pod)
	if len(owners) == 0 {
		return ""
	}
	workload := owners[0]
	if top := owners[len(owners)-1]; evidence.OwnerKind(top) == "Deployment" {
		workload = top
	}
	return pod.Namespace + "/" + groupKind(workload) + "/" + workload.Name
}

// groupKind is the kind of a controller with its group. Those of Kubernetes' own go without: a text does not tell them.
func groupKind(owner *metav1.OwnerReference) string {
	kind := evidence.OwnerKind(owner)
	group, _, found := strings.Cut(owner.APIVersion, "/")
	if !found || kind != owner.Kind || slices.Contains([]string{"apps", "extensions", "batch"}, group) {
		return kind // with the group, where it is not the one that the kind is known for
	}
	return kind + "." + group
}

// ReadSiblingsOf says that the other pods of a pod's workload were read, if only to find that there are none.
func (s *Scene) ReadSiblingsOf(pod *corev1.Pod) {
	if s.siblingsOf == nil {
		s.siblingsOf = map[*corev1.Pod]bool{}
	}
	s.siblingsOf[pod] = true
}

// dealFamily gives the others of the pod's workload and the nodes of all. Some that are there count as all that were read.
func (s *Scene) dealFamily(raw *evidence.Raw) {
	f, name := s.gathered(), s.FamilyOf(raw.Pod)
	if name != "" {
		raw.Siblings = f.siblings[raw.Pod]
		raw.SiblingsRead = s.siblingsOf[raw.Pod] || len(raw.Siblings) > 0
		raw.Nodes = f.nodes[name]
	}
	if raw.SiblingsRead {
		raw.Family = f.shared[name]
	}
	if len(raw.Nodes) == 0 && raw.Node != nil {
		raw.Nodes = []*corev1.Node{raw.Node}
	}
}

// gathered gives the families, which are made when they are first asked for.
func (s *Scene) gathered() *families {
	if s.families != nil {
		return s.families
	}
	sortPods(s.pods)
	f := &families{map[*corev1.Pod][]*corev1.Pod{}, map[string][]*corev1.Node{}, map[string]*evidence.Family{}}
	byName := map[string][]*corev1.Pod{}
	for _, pod := range s.pods {
		if name := s.FamilyOf(pod); name != "" {
			byName[name] = append(byName[name], pod)
		}
	}
	for name, pods := range byName {
		f.setSiblings(pods)
		f.nodes[name] = s.nodesOf(pods)
		f.shared[name] = evidence.NewFamily(pods, f.nodes[name])
	}
	s.families = f
	return f
}

// setSiblings gives each pod of a family the others. All share one array that holds the family twice: the siblings of the
// i-th of n are the n-1 that follow it. So ten thousand replicas cost no more than ten thousand pods.
func (f *families) setSiblings(family []*corev1.Pod) {
	n := len(family)
	twice := append(family[:n:n], family...)
	for i, pod := range family {
		f.siblings[pod] = twice[i+1 : i+n : i+n]
	}
}

// nodesOf gives the nodes of some pods, in the order of the pods.
func (s *Scene) nodesOf(pods []*corev1.Pod) []*corev1.Node {
	var nodes []*corev1.Node
	seen := map[string]bool{"": true}
	for _, pod := range pods {
		name := pod.Spec.NodeName
		if seen[name] {
			continue
		}
		seen[name] = true
		if node := s.Node(name); node != nil {
			nodes = append(nodes, node)
		}
	}
	return slices.Clip(nodes) // shared
}
