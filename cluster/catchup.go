package cluster

import (
	"context"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/unloop-dev/unloop/evidence"
)

// catchUps is how many pods are read again in one sweep: a machine on which many loops turn this fast has other troubles.
const catchUps = 4

// catchUp reads pods again that went on between the reading of their status and of their log. The kubelet keeps one dead
// run of a container: when the run that the status calls alive dies, the one before is removed, and for a moment the
// status still names it as the previous one, or shows none (seen on v1.35.4: "unable to retrieve container logs for
// containerd://…", and a container with restarts and no last state).
func (s *scene) catchUp(ctx context.Context, wanted []*logRequest) {
	var wg sync.WaitGroup
	read := map[*evidence.Raw]bool{}
	for _, l := range wanted {
		behind := l.lost || l.removed && l.previous && !l.either
		if !behind || read[l.raw] || len(read) == catchUps {
			continue
		}
		read[l.raw] = true
		wg.Go(func() { s.readAgain(ctx, l) })
	}
	wg.Wait()
}

// readAgain reads a pod and the log that is wanted now. Where that gives no log either, everything stays as it was.
func (s *scene) readAgain(ctx context.Context, l *logRequest) {
	select {
	case <-ctx.Done():
		return
	case <-time.After(s.client.limits.CatchUp):
	}
	pod, err := get[corev1.Pod](ctx, s.client, "", "pods", l.raw.Pod.Namespace, l.raw.Pod.Name)
	if err != nil || pod.UID != l.raw.Pod.UID {
		return
	}
	now := *l.raw
	now.Pod, now.At = pod, s.client.now()
	ctx, cancel := context.WithTimeout(ctx, s.client.limits.Log)
	defer cancel()
	for _, again := range logsOf(&now, l.container) {
		if !again.lost && s.client.readLog(ctx, again) == nil {
			l.raw.Pod, l.raw.At = now.Pod, now.At
			l.log, l.missing = again.log, nil
			return
		}
	}
}
