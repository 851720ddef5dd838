package bundle

import (
	"cmp"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/unloop-dev/unloop/evidence"
	"github.com/unloop-dev/unloop/fact"
	"github.com/unloop-dev/unloop/internal/lazyregexp"
	"github.com/unloop-dev/unloop/printed"
	"github.com/unloop-dev/unloop/scene"
)

// eventsOfTrouble are reasons of events that are about a pod that ran or was to run, or a container of it.
var eventsOfTrouble = []string{
	"BackOff", "Unhealthy", "Failed", "Killing", "FailedPostStartHook", "FailedMount", "FailedAttachVolume",
	"FailedCreatePodSandBox", "ErrImageNeverPull", "InspectFailed", "Evicted", "FailedScheduling",
}

// eventsForm is Form of a pod of which only events tell.
const eventsForm = "kubectl get events"

// eventsShow is what events tell of a pod that its object tells too: its name and, where they speak of a back-off, that a run
// has ended. Its containers are those that they name.
var eventsShow = []fact.Name{fact.PodName, fact.Namespace, fact.Exited}

var eventsHide = fact.Hidden(eventsShow...)

// podsOfEvents makes pods of events that speak of one in trouble, when no other source of a pod is there. All of such a
// pod is unknown but its name and that the kubelet waits before it restarts a container.
func (s *set) podsOfEvents() {
	if len(s.pods) > 0 {
		return
	}
	known := map[scene.Object]*corev1.Pod{}
	for _, e := range s.events {
		ref := e.InvolvedObject
		if ref.Kind != "Pod" || !slices.Contains(eventsOfTrouble, e.Reason) {
			continue
		}
		about := scene.ThePod(ref.Namespace, ref.Name)
		pod := known[about]
		if pod == nil {
			pod = &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: ref.Namespace, Name: ref.Name}}
			pod.Status.Phase = corev1.PodRunning
			known[about] = pod
			s.pods = append(s.pods, pod)
			s.told[pod] = &told{Pod: printed.Pod{Pod: pod, Form: eventsForm, Hidden: slices.Clone(eventsHide)}}
			for _, sheet := range s.sheets {
				s.told[pod].at = sheet.at
			}
		}
		addContainer(pod, e)
	}
	about := map[scene.Object][]*corev1.Event{}
	for _, e := range s.events {
		o := scene.Subject(&e.InvolvedObject)
		about[o] = append(about[o], e)
	}
	for _, pod := range s.pods {
		events := about[scene.ThePod(pod.Namespace, pod.Name)]
		nameWhatLoops(pod, events)
		countRuns(pod, events)
		s.tellStart(pod, events)
		s.tellPlace(pod, events)
	}
}

// addContainer adds the container that an event names. "Back-off restarting failed container" says that it waits after
// having ended, and named none before 1.27; kubectl says the same of a pull, with another text.
func addContainer(pod *corev1.Pod, e *corev1.Event) {
	name := evidence.ContainerInMessage(e.Reason, e.Message)
	loops := e.Reason == "BackOff" && strings.HasPrefix(e.Message, "Back-off restarting failed container")
	if name == "" && !loops {
		return
	}
	at := slices.IndexFunc(pod.Spec.Containers, func(c corev1.Container) bool { return c.Name == name })
	if at < 0 {
		at = len(pod.Spec.Containers)
		pod.Spec.Containers = append(pod.Spec.Containers, corev1.Container{Name: name})
		pod.Status.ContainerStatuses = append(pod.Status.ContainerStatuses, corev1.ContainerStatus{Name: name})
	}
	if loops {
		pod.Status.ContainerStatuses[at].State.Waiting = &corev1.ContainerStateWaiting{Reason: "CrashLoopBackOff"}
		restarted(&pod.Status.ContainerStatuses[at], 1)
	}
}

// restarted notes that a container has been started again at least so often, so that a run of it has ended. How, and how often
// exactly, is hidden.
func restarted(status *corev1.ContainerStatus, times int32) {
	status.RestartCount = max(status.RestartCount, times)
	status.LastTerminationState.Terminated = &corev1.ContainerStateTerminated{ExitCode: 1}
}

// nameWhatLoops gives the container that waits in a back-off, where that does not name it, the name of the only one that the
// pod's events name. With several it stays open which of them waits.
func nameWhatLoops(pod *corev1.Pod, events []*corev1.Event) {
	nameless := slices.IndexFunc(pod.Spec.Containers, func(c corev1.Container) bool { return c.Name == "" })
	if nameless < 0 {
		return
	}
	names := map[string]bool{}
	for _, e := range events {
		names[evidence.ContainerInMessage(e.Reason, e.Message)] = true
	}
	delete(names, "")
	if len(names) != 1 {
		return
	}
	status := pod.Status.ContainerStatuses[nameless]
	for name := range names {
		status.Name = name
	}
	pod.Spec.Containers = []corev1.Container{{Name: status.Name}} // there is no other
	pod.Status.ContainerStatuses = []corev1.ContainerStatus{status}
}

// toRestart matches what the kubelet says when it kills a container in order to start it again, up to 1.14 and since
// (docs/kubernetes.md#event-catalogue).
var toRestart = lazyregexp.New(`will be restarted$|will be killed and re-?created\.?$`)

// countRuns counts the runs that events tell of: kills after which the container is started again, and starts. One kill may
// be a single one; two and more make a loop, as long as events tell of them.
func countRuns(pod *corev1.Pod, events []*corev1.Event) {
	kills, starts := map[string]int32{}, map[string]int32{}
	only := ""
	if len(pod.Spec.Containers) == 1 {
		only = pod.Spec.Containers[0].Name
	}
	for _, e := range events {
		name := cmp.Or(evidence.ContainerInMessage(e.Reason, e.Message), only)
		switch count := min(max(1, e.Count), mostRuns); {
		case e.Reason == "Killing" && toRestart.MatchString(e.Message):
			kills[name] = min(kills[name]+count, mostRuns)
		case e.Reason == "Started":
			starts[name] = min(starts[name]+count, mostRuns)
		}
	}
	for i := range pod.Status.ContainerStatuses {
		status := &pod.Status.ContainerStatuses[i]
		if times := max(kills[status.Name], starts[status.Name]-1); times > 1 || status.RestartCount > 0 {
			restarted(status, max(1, times))
		}
	}
}

// mostRuns bounds counts that foreign files may have made up.
const mostRuns = 1 << 24

// ofPlacing are the reasons of events that come before a pod has a node: the scheduler's and the autoscalers'.
var ofPlacing = []string{"FailedScheduling", "NotTriggerScaleUp", "TriggeredScaleUp", "Nominated", "WaitingForGates"}

// tellPlace reads what ends or keeps the pod as a whole: the event with which a kubelet ends it for the sake of its node, after
// which no pod lives on, and the scheduler's, as long as no other tells that it has found a node since.
func (s *set) tellPlace(pod *corev1.Pod, events []*corev1.Event) {
	evicted := slices.ContainsFunc(events, func(e *corev1.Event) bool { return e.Reason == "Evicted" })
	placed := slices.ContainsFunc(events, func(e *corev1.Event) bool { return !slices.Contains(ofPlacing, e.Reason) })
	scheduled := corev1.PodCondition{Type: corev1.PodScheduled, Status: corev1.ConditionTrue}
	switch {
	case evicted:
		pod.Status.Phase = corev1.PodFailed
	case !placed && len(events) > 0:
		pod.Status.Phase = corev1.PodPending
		scheduled.Status = corev1.ConditionFalse
	default:
		return
	}
	if len(pod.Spec.Containers) == 0 {
		pod.Spec.Containers = []corev1.Container{{}}
	}
	pod.Status.Conditions = append(pod.Status.Conditions, scheduled)
	s.told[pod].Reveal(fact.Phase, fact.Scheduled)
}
