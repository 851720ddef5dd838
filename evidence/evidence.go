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
)

// Evidence is everything that is known about one pod. It is built once and not changed afterwards.
type Evidence struct {
	At      time.Time
	Source  Source
	Cluster string

	Pod      Pod
	Workload Workload
	Node     *Node // nil: not read

	// Containers in the order in which they start: init containers and sidecars, main containers, ephemeral ones.
	Containers []Container
	Events     []Event
	Missing    []Missing
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
	Grace          time.Duration  `cel:"grace"` // terminationGracePeriodSeconds
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
	Ready          bool   `cel:"ready"`
	Started        bool   `cel:"started"`  // status.started: the startup probe, if any, has passed
	Restarts       int    `cel:"restarts"` // status.restartCount: runs that were followed by another

	// Exited says that a run of this container is known to have ended. Without a status it is false although a run may
	// have ended; then LastExit is nil and so unknown to rules.
	Exited   bool  `cel:"exited"`
	LastExit *Exit `cel:"lastExit"` // the run that died last
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
	CPULimit *float64 `cel:"cpuLimit"` // cores; nil: no limit. Use hasCPULimit first
	HasCPU   bool     `cel:"hasCPULimit"`

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

// Probe is one probe with its defaults applied, and what is known of its results.
type Probe struct {
	Set      bool          `cel:"set"`
	Type     string        `cel:"type"`    // liveness, readiness, startup
	Handler  string        `cel:"handler"` // http, tcp, grpc, exec
	Target   string        `cel:"target"`  // "http://:8080/healthz", ":5432", the command
	Port     int           `cel:"port"`    // resolved; 0 when it has none or its name is not declared
	PortName string        `cel:"portName"`
	Path     string        `cel:"path"`
	Command  []string      `cel:"command"`
	Delay    time.Duration `cel:"delay"`
	Period   time.Duration `cel:"period"`
	Timeout  time.Duration `cel:"timeout"`
	Failures int           `cel:"failures"` // failureThreshold
	Grace    time.Duration `cel:"grace"`    // the grace period of a kill by this probe

	// KillEarliest and KillLatest bound the kill decision, counted from the start of the container (KUBERNETES 6.2).
	KillEarliest time.Duration `cel:"killEarliest"`
	KillLatest   time.Duration `cel:"killLatest"`

	// Failed counts the failures that events tell of: a lower bound. LastFailure is the newest output.
	Failed      int        `cel:"failed"`
	LastFailure string     `cel:"lastFailure"`
	FailedAt    *time.Time `cel:"failedAt"`
	// Failure classes the newest output: refused, timeout, status, tls, dns, exec, no-grpc, unhealthy, reset, protocol
	// (what answers speaks another one, like gRPC to an HTTP probe), other, "".
	Failure string `cel:"failure"`
	Status  int    `cel:"status"` // HTTP status of the newest failure, 0 when none
	// Errored says that the probe could not be run at all; such results never kill.
	Errored     bool   `cel:"errored"`
	ErrorText   string `cel:"errorText"`
	Ref         string `cel:"ref"`         // spec
	FailureRef  string `cel:"failureRef"`  // the event
	BudgetText  string `cel:"budgetText"`  // "20s–31s after start"
	SettingText string `cel:"settingText"` // "http-get http://:8080/healthz delay=5s timeout=1s period=10s #success=1 #failure=3"
}

// Hook is a lifecycle hook.
type Hook struct {
	Set     bool   `cel:"set"`
	Text    string `cel:"text"`    // "exec [sh -c …]", "http-get :8080/x", "sleep 5"
	Failed  bool   `cel:"failed"`  // events or status say that it failed
	Message string `cel:"message"` // why, where the status says it
	Ref     string `cel:"ref"`
}

// Killer says who ended a run.
type Killer string

// The killers. Empty means that nothing says the run was ended from outside.
const (
	ByLiveness   Killer = "liveness"
	ByStartup    Killer = "startup"
	ByPostStart  Killer = "poststart"
	ByOOM        Killer = "oom"
	ByEviction   Killer = "eviction"
	ByDeletion   Killer = "deletion"
	BySpecChange Killer = "spec-change"
	ByNodeLoss   Killer = "node" // runtime or node restarted
	// ByRestartRule: a restartPolicyRules entry with action RestartAllContainers fired.
	ByRestartRule Killer = "restart-rule"
	ByUnknown     Killer = "unknown" // a signal from outside, sender unknown
)

// Kill is what is known about who ended the last run.
type Kill struct {
	By Killer `cel:"by"`
	// How it is known: event, status, arithmetic.
	How string `cel:"how"`
	// Sure says that the finding is beyond reasonable doubt: an event at the right time, or arithmetic that several
	// runs agree on.
	Sure bool   `cel:"sure"`
	Text string `cel:"text"` // one clause that says why, with the numbers
	Ref  string `cel:"ref"`
	// Count is a lower bound of the kills that events tell of.
	Count int `cel:"count"`
	// Excluded says why a probe kill is impossible: "the run ended 12s before the earliest kill". "" when it is not.
	Excluded string `cel:"excluded"`
}

// Backoff is the kubelet's wait before the next restart.
type Backoff struct {
	Delay   time.Duration `cel:"delay"`
	Guessed bool          `cel:"guessed"` // from the restart count, not from the status
	// Earliest and Latest bound the restart; zero when the end of the last run is not known.
	Earliest time.Time `cel:"earliest"`
	Latest   time.Time `cel:"latest"`
	// Custom says that the delay is none of the default curve: the node's kubelet is configured differently.
	Custom bool `cel:"custom"`
	// Late says that the window has passed by more than a minute: the kubelet is down or the status is stale.
	Late bool   `cel:"late"`
	Ref  string `cel:"ref"`
}

// Log is the log of the run that died, and what it says.
type Log struct {
	// Run: "previous" or "current", as one asks kubectl for it. Attempt counts from the end: 0 is the last run that ended.
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
}

// Replicas compares one container over the pods of its workload, this pod included.
type Replicas struct {
	Total    int `cel:"total"`
	Crashing int `cel:"crashing"` // crash-looping or crashed
	Healthy  int `cel:"healthy"`

	// SameRevision* count only pods of this pod's template revision.
	SameTotal    int `cel:"sameTotal"`
	SameCrashing int `cel:"sameCrashing"`
	SameHealthy  int `cel:"sameHealthy"`

	// Nodes, Digests, Archs, Revisions are the groups, the most crashing first.
	Nodes     []Group `cel:"nodes"`
	Digests   []Group `cel:"digests"`
	Archs     []Group `cel:"archs"`
	Revisions []Group `cel:"revisions"`

	// OnlyNode is the node that holds all crashing replicas of this revision while replicas on other nodes are healthy.
	// NodeText gives the numbers ("n2: 2 of 2 crash, elsewhere 0 of 5"); Strong says that chance is an unlikely
	// explanation (exact test, p < 0.05).
	OnlyNode string `cel:"onlyNode"`
	NodeText string `cel:"nodeText"`
	Strong   bool   `cel:"strong"`
	// OtherDigest says that all crashing replicas run one image digest and all healthy ones another, under the same
	// tag; DigestText gives the numbers.
	OtherDigest bool   `cel:"otherDigest"`
	DigestText  string `cel:"digestText"`
	DigestSure  bool   `cel:"digestSure"`
	// OtherArch: all crashing replicas run on one architecture, all healthy ones on others.
	OtherArch string `cel:"otherArch"`
	// NewRevision says that only pods of the newest revision crash and older ones are healthy.
	NewRevision bool `cel:"newRevision"`
	// Text sums up: "1 of 2 replicas crashes, 1 is healthy".
	Text string `cel:"text"`
}

// Group counts replicas that share a property.
type Group struct {
	Value    string `cel:"value"`
	Total    int    `cel:"total"`
	Crashing int    `cel:"crashing"`
	Healthy  int    `cel:"healthy"`
}

// Event is one event, of either API, with its time and count made comparable.
type Event struct {
	Type      string    `cel:"type"`
	Reason    string    `cel:"reason"`
	Message   string    `cel:"message"`
	Kind      string    `cel:"kind"` // kind of the object: Pod, Node, ReplicaSet, Job
	Object    string    `cel:"object"`
	Container string    `cel:"container"` // "" when it concerns the whole object
	Count     int       `cel:"count"`     // a lower bound
	First     time.Time `cel:"first"`
	Last      time.Time `cel:"last"`
	Ref       string    `cel:"ref"` // "events/3"
}
