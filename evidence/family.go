package evidence

import (
	"strings"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// Family is the pods of one workload, shared by their Raws. What one pod is told about all of them costs the number of
// pods; asked for each of five thousand replicas that crash, it would cost its square. So it is worked out once and kept.
// What is kept never shows: [Of] gives the same without.
type Family struct {
	pods  []*corev1.Pod
	nodes []*corev1.Node

	mu     sync.Mutex
	tables map[view]*table
	newest func() time.Time
	failed func() map[string]int
}

// NewFamily makes a family of pods and of those nodes on which they are that were read. It is nil, which is fine, when two
// pods carry one name, as an earlier and a later pod of a StatefulSet do in some dumps: each then sees only itself.
func NewFamily(pods []*corev1.Pod, nodes []*corev1.Node) *Family {
	seen := make(map[types.NamespacedName]bool, len(pods))
	for _, p := range pods {
		key := types.NamespacedName{Namespace: p.Namespace, Name: p.Name}
		if seen[key] {
			return nil
		}
		seen[key] = true
	}
	f := &Family{pods: pods, nodes: nodes, tables: map[view]*table{}}
	f.newest = sync.OnceValue(f.newestTime)
	f.failed = sync.OnceValue(f.failedPods)
	return f
}

// family gives the family of the pod, nil when what the pod tells of itself is not what its siblings see of it: a text
// that was read back tells more of a pod than stands in it.
func (raw *Raw) family() *Family {
	if raw.Form != "" || len(raw.Hidden) > 0 {
		return nil
	}
	return raw.Family
}

// replicas compares a container of the pod over the pods of its workload.
func (raw *Raw) replicas(name string, now moment) *Replicas {
	if family := raw.family(); family != nil {
		return family.replicas(name, raw.Pod, now)
	}
	return replicasOf(name, raw.Pod, raw.Siblings, raw.Nodes, now)
}

func (f *Family) newestTime() time.Time {
	var newest time.Time
	for _, p := range f.pods {
		seePod(p, func(t time.Time) {
			if t.After(newest) {
				newest = t
			}
		})
	}
	return newest
}

// failedPods counts the pods that failed by the name of their controller.
func (f *Family) failedPods() map[string]int {
	failed := map[string]int{}
	for _, p := range f.pods {
		if owner := metav1.GetControllerOf(p); owner != nil && p.Status.Phase == corev1.PodFailed {
			failed[owner.Name]++
		}
	}
	return failed
}

// view is all of a pod that decides how the replicas of one of its containers compare. Pods with the same view are told
// the same.
type view struct {
	container    string
	kind         ContainerKind
	inits, mains int
	row          bool
	owner        string
	revision     string
}

func viewOf(name string, pod *corev1.Pod) view {
	v := view{
		container: name, inits: len(pod.Spec.InitContainers), mains: len(pod.Spec.Containers),
		row: isRow(pod), revision: revisionOf(pod),
	}
	_, v.kind = findSpec(pod, name)
	if owner := metav1.GetControllerOf(pod); owner != nil {
		v.owner = OwnerKind(owner)
	}
	return v
}

// table is the replicas as one view sees them.
type table struct {
	all   []replica
	timed []int // the replicas whose verdict hangs on the moment at which it is asked
	// compared are the comparisons by the verdicts of those replicas: two moments at which they are the same give the same.
	compared map[string]*Replicas
}

// replicas compares the container name of a pod of the family with the others', as replicasOf does.
func (f *Family) replicas(name string, pod *corev1.Pod, now moment) *Replicas {
	f.mu.Lock()
	defer f.mu.Unlock()
	v := viewOf(name, pod)
	t := f.tables[v]
	if t == nil {
		t = &table{all: gatherReplicas(name, pod, f.pods, f.nodes, now), compared: map[string]*Replicas{}}
		for i := range t.all {
			if t.all[i].timed {
				t.timed = append(t.timed, i)
			}
		}
		f.tables[v] = t
	}
	var verdicts strings.Builder
	for _, i := range t.timed {
		t.all[i].judge(now)
		verdicts.WriteByte(t.all[i].letter())
	}
	key := verdicts.String()
	if t.compared[key] == nil {
		t.compared[key] = compareReplicas(pod, t.all)
	}
	return t.compared[key]
}
