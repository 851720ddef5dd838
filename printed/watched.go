package printed

import (
	"slices"
	"strings"

	"github.com/unloop-dev/unloop/fact"
)

// watched is what the rows of one pod told so far. "kubectl get pods -w" prints one for each change of the pod, and the end
// of a run is in STATUS for a moment only: "OOMKilled", and ten seconds later "CrashLoopBackOff".
type watched struct {
	at    int // the place among the pods
	last  podRow
	seen  bool
	ended podRow // the newest row that showed the end of a run
	ends  int
	same  bool // all ends had the same word
	waits string
}

// see takes a row in, and tells the pod that was made of it what the rows before it showed.
func (w *watched) see(p *podRow, out *Pod) {
	if w.seen && w.isAnother(p) {
		*w = watched{at: w.at}
	}
	again := w.seen && w.last.status == p.status && w.last.restarts == p.restarts // a row is repeated when something else changed
	w.tell(p, out)
	if isEnd(p.status) && !again {
		w.same = w.ends == 0 || w.same && w.ended.status == p.status
		w.ended, w.ends = *p, w.ends+1
	}
	if word := strings.TrimPrefix(p.status, "Init:"); word == "CrashLoopBackOff" {
		w.waits = word
	}
	w.last, w.seen = *p, true
	out.EndsSeen = w.ends
}

// isAnother says that a pod of the same name has taken the place of the one before, as those of a StatefulSet do.
func (w *watched) isAnother(p *podRow) bool {
	return !p.uncounted && !w.last.uncounted && p.restarts < w.last.restarts ||
		p.age.Known && w.last.age.Known && p.age.Max < w.last.age.Min
}

// isEnd says that STATUS is how a container ended.
func isEnd(status string) bool {
	return slices.Contains(terminatedReasons, status) || strings.HasPrefix(status, "ExitCode:") || strings.HasPrefix(status, "Signal:")
}

// tell puts the newest end that was seen where the API has it for a container that runs again or waits. The row of it may
// be missing: then it is another run's, which tells of this one only as far as all ended alike.
func (w *watched) tell(p *podRow, out *Pod) {
	out.WaitingSeen = w.waits
	statuses := out.Pod.Status.ContainerStatuses
	if w.ends == 0 || len(statuses) != 1 || p.uncounted || p.toldEnd() || isEnd(p.status) && w.ended.restarts == p.restarts {
		return
	}
	status := &statuses[0]
	if p.restarts-w.ended.restarts > 1 && !w.same {
		return
	}
	seen := w.ended.pod()
	end := seen.Pod.Status.ContainerStatuses
	if len(end) != 1 || end[0].State.Terminated == nil {
		return
	}
	status.LastTerminationState.Terminated = end[0].State.Terminated
	if status.State.Terminated != nil {
		return // which is the newer end
	}
	out.Reveal(fact.LastExit, fact.Exited)
	for _, f := range exitFacts {
		out.Reveal(f)
		if slices.Contains(seen.Hidden, f) {
			out.Hide(f)
		}
	}
}
