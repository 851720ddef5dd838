package bundle

import (
	"cmp"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/unloop-dev/unloop/evidence"
	"github.com/unloop-dev/unloop/scene"
)

// leftLog is a log that no pod of the input was given, and why.
type leftLog struct {
	foundLog
	owner owner
}

// podName is the name of the pod that a log says it is of, "" when it says none.
func (l *leftLog) podName() evidence.Name {
	switch {
	case l.claim.name != "" && !l.claim.workload:
		return evidence.Name{Namespace: l.claim.namespace, Name: l.claim.name}
	case l.name.place.Pod != "":
		return evidence.Name{Namespace: l.name.place.Namespace, Name: l.name.place.Pod}
	}
	return evidence.Name{Name: l.name.otherPod()}
}

// container is the container that a log without a pod is of, as far as it or its path says.
func (l *leftLog) containerName() string {
	return cmp.Or(l.claim.container, l.name.place.Container, l.log.Container)
}

// alone answers each log that belongs to no pod of the input by itself: it may well tell why a container died, whoever's it
// is. Those of one pod are answered together. Where there is anything else to answer, one that tells of no failure is named
// and not answered.
func (s *set) alone(left []leftLog) []entry {
	var kept []leftLog
	others := len(s.pods) > 0 || slices.ContainsFunc(left, func(l leftLog) bool { return tells(l.log.Read) })
	for _, l := range left {
		switch read := l.log.Read; {
		case read != nil && read.NotALog != "":
			l.part.Why = "not a log but an error: " + read.NotALog
		case read != nil && read.Empty && (l.owner.why == "" || others): // it tells something of a pod, and nothing without one
			l.part.Why = cmp.Or(l.owner.why, "empty")
		case (others || len(kept) >= fewLogs) && !tells(read):
			l.part.Why = joinWhy(l.owner.why, "text that tells of no failure")
		default:
			kept = append(kept, l)
		}
	}
	return s.ofLogs(kept)
}

// joinWhy says two reasons.
func joinWhy(first, second string) string {
	if first == "" {
		return second
	}
	return first + "; " + second
}

// ofLogs makes one entry of the logs of each pod that they name, and one of each that names none.
func (s *set) ofLogs(logs []leftLog) []entry {
	t, _ := s.meta.targetOf("", "")
	var entries []entry
	of := map[evidence.Name]*evidence.Raw{}
	for i := range logs {
		l := &logs[i]
		name := l.podName()
		raw := of[name]
		if raw == nil || name.Name == "" {
			raw = &evidence.Raw{Named: name, Missing: t.Missing}
			if t.At != nil {
				raw.At = *t.At
			}
			of[name] = raw
			entries = append(entries, entry{raw: raw})
		}
		log := l.log
		log.Container = l.containerName()
		l.part.For = strings.TrimPrefix(name.Namespace+"/"+name.Name, "/")
		raw.Logs = append(raw.Logs, log)
		raw.NamedWhy = cmp.Or(raw.NamedWhy, l.owner.why)
	}
	return entries
}

// withoutPod makes what can be made of logs and events alone.
func (s *set) withoutPod() []entry {
	var left []leftLog
	for _, l := range s.logs {
		left = append(left, leftLog{foundLog: l})
	}
	entries := s.alone(left)
	ofPods := slices.ContainsFunc(s.events, func(e *corev1.Event) bool {
		return e.InvolvedObject.Kind == "Pod" || e.InvolvedObject.Kind == ""
	})
	if len(entries) == 0 && ofPods { // those of a Deployment tell nothing of a container
		t, _ := s.meta.targetOf("", "")
		entries = []entry{{raw: &evidence.Raw{Missing: t.Missing}}}
	}
	for i := range entries {
		raw := entries[i].raw
		raw.EventsRead = len(s.events) > 0
		for _, e := range s.events {
			if len(entries) == 1 || raw.Named.Name != "" && scene.Subject(&e.InvolvedObject) == scene.ThePod(raw.Named.Namespace, raw.Named.Name) {
				raw.Events = append(raw.Events, *e)
			}
		}
	}
	return entries
}
