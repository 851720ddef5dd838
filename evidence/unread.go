package evidence

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
)

// This file is about what was not read. A list of events that nobody could read is not an empty one, and "" for what only
// an event tells does not mean that nothing happened.

// Unknown are the facts that nothing which was read tells, beside those that are nil pointers: what the source of the pod
// cannot show, and what only events would tell where they were not read. Nil asks for the facts about the pod, its
// workload and its node.
func (ev *Evidence) Unknown(c *Container) []string {
	facts := ev.BlindTo(c)
	if c == nil {
		return append(facts, ev.unreadOfPod()...)
	}
	return append(facts, ev.unreadOf(c)...)
}

func (ev *Evidence) unreadOfPod() []string {
	if !ev.EventsUnread {
		return nil
	}
	facts := []string{"events"}
	if ev.Pod.MountError == "" {
		facts = append(facts, "pod.mountError", "pod.mountErrorRef")
	}
	if ev.Pod.SandboxError == "" {
		facts = append(facts, "pod.sandboxError", "pod.sandboxErrorRef")
	}
	if !ev.Pod.SandboxChanged {
		facts = append(facts, "pod.sandboxChanged")
	}
	ended := ev.Pod.Phase == string(corev1.PodSucceeded) || ev.Pod.Phase == string(corev1.PodFailed)
	if ev.Pod.Evicted == "" && ended { // no pod lives on that was evicted
		facts = append(facts, "pod.evicted", "pod.evictedRef")
	}
	return facts
}

func (ev *Evidence) unreadOf(c *Container) []string {
	var facts []string
	if ev.NodeEventsUnread && c.Memory.NodeOOM == "" {
		facts = append(facts, "c.memory.nodeOOM", "c.memory.nodeOOMRef")
	}
	if c.Kill.Unread {
		facts = append(facts, parts("c.kill", "by", "how", "sure", "text", "ref", "count")...)
	}
	if !ev.EventsUnread {
		return facts
	}
	if c.PostStart.Set && !c.PostStart.Failed {
		facts = append(facts, "c.postStart.failed", "c.postStart.message")
	}
	for name, p := range map[string]*Probe{"c.liveness": &c.Liveness, "c.readiness": &c.Readiness, "c.startup": &c.Startup} {
		if p.Set && p.Failed == 0 && !p.Errored {
			facts = append(facts, parts(name, "failed", "lastFailure", "failure", "status", "errored", "errorText", "failureRef")...)
		}
	}
	slices.Sort(facts)
	return facts
}

// killUnread says whether the events of its time might tell who ended the last run, where nothing else does: it ended as a
// program ends that is asked to stop, and a probe or a hook may have asked it.
func (c *Container) killUnread() bool {
	e := c.LastExit
	if c.Kill.By != "" || e == nil || e.NeverRan || e.Code != nil && !e.hasCode(stopCodes...) || c.crashedFirst() {
		return false
	}
	probe := (c.Liveness.Set || c.Startup.Set) && c.Kill.Excluded == ""
	return probe || c.PostStart.Set
}
