package cluster

import (
	"fmt"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"

	"github.com/unloop-dev/unloop/cluster/fakeapi"
	"github.com/unloop-dev/unloop/evidence"
)

// now is when the tests' cluster is looked at.
var now = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func ago(d time.Duration) metav1.Time { return metav1.NewTime(now.Add(-d)) }

// podP asks for the pod p.
var podP = Request{Targets: []Target{{"Pod", "p"}}}

// startAPI starts an API server with objects and a client that talks to it as a kubeconfig's user in namespace shop.
func startAPI(t *testing.T, objects ...runtime.Object) (*fakeapi.Server, *Client) {
	t.Helper()
	api := fakeapi.Start(objects...)
	t.Cleanup(api.Close)
	api.SetTime(now)
	kubeconfig, err := api.Kubeconfig(t.TempDir(), "shop")
	if err != nil {
		t.Fatal(err)
	}
	c, err := (&Flags{Kubeconfig: kubeconfig}).Connect("test")
	if err != nil {
		t.Fatal(err)
	}
	return api, c
}

func collectOne(t *testing.T, c *Client, req Request) *evidence.Raw {
	t.Helper()
	raws, err := c.Collect(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	if len(raws) != 1 {
		t.Fatalf("collected %d pods, want 1", len(raws))
	}
	return raws[0]
}

// healthy is a pod whose only container, app, has run since an hour.
func healthy(name, node string) *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: "shop", Name: name, UID: types.UID("uid-" + name), CreationTimestamp: ago(time.Hour),
			Labels: map[string]string{"app": "web"},
		},
		Spec: corev1.PodSpec{NodeName: node, Containers: []corev1.Container{{Name: "app", Image: "web:1"}}},
		Status: corev1.PodStatus{Phase: corev1.PodRunning, ContainerStatuses: []corev1.ContainerStatus{{
			Name: "app", Ready: true, ContainerID: "containerd://run-of-" + name,
			State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: ago(time.Hour)}},
		}}},
	}
}

// looping is a pod whose container app waits in CrashLoopBackOff after an exit with code.
func looping(name, node string, code int32) *corev1.Pod {
	pod := healthy(name, node)
	s := &pod.Status.ContainerStatuses[0]
	s.Ready, s.RestartCount = false, 7
	s.State = corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{
		Reason: "CrashLoopBackOff", Message: fmt.Sprintf("back-off 5m0s restarting failed container=app pod=%s_shop(uid-%s)", name, name),
	}}
	s.LastTerminationState = died(code, time.Minute)
	return pod
}

// died is the state of a run of two seconds.
func died(code int32, since time.Duration) corev1.ContainerState {
	return corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{
		ExitCode: code, Reason: "Error", ContainerID: "containerd://dead",
		StartedAt: ago(since + 2*time.Second), FinishedAt: ago(since),
	}}
}

func controller(kind, name string) []metav1.OwnerReference {
	yes := true
	group := "apps/v1"
	if kind == "Job" || kind == "CronJob" {
		group = "batch/v1"
	}
	return []metav1.OwnerReference{{APIVersion: group, Kind: kind, Name: name, UID: types.UID("uid-" + name), Controller: &yes}}
}

// owned puts a pod under a controller.
func owned(pod *corev1.Pod, kind, name string) *corev1.Pod {
	pod.OwnerReferences = controller(kind, name)
	return pod
}

// ofRevision puts a pod under the ReplicaSet web-HASH of the Deployment web.
func ofRevision(pod *corev1.Pod, hash string) *corev1.Pod {
	pod.Labels[appsv1.DefaultDeploymentUniqueLabelKey] = hash
	return owned(pod, "ReplicaSet", "web-"+hash)
}

// deployment is the Deployment web with a ReplicaSet for each revision.
func deployment(hashes ...string) []runtime.Object {
	labels := map[string]string{"app": "web"}
	objects := []runtime.Object{&appsv1.Deployment{
		ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "web", UID: "uid-web"},
		Spec:       appsv1.DeploymentSpec{Selector: &metav1.LabelSelector{MatchLabels: labels}},
	}}
	for i, hash := range hashes {
		own := map[string]string{"app": "web", appsv1.DefaultDeploymentUniqueLabelKey: hash}
		objects = append(objects, &appsv1.ReplicaSet{
			ObjectMeta: metav1.ObjectMeta{
				Namespace: "shop", Name: "web-" + hash, UID: types.UID("uid-web-" + hash), Labels: own,
				OwnerReferences: controller("Deployment", "web"),
				Annotations:     map[string]string{"deployment.kubernetes.io/revision": fmt.Sprint(i + 1)},
			},
			Spec: appsv1.ReplicaSetSpec{Selector: &metav1.LabelSelector{MatchLabels: own}},
		})
	}
	return objects
}

func node(name string, ready corev1.ConditionStatus) *corev1.Node {
	return &corev1.Node{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Status:     corev1.NodeStatus{Conditions: []corev1.NodeCondition{{Type: corev1.NodeReady, Status: ready}}},
	}
}

func event(name, kind, object string, uid types.UID, reason string) *corev1.Event {
	return &corev1.Event{
		ObjectMeta:     metav1.ObjectMeta{Namespace: "shop", Name: name},
		InvolvedObject: corev1.ObjectReference{Kind: kind, Namespace: "shop", Name: object, UID: uid},
		Reason:         reason, LastTimestamp: ago(time.Minute),
	}
}

func job(name string, owner []metav1.OwnerReference) *batchv1.Job {
	return &batchv1.Job{
		ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: name, UID: types.UID("uid-" + name), OwnerReferences: owner},
		Spec: batchv1.JobSpec{Selector: &metav1.LabelSelector{MatchLabels: map[string]string{
			batchv1.ControllerUidLabel: "uid-" + name,
		}}},
	}
}

// ofJob makes a pod a Job's.
func ofJob(pod *corev1.Pod, name string) *corev1.Pod {
	pod.Labels = map[string]string{batchv1.ControllerUidLabel: "uid-" + name, batchv1.JobNameLabel: name, "job-name": name}
	pod.Spec.RestartPolicy = corev1.RestartPolicyOnFailure
	return owned(pod, "Job", name)
}

func objects(lists ...[]runtime.Object) []runtime.Object {
	var all []runtime.Object
	for _, l := range lists {
		all = append(all, l...)
	}
	return all
}

func podNames(pods []*corev1.Pod) []string {
	var names []string
	for _, p := range pods {
		names = append(names, p.Name)
	}
	return names
}

func cronJob(name string) *batchv1.CronJob {
	return &batchv1.CronJob{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: name, UID: types.UID("uid-" + name)}}
}

// workload is a controller of the pods with the label app=web.
func workload(kind, name string) runtime.Object {
	m := metav1.ObjectMeta{Namespace: "shop", Name: name, UID: types.UID("uid-" + name)}
	selector := &metav1.LabelSelector{MatchLabels: map[string]string{"app": "web"}}
	switch kind {
	case "StatefulSet":
		return &appsv1.StatefulSet{ObjectMeta: m, Spec: appsv1.StatefulSetSpec{Selector: selector}}
	case "DaemonSet":
		return &appsv1.DaemonSet{ObjectMeta: m, Spec: appsv1.DaemonSetSpec{Selector: selector}}
	case "ReplicaSet":
		return &appsv1.ReplicaSet{ObjectMeta: m, Spec: appsv1.ReplicaSetSpec{Selector: selector}}
	}
	return &batchv1.Job{ObjectMeta: m, Spec: batchv1.JobSpec{Selector: selector}}
}
