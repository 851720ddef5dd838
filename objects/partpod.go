package objects

import (
	"encoding/json"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/unloop-dev/unloop/fact"
	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

// parts are the pods that were found.
func (b *partBuilder) parts() []Part {
	b.flush()
	var parts []Part
	for _, t := range b.pods {
		if p, ok := partOf(t); ok {
			parts = append(parts, p)
		}
	}
	return parts
}

// partOf makes a pod of its pieces; false when they tell of no container's run and of no end of the pod.
func partOf(t *tree) (Part, bool) {
	if !t.at("status").isObject() || !dropNameless(t) {
		return Part{}, false
	}
	hidden := hiddenIn(t)
	named := nameByBackOff(t)
	raw, err := json.Marshal(t.value())
	if err != nil {
		return Part{}, false
	}
	pod := &corev1.Pod{}
	lost, err := decode(raw, pod)
	if err != nil {
		return Part{}, false
	}
	trim(pod)
	complete(pod, hidden)
	hidden = slices.DeleteFunc(hidden, func(n fact.Name) bool { return slices.Contains(named, n) })
	hidden = append(hidden, UnknownFacts("Pod", lost)...)
	slices.Sort(hidden)
	return Part{pod, slices.Compact(hidden)}, true
}

// dropNameless takes out statuses of which nobody can say whose they are: those without a name, when there are several. One
// that was cut off before it tells anything must not hide what the others show. False when none is left of those that
// there were.
func dropNameless(t *tree) bool {
	all, left := 0, 0
	for _, key := range statusLists {
		list := t.at("status", key)
		if list == nil {
			continue
		}
		all += len(list.items)
		if len(list.items) > 1 {
			troubled := slices.ContainsFunc(list.items, isTroubled)
			list.items = slices.DeleteFunc(list.items, func(s *tree) bool {
				nameless := s.text("name") == "" && podIn(s) == ""
				return nameless || troubled && !isTroubled(s) && !s.hasAny("state", "restartCount")
			})
		}
		left += len(list.items)
	}
	return all == 0 || left > 0
}

// isTroubled says that the status of a container shows an end or a wait.
func isTroubled(s *tree) bool {
	return s.at("state", "waiting") != nil || s.at("state", "terminated") != nil || s.at("lastState", "terminated") != nil
}

// complete fills in what a pod has by all means: a container, of one that has ended a restart at least.
func complete(pod *corev1.Pod, hidden []fact.Name) {
	if fact.Restarts.Among(hidden) {
		for i := range pod.Status.ContainerStatuses {
			if s := &pod.Status.ContainerStatuses[i]; s.LastTerminationState.Terminated != nil && s.RestartCount == 0 {
				s.RestartCount = 1
			}
		}
	}
	status := &pod.Status
	if len(pod.Spec.Containers)+len(status.ContainerStatuses)+len(status.InitContainerStatuses) > 0 {
		return
	}
	name := ""
	if m := evictedContainer.FindStringSubmatch(status.Message); m != nil {
		name = m[1]
	}
	pod.Spec.Containers = []corev1.Container{{Name: name}}
}

// evictedContainer is how the kubelet names the container for which it has evicted a pod (pkg/kubelet/eviction/helpers.go,
// containerMessageFmt and containerEphemeralStorageMessageFmt).
var evictedContainer = lazyregexp.New(`\bContainer ([a-z0-9][a-z0-9-]*) (?:was using|exceeded its local)`)

// nameByBackOff takes the names that stand in the message of a waiting container, and says which.
func nameByBackOff(t *tree) []fact.Name {
	var facts []fact.Name
	for _, list := range statusLists {
		statuses := t.at("status", list)
		if statuses == nil {
			continue
		}
		for _, s := range statuses.items {
			m := backOff.FindStringSubmatch(s.text("state", "waiting", "message"))
			if m == nil {
				continue
			}
			if s.isObject() && !s.has("name") && m[1] != "" {
				s.members["name"] = &tree{scalar: m[1]}
			}
			if !t.at("metadata").isObject() {
				t.members["metadata"] = openObject()
			}
			metadata := t.at("metadata")
			for key, value := range map[string]string{"name": m[2], "namespace": m[3], "uid": m[4]} {
				if !metadata.has(key) {
					metadata.members[key] = &tree{scalar: value}
					facts = append(facts, namesOfPod[key])
				}
			}
		}
	}
	return facts
}

var namesOfPod = map[string]fact.Name{"name": fact.PodName, "namespace": fact.Namespace, "uid": fact.UID}
