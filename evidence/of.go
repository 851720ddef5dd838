package evidence

import (
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/unloop-dev/unloop/fact"
)

// Of derives the evidence from what was read, without the secrets in it. It is pure and total: any Raw gives an Evidence, and
// the same Raw always the same.
func Of(raw *Raw) *Evidence {
	raw = raw.redacted().inferred()
	ev := &Evidence{
		Source: raw.Source, Cluster: raw.Cluster,
		Events: eventsOf(raw.Events), Missing: append([]Missing(nil), raw.Missing...),
		Form: raw.Form, Hidden: raw.Hidden,
	}
	now := raw.now()
	ev.At, ev.AtGuessed = now.at, raw.At.IsZero()
	if raw.Pod == nil {
		ev.EventsUnread, ev.NodeEventsUnread = true, true
		ev.ofLogsAlone(raw)
		return ev
	}
	attribute(ev.Events, raw.Pod)
	ev.Pod = podOf(raw, ev.Events, ev.At)
	ev.Workload = workloadOf(raw)
	ev.Node = nodeOf(raw.Node, ev.Events)
	for _, name := range ContainerNames(raw.Pod) {
		ev.Containers = append(ev.Containers, containerOf(raw, &ev.Pod, name, ev.Events, now))
	}
	ev.setEvicted()
	ev.setBlocks()
	ev.setLogs(raw)
	ev.setConflicts(raw)
	kubelet := ""
	if ev.Node != nil {
		kubelet = ev.Node.Kubelet
	}
	for i := range ev.Containers {
		c := &ev.Containers[i]
		c.Memory.setNodeOOM(c.LastExit, ev.Pod.NodeName, ev.Events)
		c.Kill = killOf(c, &ev.Pod, ev.Events, raw.Pod)
		if raw.hides(fact.Liveness) || raw.hides(fact.Startup) {
			c.Kill.Excluded = "" // it may have a probe
		}
		c.allowForWantedRestart()
		c.Backoff = backoffOf(c, ev.At, kubelet)
		if c.Backoff != nil && ev.Node != nil && ev.Node.Away {
			c.Backoff.Earliest, c.Backoff.Latest, c.Backoff.Late = time.Time{}, time.Time{}, false
		}
		if c.Backoff != nil && c.Backoff.Guessed && !ev.RestartsKnown(c) {
			c.Backoff = nil
		}
		if raw.SiblingsRead || ev.Workload.Kind == "" && !raw.hides(fact.WorkloadKind) { // a pod of its own has no replicas to read
			c.Replicas = raw.replicas(c.Name, now)
		}
	}
	ev.Pod.EventsKnown = ev.eventsKnown(raw)
	ev.EventsUnread = !raw.EventsRead && len(raw.Events) == 0
	ev.NodeEventsUnread = !raw.NodeEventsRead
	for i := range ev.Containers {
		c := &ev.Containers[i]
		c.Kill.Unread = !ev.Pod.EventsKnown && c.killUnread()
	}
	ev.addMissing(raw)
	return ev
}

// ofLogsAlone makes evidence of logs without any object: one container per log, of which nothing else is known.
func (ev *Evidence) ofLogsAlone(raw *Raw) {
	seen := map[string]bool{}
	for _, r := range raw.Logs {
		if !seen[r.Container] {
			seen[r.Container] = true
			ev.Containers = append(ev.Containers, Container{Name: r.Container, Kind: KindMain, Verdict: Unknown})
		}
	}
	ev.Pod.Namespace, ev.Pod.Name = raw.Named.Namespace, raw.Named.Name
	ev.setLogs(raw)
	why := notInSource
	if raw.NamedWhy != "" {
		why += ": " + raw.NamedWhy
	}
	ev.miss("the pod", why, RefPod)
}

// setEvicted corrects the verdict of containers that look as if they ended by themselves, and of those of which nothing else is
// known.
func (ev *Evidence) setEvicted() {
	if ev.Pod.Evicted == "" || (ev.Pod.Phase != string(corev1.PodFailed) && ev.Pod.Phase != string(corev1.PodSucceeded)) {
		return
	}
	for i := range ev.Containers {
		if c := &ev.Containers[i]; c.Kind == KindMain && (c.Verdict == Completed || c.Verdict == Crashed || c.Verdict == Unknown) {
			c.Verdict = Terminating
		}
	}
}

// allowForWantedRestart takes a restart that somebody asked for, by changing the spec, off the count of crashes.
func (c *Container) allowForWantedRestart() {
	if c.Kill.By != BySpecChange || c.State != "running" || c.Verdict != CrashLooping || c.Restarts > 1 {
		return
	}
	if c.Verdict = NotReady; c.Ready {
		c.Verdict = Recovered
	}
}

// setBlocks finds the init container or sidecar that keeps later containers waiting: the first in trouble that comes
// before a container that has not started (docs/kubernetes.md#kinds-of-container).
func (ev *Evidence) setBlocks() {
	var blocker *Container
	for i := range ev.Containers {
		c := &ev.Containers[i]
		before := c.Kind == KindInit || c.Kind == KindSidecar
		waits := c.State == "" || c.WaitingReason == "PodInitializing" || (before && c.State == "waiting" && !c.Exited)
		switch {
		case blocker != nil && waits && c.Kind != KindEphemeral:
			c.BlockedBy, blocker.Blocks = blocker.Name, true
		case blocker == nil && before && c.Verdict.Trouble() && !(c.Kind == KindSidecar && c.Started):
			blocker = c
		}
	}
}

// eventsKnown says that events were read and can still tell of the last crash: older ones have expired.
func (ev *Evidence) eventsKnown(raw *Raw) bool {
	if !raw.EventsRead {
		return false
	}
	for i := range ev.Containers {
		e := ev.Containers[i].LastExit
		if e != nil && e.Finished != nil && ev.At.Sub(*e.Finished) > eventLifetime {
			return false
		}
	}
	return true
}
