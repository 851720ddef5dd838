package cluster

import (
	"maps"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/unloop-dev/unloop/evidence"
)

// workloadOf is the controller above a pod as the pod alone tells it. The zero Target means that there is none.
func workloadOf(pod *corev1.Pod) Target {
	w := evidence.WorkloadOf(pod)
	return Target{Kind: w.Kind, Name: w.Name}
}

// selectorFromLabels selects the pods beside one whose controller could not be read: those with the same labels but for
// those that controllers and the API server set for each revision or pod.
func selectorFromLabels(from map[string]string) string {
	set := maps.Clone(from)
	maps.DeleteFunc(set, func(key, _ string) bool {
		return ownLabels[key] || strings.HasPrefix(key, "topology.kubernetes.io/") // copied from the node since 1.35
	})
	return labels.SelectorFromSet(set).String()
}

// ownLabels differ between the pods, or the revisions, of one workload.
var ownLabels = map[string]bool{
	appsv1.DefaultDeploymentUniqueLabelKey: true,
	appsv1.ControllerRevisionHashLabelKey:  true,
	appsv1.StatefulSetPodNameLabel:         true,
	appsv1.PodIndexLabel:                   true,
	batchv1.JobCompletionIndexAnnotation:   true,
	"pod-template-generation":              true,
}

// selectorOf writes a controller's selector for a list, without the hash that narrows a ReplicaSet's to one revision.
func selectorOf(s *metav1.LabelSelector) string {
	if s == nil {
		return ""
	}
	s = s.DeepCopy()
	delete(s.MatchLabels, appsv1.DefaultDeploymentUniqueLabelKey)
	selector, err := metav1.LabelSelectorAsSelector(s)
	if err != nil {
		return ""
	}
	return selector.String()
}
