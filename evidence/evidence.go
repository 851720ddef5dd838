// Package evidence holds what is known about one pod, in our own words.
//
// [Raw] is what was read; [Of] turns it into [Evidence], the facts that rules judge. Of is pure: it reads no clock, no
// network and no files, so the same Raw always gives the same Evidence.
//
// Unknown is a value. A nil pointer anywhere in Evidence means "not known", never zero and never "no": package rule
// tells CEL so, and a rule that touches it is undecided. What is known to be absent is said by a plain field (Probe.Set,
// Container.Exited). Structs inside slices and maps hold no pointers, since CEL cannot name their fields as unknown.
//
// The cel tags are the names by which rules know a fact. They are promises, like JSON fields.
package evidence

import (
	"time"

	"github.com/unloop-dev/unloop/crashlog"
	"github.com/unloop-dev/unloop/fact"
)

// Evidence is everything that is known about one pod. It is built once and not changed afterwards.
type Evidence struct {
	// At is when the evidence was read. AtGuessed says that the source does not tell: At is the newest time in it then, and
	// how long ago something was is not known.
	At        time.Time
	AtGuessed bool
	Source    Source
	Cluster   string

	Pod      Pod
	Workload Workload
	Node     *Node // nil: not read

	// Containers in the order in which they start: init containers and sidecars, main containers, ephemeral ones.
	Containers []Container
	Events     []Event
	Missing    []Missing
	// Conflicts say where two sources of the pod contradict each other: one is of another moment.
	Conflicts []string

	// Form is what the pod was read back from: "kubectl describe"; "" for an object of the API. Hidden are the facts
	// that such a text cannot show and nothing else tells. They are unknown, whatever the fields say.
	Form   string
	Hidden []fact.Name
	// EventsUnread and NodeEventsUnread say that the events of the pod, and those of its node, could not be read or were not
	// asked for. What only they would tell is unknown then; see [Evidence.Unknown].
	EventsUnread     bool
	NodeEventsUnread bool
}

// Pod holds the facts of the pod itself.
type Pod struct {
	Namespace string `cel:"namespace"`
	Name      string `cel:"name"` // "" when only logs were given
	UID       string `cel:"uid"`
	NodeName  string `cel:"nodeName"` // "" when not scheduled
	Phase     string `cel:"phase"`
	Reason    string `cel:"reason"`  // status.reason: Evicted, DeadlineExceeded, Terminated …
	Message   string `cel:"message"` // status.message

	RestartPolicy  string         `cel:"restartPolicy"`
	Created        *time.Time     `cel:"created"`
	Age            *time.Duration `cel:"age"`
	Grace          time.Duration  `cel:"grace"`        // terminationGracePeriodSeconds
	GraceAssumed   bool           `cel:"graceAssumed"` // the source does not show it: Grace is the default
	Deleting       bool           `cel:"deleting"`
	Disruption     string         `cel:"disruption"` // reason of the DisruptionTarget condition, or ""
	Static         bool           `cel:"static"`     // a mirror pod of a static pod
	HostNetwork    bool           `cel:"hostNetwork"`
	ServiceAccount string         `cel:"serviceAccount"`
	QoSClass       string         `cel:"qosClass"`
	Scheduled      bool           `cel:"scheduled"`
	Unschedulable  string         `cel:"unschedulable"` // the scheduler's message while the pod waits for a node
	Revision       string         `cel:"revision"`      // pod-template-hash or controller-revision-hash

	// Evicted is why the kubelet or the eviction API ended the pod, "" when nothing says that they did. A program that
	// answers SIGTERM with exit code 0 makes the pod's phase Succeeded and wipes the reason from its status: then only an
	// event tells (seen on v1.35.4).
	Evicted    string `cel:"evicted"`
	EvictedRef string `cel:"evictedRef"`

	// SandboxChanged says that the pod's sandbox was made anew: all containers restarted together.
	SandboxChanged bool `cel:"sandboxChanged"`
	// SandboxChanges is how often events say so, a lower bound; SandboxLoop that it was again and again, so that it is what
	// restarts the containers.
	SandboxChanges int    `cel:"sandboxChanges"`
	SandboxLoop    bool   `cel:"sandboxLoop"`
	SandboxRef     string `cel:"sandboxRef"`
	// MountError, SandboxError are the newest messages of FailedMount/FailedAttachVolume and FailedCreatePodSandBox.
	MountError      string   `cel:"mountError"`
	MountErrorRef   string   `cel:"mountErrorRef"`
	SandboxError    string   `cel:"sandboxError"`
	SandboxErrorRef string   `cel:"sandboxErrorRef"`
	Volumes         []Volume `cel:"volumes"`

	// EventsKnown says that events were read and that the time in question lies within their lifetime.
	EventsKnown bool `cel:"eventsKnown"`
}

// Volume is one volume of the pod.
type Volume struct {
	Name     string `cel:"name"`
	Kind     string `cel:"kind"`     // configMap, secret, emptyDir, persistentVolumeClaim, hostPath, projected …
	Ref      string `cel:"ref"`      // name of the object, or the path on the host
	Optional bool   `cel:"optional"` // the reference may be absent
	Memory   bool   `cel:"memory"`   // emptyDir of medium Memory
	HostType string `cel:"hostType"` // hostPath type
}

// Workload is the controller at the top: Deployment, StatefulSet, DaemonSet, Job, CronJob or ReplicaSet.
type Workload struct {
	Kind string `cel:"kind"` // "" for a pod without a controller
	Name string `cel:"name"`

	Job Job `cel:"job"`
}

// Job holds what matters when the pod belongs to a Job.
type Job struct {
	Set          bool   `cel:"set"`
	Name         string `cel:"name"`
	BackoffLimit *int   `cel:"backoffLimit"` // nil: the Job was not read
	Failed       *int   `cel:"failed"`       // pods that failed
	FailedReason string `cel:"failedReason"` // reason of the Failed condition: BackoffLimitExceeded, DeadlineExceeded …
	FailedPods   int    `cel:"failedPods"`   // failed pods of the Job among the siblings, this one included
}

// Node holds the facts of the pod's node.
type Node struct {
	Name           string   `cel:"name"`
	Ready          bool     `cel:"ready"`
	NotReadyWhy    string   `cel:"notReadyWhy"`
	Away           bool     `cel:"away"` // not ready because nothing was heard of its kubelet: nothing is started there
	Arch           string   `cel:"arch"`
	OS             string   `cel:"os"`
	Kernel         string   `cel:"kernel"`
	Kubelet        string   `cel:"kubelet"` // "v1.35.4"
	Runtime        string   `cel:"runtime"` // "containerd://1.6.20"
	MemoryPressure bool     `cel:"memoryPressure"`
	DiskPressure   bool     `cel:"diskPressure"`
	PIDPressure    bool     `cel:"pidPressure"`
	Taints         []string `cel:"taints"`
	MemoryBytes    *int     `cel:"memoryBytes"` // capacity
	// Rebooted says that a Rebooted event of the node was seen.
	Rebooted bool `cel:"rebooted"`
}

// ContainerKind says what part a container has in the pod.
type ContainerKind string

// The kinds of container.
const (
	KindMain      ContainerKind = "main"
	KindInit      ContainerKind = "init"
	KindSidecar   ContainerKind = "sidecar" // an init container with restartPolicy Always
	KindEphemeral ContainerKind = "ephemeral"
)

// Verdict is how a container, or a pod, stands. The values are those of the JSON report.
type Verdict string

// The verdicts.
const (
	CrashLooping Verdict = "crash-looping"
	Crashed      Verdict = "crashed" // a run failed and will not be restarted
	Recovered    Verdict = "recovered"
	Healthy      Verdict = "healthy"
	Completed    Verdict = "completed"
	NotStarted   Verdict = "not-started"
	NotReady     Verdict = "not-ready"
	Terminating  Verdict = "terminating"
	Pending      Verdict = "pending"
	Unknown      Verdict = "unknown"
)

// Trouble says whether a container with this verdict is or may be in trouble and wants a cause.
func (v Verdict) Trouble() bool {
	return v != Healthy && v != Recovered && v != Completed
}

// Asked says that the container wants a cause: it is in trouble, or it has recovered, and may be about to crash again or its log was
// given, by which somebody asks what it was.
func (c *Container) Asked() bool {
	return c.Verdict.Trouble() || c.Verdict == Recovered && c.Exited && (c.Between || c.Log != nil && !c.Log.Empty)
}

// Container holds the facts of one container.
type Container struct {
	Name    string        `cel:"name"`
	Kind    ContainerKind `cel:"kind"`
	Ref     string        `cel:"ref"` // where its status stands: "pod:.status.containerStatuses[api]"
	SpecRef string        `cel:"specRef"`
	Verdict Verdict       `cel:"verdict"`

	// State as the API says it: running, waiting, terminated, or "" when there is no status.
	State          string `cel:"state"`
	WaitingReason  string `cel:"waitingReason"`
	WaitingMessage string `cel:"waitingMessage"`
	// Between says that the container is ready after a crash, and that nothing tells when that was read: it may be between two
	// crashes, or well since. The verdict is the likelier one.
	Between bool `cel:"-"`
	// Why is what the kubelet says of why it waits: the message, or the newest event where the message is not shown or only
	// tells of a back-off.
	Why    string `cel:"why"`
	WhyRef string `cel:"whyRef"`

	Ready    bool `cel:"ready"`
	Started  bool `cel:"started"`  // status.started: the startup probe, if any, has passed
	Restarts int  `cel:"restarts"` // status.restartCount: runs that were followed by another

	// Exited says that a run of this container is known to have ended. Without a status it is false although a run may
	// have ended; then LastExit is nil and so unknown to rules.
	Exited bool `cel:"exited"`
	// ExitKnown says that the exit code of that run is known. A row of a table, for one, does not tell it.
	ExitKnown bool  `cel:"exitKnown"`
	LastExit  *Exit `cel:"lastExit"` // the run that died last
	// PrevExit is the run before that, when the status still shows both.
	PrevExit *Exit        `cel:"prevExit"`
	Start    StartFailure `cel:"start"` // why the runtime could not start it
	// RunningFor is how long the current run has lasted. Nil when it is not running.
	RunningFor *time.Duration `cel:"runningFor"`

	RestartPolicy string   `cel:"restartPolicy"` // the policy in force for this container: its own or the pod's
	RestartRules  bool     `cel:"restartRules"`  // restartPolicyRules are set
	Image         string   `cel:"image"`         // as in the spec
	Digest        string   `cel:"digest"`        // the part of imageID after "@", or imageID itself; "" when unknown
	PullPolicy    string   `cel:"pullPolicy"`
	Command       []string `cel:"command"`
	Args          []string `cel:"args"`
	Shell         bool     `cel:"shell"` // the command is a shell that runs a script or -c text
	WorkingDir    string   `cel:"workingDir"`
	Stdin         bool     `cel:"stdin"`
	TTY           bool     `cel:"tty"`

	Env []EnvVar `cel:"env"`
	// EnvNames are the names in env. EnvFrom says that more may come from envFrom, whose keys are not known.
	EnvNames []string `cel:"envNames"`
	EnvFrom  bool     `cel:"envFrom"`
	Mounts   []Mount  `cel:"mounts"`
	Ports    []Port   `cel:"ports"`
	Security Security `cel:"security"`
	Memory   Memory   `cel:"memory"`
	// Unlimited says that the container is known to have no memory limit.
	Unlimited bool `cel:"unlimited"`
	// RootWritable says that the container's root file system is known not to be read-only.
	RootWritable bool     `cel:"rootWritable"`
	CPULimit     *float64 `cel:"cpuLimit"` // cores; nil: no limit. Use hasCPULimit first
	HasCPU       bool     `cel:"hasCPULimit"`

	Liveness  Probe `cel:"liveness"`
	Readiness Probe `cel:"readiness"`
	Startup   Probe `cel:"startup"`
	PostStart Hook  `cel:"postStart"`
	PreStop   Hook  `cel:"preStop"`

	Kill    Kill     `cel:"kill"`    // who ended the last run, as far as it is known
	Backoff *Backoff `cel:"backoff"` // nil when it does not wait for a restart
	Log     *Log     `cel:"log"`     // the log of the run that died last; nil when it could not be read
	LiveLog *Log     `cel:"liveLog"` // the log of the run that is alive; nil when it was not read
	// Threw says that the last run ended by an exception that nobody caught, in a runtime that aborts then: the signal
	// of its exit code is no fault of native code.
	Threw bool `cel:"threw"`

	// Replicas compares this container over the pods of the workload. Nil when they were not read.
	Replicas *Replicas `cel:"replicas"`

	// Blocks says that this init container or sidecar keeps later containers waiting.
	Blocks bool `cel:"blocks"`
	// BlockedBy names the init container or sidecar that this one waits for, "" when it waits for none.
	BlockedBy string `cel:"blockedBy"`
}

// Exit is the end of one run.
type Exit struct {
	Code    *int   `cel:"code"`   // 128+n when a signal ended it; nil when the source does not say
	Reason  string `cel:"reason"` // Error, Completed, OOMKilled, StartError, ContainerCannotRun, ContainerStatusUnknown …
	Message string `cel:"message"`
	Signal  string `cel:"signal"` // SIGKILL …; "" when no signal ended it or the code is not a signal's
	OOM     bool   `cel:"oom"`    // reason OOMKilled: some process of the container was killed for memory, not always PID 1
	// NeverRan says that the runtime could not start it (StartError, ContainerCannotRun, 1970 start).
	NeverRan bool           `cel:"neverRan"`
	Started  *time.Time     `cel:"started"` // nil for a run that never started: the API says 1970 then
	Finished *time.Time     `cel:"finished"`
	RanFor   *time.Duration `cel:"ranFor"`
	ID       string         `cel:"id"`
	Ref      string         `cel:"ref"`
}

// StartFailure is a runtime's error text, read to its cause.
type StartFailure struct {
	Set bool `cel:"set"`
	// Cause: not-in-path, no-such-file, permission, is-directory, workdir, mount, exec-format, oom-init, memory-limit, no-command, user, device,
	// name-reserved, cgroup, seccomp, apparmor, hook, other.
	Cause string `cel:"cause"`
	What  string `cel:"what"` // the path, program or mount it speaks of
	Text  string `cel:"text"` // the innermost part of the chain
	Full  string `cel:"full"`
	Ref   string `cel:"ref"`
}

// EnvVar is one variable of env.
type EnvVar struct {
	Name  string `cel:"name"`
	Value string `cel:"value"` // "" when it comes from elsewhere
	From  string `cel:"from"`  // "", configmap/NAME/KEY, secret/NAME/KEY, field or resource
}

// Mount is one volume mount, with what its volume is.
type Mount struct {
	Path     string `cel:"path"`
	Volume   string `cel:"volume"`
	Kind     string `cel:"kind"` // as Volume.Kind
	Ref      string `cel:"ref"`
	SubPath  string `cel:"subPath"`
	ReadOnly bool   `cel:"readOnly"` // mounted read-only, or of a kind that always is (configMap, secret, projected, downwardAPI)
	Memory   bool   `cel:"memory"`
}

// Port is one declared port.
type Port struct {
	Name     string `cel:"name"`
	Port     int    `cel:"port"`
	HostPort int    `cel:"hostPort"`
	Protocol string `cel:"protocol"`
}

// Security is the security context in force, the container's over the pod's.
type Security struct {
	RunAsUser      *int     `cel:"runAsUser"`
	RunAsNonRoot   bool     `cel:"runAsNonRoot"`
	FSGroup        *int     `cel:"fsGroup"`
	ReadOnlyRoot   bool     `cel:"readOnlyRoot"`
	Privileged     bool     `cel:"privileged"`
	DropsAll       bool     `cel:"dropsAll"`
	AddsNetBind    bool     `cel:"addsNetBind"`
	SeccompProfile string   `cel:"seccompProfile"`
	Sysctls        []string `cel:"sysctls"`
}

// Memory is what is known about the container's memory. Sizes are in bytes.
type Memory struct {
	Limit     *int   `cel:"limit"` // actuated if the status says, else the spec's; nil: no limit. Use hasLimit first
	HasLimit  bool   `cel:"hasLimit"`
	LimitText string `cel:"limitText"` // "128Mi"
	SpecLimit *int   `cel:"specLimit"` // the spec's, when it differs from the actuated one
	Request   *int   `cel:"request"`
	Tiny      bool   `cel:"tiny"` // a limit under 16 MiB, too small for most runtimes to start

	// Heap is the runtime heap that command, args or env ask for: -Xmx, --max-old-space-size, GOMEMLIMIT,
	// -XX:MaxRAMPercentage.
	HeapSet     bool   `cel:"heapSet"`
	HeapBytes   *int   `cel:"heapBytes"`
	HeapText    string `cel:"heapText"`    // "-Xmx2g"
	HeapRuntime string `cel:"heapRuntime"` // jvm, node, go, dotnet
	// HeapPercent is the heap as a share of the limit; nil when either is unknown.
	HeapPercent *int `cel:"heapPercent"`

	MemoryVolumes []string `cel:"memoryVolumes"` // mounts of emptyDir medium Memory: they count against the limit
	ShmMounted    bool     `cel:"shmMounted"`    // something is mounted at /dev/shm

	// NodeOOM is what the node said of running out of memory itself as the last run ended, "" when it said nothing then
	// or was not read.
	NodeOOM    string `cel:"nodeOOM"`
	NodeOOMRef string `cel:"nodeOOMRef"`
}

// Log is the log of the run that died, and what it says.
type Log struct {
	// Run is "previous" or "current", as one asks kubectl for it.
	Run   string `cel:"run"`
	Ref   string `cel:"ref"`
	Empty bool   `cel:"empty"`
	// Sure says that the log is that of the last run that died, not one before or after it.
	Sure      bool            `cel:"sure"`
	Truncated bool            `cel:"truncated"`
	Says      *crashlog.Log   `cel:"says"`
	Crash     *crashlog.Crash `cel:"crash"` // without a kind when Empty
	// FromMessage says that it was read from the termination message, not from a log.
	FromMessage bool `cel:"fromMessage"`
	// Said is how a sentence names it, as the method Called says.
	Said string `cel:"called"`
	// Wrote is the run that wrote it; "" when that is not known.
	Wrote Run `cel:"-"`
	// Why says what told its run where that is not what its name says, or not what the pod's status knows. "" else.
	Why string `cel:"-"`
}
