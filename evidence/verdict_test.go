package evidence

import (
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

var noon = time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)

// before gives the API time that lies d before noon, the moment at which the tests look.
func before(d time.Duration) metav1.Time { return metav1.NewTime(noon.Add(-d)) }

func ended(code int32, started, finished time.Duration) *corev1.ContainerStateTerminated {
	return &corev1.ContainerStateTerminated{ExitCode: code, Reason: "Error", StartedAt: before(started), FinishedAt: before(finished)}
}

func running(d time.Duration) corev1.ContainerState {
	return corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: before(d)}}
}

func waiting(reason string) corev1.ContainerState {
	return corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: reason}}
}

func onePod(age time.Duration, status corev1.ContainerStatus) *corev1.Pod {
	start := before(age)
	status.Name = "app"
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: "app-0", Namespace: "shop", CreationTimestamp: start},
		Spec:       corev1.PodSpec{NodeName: "n1", RestartPolicy: corev1.RestartPolicyAlways, Containers: []corev1.Container{{Name: "app"}}},
		Status:     corev1.PodStatus{Phase: corev1.PodRunning, StartTime: &start, ContainerStatuses: []corev1.ContainerStatus{status}},
	}
}

func TestVerdictOfALoopDoesNotHangOnTheWord(t *testing.T) {
	last := func(x *corev1.ContainerStateTerminated) corev1.ContainerState {
		return corev1.ContainerState{Terminated: x}
	}
	for _, tt := range []struct {
		name   string
		age    time.Duration
		status corev1.ContainerStatus
		want   Verdict
	}{
		{"waiting in back-off", time.Hour, corev1.ContainerStatus{RestartCount: 9, State: waiting("CrashLoopBackOff"), LastTerminationState: last(ended(1, 62*time.Second, time.Minute))}, CrashLooping},
		{"just terminated", time.Hour, corev1.ContainerStatus{RestartCount: 9, State: last(ended(1, 2*time.Second, time.Second))}, CrashLooping},
		{"just completed", time.Hour, corev1.ContainerStatus{RestartCount: 9, State: last(ended(0, 2*time.Second, time.Second))}, CrashLooping},
		{"running between two crashes", time.Hour, corev1.ContainerStatus{RestartCount: 9, State: running(time.Second), LastTerminationState: last(ended(1, 5*time.Minute+time.Second, 5*time.Minute))}, CrashLooping},
		{"slow loop, seen running and ready", 5 * time.Hour, corev1.ContainerStatus{Ready: true, RestartCount: 12, State: running(15 * time.Minute), LastTerminationState: last(ended(137, 40*time.Minute, 15*time.Minute))}, CrashLooping},
		{"start error between attempts", time.Minute, corev1.ContainerStatus{RestartCount: 2, State: waiting("RunContainerError"), LastTerminationState: last(&corev1.ContainerStateTerminated{ExitCode: 128, Reason: "StartError", FinishedAt: before(time.Second)})}, CrashLooping},
		{"pull fails between two crashes", time.Hour, corev1.ContainerStatus{RestartCount: 4, State: waiting("ImagePullBackOff"), LastTerminationState: last(ended(1, 62*time.Second, time.Minute))}, CrashLooping},
		{"first restart, not well", time.Minute, corev1.ContainerStatus{RestartCount: 1, State: running(20 * time.Second), LastTerminationState: last(ended(0, 40*time.Second, 21*time.Second))}, CrashLooping},
		{"crashed at boot until the database came, well since", time.Hour, corev1.ContainerStatus{Ready: true, RestartCount: 5, State: running(6 * time.Minute), LastTerminationState: last(ended(1, 7*time.Minute, 7*time.Minute-time.Second))}, Recovered},
		{"restarted last week", 720 * time.Hour, corev1.ContainerStatus{Ready: true, RestartCount: 3, State: running(168 * time.Hour), LastTerminationState: last(ended(1, 200*time.Hour, 168*time.Hour))}, Recovered},
		{"old OOM, healthy now", 720 * time.Hour, corev1.ContainerStatus{Ready: true, RestartCount: 1, State: running(48 * time.Hour), LastTerminationState: last(ended(137, 700*time.Hour, 48*time.Hour))}, Recovered},
		{"one crash after weeks, up again", 720 * time.Hour, corev1.ContainerStatus{Ready: true, RestartCount: 1, State: running(time.Minute), LastTerminationState: last(ended(137, 700*time.Hour, time.Minute))}, Recovered},
		{"up for nine hours, not ready since a minute", 19 * time.Hour, corev1.ContainerStatus{RestartCount: 2, State: running(9 * time.Hour), LastTerminationState: last(ended(1, 14*time.Hour, 9*time.Hour+time.Second))}, NotReady},
		{"up for twenty minutes and never ready, after short runs", time.Hour, corev1.ContainerStatus{RestartCount: 8, State: running(20 * time.Minute), LastTerminationState: last(ended(1, 21*time.Minute, 20*time.Minute))}, NotReady},
		{"killed each half hour, seen not ready before the next", 8 * time.Hour, corev1.ContainerStatus{RestartCount: 15, State: running(35 * time.Minute), LastTerminationState: last(ended(137, 66*time.Minute, 36*time.Minute))}, CrashLooping},
		{"healthy", time.Hour, corev1.ContainerStatus{Ready: true, State: running(time.Hour)}, Healthy},
		{"not ready", time.Hour, corev1.ContainerStatus{State: running(time.Hour)}, NotReady},
		{"cannot pull", time.Hour, corev1.ContainerStatus{State: waiting("ImagePullBackOff")}, NotStarted},
		{"config missing", time.Hour, corev1.ContainerStatus{State: waiting("CreateContainerConfigError")}, NotStarted},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := verdictOf(onePod(tt.age, tt.status), "app", moment{at: noon}); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestVerdictFollowsTheRestartPolicy(t *testing.T) {
	always := corev1.ContainerRestartPolicyAlways
	rules := []corev1.ContainerRestartRule{{Action: corev1.ContainerRestartRuleActionRestart, ExitCodes: &corev1.ContainerRestartRuleOnExitCodes{Operator: corev1.ContainerRestartRuleOnExitCodesOpIn, Values: []int32{42}}}}
	for _, tt := range []struct {
		name   string
		policy corev1.RestartPolicy
		change func(*corev1.Pod)
		code   int32
		want   Verdict
	}{
		{"Never, failed", corev1.RestartPolicyNever, nil, 1, Crashed},
		{"Never, done", corev1.RestartPolicyNever, nil, 0, Completed},
		{"OnFailure, done", corev1.RestartPolicyOnFailure, nil, 0, Completed},
		{"OnFailure, failed", corev1.RestartPolicyOnFailure, nil, 1, CrashLooping},
		{"Always, done", corev1.RestartPolicyAlways, nil, 0, CrashLooping},
		{"Never, a rule restarts 42", corev1.RestartPolicyNever, func(p *corev1.Pod) { p.Spec.Containers[0].RestartPolicyRules = rules }, 42, CrashLooping},
		{"Never, no rule for 1", corev1.RestartPolicyNever, func(p *corev1.Pod) { p.Spec.Containers[0].RestartPolicyRules = rules }, 1, Crashed},
		{"sidecar under Never", corev1.RestartPolicyNever, func(p *corev1.Pod) {
			p.Spec.Containers[0].RestartPolicy = &always
			p.Spec.InitContainers, p.Spec.Containers = p.Spec.Containers, nil
		}, 0, CrashLooping},
		{"init container done", corev1.RestartPolicyAlways, func(p *corev1.Pod) { p.Spec.InitContainers, p.Spec.Containers = p.Spec.Containers, nil }, 0, Completed},
		{"the pod has failed", corev1.RestartPolicyOnFailure, func(p *corev1.Pod) { p.Status.Phase = corev1.PodFailed }, 1, Crashed},
		{"evicted", corev1.RestartPolicyAlways, func(p *corev1.Pod) { p.Status.Phase, p.Status.Reason = corev1.PodFailed, "Evicted" }, 137, Terminating},
		{"being deleted", corev1.RestartPolicyAlways, func(p *corev1.Pod) { now := before(0); p.DeletionTimestamp = &now }, 143, Terminating},
	} {
		t.Run(tt.name, func(t *testing.T) {
			pod := onePod(time.Minute, corev1.ContainerStatus{State: corev1.ContainerState{Terminated: ended(tt.code, 2*time.Second, time.Second)}})
			pod.Spec.RestartPolicy = tt.policy
			if tt.change != nil {
				tt.change(pod)
			}
			if got := verdictOf(pod, "app", moment{at: noon}); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestVerdictOfAPodWithoutANode(t *testing.T) {
	pod := onePod(time.Minute, corev1.ContainerStatus{})
	pod.Spec.NodeName, pod.Status.Phase, pod.Status.ContainerStatuses = "", corev1.PodPending, nil
	if got := verdictOf(pod, "app", moment{at: noon}); got != Pending {
		t.Errorf("got %s, want %s", got, Pending)
	}
}
