package cluster

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/unloop-dev/unloop/evidence"
)

// words holds each text once. The pods of a cluster share most of theirs: labels, images, nodes, controllers.
type words map[string]string

func (w words) once(texts ...*string) {
	for _, text := range texts {
		known, ok := w[*text]
		if !ok {
			known = *text
			w[known] = known
		}
		*text = known
	}
}

// lean gives what is kept of a pod of a sweep that is well: what its siblings are told, of which it may have one in
// trouble.
func (w words) lean(pod *corev1.Pod) *corev1.Pod {
	out := evidence.AsSibling(pod)
	out.ResourceVersion = ""
	out.Status = corev1.PodStatus{Phase: out.Status.Phase, Reason: out.Status.Reason, StartTime: out.Status.StartTime}
	out.Status.InitContainerStatuses = w.leanStatuses(pod.Status.InitContainerStatuses)
	out.Status.ContainerStatuses = w.leanStatuses(pod.Status.ContainerStatuses)
	out.Status.EphemeralContainerStatuses = w.leanStatuses(pod.Status.EphemeralContainerStatuses)
	w.once(&out.Namespace, &out.Spec.NodeName)
	out.Labels = make(map[string]string, len(pod.Labels))
	for key, value := range pod.Labels {
		w.once(&key, &value)
		out.Labels[key] = value
	}
	for i := range out.OwnerReferences {
		o := &out.OwnerReferences[i]
		uid := string(o.UID)
		w.once(&o.APIVersion, &o.Kind, &o.Name, &uid)
		o.UID = types.UID(uid)
	}
	for i := range out.Spec.Containers {
		w.once(&out.Spec.Containers[i].Name, &out.Spec.Containers[i].Image)
	}
	for i := range out.Spec.InitContainers {
		w.once(&out.Spec.InitContainers[i].Name, &out.Spec.InitContainers[i].Image)
	}
	return out
}

func (w words) leanStatuses(statuses []corev1.ContainerStatus) []corev1.ContainerStatus {
	var out []corev1.ContainerStatus
	for i := range statuses {
		s := &statuses[i]
		w.once(&s.Name, &s.Image, &s.ImageID)
		out = append(out, corev1.ContainerStatus{
			Name: s.Name, Image: s.Image, ImageID: s.ImageID, State: s.State, LastTerminationState: s.LastTerminationState,
			Ready: s.Ready, RestartCount: s.RestartCount, Started: s.Started,
		})
	}
	return out
}
