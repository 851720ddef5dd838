package evidence

import (
	"iter"
	"slices"
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// This file says what an object tells of others. What several tell together is package scene's to say.

// ContainerNames lists the containers of spec and status in the order in which they start. A status without a spec
// happens in dumps that were cut, and one without a name in fragments of a text.
func ContainerNames(pod *corev1.Pod) []string {
	var names []string
	seen := map[string]bool{}
	add := func(name string) {
		if !seen[name] {
			seen[name] = true
			names = append(names, name)
		}
	}
	for i := range pod.Spec.InitContainers {
		add(pod.Spec.InitContainers[i].Name)
	}
	for i := range pod.Spec.Containers {
		add(pod.Spec.Containers[i].Name)
	}
	for i := range pod.Spec.EphemeralContainers {
		add(pod.Spec.EphemeralContainers[i].Name)
	}
	for s := range Statuses(pod) {
		add(s.Name)
	}
	return names
}

// Statuses gives the status of each container: init containers and sidecars, main containers, ephemeral ones.
func Statuses(pod *corev1.Pod) iter.Seq[*corev1.ContainerStatus] {
	return func(yield func(*corev1.ContainerStatus) bool) {
		s := &pod.Status
		for _, list := range [][]corev1.ContainerStatus{s.InitContainerStatuses, s.ContainerStatuses, s.EphemeralContainerStatuses} {
			for i := range list {
				if !yield(&list[i]) {
					return
				}
			}
		}
	}
}

// controllerGroups are the API groups of the kinds that Kubernetes itself puts above pods. Others have used their names:
// there are Jobs of Volcano, and StatefulSets of Kruise.
var controllerGroups = map[string][]string{
	"Deployment":            {"apps", "extensions"}, // extensions until Kubernetes 1.16, in old dumps
	"ReplicaSet":            {"apps", "extensions"},
	"DaemonSet":             {"apps", "extensions"},
	"StatefulSet":           {"apps"},
	"Job":                   {"batch"},
	"CronJob":               {"batch"},
	"ReplicationController": {""},
	"Node":                  {""}, // above the mirrors of static pods
}

// KindOf is the name of a kind: that of Kubernetes' own, and of one that nobody takes for those, by itself, else with its
// group, as kubectl takes it: "Job.batch.volcano.sh".
func KindOf(apiVersion, kind string) string {
	group, _, ok := strings.Cut(apiVersion, "/")
	groups := controllerGroups[kind]
	if !ok || groups == nil || slices.Contains(groups, group) {
		return kind
	}
	return kind + "." + group
}

// OwnerKind is the kind of a controller, as [KindOf] names it.
func OwnerKind(owner *metav1.OwnerReference) string { return KindOf(owner.APIVersion, owner.Kind) }

// DeploymentOf is the Deployment above a pod as the pod alone tells it, "" when it tells none: a Deployment's ReplicaSets
// are called DEPLOYMENT-HASH, and each pod carries the hash as a label (k8s.io/kubernetes/pkg/controller/deployment/sync.go
// getNewReplicaSet).
func DeploymentOf(pod *corev1.Pod) string {
	owner := metav1.GetControllerOf(pod)
	if owner == nil || OwnerKind(owner) != "ReplicaSet" {
		return ""
	}
	name, ok := strings.CutSuffix(owner.Name, "-"+pod.Labels[appsv1.DefaultDeploymentUniqueLabelKey])
	if !ok {
		return ""
	}
	return name
}

// IsAbout says that an event is about this pod and not about an earlier one of the same name, as a StatefulSet's are. The
// events of a static pod carry the UID that the kubelet made of its file (docs/kubernetes.md#kinds-of-container).
func IsAbout(e *corev1.Event, pod *corev1.Pod) bool {
	uid := e.InvolvedObject.UID
	static := types.UID(pod.Annotations[corev1.MirrorPodAnnotationKey])
	return uid == "" || pod.UID == "" || uid == pod.UID || (static != "" && uid == static)
}

// EventTime is the newest time an event carries: the kubelet fills lastTimestamp, the scheduler eventTime and series
// (docs/kubernetes.md#event-mechanics).
func EventTime(e *corev1.Event) time.Time {
	newest := e.CreationTimestamp.Time
	if e.Series != nil && e.Series.LastObservedTime.After(newest) {
		newest = e.Series.LastObservedTime.Time
	}
	for _, t := range []time.Time{e.LastTimestamp.Time, e.EventTime.Time, e.FirstTimestamp.Time} {
		if t.After(newest) {
			newest = t
		}
	}
	return newest
}
