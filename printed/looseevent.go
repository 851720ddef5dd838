package printed

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

// saying is how the messages of an event begin (docs/kubernetes.md#event-catalogue), and the reasons that it has then.
type saying struct {
	begin   string
	kind    string // its type
	reasons []string
	alone   bool // nobody but the kubelet or the scheduler says so: the type before it is enough
}

var sayings = []saying{
	{"Back-off restarting failed container", "Warning", []string{"BackOff"}, true},
	{"Back-off pulling image", "Normal", []string{"BackOff"}, true},
	{"Liveness probe ", "Warning", []string{"Unhealthy", "ProbeWarning"}, true},
	{"Readiness probe ", "Warning", []string{"Unhealthy", "ProbeWarning"}, true},
	{"Startup probe ", "Warning", []string{"Unhealthy", "ProbeWarning"}, true},
	{"Init container ", "Normal", []string{"Killing"}, false},
	{"Container image ", "Normal", []string{"Pulled"}, false},
	{"Container started", "Normal", []string{"Started"}, false},
	{"Container created", "Normal", []string{"Created"}, false},
	{"Container ", "Normal", []string{"Killing", "Evicted"}, false},
	{"Killing container with id ", "Normal", []string{"Killing"}, false},
	{"Stopping container ", "Normal", []string{"Killing"}, false},
	{"FailedPostStartHook", "Normal", []string{"Killing"}, false},
	{"Started container ", "Normal", []string{"Started"}, false},
	{"Created container", "Normal", []string{"Created"}, false},
	{"Pulling image ", "Normal", []string{"Pulling"}, false},
	{"pulling image ", "Normal", []string{"Pulling"}, false},
	{"Successfully pulled image ", "Normal", []string{"Pulled"}, false},
	{"Successfully assigned ", "Normal", []string{"Scheduled"}, false},
	{"MountVolume.", "Warning", []string{"FailedMount"}, true},
	{"Unable to attach or mount volumes", "Warning", []string{"FailedMount"}, true},
	{"AttachVolume.Attach ", "Warning", []string{"FailedAttachVolume", "SuccessfulAttachVolume"}, true},
	{"Multi-Attach error ", "Warning", []string{"FailedAttachVolume"}, true},
	{"Failed to pull image ", "Warning", []string{"Failed"}, true},
	{"Error: ", "Warning", []string{"Failed"}, false},
	{"Failed to create pod sandbox", "Warning", []string{"FailedCreatePodSandBox"}, true},
	{"Failed create pod sandbox", "Warning", []string{"FailedCreatePodSandBox"}, true},
	{"Pod sandbox changed", "Normal", []string{"SandboxChanged"}, true},
	{"The node was low on resource", "Warning", []string{"Evicted"}, true},
	{"The node had condition", "Warning", []string{"Evicted"}, true},
	{"Pod ephemeral local storage usage exceeds", "Warning", []string{"Evicted"}, true},
	{"Usage of EmptyDir volume ", "Warning", []string{"Evicted"}, true},
	{"Exec lifecycle hook ", "Warning", []string{"FailedPostStartHook", "FailedPreStopHook"}, false},
	{"PostStartHook failed", "Warning", []string{"FailedPostStartHook"}, false},
	{"PreStopHook failed", "Warning", []string{"FailedPreStopHook"}, false},
	{"network is not ready", "Warning", []string{"NetworkNotReady"}, false},
}

// isMessageOf says that a text begins as the messages of a reason do.
func isMessageOf(reason, text string) bool {
	return slices.ContainsFunc(sayings, func(s saying) bool {
		return slices.Contains(s.reasons, reason) && strings.HasPrefix(text, s.begin)
	})
}

// looseEvent reads a line that tells an event, in whatever order and with whichever columns: what stands before the message
// has to be of an event, and its reason the one that such a message has. "Pod idx-0: Pulling - Pulling image …", "Warning
// Unhealthy (x61 over 52m) Startup probe failed: …".
func looseEvent(l string) (Event, bool) {
	if len(l) > maxRow || !mayTellEvent(l) {
		return Event{}, false
	}
	e := looseRow{}
	before, message := e.message(l)
	if message == "" || len(before) > maxBefore || !e.read(before) {
		return Event{}, false
	}
	return e.event(message), true
}

// maxBefore is how much may stand before a message.
const maxBefore = 300

// mayTellEvent spares most lines the search for a message.
func mayTellEvent(l string) bool {
	for _, part := range []string{"ack-off", " probe ", "ontainer", " image ", "andbox", "olume", "Error: ", "The node ", "assigned ", "nodes are available", "lifecycle", "StopHook", "StartHook", "network is", "Pod ephemeral"} {
		if strings.Contains(l, part) {
			return eventWord.MatchString(l[:min(len(l), maxBefore)])
		}
	}
	return false
}

// eventWord is a type or a reason, one of which stands before the message.
var eventWord = lazyregexp.New(`\b(?:(?i:normal|warning)|BackOff|Unhealthy|ProbeWarning|Killing|Pulled|Pulling|Started|Created|Scheduled|Failed\w*|SuccessfulAttachVolume|SandboxChanged|Evicted|NetworkNotReady)\b`)

// looseRow is what stands before the message of such a line.
type looseRow struct {
	says        saying
	kind        string
	reason      string
	reasons     int
	pod         string
	namespace   string
	path        string
	last, first Age
	count       int32
}

// scheduling is the message of the scheduler, which begins with numbers.
var scheduling = lazyregexp.New(`\b\d+/\d+ nodes are available`)

// message finds the message: the first text in the line with which one begins, behind its reason.
func (e *looseRow) message(l string) (before, message string) {
	at := len(l)
	for _, s := range sayings {
		i := strings.Index(l, s.begin)
		if i < 0 || i >= at || i > 0 && !isBlank(rune(l[i-1])) && strings.IndexByte("\"'(:|-", l[i-1]) < 0 {
			continue
		}
		if s.begin == "Container " && !strings.Contains(l[i:], " probe") && !strings.Contains(l[i:], "definition changed") && !strings.Contains(l[i:], "exceeded its local ephemeral") {
			continue
		}
		at, e.says = i, s
	}
	if m := scheduling.FindStringIndex(l); m != nil && m[0] < at {
		at, e.says = m[0], saying{"", "Warning", []string{"FailedScheduling"}, true}
	}
	message = strings.TrimRight(l[at:], " \t|")
	if at > 0 { // a message in quotes or brackets
		message = strings.TrimSuffix(message, map[byte]string{'"': "\"", '\'': "'", '(': ")"}[l[at-1]])
	}
	return l[:at], message
}

// read takes the words before the message, each of which must be one that events have.
func (e *looseRow) read(before string) bool {
	words := strings.FieldsFunc(before, func(c rune) bool { return isBlank(c) || strings.ContainsRune(`[]()|"'•*>#,;`, c) })
	for i := 0; i < len(words); i++ {
		word := strings.Trim(words[i], ":-–—=.")
		previous := ""
		if i > 0 {
			previous = strings.Trim(words[i-1], ":-–—=.")
		}
		if word != "" && !e.word(word, previous) {
			return false
		}
	}
	switch {
	case e.reason == "" && e.reasons == 0:
		e.reason = e.says.reasons[0]
		return e.kind != "" && e.says.alone
	case e.reasons != 1:
		return false
	}
	return slices.Contains(e.says.reasons, e.reason)
}

var (
	ofPod      = lazyregexp.New(`^(?i:pods?)[/:]([a-z0-9][a-z0-9.-]*)$`)
	namespaced = lazyregexp.New(`^([a-z0-9][a-z0-9-]*)/([a-z0-9][a-z0-9.-]*)$`)
	reasonWord = lazyregexp.New(`^[A-Z][a-z]+(?:[A-Z][A-Za-z]*)?$`)
	stampWord  = lazyregexp.New(`^\d[\dTZ:.+/-]*$`)
	sourceWord = lazyregexp.New(`^(?:kubelet|default-scheduler|[a-z-]+-(?:controller|scheduler)|controllermanager)$`)
	ownName    = lazyregexp.New(`^([a-z0-9][a-z0-9.-]*)\.[0-9a-f]{4,20}$`)
	podEnd     = lazyregexp.New(`-(?:\d{1,4}|[bcdfghjklmnpqrstvwxz2456789]{5})$`)
	timesWord  = lazyregexp.New(`^(?:x\d{1,9}|\d{1,9}x|×\d{1,9})$`)
)

func (e *looseRow) word(word, previous string) bool {
	lower := strings.ToLower(word)
	if age, ok := ParseAge(word); ok {
		if previous == "over" || e.last.Known { // the old table has FIRST SEEN behind LAST SEEN
			e.first = age
		} else {
			e.last = age
		}
		return true
	}
	switch {
	case lower == "pod" && ownName.MatchString(previous): // and the event's own name before KIND
		e.pod = ownName.FindStringSubmatch(previous)[1]
	case lower == "normal" || lower == "warning":
		e.kind = strings.ToUpper(lower[:1]) + lower[1:]
	case lower == "pod", lower == "event", lower == "events", lower == "ago", lower == "over", lower == "from", lower == "times", lower == "reason",
		lower == "type", lower == "message", lower == "kubelet", sourceWord.MatchString(word):
	case strings.EqualFold(previous, "pod") && objectName.MatchString(word):
		e.pod = word
	case ofPod.MatchString(word):
		e.pod = ofPod.FindStringSubmatch(word)[1]
	case strings.HasPrefix(word, "spec.") && strings.HasSuffix(word, "}"):
		e.path = word
	case timesWord.MatchString(word):
		n, _ := int32From(strings.Trim(word, "x×"))
		e.count = n
	case slices.Contains(e.says.reasons, word):
		e.reason = word
		e.reasons = 1
	case reasonWord.MatchString(word) && eventWord.MatchString(word):
		e.reasons = 2 // another reason than that of the message
	case e.first.Known && e.count == 0 && onlyOf(word, isDigit) && len(word) < 8:
		e.count, _ = int32From(word)
	case stampWord.MatchString(word):
	case namespaced.MatchString(word):
		m := namespaced.FindStringSubmatch(word)
		e.namespace, e.pod = m[1], m[2]
	case objectName.MatchString(word) && strings.ContainsAny(word, "-.0123456789"):
		// The name of a pod, a namespace or a node: that of a pod ends as its controller makes it.
		if e.pod == "" && podEnd.MatchString(word) && previous != "kubelet" && previous != "from" {
			e.pod = word
		}
	default:
		return false
	}
	return true
}

func (e *looseRow) event(message string) Event {
	kind := e.kind
	if kind == "" {
		kind = e.says.kind
	}
	out := Event{Last: e.last, First: e.first}
	out.Event = corev1.Event{Type: kind, Reason: e.reason, Message: message, Count: max(1, e.count)}
	ref := &out.Event.InvolvedObject
	ref.Kind, ref.Name, ref.Namespace, ref.FieldPath = "Pod", e.pod, e.namespace, e.path
	if m := podInMessage.FindStringSubmatch(message); m != nil && ref.Name == "" {
		ref.Name, ref.Namespace = m[1], m[2]
	} else if m := scheduledPod.FindStringSubmatch(message); m != nil && ref.Name == "" {
		ref.Name, ref.Namespace = m[2], m[1]
	}
	out.Event.Namespace = ref.Namespace
	if e.count <= 1 && !e.first.Known {
		out.First = e.last
	}
	return out
}
