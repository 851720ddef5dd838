package bundle

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/unloop-dev/unloop/crashlog"
	"github.com/unloop-dev/unloop/evidence"
	"github.com/unloop-dev/unloop/internal/lazyregexp"
	"github.com/unloop-dev/unloop/layout"
	"github.com/unloop-dev/unloop/printed"
)

// owner is whose a log is: one pod's; that of one of several replicas, nobody knows which; or nobody's in the input.
type owner struct {
	pods []*corev1.Pod
	// guess says that nothing but what else there is tells it: it is the only one that can have written it.
	guess bool
	// why says why no pod of the input is it, or how it is one of several's.
	why string
	// stranger says that the log is known to be of a pod that is not in the input.
	stranger bool
}

// dealLogs gives each log to the pod that wrote it, a log of one of several replicas to all of them. A log of nobody, or of
// one of several different pods, is left over: it is answered by itself. A log under the wrong pod misleads more than none.
func (s *set) dealLogs(raws map[*corev1.Pod]*evidence.Raw) (left []leftLog) {
	guessed := map[*corev1.Pod][]foundLog{}
	refused, parts := refusedRequests(s.logs), olderParts(s.logs)
	for i, l := range s.logs {
		if refused[l.log.Path] {
			l.part.Why = "empty: the kubelet was asked again, in another way"
			continue
		}
		if parts[i] {
			l.part.Why = "logs of which a newer part is there"
			continue
		}
		o := s.ownerOf(&l)
		switch {
		case len(o.pods) == 0 && l.unread():
			l.part.Why = o.why
		case len(o.pods) == 0:
			left = append(left, leftLog{l, o})
		case o.guess && l.mayBeNotes():
			for _, pod := range o.pods {
				guessed[pod] = append(guessed[pod], l)
			}
		default:
			s.give(raws, l, o)
		}
	}
	s.dealGuessed(raws, guessed)
	for _, raw := range raws {
		pairUp(raw.Logs)
	}
	return left
}

// give files a log under its pods. A pod that is not diagnosed, a sibling, has no raw.
func (s *set) give(raws map[*corev1.Pod]*evidence.Raw, l foundLog, o owner) {
	for _, pod := range o.pods {
		raw := raws[pod]
		if raw == nil {
			l.part.For = "a pod that is here for comparison only"
			continue
		}
		log := s.named(l, pod)
		if len(o.pods) > 1 || o.stranger {
			log.Run, log.Why, log.PreviousKnown = evidence.RunUnknown, o.why, true
		}
		raw.Logs = append(raw.Logs, log)
	}
}

// dealGuessed gives out the texts whose names promise no log and name nobody: notes.txt. Where a pod has a log that tells
// of a failure, or they tell of none themselves, they are more likely notes.
func (s *set) dealGuessed(raws map[*corev1.Pod]*evidence.Raw, guessed map[*corev1.Pod][]foundLog) {
	for _, pod := range s.pods {
		raw, logs := raws[pod], guessed[pod]
		if raw == nil {
			continue
		}
		has := slices.ContainsFunc(raw.Logs, func(l evidence.RawLog) bool { return tells(l.Read) })
		telling := slices.ContainsFunc(logs, func(l foundLog) bool { return tells(l.log.Read) })
		for _, l := range logs {
			if isProse(l.log.Read) {
				l.part.Why = noEvidence
				continue
			}
			if has || len(raw.Logs) > 0 && !tells(l.log.Read) {
				l.part.Why = "text beside a log; if it is one too, name it POD.log"
				continue
			}
			if telling && !tells(l.log.Read) {
				l.part.Why = "text that tells of no failure, beside one that does"
				continue
			}
			raw.Logs = append(raw.Logs, s.named(l, pod))
		}
	}
}

// isProse says that a text is one that somebody has written about what happened.
func isProse(text *crashlog.Log) bool {
	if text == nil || text.Lines > crashlog.TailLines || tells(text) {
		return false
	}
	var lines []string
	for _, l := range text.Tail {
		lines = append(lines, l.Text)
	}
	return printed.IsProse(lines)
}

// tells says that a log tells of a failure, and does not just end.
func tells(log *crashlog.Log) bool {
	return log != nil && log.NotALog == "" && log.Crash != nil && log.Crash.Kind != crashlog.KindLast
}

// errorContainer finds the container that an error in the place of a log speaks of (docs/kubernetes.md#which-runs-log).
var errorContainer = lazyregexp.New(`container "([^"]+)" in pod "`)

// named fills in what a log's name says, now that its pod is known.
func (s *set) named(l foundLog, pod *corev1.Pod) evidence.RawLog {
	log := l.log
	log.Container = l.container(pod)
	l.part.For = strings.TrimPrefix(pod.Namespace+"/"+pod.Name, "/")
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

// ownerOf finds whose a log is: by the id of a container; by the path in a known layout; by the pod or the workload that
// the text itself, or the command above it, names; by the file's name; else it is that of the only one that can have
// written it.
func (s *set) ownerOf(l *foundLog) owner {
	n := &l.name
	if pod := s.podOfID(n.id); pod != nil {
		return owner{pods: []*corev1.Pod{pod}}
	}
	if n.place.Pod != "" {
		if pod, why := s.podAt(&n.place); pod != nil {
			return owner{pods: []*corev1.Pod{pod}}
		} else if why != "" {
			return owner{why: why, stranger: true}
		}
	}
	if l.claim.name != "" {
		return s.ownerClaimed(&l.claim)
	}
	if pod := s.bestMatch(n); pod != nil {
		return owner{pods: []*corev1.Pod{pod}}
	}
	if x := s.indexed(); len(s.pods) > fewPods {
		if x.guesses++; x.guesses > maxGuesses { // each goes through all pods
			return owner{why: "a log whose name names no pod of the input, one of many"}
		}
	}
	if name := n.otherPod(); name != "" && !slices.ContainsFunc(s.pods, func(pod *corev1.Pod) bool { return n.container(pod) != "" }) {
		return s.ownerClaimed(&claim{name: name})
	}
	return s.onlyCandidate(l)
}

func (s *set) podOfID(id string) *corev1.Pod {
	if id == "" {
		return nil
	}
	for _, pod := range s.pods {
		if statusOfID(pod, id) != nil {
			return pod
		}
	}
	return nil
}

// bestMatch finds the pod that the name of a file fits best, nil when it fits none. Of two pods of one name it is the one
// that was created last, since they are sorted.
func (s *set) bestMatch(n *logName) *corev1.Pod {
	var best *corev1.Pod
	score := 0
	for _, pod := range s.podsNamed(n) {
		if m := n.match(pod); m > 0 && m >= score {
			best, score = pod, m
		}
	}
	return best
}

// ownerClaimed finds the pod that a text says it is of, or the pods of the workload that it names. The log of a replica that
// is not in the input, replaced since or left out of a table, is evidence for those that are: they run the same.
func (s *set) ownerClaimed(c *claim) owner {
	if c.workload {
		pods := s.troubledFirst(s.podsOfWorkload(c.namespace, c.name))
		return sharedBy(pods, "of "+c.name, "a log of "+c.name+", of which no pod is in the input")
	}
	for _, i := range s.indexed().pods[c.name] {
		if pod := s.pods[i]; pod.Namespace == c.namespace || pod.Namespace == "" || c.namespace == "" {
			return owner{pods: []*corev1.Pod{pod}}
		}
	}
	pods := s.troubledFirst(s.replicasOf(c.namespace, c.name))
	o := sharedBy(pods, "", "a log of pod "+c.name+", which is not in the input")
	if o.stranger = true; len(pods) > 0 {
		o.why = "it is of pod " + c.name + ", a replica that is not in the input"
	}
	return o
}

// sharedBy is the owner of a log that one of some replicas has written.
func sharedBy(pods []*corev1.Pod, of, none string) owner {
	switch len(pods) {
	case 0:
		return owner{why: none, stranger: true}
	case 1:
		return owner{pods: pods}
	}
	return owner{pods: pods, why: strings.TrimSpace(fmt.Sprintf("it is of one of %d replicas %s", len(pods), of)) + ": nothing says of which"}
}

// onlyCandidate finds the only pod that can have written a log about which nothing else is said, or the replicas of which
// one has.
func (s *set) onlyCandidate(l *foundLog) owner {
	candidates := s.pods
	if tells(l.log.Read) {
		candidates = filter(candidates, func(pod *corev1.Pod) bool { return !s.neverFailed(pod) })
	}
	if len(candidates) == 0 {
		return owner{why: "it tells of a failure, and no pod of the input has failed"}
	}
	for _, narrow := range []func(*corev1.Pod) bool{
		func(pod *corev1.Pod) bool { _, ok := s.meta.targetOf(pod.Namespace, pod.Name); return ok },
		func(pod *corev1.Pod) bool { return !s.isRow(pod) },
		func(pod *corev1.Pod) bool { return l.container(pod) != "" },
		s.inTrouble,
		hasCrashed,
	} {
		if left := filter(candidates, narrow); len(left) > 0 {
			candidates = left
		}
	}
	switch {
	case len(candidates) == 1:
		return owner{pods: candidates, guess: l.container(candidates[0]) == ""}
	case s.areReplicas(candidates):
		o := sharedBy(candidates, "", "")
		o.guess = l.container(candidates[0]) == ""
		return o
	}
	return owner{why: "it can be of any of " + namesOf(candidates)}
}

// neverFailed says that a pod is well and always was, or that nothing but events tells of it, none of an end: a log that
// tells of a failure is another's.
func (s *set) neverFailed(pod *corev1.Pod) bool {
	if hasCrashed(pod) {
		return false
	}
	told := s.told[pod]
	return s.allReady(pod) || told != nil && told.Form == eventsForm
}

// namesOf names some pods, and counts many.
func namesOf(pods []*corev1.Pod) string {
	const most = 5
	if len(pods) > most {
		return fmt.Sprintf("%d pods", len(pods))
	}
	var names []string
	for _, pod := range pods {
		names = append(names, pod.Name)
	}
	return strings.Join(names, ", ")
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

// inTrouble says that a pod has crashed and is not well now: somebody asks about it rather than about one that has
// restarted once, long ago.
func (s *set) inTrouble(pod *corev1.Pod) bool { return hasCrashed(pod) && !s.allReady(pod) }
