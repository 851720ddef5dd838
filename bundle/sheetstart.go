package bundle

import (
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/unloop-dev/unloop/evidence"
	"github.com/unloop-dev/unloop/printed"
	"github.com/unloop-dev/unloop/scene"
)

// A describe gives the start of a container's run as a moment, and its events as ages. What the kubelet tells of a container on
// the way to its start cannot have been later than that, so that the youngest of these events bounds how long the run has lasted
// when the text was printed.

// beforeStart are the reasons of events that the kubelet writes on the way to a start, and of a wait for it.
var beforeStart = []string{"BackOff", "Pulling", "Pulled", "Created", "Started"}

// soonAfter is how long after a start a bound is of use: within it the run may have lasted any time, and no verdict hangs on it.
const soonAfter = time.Minute

// startAnchors gives the bound for each pod that the sheet describes and that runs one container: it was printed not before the
// start, and not later after it than the youngest of those events is old.
func (s *sheet) startAnchors() []printed.Anchor {
	var anchors []printed.Anchor
	for _, p := range s.objects.Pods {
		if age, started := s.youngestBefore(&p); age.Known && age.Max <= soonAfter {
			anchors = append(anchors, printed.Anchor{Time: started, Age: printed.Age{Max: age.Max + startLag, Known: true}})
		}
	}
	return anchors
}

// youngestBefore is the age of the youngest event that is no later than the start of the pod's only container, and that start.
func (s *sheet) youngestBefore(p *printed.Pod) (age printed.Age, started time.Time) {
	if p.Row || len(p.Pod.Spec.Containers) != 1 || len(p.Pod.Status.ContainerStatuses) != 1 {
		return age, started
	}
	running := p.Pod.Status.ContainerStatuses[0].State.Running
	if running == nil || running.StartedAt.IsZero() {
		return age, started
	}
	about := scene.ThePod(p.Pod.Namespace, p.Pod.Name)
	name := p.Pod.Spec.Containers[0].Name
	for _, part := range s.events {
		for i := range part {
			e := &part[i]
			named := evidence.ContainerInMessage(e.Event.Reason, e.Event.Message)
			switch {
			case !slices.Contains(beforeStart, e.Event.Reason), scene.Subject(&e.Event.InvolvedObject) != about, !e.Last.Known:
			case named != "" && named != name:
			case !age.Known || e.Last.Max < age.Max:
				age = e.Last
			}
		}
	}
	return age, running.StartedAt.Time
}

// quiet is how long after the last word of a loop another was due: the kubelet waits five minutes at most, and writes one event in
// five minutes at least (docs/kubernetes.md#event-mechanics).
const quiet = 10 * time.Minute

// lasted is a moment until which the pod's container surely, or nearly so, ran on, from a text that does not say when it was
// printed: had its run ended, younger events would tell of the next one.
func (s *sheet) lasted(p *printed.Pod) time.Time {
	age, started := s.youngestBefore(p)
	if !age.Known || age.Min <= quiet {
		return time.Time{}
	}
	return started.Add(age.Min - quiet)
}

// newestOf is the newest moment that is known to lie before the reading of a pod.
func (s *set) newestOf(pod *corev1.Pod) time.Time {
	newest := s.readWith[pod]
	if told := s.told[pod]; told != nil {
		newest = latest(newest, told.lasted)
	}
	return newest
}
