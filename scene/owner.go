package scene

import (
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/unloop-dev/unloop/evidence"
)

// Owners are the controllers above a pod, the nearest first, whether they were read or not: its own and, above a ReplicaSet
// or a Job, that one's. A static pod's mirror has none: its node is no controller.
func (s *Scene) Owners(pod *corev1.Pod) []*metav1.OwnerReference {
	owner := metav1.GetControllerOfNoCopy(pod)
	if owner == nil || evidence.OwnerKind(owner) == "Node" {
		return nil
	}
	if above := s.above(pod, owner); above != nil {
		return []*metav1.OwnerReference{owner, above}
	}
	return []*metav1.OwnerReference{owner}
}

// above is the controller of a pod's controller, nil for none. Without the ReplicaSet, or where a text shows only a row of
// it, the pod's own label tells the Deployment.
func (s *Scene) above(pod *corev1.Pod, owner *metav1.OwnerReference) *metav1.OwnerReference {
	switch evidence.OwnerKind(owner) {
	case "ReplicaSet":
		if rs := s.replicaSets.find(owner.UID, pod.Namespace, owner.Name); rs != nil {
			if above := metav1.GetControllerOfNoCopy(rs); above != nil || rs.UID != "" { // the API's own tells all
				return above
			}
		}
		if name := evidence.DeploymentOf(pod); name != "" {
			return &metav1.OwnerReference{APIVersion: appsv1.SchemeGroupVersion.String(), Kind: "Deployment", Name: name}
		}
	case "Job":
		if job := s.jobs.find(owner.UID, pod.Namespace, owner.Name); job != nil {
			return metav1.GetControllerOfNoCopy(job)
		}
	}
	return nil
}

// Has says that the object a pod's reference means was read.
func (s *Scene) Has(pod *corev1.Pod, owner *metav1.OwnerReference) bool {
	var raw evidence.Raw
	s.dealOwner(&raw, pod.Namespace, owner)
	return len(raw.Objects()) > 0
}

func (s *Scene) dealOwners(raw *evidence.Raw) {
	for _, owner := range s.Owners(raw.Pod) {
		s.dealOwner(raw, raw.Pod.Namespace, owner)
	}
}

func (s *Scene) dealOwner(raw *evidence.Raw, namespace string, owner *metav1.OwnerReference) {
	switch uid, name := owner.UID, owner.Name; evidence.OwnerKind(owner) {
	case "ReplicaSet":
		raw.ReplicaSet = s.replicaSets.find(uid, namespace, name)
	case "Deployment":
		raw.Deployment = s.deployments.find(uid, namespace, name)
	case "StatefulSet":
		raw.StatefulSet = s.statefulSets.find(uid, namespace, name)
	case "DaemonSet":
		raw.DaemonSet = s.daemonSets.find(uid, namespace, name)
	case "Job":
		raw.Job = s.jobs.find(uid, namespace, name)
	case "CronJob":
		raw.CronJob = s.cronJobs.find(uid, namespace, name)
	}
}
