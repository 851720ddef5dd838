package bundle

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/unloop-dev/unloop/fact"
	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

// lifeOf is what the events of a pod tell of how far it came.
type lifeOf struct {
	scheduled, created, started bool
	reason                      string // of the waiting state, by the newest event that tells one
	image                       string
}

// tellStart gives the container of a pod of which only events tell the waiting state that the kubelet sets with these
// events, as long as none says that a container was started: then the newest state is not known.
func (s *set) tellStart(pod *corev1.Pod, events []*corev1.Event) {
	life := s.lifeOf(pod, events)
	if life.reason == "" || life.started || len(pod.Spec.Containers) > 1 {
		return
	}
	mounting := life.reason == "ContainerCreating"
	if mounting && (!life.scheduled || life.created) {
		return // the kubelet also mounts the volumes of a pod that runs, anew
	}
	if len(pod.Spec.Containers) == 0 {
		pod.Spec.Containers = []corev1.Container{{}}
		pod.Status.ContainerStatuses = []corev1.ContainerStatus{{}}
	}
	status := &pod.Status.ContainerStatuses[0]
	if status.State.Waiting != nil {
		return
	}
	pod.Status.Phase = corev1.PodPending
	pod.Spec.Containers[0].Image = life.image
	status.State.Waiting = &corev1.ContainerStateWaiting{Reason: life.reason}
	told := s.told[pod]
	told.Reveal(fact.State, fact.WaitingReason)
	if life.scheduled { // then it is young, and a start would be among the events too
		told.Reveal(fact.LastExit, fact.Restarts)
	}
}

func (s *set) lifeOf(pod *corev1.Pod, events []*corev1.Event) lifeOf {
	var life lifeOf
	for _, e := range events {
		switch e.Reason {
		case "Scheduled":
			life.scheduled = true
			if m := assigned.FindStringSubmatch(e.Message); m != nil {
				pod.Spec.NodeName = m[3]
				s.told[pod].Reveal(fact.NodeName, fact.Scheduled)
			}
		case "Created":
			life.created = true
		case "Started":
			life.started = true
		}
		if m := imageInMessage.FindStringSubmatch(e.Message); m != nil {
			life.image = m[1]
		}
		if reason := waitsFor(e, life.created); reason != "" {
			life.reason = reason
		}
	}
	return life
}

// imageInMessage is how the image manager names an image in its events (pkg/kubelet/images/image_manager.go).
var imageInMessage = lazyregexp.New(`^(?:Container image|Pulling image|Successfully pulled image|Failed to pull image|Back-off pulling image) "([^"\s]+)"`)

// ofConfig are errors that the kubelet finds before it asks the runtime for anything (generateContainerConfig in
// pkg/kubelet/kuberuntime/kuberuntime_container.go); errorOfImage repeats the reason of a state
// (docs/kubernetes.md#waiting-reasons).
var (
	ofConfig     = lazyregexp.New(`^Error: (?:(?:configmap|secret) ".*" not found|couldn't find key |container has runAsNonRoot |configmap references non-existent|failed to sync (?:configmap|secret) cache)`)
	errorOfImage = lazyregexp.New(`^Error: (ErrImagePull|ImagePullBackOff|ErrImageNeverPull|InvalidImageName|ImageInspectError|RegistryUnavailable|SignatureValidationFailed)\b`)
)

// waitsFor is the reason of the waiting state that comes with an event, "" when none does.
func waitsFor(e *corev1.Event, created bool) string {
	m := errorOfImage.FindStringSubmatch(e.Message)
	switch {
	case slices.Contains([]string{"FailedMount", "FailedAttachVolume", "FailedCreatePodSandBox"}, e.Reason):
		return "ContainerCreating"
	case e.Reason == "BackOff" && strings.HasPrefix(e.Message, "Back-off pulling image"):
		return "ImagePullBackOff"
	case e.Reason == "ErrImageNeverPull":
		return e.Reason
	case e.Reason != "Failed":
		return ""
	case m != nil:
		return m[1]
	case strings.HasPrefix(e.Message, "Failed to pull image"):
		return "ErrImagePull"
	case ofConfig.MatchString(e.Message):
		return "CreateContainerConfigError"
	case strings.HasPrefix(e.Message, "Error: ") && !created:
		return "CreateContainerError"
	}
	return ""
}
