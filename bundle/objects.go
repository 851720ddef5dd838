package bundle

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	eventsv1 "k8s.io/api/events/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/unloop-dev/unloop/evidence"
	"github.com/unloop-dev/unloop/fact"
	"github.com/unloop-dev/unloop/scene"
)

// objects reads Kubernetes objects as a stream, one at a time.
func (r *reader) objects(name string, in io.Reader) {
	text := bufio.NewReaderSize(in, 64<<10)
	if mark, _ := text.Peek(len(utf8BOM)); string(mark) == utf8BOM {
		_, _ = text.Discard(len(utf8BOM)) // never fails: they have been peeked at
	}
	j := jsonStream{in: text, line: 1}
	if first, err := j.next(); err == nil && (first == '{' || first == '[') {
		r.jsonObjects(name, text, j.line)
		return
	}
	r.yamlObjects(name, text, j.line)
}

// typeMeta says what an object is.
type typeMeta struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
}

// ofItems is the type of a list's items that don't say their own.
func (t typeMeta) ofItems() typeMeta {
	t.Kind = strings.TrimSuffix(t.Kind, "List")
	return t
}

// head is what decides what becomes of an object.
type head struct {
	typeMeta
	items   []byte
	message string
	named   bool
}

// headOf reads it without decoding the object, most of which is not needed for that.
func headOf(object []byte) head {
	var h head
	eachMember(object, func(key, value []byte) bool {
		h.see(string(key), value)
		switch string(key) {
		case `"items"`:
			h.items = value
		case `"message"`:
			_ = json.Unmarshal(value, &h.message) // what is no text says nothing
		case `"metadata"`:
			eachMember(value, func(key, _ []byte) bool {
				h.named = h.named || string(key) == `"name"`
				return !h.named
			})
		}
		return true
	})
	return h
}

// object files one object, which is valid JSON.
func (r *reader) object(name string, raw json.RawMessage, inherited typeMeta) {
	head := headOf(raw)
	t := head.typeMeta
	if t.Kind == "" {
		t = inherited
	}
	if t.Kind == "" && (head.named || head.items != nil) {
		t = typeAt(name, head.items != nil)
	}
	switch {
	case strings.HasSuffix(t.Kind, "List"):
		var items []json.RawMessage
		_ = json.Unmarshal(head.items, &items) // valid; what is no array holds no items
		for _, item := range items {
			r.object(name, item, t.ofItems())
		}
		r.set.noteList(name, t.ofItems().Kind)
	case t.Kind == "":
		r.skip(name, "an object without kind")
	case t.Kind == "Status" && t.APIVersion == "v1":
		r.skip(name, "not an object but an answer of the API server: "+head.message)
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
		if n := len(s.pods) - 1; n >= 0 && s.pods[n].Name == "" && len(evidence.ContainerNames(s.pods[n])) == 0 {
			s.pods = s.pods[:n]
			r.skip(name, "a Pod without name and containers")
		}
		if n := len(s.pods); r.options.Lean && n > manyPods && s.unknown[s.pods[n-1]] == nil {
			s.slim = true
			s.pods[n-1] = slim(s.pods[n-1])
		}
	case "/Node":
		keep(r, name, t, raw, &s.nodes)
	case "/Event", "events.k8s.io/Event":
		r.event(name, t, raw)
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

// event keeps an event, packed when there are many.
func (r *reader) event(name string, t typeMeta, raw json.RawMessage) {
	s := r.set
	if len(s.events) < r.limits.events {
		s.events = append(s.events, r.decodeEvent(name, raw)...)
		return
	}
	if s.pack == nil {
		s.pack = &eventPack{}
		s.packed = append(s.packed, s.pack)
	}
	if err := s.pack.add(name, raw); err != nil {
		r.skip(name, fmt.Sprintf("%s: %v", t.Kind, err))
	}
}

// keep decodes raw and adds it to list. A field that cannot be read is named and left out; the rest of the object counts.
func keep[T any](r *reader, name string, t typeMeta, raw json.RawMessage, list *[]*T) {
	object := new(T)
	fields, err := decode(raw, object)
	if err != nil {
		r.skip(name, fmt.Sprintf("%s: %s", t.Kind, strings.TrimPrefix(err.Error(), "json: ")))
		return
	}
	trim(object)
	*list = append(*list, object)
	if len(fields) == 0 {
		return
	}
	r.usedWithout(name, t.Kind, object, fields)
	if facts := unknownFacts(t.Kind, fields); len(facts) > 0 {
		if r.set.unknown == nil {
			r.set.unknown = map[any][]fact.Name{}
		}
		r.set.unknown[object] = facts
	}
}

// namedFields is how many fields of one object are named that could not be read.
const namedFields = 5

// usedWithout names the fields that an object is used without.
func (r *reader) usedWithout(name, kind string, object any, fields []lost) {
	if meta, ok := object.(metav1.Object); ok && meta.GetName() != "" {
		kind += " " + strings.TrimPrefix(meta.GetNamespace()+"/", "/") + meta.GetName()
	}
	for i, l := range fields {
		if i == namedFields {
			r.used(name, fmt.Sprintf("%s used without %d more fields", kind, len(fields)-i))
			return
		}
		r.used(name, fmt.Sprintf("%s used without %s: %s", kind, l.path, l.why))
	}
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
	packed       []*eventPack // further events of a large input, until it is known which matter
	pack         *eventPack   // the one that is being filled
	replicaSets  []*appsv1.ReplicaSet
	deployments  []*appsv1.Deployment
	statefulSets []*appsv1.StatefulSet
	daemonSets   []*appsv1.DaemonSet
	jobs         []*batchv1.Job
	cronJobs     []*batchv1.CronJob
	logs         []foundLog
	later        []laterLog // not read yet, or not needed yet
	passing      passing
	strangers    []Skip // files of a collection that are no logs of containers
	index        *index
	slim         bool // pods that are well were not kept whole

	sheets    []*sheet                 // texts that were printed for people, until they are merged
	told      map[*corev1.Pod]*told    // of pods that are known from texts
	unknown   map[any][]fact.Name      // facts that hang on fields that could not be read, by object
	conflicts map[*corev1.Pod][]string // between the texts about a pod
	eventsOf  map[scene.Object]bool    // whose events a text lists, if only to say that there are none
	// eventsOfMany says that the packed events were about several objects, nodeEventsAmongMany that those of nodes would
	// be among them.
	eventsOfMany, nodeEventsAmongMany bool
	// rowsAlone says that all pods are but rows of tables, rowsWell that none is in trouble.
	rowsAlone, rowsWell bool

	// noEvents says that a list of events was read that is empty: there were none, which is not the same as not read.
	noEvents bool
}

// add takes over what another set holds.
func (s *set) add(o *set) {
	s.pods = append(s.pods, o.pods...)
	s.nodes = append(s.nodes, o.nodes...)
	s.events = append(s.events, o.events...)
	s.packed = append(s.packed, o.packed...)
	s.replicaSets = append(s.replicaSets, o.replicaSets...)
	s.deployments = append(s.deployments, o.deployments...)
	s.statefulSets = append(s.statefulSets, o.statefulSets...)
	s.daemonSets = append(s.daemonSets, o.daemonSets...)
	s.jobs = append(s.jobs, o.jobs...)
	s.cronJobs = append(s.cronJobs, o.cronJobs...)
	s.logs = append(s.logs, o.logs...)
	s.later = append(s.later, o.later...)
	s.sheets = append(s.sheets, o.sheets...)
	if s.unknown == nil {
		s.unknown = map[any][]fact.Name{}
	}
	maps.Copy(s.unknown, o.unknown)
	s.noEvents = s.noEvents || o.noEvents
	s.slim = s.slim || o.slim
}

// noteList notes a list of events, which may be empty. kubectl calls every list it prints "List"; the name of the file
// tells then.
func (s *set) noteList(name, kind string) {
	if kind == "Event" || kind == "" && strings.Contains(name[strings.LastIndexByte(name, '/')+1:], "event") {
		s.noEvents = true
	}
}
