package fact

import "slices"

// Source is what tells a fact.
type Source string

// The sources. A fact of DerivedPod is worked out from facts that the pod's object and others tell, and is known when they are.
const (
	Pod        Source = "pod" // the pod's object alone
	DerivedPod Source = "pod and others"
	Events     Source = "events" // of the pod
	NodeEvents Source = "events of the node"
	Node       Source = "node"
	Job        Source = "job"
	Replicas   Source = "replicas"
	DiedLog    Source = "log of the run that died last"
	LiveLog    Source = "log of the run that is alive"
)

// entry is a fact, the words for it, and what tells it. Without words it is called what the fact is called that it is part of.
type entry struct {
	name   Name
	words  string
	source Source
}

// entries are all facts. What has parts stands before them.
var entries = slices.Concat([]entry{
	{PodName, "the pod's name", Pod},
	{Namespace, "the namespace", Pod},
	{UID, "the pod's UID", Pod},
	{Created, "the pod's age", Pod},
	{Age, "the pod's age", Pod},
	{NodeName, "the node's name", Pod},
	{Scheduled, "the node's name", Pod},
	{Unschedulable, "conditions", Pod},
	{Phase, "the pod's status", Pod},
	{PodReason, "the pod's status", Pod},
	{PodMessage, "the pod's status", Pod},
	{Deleting, "whether the pod is being deleted", Pod},
	{Disruption, "conditions", Pod},
	{PodRestartPolicy, "the restart policy", Pod},
	{PodGrace, "the grace period", Pod},
	{Static, "annotations", Pod},
	{HostNetwork, "whether it uses the node's network", Pod},
	{ServiceAccount, "the service account", Pod},
	{QoSClass, "the QoS class", Pod},
	{Revision, "labels", Pod},
	{Volumes, "volumes", Pod},

	{WorkloadKind, "the controller", Pod},
	{WorkloadName, "the controller", Pod},
	{WorkloadJob, "the controller", Pod},
	{JobSet, "", Pod},
	{JobName, "", Pod},

	{Kind, "whether it is an init container or a sidecar", Pod},
	{State, "states", Pod},
	{WaitingReason, "why it waits", Pod},
	{WaitingMessage, "waiting messages", Pod},
	{Ready, "whether it is ready", Pod},
	{Started, "whether it has started", Pod},
	{Restarts, "restart counts", Pod},
	{RunningFor, "how long it has run", Pod},
	{Exited, "the last exit", Pod},
	{PrevExit, "the run before the last", Pod},
	{LastExit, "the last exit", Pod},
	{ExitCode, "exit codes", Pod},
	{ExitReason, "exit codes", Pod},
	{ExitMessage, "exit codes", Pod},
	{ExitSignal, "exit codes", Pod},
	{ExitOOM, "exit codes", Pod},
	{NeverRan, "exit codes", Pod},
	{ExitStarted, "the times of the last run", Pod},
	{ExitFinished, "the times of the last run", Pod},
	{ExitRanFor, "the times of the last run", Pod},
	{ExitID, "", Pod},

	{RestartPolicy, "the restart policy", Pod},
	{RestartRules, "the restart policy", Pod},
	{Image, "the image", Pod},
	{Digest, "the image's digest", Pod},
	{PullPolicy, "the pull policy", Pod},
	{Command, "the command", Pod},
	{Args, "the command", Pod},
	{Shell, "the command", Pod},
	{WorkingDir, "the working directory", Pod},
	{Stdin, "whether it has an input", Pod},
	{TTY, "whether it has an input", Pod},
	{Env, "the environment", Pod},
	{EnvNames, "the environment", Pod},
	{EnvFrom, "the environment", Pod},
	{Mounts, "mounts", Pod},
	{Ports, "ports", Pod},
	{Security, "the security context", Pod},
	{CPULimit, "CPU limits", Pod},
	{HasCPULimit, "CPU limits", Pod},

	{Memory, "memory limits", Pod},
	{MemoryLimit, "", Pod},
	{HasMemoryLimit, "", Pod},
	{MemoryLimitText, "", Pod},
	{SpecMemoryLimit, "", Pod},
	{TinyMemoryLimit, "", Pod},
	{MemoryRequest, "", Pod},
	{HeapSet, "", Pod},
	{HeapBytes, "", Pod},
	{HeapText, "", Pod},
	{HeapRuntime, "", Pod},
	{HeapPercent, "", Pod},
	{MemoryVolumes, "", Pod},
	{ShmMounted, "", Pod},

	{"node", "the node", Node},
	{EventsOfPod, "events", Events},
	{MountError, "events", Events},
	{MountErrorRef, "events", Events},
	{SandboxError, "events", Events},
	{SandboxErrorRef, "events", Events},
	{SandboxChanged, "events", Events},
	{SandboxChanges, "events", Events},
	{SandboxLoop, "events", Events},
	{SandboxRef, "events", Events},
	{Evicted, "events", Events},
	{EvictedRef, "events", Events},
	{WorkloadJob + ".backoffLimit", "the Job", Job},
	{WorkloadJob + ".failed", "the Job", Job},
	{WorkloadJob + ".failedReason", "the Job", Job},
	{WorkloadJob + ".failedPods", "the other replicas", Replicas},

	{Start, "waiting messages", DerivedPod},
	{Log, "the log of the last run", DiedLog},
	{"c.liveLog", "the log of the run that is alive", LiveLog},
	{"c.replicas", "the other replicas", Replicas},
	{"c.backoff", "the times of the last run", DerivedPod},
	{Kill + ".by", "events", Events},
	{Kill + ".how", "events", Events},
	{Kill + ".sure", "events", Events},
	{Kill + ".text", "events", Events},
	{Kill + ".ref", "events", Events},
	{Kill + ".count", "events", Events},
	{Kill + ".counted", "events", Events},
	{KilledSoon, "the times of the last run", DerivedPod},
	{NodeOOM, "the node's events", NodeEvents},
	{NodeOOMRef, "the node's events", NodeEvents},
}, probe(Liveness), probe(Readiness), probe(Startup), hook(PostStart), hook(PreStop))

// probe are the settings of a probe, which stand in the pod, and its results.
func probe(name Name) []entry {
	settings := parts(Pod, name, "probes",
		"", PartSet, PartHandler, PartTarget, PartAsks, PartPort, PartPortName, PartPath, PartCommand, PartDelay, PartPeriod, PartTimeout,
		PartFailures, PartGrace, PartKillEarliest, PartKillLatest, PartRef, PartBudgetText, PartSettingText)
	return append(settings, parts(Events, name, "events",
		".failed", ".lastFailure", ".failedAt", ".failedSlack", ".failure", ".status", ".errored", ".errorText", ".failureRef")...)
}

// hook are the settings of a hook, which stand in the pod, and whether it failed.
func hook(name Name) []entry {
	return append(parts(Pod, name, "hooks", "", PartSet, PartText), parts(Events, name, "events", ".failed", ".message")...)
}

func parts(source Source, whole Name, words string, parts ...Name) []entry {
	var made []entry
	for _, part := range parts {
		made = append(made, entry{whole + part, words, source})
	}
	return made
}

func find(name Name) *entry {
	if i := slices.IndexFunc(entries, func(e entry) bool { return e.name == name }); i >= 0 {
		return &entries[i]
	}
	return nil
}

// Heap are the facts that are worked out from the command, the arguments and the environment together.
func Heap() []Name { return []Name{HeapSet, HeapBytes, HeapText, HeapRuntime, HeapPercent} }

// Limits are the facts that are worked out from the limits of a container.
func Limits() []Name {
	return []Name{
		MemoryLimit, HasMemoryLimit, MemoryLimitText, SpecMemoryLimit, TinyMemoryLimit, HeapPercent, CPULimit, HasCPULimit,
	}
}

// Names are all facts.
func Names() []Name {
	var names []Name
	for _, e := range entries {
		names = append(names, e.name)
	}
	return names
}

// Hidden gives what a form of a pod hides that shows these facts, and no others of the pod's object. To show one part is
// not to show the others. What is hidden as a whole is named as a whole.
func Hidden(shown ...Name) []Name {
	var hidden []Name
	for _, e := range entries {
		shows := func(s Name) bool { return s.In(e.name) }
		if e.source == Pod && !slices.ContainsFunc(shown, shows) && !e.name.Among(hidden) {
			hidden = append(hidden, e.name)
		}
	}
	return hidden
}

// Told gives the parts of a fact that this source tells; the fact itself where it has no parts, or but one source.
func (n Name) Told(by Source) []Name {
	var told []Name
	parts := 0
	for _, e := range entries {
		if !e.name.In(n) || e.name == n {
			continue
		}
		parts++
		if e.source == by {
			told = append(told, e.name)
		}
	}
	if len(told) == 0 || len(told) == parts {
		return []Name{n}
	}
	return told
}
