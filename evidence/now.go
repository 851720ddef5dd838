package evidence

import (
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// now is the moment of reading: as the source says, else the newest time in what was read. That was not later, but it may have
// been long before, if nothing was read that changes all the time.
func (raw *Raw) now() moment {
	if !raw.At.IsZero() {
		return moment{at: raw.At}
	}
	now := moment{at: newestTime(raw)}
	if raw.Pod == nil || now.at.IsZero() {
		return now
	}
	now.least = !raw.clocked(now.at)
	// kubectl prints the events of a pod with it. None means that the last start is longer ago than events live.
	if raw.Form != "" && raw.EventsRead && len(raw.Events) == 0 {
		return moment{at: now.at.Add(eventLifetime)}
	}
	return now
}

// clocked says that something else than the pod tells the time: a node's heartbeat, or an object that changed when the pod had
// not changed for long.
func (raw *Raw) clocked(at time.Time) bool {
	beat := time.Time{}
	for _, n := range append([]*corev1.Node{raw.Node}, raw.Nodes...) {
		seeNode(n, func(t time.Time) { beat = later(beat, t) })
	}
	own := time.Time{}
	seePod(raw.Pod, func(t time.Time) { own = later(own, t) })
	for i := range raw.Events {
		if e := &raw.Events[i]; e.InvolvedObject.Name == raw.Pod.Name || e.InvolvedObject.Name == "" {
			own = later(own, EventTime(e))
		}
	}
	return !beat.Before(own) || at.Sub(own) > recentCrash
}

// newestTime is the newest moment that any object speaks of: the best guess of when they were read, and never later.
func newestTime(raw *Raw) time.Time {
	var newest time.Time
	see := func(t time.Time) {
		if t.After(newest) {
			newest = t
		}
	}
	for i := range raw.Events {
		see(EventTime(&raw.Events[i]))
	}
	if raw.Pod != nil {
		seePod(raw.Pod, see)
	}
	if family := raw.family(); family != nil {
		see(family.newest())
	} else {
		for _, p := range raw.Siblings {
			seePod(p, see)
		}
	}
	for _, n := range append([]*corev1.Node{raw.Node}, raw.Nodes...) {
		seeNode(n, see)
	}
	see(raw.Newest)
	return newest
}

// seeNode calls see with the times at which a node's kubelet said how it stands.
func seeNode(n *corev1.Node, see func(time.Time)) {
	if n == nil {
		return
	}
	for _, cond := range n.Status.Conditions {
		see(cond.LastHeartbeatTime.Time)
	}
}

// SeeTimes calls see with the times that an object carries of what has happened: when it was created and changed, and what its
// status says. Times of what is to come are left out.
func SeeTimes(object metav1.Object, see func(time.Time)) {
	see(object.GetCreationTimestamp().Time)
	switch o := object.(type) {
	case *corev1.Pod:
		seePod(o, see)
	case *corev1.Node:
		seeNode(o, see)
	case *corev1.Event:
		see(EventTime(o))
	}
}

// seePod calls see with all times that a pod carries.
func seePod(p *corev1.Pod, see func(time.Time)) {
	see(p.CreationTimestamp.Time)
	for i := range p.Status.Conditions {
		see(p.Status.Conditions[i].LastTransitionTime.Time)
	}
	for status := range Statuses(p) {
		for _, s := range []*corev1.ContainerState{&status.State, &status.LastTerminationState} {
			if s.Running != nil {
				see(s.Running.StartedAt.Time)
			}
			if s.Terminated != nil {
				see(s.Terminated.FinishedAt.Time)
			}
		}
	}
}
