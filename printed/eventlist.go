package printed

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

// BlockEventList is a list of times and messages, one after the other, for EventList: so TrueNAS shows the events of an app.
const BlockEventList BlockKind = "event list"

// dateLine is a time alone on its line; which zone it is of, it doesn't say.
var dateLine = lazyregexp.New(`^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$`)

// eventMessage is how messages of a reason begin (docs/kubernetes.md#event-catalogue).
type eventMessage struct{ begins, reason, kind string }

var eventWords = []eventMessage{
	{"Back-off restarting failed container", "BackOff", "Warning"},
	{"Back-off pulling image", "BackOff", "Normal"},
	{"Liveness probe ", "Unhealthy", "Warning"},
	{"Readiness probe ", "Unhealthy", "Warning"},
	{"Startup probe ", "Unhealthy", "Warning"},
	{"Created container", "Created", "Normal"},
	{"Started container", "Started", "Normal"},
	{"Container image ", "Pulled", "Normal"},
	{"Successfully pulled image", "Pulled", "Normal"},
	{"Pulling image", "Pulling", "Normal"},
	{"Failed to pull image", "Failed", "Warning"},
	{"Error: ", "Failed", "Warning"},
	{"Stopping container", "Killing", "Normal"},
	{"Successfully assigned ", "Scheduled", "Normal"},
	{"MountVolume.", "FailedMount", "Warning"},
	{"Unable to attach or mount volumes", "FailedMount", "Warning"},
	{"Failed to create pod sandbox", "FailedCreatePodSandBox", "Warning"},
	{"Pod sandbox changed", "SandboxChanged", "Normal"},
	// Those of other objects, and of the network's plug-in.
	{"Add eth", "", ""},
	{"Scaled up replica set", "", ""},
	{"Scaled down replica set", "", ""},
	{"Created pod: ", "", ""},
	{"Deleted pod: ", "", ""},
	{"Created job ", "", ""},
	{"Deleted job ", "", ""},
	{"Saw completed job", "", ""},
	{"Job completed", "", ""},
}

// killMessage is that of a Killing event, which begins with the container's name.
var killMessage = lazyregexp.New(`^(?:Init container|Container) [a-z0-9-]{1,63} (?:failed (?:liveness|startup) probe|definition changed)`)

// wordOf finds the reason of a message, "" for that of another object than a pod. ok is false for one that is not known.
func wordOf(message string) (eventMessage, bool) {
	if killMessage.MatchString(message) {
		return eventMessage{"", "Killing", "Normal"}, true
	}
	at := slices.IndexFunc(eventWords, func(w eventMessage) bool { return strings.HasPrefix(message, w.begins) })
	if at < 0 {
		return eventMessage{}, false
	}
	return eventWords[at], true
}

func isDateLine(l string) bool {
	return len(l) == len("2026-02-14 06:10:32") && isDigit(l[0]) && dateLine.MatchString(l)
}

// eventListAt asks for two times, one of them before a message that is known.
func (s *scanner) eventListAt(i int, l string) bool {
	if !isDateLine(l) || i+1 >= len(s.lines) {
		return false
	}
	_, first := wordOf(s.lines[i+1])
	if i+3 >= len(s.lines) {
		return first
	}
	_, second := wordOf(s.lines[i+3])
	return isDateLine(s.lines[i+2]) && (first || second) || first && s.eventListEnd(i) == i+2
}

func (s *scanner) eventListEnd(i int) int {
	for i+1 < len(s.lines) && isDateLine(s.lines[i]) && strings.TrimSpace(s.lines[i+1]) != "" && !isDateLine(s.lines[i+1]) {
		i += 2
	}
	return i
}

// EventList reads such a list. Its newest event stands first; events without a time keep the order in which they are given.
func EventList(text []byte) *Objects {
	o := &Objects{}
	date := false
	for l := range strings.Lines(string(text)) {
		l = strings.TrimRight(l, "\r\n")
		if isDateLine(l) {
			date = true
			continue
		}
		word, ok := wordOf(l)
		if date && ok && word.reason != "" && len(l) <= maxRow {
			e := corev1.Event{Type: word.kind, Reason: word.reason, Message: l, Count: 1}
			e.InvolvedObject.Kind, e.Source.Component = "Pod", "kubelet"
			if word.reason == "Scheduled" {
				e.Source.Component = "default-scheduler"
			}
			o.Events = append(o.Events, Event{Event: e})
		}
		date = false
	}
	slices.Reverse(o.Events)
	return o
}
