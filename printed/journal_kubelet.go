package printed

import (
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

var (
	// failedTo is how the kubelet writes the result of one of its actions (pkg/kubelet/container/sync_result.go, PodSyncResult.Error);
	// what follows is quoted.
	failedTo = lazyregexp.New(`failed to \\?"(StartContainer|InitContainer|CreatePodSandbox)\\?" for \\?"([^"\\]{1,400})\\?" with (\w+): `)
	// podInText is the name of a pod in texts (pkg/kubelet/util/format, Pod).
	podInText = lazyregexp.New(`(?:^|[^a-z0-9.-])([a-z0-9][a-z0-9.-]*)_([a-z0-9][a-z0-9-]*)\(([0-9a-f-]{32,36})\)`)
	// operationPod is the pod that an operation on a volume is for (pkg/volume/util/operationexecutor, GenerateError).
	operationPod = lazyregexp.New(` pod "([a-z0-9][a-z0-9.-]*)" \(UID: "([0-9a-f-]{32,36})"\) : (.*)$`)
)

// entry reads one record of the kubelet.
func (j *journal) entry(e entry, n nodeLine) {
	if e.message == "Generic (PLEG): container finished" {
		j.finished(e)
		return
	}
	if strings.Contains(e.message, "durationBeforeRetry") {
		j.volumeOperation(e, n)
		return
	}
	p := j.podOf(e)
	if p == nil {
		return
	}
	text := e.fields["err"]
	if text == "" {
		text = e.message
	}
	j.syncError(p, e, text, n.at)
	name := e.fields["containerName"]
	switch {
	case e.message == "Probe failed" && e.fields["probeType"] != "":
		j.event(p, e, name, n.at, "Unhealthy", e.fields["probeType"]+" probe failed: "+e.fields["output"])
	case e.message == "Message for Container of pod" && e.fields["containerMessage"] != "":
		j.event(p, e, name, n.at, "Killing", e.fields["containerMessage"])
	case e.file == "prober.go":
		j.oldProbe(p, e, n.at)
	case e.file == "kuberuntime_manager.go" && e.fields == nil:
		j.oldKilling(p, e, n.at)
	}
	if id := containerID(e); id != "" && name != "" {
		j.containers[id] = nodeContainer{p, name}
	}
}

// containerID is the id in a record that names a container: "containerd://3fd1…" or, in older ones, {"Type":"containerd","ID":"3fd1…"}.
func containerID(e entry) string {
	for _, key := range []string{"containerID", "containerStatusID"} {
		id := e.fields[key]
		if _, rest, ok := strings.Cut(id, `"ID":"`); ok {
			id, _, _ = strings.Cut(rest, `"`)
		}
		if id = id[strings.LastIndexByte(id, '/')+1:]; id != "" {
			return id
		}
	}
	return ""
}

// finished reads of a container's end; the line names only the pod, by its uid, and the container by its id
// (pkg/kubelet/pleg/generic.go).
func (j *journal) finished(e entry) {
	code, err := strconv.ParseInt(e.fields["exitCode"], 10, 32)
	uid := e.fields["podID"]
	if err != nil || uid == "" {
		return
	}
	p := j.byUID[uid]
	if p == nil {
		p = j.podOfUID(uid)
		p.form = formJournal
	}
	p.ends = append(p.ends, runEnd{container: e.fields["containerID"], code: int32(code), coded: true})
}

// podOf finds the pod that an entry speaks of: pod="NAMESPACE/NAME" and podUID in structured entries, "NAME_NAMESPACE(UID)"
// in texts.
func (j *journal) podOf(e entry) *nodePod {
	namespace, name, ok := strings.Cut(e.fields["pod"], "/")
	uid := e.fields["podUID"]
	if !ok || name == "" {
		m := podInText.FindStringSubmatch(e.fields["err"] + " " + e.message)
		if m == nil {
			return nil
		}
		name, namespace, uid = m[1], m[2], m[3]
	}
	return j.podNamed(namespace, name, uid)
}

// syncError reads why the kubelet could not bring a pod to what it should be: the results of its actions, one or several, or
// what kept it from them.
func (j *journal) syncError(p *nodePod, e entry, text string, at metav1.Time) {
	for {
		m := failedTo.FindStringSubmatchIndex(text)
		if m == nil {
			break
		}
		action, name, reason := text[m[2]:m[3]], text[m[4]:m[5]], text[m[6]:m[7]]
		message, rest := quotedAt(text[m[1]:])
		text = rest
		switch {
		case action == "CreatePodSandbox":
			j.sandboxFailed(p, e, at, afterPod(message))
		case isContainerName(name):
			containerNamed(p.pod, name).State = corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: reason, Message: message}}
		}
	}
	switch err := e.fields["err"]; {
	case strings.HasPrefix(e.message, "Failed to create sandbox for pod"), strings.HasPrefix(e.message, "CreatePodSandbox for pod failed"):
		j.sandboxFailed(p, e, at, err)
	case e.fields == nil && (strings.HasPrefix(e.message, "CreatePodSandbox for pod ") || strings.HasPrefix(e.message, "createPodSandbox for pod ")):
		_, why, _ := strings.Cut(e.message, " failed: ")
		j.sandboxFailed(p, e, at, why)
	default:
		j.notReady(p, e, text, at)
	}
}

// notReady reads of what a pod waits for before its sandbox: its volumes, and the node's network (pkg/kubelet/kubelet.go, SyncPod).
func (j *journal) notReady(p *nodePod, e entry, text string, at metav1.Time) {
	_, text, _ = cutBefore(text, "unmounted volumes=[", "network is not ready: ")
	switch {
	case strings.HasPrefix(text, "unmounted volumes=["):
		p.stuck = true
		j.event(p, e, "", at, "FailedMount", "Unable to attach or mount volumes: "+text)
	case strings.HasPrefix(text, "network is not ready: "):
		p.stuck = true
		j.event(p, e, "", at, "NetworkNotReady", text)
	}
}

// cutBefore cuts a text where the first of these stands that is in it.
func cutBefore(text string, words ...string) (before, from string, found bool) {
	for _, word := range words {
		if i := strings.Index(text, word); i >= 0 {
			return text[:i], text[i:], true
		}
	}
	return text, "", false
}

// sandboxFailed adds the event that the kubelet makes when the runtime cannot create a pod's sandbox
// (pkg/kubelet/kuberuntime/kuberuntime_manager.go, SyncPod).
func (j *journal) sandboxFailed(p *nodePod, e entry, at metav1.Time, why string) {
	if why == "" {
		return
	}
	p.stuck = true
	j.event(p, e, "", at, "FailedCreatePodSandBox", "Failed to create pod sandbox: "+why)
}

// afterPod takes off what stands before the cause: Failed to create sandbox for pod "NAME_NAMESPACE(UID)": …
func afterPod(message string) string {
	for _, between := range []string{`)": `, `)\": `, `" failed: `} {
		if _, why, ok := strings.Cut(message, between); ok && strings.Contains(message[:min(len(message), 60)], "andbox for pod ") {
			return why
		}
	}
	return message
}

// quotedAt reads a quoted text and gives what follows it. In a record that was cut, or whose quotes were escaped by
// another program, it reads what is there.
func quotedAt(text string) (message, rest string) {
	if quoted, err := strconv.QuotedPrefix(text); err == nil {
		message, _ = strconv.Unquote(quoted)
		return message, text[len(quoted):]
	}
	text = strings.TrimPrefix(strings.TrimPrefix(text, `\`), `"`)
	end := len(text)
	if i := strings.Index(text, `", failed to "`); i >= 0 {
		end = i
	}
	message = strings.TrimRight(strings.TrimRight(text[:end], "]"), `\"`)
	return strings.ReplaceAll(strings.ReplaceAll(message, `\\`, `\`), `\"`, `"`), text[end:]
}

func isContainerName(name string) bool { return len(name) <= 63 && onlyOf(name, isNameByte) }

// volumeOperation reads a failed operation on a volume (pkg/util/goroutinemap/exponentialbackoff): "Operation for … failed. No
// retries permitted until … Error: MountVolume.SetUp failed for volume "x" (UniqueName: …) pod "y" (UID: "z") : why". The event has
// the same without the part in the middle (pkg/volume/util/operationexecutor/operation_generator.go).
func (j *journal) volumeOperation(e entry, n nodeLine) {
	_, text, ok := strings.Cut(e.message, ". Error: ")
	if !ok {
		return
	}
	if message, err := strconv.Unquote(text); err == nil { // before 1.22 it was quoted
		text = message
	}
	what, _, ok := strings.Cut(text, " (UniqueName: ")
	m := operationPod.FindStringSubmatch(text)
	if !ok || m == nil || !strings.Contains(what, "Volume.") {
		return
	}
	reason := "FailedMount"
	switch {
	case strings.HasPrefix(what, "AttachVolume."):
		reason = "FailedAttachVolume"
	case !strings.HasPrefix(what, "MountVolume.") && !strings.HasPrefix(what, "MapVolume."):
		return // a pod that goes, not one that comes
	}
	p := j.byUID[m[2]]
	if p == nil {
		p = j.podNamed("", m[1], m[2])
	}
	p.stuck = true
	j.event(p, e, "", n.at, reason, what+" : "+m[3])
}

// oldProbe reads a probe's result as kubelets before 1.21 wrote it (pkg/kubelet/prober/prober.go).
var oldProbe = lazyregexp.New(`^(Liveness|Readiness|Startup) probe for "[^"]{1,400}:([a-z0-9-]{1,63})" failed \((?:failure|unknown)\): (.*)$`)

func (j *journal) oldProbe(p *nodePod, e entry, at metav1.Time) {
	if m := oldProbe.FindStringSubmatch(e.message); m != nil {
		j.event(p, e, m[2], at, "Unhealthy", m[1]+" probe failed: "+m[3])
	}
}

// oldKilling reads why a container is restarted, as kubelets before 1.21 wrote it (kuberuntime_manager.go, computePodActions).
var oldKilling = lazyregexp.New(`^Container "([a-z0-9-]{1,63})" \(.{0,200}\) of pod \S+: (Container .*)$`)

func (j *journal) oldKilling(p *nodePod, e entry, at metav1.Time) {
	if m := oldKilling.FindStringSubmatch(e.message); m != nil {
		j.event(p, e, m[1], at, "Killing", m[2])
	}
}

// seenEvent is where an event stands that was told of, and what told it.
type seenEvent struct {
	at   int
	file string
}

// event adds what the kubelet said as the event that it made of it at the same time. Several of its sources say the same of one
// failure, and each says it again at the next.
func (j *journal) event(p *nodePod, e entry, container string, at metav1.Time, reason, message string) {
	if container != "" {
		containerNamed(p.pod, container)
	}
	if reason == "Killing" && container != "" && strings.HasSuffix(message, "will be restarted") {
		p.killed(container)
	}
	key := p.pod.Namespace + "/" + p.pod.Name + "\n" + container + "\n" + reason + "\n" + message
	if seen, ok := j.seen[key]; ok {
		old := &j.objects.Events[seen.at].Event
		if !at.IsZero() {
			old.LastTimestamp = at
		}
		if seen.file == e.file {
			old.Count++
		}
		return
	}
	j.seen[key] = seenEvent{len(j.objects.Events), e.file}
	j.addEvent(eventOfPod(p.pod, container, reason, message, at))
}

// killed says that a run was ended by the kubelet, and that the next one is to come.
func (p *nodePod) killed(container string) {
	if c := containerNamed(p.pod, container); c.LastTerminationState.Terminated == nil {
		c.LastTerminationState.Terminated = &corev1.ContainerStateTerminated{ExitCode: unknownFailure}
	}
}

func (j *journal) addEvent(e corev1.Event) {
	j.objects.Events = append(j.objects.Events, Event{Event: e})
}

// eventOfPod makes an event of the kubelet's.
func eventOfPod(pod *corev1.Pod, container, reason, message string, at metav1.Time) corev1.Event {
	e := corev1.Event{Type: "Warning", Reason: reason, Message: message, Count: 1, FirstTimestamp: at, LastTimestamp: at}
	if reason == "Killing" {
		e.Type = "Normal"
	}
	e.Namespace = pod.Namespace
	e.Source.Component = "kubelet"
	e.InvolvedObject = corev1.ObjectReference{Kind: "Pod", Namespace: pod.Namespace, Name: pod.Name, UID: pod.UID}
	if container != "" {
		e.InvolvedObject.FieldPath = "spec.containers{" + container + "}"
	}
	return e
}

// eventOfNode makes an event that is about a node.
func eventOfNode(node, reason, message string, at metav1.Time) corev1.Event {
	e := corev1.Event{Type: "Warning", Reason: reason, Message: message, Count: 1, FirstTimestamp: at, LastTimestamp: at}
	e.Namespace = "default"
	e.Source.Component = "kubelet"
	e.InvolvedObject = corev1.ObjectReference{Kind: "Node", Name: node}
	return e
}
