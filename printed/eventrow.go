package printed

import (
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

// isEventHeader knows the tables of "kubectl get events" and "kubectl events", of today and of versions before 1.13, which
// had COUNT, NAME and KIND in the place of OBJECT.
func isEventHeader(t table) bool {
	if !t.has("REASON", "MESSAGE") || t.has("STATUS") { // conditions have a status
		return false
	}
	for _, name := range []string{"LAST SEEN", "TYPE", "OBJECT", "KIND", "COUNT"} {
		if t.has(name) {
			return true
		}
	}
	return false
}

// eventLine is a row of the table with five columns by the shapes of its fields, for those that came without a header or
// whose columns don't stand where the header says.
var eventLine = lazyregexp.New(`^[ \t]*(?:([a-z0-9][a-z0-9-]*)[ \t]+)?((?:[0-9]+[smhdy])+|<unknown>|<invalid>)(?:[ \t]+(\(x[0-9]+ over [0-9a-z<>]+\)))?[ \t]+(Normal|Warning)[ \t]+([A-Z][A-Za-z0-9]*)[ \t]+([A-Za-z][A-Za-z.]*/[a-z0-9][a-z0-9.:-]*)[ \t]+(\S.*)$`)

// parseEventRow reads a row of an events table.
func parseEventRow(line string, header table) (Event, bool) {
	if isEventHeader(header) {
		if r, ok := header.row(line); ok {
			if e, ok := eventOf(r); ok {
				return e, true
			}
		}
	}
	if header.has("SUBOBJECT") {
		return Event{}, false
	}
	if len(line) > maxRow || !strings.Contains(line, "Normal") && !strings.Contains(line, "Warning") {
		return looseEvent(line)
	}
	m := eventLine.FindStringSubmatch(line)
	if m == nil {
		return looseEvent(line)
	}
	return eventOf(row{
		"NAMESPACE": m[1], "LAST SEEN": strings.TrimSpace(m[2] + " " + m[3]), "TYPE": m[4], "REASON": m[5], "OBJECT": m[6], "MESSAGE": m[7],
	})
}

// eventOf makes an event of a row's cells.
func eventOf(r row) (Event, bool) {
	last, count, first, ok := ParseEventAge(r["LAST SEEN"])
	if _, has := r["LAST SEEN"]; !has {
		ok = true
	}
	if !ok || r["REASON"] == "" || strings.ContainsAny(r["REASON"], " \t") || !slices.Contains([]string{"", "Normal", "Warning"}, r["TYPE"]) {
		return Event{}, false
	}
	if seen, ok := ParseAge(r["FIRST SEEN"]); ok {
		first = seen
	}
	if n, err := strconv.ParseInt(r["COUNT"], 10, 32); err == nil && n > 0 {
		count = int32(n)
	}
	e := corev1.Event{Type: r["TYPE"], Reason: r["REASON"], Message: r["MESSAGE"], Count: max(1, count)}
	e.Namespace = r.cell("NAMESPACE")
	e.Source = sourceCell(r.cell("SOURCE"))
	e.InvolvedObject = eventObject(r)
	e.InvolvedObject.Namespace = e.Namespace
	if count <= 1 && !first.Known {
		first = last
	}
	return Event{Event: e, Last: last, First: first}, true
}

// eventObject is what the event is about: "pod/api-1", or NAME and KIND in the old table, where NAME is the event's own:
// the object's, a dot and a number.
func eventObject(r row) corev1.ObjectReference {
	kind, name := r.cell("KIND"), ""
	if object := r.cell("OBJECT"); object != "" {
		kind, name, _ = strings.Cut(object, "/")
	} else if own := r.cell("NAME"); kind != "" {
		if dot := strings.LastIndexByte(own, '.'); dot > 0 {
			name = own[:dot]
		}
	}
	return corev1.ObjectReference{Kind: kindName(kind), Name: name, FieldPath: r.cell("SUBOBJECT")}
}

// kinds are the kinds that events are about, as the API writes them; the table has them in lower case.
var kinds = []string{
	"Pod", "Node", "Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job", "CronJob", "PersistentVolumeClaim", "Service",
	"HorizontalPodAutoscaler", "PodDisruptionBudget", "Ingress", "Endpoints", "ReplicationController", "PersistentVolume",
}

// shortKinds are the short names that kubectl takes on the command line.
var shortKinds = map[string]string{
	"po": "Pod", "no": "Node", "deploy": "Deployment", "rs": "ReplicaSet", "sts": "StatefulSet", "ds": "DaemonSet", "cj": "CronJob",
	"ev": "Event", "event": "Event", "events": "Event", "svc": "Service", "pvc": "PersistentVolumeClaim",
}

// kindName writes a kind as the API does: "pod", "pods", "po" and "deployments.apps" as well.
func kindName(word string) string {
	word, _, _ = strings.Cut(strings.ToLower(word), ".")
	if kind, ok := shortKinds[word]; ok {
		return kind
	}
	for _, kind := range kinds {
		if lower := strings.ToLower(kind); word == lower || word == lower+"s" {
			return kind
		}
	}
	return word
}

// sourceCell splits "kubelet, n2" (kubectl's formatEventSource).
func sourceCell(text string) corev1.EventSource {
	component, host, _ := strings.Cut(text, ", ")
	return corev1.EventSource{Component: component, Host: host}
}
