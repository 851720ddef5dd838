package cluster

import (
	"context"
	"slices"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/unloop-dev/unloop/evidence"
)

// This file sees to it that a log stands beside the status of the run that wrote it. The two are read one after the other,
// and a loop goes on between them: what "previous" names then is another run (docs/kubernetes.md#which-runs-log).

// run identifies a run of a container as far as its status does. The zero run is none.
type run struct {
	id                string
	started, finished time.Time
}

// runIn is the run that a request for a log gives while the status holds. Previous is the run in lastState; without it,
// it is the run that is alive or has just died, or, while the container waits, that in lastState, too.
func runIn(pod *corev1.Pod, container string, previous bool) run {
	for s := range evidence.Statuses(pod) {
		if s.Name != container {
			continue
		}
		switch running, ended, last := s.State.Running, s.State.Terminated, s.LastTerminationState.Terminated; {
		case running != nil && !previous:
			return run{id: s.ContainerID, started: running.StartedAt.Time}
		case ended != nil && !previous:
			return run{ended.ContainerID, ended.StartedAt.Time, ended.FinishedAt.Time}
		case last != nil:
			return run{last.ContainerID, last.StartedAt.Time, last.FinishedAt.Time}
		}
	}
	return run{}
}

// holds says that what was read is known to be the log that the later request asks for: the status before and after it
// name the same run, and no later one can have taken its place between.
func (l *logRequest) holds(later *logRequest) bool {
	return l.log != nil && l.of == later.of && (l.log.Previous == later.previous || later.either)
}

// mayBeOfAnother says that the log may be of another run than the one wanted. A run that waits has no successor before the
// time that the kubelet says; of others nothing is known. What a run says that is alive and has had no predecessor is not
// the last word of anything.
func (l *logRequest) mayBeOfAnother(now time.Time) bool {
	if l.log == nil || l.state == "running" && !l.previous {
		return false
	}
	return l.log.Run == "" && (l.nextStart.IsZero() || !now.Before(l.nextStart))
}

// behind says that the status was behind the container when it was read. The kubelet keeps one dead run of a container:
// when the run that the status calls alive dies, the one before is removed, and for a moment the status still names it
// as the previous one, or shows none (seen on v1.35.4: "unable to retrieve container logs for containerd://…", and a
// container with restarts and no last state).
func (l *logRequest) behind() bool {
	return l.lost || l.removed && l.previous && !l.either
}

const (
	// catchUps is how many pods are waited for in one sweep whose status is behind: a machine on which many loops turn this
	// fast has other troubles.
	catchUps = 4
	// catchUpRounds is how often a pod is read again. One that is never the same twice is left in doubt.
	catchUpRounds = 2
)

// catchUp reads pods again whose container may have gone on while its log was read, and gives the logs that belong beside
// the status that stands in their raw now.
func (r *logReader) catchUp(ctx context.Context, read []*logRequest) []*logRequest {
	byPod := map[*evidence.Raw][]*logRequest{}
	var order []*evidence.Raw
	for _, l := range read {
		if byPod[l.raw] == nil {
			order = append(order, l.raw)
		}
		byPod[l.raw] = append(byPod[l.raw], l)
	}
	settled := make([][]*logRequest, len(order))
	patience := catchUps
	var wg sync.WaitGroup
	for i, raw := range order {
		settled[i] = byPod[raw]
		behind := slices.ContainsFunc(settled[i], (*logRequest).behind)
		if behind {
			if patience--; patience < 0 {
				continue
			}
		}
		wg.Go(func() {
			if behind && r.around.client.pause(ctx, r.around.client.limits.CatchUp) != nil {
				return
			}
			settled[i] = r.settle(ctx, raw, settled[i])
		})
	}
	wg.Wait()
	return slices.Concat(settled...)
}

// settle reads a pod again until its status and its logs are of one moment.
func (r *logReader) settle(ctx context.Context, raw *evidence.Raw, logs []*logRequest) []*logRequest {
	for range catchUpRounds {
		if !r.mustAsk(logs) {
			return logs
		}
		later, ok := r.askAgain(ctx, raw, logs)
		if !ok {
			return logs
		}
		logs = later
	}
	r.doubt(logs)
	return logs
}

// doubt marks the logs that may be of another run than the status names.
func (r *logReader) doubt(logs []*logRequest) {
	now := r.around.client.now()
	for _, l := range logs {
		if l.mayBeOfAnother(now) {
			l.log.Run = evidence.RunUnknown
		}
	}
}

func (r *logReader) mustAsk(logs []*logRequest) bool {
	now := r.around.client.now()
	return slices.ContainsFunc(logs, func(l *logRequest) bool {
		return l.behind() || l.unknownPod || l.mayBeOfAnother(now)
	})
}

// askAgain reads the pod again. It gives false where nothing is to be done any more: all is as it was, or nothing more can
// be known. Else the pod went on: raw has its new status, and the logs are those that it asks for.
func (r *logReader) askAgain(ctx context.Context, raw *evidence.Raw, logs []*logRequest) ([]*logRequest, bool) {
	client := r.around.client
	r.atOnce <- struct{}{}
	pod, err := client.pod(ctx, raw.Pod.Namespace, raw.Pod.Name)
	<-r.atOnce
	gone := isNotFound(err) || err == nil && pod.UID != raw.Pod.UID
	if err != nil || gone {
		r.doubt(logs)
		for _, l := range logs {
			if gone && l.unknownPod {
				l.miss(podGone)
			}
		}
		return nil, false
	}
	then := evidence.Raw{Pod: pod, At: client.now()}
	later := logsOf(&then, r.container)
	if sameLogs(logs, later) {
		return nil, false
	}
	r.around.replace(raw, &then)
	for _, l := range later {
		l.raw = raw
		r.reread(ctx, l, logs)
	}
	return later, true
}

// sameLogs says that a second look at the pod asks for nothing else than what was read, or tried, after the first.
func sameLogs(before, after []*logRequest) bool {
	return slices.EqualFunc(before, after, func(l, later *logRequest) bool {
		if l.container != later.container {
			return false
		}
		if l.log == nil {
			return l.of == later.of && l.lost == later.lost
		}
		return l.holds(later)
	})
}

// reread gets a log for the status that the pod has now: what was read for the one before, where that still is the log of
// the same run. Where there is none, that log is better than nothing, though nobody knows whose it is.
func (r *logReader) reread(ctx context.Context, l *logRequest, before []*logRequest) {
	i := slices.IndexFunc(before, func(old *logRequest) bool { return old.container == l.container })
	if i >= 0 && before[i].holds(l) {
		l.log = before[i].log
		return
	}
	r.read(ctx, l)
	if l.log == nil && i >= 0 && before[i].log != nil {
		l.log = before[i].log
		l.log.Run = evidence.RunUnknown
	}
}
