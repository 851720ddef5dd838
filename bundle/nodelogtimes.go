package bundle

import (
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/unloop-dev/unloop/evidence"
)

// A number in the name of a log file says that the container was started again, once or often, in its whole life. Whether it is
// still in a loop is told by the stamps that the container runtime wrote before the lines: when the newest run began, when the
// one before it lived, and when the last line of any container was written.

// longestGap is how long the kubelet leaves a container stopped at most before it starts it again, with what it is late by
// (docs/kubernetes.md#moment-of-the-restart).
const longestGap = 6 * time.Minute

// runSpan is when a run wrote.
type runSpan struct{ since, until time.Time }

// timeNodeLogs says of the pods that are known from log files alone whether their newest runs go on. It needs what the logs hold.
func (s *set) timeNodeLogs() {
	type key struct {
		uid, container string
		attempt        int
	}
	spans, newest := map[key]runSpan{}, time.Time{}
	for _, l := range s.logs {
		if l.log.Read == nil || l.log.Read.Since.IsZero() {
			continue
		}
		k := key{l.name.place.UID, l.name.place.Container, l.name.place.Attempt}
		span, seen := spans[k]
		if !seen || l.log.Read.Since.Before(span.since) { // the parts of a run's log that were rotated
			span.since = l.log.Read.Since
		}
		span.until = latest(span.until, l.log.Read.Until)
		spans[k], newest = span, latest(newest, l.log.Read.Until)
	}
	for pod, told := range s.told {
		if told.Form != nodeLogsForm {
			continue
		}
		for i := range pod.Status.ContainerStatuses {
			status := &pod.Status.ContainerStatuses[i]
			k := key{string(pod.UID), status.Name, int(status.RestartCount)}
			now, before := spans[k], spans[key{k.uid, k.container, k.attempt - 1}]
			switch {
			case now.since.IsZero():
			case loopsByStamps(status.RestartCount, now, before, newest):
				status.State.Running = nil // whether it is alive or waits
			default:
				status.State.Running, status.Ready = &corev1.ContainerStateRunning{}, true // as far as it shows
			}
		}
	}
}

// loopsByStamps judges as if the stamps were the times of a status.
func loopsByStamps(restarts int32, now, before runSpan, newest time.Time) bool {
	lived := now.until.Sub(now.since)
	if newest.Sub(now.until) > longestGap { // or it would have been started again: it is silent
		lived = newest.Sub(now.since)
	}
	ended := before.until
	if ended.IsZero() {
		ended = now.since
	}
	status := corev1.ContainerStatus{Name: "a", RestartCount: restarts, Ready: true}
	status.State.Running = &corev1.ContainerStateRunning{StartedAt: metav1.NewTime(now.since)}
	status.LastTerminationState.Terminated = &corev1.ContainerStateTerminated{
		StartedAt: metav1.NewTime(before.since), FinishedAt: metav1.NewTime(ended),
	}
	pod := &corev1.Pod{Spec: corev1.PodSpec{NodeName: "n", Containers: []corev1.Container{{Name: "a"}}}}
	pod.Status.Phase, pod.Status.ContainerStatuses = corev1.PodRunning, []corev1.ContainerStatus{status}
	return evidence.Troubled(pod, now.since.Add(lived))
}
