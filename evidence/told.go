package evidence

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// This file is about pods that were read back from a text. What the text doesn't show is often told by what it shows:
// the pod of a Deployment is restarted always. What nothing tells stays blind.

// told gives raw with what can be told of its blind facts. Raw itself is not changed.
func (raw *Raw) told() *Raw {
	if raw.Pod == nil || raw.Form == "" && len(raw.Blind) == 0 {
		return raw
	}
	told := *raw
	told.Pod, told.Blind = raw.Pod.DeepCopy(), slices.Clone(raw.Blind)
	told.nameContainer()
	if told.isBlind("pod.restartPolicy") && told.Pod.Spec.RestartPolicy == "" {
		if policy := policyTold(told.Pod); policy != "" {
			told.Pod.Spec.RestartPolicy = policy
		}
	}
	if told.Pod.Spec.RestartPolicy != "" {
		told.see("pod.restartPolicy", "c.restartPolicy")
	} else if told.isBlind("pod.restartPolicy") && !told.isBlind("c.restartPolicy") {
		told.Blind = append(told.Blind, "c.restartPolicy")
	}
	if told.Pod.Spec.TerminationGracePeriodSeconds != nil {
		told.see("pod.grace")
	}
	for i := range told.Pod.Spec.InitContainers {
		if c := &told.Pod.Spec.InitContainers[i]; c.RestartPolicy == nil && isSidecar(told.Pod, c) {
			always := corev1.ContainerRestartPolicyAlways
			c.RestartPolicy = &always
		}
	}
	return &told
}

// isBlind says that the source of the pod cannot show a fact: Blind names it, or something that it is part of.
func (raw *Raw) isBlind(fact string) bool {
	return slices.ContainsFunc(raw.Blind, func(b string) bool { return fact == b || strings.HasPrefix(fact, b+".") })
}

// see takes facts off those that are blind.
func (raw *Raw) see(facts ...string) {
	raw.Blind = slices.DeleteFunc(raw.Blind, func(b string) bool { return slices.Contains(facts, b) })
}

// policyTold is the restart policy that the rest of the pod tells, "" when it tells none. The API server takes no other
// policy than Always in the templates of these controllers, and none but the others in a Job's
// (pkg/apis/apps/validation, pkg/apis/batch/validation ValidateJobTemplateSpec).
func policyTold(pod *corev1.Pod) corev1.RestartPolicy {
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

// BlindTo are the facts about a container that the source cannot show and nothing else tells; for nil, those about the
// pod, its workload and its node.
func (ev *Evidence) BlindTo(c *Container) []string {
	var facts []string
	for _, fact := range ev.Blind {
		switch {
		case strings.HasPrefix(fact, "c.") && c != nil:
			facts = append(facts, c.blindTo(fact)...)
		case fact == "pod.scheduled" && ev.Pod.Scheduled: // states of containers tell it
		case !strings.HasPrefix(fact, "c.") && c == nil:
			facts = append(facts, fact)
		}
	}
	if c != nil && !c.Start.Set && slices.Contains(facts, "c.waitingMessage") && slices.Contains(startReasons, c.WaitingReason) {
		facts = append(facts, "c.start") // the message would say why
	}
	return facts
}

// RestartsKnown says that Restarts is the count of the status. Where the source shows none, as a list of events, it is a
// lower bound.
func (ev *Evidence) RestartsKnown(c *Container) bool {
	return c.State != "" && !slices.Contains(ev.Blind, "c.restarts")
}

// blindTo narrows a fact that the source cannot show of any container to what is not known of this one.
func (c *Container) blindTo(fact string) []string {
	known := false
	switch fact {
	case "c.kind":
		known = c.Kind != KindInit // only init containers and sidecars look alike
	case "c.restartPolicy":
		known = c.RestartPolicy != ""
	case "c.started":
		known = c.Started
	case "c.env", "c.image", "c.memory.limitText":
		known = true // what they hold is what is known; whether that is all, c.envNames and c.memory.hasLimit say
	case "c.memory":
		return parts(fact, "limit", "hasLimit", "specLimit", "request", "tiny", "heapSet", "heapBytes", "heapText", "heapRuntime",
			"heapPercent", "memoryVolumes", "shmMounted") // not what the node says
	case "c.liveness", "c.readiness", "c.startup":
		return parts(fact, "set", "handler", "target", "asks", "port", "portName", "path", "command", "delay", "period", "timeout",
			"failures", "grace", "killEarliest", "killLatest", "ref", "budgetText", "settingText") // not its results
	case "c.postStart":
		return c.PostStart.blind(fact)
	case "c.preStop":
		return c.PreStop.blind(fact)
	}
	if known {
		return nil
	}
	return []string{fact}
}

// parts are the parts of a fact that stand in the spec. What events tell is known whatever the source.
func parts(fact string, fields ...string) []string {
	for i, field := range fields {
		fields[i] = fact + "." + field
	}
	return fields
}

// blind are the facts of a hook that the source cannot show. Whether it failed is told by events and by the state.
func (h *Hook) blind(fact string) []string {
	if h.Set {
		return []string{fact + ".text"}
	}
	return []string{fact + ".set", fact + ".text"}
}
