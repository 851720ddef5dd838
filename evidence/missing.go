package evidence

import (
	"fmt"
	"slices"
	"strings"
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
			run := runPrevious
			if c.State == "terminated" {
				run = runCurrent
			}
			ev.miss(fmt.Sprintf("%s log of %s", run, c.called()), notInSource, logRef(c.Name, run))
		}
	}
	if len(troubled) == 0 && len(ev.Containers) > 0 {
		return
	}
	// What has not run is told by its events; of what has crashed few are left.
	exited := slices.ContainsFunc(troubled, func(c *Container) bool { return c.Exited })
	if exited {
		ev.missBlind()
	}
	if !raw.EventsRead && len(raw.Events) == 0 {
		ev.miss("events", notInSource, RefEvents)
	}
	if !exited {
		ev.missBlind()
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

// called is how a sentence names the container.
func (c *Container) called() string {
	if c.Name == "" {
		return "the container"
	}
	return c.Name
}

// blindWords are words for the facts that a text does not show, those that tell most of a crash first.
var blindWords = []struct{ fact, words string }{
	{"c.state", "states"},
	{"c.lastExit", "exit codes"},
	{"c.lastExit.code", "exit codes"},
	{"c.restarts", "restart counts"},
	{"c.waitingMessage", "waiting messages"},
	{"c.start", "waiting messages"},
	{"pod.restartPolicy", "the restart policy"},
	{"c.restartPolicy", "the restart policy"},
	{"c.liveness", "probes"},
	{"c.memory", "memory limits"},
	{"c.memory.hasLimit", "memory limits"},
	{"c.memory.nodeOOM", "the node's events"},
	{"c.command", "the command"},
	{"c.envNames", "the environment"},
	{"c.mounts", "mounts"},
	{"c.security", "the security context"},
	{"c.postStart", "hooks"},
	{"c.preStop", "hooks"},
	{"pod.grace", "the grace period"},
	{"workload", "the controller"},
	{"workload.job", "the controller"},
	{"pod.phase", "the pod's status"},
	{"pod.reason", "the pod's status"},
	{"pod.disruption", "conditions"},
	{"pod.scheduled", "the node's name"},
	{"pod.nodeName", "the node's name"},
	{"pod.volumes", "volumes"},
	{"c.image", "the image"},
	{"c.prevExit", "the run before the last"},
	{"c.kill.soon", "the times of the last run"},
}

// FactWords says in words what a fact is about, as rules name it; the fact itself where there is no better word.
func FactWords(fact string) string {
	for _, b := range slices.Backward(blindWords) {
		if fact == b.fact || strings.HasPrefix(fact, b.fact+".") {
			return b.words
		}
	}
	return fact
}

// missBlind says, in one entry, what a text does not show of the pod. No text shows what the object holds.
func (ev *Evidence) missBlind() {
	var words []string
	for _, b := range blindWords {
		if slices.Contains(ev.Blind, b.fact) && !slices.Contains(words, b.words) {
			words = append(words, b.words)
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
