package bundle

import (
	"iter"
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// index finds objects of a set without going through all of them: a dump has thousands of pods, and as many logs that
// each look for theirs.
type index struct {
	pods        map[string][]int // by name: places in set.pods
	replicaSets finder[*appsv1.ReplicaSet]
	deployments finder[*appsv1.Deployment]
	jobs        finder[*batchv1.Job]
	nodes       finder[*corev1.Node]
	guesses     int // logs whose names name no pod
}

// byName gives the index, which is made when it is first needed: the objects must have been settled.
func (s *set) indexed() *index {
	if s.index == nil {
		x := &index{
			pods: map[string][]int{}, replicaSets: newFinder(s.replicaSets), deployments: newFinder(s.deployments),
			jobs: newFinder(s.jobs), nodes: newFinder(s.nodes),
		}
		for i, pod := range s.pods {
			x.pods[pod.Name] = append(x.pods[pod.Name], i)
		}
		s.index = x
	}
	return s.index
}

// fewPods is how many pods are simply gone through.
const fewPods = 100

// maxGuesses is for how many logs without the name of a pod all of many pods are gone through.
const maxGuesses = 200

// podsNamed gives the pods that a log's name may name, in order: those whose name stands in a part of the path between
// separators.
func (s *set) podsNamed(n *logName) []*corev1.Pod {
	if len(s.pods) <= fewPods {
		return s.pods
	}
	x := s.indexed()
	var places []int
	for _, part := range append([]string{n.stem, n.core}, n.dirs...) {
		for name := range words(part) {
			places = append(places, x.pods[name]...)
		}
	}
	slices.Sort(places)
	var pods []*corev1.Pod
	for _, i := range slices.Compact(places) {
		pods = append(pods, s.pods[i])
	}
	return pods
}

// words gives all parts of a name that begin and end at a separator or at the name's own ends. Of one with absurdly many
// separators only the first count.
func words(name string) iter.Seq[string] {
	const most = 64
	starts, ends := []int{0}, []int{}
	for i := 0; i < len(name) && len(starts) < most; i++ {
		if strings.IndexByte("-._ ", name[i]) >= 0 {
			starts, ends = append(starts, i+1), append(ends, i)
		}
	}
	ends = append(ends, len(name))
	return func(yield func(string) bool) {
		for _, start := range starts {
			for _, end := range ends {
				if end > start && !yield(name[start:end]) {
					return
				}
			}
		}
	}
}

// finder finds objects by UID or by name.
type finder[T metav1.Object] struct {
	byUID  map[types.UID]T
	byName map[[2]string][]T
}

func newFinder[T metav1.Object](objects []T) finder[T] {
	f := finder[T]{map[types.UID]T{}, map[[2]string][]T{}}
	for _, o := range objects {
		if _, known := f.byUID[o.GetUID()]; !known && o.GetUID() != "" {
			f.byUID[o.GetUID()] = o
		}
		name := [2]string{o.GetNamespace(), o.GetName()}
		f.byName[name] = append(f.byName[name], o)
	}
	return f
}

// find gives what the function find gives.
func (f *finder[T]) find(uid types.UID, namespace, name string) T {
	if o, ok := f.byUID[uid]; ok && uid != "" {
		return o
	}
	return find(f.byName[[2]string{namespace, name}], uid, namespace, name)
}
