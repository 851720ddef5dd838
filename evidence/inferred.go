package evidence

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/unloop-dev/unloop/fact"
)

// This file is about pods that were read back from a text. What the text doesn't show can often be inferred from what it
// shows: the pod of a Deployment is restarted always. What cannot stays hidden.

// inferred gives raw with what can be inferred of the facts that its source hides. Raw itself is not changed.
func (raw *Raw) inferred() *Raw {
	if raw.Pod == nil || raw.Form == "" && len(raw.Hidden) == 0 {
		return raw
	}
	more := *raw
	more.Pod, more.Hidden = raw.Pod.DeepCopy(), slices.Clone(raw.Hidden)
	more.nameContainer()
	if more.hides(fact.PodRestartPolicy) && more.Pod.Spec.RestartPolicy == "" {
		if policy := inferredPolicy(more.Pod); policy != "" {
			more.Pod.Spec.RestartPolicy = policy
		}
	}
	if more.Pod.Spec.RestartPolicy != "" {
		more.reveal(fact.PodRestartPolicy, fact.RestartPolicy)
	} else if more.hides(fact.PodRestartPolicy) && !more.hides(fact.RestartPolicy) {
		more.Hidden = append(more.Hidden, fact.RestartPolicy)
	}
	if more.Pod.Spec.TerminationGracePeriodSeconds != nil {
		more.reveal(fact.PodGrace)
	}
	for i := range more.Pod.Spec.InitContainers {
		if c := &more.Pod.Spec.InitContainers[i]; c.RestartPolicy == nil && isSidecar(more.Pod, c) {
			always := corev1.ContainerRestartPolicyAlways
			c.RestartPolicy = &always
		}
	}
	return &more
}

// hides says that the source of the pod cannot show a fact.
func (raw *Raw) hides(name fact.Name) bool { return name.Among(raw.Hidden) }

// reveal takes facts off those that are hidden.
func (raw *Raw) reveal(facts ...fact.Name) {
	raw.Hidden = slices.DeleteFunc(raw.Hidden, func(h fact.Name) bool { return slices.Contains(facts, h) })
}

// inferredPolicy is the restart policy that can be inferred from the rest of the pod, "" when none can. The API server takes
// no other policy than Always in the templates of these controllers, and none but the others in a Job's
// (pkg/apis/apps/validation, pkg/apis/batch/validation ValidateJobTemplateSpec).
func inferredPolicy(pod *corev1.Pod) corev1.RestartPolicy {
	kind := ""
	if owner := metav1.GetControllerOf(pod); owner != nil {
		kind = OwnerKind(owner)
	}
	ended, restarted, restartedAfterSuccess := false, false, false
	for i := range pod.Status.ContainerStatuses {
		s := &pod.Status.ContainerStatuses[i]
		last := s.LastTerminationState.Terminated
		restarted = restarted || s.RestartCount > 0 || s.State.Waiting != nil && s.State.Waiting.Reason == "CrashLoopBackOff"
		restartedAfterSuccess = restartedAfterSuccess || s.RestartCount > 0 && last != nil && last.ExitCode == 0 && last.Reason == "Completed"
		ended = ended || s.State.Terminated != nil && s.State.Terminated.ExitCode != 0
	}
	switch kind {
	case "ReplicaSet", "Deployment", "StatefulSet", "DaemonSet", "ReplicationController":
		return corev1.RestartPolicyAlways
	case "Job":
		switch {
		case restarted:
			return corev1.RestartPolicyOnFailure
		case ended && pod.Status.Phase == corev1.PodFailed && pod.Status.Reason == "":
			return corev1.RestartPolicyNever // with OnFailure the kubelet would have restarted it
		}
		return ""
	}
	if restartedAfterSuccess {
		return corev1.RestartPolicyAlways
	}
	return ""
}

// isSidecar recognises an init container with restartPolicy Always where the policy is not shown: only these may have
// probes (pkg/apis/core/validation validateInitContainers), and only these run beside the main containers.
func isSidecar(pod *corev1.Pod, c *corev1.Container) bool {
	if c.LivenessProbe != nil || c.ReadinessProbe != nil || c.StartupProbe != nil {
		return true
	}
	s := findStatus(pod, c.Name)
	return s != nil && s.State.Running != nil && slices.ContainsFunc(pod.Status.ContainerStatuses, func(main corev1.ContainerStatus) bool {
		return main.State.Running != nil
	})
}

// nameContainer gives the only container of a fragment the name by which events and logs call it, if they agree.
func (raw *Raw) nameContainer() {
	if names := ContainerNames(raw.Pod); len(names) != 1 || names[0] != "" {
		return
	}
	var names []string
	for i := range raw.Events {
		e := &raw.Events[i]
		if m := fieldPath.FindStringSubmatch(e.InvolvedObject.FieldPath); m != nil {
			names = append(names, m[1])
		} else if slices.Contains(containerReasons, e.Reason) {
			names = append(names, ContainerInMessage(e.Reason, e.Message))
		}
	}
	for i := range raw.Logs {
		names = append(names, raw.Logs[i].Container)
	}
	slices.Sort(names)
	names = slices.DeleteFunc(slices.Compact(names), func(name string) bool { return name == "" })
	if len(names) != 1 {
		return
	}
	for i := range raw.Pod.Spec.Containers {
		raw.Pod.Spec.Containers[i].Name = names[0]
	}
	for s := range Statuses(raw.Pod) {
		s.Name = names[0]
	}
}

// hiddenOf gives the facts about a container that the source cannot show and nothing else tells; for nil, those about the
// pod, its workload and its node.
func (ev *Evidence) hiddenOf(c *Container) []fact.Name {
	var facts []fact.Name
	for _, name := range ev.Hidden {
		switch {
		case name.In("c") && c != nil:
			facts = append(facts, slices.DeleteFunc(name.Told(fact.Pod), c.tells)...)
		case name == fact.Scheduled && ev.Pod.Scheduled: // states of containers tell it
		case name == fact.Unschedulable && ev.Pod.Unschedulable != "": // an event does
		case !name.In("c") && c == nil:
			facts = append(facts, name)
		}
	}
	if c != nil && !c.Start.Set && slices.Contains(facts, fact.WaitingMessage) && slices.Contains(startReasons, c.WaitingReason) {
		facts = append(facts, fact.Start) // the message would say why
	}
	return facts
}

// tells says of a fact that the source does not show that the container tells it all the same.
func (c *Container) tells(name fact.Name) bool {
	switch name {
	case fact.Kind:
		return c.Kind != KindInit // only init containers and sidecars look alike
	case fact.RestartPolicy:
		return c.RestartPolicy != ""
	case fact.Started:
		return c.Started
	case fact.Env, fact.Image, fact.MemoryLimitText:
		return true // what they hold is what is known; whether that is all, c.envNames and c.memory.hasLimit say
	case fact.PostStart + fact.PartSet: // events and the state tell of hooks that failed
		return c.PostStart.Set
	case fact.PreStop + fact.PartSet:
		return c.PreStop.Set
	}
	return false
}

// RestartsKnown says that Restarts is the count of the status. Where the source shows none, as a list of events, it is a
// lower bound.
func (ev *Evidence) RestartsKnown(c *Container) bool {
	return c.State != "" && !fact.Restarts.Among(ev.Hidden)
}
