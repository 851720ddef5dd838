package printed

import (
	"slices"
	"strconv"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/unloop-dev/unloop/fact"
	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

// formJournal is Form of a pod that the kubelet's log told of.
const formJournal = "the kubelet's log"

// journalShows is what the kubelet's log shows: it names pods, containers and what went wrong, nothing of the spec. The exit
// code is there where a line tells it.
var journalShows = []fact.Name{
	fact.PodName, fact.Namespace, fact.UID, fact.Created, fact.Age,
	fact.State, fact.WaitingReason, fact.WaitingMessage, fact.Exited,
	fact.LastExit, fact.ExitCode, fact.ExitSignal, fact.NeverRan, fact.ExitFinished,
}

var journalHides = fact.Hidden(journalShows...)

// kubeletLine is a line of the kubelet's log, as journalctl prints it or alone: klog's header and the rest.
var kubeletLine = lazyregexp.New(`^(?:(.{0,80}?) (?:kubelet|k3s|rke2|microk8s\S*)(?:\.\S+)?\[\d+\]: )?(?:time="[^"]*" level=\w+ msg=)?([IWEF])\d{4} \d\d:\d\d:\d\d\.\d{3,6} +\d+ ([a-z0-9_.]+\.go):\d+\] (.*)$`)

// isJournalLine knows lines of the kubelet's log about pods. Other programs use klog too; theirs, without the name of the
// kubelet before it, are told apart by the source file.
func isJournalLine(l string) bool {
	if !mayBeJournal(l) {
		return false
	}
	m := kubeletLine.FindStringSubmatch(l)
	return m != nil && (m[1] != "" || slices.Contains(kubeletFiles, m[3]))
}

const maxJournalLine = 64 << 10

// mayBeJournal spares most lines the expression, those of other programs that use klog too.
func mayBeJournal(l string) bool {
	before, _, ok := strings.Cut(l, ".go:")
	if !ok || len(l) > maxJournalLine {
		return false
	}
	file := before[strings.LastIndexByte(before, ' ')+1:] + ".go"
	return slices.Contains(kubeletFiles, file) || strings.Contains(l, "]: ") || strings.HasPrefix(l, "time=")
}

// kubeletFiles are source files of the kubelet whose lines speak of pods.
var kubeletFiles = []string{
	"pod_workers.go", "kubelet.go", "kubelet_pods.go", "kuberuntime_manager.go", "kuberuntime_container.go", "prober.go", "generic.go",
	"oom_watcher_linux.go", "kuberuntime_sandbox.go", "remote_runtime.go", "log.go", "pod_startup_latency_tracker.go", "scope.go",
	"reconciler_common.go", "eviction_manager.go", "operation_generator.go", "nestedpendingoperations.go", "cpu_manager.go",
}

// Journal reads lines of the kubelet's log: which container it waits to restart and why, which probe failed, what it
// killed. klog writes times without a year, so only a journal in an ISO format gives events a time.
func Journal(text []byte) *Objects {
	j := journal{objects: &Objects{}, pods: map[string]*corev1.Pod{}, codes: map[string]int32{}}
	for l := range strings.Lines(string(text)) {
		l = strings.TrimRight(l, "\r\n")
		if len(l) > maxJournalLine || !strings.Contains(l, ".go:") {
			continue
		}
		if m := kubeletLine.FindStringSubmatch(l); m != nil {
			j.entry(klogEntry(m[4]), stampOf(m[1]))
		}
	}
	j.finish()
	return j.objects
}

type journal struct {
	objects *Objects
	pods    map[string]*corev1.Pod
	codes   map[string]int32 // exit codes by the pod's uid
}

// entry is one record of structured klog: a message and its fields. Text that is not structured is all message.
type entry struct {
	message string
	fields  map[string]string
}

func klogEntry(text string) entry {
	quoted, err := strconv.QuotedPrefix(text)
	if err != nil {
		return entry{message: text}
	}
	e := entry{fields: map[string]string{}}
	e.message, _ = strconv.Unquote(quoted)
	rest := text[len(quoted):]
	for {
		rest = strings.TrimLeft(rest, " ")
		key, value, ok := strings.Cut(rest, "=")
		if !ok || strings.ContainsAny(key, " \"") {
			return e
		}
		if quoted, err := strconv.QuotedPrefix(value); err == nil {
			e.fields[key], _ = strconv.Unquote(quoted)
			rest = value[len(quoted):]
			continue
		}
		e.fields[key], rest, _ = strings.Cut(value, " ")
	}
}

// stampOf reads the time and host that journalctl puts before a line: "-o short-iso" has a year and a zone.
func stampOf(prefix string) metav1.Time {
	word, _, _ := strings.Cut(prefix, " ")
	for _, layout := range []string{"2006-01-02T15:04:05-0700", time.RFC3339Nano, "2006-01-02T15:04:05.999999-0700"} {
		if t, err := time.Parse(layout, word); err == nil {
			return metav1.NewTime(t)
		}
	}
	return metav1.Time{}
}

var (
	startContainer = lazyregexp.New(`failed to \\?"(?:StartContainer|InitContainer)\\?" for \\?"([a-z0-9-]+)\\?" with (\w+): \\?"(.*?)\\*"\]?$`)
	podInText      = lazyregexp.New(`\b(?:pod=)?([a-z0-9][a-z0-9.-]*)_([a-z0-9-]+)\(([0-9a-f-]{32,36})\)`)
)

func (j *journal) entry(e entry, at metav1.Time) {
	pod := j.podOf(e)
	if e.message == "Generic (PLEG): container finished" {
		if code, err := strconv.ParseInt(e.fields["exitCode"], 10, 32); err == nil {
			j.codes[e.fields["podID"]] = int32(code)
		}
	}
	if pod == nil {
		return
	}
	for _, text := range []string{e.fields["err"], e.message} {
		if m := startContainer.FindStringSubmatch(text); m != nil {
			c := containerNamed(pod, m[1])
			c.State = corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{
				Reason: m[2], Message: strings.ReplaceAll(strings.ReplaceAll(m[3], `\\`, `\`), `\"`, `"`),
			}}
		}
	}
	name := e.fields["containerName"]
	switch {
	case e.message == "Probe failed" && e.fields["probeType"] != "":
		j.event(pod, name, at, "Unhealthy", e.fields["probeType"]+" probe failed: "+e.fields["output"])
	case e.message == "Message for Container of pod" && e.fields["containerMessage"] != "":
		j.event(pod, name, at, "Killing", e.fields["containerMessage"])
	}
}

// podOf finds the pod that an entry speaks of: pod="NAMESPACE/NAME" and podUID in structured entries, "NAME_NAMESPACE(UID)"
// in texts.
func (j *journal) podOf(e entry) *corev1.Pod {
	namespace, name, ok := strings.Cut(e.fields["pod"], "/")
	uid := e.fields["podUID"]
	if m := podInText.FindStringSubmatch(e.fields["err"] + " " + e.message); m != nil && !ok {
		namespace, name, uid, ok = m[2], m[1], m[3], true
	}
	if !ok || name == "" {
		return nil
	}
	key := namespace + "/" + name
	pod := j.pods[key]
	if pod == nil {
		pod = &corev1.Pod{}
		pod.Namespace, pod.Name = namespace, name
		j.pods[key] = pod
		j.objects.Pods = append(j.objects.Pods, Pod{Pod: pod, Form: formJournal, Hidden: slices.Clone(journalHides)})
	}
	if uid != "" {
		pod.UID = types.UID(uid)
	}
	return pod
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

// event adds what the kubelet said as the event that it made of it at the same time.
func (j *journal) event(pod *corev1.Pod, container string, at metav1.Time, reason, message string) {
	e := corev1.Event{Type: "Warning", Reason: reason, Message: message, Count: 1, FirstTimestamp: at, LastTimestamp: at}
	if reason == "Killing" {
		e.Type = "Normal"
	}
	e.Namespace = pod.Namespace
	e.Source.Component = "kubelet"
	e.InvolvedObject = corev1.ObjectReference{Kind: "Pod", Namespace: pod.Namespace, Name: pod.Name, UID: pod.UID}
	if container != "" {
		e.InvolvedObject.FieldPath = "spec.containers{" + container + "}"
		containerNamed(pod, container)
	}
	j.objects.Events = append(j.objects.Events, Event{Event: e})
}

// finish gives a pod of one container the exit code that was seen last: the line names only the pod.
func (j *journal) finish() {
	j.objects.Pods = slices.DeleteFunc(j.objects.Pods, func(p Pod) bool { return len(p.Pod.Spec.Containers) == 0 })
	for i := range j.objects.Pods {
		p := &j.objects.Pods[i]
		p.Pod.Status.Phase = corev1.PodRunning
		code, seen := j.codes[string(p.Pod.UID)]
		one := len(p.Pod.Status.ContainerStatuses) == 1
		for k := range p.Pod.Status.ContainerStatuses {
			c := &p.Pod.Status.ContainerStatuses[k]
			if w := c.State.Waiting; w != nil && w.Reason == "CrashLoopBackOff" {
				c.RestartCount = 1 // at least; the fact is hidden
				c.LastTerminationState.Terminated = &corev1.ContainerStateTerminated{ExitCode: unknownFailure}
				if seen && one {
					c.LastTerminationState.Terminated.ExitCode = code
				}
			}
		}
		if !seen || !one {
			p.Hide(fact.ExitCode, fact.ExitSignal, fact.ExitFinished)
		}
	}
}
