package printed

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// BlockExport are records of a log store in JSON, one a line or in a list, for Export.
const BlockExport BlockKind = "export"

// exportMarks are the words by which the records of a store are known, all of one row. Each has one that a program's own log in
// JSON does not hold.
var exportMarks = [][]string{
	{`"k8s_container"`, `"pod_name"`},                     // Cloud Logging: LogEntry, its monitored resource
	{`"kubernetes"`, `"pod_name"`, `"container_name"`},    // Fluentd and Fluent Bit, filter kubernetes; Vector, source kubernetes_logs
	{`"kubernetes"`, `"pod"`, `"container"`, `"message"`}, // Filebeat, processor add_kubernetes_metadata
	{`"kubernetes.pod`, `"message"`},                      // the same, with its fields flat
	{`\"kubernetes\"`, `\"pod_name\"`},                    // CloudWatch, whose message is what Fluent Bit sent
	{`"logStreamName"`, `"message"`, `"timestamp"`},       // CloudWatch: filter-log-events
	{`"line":"`, `"timestamp"`, `"labels"`, `"pod"`},      // Loki: logcli -o jsonl, Grafana's download
	{`"line": "`, `"timestamp"`, `"labels"`, `"pod"`},
	{`"line":"`, `"timestamp"`, `"fields"`, `"pod"`},
	{`"line": "`, `"timestamp"`, `"fields"`, `"pod"`},
	{`"resultType"`, `"streams"`, `"pod"`},  // Loki: query_range
	{`"pod_name:`, `"message"`},             // Datadog: tags
	{`"_raw"`, `"result"`},                  // Splunk: export
	{`"k8s.pod.name"`},                      // OpenTelemetry's names, in any store
	{`"PodName"`, `"LogMessage"`},           // Azure: ContainerLogV2
	{`"MESSAGE"`, `"__REALTIME_TIMESTAMP"`}, // journalctl -o json
}

const (
	exportLook  = 32 << 10 // how much of a record is looked at for the marks
	exportLines = 80       // how many lines of one that is printed on several
)

// exportAt says whether records of a log store begin at a line.
func (s *scanner) exportAt(i int, l string) bool {
	if l == "" || l[0] != '{' && l[0] != '[' {
		return false
	}
	return holdsMarks(s.recordAt(i, l), exportMarks)
}

// longAt says what a line begins that is too long for all else: a store answers with one line.
func (s *scanner) longAt(i int, l string) BlockKind {
	switch {
	case s.exportAt(i, l):
		return BlockExport
	case l[0] == '{' || l[0] == '[':
		if holdsMarks(s.recordAt(i, l), alertMarks) {
			return BlockAlerts
		}
	}
	return ""
}

// HoldsRecords says whether a text in JSON begins with a record of a log store, or with an alert.
func HoldsRecords(text []byte) bool {
	head := string(text[:min(len(text), exportLook)])
	return holdsMarks(head, exportMarks) || holdsMarks(head, alertMarks)
}

// recordAt is the first record that begins at a line, as far as it is looked at.
func (s *scanner) recordAt(i int, l string) string {
	if len(strings.TrimRight(l, " [{")) == 0 {
		l = strings.Join(s.lines[i:min(len(s.lines), i+exportLines)], "\n")
	}
	return l[:min(len(l), exportLook)]
}

func holdsMarks(text string, marks [][]string) bool {
	return slices.ContainsFunc(marks, func(all []string) bool {
		return !slices.ContainsFunc(all, func(mark string) bool { return !strings.Contains(text, mark) })
	})
}

// jsonEnd finds the end of JSON: of a value on several lines, or of values one a line.
func (s *scanner) jsonEnd(i int) int {
	if len(strings.TrimRight(s.lines[i], " [{")) == 0 {
		return s.objectsEnd(i)
	}
	return s.while(i, func(l string) bool { return l[0] == '{' || l[0] == '[' })
}

// record is one entry of a log store.
type record struct {
	log    Log // names only
	text   string
	number int // of the line where it begins
	at     time.Time
	node   *nodeLine // an entry of a node's journal
}

// maxExported is how many containers an export may be of.
const maxExported = 1000

// Export reads records of a log store. The names of pod and container are labels that the collector added; lines of one container
// are brought in the order of their times, since most stores give the newest first.
func Export(text []byte) *Objects {
	records := readRecords(text)
	slices.SortStableFunc(records, func(a, b record) int { return a.at.Compare(b.at) })
	node := newJournal()
	at := map[logNames]int{}
	var logs []Log
	for _, r := range records {
		if r.node != nil {
			node.read(*r.node, true)
			continue
		}
		key := logNames{r.log.Namespace, r.log.Pod, r.log.Container}
		i, seen := at[key]
		if !seen {
			if len(logs) == maxExported {
				continue
			}
			i, at[key] = len(logs), len(logs)
			logs = append(logs, r.log)
		}
		for line := range strings.SplitSeq(strings.TrimRight(r.text, "\r\n"), "\n") {
			logs[i].add(strings.TrimRight(line, "\r"), r.number)
		}
	}
	o := node.finish()
	o.Logs = logs
	return o
}

// logNames are the names of a log.
type logNames struct{ namespace, pod, container string }

// readRecords takes the values of a text apart. What is no record, and what comes after JSON ends, is left out.
func readRecords(text []byte) []record {
	r := recordReader{text: text, line: 1}
	decoder := json.NewDecoder(bytes.NewReader(text))
	for {
		var raw json.RawMessage
		if decoder.Decode(&raw) != nil {
			return r.records
		}
		r.value(raw, 0)
	}
}

type recordReader struct {
	text    []byte
	at      int // a place in text, of which the line is known
	line    int
	records []record
}

// lineOf gives the line in which a value begins. Values are asked for in their order.
func (r *recordReader) lineOf(raw []byte) int {
	if i := bytes.Index(r.text[r.at:], raw); i >= 0 {
		r.line += bytes.Count(r.text[r.at:r.at+i], []byte("\n"))
		r.at += i
	}
	return r.line
}

// lists are where the records stand in what a store answers: hits of Elasticsearch, events of CloudWatch, logs and data of Datadog,
// results of Splunk, result of Loki's data.
var lists = []string{"hits", "events", "data", "logs", "results", "result", "entries", "resourceLogs"}

// maxNesting is how deep lists may stand in each other.
const maxNesting = 6

// value reads a value: a record, or one that holds records.
func (r *recordReader) value(raw json.RawMessage, depth int) {
	if depth > maxNesting || len(raw) == 0 {
		return
	}
	if raw[0] == '[' {
		var list []json.RawMessage
		if json.Unmarshal(raw, &list) == nil {
			r.lineOf(raw)
			for _, one := range list {
				r.value(one, depth+1)
			}
		}
		return
	}
	var fields map[string]json.RawMessage
	if raw[0] != '{' || json.Unmarshal(raw, &fields) != nil {
		return
	}
	line := r.lineOf(raw)
	if values := fields["values"]; values != nil && fields["stream"] != nil {
		r.stream(fields["stream"], values)
		return
	}
	if rec, ok := readRecord(fields); ok {
		rec.number = line
		r.records = append(r.records, rec)
		return
	}
	for _, key := range lists {
		if inner := fields[key]; len(inner) > 0 {
			r.value(inner, depth+1)
		}
	}
}

// stream reads a stream of Loki's: its labels, and pairs of time and line.
func (r *recordReader) stream(labels, values json.RawMessage) {
	var pairs []json.RawMessage
	if json.Unmarshal(values, &pairs) != nil {
		return
	}
	var log Log
	facts := flatten(labels, "")
	log.Namespace, log.Pod, log.Container = names(facts)
	for _, raw := range pairs {
		var pair []string
		if json.Unmarshal(raw, &pair) != nil || len(pair) < 2 || log.Pod == "" {
			continue
		}
		r.records = append(r.records, record{log: log, text: pair[1], number: r.lineOf(raw), at: recordTime(pair[0])})
	}
}
