package printed

import (
	"strconv"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// stateKeys are the lines of a container's state in the order of describeStatus.
var stateKeys = []string{"Reason", "Message", "Exit Code", "Signal", "Started", "Finished"}

// stateFrom reads a state. A waiting one shows its reason but never its message.
func stateFrom(kind string, lines []line) corev1.ContainerState {
	s := fieldsOf(lines)
	switch kind {
	case "Waiting":
		return corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: s.value("Reason")}}
	case "Running":
		return corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: timeFrom(s.value("Started"))}}
	case "Terminated":
		return corev1.ContainerState{Terminated: terminatedFrom(s)}
	}
	return corev1.ContainerState{}
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

// terminatedFrom is nil for a state that was cut before its exit code: zero would be another story.
func terminatedFrom(s sections) *corev1.ContainerStateTerminated {
	code, known := codeOf(s.value("Reason"))
	if s.has("Exit Code") {
		code, known = int32From(s.value("Exit Code")), true
	}
	if !known {
		return nil
	}
	t := &corev1.ContainerStateTerminated{
		Reason:     s.value("Reason"),
		ExitCode:   code,
		Signal:     int32From(s.value("Signal")),
		StartedAt:  timeFrom(s.value("Started")),
		FinishedAt: timeFrom(s.value("Finished")),
	}
	if message := s.find("Message"); message != nil {
		t.Message = message.head.full()
	}
	return t
}

// timeFrom reads a time as all of describe prints it, RFC 1123 with a numeric zone. The zero time is printed as the year 1.
func timeFrom(value string) metav1.Time {
	t, err := time.Parse(time.RFC1123Z, value)
	if err != nil || t.Year() <= 1 {
		return metav1.Time{}
	}
	return metav1.NewTime(t.UTC())
}

func int32From(value string) int32 {
	n, err := strconv.ParseInt(value, 10, 32)
	if err != nil {
		return 0
	}
	return int32(n)
}
