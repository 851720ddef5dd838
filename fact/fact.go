// Package fact names the facts on which rules hang. Each is named once, with what a person calls it and with what tells it:
// most stand in the pod's object, of which a text shows but a part. [Hidden] says what is unknown to who reads such a text.
//
// What is new in evidence.Pod, Workload, Node or Container has to be named here, and is hidden by every form of a pod until
// that says that it shows it. A test in evidence sees to it.
package fact

import (
	"slices"
	"strings"
)

// Name is a fact as rules name it: "pod.restartPolicy", "c.security". It stands for all that is part of it: who does not
// know c.security does not know c.security.readOnlyRoot.
type Name string

// The facts that stand in the pod's object. Every other form of a pod shows but some of them.
const (
	PodName          Name = "pod.name"
	Namespace        Name = "pod.namespace"
	UID              Name = "pod.uid"
	Created          Name = "pod.created"
	Age              Name = "pod.age"
	NodeName         Name = "pod.nodeName"
	Scheduled        Name = "pod.scheduled"
	Unschedulable    Name = "pod.unschedulable"
	Phase            Name = "pod.phase"
	PodReason        Name = "pod.reason"
	PodMessage       Name = "pod.message"
	Deleting         Name = "pod.deleting"
	Disruption       Name = "pod.disruption"
	PodRestartPolicy Name = "pod.restartPolicy"
	PodGrace         Name = "pod.grace"
	Static           Name = "pod.static"
	HostNetwork      Name = "pod.hostNetwork"
	ServiceAccount   Name = "pod.serviceAccount"
	QoSClass         Name = "pod.qosClass"
	Revision         Name = "pod.revision"
	Volumes          Name = "pod.volumes"

	WorkloadKind Name = "workload.kind"
	WorkloadName Name = "workload.name"
	WorkloadJob  Name = "workload.job"
	JobSet       Name = WorkloadJob + ".set"
	JobName      Name = WorkloadJob + ".name"

	Kind           Name = "c.kind"
	State          Name = "c.state"
	WaitingReason  Name = "c.waitingReason"
	WaitingMessage Name = "c.waitingMessage"
	Ready          Name = "c.ready"
	Started        Name = "c.started"
	Restarts       Name = "c.restarts"
	RunningFor     Name = "c.runningFor"
	Exited         Name = "c.exited"
	PrevExit       Name = "c.prevExit"

	// LastExit is that there was one; what is known of it are its parts.
	LastExit     Name = "c.lastExit"
	ExitCode     Name = LastExit + ".code"
	ExitReason   Name = LastExit + ".reason"
	ExitMessage  Name = LastExit + ".message"
	ExitSignal   Name = LastExit + ".signal"
	ExitOOM      Name = LastExit + ".oom"
	NeverRan     Name = LastExit + ".neverRan"
	ExitStarted  Name = LastExit + ".started"
	ExitFinished Name = LastExit + ".finished"
	ExitRanFor   Name = LastExit + ".ranFor"
	ExitID       Name = LastExit + ".id"

	RestartPolicy Name = "c.restartPolicy"
	RestartRules  Name = "c.restartRules"
	Image         Name = "c.image"
	Digest        Name = "c.digest"
	PullPolicy    Name = "c.pullPolicy"
	Command       Name = "c.command"
	Args          Name = "c.args"
	Shell         Name = "c.shell"
	WorkingDir    Name = "c.workingDir"
	Stdin         Name = "c.stdin"
	TTY           Name = "c.tty"
	Env           Name = "c.env"
	EnvNames      Name = "c.envNames"
	EnvFrom       Name = "c.envFrom"
	Mounts        Name = "c.mounts"
	Ports         Name = "c.ports"
	Security      Name = "c.security"
	CPULimit      Name = "c.cpuLimit"
	HasCPULimit   Name = "c.hasCPULimit"

	Memory          Name = "c.memory"
	MemoryLimit     Name = Memory + ".limit"
	HasMemoryLimit  Name = Memory + ".hasLimit"
	MemoryLimitText Name = Memory + ".limitText"
	SpecMemoryLimit Name = Memory + ".specLimit"
	TinyMemoryLimit Name = Memory + ".tiny"
	MemoryRequest   Name = Memory + ".request"
	HeapSet         Name = Memory + ".heapSet"
	HeapBytes       Name = Memory + ".heapBytes"
	HeapText        Name = Memory + ".heapText"
	HeapRuntime     Name = Memory + ".heapRuntime"
	HeapPercent     Name = Memory + ".heapPercent"
	MemoryVolumes   Name = Memory + ".memoryVolumes"
	ShmMounted      Name = Memory + ".shmMounted"

	Liveness  Name = "c.liveness"
	Readiness Name = "c.readiness"
	Startup   Name = "c.startup"
	PostStart Name = "c.postStart"
	PreStop   Name = "c.preStop"
)

// The parts of a probe and of a hook that stand in the spec: Liveness + PartPort.
const (
	PartSet          Name = ".set"
	PartHandler      Name = ".handler"
	PartTarget       Name = ".target"
	PartAsks         Name = ".asks"
	PartPort         Name = ".port"
	PartPortName     Name = ".portName"
	PartPath         Name = ".path"
	PartCommand      Name = ".command"
	PartDelay        Name = ".delay"
	PartPeriod       Name = ".period"
	PartTimeout      Name = ".timeout"
	PartFailures     Name = ".failures"
	PartGrace        Name = ".grace"
	PartKillEarliest Name = ".killEarliest"
	PartKillLatest   Name = ".killLatest"
	PartRef          Name = ".ref"
	PartBudgetText   Name = ".budgetText"
	PartSettingText  Name = ".settingText"

	PartText Name = ".text"
)

// Facts that others tell than the pod's object, as far as code speaks of them.
const (
	EventsOfPod     Name = "events"
	MountError      Name = "pod.mountError"
	MountErrorRef   Name = "pod.mountErrorRef"
	SandboxError    Name = "pod.sandboxError"
	SandboxErrorRef Name = "pod.sandboxErrorRef"
	SandboxChanged  Name = "pod.sandboxChanged"
	SandboxChanges  Name = "pod.sandboxChanges"
	SandboxLoop     Name = "pod.sandboxLoop"
	SandboxRef      Name = "pod.sandboxRef"
	Evicted         Name = "pod.evicted"
	EvictedRef      Name = "pod.evictedRef"
	NodeOOM         Name = Memory + ".nodeOOM"
	NodeOOMRef      Name = Memory + ".nodeOOMRef"
	Kill            Name = "c.kill"
	KilledSoon      Name = Kill + ".soon"
	Start           Name = "c.start"
	Log             Name = "c.log"
)

// In says whether the fact is the other one or part of it.
func (n Name) In(whole Name) bool {
	rest, ok := strings.CutPrefix(string(n), string(whole))
	return ok && (rest == "" || rest[0] == '.')
}

// Among says whether the fact, or something that it is part of, is one of these.
func (n Name) Among(names []Name) bool { return slices.ContainsFunc(names, n.In) }

// Words say what the fact is about; the fact itself where there is no better word.
func (n Name) Words() string {
	for m := n; m != ""; m = m.whole() {
		if e := find(m); e != nil && e.words != "" {
			return e.words
		}
	}
	return string(n)
}

// Source says what tells the fact.
func (n Name) Source() Source {
	for m := n; m != ""; m = m.whole() {
		if e := find(m); e != nil {
			return e.source
		}
	}
	return Pod
}

// whole is the fact that this one is part of, "" for none.
func (n Name) whole() Name {
	return n[:max(0, strings.LastIndexByte(string(n), '.'))]
}
