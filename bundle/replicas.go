package bundle

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

// workloadHash is what a Deployment puts between its own name and that of a pod: the hash of the template, in letters that
// make no words (k8s.io/kubernetes, pkg/controller/deployment/sync.go; k8s.io/apimachinery/pkg/util/rand).
var workloadHash = lazyregexp.New(`^[bcdfghjklmnpqrstvwxz2456789]{6,10}$`)

// workloadNames are the names of the controllers of a pod of this name, as far as the name tells: "api-7d4f9c8b5-x2x4z" is
// of ReplicaSet api-7d4f9c8b5 and Deployment api, "db-0" of StatefulSet db, "agent-9qwzr" of DaemonSet agent. None for a
// name that no controller makes.
func workloadNames(pod string) []string {
	owner, ok := cutSuffix(pod, podSuffix)
	if !ok {
		return nil
	}
	names := []string{owner}
	if top, ok := cutSuffix(owner, workloadHash); ok {
		names = append(names, top)
	}
	return names
}

// cutSuffix cuts the last part of a name, between its last dash and its end, if it has the form.
func cutSuffix(name string, form *lazyregexp.Regexp) (rest string, ok bool) {
	dash := strings.LastIndexByte(name, '-')
	if dash <= 0 || !form.MatchString(name[dash+1:]) {
		return "", false
	}
	return name[:dash], true
}

// workloadOf names the workload of a pod: what stands above it all, by its controller, else by its name. "" for a pod that
// stands alone.
func workloadOf(pod *corev1.Pod) string {
	if owner := metav1.GetControllerOf(pod); owner != nil {
		if top, ok := cutSuffix(owner.Name, workloadHash); ok && owner.Kind == "ReplicaSet" {
			return top
		}
		return owner.Name
	}
	names := workloadNames(pod.Name)
	if len(names) == 0 {
		return ""
	}
	return names[len(names)-1]
}

// namesAbove are the names of the workload of a pod and of the ReplicaSet between them.
func namesAbove(pod *corev1.Pod) []string {
	owner := metav1.GetControllerOf(pod)
	if owner == nil {
		return workloadNames(pod.Name)
	}
	names := []string{owner.Name}
	if top := workloadOf(pod); top != owner.Name {
		names = append(names, top)
	}
	return names
}

// areReplicas says that pods are of one workload.
func (s *set) areReplicas(pods []*corev1.Pod) bool {
	if len(pods) < 2 {
		return false
	}
	of, namespace := workloadOf(pods[0]), pods[0].Namespace
	return of != "" && !slices.ContainsFunc(pods, func(pod *corev1.Pod) bool {
		return workloadOf(pod) != of || pod.Namespace != namespace
	})
}

// podsOfWorkload are the pods of the workload, or of the ReplicaSet, of this name.
func (s *set) podsOfWorkload(namespace, name string) []*corev1.Pod {
	var pods []*corev1.Pod
	for _, i := range s.indexed().workloads[name] {
		if pod := s.pods[i]; namespace == "" || pod.Namespace == "" || pod.Namespace == namespace {
			pods = append(pods, pod)
		}
	}
	return pods
}

// replicasOf are the pods beside which a pod of this name would stand: those of its ReplicaSet, StatefulSet or DaemonSet.
// Those of the same Deployment with another hash run another template: its log says nothing of them.
func (s *set) replicasOf(namespace, name string) []*corev1.Pod {
	names := workloadNames(name)
	if len(names) == 0 {
		return nil
	}
	return s.podsOfWorkload(namespace, names[0])
}

// troubledFirst keeps those that are in trouble, where some are.
func (s *set) troubledFirst(pods []*corev1.Pod) []*corev1.Pod {
	for _, narrow := range []func(*corev1.Pod) bool{s.inTrouble, hasCrashed} {
		if left := filter(pods, narrow); len(left) > 0 {
			return left
		}
	}
	return pods
}
