package printed

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

// The names under which collectors write what a line is of, most telling first. A dot stands between the keys of objects in
// objects; a key may hold dots itself.
var (
	exportedPod = []string{
		"resource.labels.pod_name", "kubernetes.pod_name", "kubernetes.pod.name", "k8s.pod.name", "kubernetes_pod_name", "podname", "pod_name", "pod",
	}
	exportedNamespace = []string{
		"resource.labels.namespace_name", "kubernetes.namespace_name", "kubernetes.pod_namespace", "kubernetes.namespace.name", "kubernetes.namespace",
		"k8s.namespace.name", "kubernetes_namespace_name", "kube_namespace", "podnamespace", "namespace_name", "namespace",
	}
	exportedContainer = []string{
		"resource.labels.container_name", "kubernetes.container_name", "kubernetes.container.name", "k8s.container.name", "kubernetes_container_name",
		"kube_container_name", "containername", "container_name", "container",
	}
	messageKeys = []string{"textPayload", "line", "log", "LogMessage", "_raw", "@message", "message", "body", "msg"}
	timeKeys    = []string{"timestamp", "@timestamp", "_time", "TimeGenerated", "time", "date", "__REALTIME_TIMESTAMP"}
)

// streamName is the name of a stream of CloudWatch, which Fluent Bit makes of the file of the kubelet's.
var streamName = lazyregexp.New(`^(?:.*(?:var\.log\.containers\.|/))?([a-z0-9][a-z0-9.-]*?)_([a-z0-9-]+)_([a-z0-9-]+)-([0-9a-f]{12,64})(?:\.log)?$`)

// wrapped are the keys under which a store puts the record that it was given.
var wrappedKeys = []string{"_source", "result", "attributes", "content"}

// readRecord reads one record. ok is false for what is no record of a log.
func readRecord(fields map[string]json.RawMessage) (r record, ok bool) {
	for _, key := range wrappedKeys {
		var inner map[string]json.RawMessage
		if raw := fields[key]; len(raw) > 0 && raw[0] == '{' && json.Unmarshal(raw, &inner) == nil && messageOf(inner) != "" {
			fields = inner
			break
		}
	}
	if n, ok := journalRecord(fields); ok {
		return record{node: &n, at: n.at.Time}, true
	}
	r.text = messageOf(fields)
	if r.text == "" {
		return r, false
	}
	facts := map[string]string{}
	for key, raw := range fields {
		if key != "jsonPayload" && key != "message" && key != "log" {
			flattenInto(facts, strings.ToLower(key), raw, 0)
		}
	}
	r.log.Namespace, r.log.Pod, r.log.Container = names(facts)
	r.at = timeOf(fields)
	stream := stringIn(fields["logStreamName"]) + stringIn(fields["@logStream"])
	if m := streamName.FindStringSubmatch(stream); m != nil && r.log.Pod == "" {
		r.log.Pod, r.log.Namespace, r.log.Container, r.log.ContainerID = m[1], m[2], m[3], m[4]
	}
	r.unwrapMessage()
	return r, r.log.Pod != "" || stream != "" // the name of a stream may be anything
}

// unwrapMessage takes what Fluent Bit sent out of a message that holds it as JSON.
func (r *record) unwrapMessage() {
	if !strings.HasPrefix(r.text, "{") || !strings.Contains(r.text, `"kubernetes"`) {
		return
	}
	var inner map[string]json.RawMessage
	if json.Unmarshal([]byte(r.text), &inner) != nil {
		return
	}
	if text := messageOf(inner); text != "" && inner["kubernetes"] != nil {
		r.text = text
		r.log.Namespace, r.log.Pod, r.log.Container = names(flatten(inner["kubernetes"], "kubernetes"))
	}
}

// messageOf is what the program wrote. One that wrote JSON is given as it wrote it.
func messageOf(fields map[string]json.RawMessage) string {
	if payload := fields["jsonPayload"]; len(payload) > 2 {
		var compact bytes.Buffer
		if json.Compact(&compact, payload) == nil {
			return compact.String()
		}
	}
	for _, key := range messageKeys {
		if text := stringIn(fields[key]); text != "" {
			return text
		}
	}
	return ""
}

func stringIn(raw json.RawMessage) string {
	var text string
	if len(raw) == 0 || raw[0] != '"' || json.Unmarshal(raw, &text) != nil {
		return ""
	}
	return text
}

// timeOf is when a line was written, or stored; zero if no key tells.
func timeOf(fields map[string]json.RawMessage) time.Time {
	for _, key := range timeKeys {
		text := stringIn(fields[key])
		if text == "" {
			text = string(fields[key])
		}
		if t := recordTime(text); !t.IsZero() {
			return t
		}
	}
	return time.Time{}
}

// recordTime reads a time in RFC 3339, or seconds, milli-, micro- or nanoseconds since 1970: by the number of its digits.
func recordTime(text string) time.Time {
	if t, err := time.Parse(time.RFC3339Nano, text); err == nil {
		return t
	}
	whole, _, _ := strings.Cut(text, ".")
	n, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || n <= 0 {
		return time.Time{}
	}
	for digits := len(whole); digits < len("1771049432000000000"); digits++ {
		if n > 1<<62/10 {
			return time.Time{}
		}
		n *= 10
	}
	return time.Unix(0, n).UTC()
}

const (
	maxFields = 400 // of a record
	maxDepth  = 6
)

// flatten gives the texts in a value by their paths, in lower case.
func flatten(raw json.RawMessage, path string) map[string]string {
	facts := map[string]string{}
	flattenInto(facts, path, raw, 0)
	return facts
}

func flattenInto(facts map[string]string, path string, raw json.RawMessage, depth int) {
	if len(raw) == 0 || depth > maxDepth || len(facts) > maxFields {
		return
	}
	switch raw[0] {
	case '"':
		if _, seen := facts[path]; !seen {
			facts[path] = stringIn(raw)
		}
	case '{':
		var fields map[string]json.RawMessage
		if json.Unmarshal(raw, &fields) == nil {
			for key, inner := range fields {
				flattenInto(facts, strings.TrimPrefix(path+"."+strings.ToLower(key), "."), inner, depth+1)
			}
		}
	case '[':
		var list []json.RawMessage
		if json.Unmarshal(raw, &list) != nil {
			return
		}
		for _, inner := range list {
			text := stringIn(inner)
			if key, value, ok := strings.Cut(text, ":"); ok { // a tag of Datadog's
				facts[path+"."+strings.ToLower(key)] = value
			} else if text != "" && len(list) == 1 { // a field of Elasticsearch's
				facts[path] = text
			}
		}
	}
}

// names finds the names among the texts of a record.
func names(facts map[string]string) (namespace, pod, container string) {
	return named(facts, exportedNamespace), named(facts, exportedPod), named(facts, exportedContainer)
}

// named is the text of the first of the keys that is there: whole, or the end of a path. Of paths that end alike, the shortest.
func named(facts map[string]string, keys []string) string {
	for _, key := range keys {
		if text := facts[key]; text != "" {
			return text
		}
		best := ""
		for path := range facts {
			if strings.HasSuffix(path, "."+key) && facts[path] != "" && (best == "" || len(path) < len(best) || len(path) == len(best) && path < best) {
				best = path
			}
		}
		if best != "" {
			return facts[best]
		}
	}
	return ""
}

// journalRecord reads an entry of a journal as "journalctl -o json" writes it (systemd.journal-fields(7)).
func journalRecord(fields map[string]json.RawMessage) (n nodeLine, ok bool) {
	unit := stringIn(fields["SYSLOG_IDENTIFIER"])
	if unit == "" {
		unit = stringIn(fields["_COMM"])
	}
	if fields["__REALTIME_TIMESTAMP"] == nil || unit == "" {
		return n, false
	}
	n = nodeLine{host: stringIn(fields["_HOSTNAME"]), unit: unit, text: stringIn(fields["MESSAGE"])}
	if t := timeOf(fields); !t.IsZero() {
		n.at = metav1.NewTime(t)
	}
	return n, len(n.text) <= maxJournalLine
}
