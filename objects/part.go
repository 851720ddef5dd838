package objects

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/unloop-dev/unloop/fact"
	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

// Part is a pod of which a text shows a part.
type Part struct {
	Pod *corev1.Pod // its name is empty where the text does not say it; so is that of a container
	// Hidden are the facts of the pod that the text does not show.
	Hidden []fact.Name
}

// partBytes bounds a text that is read as a piece: a pod has some kilobytes.
const partBytes = 1 << 20

// Parts reads pieces of pods: a status, the statuses of containers, one last state, as YAML or JSON at any indentation,
// cut off above or below or with lines left out. Nil for a text that shows nothing of a pod that tells of its containers'
// runs: a spec alone is a plan. Of the text nothing but pieces must be left: it is no piece when it holds anything else.
func Parts(text string) []Part {
	if len(text) > partBytes || !partStart.MatchString(text[:min(len(text), partHead)]) || !tellsOfRuns(text) {
		return nil
	}
	var b partBuilder
	for _, t := range looseTrees(text) {
		if !b.take(t) {
			return nil
		}
	}
	return b.parts()
}

// partStart is how the first line of a piece looks, behind comments: a bracket, an item, or a key of the API's.
var partStart = lazyregexp.New(`^\s*(?:(?:#.*|---|\.{3})\s*\n\s*)*(?:[\[\]{}]|"[a-z]|(?:- +)?'?[a-z][A-Za-z]*'?[ \t]*:(?:\s|$)|-\s)`)

// partHead is how much of a text is looked at for how it begins.
const partHead = 4 << 10

// runWords are fields and reasons of which every piece that is read has one.
var runWords = []string{"exitCode", "restartCount", "lastState", "ontainerStatuses", "terminated", "waiting", "running", "phase", "reason", "PodScheduled", "ContainersReady"}

// tellsOfRuns looks at the words, which tells most texts that are no piece.
func tellsOfRuns(text string) bool {
	return slices.ContainsFunc(runWords, func(word string) bool { return strings.Contains(text, word) })
}

// looseTrees reads a text in the form that it has.
func looseTrees(text string) []*tree {
	trimmed := strings.TrimLeft(text, " \t\r\n")
	if trimmed == "" {
		return nil
	}
	if strings.IndexByte(`{["}],`, trimmed[0]) >= 0 {
		if trees, ok := looseJSON(trimmed); ok {
			return trees
		}
	}
	return looseYAML(strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n"))
}

// backOff is the message of a container that waits for its next run (pkg/kubelet/kuberuntime/kuberuntime_manager.go,
// doBackOff; the pod as in pkg/kubelet/util/format, Pod).
var backOff = lazyregexp.New(`^"?[Bb]ack-off \S+ restarting failed container(?:=(\S+))? ?pod=([a-z0-9][a-z0-9.-]*)_([a-z0-9-]+)\(([0-9a-zA-Z-]+)\)"?$`)

// partBuilder puts pieces together: into one pod, as long as they fit.
type partBuilder struct {
	pods []*tree
	// ends are states whose containers may follow: what stands above the name of a container is its last state.
	ends []*tree
}

// take takes the next piece; false for what is none.
func (b *partBuilder) take(t *tree) bool {
	r := roleOf(t)
	if t.list && r != noRole {
		for _, item := range t.items {
			if roleOf(item) == r || item.has("name") {
				b.put(r, item)
			}
		}
		return true
	}
	switch {
	case r != noRole:
		b.put(r, t)
	case len(t.members) == 0 && len(t.items) == 0 && t.scalar == nil:
		// "lastState: {}", "[]": it says that there is nothing
	default:
		return b.putRest(t)
	}
	return true
}

// put puts a piece where it belongs.
func (b *partBuilder) put(r role, t *tree) {
	switch r {
	case rolePod:
		b.putPod(t)
	case roleMetadata:
		b.putMember("metadata", t)
	case roleSpec:
		b.putMember("spec", t)
	case roleStatus:
		b.putStatus(t)
	case roleContainerStatus:
		b.putContainerStatus(t)
	case roleContainer:
		b.append("spec", "containers", t)
	case roleCondition:
		b.append("status", "conditions", t)
	case roleState:
		b.putState(t)
	case roleTerminated:
		b.putState(around("terminated", t))
	case roleWaiting:
		b.putState(around("waiting", t))
	}
}

// around is an object of which nothing but one member is known.
func around(key string, member *tree) *tree {
	t := openObject()
	t.members[key] = member
	return t
}

// pod is the pod that the next piece belongs to.
func (b *partBuilder) pod() *tree {
	if len(b.pods) == 0 {
		b.pods = append(b.pods, openObject())
	}
	return b.pods[len(b.pods)-1]
}

func (b *partBuilder) next() { b.flush(); b.pods = append(b.pods, openObject()) }

// putPod takes a pod, or what is left of one.
func (b *partBuilder) putPod(t *tree) {
	if len(b.pods) > 0 && b.pod().hasAny("metadata", "spec", "status") {
		b.next()
	}
	pod := b.pod()
	for key, member := range t.members {
		pod.members[key] = member
	}
}

func (b *partBuilder) putMember(key string, t *tree) {
	if b.pod().has(key) {
		b.next()
	}
	b.pod().members[key] = t
}

// putStatus takes a status, of which the beginning may have come before.
func (b *partBuilder) putStatus(t *tree) {
	status := b.pod().at("status")
	if status == nil {
		b.flush()
		if status = b.pod().at("status"); status == nil {
			b.pod().members["status"] = t
			return
		}
	}
	for key := range t.members {
		if status.has(key) {
			b.next()
			b.pod().members["status"] = t
			return
		}
	}
	for key, member := range t.members {
		status.members[key] = member
	}
}

// append adds to a list of the pod.
func (b *partBuilder) append(part, list string, t *tree) {
	pod := b.pod()
	if !pod.at(part).isObject() {
		pod.members[part] = openObject()
	}
	in := pod.at(part)
	if l := in.at(list); l == nil || !l.list {
		in.members[list] = &tree{list: true, above: true, below: true, bare: true}
	}
	in.at(list).items = append(in.at(list).items, t)
}

// putContainerStatus takes the status of a container, and what of it came before: its state, cut off from it.
func (b *partBuilder) putContainerStatus(t *tree) {
	if len(b.ends) > 0 && t.above {
		for _, key := range []string{"lastState", "state"} { // in the order in which kubectl prints them
			if len(b.ends) > 0 && !t.has(key) {
				t.members[key], b.ends = b.ends[0], b.ends[1:]
			}
		}
	}
	b.flush()
	if b.isOther(t) {
		b.next()
	}
	if !b.join(t) {
		b.append("status", "containerStatuses", t)
	}
}

// join adds a state to the last state before it: grep finds those of a container apart from each other, in this order.
func (b *partBuilder) join(t *tree) bool {
	statuses := b.pod().at("status", "containerStatuses")
	if statuses == nil || !statuses.bare || len(statuses.items) == 0 {
		return false
	}
	last := statuses.items[len(statuses.items)-1]
	if len(last.members) != 1 || !last.has("lastState") || len(t.members) != 1 || !t.has("state") {
		return false
	}
	last.members["state"] = t.at("state")
	return true
}

// isOther says that the status is of another pod than those before it: it says so, or the container was there already.
func (b *partBuilder) isOther(t *tree) bool {
	statuses := b.pod().at("status", "containerStatuses")
	if statuses == nil {
		return false
	}
	name, pod := t.text("name"), podIn(t)
	return slices.ContainsFunc(statuses.items, func(s *tree) bool {
		other := podIn(s)
		return name != "" && s.text("name") == name || pod != "" && other != "" && pod != other
	})
}

// podIn is the pod that a back-off names, "NAME_NAMESPACE".
func podIn(status *tree) string {
	if m := backOff.FindStringSubmatch(status.text("state", "waiting", "message")); m != nil {
		return m[2] + "_" + m[3]
	}
	return ""
}

// putState keeps a state until it is known whose it is.
func (b *partBuilder) putState(t *tree) { b.ends = append(b.ends, t) }

// flush makes a container without a name of states that stand alone: an end is that of the last run, what waits or runs
// is the state. Of several ends nothing says which container's they are.
func (b *partBuilder) flush() {
	ends := b.ends
	b.ends = nil
	status := openObject()
	for _, t := range ends {
		key := "state"
		if t.has("terminated") {
			key = "lastState"
		}
		if status.has(key) {
			return
		}
		status.members[key] = t
	}
	if len(ends) > 0 {
		b.append("status", "containerStatuses", status)
	}
}

// aboveStatus says that nothing was found yet that tells of runs.
func (b *partBuilder) aboveStatus() bool {
	return len(b.ends) == 0 && (len(b.pods) == 0 || len(b.pods) == 1 && !b.pods[0].has("status"))
}

// putRest takes an object that is no piece by itself but goes on where one has ended.
func (b *partBuilder) putRest(t *tree) bool {
	if b.aboveStatus() && t.isRestOfPod() {
		return true // it says nothing, and neither does it speak against what stands below
	}
	if !t.isObject() || len(t.members) == 0 {
		return false
	}
	status := b.pod().at("status")
	if t.only(statusFields) && (status != nil || len(b.ends) > 0) && t.hasAny("phase", "qosClass", "hostIP", "podIP", "startTime", "conditions") {
		b.putStatus(t) // what stands below the containers
		return true
	}
	if t.only(ofStatus) && len(b.ends) > 0 && t.hasAny("name", "ready", "restartCount", "image", "imageID") {
		b.putContainerStatus(t) // what stands below a state
		return true
	}
	return false
}
