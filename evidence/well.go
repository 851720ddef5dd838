package evidence

import corev1 "k8s.io/api/core/v1"

// AlwaysWell says that a container, or with "" all of the pod's, runs as it should and always did. It is not [Troubled] then,
// whatever the time is, which readers need not know for it. That a pod is not always well does not say that it is in trouble:
// it may have recovered.
func AlwaysWell(pod *corev1.Pod, container string) bool {
	if pod.DeletionTimestamp != nil || pod.Status.Phase != corev1.PodRunning && pod.Status.Phase != corev1.PodSucceeded || pod.Status.Reason == "Evicted" {
		return false
	}
	known := 0
	for status := range Statuses(pod) {
		if container != "" && status.Name != container {
			continue
		}
		known++
		running := status.State.Running != nil && status.Ready
		if status.RestartCount > 0 || status.LastTerminationState.Terminated != nil || !running && !doneForGood(pod, status) {
			return false
		}
	}
	if container != "" {
		return known > 0
	}
	return known >= len(pod.Spec.Containers)+len(pod.Spec.InitContainers)
}

// doneForGood says that a container has ended well and will not be started again.
func doneForGood(pod *corev1.Pod, status *corev1.ContainerStatus) bool {
	ended := status.State.Terminated
	if ended == nil || ended.ExitCode != 0 {
		return false
	}
	spec, kind := findSpec(pod, status.Name)
	return pod.Status.Phase == corev1.PodSucceeded || !willRestart(pod, spec, kind, ended.ExitCode)
}
