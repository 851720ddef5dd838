package printed

import (
	"slices"
	"strconv"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/unloop-dev/unloop/fact"
	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

// formRow is Form of a pod that is a line of a table.
const formRow = "kubectl get pods"

// rowShows is what a line of "kubectl get pods" shows: nothing of the spec, and of the status but one word for all
// containers. What hangs on what the line says is taken off or added where it is read.
var rowShows = []fact.Name{
	fact.PodName, fact.Namespace, fact.Created, fact.Age, fact.Phase,
	fact.PodReason, fact.Deleting,
	fact.Kind, fact.State, fact.WaitingReason, fact.Ready, fact.Restarts,
	fact.Exited, fact.LastExit, fact.ExitCode, fact.ExitReason, fact.ExitSignal, fact.ExitOOM,
	fact.NeverRan, fact.ExitFinished,
}

var rowHides = fact.Hidden(rowShows...)

// podLine is a row of "kubectl get pods" by the shapes of its fields: READY is the one that nothing else looks like. The
// words are matched instead of columns since rows come without header, and since STATUS and RESTARTS, the columns that
// matter, are the ones that outgrow it in a watch.
var podLine = lazyregexp.New(`^[ \t]*(?:([a-z0-9][a-z0-9-]*)[ \t]+)?((?:pods?/)?[a-z0-9][a-z0-9.-]*)[ \t]+(\d{1,4})/(\d{1,4})[ \t]+([A-Za-z][A-Za-z0-9:/._-]*)[ \t]+(\d{1,7})(?:[ \t]+\(([0-9a-z<>]+) ago\))?[ \t]+([0-9a-z<>]+)(?:[ \t]+(.*))?$`)

// podRow is what a row says.
type podRow struct {
	namespace, name string
	ready, total    int
	status          string
	restarts        int32
	restarted, age  Age
	node, ip        string
	labels          string
	wide            bool

	// Columns that are not there, or say nothing.
	unready, uncounted bool
	// inPhase is the phase, where the row tells that and not STATUS.
	inPhase string
	// of is the container that the row says it is about.
	of string
	// lastReason and lastCode are how the last run ended, which columns of custom-columns may tell.
	lastReason string
	lastCode   int32
	lastCoded  bool
}

// parsePodRow reads a row, with the header above it if there is one.
func parsePodRow(line string, header table) (podRow, bool) {
	if len(line) > maxRow || !hasCounter(line) {
		return podRow{}, false
	}
	m := podLine.FindStringSubmatch(line)
	if m == nil {
		return parseShortRow(line)
	}
	p := podRow{namespace: m[1], status: m[5]}
	if kind, name := splitKind(m[2]); kind == "" || strings.HasPrefix(kind, "pod") {
		p.name = name
	}
	p.ready, _ = strconv.Atoi(m[3])
	p.total, _ = strconv.Atoi(m[4])
	restarts, _ := strconv.Atoi(m[6])
	p.restarts = int32(restarts) // at most seven digits
	age, known := ParseAge(m[8])
	if !known || p.name == "" || p.ready > p.total {
		return podRow{}, false
	}
	p.age = age
	if m[7] != "" {
		p.restarted, _ = ParseAge(m[7])
	}
	p.setWide(line, strings.Fields(m[9]), header)
	return p, true
}

// setWide takes the columns that "-o wide" and "--show-labels" append. Without a header, IP and NODE are known by the
// shape of an address.
func (p *podRow) setWide(line string, rest []string, header table) {
	if header.has("NODE") {
		if r, ok := header.row(line); ok && r["NAME"] == p.name {
			p.node, p.ip, p.wide, p.labels = r.cell("NODE"), r.cell("IP"), true, r.cell("LABELS")
			return
		}
	}
	if len(rest) >= 2 && (rest[0] == "<none>" || strings.Count(rest[0], ".") == 3 || strings.Contains(rest[0], ":")) {
		p.wide = true
		p.ip, p.node = row{"": rest[0]}.cell(""), row{"": rest[1]}.cell("")
	}
	if last := len(rest) - 1; header.has("LABELS") && last >= 0 && strings.Contains(rest[last], "=") {
		p.labels = rest[last]
	}
}

// terminatedReasons are the words in STATUS that are the reason of a terminated state; other words than these and the
// phases are that of a waiting one (printPod in pkg/printers/internalversion; docs/kubernetes.md#waiting-reasons,
// #terminated-reasons).
var terminatedReasons = []string{
	"Error", "Completed", "OOMKilled", "ContainerCannotRun", "StartError", "ContainerStatusUnknown", "DeadlineExceeded",
}

// podReasons are those in STATUS that are the reason of the pod itself, whose containers are gone
// (docs/kubernetes.md#terminated-reasons).
var podReasons = []string{
	"Evicted", "NodeLost", "NodeAffinity", "Preempting", "Preempted", "Shutdown", "NodeShutdown", "Terminated",
	"UnexpectedAdmissionError", "OutOfcpu", "OutOfmemory", "OutOfpods", "OutOfephemeral-storage", "AppArmor",
	"PodOSNotSupported", "SysctlForbidden", "NodeUnschedulable", "TopologyAffinityError",
}

// pod makes a pod of a row. Its STATUS speaks of one container, without saying which: that one has no name, and the
// others are left out.
func (p podRow) pod() Pod {
	pod := &corev1.Pod{}
	pod.Namespace, pod.Name = p.namespace, p.name
	pod.Spec.NodeName, pod.Status.PodIP = p.node, p.ip
	pod.Labels = parseLabels(p.labels)
	out := Pod{
		Pod: pod, Form: formRow, Hidden: slices.Clone(rowHides), Row: true, Age: p.age, Restarted: p.restarted,
	}
	if p.labels != "" {
		out.Reveal(fact.Revision)
	}
	if p.wide {
		out.Reveal(fact.NodeName, fact.Scheduled)
	}
	p.setOwner(&out)
	if p.status != "" || !p.uncounted || p.inPhase == string(corev1.PodRunning) {
		p.setStatus(&out)
	}
	p.setEnd(&out)
	p.hideColumns(&out)
	if status := statusIn(pod); status != nil && p.of != "" {
		status.Name = p.of
		pod.Spec.Containers[0].Name = p.of
	}
	return out
}

func parseLabels(text string) map[string]string {
	labels := map[string]string{}
	for part := range strings.SplitSeq(text, ",") {
		if key, value, ok := strings.Cut(part, "="); ok {
			labels[key] = value
		}
	}
	return labels
}

// replicaSetPod is the name of a Deployment's pod: the ReplicaSet's, with its hash, and five characters. Both are written
// in letters that make no words (k8s.io/apimachinery/pkg/util/rand).
var replicaSetPod = lazyregexp.New(`^([a-z0-9][a-z0-9.-]*)-([bcdfghjklmnpqrstvwxz2456789]{6,10})-[bcdfghjklmnpqrstvwxz2456789]{5}$`)

// setOwner takes the ReplicaSet of a Deployment from the pod's name. Its pods are always restarted: the API server allows
// no other policy there.
func (p podRow) setOwner(out *Pod) {
	m := replicaSetPod.FindStringSubmatch(p.name)
	if m == nil {
		return
	}
	yes, pod := true, out.Pod
	out.Reveal(fact.WorkloadKind, fact.WorkloadName, fact.WorkloadJob)
	pod.OwnerReferences = []metav1.OwnerReference{{APIVersion: "apps/v1", Kind: "ReplicaSet", Name: m[1] + "-" + m[2], Controller: &yes}}
	pod.Spec.RestartPolicy = corev1.RestartPolicyAlways
	if pod.Labels["pod-template-hash"] == "" {
		pod.Labels["pod-template-hash"] = m[2]
	}
}

func (p podRow) setStatus(out *Pod) {
	status, spec := &out.Pod.Status, &out.Pod.Spec
	if status.Phase, status.Reason = p.phase(); status.Reason != "" || status.Phase == corev1.PodUnknown || p.status == "SchedulingGated" {
		return
	}
	if p.status == "Terminating" {
		out.Pod.DeletionTimestamp = &metav1.Time{Time: time.Unix(0, 0)}
		out.Hide(fact.State, fact.WaitingReason, fact.LastExit)
	}
	if p.status == "Pending" {
		// No container has a status. Which ones there will be, the row says by number only.
		spec.Containers = []corev1.Container{{}}
		return
	}
	c := p.container(out)
	if word, init := strings.CutPrefix(p.status, "Init:"); init {
		spec.InitContainers = []corev1.Container{{}}
		status.InitContainerStatuses = []corev1.ContainerStatus{c}
		p.setReason(&status.InitContainerStatuses[0], word, out)
		return
	}
	spec.Containers = []corev1.Container{{}}
	status.ContainerStatuses = []corev1.ContainerStatus{c}
	p.setReason(&status.ContainerStatuses[0], p.status, out)
}

// phase is the phase that STATUS stands for, with the pod's own reason if STATUS is that.
func (p podRow) phase() (phase corev1.PodPhase, reason string) {
	controlled := replicaSetPod.MatchString(p.name)
	switch {
	case slices.Contains(podReasons, p.status):
		return corev1.PodFailed, p.status
	case p.status == "Pending", p.status == "SchedulingGated":
		return corev1.PodPending, ""
	case p.status == "Unknown":
		return corev1.PodUnknown, ""
	case p.status == "Failed":
		return corev1.PodFailed, ""
	case p.status == "Succeeded":
		return corev1.PodSucceeded, ""
	case strings.HasPrefix(p.status, "Init:"):
		return corev1.PodPending, ""
	case p.restarts == 0 && slices.Contains(neverRan, p.status):
		return corev1.PodPending, ""
	case p.status == "Completed" && !controlled && p.ready == 0:
		return corev1.PodSucceeded, "" // a pod that is restarted after success is of a Deployment or shows restarts as CrashLoopBackOff
	}
	return corev1.PodRunning, ""
}

// neverRan are the waiting reasons of a container that has not been started yet.
var neverRan = []string{
	"ContainerCreating", "PodInitializing", "ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull",
	"ImageInspectError", "RegistryUnavailable", "CreateContainerConfigError", "CreateContainerError",
}

// container is the status of the one that STATUS speaks of. RESTARTS counts those of all; the age beside it is that of
// the last crash, of whichever container (docs/kubernetes.md#status-in-one-cycle).
func (p podRow) container(out *Pod) corev1.ContainerStatus {
	c := corev1.ContainerStatus{RestartCount: p.restarts, Ready: p.total > 0 && p.ready == p.total}
	if p.restarts > 0 {
		// It ended before: how, is not shown. A reader that knows the moment of printing sets the time.
		c.LastTerminationState.Terminated = &corev1.ContainerStateTerminated{ExitCode: unknownFailure}
		out.Hide(exitFacts...)
	}
	return c
}

// exitFacts are what a word in STATUS tells of the exit that it stands for, if it stands for one.
var exitFacts = []fact.Name{
	fact.ExitCode, fact.ExitReason, fact.ExitSignal, fact.ExitOOM, fact.NeverRan,
}

// unknownFailure stands for the exit code of a run that failed with one that is not shown. The fact is hidden.
const unknownFailure = 1

// setReason puts the word of STATUS where printPod took it from.
func (p podRow) setReason(c *corev1.ContainerStatus, word string, out *Pod) {
	code, coded := strings.CutPrefix(word, "ExitCode:")
	signal, signaled := strings.CutPrefix(word, "Signal:")
	_, _, counted := strings.Cut(word, "/") // Init:1/3, the second one runs
	read := true
	switch {
	case word == "": // the row has no such column
	case word == "Running", word == "NotReady", word == "Terminating", counted:
		c.State.Running = &corev1.ContainerStateRunning{}
	case coded:
		n, ok := int32From(code)
		c.State.Terminated, read = &corev1.ContainerStateTerminated{ExitCode: n}, ok
	case signaled:
		n, ok := int32From(signal)
		c.State.Terminated, read = &corev1.ContainerStateTerminated{Signal: n, ExitCode: 128 + n}, ok && n > 0 && n < 128
	case word == "Completed", word == "Succeeded":
		c.State.Terminated = &corev1.ContainerStateTerminated{Reason: "Completed"}
	case slices.Contains(terminatedReasons, word), word == "Failed":
		c.State.Terminated = &corev1.ContainerStateTerminated{Reason: strings.TrimSuffix(word, "Failed"), ExitCode: unknownFailure}
	default:
		c.State.Waiting = &corev1.ContainerStateWaiting{Reason: word}
	}
	if t := c.State.Terminated; t != nil {
		p.seeExit(t, out)
		if !read {
			t.Signal, t.ExitCode = 0, unknownFailure
			out.Hide(fact.ExitCode, fact.ExitSignal)
		}
	}
}

// seeExit says what STATUS tells of the exit: the reason, and by it sometimes the code.
func (p podRow) seeExit(t *corev1.ContainerStateTerminated, out *Pod) {
	// What the row tells is the exit in the state; that of the last state is one run older.
	out.Reveal(exitFacts...)
	out.Hide(fact.ExitFinished)
	if t.ExitCode == unknownFailure && t.Reason != "" || t.Reason == "" && t.Signal == 0 && t.ExitCode == 0 {
		out.Hide(fact.ExitCode, fact.ExitSignal)
	}
}
