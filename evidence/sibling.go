package evidence

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// AsSibling gives what the other pods of its workload are told about a pod, and what its own verdict hangs on. Of thousands
// that are well, readers keep no more.
func AsSibling(pod *corev1.Pod) *corev1.Pod {
	out := &corev1.Pod{TypeMeta: pod.TypeMeta, Status: pod.Status}
	out.Name, out.Namespace, out.UID = pod.Name, pod.Namespace, pod.UID
	out.ResourceVersion, out.CreationTimestamp, out.DeletionTimestamp = pod.ResourceVersion, pod.CreationTimestamp, pod.DeletionTimestamp
	out.Labels, out.OwnerReferences = pod.Labels, pod.OwnerReferences
	for _, key := range []string{corev1.MirrorPodAnnotationKey, "kubernetes.io/config.hash"} {
		if value, ok := pod.Annotations[key]; ok {
			metav1.SetMetaDataAnnotation(&out.ObjectMeta, key, value)
		}
	}
	out.Spec.NodeName, out.Spec.RestartPolicy = pod.Spec.NodeName, pod.Spec.RestartPolicy
	out.Spec.Containers, out.Spec.InitContainers = bareContainers(pod.Spec.Containers), bareContainers(pod.Spec.InitContainers)
	out.Spec.EphemeralContainers = pod.Spec.EphemeralContainers
	return out
}

func bareContainers(containers []corev1.Container) []corev1.Container {
	var out []corev1.Container
	for i := range containers {
		c := &containers[i]
		out = append(out, corev1.Container{
			Name: c.Name, Image: c.Image, RestartPolicy: c.RestartPolicy, RestartPolicyRules: c.RestartPolicyRules,
		})
	}
	return out
}
