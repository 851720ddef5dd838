package printed

import (
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/unloop-dev/unloop/fact"
	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

// BlockDocker is the table of "docker ps", for DockerPs; podman's and nerdctl's have the same columns.
const BlockDocker BlockKind = "docker"

const formDocker = "docker ps"

// dockerShows is what docker ps shows of a container of a pod: what crictl ps does, and the code of a run that has ended.
var dockerShows = append(slices.Clone(crictlShows), fact.UID)

// dockerName is the name of a container of a pod: k8s_CONTAINER_POD_NAMESPACE_UID_ATTEMPT (cri-dockerd, core/naming.go, as dockershim
// before it). nerdctl's is k8s://NAMESPACE/POD/CONTAINER (pkg/labels/k8slabels, pkg/containerutil). The sandbox is the container POD.
var (
	dockerName  = lazyregexp.New(`(?:^|[\s,])k8s_([a-zA-Z0-9-]+)_([a-z0-9.-]+)_([a-z0-9-]+)_([0-9a-f-]+)_(\d{1,7})$`)
	nerdctlName = lazyregexp.New(`(?:^|\s)k8s://([a-z0-9-]+)/([a-z0-9.-]+)(?:/([a-z0-9-]+))?$`)
	// dockerStatus is the column STATUS (moby, container/state.go, State.String; libpod and nerdctl write the same).
	dockerStatus = lazyregexp.New(`(?:^|\s{2,})(?:(Up)(?: \S.*?)?|(Created)|(Restarting|Exited) \((\d{1,3})\)(?: \S.*?)?|Dead|Removal In Progress|Paused)(?:\s{2,}|$)`)
)

func isDockerHeader(t table) bool {
	return (t.has("CONTAINER ID") || t.has("CONTAINER", "ID")) && t.has("IMAGE", "STATUS", "NAMES") && !t.has("ATTEMPT")
}

// dockerRow is a line of the table: which container of which pod it is, and how it stands.
type dockerRow struct {
	namespace, pod, uid, container string
	id, state                      string
	attempt                        int32
	code                           int32
	coded                          bool
}

// readDockerRow reads a line by what its columns look like: COMMAND and PORTS may hold anything, and are often empty.
func readDockerRow(l string) (r dockerRow, ok bool) {
	l = strings.TrimRight(l, " \t\r")
	if len(l) > maxRow || !strings.Contains(l, "k8s") {
		return r, false
	}
	if m := dockerName.FindStringSubmatch(l); m != nil {
		attempt, _ := strconv.ParseInt(m[5], 10, 32)
		r = dockerRow{container: m[1], pod: m[2], namespace: m[3], uid: m[4], attempt: int32(attempt)}
	} else if m := nerdctlName.FindStringSubmatch(l); m != nil {
		r = dockerRow{namespace: m[1], pod: m[2], container: m[3], attempt: -1}
		if r.container == "" {
			r.container = sandboxName
		}
	} else {
		return r, false
	}
	r.id = strings.Fields(l)[0]
	m := dockerStatus.FindStringSubmatch(l)
	if m == nil || !isContainerID(r.id) {
		return r, false
	}
	r.state = m[1] + m[2] + m[3]
	if code, err := strconv.ParseInt(m[4], 10, 32); err == nil {
		r.code, r.coded = int32(code), true
	}
	return r, true
}

const sandboxName = "POD"

func isContainerID(word string) bool {
	return len(word) >= 10 && len(word) <= 64 && onlyOf(word, func(c byte) bool { return isDigit(c) || 'a' <= c && c <= 'f' })
}

func (s *scanner) dockerAt(i int, l string) bool {
	header, ok := parseHeader(l)
	return ok && isDockerHeader(header) && s.rowBelow(i, isDockerLine)
}

// isDockerLine says whether a line is a row of the table, of a pod's container or of another one.
func isDockerLine(l string) bool {
	first, _, _ := strings.Cut(strings.TrimLeft(l, " \t"), " ")
	return isContainerID(first) && len(l) <= maxRow && dockerStatus.MatchString(l)
}

func (s *scanner) dockerEnd(i int) int { return s.while(i+1, isDockerLine) }

// DockerPs reads the table of "docker ps -a". As in crictl's, the newest attempt of a container is its state, and one that ended
// before it the last run.
func DockerPs(text []byte) *Objects {
	var order []string
	pods := map[string][]dockerRow{}
	for l := range strings.Lines(string(text)) {
		r, ok := readDockerRow(strings.TrimRight(l, "\n"))
		if !ok || r.container == sandboxName {
			continue
		}
		key := r.namespace + "/" + r.pod + "/" + r.uid
		if pods[key] == nil {
			order = append(order, key)
		}
		pods[key] = append(pods[key], r)
	}
	o := &Objects{}
	for _, key := range order {
		o.Pods = append(o.Pods, podOfDocker(pods[key]))
	}
	return o
}

// podOfDocker makes a pod of its rows, which docker sorts newest first.
func podOfDocker(rows []dockerRow) Pod {
	slices.SortStableFunc(rows, func(a, b dockerRow) int { return int(b.attempt) - int(a.attempt) })
	pod := &corev1.Pod{}
	pod.Namespace, pod.Name, pod.UID = rows[0].namespace, rows[0].pod, types.UID(rows[0].uid)
	pod.Status.Phase = corev1.PodRunning
	shows, coded := slices.Clone(dockerShows), true
	for _, r := range rows {
		if slices.ContainsFunc(pod.Spec.Containers, func(c corev1.Container) bool { return c.Name == r.container }) {
			continue
		}
		before := slices.IndexFunc(rows, func(o dockerRow) bool { return o.container == r.container && o.id != r.id && o.coded })
		var last *dockerRow
		if before >= 0 {
			last = &rows[before]
		}
		coded = r.setStatus(containerNamed(pod, r.container), last) && coded
	}
	if coded {
		shows = append(shows, fact.ExitCode, fact.ExitSignal)
	}
	out := Pod{Pod: pod, Form: formDocker, Hidden: fact.Hidden(shows...), Row: true}
	if rows[0].attempt < 0 { // nerdctl's names count no attempts
		out.Hide(fact.Restarts)
	}
	if rows[0].uid == "" {
		out.Hide(fact.UID)
	}
	return out
}

// setStatus sets the state by the newest row, and the last run by the one before. It says whether the code of the end is known.
func (r dockerRow) setStatus(c *corev1.ContainerStatus, last *dockerRow) (coded bool) {
	c.ContainerID, c.RestartCount = r.id, max(0, r.attempt)
	ended := func(o dockerRow) *corev1.ContainerStateTerminated {
		return &corev1.ContainerStateTerminated{ExitCode: o.code, ContainerID: o.id}
	}
	switch {
	case last != nil:
		c.LastTerminationState.Terminated = ended(*last)
	case r.attempt > 0:
		c.LastTerminationState.Terminated = &corev1.ContainerStateTerminated{ExitCode: unknownFailure}
	}
	switch r.state {
	case "Exited", "Restarting":
		c.State.Terminated = ended(r)
		return true
	case "Up":
		c.State.Running = &corev1.ContainerStateRunning{}
	default:
		c.State.Waiting = &corev1.ContainerStateWaiting{}
	}
	return last != nil || r.attempt <= 0
}
