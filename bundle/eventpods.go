package bundle

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/unloop-dev/unloop/evidence"
	"github.com/unloop-dev/unloop/fact"
	"github.com/unloop-dev/unloop/printed"
	"github.com/unloop-dev/unloop/scene"
)

// eventsOfTrouble are reasons of events that are about a container of a pod that ran or was to run.
var eventsOfTrouble = []string{
	"BackOff", "Unhealthy", "Failed", "Killing", "FailedPostStartHook", "FailedMount", "FailedAttachVolume",
	"FailedCreatePodSandBox", "ErrImageNeverPull", "InspectFailed",
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
	for _, e := range s.events {
		pod := known[scene.ThePod(e.InvolvedObject.Namespace, e.InvolvedObject.Name)]
		if pod == nil || e.Reason != "Started" || len(pod.Status.ContainerStatuses) != 1 {
			continue
		}
		if status := &pod.Status.ContainerStatuses[0]; status.RestartCount > 0 {
			status.RestartCount = max(status.RestartCount, e.Count-1)
		}
	}
	about := map[scene.Object][]*corev1.Event{}
	for _, e := range s.events {
		o := scene.Subject(&e.InvolvedObject)
		about[o] = append(about[o], e)
	}
	for _, pod := range s.pods {
		s.tellStart(pod, about[scene.ThePod(pod.Namespace, pod.Name)])
	}
}

// addContainer adds the container that an event names. "Back-off restarting failed container" says that it waits after
// having ended; kubectl says the same of a pull, with another text.
func addContainer(pod *corev1.Pod, e *corev1.Event) {
	name := evidence.ContainerInMessage(e.Reason, e.Message)
	loops := e.Reason == "BackOff" && strings.HasPrefix(e.Message, "Back-off restarting failed container")
	if name == "" && (!loops || len(pod.Spec.Containers) > 0) {
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
		pod.Status.ContainerStatuses[at].RestartCount = 1 // at least; the fact is hidden
		pod.Status.ContainerStatuses[at].LastTerminationState.Terminated = &corev1.ContainerStateTerminated{ExitCode: 1}
	}
}
