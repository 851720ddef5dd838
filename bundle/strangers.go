package bundle

import (
	"slices"

	"github.com/unloop-dev/unloop/ledger"

	"github.com/unloop-dev/unloop/layout"

	corev1 "k8s.io/api/core/v1"
)

// dropStrangers drops what is no log of a container from a tree that another program has collected: such trees hold
// thousands of other texts, of which each could pass for the log of the only pod in trouble. What the user has named by
// itself is kept, and so is what is named after a pod.
func (s *set) dropStrangers() {
	if !s.collected() {
		return
	}
	stranger := func(part *ledger.Part, n *logName) bool {
		if len(n.dirs) == 0 || n.place.Role == layout.Log || s.knows(n) {
			return false
		}
		part.Why = "in a tree of collected files, and no log of a container"
		return true
	}
	s.later = slices.DeleteFunc(s.later, func(l laterLog) bool { return stranger(l.part, &l.said) })
	s.logs = slices.DeleteFunc(s.logs, func(l foundLog) bool { return stranger(l.part, &l.name) })
}

// collected says whether some of the logs lie where only a program that collects evidence puts them.
func (s *set) collected() bool {
	return slices.ContainsFunc(s.later, func(l laterLog) bool { return l.said.place.Strict() }) ||
		slices.ContainsFunc(s.logs, func(l foundLog) bool { return l.name.place.Strict() })
}

// knows says whether a name is that of a pod or of one of its containers' runs.
func (s *set) knows(n *logName) bool {
	for _, pod := range s.podsNamed(n) {
		if n.match(pod) > 0 {
			return true
		}
	}
	return n.id != "" && slices.ContainsFunc(s.pods, func(pod *corev1.Pod) bool { return statusOfID(pod, n.id) != nil })
}
