package objects

import (
	"slices"
	"strings"

	"github.com/unloop-dev/unloop/fact"
)

// partFacts are the facts of a pod that hang on fields without which a whole object would be none.
var partFacts = []fieldFacts{
	{"metadata.name", []fact.Name{fact.PodName}},
	{"metadata.namespace", []fact.Name{fact.Namespace}},
	{"metadata.uid", []fact.Name{fact.UID}},
	{"metadata.annotations", []fact.Name{fact.Static}},
}

// written are fields that the API server writes into each object of a sort. An object without one of them was shortened
// by hand. In the order in which kubectl prints them nothing of note stands before the first, if it has one, and behind
// the last.
type written struct {
	first, last string
	also        []string
}

var alwaysWritten = map[string]written{
	"metadata":              {"", "uid", []string{"creationTimestamp", "name", "namespace", "resourceVersion"}},
	"spec":                  {"containers", "volumes", []string{"dnsPolicy", "securityContext", "terminationGracePeriodSeconds"}},
	"spec.C":                {"", "", []string{"image", "imagePullPolicy", "name", "resources", "terminationMessagePath"}},
	"status":                {"conditions", "startTime", []string{"phase", "qosClass"}},
	"status.S":              {"image", "state", []string{"imageID", "lastState", "name", "ready", "restartCount"}},
	"status.S.X.terminated": {"exitCode", "startedAt", []string{"finishedAt"}},
	"status.S.X.waiting":    {"message", "reason", nil},
	"status.S.X.running":    {"startedAt", "startedAt", nil},
}

// normalPath gives the state and the last state, which are built alike, one name.
func normalPath(at string) string {
	return strings.NewReplacer(".lastState", ".X", ".state", ".X").Replace(at)
}

// whole says that an object lacks nothing but what it does not have.
func (t *tree) whole(at string) bool {
	at = normalPath(at)
	if !t.isObject() {
		return false
	}
	if at == "status.S.X" && len(t.members) == 1 {
		return true // a container is in one state
	}
	w := alwaysWritten[at]
	return t.has(w.also...) && (!t.above || w.first != "" && t.has(w.first)) && (!t.below || w.last != "" && t.has(w.last))
}

// hiddenIn names the facts of a pod that its pieces do not show.
func hiddenIn(pod *tree) []fact.Name {
	var known, unknown []fact.Name
	note := func(shown bool, facts []fact.Name) {
		if shown {
			known = append(known, facts...)
		} else {
			unknown = append(unknown, facts...)
		}
	}
	for _, row := range slices.Concat(factsOfPod, partFacts) {
		if inner, ofLast := strings.CutPrefix(row.field, "status.S.lastState.terminated"); ofLast {
			note(showsEnd(pod, strings.TrimPrefix(inner, ".")), row.facts)
		} else if !strings.HasPrefix(row.field, "status.S.state.terminated") {
			note(shows(pod, row.field), row.facts)
		}
	}
	note(shows(pod, "status.S.state.terminated"), []fact.Name{fact.State})
	note(shows(pod, "status.S.lastState.terminated"), []fact.Name{fact.PrevExit})
	var hidden []fact.Name
	for _, n := range fact.Names() {
		if n.Source() != fact.Pod && n.Source() != fact.DerivedPod || n.Among(hidden) {
			continue
		}
		part := slices.ContainsFunc(known, func(k fact.Name) bool { return k.In(n) })
		if n.Among(unknown) || n.Source() == fact.Pod && !part && !n.Among(known) {
			hidden = append(hidden, n)
		}
	}
	if fact.WaitingMessage.Among(hidden) {
		hidden = append(hidden, fact.Start)
	}
	if main := pod.at("status", "containerStatuses"); main != nil && !main.bare && pod.at("status", "initContainerStatuses") == nil {
		hidden = slices.DeleteFunc(hidden, func(n fact.Name) bool { return n == fact.Kind }) // the list's name tells
	}
	return hidden
}

// shows says that the pieces show a field, or that the pod does not have it. Of a field of containers it says so for each
// of those that are known.
func shows(pod *tree, field string) bool {
	part, rest, _ := strings.Cut(field, ".")
	inner, list := strings.CutPrefix(rest, "C")
	if part == "status" {
		inner, list = strings.CutPrefix(rest, "S")
	}
	if !list || inner != "" && inner[0] != '.' {
		return showsAt(pod, "", field)
	}
	inner = strings.TrimPrefix(inner, ".")
	containers := containersIn(pod, part)
	if len(containers) == 0 || len(containers) < len(containersIn(pod, "status")) || part == "status" && len(containers) < len(containersIn(pod, "spec")) {
		return false // there are others, of which nothing is known
	}
	for _, c := range containers {
		if !showsAt(c, part+"."+field[len(part)+1:len(part)+2], inner) {
			return false
		}
	}
	return true
}

// showsEnd says that the pieces show a field of the last end of each container, or that there was none. An end that is
// shown is taken for the last one: where it is the last state and the state is cut off, there may be one more.
func showsEnd(pod *tree, field string) bool {
	statuses := containersIn(pod, "status")
	for _, s := range statuses {
		end := s.at("state", "terminated")
		if !end.isObject() {
			end = s.at("lastState", "terminated")
		}
		if !end.isObject() {
			end = nil
		}
		switch {
		case end == nil && !(showsAt(s, "status.S", "state.terminated") && showsAt(s, "status.S", "lastState.terminated")):
			return false
		case end != nil && field != "" && !showsAt(end, "status.S.X.terminated", field):
			return false
		}
	}
	return len(statuses) > 0 && len(statuses) >= len(containersIn(pod, "spec"))
}

// containersIn are the containers of a pod as its spec or its status has them.
func containersIn(pod *tree, part string) []*tree {
	lists := []string{"containers", "initContainers", "ephemeralContainers"}
	if part == "status" {
		lists = statusLists
	}
	var all []*tree
	for _, list := range lists {
		if l := pod.at(part, list); l != nil {
			all = append(all, l.items...)
		}
	}
	return all
}

// showsAt says that an object shows a field, or is whole without it. Above it stands what at names.
func showsAt(t *tree, at, field string) bool {
	key, rest, more := strings.Cut(field, ".")
	inner := t.at(key)
	switch {
	case !t.isObject():
		return false
	case inner == nil:
		return t.whole(at)
	case !more:
		return !inner.cut() || inner.isObject() && strings.HasPrefix(normalPath(at+"."+key), "status.S.X") // which state it is in
	}
	if inner.scalar == nil && !inner.isObject() && !inner.list {
		return true // null: it does not have it
	}
	return showsAt(inner, strings.TrimPrefix(at+"."+key, "."), rest)
}
