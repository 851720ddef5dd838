package printed

import (
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/unloop-dev/unloop/fact"
)

// The forms of a pod that a node's log told of.
const (
	formJournal = "the kubelet's log"
	formKernel  = "the kernel's log"
	formRuntime = "the container runtime's log"
)

// journalShows is what the kubelet's log shows: it names pods, containers and what went wrong, nothing of the spec. What hangs on
// lines that may be absent is added where they are there.
var journalShows = []fact.Name{
	fact.PodName, fact.Namespace, fact.UID, fact.Created, fact.Age,
	fact.State, fact.WaitingReason, fact.WaitingMessage, fact.Exited, fact.LastExit, fact.NeverRan,
}

// kernelShows is what the kernel's log shows: that a process of a container was killed. It names the pod by its uid.
var kernelShows = []fact.Name{fact.UID, fact.Exited, fact.LastExit, fact.NeverRan, fact.ExitID}

// Journal reads a node's log: what the kubelet says of pods, which container it waits to restart and why, which probe failed,
// what it killed; what the runtime says of containers, and the kernel of those that it killed for memory. klog writes times
// without a year, so only a journal in an ISO format gives events a time.
func Journal(text []byte) *Objects {
	j := newJournal()
	for l := range strings.Lines(string(text)) {
		l = strings.TrimRight(l, "\r\n")
		if len(l) <= maxJournalLine {
			j.line(l)
		}
	}
	return j.finish()
}

func newJournal() *journal {
	return &journal{
		objects: &Objects{}, pods: map[string]*nodePod{}, byUID: map[string]*nodePod{}, sandboxes: map[string]*nodePod{},
		containers: map[string]nodeContainer{}, seen: map[string]seenEvent{},
	}
}

// journal gathers what a node's log tells.
type journal struct {
	objects *Objects
	order   []*nodePod
	pods    map[string]*nodePod // by namespace and name
	byUID   map[string]*nodePod

	sandboxes  map[string]*nodePod      // by id
	containers map[string]nodeContainer // by id
	seen       map[string]seenEvent
	oom        oomReport
}

// nodePod is what the log tells of a pod.
type nodePod struct {
	pod     *corev1.Pod
	form    string
	ends    []runEnd
	sandbox string // why the runtime could not make its sandbox, by the runtime's own log
	stuck   bool   // the kubelet did not come to starting containers
}

// nodeContainer is what the log tells of the container that has an id.
type nodeContainer struct {
	pod  *nodePod
	name string
}

// runEnd is the end of a container, as far as a line tells it.
type runEnd struct {
	container string // id
	at        metav1.Time
	code      int32
	coded     bool
	oom       bool
	limit     int64 // of its memory, in bytes; 0 if not told
}

func (j *journal) line(l string) {
	n, headed := readNodeLine(l)
	j.read(n, headed)
}

func (j *journal) read(n nodeLine, headed bool) {
	switch {
	case !headed || n.unit == "kernel":
		if text := kernelText(n.text); text != "" {
			j.kernel(text, n)
		}
	case n.ofRuntime():
		j.runtime(n)
		return
	}
	if headed && !n.ofKubelet() {
		return
	}
	if e, ok := readEntry(n.text); ok {
		j.entry(e, n)
	} else if !headed && strings.HasPrefix(n.text, "time=") {
		j.runtime(n) // a file of containerd or CRI-O has no head
	}
}

// podNamed is the pod of a namespace and name, podOfUID that of a uid. One that was known by its uid alone gets its name when
// that is told.
func (j *journal) podNamed(namespace, name, uid string) *nodePod {
	p := j.pods[namespace+"/"+name]
	if p == nil && uid != "" && j.byUID[uid] != nil && j.byUID[uid].pod.Name == "" {
		p = j.byUID[uid]
	}
	if p == nil {
		p = &nodePod{pod: &corev1.Pod{}}
		j.order = append(j.order, p)
	}
	p.pod.Namespace, p.pod.Name, p.form = namespace, name, formJournal
	j.pods[namespace+"/"+name] = p
	if uid != "" {
		p.pod.UID = types.UID(uid)
		j.byUID[uid] = p
	}
	return p
}

func (j *journal) podOfUID(uid string) *nodePod {
	if p := j.byUID[uid]; p != nil {
		return p
	}
	p := &nodePod{pod: &corev1.Pod{}, form: formKernel}
	p.pod.UID = types.UID(uid)
	j.byUID[uid] = p
	j.order = append(j.order, p)
	return p
}

func containerNamed(pod *corev1.Pod, name string) *corev1.ContainerStatus {
	statuses := &pod.Status.ContainerStatuses
	for i := range *statuses {
		if (*statuses)[i].Name == name {
			return &(*statuses)[i]
		}
	}
	pod.Spec.Containers = append(pod.Spec.Containers, corev1.Container{Name: name})
	*statuses = append(*statuses, corev1.ContainerStatus{Name: name})
	return &(*statuses)[len(*statuses)-1]
}

// finish makes pods of all that was told.
func (j *journal) finish() *Objects {
	j.endReport()
	for _, p := range j.order {
		for _, end := range p.ends {
			if c := j.containerOf(p, end.container); c != nil {
				p.setEnd(c, end)
			}
		}
		j.sandboxOfRuntime(p)
		if p.stuck && len(p.pod.Spec.Containers) == 0 {
			p.setStuck()
		}
		if len(p.pod.Spec.Containers) > 0 {
			j.objects.Pods = append(j.objects.Pods, p.done())
		}
	}
	return j.objects
}

// containerOf finds the container that an id is of. Where no line joins them, it is the only one of the pod that is known; of
// a pod of which no name is known, it has none.
func (j *journal) containerOf(p *nodePod, id string) *corev1.ContainerStatus {
	statuses := p.pod.Status.ContainerStatuses
	switch known := j.containers[id]; {
	case id != "" && known.pod == p && known.name != "":
		return containerNamed(p.pod, known.name)
	case len(statuses) == 0 && p.form == formKernel:
		return containerNamed(p.pod, "")
	case len(statuses) == 1:
		return &p.pod.Status.ContainerStatuses[0]
	}
	return nil
}

// setEnd sets how a container ended. What a later line doesn't tell of the same container, the one before did.
func (p *nodePod) setEnd(c *corev1.ContainerStatus, end runEnd) {
	t := c.LastTerminationState.Terminated
	if t == nil || end.container != "" && t.ContainerID != "" && t.ContainerID != end.container {
		t = &corev1.ContainerStateTerminated{ExitCode: unknownFailure}
	}
	c.LastTerminationState.Terminated = t
	if end.container != "" {
		t.ContainerID = end.container
	}
	if end.coded {
		t.ExitCode, t.FinishedAt = end.code, end.at
		t.Message = codeTold
	}
	if end.oom {
		t.Reason = "OOMKilled" // so the runtime calls it (docs/kubernetes.md#who-says-oomkilled)
	}
	if end.limit > 0 {
		limits := corev1.ResourceList{corev1.ResourceMemory: *resource.NewQuantity(end.limit, resource.BinarySI)}
		at := slices.IndexFunc(p.pod.Spec.Containers, func(s corev1.Container) bool { return s.Name == c.Name })
		p.pod.Spec.Containers[at].Resources.Limits = limits
	}
}

// codeTold marks, while a log is read, an end whose code was told.
const codeTold = "told"

// setStuck makes a pod of which the kubelet says that it has no sandbox, or lacks a volume: its containers wait as the
// kubelet's default says (docs/kubernetes.md#waiting-reasons).
func (p *nodePod) setStuck() {
	containerNamed(p.pod, "").State.Waiting = &corev1.ContainerStateWaiting{Reason: "ContainerCreating"}
	p.pod.Status.Conditions = []corev1.PodCondition{{Type: corev1.PodScheduled, Status: corev1.ConditionTrue}}
}

// done gives the pod, with what was not told of it.
func (p *nodePod) done() Pod {
	shows := slices.Clone(journalShows)
	p.pod.Status.Phase = corev1.PodRunning
	switch {
	case p.form == formKernel: // whether the container goes on, the kernel doesn't know
		shows, p.pod.Status.Phase = slices.Clone(kernelShows), corev1.PodUnknown
	case p.stuck:
		shows = append(shows, fact.Scheduled)
	}
	told := p.told()
	if told.codes {
		shows = append(shows, fact.ExitCode, fact.ExitSignal, fact.ExitFinished)
	}
	if told.reasons {
		shows = append(shows, fact.ExitReason, fact.ExitOOM)
	}
	if told.limits {
		shows = append(shows, fact.MemoryLimit, fact.HasMemoryLimit, fact.MemoryLimitText, fact.TinyMemoryLimit)
	}
	hidden := fact.Hidden(shows...)
	if !told.ends && !told.waits { // a probe failed, no more is known
		hidden = append(hidden, fact.State, fact.WaitingReason, fact.Exited, fact.LastExit)
	}
	return Pod{Pod: p.pod, Form: p.form, Hidden: hidden}
}

// toldOfPod is what was told of all containers of a pod that are known: what is told of one alone counts for none, since facts
// are hidden for all of them.
type toldOfPod struct{ ends, waits, codes, reasons, limits bool }

// told finds out what was told, and sets what follows from it.
func (p *nodePod) told() toldOfPod {
	told := toldOfPod{codes: true, reasons: true, limits: true}
	for i := range p.pod.Status.ContainerStatuses {
		c := &p.pod.Status.ContainerStatuses[i]
		w, last := c.State.Waiting, &c.LastTerminationState
		if w != nil && w.Reason == "CrashLoopBackOff" && last.Terminated == nil {
			last.Terminated = &corev1.ContainerStateTerminated{ExitCode: unknownFailure}
		}
		told.waits = told.waits || w != nil
		told.limits = told.limits && len(p.pod.Spec.Containers[i].Resources.Limits) > 0
		t := last.Terminated
		if t == nil {
			continue
		}
		told.ends, told.codes, told.reasons = true, told.codes && t.Message == codeTold, told.reasons && t.Reason != ""
		t.Message = ""
		if p.form != formKernel {
			c.RestartCount = restartsBefore(w) // at least; the fact is hidden
		}
	}
	told.codes, told.reasons = told.codes && told.ends, told.reasons && told.ends
	return told
}
