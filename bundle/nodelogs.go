package bundle

import (
	"slices"

	"github.com/unloop-dev/unloop/layout"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/unloop-dev/unloop/fact"
	"github.com/unloop-dev/unloop/printed"
	"github.com/unloop-dev/unloop/scene"
)

// nodeLogsForm is Form of a pod of which nothing but its log files is known.
const nodeLogsForm = "the kubelet's log files"

// nodeLogsShow is what names of log files tell: what the pod and its containers are called, and how often they were started
// again, but not how they ended.
var nodeLogsShow = []fact.Name{
	fact.PodName, fact.Namespace, fact.UID, fact.Restarts, fact.Exited, fact.LastExit, fact.NeverRan,
}

var nodeLogsHide = fact.Hidden(nodeLogsShow...)

// podsOfLogs makes pods of the names of the kubelet's log files where nothing else tells of one, as in what is copied
// from a node. The number of a container's newest file is how often it was started again. Those that never were are left
// out: nothing says that they are in trouble.
func (s *set) podsOfLogs() {
	if len(s.pods) > 0 {
		return
	}
	if s.told == nil {
		s.told = map[*corev1.Pod]*told{}
	}
	for _, l := range s.nodeLogs() {
		pod := scene.Find(s.pods, types.UID(l.UID), l.Namespace, l.Pod)
		if pod == nil {
			pod = &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: l.Namespace, Name: l.Pod, UID: types.UID(l.UID)}}
			pod.Status.Phase = corev1.PodRunning
			pod.Status.Conditions = []corev1.PodCondition{{Type: corev1.PodScheduled, Status: corev1.ConditionTrue}}
			s.pods = append(s.pods, pod)
			s.told[pod] = &told{Pod: printed.Pod{Pod: pod, Form: nodeLogsForm, Hidden: slices.Clone(nodeLogsHide)}}
		}
		pod.Spec.Containers = append(pod.Spec.Containers, corev1.Container{Name: l.Container})
		pod.Status.ContainerStatuses = append(pod.Status.ContainerStatuses, l.status())
	}
}

// nodeLog is what the names of the log files of a container tell together.
type nodeLog struct {
	layout.Place
	before bool // there is a log of the run before the newest
}

// status is that of a container that was started again. The kubelet keeps but one dead instance of each
// (docs/kubernetes.md#log-retention), so that the newest of two is alive, or has died just now.
func (l *nodeLog) status() corev1.ContainerStatus {
	s := corev1.ContainerStatus{Name: l.Container, RestartCount: int32(l.Attempt)}
	s.LastTerminationState.Terminated = &corev1.ContainerStateTerminated{}
	if l.before {
		s.State.Running = &corev1.ContainerStateRunning{}
	}
	return s
}

// nodeLogs gives the containers that were started again.
func (s *set) nodeLogs() []*nodeLog {
	type key struct{ uid, container string }
	known := map[key]*nodeLog{}
	var logs []*nodeLog
	for _, p := range s.logPlaces() {
		k := key{p.UID, p.Container}
		l := known[k]
		switch {
		case p.UID == "" || p.Attempt < 0:
		case l == nil:
			known[k] = &nodeLog{Place: p}
			logs = append(logs, known[k])
		case p.Attempt > l.Attempt:
			l.Place, l.before = p, p.Attempt == l.Attempt+1
		case p.Attempt == l.Attempt-1:
			l.before = true
		}
	}
	return slices.DeleteFunc(logs, func(l *nodeLog) bool { return l.Attempt == 0 })
}

func (s *set) logPlaces() []layout.Place {
	var places []layout.Place
	for _, l := range s.later {
		places = append(places, l.said.place)
	}
	for _, l := range s.logs {
		places = append(places, l.name.place)
	}
	return places
}
