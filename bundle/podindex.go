package bundle

import (
	"iter"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// index finds pods of a set without going through all of them: a dump has thousands, and as many logs that each look for
// theirs.
type index struct {
	pods      map[string][]int // by name: places in set.pods
	workloads map[string][]int // by the name of the workload, and of the ReplicaSet
	guesses   int              // logs whose names name no pod
}

// indexed gives the index, which is made when it is first needed: the pods must have been settled.
func (s *set) indexed() *index {
	if s.index == nil {
		x := &index{pods: map[string][]int{}, workloads: map[string][]int{}}
		for i, pod := range s.pods {
			x.pods[pod.Name] = append(x.pods[pod.Name], i)
			for _, name := range namesAbove(pod) {
				x.workloads[name] = append(x.workloads[name], i)
			}
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
