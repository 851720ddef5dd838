package evidence

import (
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/unloop-dev/unloop/fact"
)

// Of a container whose exit is not known, a Failed event tells that it could not be started, unless another tells of a start.
func TestStartErrorOfEventsAlone(t *testing.T) {
	failed := corev1.Event{Reason: "Failed", Message: `Error: failed to start container "web": exec: "nosuch": executable file not found in $PATH`}
	started := corev1.Event{Reason: "Started", Message: "Container started"}
	for name, tt := range map[string]struct {
		events []corev1.Event
		want   bool
	}{
		"it fails to start":  {[]corev1.Event{failed}, true},
		"it has run as well": {[]corev1.Event{failed, started}, false},
	} {
		pod := new(fleet).add(1, "n1", "crash").pods[0]
		for i := range tt.events {
			tt.events[i].InvolvedObject = corev1.ObjectReference{Kind: "Pod", Namespace: pod.Namespace, Name: pod.Name, FieldPath: "spec.containers{web}"}
		}
		ev := Of(&Raw{At: crashTime, Pod: pod, Events: tt.events, EventsRead: true, Form: "kubectl get events", Hidden: []fact.Name{"c.lastExit"}})
		if got := ev.Containers[0].Start.Set; got != tt.want {
			t.Errorf("%s: a start error: %v, want %v", name, got, tt.want)
		}
	}
}

// A container that ran may be kept from starting again: then the event says why, if it came after that run.
func TestStartErrorOfAContainerThatRan(t *testing.T) {
	for _, tt := range []struct {
		name, reason string
		after        time.Duration // of the event, after the end of the last run
		want         bool
	}{
		{"an object is gone since", "CreateContainerConfigError", time.Minute, true},
		{"an object was not there before it ran", "CreateContainerConfigError", -time.Hour, false},
		{"it only waits", "CrashLoopBackOff", time.Minute, false},
	} {
		pod := new(fleet).add(1, "n1", "ok").pods[0]
		status := &pod.Status.ContainerStatuses[0]
		status.State = waiting(tt.reason)
		status.LastTerminationState.Terminated = exited(1, "Error", time.Minute)
		event := corev1.Event{
			Reason: "Failed", Message: `Error: secret "pay-gateway" not found`,
			InvolvedObject: corev1.ObjectReference{Kind: "Pod", Namespace: pod.Namespace, Name: pod.Name},
			LastTimestamp:  metav1.NewTime(crashTime.Add(tt.after)),
		}
		ev := Of(&Raw{At: crashTime.Add(time.Hour), Pod: pod, Events: []corev1.Event{event}, EventsRead: true})
		if got := ev.Containers[0].Start.Set; got != tt.want {
			t.Errorf("%s: a start error: %v, want %v", tt.name, got, tt.want)
		}
	}
}
