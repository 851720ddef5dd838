package evidence

import (
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/unloop-dev/unloop/fact"
)

// This file is about what was not read. A list of events that nobody could read is not an empty one, and "" for what only
// an event tells does not mean that nothing happened.

// Unknown are the facts that nothing which was read tells, beside those that are nil pointers: what the source of the pod
// cannot show, and what only events would tell where they were not read. Nil asks for the facts about the pod, its
// workload and its node.
func (ev *Evidence) Unknown(c *Container) []fact.Name {
	facts := ev.hiddenOf(c)
	if c == nil {
		return append(facts, ev.unreadOfPod()...)
	}
	return append(facts, ev.unreadOf(c)...)
}

func (ev *Evidence) unreadOfPod() []fact.Name {
	if !ev.EventsUnread {
		return nil
	}
	facts := []fact.Name{fact.EventsOfPod}
	if ev.Pod.MountError == "" {
		facts = append(facts, fact.MountError, fact.MountErrorRef)
	}
	if ev.Pod.SandboxError == "" {
		facts = append(facts, fact.SandboxError, fact.SandboxErrorRef)
	}
	if !ev.Pod.SandboxChanged {
		facts = append(facts, fact.SandboxChanged, fact.SandboxChanges, fact.SandboxLoop, fact.SandboxRef)
	}
	ended := ev.Pod.Phase == string(corev1.PodSucceeded) || ev.Pod.Phase == string(corev1.PodFailed)
	if ev.Pod.Evicted == "" && ended { // no pod lives on that was evicted
		facts = append(facts, fact.Evicted, fact.EvictedRef)
	}
	return facts
}

func (ev *Evidence) unreadOf(c *Container) []fact.Name {
	var facts []fact.Name
	if ev.NodeEventsUnread && c.Memory.NodeOOM == "" {
		facts = append(facts, fact.NodeOOM, fact.NodeOOMRef)
	}
	if c.Kill.Unread {
		facts = append(facts, fact.Kill.Told(fact.Events)...)
	}
	if !ev.EventsUnread {
		return facts
	}
	if c.PostStart.Set && !c.PostStart.Failed {
		facts = append(facts, fact.PostStart.Told(fact.Events)...)
	}
	for name, p := range map[fact.Name]*Probe{fact.Liveness: &c.Liveness, fact.Readiness: &c.Readiness, fact.Startup: &c.Startup} {
		if p.Set && p.Failed == 0 && !p.Errored {
			facts = append(facts, name.Told(fact.Events)...)
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
