package evidence

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func TestEventsWithoutFieldPath(t *testing.T) {
	two := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: "web-0"},
		Spec: corev1.PodSpec{Containers: []corev1.Container{
			{Name: "api", LivenessProbe: &corev1.Probe{}, ReadinessProbe: &corev1.Probe{}},
			{Name: "proxy", ReadinessProbe: &corev1.Probe{}},
		}},
	}
	one := &corev1.Pod{ObjectMeta: two.ObjectMeta, Spec: corev1.PodSpec{Containers: two.Spec.Containers[1:]}}
	tests := []struct {
		pod             *corev1.Pod
		reason, message string
		want            string
	}{
		{two, "Killing", "Container proxy failed liveness probe, will be restarted", "proxy"},
		{two, "Killing", "Stopping container api", "api"},
		{two, "BackOff", "Back-off restarting failed container proxy in pod web-0_shop(0c1)", "proxy"},
		{two, "Created", "Created container: api", "api"},
		{two, "Started", "Started container api", "api"},
		{two, "Started", "Container started", ""},
		{one, "Started", "Container started", "proxy"},
		{two, "Killing", "Stopping container other", ""},
		{two, "Unhealthy", "Liveness probe failed: EOF", "api"},
		{two, "Unhealthy", "Readiness probe failed: EOF", ""},
		{two, "Unhealthy", "Startup probe failed: EOF", ""},
		{one, "Unhealthy", "Readiness probe failed: EOF", "proxy"},
		{one, "FailedMount", "MountVolume.SetUp failed", ""},
		{one, "SandboxChanged", "Pod sandbox changed, it will be killed and re-created.", ""},
	}
	for _, test := range tests {
		t.Run(test.reason+" "+test.message, func(t *testing.T) {
			events := []Event{
				{Kind: "Pod", Object: "web-0", Reason: test.reason, Message: test.message},
				{Kind: "Pod", Object: "web-1", Reason: test.reason, Message: test.message},
				{Kind: "Node", Object: "web-0", Reason: test.reason, Message: test.message},
				{Kind: "Pod", Object: "web-0", Reason: test.reason, Message: test.message, Container: "known"},
			}
			attribute(events, test.pod)
			for i, want := range []string{test.want, "", "", "known"} {
				if events[i].Container != want {
					t.Errorf("event %d belongs to %q, want %q", i, events[i].Container, want)
				}
			}
		})
	}
}
