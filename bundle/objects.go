package bundle

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	eventsv1 "k8s.io/api/events/v1"
)

// objects reads a file of Kubernetes objects.
func (r *reader) objects(name string, in io.Reader) {
	data, ok := r.all(name, in)
	if !ok {
		return
	}
	if first := bytes.TrimSpace(data); len(first) > 0 && (first[0] == '{' || first[0] == '[') {
		r.jsonObjects(name, data)
		return
	}
	for _, doc := range splitDocuments(data) {
		r.yamlDocument(name, doc)
	}
}

// jsonObjects reads objects in JSON, one after the other or as a list.
func (r *reader) jsonObjects(name string, data []byte) {
	decoder := json.NewDecoder(bytes.NewReader(data))
	for {
		var raw json.RawMessage
		err := decoder.Decode(&raw)
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			offset := int64(len(data)) // of a text that ends too early
			if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
				offset = min(max(syntax.Offset, 0), offset)
			}
			r.skip(name, fmt.Sprintf("line %d: %v", 1+bytes.Count(data[:offset], []byte("\n")), err))
			return
		}
		if raw[0] == '[' {
			var items []json.RawMessage
			_ = json.Unmarshal(raw, &items) // valid: it has just been decoded
			for _, item := range items {
				r.object(name, item, typeMeta{})
			}
			continue
		}
		r.object(name, raw, typeMeta{})
	}
}

func (r *reader) yamlDocument(name string, doc section) {
	if items, ok := splitItems(doc); ok {
		for _, item := range items {
			r.yamlObject(name, item, listOf(doc.text))
		}
		r.set.noteList(name, listOf(doc.text).Kind)
		return
	}
	r.yamlObject(name, doc, typeMeta{})
}

func (r *reader) yamlObject(name string, doc section, inherited typeMeta) {
	if len(bytes.TrimSpace(doc.text)) == 0 {
		return
	}
	if int64(len(doc.text)) > r.limits.document {
		r.skip(name, fmt.Sprintf("line %d: an object of more than %d MiB", doc.line, r.limits.document>>20))
		return
	}
	raw, err := yamlToJSON(doc, r.limits.objects)
	if err != nil {
		r.skip(name, err.Error())
		return
	}
	if raw = bytes.TrimSpace(raw); len(raw) == 0 || raw[0] != '{' {
		if len(raw) > 0 && raw[0] == '[' {
			r.jsonObjects(name, raw)
		}
		return
	}
	r.object(name, raw, inherited)
}

// typeMeta says what an object is.
type typeMeta struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
}

// listOf reads the type of a list, whose items needn't have one, from the lines at the left margin.
func listOf(text []byte) typeMeta {
	var t typeMeta
	for i := 0; i < len(text); {
		line, next := lineAt(text, i)
		if value, ok := bytes.CutPrefix(line, []byte("kind:")); ok {
			t.Kind = strings.TrimSpace(string(value))
		}
		if value, ok := bytes.CutPrefix(line, []byte("apiVersion:")); ok {
			t.APIVersion = strings.TrimSpace(string(value))
		}
		i = next
	}
	return t.ofItems()
}

// ofItems is the type of a list's items that don't say their own.
func (t typeMeta) ofItems() typeMeta {
	t.Kind = strings.TrimSuffix(t.Kind, "List")
	return t
}

// object files one object.
func (r *reader) object(name string, raw json.RawMessage, inherited typeMeta) {
	var head struct {
		typeMeta
		Items    []json.RawMessage `json:"items"`
		Message  string            `json:"message"`
		Metadata struct {
			Name string `json:"name"`
		} `json:"metadata"`
	}
	if err := json.Unmarshal(raw, &head); err != nil {
		if _, ok := errors.AsType[*json.UnmarshalTypeError](err); !ok {
			r.skip(name, err.Error())
			return
		}
	}
	t := head.typeMeta
	if t.Kind == "" {
		t = inherited
	}
	if t.Kind == "" && (head.Metadata.Name != "" || head.Items != nil) {
		t = typeAt(name, head.Items != nil)
	}
	switch {
	case strings.HasSuffix(t.Kind, "List"):
		for _, item := range head.Items {
			r.object(name, item, t.ofItems())
		}
		r.set.noteList(name, t.ofItems().Kind)
	case t.Kind == "":
		r.skip(name, "an object without kind")
	case t.Kind == "Status" && t.APIVersion == "v1":
		r.skip(name, "not an object but an answer of the API server: "+head.Message)
	default:
		r.typed(name, t, raw)
	}
}

// typed decodes the kinds that evidence is drawn from.
func (r *reader) typed(name string, t typeMeta, raw json.RawMessage) {
	group, _, found := strings.Cut(t.APIVersion, "/")
	if !found {
		group = ""
	}
	s := r.set
	switch group + "/" + t.Kind {
	case "/Pod":
		keep(r, name, t, raw, &s.pods)
	case "/Node":
		keep(r, name, t, raw, &s.nodes)
	case "/Event":
		keep(r, name, t, raw, &s.events)
	case "events.k8s.io/Event":
		var events []*eventsv1.Event
		keep(r, name, t, raw, &events)
		for _, e := range events {
			s.events = append(s.events, coreEvent(e))
		}
	case "apps/ReplicaSet":
		keep(r, name, t, raw, &s.replicaSets)
	case "apps/Deployment":
		keep(r, name, t, raw, &s.deployments)
	case "apps/StatefulSet":
		keep(r, name, t, raw, &s.statefulSets)
	case "apps/DaemonSet":
		keep(r, name, t, raw, &s.daemonSets)
	case "batch/Job":
		keep(r, name, t, raw, &s.jobs)
	case "batch/CronJob":
		keep(r, name, t, raw, &s.cronJobs)
	default:
		r.unneeded++
		if !builtIn(group) {
			r.skip(name, fmt.Sprintf("%s %s is not a kind that unloop reads", t.APIVersion, t.Kind))
		}
	}
}

// keep decodes raw and adds it to list. A field of a wrong type is named and left out; the rest of the object counts.
func keep[T any](r *reader, name string, t typeMeta, raw json.RawMessage, list *[]*T) {
	object := new(T)
	if err := json.Unmarshal(raw, object); err != nil {
		r.skip(name, fmt.Sprintf("%s: %s", t.Kind, strings.TrimPrefix(err.Error(), "json: ")))
		if _, ok := errors.AsType[*json.UnmarshalTypeError](err); !ok {
			return
		}
	}
	*list = append(*list, object)
}

// builtIn says whether a group is Kubernetes' own. Objects of those that evidence does not need are passed over without
// a word: a namespace is full of Services and ConfigMaps.
func builtIn(group string) bool {
	switch group {
	case "", "apps", "batch", "policy", "autoscaling", "extensions":
		return true
	}
	return strings.HasSuffix(group, ".k8s.io")
}

// coreEvent is an event of events.k8s.io as core/v1 shows the same event: the API server stores one and serves both
// (k8s.io/kubernetes/pkg/apis/events/v1/conversion.go).
func coreEvent(e *eventsv1.Event) *corev1.Event {
	core := &corev1.Event{
		TypeMeta: e.TypeMeta, ObjectMeta: e.ObjectMeta,
		InvolvedObject: e.Regarding, Related: e.Related, Reason: e.Reason, Message: e.Note, Type: e.Type, Action: e.Action,
		Source: e.DeprecatedSource, FirstTimestamp: e.DeprecatedFirstTimestamp, LastTimestamp: e.DeprecatedLastTimestamp,
		Count: e.DeprecatedCount, EventTime: e.EventTime,
		ReportingController: e.ReportingController, ReportingInstance: e.ReportingInstance,
	}
	core.APIVersion = "v1"
	if e.Series != nil {
		core.Series = &corev1.EventSeries{Count: e.Series.Count, LastObservedTime: e.Series.LastObservedTime}
	}
	return core
}

// set is what was found in one place: a bundle, or everything that was named without being one.
type set struct {
	meta *meta

	pods         []*corev1.Pod
	nodes        []*corev1.Node
	events       []*corev1.Event
	replicaSets  []*appsv1.ReplicaSet
	deployments  []*appsv1.Deployment
	statefulSets []*appsv1.StatefulSet
	daemonSets   []*appsv1.DaemonSet
	jobs         []*batchv1.Job
	cronJobs     []*batchv1.CronJob
	logs         []foundLog
	later        []laterLog // not read yet

	sheets   []*sheet              // texts that were printed for people, until they are merged
	told     map[*corev1.Pod]*told // of pods that are known from texts
	eventsOf map[object]bool       // whose events a text lists, if only to say that there are none

	// noEvents says that a list of events was read that is empty: there were none, which is not the same as not read.
	noEvents bool
}

// add takes over what another set holds.
func (s *set) add(o *set) {
	s.pods = append(s.pods, o.pods...)
	s.nodes = append(s.nodes, o.nodes...)
	s.events = append(s.events, o.events...)
	s.replicaSets = append(s.replicaSets, o.replicaSets...)
	s.deployments = append(s.deployments, o.deployments...)
	s.statefulSets = append(s.statefulSets, o.statefulSets...)
	s.daemonSets = append(s.daemonSets, o.daemonSets...)
	s.jobs = append(s.jobs, o.jobs...)
	s.cronJobs = append(s.cronJobs, o.cronJobs...)
	s.logs = append(s.logs, o.logs...)
	s.later = append(s.later, o.later...)
	s.sheets = append(s.sheets, o.sheets...)
	s.noEvents = s.noEvents || o.noEvents
}

// noteList notes a list of events, which may be empty. kubectl calls every list it prints "List"; the name of the file
// tells then.
func (s *set) noteList(name, kind string) {
	if kind == "Event" || kind == "" && strings.Contains(name[strings.LastIndexByte(name, '/')+1:], "event") {
		s.noEvents = true
	}
}
