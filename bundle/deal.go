package bundle

import (
	"fmt"
	"slices"
	"strings"

	"github.com/unloop-dev/unloop/layout"

	corev1 "k8s.io/api/core/v1"

	"github.com/unloop-dev/unloop/evidence"

	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

// dealLogs gives each log to the pod it belongs to. Those that could be several pods' are named instead: a log under the
// wrong pod misleads more than none.
func (s *set) dealLogs(raws map[*corev1.Pod]*evidence.Raw) []Skip {
	if len(s.pods) == 0 {
		return nil
	}
	var skipped []Skip
	guessed := map[*corev1.Pod][]foundLog{}
	refused, parts := refusedRequests(s.logs), olderParts(s.logs)
	for i, l := range s.logs {
		if refused[l.log.Path] || parts[i] {
			continue
		}
		pod, guess, why := s.writerOf(&l.name)
		switch {
		case pod == nil:
			skipped = append(skipped, Skip{Path: l.log.Path, Why: why})
		case guess && !isLogName(l.name.file):
			guessed[pod] = append(guessed[pod], l)
		case raws[pod] != nil: // nil for a sibling that is not diagnosed
			raws[pod].Logs = append(raws[pod].Logs, s.named(l, pod))
		}
	}
	skipped = append(skipped, s.dealGuessed(raws, guessed)...)
	for _, raw := range raws {
		pairUp(raw.Logs)
	}
	return skipped
}

// dealGuessed gives out the texts whose names promise no log and name nobody: notes.txt. Where a pod has a log, they are
// more likely notes than another.
func (s *set) dealGuessed(raws map[*corev1.Pod]*evidence.Raw, guessed map[*corev1.Pod][]foundLog) []Skip {
	var skipped []Skip
	for _, pod := range s.pods {
		raw, logs := raws[pod], guessed[pod]
		if raw == nil {
			continue
		}
		notes := len(raw.Logs) > 0
		for _, l := range logs {
			if notes {
				skipped = append(skipped, Skip{Path: l.log.Path, Why: "text beside a log; if it is one too, name it POD.log"})
				continue
			}
			raw.Logs = append(raw.Logs, s.named(l, pod))
		}
	}
	return skipped
}

// errorContainer finds the container that an error in the place of a log speaks of (docs/kubernetes.md#which-runs-log).
var errorContainer = lazyregexp.New(`container "([^"]+)" in pod "`)

// named fills in what a log's name says, now that its pod is known.
func (s *set) named(l foundLog, pod *corev1.Pod) evidence.RawLog {
	log := l.log
	log.Container = l.name.container(pod)
	if m := errorContainer.FindStringSubmatch(log.Read.NotALog); m != nil && slices.Contains(evidence.ContainerNames(pod), m[1]) {
		log.Container = m[1]
	}
	if status := statusOf(pod, log.Container); status != nil && (log.Read == nil || log.Read.NotALog == "") {
		settleRun(&log, status, &l.name)
	}
	if s.meta != nil {
		for _, name := range s.meta.Truncated {
			log.Truncated = log.Truncated || strings.HasSuffix(log.Path, name)
		}
		if slices.ContainsFunc(s.meta.Unsure, func(name string) bool { return strings.HasSuffix(log.Path, name) }) {
			log.Run = evidence.RunUnknown
		}
	}
	return log
}

// statusOf finds the status of a container; of the only one there is for "".
func statusOf(pod *corev1.Pod, container string) *corev1.ContainerStatus {
	var found []*corev1.ContainerStatus
	for s := range evidence.Statuses(pod) {
		if container == "" || s.Name == container {
			found = append(found, s)
		}
	}
	if len(found) != 1 {
		return nil
	}
	return found[0]
}

// pairUp settles what a log without a mark is when another of the same container is marked as the previous run's. A log
// that names no container may be of any.
func pairUp(logs []evidence.RawLog) {
	for i := range logs {
		log := &logs[i]
		log.PreviousKnown = log.PreviousKnown || slices.ContainsFunc(logs, func(other evidence.RawLog) bool {
			return other.Previous && (other.Container == log.Container || other.Container == "" || log.Container == "")
		})
	}
}

// writerOf finds the pod that a log's name speaks of: by the pod's name; by a container that only one pod has; else the
// only pod, or the only one that has crashed, which is a guess. Nil comes with the reason.
func (s *set) writerOf(n *logName) (pod *corev1.Pod, guess bool, why string) {
	for _, pod := range s.pods {
		if n.id == "" {
			break
		}
		if statusOfID(pod, n.id) != nil {
			return pod, false, ""
		}
	}
	if n.place.Pod != "" {
		if pod, why := s.podAt(&n.place); pod != nil || why != "" {
			return pod, false, why
		}
	}
	var best []*corev1.Pod
	score := 0
	for _, pod := range s.podsNamed(n) {
		switch m := n.match(pod); {
		case m > score:
			best, score = []*corev1.Pod{pod}, m
		case m == score && m > 0:
			best = append(best, pod)
		}
	}
	if len(best) > 0 {
		return best[len(best)-1], false, "" // two of one name: the one created last, since pods are sorted
	}
	if x := s.indexed(); len(s.pods) > fewPods {
		if x.guesses++; x.guesses > maxGuesses { // each goes through all pods
			return nil, false, "a log whose name names no pod of the input, one of many"
		}
	}
	if n.namesOtherPod() && !slices.ContainsFunc(s.pods, func(pod *corev1.Pod) bool { return n.container(pod) != "" }) {
		return nil, false, "a log of a pod that is not in the input"
	}
	candidates := s.pods
	for _, narrow := range []func(*corev1.Pod) bool{
		func(pod *corev1.Pod) bool { _, ok := s.meta.targetOf(pod.Namespace, pod.Name); return ok },
		func(pod *corev1.Pod) bool { return !s.isRow(pod) },
		func(pod *corev1.Pod) bool { return n.container(pod) != "" },
		hasCrashed,
	} {
		if left := filter(candidates, narrow); len(left) > 0 {
			candidates = left
		}
	}
	if len(candidates) == 1 {
		return candidates[0], n.container(candidates[0]) == "", ""
	}
	return nil, false, fmt.Sprintf("a log that could be of any of %d pods; name it POD.log or POD/CONTAINER.log", len(candidates))
}

// podAt finds the pod that a layout's path names. Without a pod and a reason, the path may mean something else.
func (s *set) podAt(p *layout.Place) (pod *corev1.Pod, why string) {
	for _, i := range s.indexed().pods[p.Pod] {
		pod := s.pods[i]
		if p.Namespace != "" && pod.Namespace != p.Namespace && pod.Namespace != "" {
			continue
		}
		if uid := uidOnNode(pod); p.UID == "" || uid == "" || p.UID == uid {
			return pod, ""
		}
		why = "a log of an earlier or later pod of the same name"
	}
	if why == "" && !p.Loose {
		why = "a log of a pod that is not in the input"
	}
	return nil, why
}

// uidOnNode is the UID by which the kubelet knows a pod: that of a static pod is not its mirror's but the hash of its
// manifest (k8s.io/kubernetes, pkg/kubelet/config/common.go applyDefaults; pkg/kubelet/types, ConfigHashAnnotationKey).
func uidOnNode(pod *corev1.Pod) string {
	if hash := pod.Annotations["kubernetes.io/config.hash"]; hash != "" {
		return hash
	}
	return string(pod.UID)
}

func filter(pods []*corev1.Pod, keep func(*corev1.Pod) bool) []*corev1.Pod {
	var kept []*corev1.Pod
	for _, pod := range pods {
		if keep(pod) {
			kept = append(kept, pod)
		}
	}
	return kept
}

// hasCrashed says that a run of one of the pod's containers has failed, or was followed by another. It is another question
// than whether the pod is in trouble, which evidence.Troubled answers: one that waits to be scheduled is, and has written no
// log; one that has recovered is not, and has.
func hasCrashed(pod *corev1.Pod) bool {
	if pod.Status.Phase == corev1.PodFailed {
		return true
	}
	for c := range evidence.Statuses(pod) {
		ended := c.State.Terminated
		if c.RestartCount > 0 || ended != nil && ended.ExitCode != 0 || c.LastTerminationState.Terminated != nil {
			return true
		}
	}
	return false
}
