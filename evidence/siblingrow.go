package evidence

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// isRow says that a pod was read back from a row of a table: its one word speaks of one container without naming it.
func isRow(pod *corev1.Pod) bool {
	if len(pod.Spec.Containers) > 0 && pod.Spec.Containers[0].Name != "" {
		return false
	}
	names := ContainerNames(pod)
	return len(names) == 1 && names[0] == ""
}

// counterpart is how the container name of pod is called in its sibling, which may be a row. What a row tells, it tells of
// this container when that is the only one of its kind, or when all containers are ready; else told is false. Asked from
// a row, a sibling that is more than one answers with its container in trouble, else with its first.
func counterpart(name string, pod, sibling *corev1.Pod) (theirs string, told bool) {
	switch mine := isRow(pod); {
	case mine == isRow(sibling):
		return name, true
	case mine:
		return inTroubleOrFirst(sibling), true
	}
	_, kind := findSpec(pod, name)
	_, speaksOf := findSpec(sibling, "")
	if status := findStatus(sibling, ""); status != nil && status.Ready {
		return "", kind == KindMain || kind == KindSidecar
	}
	if speaksOf == KindInit {
		return "", kind == KindInit && len(pod.Spec.InitContainers) == 1 || kind == KindMain
	}
	return "", kind == KindMain && len(pod.Spec.Containers) == 1
}

// inTroubleOrFirst names the container that a row would speak of, as far as names and exits tell.
func inTroubleOrFirst(pod *corev1.Pod) string {
	for s := range Statuses(pod) {
		if !s.Ready && (s.State.Waiting != nil || s.State.Terminated != nil && s.State.Terminated.ExitCode != 0) {
			return s.Name
		}
	}
	if len(pod.Spec.Containers) > 0 {
		return pod.Spec.Containers[0].Name
	}
	return ""
}

// sameRevision says that both pods are of one template. A row of these controllers tells none: their pods' names hold no
// hash of it, as those of a ReplicaSet do.
func sameRevision(pod *corev1.Pod, r *replica) bool {
	if owner := metav1.GetControllerOf(pod); r.revision == "" && r.row && owner != nil && slices.Contains([]string{"DaemonSet", "StatefulSet"}, OwnerKind(owner)) {
		return false
	}
	return r.revision == revisionOf(pod)
}
