package printed

import (
	"strconv"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/unloop-dev/unloop/fact"
	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

// stateKeys are the lines of a container's state in the order of describeStatus.
var stateKeys = []string{"Reason", "Message", "Exit Code", "Signal", "Started", "Finished"}

// stateFrom reads a state, and says what cannot be known since a line of it cannot be read. A waiting one shows its reason
// but never its message.
func stateFrom(kind string, lines []line) (state corev1.ContainerState, unknown []fact.Name) {
	s := fieldsOf(lines)
	switch kind {
	case "Waiting":
		return corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: s.value("Reason")}}, nil
	case "Running":
		return corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: timeFrom(s.value("Started"))}}, nil
	case "Terminated":
		state.Terminated, unknown = terminatedFrom(s)
	}
	return state, unknown
}

// codeOf gives the exit code of a state that was cut before it: that of a reason which has but one. known is false for
// others.
func codeOf(reason string) (code int32, known bool) {
	switch reason {
	case "Completed":
		return 0, true
	case "OOMKilled":
		return 128 + 9, true
	}
	return 0, false
}

// terminatedFrom is nil for a state that was cut before its exit code: zero would be another story. Where the code is there
// and cannot be read, the reason tells that the run failed.
func terminatedFrom(s sections) (t *corev1.ContainerStateTerminated, unknown []fact.Name) {
	reason := s.value("Reason")
	code, known := codeOf(reason)
	if s.has("Exit Code") {
		if code, known = int32From(s.value("Exit Code")); !known {
			switch reason {
			case "":
				return nil, []fact.Name{fact.LastExit, fact.Exited, fact.PrevExit}
			case "Completed":
				code = 0
			default:
				code, unknown = unknownFailure, []fact.Name{fact.ExitCode, fact.ExitSignal, fact.PrevExit}
			}
			known = true
		}
	}
	if !known {
		return nil, nil
	}
	signal, _ := int32From(s.value("Signal"))
	t = &corev1.ContainerStateTerminated{
		Reason:     reason,
		ExitCode:   code,
		Signal:     signal,
		StartedAt:  timeFrom(s.value("Started")),
		FinishedAt: timeFrom(s.value("Finished")),
	}
	if message := s.find("Message"); message != nil {
		t.Message = message.head.full()
	}
	if !isTime(s.value("Started")) {
		unknown = append(unknown, fact.ExitStarted, fact.ExitRanFor, fact.NeverRan, fact.KilledSoon)
	}
	if !isTime(s.value("Finished")) {
		unknown = append(unknown, fact.ExitFinished, fact.KilledSoon)
	}
	return t, unknown
}

// lastYear bounds the times that are believed: later ones cannot be meant, and no duration reaches to them.
const lastYear = 2200

// timeFrom reads a time as all of describe prints it, RFC 1123 with a numeric zone, whatever somebody has written behind it.
// The zero time is printed as the year 1.
func timeFrom(value string) metav1.Time {
	t, err := time.Parse(time.RFC1123Z, withoutNote(value, len(time.RFC1123Z)))
	if err != nil || t.Year() <= 1 || t.Year() > lastYear {
		return metav1.Time{}
	}
	return metav1.NewTime(t.UTC())
}

// isTime says that a value can be read as a time, or that there is none.
func isTime(value string) bool {
	t, err := time.Parse(time.RFC1123Z, withoutNote(value, len(time.RFC1123Z)))
	return value == "" || err == nil && t.Year() <= lastYear
}

// withoutNote is the beginning of a value, of this length, if a blank follows it; else all of it.
func withoutNote(value string, length int) string {
	if len(value) > length && value[length] == ' ' {
		return value[:length]
	}
	return value
}

// leadingNumber is a number at the beginning of a value: people write notes behind it, "137 (SIGKILL)".
var leadingNumber = lazyregexp.New(`^-?[0-9]{1,10}(?:$|[ \t(,;#])`)

// int32From reads a number; false when there is none.
func int32From(value string) (int32, bool) {
	n, err := strconv.ParseInt(strings.TrimRight(leadingNumber.FindString(value), " \t(,;#"), 10, 32)
	return int32(n), err == nil
}
