package evidence

import (
	"strconv"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// This file judges whether a container that runs at the moment is still in its loop, or is well again. The kubelet keeps no
// such notion, and a status shows two runs of many: the one that died last and the one that is alive. So the newest runs
// decide, and the mean over the pod's life only where they do not tell: a loop that began an hour ago in a pod of a month
// has a mean of days.

// Bounds of the judgement. None of them is the kubelet's; they are chosen from its back-off (docs/kubernetes.md#back-off-reset):
// after ten minutes of running the delay starts over, so the kubelet itself treats a later crash as a new story.
const (
	recentCrash  = 10 * time.Minute // the kubelet's reset window
	shortCycle   = time.Hour        // two crashes that are no further apart than this, without more, are of one story
	slowestCycle = 6 * time.Hour    // crashes further apart than this are single events, not a loop
	fewRestarts  = 3                // slow cycles make a loop when there were as many
	outlived     = 5                // a run that is this many times longer than those that died is another kind of run
	settled      = 2 * time.Minute  // and has lasted at least this long
	longestWait  = 5 * time.Minute  // the kubelet's longest back-off, by default
)

// moment is when a status was read.
type moment struct {
	at time.Time
	// least says that it was read then or later: nothing tells of a later moment than the status itself, which is as old as
	// the newest change.
	least bool
}

// AnnotationAge and AnnotationCrashed carry what a row of a table says by ages, where the moment of printing is not known:
// Go durations, the age of the pod and how long ago its last crash was.
const (
	AnnotationAge     = "unloop.dev/age"
	AnnotationCrashed = "unloop.dev/crashed"
	// AnnotationEnds carries how many ends of runs the rows of a watch have shown, if the container waited to be restarted between.
	AnnotationEnds = "unloop.dev/ends"
)

// life is what a status tells of a container that has crashed and runs again.
type life struct {
	restarts int
	well     bool
	seen     int           // how many ends somebody has watched
	since    time.Duration // since the last crash
	alive    time.Duration // how long the present run has lasted; 0 where its start is not known
	before   time.Duration // how long the run lasted that died last; 0 where that is not known
	last     time.Duration // from the start of that run to the start of the present one; 0 where that is not known
	mean     time.Duration // between two crashes, over the life of the pod; 0 where that is not known
	wasReady time.Duration // how long the present run had been ready before it was not any more
}

// lostItsLastRun recognises a restarted container whose last run is not shown: its status is gone for a moment when the
// runtime has removed it before the next one ran.
func lostItsLastRun(status *corev1.ContainerStatus, well bool, now moment) bool {
	started := status.State.Running.StartedAt
	if status.RestartCount < 2 || started.IsZero() || now.least && well {
		return false
	}
	return now.at.Sub(started.Time) < settled
}

// stillLooping tells a loop that is seen in its running window from a pod that restarted in the past.
func stillLooping(pod *corev1.Pod, status *corev1.ContainerStatus, ran *corev1.ContainerStateTerminated, well bool, now moment) bool {
	l, known := lifeOf(pod, status, ran, now.at)
	l.well = well
	switch {
	case !known:
		return !well && l.restarts > 1
	case l.alive == 0 && l.before == 0 && status.State.Running.StartedAt.IsZero():
		return l.loopsByAges()
	case !l.loops():
		return false // later it would not either
	case now.least && well:
		// Ready, and nothing tells how long since. A loop of short cycles is the likelier story, as long as there are two;
		// a run of hours is mostly seen in its middle.
		return l.restarts > 1 && l.cycle() <= shortCycle
	}
	return true
}

// between says that a container that is ready after a crash may as well be between two crashes as well again, since nothing tells
// when its status was read.
func between(pod *corev1.Pod, status *corev1.ContainerStatus, now moment) bool {
	if status == nil || !status.Ready || status.State.Running == nil || status.LastTerminationState.Terminated == nil || !now.least {
		return false
	}
	l, known := lifeOf(pod, status, status.LastTerminationState.Terminated, now.at)
	l.well = true
	return known && !status.State.Running.StartedAt.IsZero() && l.loops()
}

// lifeOf reads a status at a moment. It is not known how long ago the last crash was if its time is not.
func lifeOf(pod *corev1.Pod, status *corev1.ContainerStatus, ran *corev1.ContainerStateTerminated, at time.Time) (l life, known bool) {
	l.restarts = int(status.RestartCount)
	if ran.FinishedAt.IsZero() {
		age, since := annotated(pod, AnnotationAge), annotated(pod, AnnotationCrashed)
		if since < 0 {
			return l, false
		}
		l.since = since
		l.seen, _ = strconv.Atoi(pod.Annotations[AnnotationEnds]) // 0 where there is none
		if age > since && l.restarts > 0 {
			l.mean = (age - since) / time.Duration(l.restarts)
		}
		return l, true
	}
	l.since = at.Sub(ran.FinishedAt.Time)
	l.before = runLength(ran)
	l.mean = meanCycle(pod, status, ran)
	if started := status.State.Running.StartedAt; !started.IsZero() {
		l.alive = max(0, at.Sub(started.Time))
		if !neverStarted(ran) && started.After(ran.StartedAt.Time) {
			l.last = started.Sub(ran.StartedAt.Time)
		}
		if lost := becameUnready(pod); lost.After(started.Time) {
			l.wasReady = lost.Sub(started.Time)
		}
	}
	return l, true
}

// annotated reads a duration that a reader has noted; negative where there is none.
func annotated(pod *corev1.Pod, key string) time.Duration {
	d, err := time.ParseDuration(pod.Annotations[key])
	if err != nil {
		return -1
	}
	return d
}

// loops judges by the times of the newest runs.
func (l *life) loops() bool {
	if l.restarts < 2 {
		// One restart is no loop yet. It counts as one while the container is not well, or has not yet lived as long
		// as the short run that died.
		return l.since < recentCrash && l.before < recentCrash && (!l.well || l.alive <= l.before)
	}
	cycle := l.cycle()
	switch {
	case l.well && l.alive > max(settled, outlived*l.before):
		return false
	case !l.well && l.alive > max(l.before, cycle)+recentCrash:
		return false // it is not well, but it has outlived those that died
	case !l.well && l.wasReady >= shortCycle:
		return false // it had been well for long
	case cycle > slowestCycle, cycle > shortCycle && l.restarts < fewRestarts:
		return false
	case cycle < l.mean/outlived: // by the last run alone, which may have been a chance
		return l.since <= max(recentCrash, cycle)
	}
	return l.since <= max(recentCrash, 2*cycle)
}

// cycle is the time between two crashes. A run that died within ten minutes of its start began after another's end: with
// more than one restart that makes two crashes that are hardly further apart than the run was long, whatever the mean says.
// Of a longer run that is believed when there were more of them.
func (l *life) cycle() time.Duration {
	young := l.last > 0 && (l.before < recentCrash || l.last <= shortCycle && l.restarts >= fewRestarts)
	if young && l.restarts > 1 && l.mean > 0 {
		return min(l.mean, l.last)
	}
	return l.mean
}

// loopsByAges judges where no more is known than how often it has restarted, how long ago it last crashed, and the mean. It
// runs now, so that the crash and the wait before this run fit in between.
func (l *life) loopsByAges() bool {
	if l.restarts < 2 || l.well && l.restarts < fewRestarts && l.seen < 2 { // one that is ready may have waited for what it needs
		return !l.well && l.since < recentCrash
	}
	young := recentCrash
	if l.well {
		young = settled + waitBefore(l.restarts)
	}
	switch {
	case l.mean == 0 || l.mean > slowestCycle || l.mean > shortCycle && l.restarts < fewRestarts:
		// It began lately, or the last crash was a single one.
		return l.since <= young && !l.well || l.since <= settled && l.restarts >= fewRestarts
	}
	return l.since <= max(young, 2*l.mean)
}

// waitBefore is how long the kubelet waits at most before the restart of this number (docs/kubernetes.md#back-off-algorithm),
// with what it is late by.
func waitBefore(restart int) time.Duration {
	wait := longestWait
	if steps := restart - 2; steps >= 0 && steps < 5 {
		wait = 10 * time.Second << steps
	}
	return wait + wait/2
}

// meanCycle is the average time between two crashes. restartCount n with a finished last run means that n runs ended.
func meanCycle(pod *corev1.Pod, status *corev1.ContainerStatus, ran *corev1.ContainerStateTerminated) time.Duration {
	start := pod.CreationTimestamp.Time
	if pod.Status.StartTime != nil {
		start = pod.Status.StartTime.Time
	}
	if start.IsZero() || status.RestartCount == 0 {
		return runLength(ran)
	}
	return max(0, ran.FinishedAt.Sub(start)) / time.Duration(status.RestartCount)
}

// becameUnready is when the pod, and so each of its containers, was ready for the last time; zero where that is not known.
func becameUnready(pod *corev1.Pod) time.Time {
	for _, cond := range pod.Status.Conditions {
		if cond.Type == corev1.PodReady && cond.Status == corev1.ConditionFalse {
			return cond.LastTransitionTime.Time
		}
	}
	return time.Time{}
}
