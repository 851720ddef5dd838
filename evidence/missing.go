package evidence

import (
	"fmt"
	"slices"
	"strings"

	"github.com/unloop-dev/unloop/fact"
)

// This file says what the source does not hold, with the reference of what would tell: what tells most comes first.

// miss records something that is not known, once.
func (ev *Evidence) miss(what, why, ref string) {
	for _, m := range ev.Missing {
		if strings.EqualFold(m.What, what) {
			return
		}
	}
	ev.Missing = append(ev.Missing, Missing{What: what, Why: why, Ref: ref})
}

const notInSource = "not in this source"

// addMissing says what the source does not hold, as far as it would matter for a container in trouble.
func (ev *Evidence) addMissing(raw *Raw) {
	troubled := ev.troubled()
	for _, c := range troubled {
		if c.Exited && c.Log == nil {
			run := c.diedRun()
			ev.miss(fmt.Sprintf("%s log of %s", run, c.called()), notInSource, logRef(c.Name, run))
		}
	}
	if len(troubled) == 0 && len(ev.Containers) > 0 {
		return
	}
	// What has not run is told by its events; of what has crashed few are left.
	exited := slices.ContainsFunc(troubled, func(c *Container) bool { return c.Exited })
	if exited {
		ev.missHidden()
	}
	if !raw.EventsRead && len(raw.Events) == 0 {
		ev.miss("events", notInSource, RefEvents)
	}
	if !exited {
		ev.missHidden()
	}
	if raw.Node == nil && ev.Pod.NodeName != "" {
		ev.miss("node "+ev.Pod.NodeName, notInSource, RefNode)
	}
	if !raw.SiblingsRead && ev.Workload.Kind != "" {
		ev.miss("replicas of "+strings.ToLower(ev.Workload.Kind)+"/"+ev.Workload.Name, notInSource, RefReplicas)
	}
}

// MissingOf is what could not be read that would tell of a container: all but the logs of neighbours that are in trouble
// themselves, of which those tell. Nil asks for all.
func (ev *Evidence) MissingOf(c *Container) []Missing {
	if c == nil {
		return ev.Missing
	}
	neighbours := map[string]bool{}
	for _, other := range ev.troubled() {
		neighbours[other.Name] = other.Name != c.Name
	}
	var missing []Missing
	for _, m := range ev.Missing {
		log, isLog := strings.CutPrefix(m.Ref, "logs/")
		if container, _, _ := strings.Cut(log, "/"); !isLog || !neighbours[container] {
			missing = append(missing, m)
		}
	}
	return missing
}

// troubled are the containers whose trouble is their own.
func (ev *Evidence) troubled() []*Container {
	var troubled []*Container
	for i := range ev.Containers {
		if c := &ev.Containers[i]; c.Verdict.Trouble() && c.BlockedBy == "" {
			troubled = append(troubled, c)
		}
	}
	return troubled
}

// diedRun is how one asks kubectl for the log of the run that died last.
func (c *Container) diedRun() string {
	if c.State == "terminated" {
		return runCurrent
	}
	return runPrevious
}

// called is how a sentence names the container.
func (c *Container) called() string {
	if c.Name == "" {
		return "the container"
	}
	return c.Name
}

// mostTelling are the facts that are named where a text hides them, those that tell most of a crash first.
var mostTelling = []fact.Name{
	fact.State, fact.ExitCode, fact.Restarts, fact.WaitingMessage, fact.Start, fact.PodRestartPolicy, fact.RestartPolicy, fact.Liveness, fact.HasMemoryLimit,
	fact.Command, fact.EnvNames, fact.Mounts, fact.Security, fact.PostStart, fact.PreStop, fact.PodGrace, fact.WorkloadJob, fact.Phase,
	fact.PodReason, fact.Disruption, fact.Scheduled, fact.NodeName, fact.Volumes, fact.Image, fact.PrevExit, fact.KilledSoon,
}

// missHidden says, in one entry, what a text does not show of the pod. No text shows what the object holds.
func (ev *Evidence) missHidden() {
	var words []string
	for _, name := range mostTelling {
		if name.Among(ev.Hidden) && !slices.Contains(words, name.Words()) {
			words = append(words, name.Words())
		}
	}
	if len(words) == 0 {
		return
	}
	what := strings.Join(words, ", ")
	switch n := len(words); {
	case n > 6:
		what = strings.Join(words[:5], ", ") + " and more"
	case n > 1:
		what = strings.Join(words[:n-1], ", ") + " and " + words[n-1]
	}
	why := "not shown by " + ev.Form
	switch {
	case ev.Form == "": // an object, of which fields are damaged
		why = "cannot be read"
	case strings.HasPrefix(ev.Form, "part of "):
		why = "not in this text"
	}
	ev.miss(what, why, RefPod)
}
