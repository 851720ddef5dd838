package evidence

import (
	"slices"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/unloop-dev/unloop/fact"
)

// TestWhatOnlyEventsTellIsUnknownWithoutThem: each of these would be false, zero or empty, were they read.
func TestWhatOnlyEventsTellIsUnknownWithoutThem(t *testing.T) {
	probed := func(p *corev1.Pod) {
		p.Spec.Containers[0].LivenessProbe = &corev1.Probe{PeriodSeconds: 10, FailureThreshold: 3}
	}
	hooked := func(p *corev1.Pod) {
		p.Spec.Containers[0].Lifecycle = &corev1.Lifecycle{PostStart: &corev1.LifecycleHandler{Exec: &corev1.ExecAction{Command: []string{"x"}}}}
	}
	failed := func(p *corev1.Pod) { p.Status.Phase = corev1.PodFailed }
	for _, test := range []struct {
		name           string
		code           int
		ran            time.Duration
		change         func(*corev1.Pod)
		events, ofNode bool
		unknown, known string
	}{
		{"no events", 1, time.Second, nil, false, false, "events pod.mountError pod.sandboxError pod.sandboxChanged c.memory.nodeOOM", "pod.evicted c.kill.by"},
		{"the pod's events only", 1, time.Second, nil, true, false, "c.memory.nodeOOM", "events pod.mountError c.kill.by"},
		{"all events", 1, time.Second, nil, true, true, "", "events pod.mountError c.memory.nodeOOM c.kill.by"},
		{"a pod that ended", 1, time.Second, failed, false, false, "pod.evicted", ""},
		{"an end that may be a stop", 0, time.Hour, probed, false, false, "c.kill.by c.kill.sure c.liveness.failed c.liveness.lastFailure", "c.liveness.set"},
		{"an end that no probe can have brought", 0, time.Second, probed, false, false, "", "c.kill.by"},
		{"an end by the program's own code", 1, time.Hour, probed, false, false, "", "c.kill.by"},
		{"a hook that may have failed", 0, time.Second, hooked, false, false, "c.kill.by c.postStart.failed", ""},
		{"with the events of that time", 0, time.Hour, probed, true, false, "", "c.kill.by c.liveness.failed"},
	} {
		t.Run(test.name, func(t *testing.T) {
			raw := described("", waitingStatus("CrashLoopBackOff", 3, exited(int32(test.code), "Error", test.ran)))
			raw.Form, raw.Hidden = "", nil
			raw.EventsRead, raw.NodeEventsRead = test.events, test.ofNode
			if test.change != nil {
				test.change(raw.Pod)
			}
			ev := Of(raw)
			unknown := append(ev.Unknown(nil), ev.Unknown(&ev.Containers[0])...)
			for name := range strings.FieldsSeq(test.unknown) {
				if !slices.Contains(unknown, fact.Name(name)) {
					t.Errorf("%s is said to be known", name)
				}
			}
			for name := range strings.FieldsSeq(test.known) {
				if slices.Contains(unknown, fact.Name(name)) {
					t.Errorf("%s is said to be unknown", name)
				}
			}
		})
	}
}
