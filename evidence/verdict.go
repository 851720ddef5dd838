package evidence

import (
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// verdictOf says how the container name of the pod stands at a moment. Loops are found from state, last state,
// restart count and restart policy, never from the word CrashLoopBackOff alone: between attempts a loop also shows as
// Running, Error, Completed or RunContainerError (docs/kubernetes.md#status-in-one-cycle).
func verdictOf(pod *corev1.Pod, name string, now moment) Verdict {
	spec, kind := findSpec(pod, name)
	if v := podVerdict(pod); v != "" {
		return v
	}
	status := findStatus(pod, name)
	switch {
	case status == nil && !scheduled(pod):
		return Pending
	case status == nil && pod.Status.Phase == corev1.PodPending:
		return NotStarted
	case status == nil:
		return Unknown
	case status.State.Terminated != nil:
		return terminatedVerdict(pod, spec, kind, status)
	case status.State.Running != nil:
		return runningVerdict(pod, kind, status, now)
	case status.State.Waiting == nil && (status.LastTerminationState.Terminated == nil || pod.Status.Phase == corev1.PodUnknown):
		return Unknown // a text that says nothing of the state, or only that a run has ended
	}
	return waitingVerdict(pod, status)
}

// Troubled says whether any container of the pod is, or may be, in trouble, as far as the pod alone tells: [Of] gives the same
// verdicts, at many times the cost. An object of the API it must be, not a text.
func Troubled(pod *corev1.Pod, at time.Time) bool {
	if pod.Status.Reason == "Evicted" && pod.Status.Phase == corev1.PodSucceeded && len(pod.Spec.Containers) > 0 {
		return true
	}
	return slices.ContainsFunc(ContainerNames(pod), func(name string) bool { return verdictOf(pod, name, moment{at: at}).Trouble() })
}

// podVerdict is the verdict that the pod as a whole forces on its containers, "" when it forces none.
func podVerdict(pod *corev1.Pod) Verdict {
	if pod.DeletionTimestamp != nil {
		return Terminating
	}
	if pod.Status.Phase == corev1.PodFailed && slices.Contains(endedByOthers, pod.Status.Reason) {
		return Terminating
	}
	if pod.Status.Phase == corev1.PodPending && !scheduled(pod) && len(pod.Status.ContainerStatuses) == 0 {
		return Pending
	}
	return ""
}

// endedByOthers are the pod reasons with which kubelet and controllers end a pod for their own ends
// (docs/kubernetes.md#terminated-reasons).
var endedByOthers = []string{"Evicted", "Preempting", "Terminated", "NodeShutdown", "Shutdown", "NodeLost", "NodeAffinity"}

func waitingVerdict(pod *corev1.Pod, status *corev1.ContainerStatus) Verdict {
	reason := ""
	if status.State.Waiting != nil {
		reason = status.State.Waiting.Reason
	}
	ran := status.LastTerminationState.Terminated
	switch reason {
	case "CrashLoopBackOff", "RestartingAllContainers":
		return CrashLooping
	case "PostStartHookError":
		return CrashLooping // the hook failed, so a run was killed and the next is due
	}
	if ran == nil && !scheduled(pod) { // what has run was scheduled, though a part of a text may not show it
		return Pending
	}
	// A start or pull that fails between two crashes hides the loop behind its own reason
	// (docs/kubernetes.md#waiting-reasons).
	if ran != nil && (ran.ExitCode != 0 || status.RestartCount > 0) {
		return CrashLooping
	}
	return NotStarted
}

func terminatedVerdict(pod *corev1.Pod, spec *corev1.Container, kind ContainerKind, status *corev1.ContainerStatus) Verdict {
	t := status.State.Terminated
	done := pod.Status.Phase == corev1.PodFailed || pod.Status.Phase == corev1.PodSucceeded
	// Where a text does not tell the policy, what has ended and was never restarted has most likely ended for good: the
	// kubelet restarts at once after the first crash.
	done = done || pod.Spec.RestartPolicy == "" && status.RestartCount == 0
	if !done && willRestart(pod, spec, kind, t.ExitCode) {
		return CrashLooping
	}
	if t.ExitCode == 0 {
		return Completed
	}
	return Crashed
}

// willRestart mirrors ContainerShouldRestart (pkg/api/v1/pod/util.go): the container's rules first, then its own
// policy, then the pod's. An init container that ended well is done under every policy.
func willRestart(pod *corev1.Pod, spec *corev1.Container, kind ContainerKind, code int32) bool {
	if kind == KindEphemeral {
		return false
	}
	if spec != nil {
		for _, rule := range spec.RestartPolicyRules {
			if rule.ExitCodes != nil && matchesCode(rule.ExitCodes, code) {
				return true // both actions, Restart and RestartAllContainers, restart it
			}
		}
	}
	switch policyOf(pod, spec) {
	case corev1.RestartPolicyNever:
		return false
	case corev1.RestartPolicyOnFailure:
		return code != 0
	}
	return code != 0 || kind != KindInit
}

func matchesCode(on *corev1.ContainerRestartRuleOnExitCodes, code int32) bool {
	return slices.Contains(on.Values, code) == (on.Operator == corev1.ContainerRestartRuleOnExitCodesOpIn)
}

// policyOf is the restart policy in force for a container: its own, else the pod's, which defaults to Always.
func policyOf(pod *corev1.Pod, spec *corev1.Container) corev1.RestartPolicy {
	if spec != nil && spec.RestartPolicy != nil {
		return corev1.RestartPolicy(*spec.RestartPolicy)
	}
	if pod.Spec.RestartPolicy == "" {
		return corev1.RestartPolicyAlways
	}
	return pod.Spec.RestartPolicy
}

func runningVerdict(pod *corev1.Pod, kind ContainerKind, status *corev1.ContainerStatus, now moment) Verdict {
	well := status.Ready || kind == KindEphemeral
	ran := status.LastTerminationState.Terminated
	switch {
	case ran != nil && stillLooping(pod, status, ran, well, now):
		return CrashLooping
	case ran == nil && lostItsLastRun(status, well, now):
		return CrashLooping
	case kind == KindInit:
		return NotStarted // the pod has not begun while its init containers run
	case !well:
		return NotReady
	case status.RestartCount > 0 || ran != nil:
		return Recovered
	}
	return Healthy
}

// verdictHangsOnTime says that the same status may give another verdict at another moment: one that runs after a crash.
func verdictHangsOnTime(status *corev1.ContainerStatus) bool {
	return status != nil && status.State.Terminated == nil && status.State.Running != nil &&
		(status.LastTerminationState.Terminated != nil || status.RestartCount > 1)
}

// runLength is how long a run lasted; 0 when it never started or the times are not known.
func runLength(t *corev1.ContainerStateTerminated) time.Duration {
	if t == nil || neverStarted(t) || t.FinishedAt.IsZero() {
		return 0
	}
	return max(0, t.FinishedAt.Sub(t.StartedAt.Time))
}

// neverStarted recognises a run that the runtime could not start: containerd then says 1970
// (docs/kubernetes.md#terminated-reasons).
func neverStarted(t *corev1.ContainerStateTerminated) bool {
	return t.StartedAt.IsZero() || t.StartedAt.Unix() <= 0
}

// scheduled says that the pod has a node. Only the kubelet of one gives states to containers, which tells where a text
// does not show the node.
func scheduled(pod *corev1.Pod) bool {
	if pod.Spec.NodeName != "" {
		return true
	}
	for s := range Statuses(pod) {
		if s.State != (corev1.ContainerState{}) {
			return true
		}
	}
	return slices.ContainsFunc(pod.Status.Conditions, func(cond corev1.PodCondition) bool {
		return cond.Type == corev1.PodScheduled && cond.Status == corev1.ConditionTrue
	})
}

// findSpec gives the container's spec and kind. The spec is nil when the pod has no such container.
func findSpec(pod *corev1.Pod, name string) (*corev1.Container, ContainerKind) {
	for i := range pod.Spec.Containers {
		if pod.Spec.Containers[i].Name == name {
			return &pod.Spec.Containers[i], KindMain
		}
	}
	for i := range pod.Spec.InitContainers {
		if c := &pod.Spec.InitContainers[i]; c.Name == name {
			return c, initKind(c)
		}
	}
	for i := range pod.Spec.EphemeralContainers {
		if pod.Spec.EphemeralContainers[i].Name == name {
			c := corev1.Container(pod.Spec.EphemeralContainers[i].EphemeralContainerCommon)
			return &c, KindEphemeral
		}
	}
	return nil, KindMain
}

func initKind(c *corev1.Container) ContainerKind {
	if c.RestartPolicy != nil && *c.RestartPolicy == corev1.ContainerRestartPolicyAlways {
		return KindSidecar
	}
	return KindInit
}

func findStatus(pod *corev1.Pod, name string) *corev1.ContainerStatus {
	for s := range Statuses(pod) {
		if s.Name == name {
			return s
		}
	}
	return nil
}
