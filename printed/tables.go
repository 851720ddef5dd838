package printed

import (
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// Table reads what "kubectl get" printed: of pods, events, nodes, and the workloads whose rows tell something. Several
// tables may follow each other, as "kubectl get all" prints them; rows of pods and events are known without a header too.
// kind is what the command above the text asked for, "" if that isn't known.
func Table(text []byte, kind string) *Objects {
	t := newTableReader(table{}, kind)
	for line := range strings.Lines(string(text)) {
		t.line(strings.TrimRight(line, "\r\n"))
	}
	t.objects.nameEvents()
	return t.objects
}

// nameEvents gives events that name no pod the one of those beside them that do: rows of a describe are of one pod, which
// only some of their messages name.
func (o *Objects) nameEvents() {
	var named *corev1.ObjectReference
	for i := range o.Events {
		ref := &o.Events[i].Event.InvolvedObject
		switch {
		case ref.Kind != "Pod" && ref.Kind != "":
			return
		case ref.Name == "":
		case !strings.Contains(o.Events[i].Event.Message, ref.Name): // there is a column for it
			return
		case named != nil && (named.Name != ref.Name || named.Namespace != ref.Namespace):
			return
		default:
			named = ref
		}
	}
	if named == nil {
		return
	}
	for i := range o.Events {
		if e := &o.Events[i].Event; e.InvolvedObject.Name == "" {
			e.Namespace, e.InvolvedObject.Namespace, e.InvolvedObject.Name = named.Namespace, named.Namespace, named.Name
		}
	}
}

type tableReader struct {
	objects *Objects
	header  table
	kind    string
	pods    map[string]*watched // by namespace and name
}

func newTableReader(header table, kind string) tableReader {
	return tableReader{objects: &Objects{}, header: header, kind: kind, pods: map[string]*watched{}}
}

// line reads one line; it returns false if nothing is known of it.
func (t *tableReader) line(line string) bool {
	if header, ok := parseHeader(line); ok {
		t.header = header
		return isKnownHeader(header)
	}
	if p, ok := parsePodRow(line, t.header); ok && !isNodeHeader(t.header) {
		t.pod(p)
		return true
	}
	if e, ok := parseEventRow(line, t.header); ok {
		t.objects.Events = append(t.objects.Events, e)
		return true
	}
	if isPodColumns(t.header) {
		if p, ok := parsePodColumns(line, t.header, t.kind); ok {
			t.pod(p)
			return true
		}
	}
	return isKnownHeader(t.header) && (t.known(line) || isOtherRow(line, t.header))
}

// known reads a row of a node or of a workload.
func (t *tableReader) known(line string) bool {
	r, ok := t.header.row(line)
	if !ok {
		return false
	}
	if isNodeHeader(t.header) {
		node, ok := nodeOf(r)
		if ok {
			t.objects.Nodes = append(t.objects.Nodes, node)
		}
		return ok
	}
	return t.objects.workload(r, t.header, t.kind)
}

// pod takes a row over. In the output of a watch the last row of a pod counts, with what the earlier ones tell.
func (t *tableReader) pod(p podRow) {
	key := p.namespace + "/" + p.name
	w := t.pods[key]
	if w == nil {
		w = &watched{at: len(t.objects.Pods)}
		t.pods[key] = w
		t.objects.Pods = append(t.objects.Pods, Pod{})
	}
	out := p.pod()
	w.see(&p, &out)
	t.objects.Pods[w.at] = out
}

// isKnownHeader says whether a table's rows are read.
func isKnownHeader(t table) bool {
	return isPodHeader(t) || isPodColumns(t) || isOtherHeader(t) || isEventHeader(t) || isNodeHeader(t) ||
		t.has("NAME", "READY", "UP-TO-DATE") || t.has("NAME", "DESIRED", "CURRENT") || t.has("NAME", "COMPLETIONS", "DURATION")
}

func isPodHeader(t table) bool { return t.has("NAME", "READY", "STATUS", "AGE") }
