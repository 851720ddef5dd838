package evidence

import (
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

// containerReasons are the kubelet's reasons for events that are always about one container
// (docs/kubernetes.md#event-catalogue).
var containerReasons = []string{
	"Unhealthy", "ProbeWarning", "Killing", "BackOff", "Failed", "Pulling", "Pulled", "Created", "Started",
	"FailedPostStartHook", "FailedPreStopHook", "ErrImageNeverPull", "InspectFailed",
}

// containerInMessage finds the container that a message names: "Container api failed liveness probe", "Back-off
// restarting failed container api in pod …", "Created container: api".
var containerInMessage = lazyregexp.New(`\b[Cc]ontainer:? ([a-z0-9](?:[-a-z0-9]*[a-z0-9])?)(?:\s|$)`)

// containerInError is how verifyRunAsNonRoot names it (pkg/kubelet/kuberuntime/security_context.go). Elsewhere the text of
// a failure is the runtime's: "starting container process caused …" names none.
var containerInError = lazyregexp.New(`, container: ([a-z0-9](?:[-a-z0-9]*[a-z0-9])?)\)$`)

// noNames are words that follow the word container and name none: "Container started" (since 1.35), "Back-off restarting failed
// container in pod …", "Created container with id 4f2a" (up to 1.7).
var noNames = []string{"in", "with", "created", "started"}

// oldKill is how kubelets up to 1.13 spoke of a kill: "Killing container with id docker://api:Container failed liveness
// probe.. Container will be killed and recreated.", with the name in place of the id since 1.7; and up to 1.9 the reason itself
// named it: pod "api-1_shop(5c6d)" container "api" is unhealthy, it will be killed and re-created.
var oldKill = lazyregexp.New(`^Killing container with (?:docker )?id [^:]*:.*\bcontainer "([^"]+)" is unhealthy, |^Killing container with id [a-z][a-z-]*://([a-z0-9](?:[-a-z0-9]*[a-z0-9])?):`)

// ContainerInMessage is the container that the message of a kubelet's event names, "" for none.
func ContainerInMessage(reason, message string) string {
	form := containerInMessage
	switch reason {
	case "Killing":
		if m := oldKill.FindStringSubmatch(message); m != nil {
			return m[1] + m[2]
		}
	case "Failed":
		form = containerInError
	case "Pulling", "Pulled", "ErrImageNeverPull", "InspectFailed": // they speak of a container image
		return ""
	}
	if m := form.FindStringSubmatch(message); m != nil && !slices.Contains(noNames, m[1]) {
		return m[1]
	}
	return ""
}

// attribute names the container of events that lost it: kubectl describe and kubectl get events print no field path. An
// event is attributed when its message names a container of the pod, when only one container has the probe it speaks
// of, or when the pod has only one container. Otherwise it stays with the pod, since a guess would blame one container
// for another's failure.
func attribute(events []Event, pod *corev1.Pod) {
	names := ContainerNames(pod)
	for i := range events {
		e := &events[i]
		ofPod := (e.Kind == "Pod" || e.Kind == "") && (e.Object == pod.Name || e.Object == "")
		if e.Container == "" && ofPod && slices.Contains(containerReasons, e.Reason) {
			e.Container = attributed(e, pod, names)
		}
	}
}

func attributed(e *Event, pod *corev1.Pod, names []string) string {
	if name := ContainerInMessage(e.Reason, e.Message); slices.Contains(names, name) {
		return name
	}
	if m := unhealthy.FindStringSubmatch(e.Message); m != nil {
		if probed := withProbe(pod, m[1]); len(probed) == 1 {
			return probed[0]
		}
	}
	if len(names) == 1 {
		return names[0]
	}
	return ""
}

// withProbe lists the containers that have a probe of the kind, as Unhealthy events name it. Of the init containers
// only sidecars may have one.
func withProbe(pod *corev1.Pod, kind string) []string {
	var names []string
	for _, c := range slices.Concat(pod.Spec.InitContainers, pod.Spec.Containers) {
		probe := map[string]*corev1.Probe{"Liveness": c.LivenessProbe, "Readiness": c.ReadinessProbe, "Startup": c.StartupProbe}[kind]
		if probe != nil {
			names = append(names, c.Name)
		}
	}
	return names
}
