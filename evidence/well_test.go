package evidence

import (
	"math/rand/v2"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// oneOf draws.
func oneOf[T any](r *rand.Rand, from ...T) T { return from[r.IntN(len(from))] }

// anyPod is a pod in any state, mostly in one that is well.
func anyPod(r *rand.Rand) *corev1.Pod {
	pod := &corev1.Pod{}
	pod.Spec.NodeName = "n1"
	pod.Spec.RestartPolicy = oneOf(r, corev1.RestartPolicyAlways, corev1.RestartPolicyOnFailure, corev1.RestartPolicyNever, "")
	pod.Status.Phase = oneOf(r, corev1.PodRunning, corev1.PodRunning, corev1.PodSucceeded, corev1.PodPending, corev1.PodFailed)
	pod.Status.Reason = oneOf(r, "", "", "Evicted")
	if r.IntN(8) == 0 {
		pod.DeletionTimestamp = &metav1.Time{Time: crashTime}
	}
	always := corev1.ContainerRestartPolicyAlways
	pod.Spec.InitContainers = []corev1.Container{{Name: "init", RestartPolicy: oneOf(r, nil, nil, &always)}}
	pod.Spec.Containers = []corev1.Container{{Name: "app"}}
	if r.IntN(4) == 0 {
		pod.Spec.Containers[0].RestartPolicyRules = []corev1.ContainerRestartRule{{ExitCodes: &corev1.ContainerRestartRuleOnExitCodes{
			Operator: corev1.ContainerRestartRuleOnExitCodesOpIn, Values: []int32{0},
		}}}
	}
	init := anyStatus(r, "init")
	if init.State.Running != nil && pod.Spec.InitContainers[0].RestartPolicy == nil {
		init.Ready = false // it is ready when it has ended well
	}
	pod.Status.InitContainerStatuses = []corev1.ContainerStatus{init}
	if r.IntN(6) > 0 {
		pod.Status.ContainerStatuses = []corev1.ContainerStatus{anyStatus(r, "app")}
	}
	return pod
}

func anyStatus(r *rand.Rand, name string) corev1.ContainerStatus {
	status := corev1.ContainerStatus{Name: name, Ready: r.IntN(4) > 0, RestartCount: oneOf[int32](r, 0, 0, 0, 3)}
	switch r.IntN(5) {
	case 0:
		status.State.Waiting = &corev1.ContainerStateWaiting{Reason: oneOf(r, "CrashLoopBackOff", "ContainerCreating")}
	case 1, 2:
		status.State.Terminated = &corev1.ContainerStateTerminated{ExitCode: oneOf[int32](r, 0, 0, 1)}
	default:
		status.State.Running = &corev1.ContainerStateRunning{StartedAt: metav1.NewTime(crashTime.Add(-time.Minute))}
	}
	if r.IntN(6) == 0 {
		status.LastTerminationState.Terminated = &corev1.ContainerStateTerminated{ExitCode: 1, FinishedAt: metav1.NewTime(crashTime)}
	}
	return status
}

// Readers leave out what is always well before they know the time: it must not be in trouble at any.
func TestWhatIsAlwaysWellIsNeverInTrouble(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	well := 0
	for range 20_000 {
		pod := anyPod(random)
		if !AlwaysWell(pod, "") {
			continue
		}
		well++
		for _, at := range []time.Time{{}, crashTime, crashTime.Add(2 * time.Hour)} {
			if Troubled(pod, at) {
				t.Fatalf("always well, and in trouble at %v: %+v", at, pod)
			}
		}
	}
	if well < 100 {
		t.Errorf("only %d of the pods were well", well)
	}
}

// A container is asked about by itself: another's crash is not its own.
func TestContainerIsAlwaysWellBesideOneThatIsNot(t *testing.T) {
	f := new(fleet).add(1, "n1", "ok")
	pod := f.pods[0]
	pod.Spec.Containers = append(pod.Spec.Containers, corev1.Container{Name: "other"})
	pod.Status.ContainerStatuses = append(pod.Status.ContainerStatuses, corev1.ContainerStatus{Name: "other", RestartCount: 3})
	for name, want := range map[string]bool{"web": true, "other": false, "": false, "unknown": false} {
		if got := AlwaysWell(pod, name); got != want {
			t.Errorf("%q: %v", name, got)
		}
	}
}
