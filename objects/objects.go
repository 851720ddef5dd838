// Package objects reads Kubernetes objects from JSON and YAML.
//
// A [Reader] gives them as a stream, one at a time, so that a list of any length needs the memory of its largest item,
// and one that was cut short loses only its last. Each object comes with the lines that it stands in. [Object.Decode]
// makes a type of the API of it: what cannot be read of an object is named and left out, the rest of it counts.
//
// Everything that is read is untrusted: sizes and depths are bounded.
package objects

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"strings"

	corev1 "k8s.io/api/core/v1"
	eventsv1 "k8s.io/api/events/v1"
)

// Reader reads objects and hands them on as it finds them.
type Reader struct {
	Document int64 // bytes of one YAML document, or of one item of a list; a tree of nodes is twenty times its size
	Waiting  int64 // bytes of the items of a list until it says what they are, and of what the aliases of a document may make of it

	// Each takes an object. Its text is good until Each returns.
	Each func(Object)
	// List takes what is known of a list when all its items, of which there may be none, have been given.
	List func(List)
	// Skip takes what is not used.
	Skip func(Skip)
	// Cut takes the text of an object that was cut short or is damaged, and why it cannot be read as a whole, and says
	// whether it was of use: if not, Skip takes it. May be nil.
	Cut func(text []byte, s Skip) bool
	// TypeAt is the type of objects, or of a list of objects, that don't say their own. May be nil.
	TypeAt func(list bool) Type
}

// Type says what an object is.
type Type struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
}

// Lines are a part of the text, counted from 1, the last one included.
type Lines struct{ First, Last int }

// Object is one object, which is valid JSON, without what [lean] leaves out.
type Object struct {
	Type
	Lines
	Raw json.RawMessage
}

// List is a list of objects, with what stands around its items.
type List struct {
	Items Type // what its items are if they don't say it; empty where the list does not say it either
	Lines
}

// Skip is a part of the text that is not used, and why.
type Skip struct {
	Lines
	Why string // with the number of the line where that helps to find it
}

const utf8BOM = "\xef\xbb\xbf"

// Read reads in to its end.
func (r Reader) Read(in io.Reader) {
	text := bufio.NewReaderSize(in, 64<<10)
	if mark, _ := text.Peek(len(utf8BOM)); string(mark) == utf8BOM {
		_, _ = text.Discard(len(utf8BOM)) // never fails: they have been peeked at
	}
	j := jsonStream{in: text, line: 1}
	if first, err := j.next(); err == nil && (first == '{' || first == '[') {
		r.jsonObjects(text, j.line)
		return
	}
	r.yamlObjects(text, j.line)
}

func (r Reader) skip(at Lines, why string) { r.Skip(Skip{at, why}) }

// cut offers a text that is no whole object.
func (r Reader) cut(text []byte, at Lines, why string) bool {
	return r.Cut != nil && len(text) > 0 && r.Cut(text, Skip{at, why})
}

// typeHere is the type of what does not say its own.
func (r Reader) typeHere(list bool) Type {
	if r.TypeAt == nil {
		return Type{}
	}
	return r.TypeAt(list)
}

// ofItems is the type of a list's items that don't say their own.
func (t Type) ofItems() Type {
	t.Kind = strings.TrimSuffix(t.Kind, "List")
	return t
}

func (t Type) isList() bool { return strings.HasSuffix(t.Kind, "List") }

// see notes what a member of an object says about its type.
func (t *Type) see(key string, value []byte) {
	switch key {
	case `"kind"`:
		_ = json.Unmarshal(value, &t.Kind) // what is no text says nothing
	case `"apiVersion"`:
		_ = json.Unmarshal(value, &t.APIVersion)
	}
}

// Group is the group of the API; "" for the core of Kubernetes.
func (t Type) Group() string {
	group, _, found := strings.Cut(t.APIVersion, "/")
	if !found {
		return ""
	}
	return group
}

// BuiltIn says whether the group is Kubernetes' own.
func (t Type) BuiltIn() bool {
	switch group := t.Group(); group {
	case "", "apps", "batch", "policy", "autoscaling", "extensions":
		return true
	default:
		return strings.HasSuffix(group, ".k8s.io")
	}
}

// head is what decides what becomes of an object.
type head struct {
	Type
	items   []byte
	message string
	named   bool
}

// headOf reads it without decoding the object, most of which is not needed for that.
func headOf(object []byte) head {
	var h head
	EachMember(object, func(key, value []byte) bool {
		h.see(string(key), value)
		switch string(key) {
		case `"items"`:
			h.items = value
		case `"message"`:
			_ = json.Unmarshal(value, &h.message) // what is no text says nothing
		case `"metadata"`:
			EachMember(value, func(key, _ []byte) bool {
				h.named = h.named || string(key) == `"name"`
				return !h.named
			})
		}
		return true
	})
	return h
}

// object gives one object, or those of a list, which are valid JSON.
func (r Reader) object(raw json.RawMessage, at Lines, inherited Type) {
	head := headOf(raw)
	t := head.Type
	if t.Kind == "" {
		t = inherited
	}
	if t.Kind == "" && (head.named || head.items != nil) {
		t = r.typeHere(head.items != nil)
	}
	if t.Kind == "" && head.named {
		t = typeByShape(raw)
	}
	switch {
	case t.isList():
		var items []json.RawMessage
		_ = json.Unmarshal(head.items, &items) // valid; what is no array holds no items
		for _, item := range items {
			r.object(item, at, t.ofItems())
		}
		r.List(List{t.ofItems(), at})
	case t.Kind == "":
		r.skip(at, "an object without kind")
	case t.Kind == "Status" && t.APIVersion == "v1":
		r.skip(at, "not an object but an answer of the API server: "+head.message)
	default:
		r.Each(Object{t, at, raw})
	}
}

// Decode makes object of it. Fields that cannot be read are left out and named; the error is about an object of which
// nothing can be used.
func (o Object) Decode(object any) ([]Lost, error) {
	lost, err := decode(o.Raw, object)
	if err != nil {
		return nil, errors.New(strings.TrimPrefix(err.Error(), "json: "))
	}
	trim(object)
	return lost, nil
}

// IsNewEvent knows an event of events.k8s.io by its fields: the items of a list need not say what they are.
func IsNewEvent(raw []byte) bool {
	found := false
	EachMember(raw, func(key, _ []byte) bool {
		found = string(key) == `"regarding"`
		return !found
	})
	return found
}

// CoreEvent is an event of events.k8s.io as core/v1 shows the same event: the API server stores one and serves both
// (k8s.io/kubernetes/pkg/apis/events/v1/conversion.go).
func CoreEvent(e *eventsv1.Event) *corev1.Event {
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
