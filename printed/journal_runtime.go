package printed

import (
	"slices"
	"strconv"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

// runtimeUnits are the programs that run containers, by their names in a journal.
var runtimeUnits = []string{"containerd", "crio", "cri-o"}

func (n nodeLine) ofRuntime() bool { return slices.Contains(runtimeUnits, n.unit) }

var (
	// sandboxFor and containerIn are containerd's messages about what it makes (internal/cri/instrument/instrumented_service.go): for
	// which pod, in which sandbox, which container. Names are written as Go prints the CRI's objects.
	sandboxFor  = lazyregexp.New(`^RunPodSandbox for (?:name:"([a-z0-9.-]+)" *uid:"([0-9a-f-]+)" *namespace:"([a-z0-9-]+)"|&PodSandboxMetadata\{Name:([a-z0-9.-]+),Uid:([0-9a-f-]+),Namespace:([a-z0-9-]+),[^}]*\}) (?:returns sandbox id "([0-9a-f]+)"|(failed))`)
	containerIn = lazyregexp.New(`^CreateContainer within sandbox "([0-9a-f]+)" for (?:name:"([a-z0-9-]+)"[^"]{0,20}|&ContainerMetadata\{Name:([a-z0-9-]+),[^}]*\}) returns container id "([0-9a-f]+)"`)
	// exitEvent and oomEvent are what its shims report.
	exitEvent = lazyregexp.New(`^(?:received exit event|received container exit event|TaskExit event in podsandbox handler|TaskExit event) (?:container_id:|&TaskExit\{ContainerID:)"?([0-9a-f]+)"?(.*)$`)
	exitCode  = lazyregexp.New(`(?:exit_status:|ExitStatus:)(\d{1,3})\b`)
	exitedAt  = lazyregexp.New(`exited_at:\{seconds:(\d{1,11})`)
	oomEvent  = lazyregexp.New(`^TaskOOM event (?:container_id:|&TaskOOM\{ContainerID:)"?([0-9a-f]+)`)
	// crioCreated and crioStarted are CRI-O's (server/container_create.go, container_start.go): NAMESPACE/POD/CONTAINER.
	crioCreated = lazyregexp.New(`^Created container ([0-9a-f]+): ([a-z0-9-]+)/([a-z0-9.-]+)/([a-z0-9-]+)`)
)

// tellsOfContainer says whether a line of a runtime's log is one of those that are read.
func tellsOfContainer(text string) bool {
	m, ok := readLogrus(text)
	if !ok {
		return false
	}
	message := m["msg"]
	return sandboxFor.MatchString(message) || containerIn.MatchString(message) || oomEvent.MatchString(message) || crioCreated.MatchString(message) ||
		exitEvent.MatchString(message) && !strings.Contains(message, "exit_status:0 ")
}

// readLogrus reads a record as logrus writes it: time="…" level=info msg="…" error="…".
func readLogrus(text string) (map[string]string, bool) {
	if !strings.HasPrefix(text, "time=") || !strings.Contains(text, " msg=") {
		return nil, false
	}
	e := klogEntry(`"" ` + text)
	return e.fields, e.fields["msg"] != ""
}

// runtime reads one line of containerd's or CRI-O's log.
func (j *journal) runtime(n nodeLine) {
	record, ok := readLogrus(n.text)
	if !ok {
		return
	}
	at := n.at
	if t, err := time.Parse(time.RFC3339Nano, record["time"]); err == nil {
		at = metav1.NewTime(t)
	}
	message := record["msg"]
	if m := sandboxFor.FindStringSubmatch(message); m != nil {
		p := j.podNamed(m[3]+m[6], m[1]+m[4], m[2]+m[5])
		p.form = formRuntime
		if m[7] != "" {
			j.sandboxes[m[7]] = p
		} else if m[8] != "" && record["error"] != "" {
			p.sandbox = record["error"]
		}
	} else if m := containerIn.FindStringSubmatch(message); m != nil {
		if p := j.sandboxes[m[1]]; p != nil {
			j.containers[m[4]] = nodeContainer{p, m[2] + m[3]}
		}
	} else if m := crioCreated.FindStringSubmatch(message); m != nil {
		p := j.podNamed(m[2], m[3], "")
		p.form = formRuntime
		j.containers[m[1]] = nodeContainer{p, m[4]}
	} else if m := oomEvent.FindStringSubmatch(message); m != nil {
		j.ended(runEnd{container: m[1], at: at, oom: true})
	} else if m := exitEvent.FindStringSubmatch(message); m != nil {
		j.exited(m[1], m[2], at)
	}
}

// exited reads a shim's report of an exit. Protobuf's text leaves out a status of 0.
func (j *journal) exited(id, fields string, at metav1.Time) {
	end := runEnd{container: id, at: at, coded: true}
	if m := exitCode.FindStringSubmatch(fields); m != nil {
		code, _ := strconv.ParseInt(m[1], 10, 32)
		end.code = int32(code)
	}
	if m := exitedAt.FindStringSubmatch(fields); m != nil {
		if seconds, err := strconv.ParseInt(m[1], 10, 64); err == nil {
			end.at = metav1.NewTime(time.Unix(seconds, 0).UTC())
		}
	}
	j.ended(end)
}

// ended keeps the end of a container whose pod is known.
func (j *journal) ended(end runEnd) {
	if c := j.containers[end.container]; c.pod != nil {
		containerNamed(c.pod.pod, c.name)
		c.pod.ends = append(c.pod.ends, end)
	}
}

// sandboxOfRuntime adds the event that the kubelet makes of what the runtime said, unless it was read in the kubelet's own words.
func (j *journal) sandboxOfRuntime(p *nodePod) {
	if p.sandbox == "" || p.stuck {
		return
	}
	p.stuck = true
	j.event(p, entry{}, "", metav1.Time{}, "FailedCreatePodSandBox", "Failed to create pod sandbox: rpc error: code = Unknown desc = "+p.sandbox)
}
