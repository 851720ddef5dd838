package printed

import (
	"slices"
	"strings"

	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

// BlockSections is a text of sections between lines "==> NAME <==", for Sections: minikube logs, and tail of several files.
const BlockSections BlockKind = "sections"

// sectionTitle is the line that begins a section (minikube, pkg/minikube/logs/logs.go, Output; coreutils, src/tail.c).
var sectionTitle = lazyregexp.New(`^==> (\S.{0,500}) <==$`)

// minikubeSections are the sections of minikube that are no container's; those of containers are called "NAME [ID]".
var minikubeSections = []string{"audit", "last start", "docker", "containerd", "cri-o", "container status", "describe nodes", "dmesg", "kernel", "kubelet"}

var (
	containerTitle = lazyregexp.New(`^([a-z0-9][a-z0-9._-]{0,252}) \[([0-9a-f]{6,64})\]$`)
	// podsPath and containersPath are where the kubelet keeps logs, and links to them (pkg/kubelet/kuberuntime/helpers.go,
	// BuildContainerLogsDirectory; legacy.go, logSymlink).
	podsPath       = lazyregexp.New(`(?:^|/)pods/([a-z0-9-]+)_([a-z0-9.-]+)_[0-9a-f-]{32,36}/([a-z0-9-]+)/\d+\.log$`)
	containersPath = lazyregexp.New(`(?:^|/)containers/([a-z0-9.-]+)_([a-z0-9-]+)_([a-z0-9-]+)-([0-9a-f]{64})\.log$`)
)

// titleOf is the title that a line holds, "" for none. minikube before 1.27 put "* " before each line.
func titleOf(l string) string {
	l = strings.TrimPrefix(l, "* ")
	if !strings.HasPrefix(l, "==> ") {
		return ""
	}
	if m := sectionTitle.FindStringSubmatch(strings.TrimRight(l, " \t\r\n")); m != nil {
		return m[1]
	}
	return ""
}

// sectionsAt knows the titles of those who print such sections about containers: any other file may be in a tail too.
func (s *scanner) sectionsAt(_ int, l string) bool {
	title := titleOf(l)
	return title != "" && (slices.Contains(minikubeSections, strings.ToLower(title)) || containerTitle.MatchString(title) ||
		podsPath.MatchString(title) || containersPath.MatchString(title))
}

// sectionsEnd takes the rest: a section may hold anything, and the next one begins with a title again.
func (s *scanner) sectionsEnd(int) int { return len(s.lines) }

// Sections reads the sections: the runtime's table, the log of the node, the logs of containers by their ids. The table says
// which container has which id.
func Sections(text []byte) *Objects {
	r := sectionReader{objects: &Objects{}, journal: newJournal()}
	title, from, number := "", 1, 0
	var body []string
	bullets := false
	for l := range strings.Lines(string(text)) {
		number++
		l = strings.TrimRight(l, "\r\n")
		if next := titleOf(l); next != "" {
			bullets = strings.HasPrefix(l, "* ")
			r.section(title, body, from)
			title, from, body = next, number+1, nil
			continue
		}
		if bullets {
			l = strings.TrimPrefix(strings.TrimPrefix(l, "*"), " ")
		}
		body = append(body, l)
	}
	r.section(title, body, from)
	return r.finish()
}

type sectionReader struct {
	objects *Objects
	journal *journal
	rows    []row
}

// section reads one; from is the number of its first line.
func (r *sectionReader) section(title string, body []string, from int) {
	switch name := strings.ToLower(title); {
	case name == "container status":
		r.table(body)
	case name == "describe nodes":
		if o, err := Describe([]byte(strings.Join(body, "\n") + "\n")); err == nil {
			r.objects.Nodes = append(r.objects.Nodes, o.Nodes...)
			r.objects.Anchors = append(r.objects.Anchors, o.Anchors...)
		}
	case name == "last start", name == "audit", title == "":
		// what minikube itself did
	case slices.Contains(minikubeSections, name):
		for _, l := range body {
			r.journal.line(l)
		}
	default:
		r.log(title, body, from)
	}
}

// table reads the table of crictl, or of docker where that is the runtime.
func (r *sectionReader) table(body []string) {
	text := []byte(strings.Join(body, "\n") + "\n")
	r.objects.Pods = append(append(r.objects.Pods, Crictl(text).Pods...), DockerPs(text).Pods...)
	var header table
	for _, l := range body {
		if next, ok := parseHeader(l); ok {
			header = next
		} else if row, ok := crictlRow(l, header); ok {
			r.rows = append(r.rows, row)
		}
	}
}

// log keeps the log of a container.
func (r *sectionReader) log(title string, body []string, from int) {
	for len(body) > 0 && strings.TrimSpace(body[len(body)-1]) == "" {
		body = body[:len(body)-1]
	}
	l := Log{}
	if m := containerTitle.FindStringSubmatch(title); m != nil {
		l.Container, l.ContainerID = m[1], m[2]
	} else if m := podsPath.FindStringSubmatch(title); m != nil {
		l.Namespace, l.Pod, l.Container = m[1], m[2], m[3]
	} else if m := containersPath.FindStringSubmatch(title); m != nil {
		l.Pod, l.Namespace, l.Container, l.ContainerID = m[1], m[2], m[3], m[4]
	} else {
		return
	}
	for i, text := range body {
		l.add(text, from+i)
	}
	if len(body) > 0 {
		r.objects.Logs = append(r.objects.Logs, l)
	}
}

// finish joins what the sections told.
func (r *sectionReader) finish() *Objects {
	o, node := r.objects, r.journal.finish()
	namespaces := map[string]string{}
	for _, p := range node.Pods {
		namespaces[p.Pod.Name] = p.Pod.Namespace
	}
	for i := range o.Pods {
		if pod := o.Pods[i].Pod; pod.Namespace == "" {
			pod.Namespace = namespaces[pod.Name]
		}
	}
	for i := range o.Logs {
		if l := &o.Logs[i]; l.Pod == "" {
			r.nameLog(l)
			l.Namespace = namespaces[l.Pod]
		}
	}
	o.Pods = append(o.Pods, node.Pods...)
	o.Events = append(o.Events, node.Events...)
	return o
}

// nameLog finds the container of an id in the table. Tables and titles cut ids differently.
func (r *sectionReader) nameLog(l *Log) {
	for _, row := range r.rows {
		id := row["CONTAINER"] + row["CONTAINER ID"]
		if n := min(len(id), len(l.ContainerID)); n < 6 || id[:n] != l.ContainerID[:n] {
			continue
		}
		l.Container, l.Pod = row["NAME"], row.cell("POD")
		l.Previous, l.PreviousKnown = row["STATE"] == "Exited", row["STATE"] == "Exited" || row["STATE"] == "Running"
		return
	}
}
