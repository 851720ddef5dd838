package evidence

import (
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
)

func TestSandboxesAgainAndAgain(t *testing.T) {
	changed := func(count int32, first, last time.Duration) corev1.Event {
		return corev1.Event{
			Reason: "SandboxChanged", Count: count, FirstTimestamp: before(first), LastTimestamp: before(last),
			InvolvedObject: corev1.ObjectReference{Kind: "Pod", Name: "app-0"},
		}
	}
	undated := func(e corev1.Event) corev1.Event {
		e.FirstTimestamp.Reset()
		e.LastTimestamp.Reset()
		return e
	}
	starts := changed(40, hour, mins)
	starts.Reason = "Started"
	for _, tt := range []struct {
		name     string
		restarts int32
		events   []corev1.Event
		changes  int
		loop     bool
	}{
		{"nine in 42 minutes", 9, []corev1.Event{changed(9, 42*mins, 5*mins)}, 9, true},
		{"three events", 3, []corev1.Event{changed(1, 42*mins, 42*mins), changed(1, 30*mins, 30*mins), changed(1, mins, mins)}, 3, true},
		{"one after a reboot", 9, []corev1.Event{changed(1, 42*mins, 42*mins)}, 1, false},
		{"three reboots in nine days", 3, []corev1.Event{changed(3, 9*day, 4*hour)}, 3, false},
		{"few among many starts", 40, []corev1.Event{changed(3, 42*mins, 5*mins), starts}, 3, false},
		{"nobody knows when, and as many as restarts", 9, []corev1.Event{undated(changed(9, 0, 0))}, 9, true},
		{"nobody knows when, and few", 90, []corev1.Event{undated(changed(9, 0, 0))}, 9, false},
		{"none", 9, nil, 0, false},
	} {
		pod := onePod(10*day, crashed(tt.restarts, false, 3*mins, 2*mins, mins))
		ev := Of(&Raw{Pod: pod, At: noon, Events: tt.events, EventsRead: true})
		if p := ev.Pod; p.SandboxChanges != tt.changes || p.SandboxLoop != tt.loop || p.SandboxChanged != (tt.changes > 0) {
			t.Errorf("%s: %d changes, a loop: %v", tt.name, p.SandboxChanges, p.SandboxLoop)
		}
	}
}
