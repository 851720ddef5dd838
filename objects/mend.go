package objects

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

// Objects in files were edited, templated and converted by people and programs. A value of another type than its field's is
// read where nothing is lost by it (a number in quotes); else the field is lost, the object is not, and the fact that hangs
// on the field is unknown: zero would be another story.

// Lost is a field that could not be read.
type Lost struct {
	Path string // "status.containerStatuses[0].lastState.terminated.exitCode"
	Why  string
}

// decode reads an object, which is valid JSON. The error is about one of which nothing can be used.
func decode(raw []byte, object any) ([]Lost, error) {
	if !suspicious(raw) {
		if err := json.Unmarshal(raw, object); err == nil && !lacks(raw, object) {
			return nil, nil
		}
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var tree any
	if err := decoder.Decode(&tree); err != nil {
		return nil, err
	}
	t := reflect.TypeOf(object).Elem()
	m := &mender{}
	fitting, ok := m.fit(tree, t, "")
	if !ok {
		return nil, fmt.Errorf("not an object")
	}
	mended, err := json.Marshal(fitting)
	if err != nil {
		return nil, err
	}
	reflect.ValueOf(object).Elem().SetZero() // of what the first attempt has read
	return m.lost, json.Unmarshal(mended, object)
}

// tinyNumber is a number whose exponent makes resource.ParseQuantity run for ever.
var tinyNumber = lazyregexp.New(`[0-9.][eE]-[0-9]{3}`)

// lastYear bounds the times that are believed: later ones cannot be meant, and no duration reaches to them.
const lastYear = 2200

// suspicious says that an object holds what its types take and nobody should.
func suspicious(raw []byte) bool {
	return hasLateTime(raw) || (bytes.Contains(raw, []byte("e-")) || bytes.Contains(raw, []byte("E-"))) && tinyNumber.Match(raw)
}

// hasLateTime finds a text that begins with a date after lastYear, by the T behind it.
func hasLateTime(raw []byte) bool {
	const before = len(`"9999-12-31`)
	for at := 0; ; at++ {
		i := bytes.IndexByte(raw[at:], 'T')
		if i < 0 {
			return false
		}
		if at += i; at < before || raw[at-before] != '"' || raw[at-3] != '-' || raw[at-6] != '-' {
			continue
		}
		if year, err := strconv.Atoi(string(raw[at-before+1 : at-6])); err == nil && year > lastYear {
			return true
		}
	}
}

// lacks says that a pod's status holds an end without an exit code, which the API always writes, or a null.
func lacks(raw []byte, object any) bool {
	pod, ok := object.(*corev1.Pod)
	if !ok {
		return false
	}
	ended, s := 0, &pod.Status
	for _, status := range slices.Concat(s.InitContainerStatuses, s.ContainerStatuses, s.EphemeralContainerStatuses) {
		for _, t := range []*corev1.ContainerStateTerminated{status.State.Terminated, status.LastTerminationState.Terminated} {
			if t != nil {
				ended++
			}
		}
	}
	codes, null := members(raw, `"exitCode"`)
	_, nullCount := members(raw, `"restartCount"`)
	_, nullReady := members(raw, `"ready"`)
	return codes < ended || null || nullCount || nullReady
}

// members counts the members of this name anywhere in a JSON text and says whether one is null.
func members(raw []byte, name string) (n int, null bool) {
	for {
		i := bytes.Index(raw, []byte(name))
		if i < 0 {
			return n, null
		}
		raw = raw[i+len(name):]
		if value, ok := bytes.CutPrefix(bytes.TrimLeft(raw, " \t\r\n"), []byte(":")); ok {
			n++
			null = null || bytes.HasPrefix(bytes.TrimLeft(value, " \t\r\n"), []byte("null"))
		}
	}
}

// mender makes values fit the types of their fields.
type mender struct{ lost []Lost }

func (m *mender) lose(path, format string, args ...any) (any, bool) {
	m.lost = append(m.lost, Lost{path, fmt.Sprintf(format, args...)})
	return nil, false
}

var (
	unmarshaler  = reflect.TypeFor[json.Unmarshaler]()
	quantityType = reflect.TypeFor[resource.Quantity]()
	probeType    = reflect.TypeFor[corev1.Probe]()
	endType      = reflect.TypeFor[corev1.ContainerStateTerminated]()
	statusType   = reflect.TypeFor[corev1.ContainerStatus]()
)

// fit gives the value as the type t needs it; false when it cannot be read, which is noted.
func (m *mender) fit(value any, t reflect.Type, path string) (any, bool) {
	switch {
	case value == nil:
		return nil, true
	case t.Kind() == reflect.Pointer:
		return m.fit(value, t.Elem(), path)
	case reflect.PointerTo(t).Implements(unmarshaler):
		return m.fitByItself(value, t, path)
	}
	switch t.Kind() {
	case reflect.Struct:
		return m.fitStruct(value, t, path)
	case reflect.Map:
		return m.fitMap(value, t, path)
	case reflect.Slice:
		return m.fitSlice(value, t, path)
	case reflect.String:
		return m.fitString(value, path)
	case reflect.Bool:
		return m.fitBool(value, path)
	case reflect.Int, reflect.Int32, reflect.Int64:
		return m.fitInteger(value, t, path)
	}
	return value, true
}

// quantityText is what Kubernetes' own quantities look like, with some air.
var quantityText = lazyregexp.New(`^[+-]?[0-9.]{1,32}(?:[numkMGTPE]|[KMGTPE]i|[eE][+-]?[0-9]{1,2})?$`)

// fitByItself tries a type that reads JSON by itself: times, quantities, ports.
func (m *mender) fitByItself(value any, t reflect.Type, path string) (any, bool) {
	text, err := json.Marshal(value)
	if err != nil {
		return m.lose(path, "%v", err)
	}
	if t == quantityType && !quantityText.MatchString(strings.TrimSpace(strings.Trim(string(text), `"`))) {
		return m.lose(path, "%s is no quantity", short(value))
	}
	into := reflect.New(t).Interface()
	if err := json.Unmarshal(text, into); err != nil {
		return m.lose(path, "%s is no %s", short(value), typeWord(t))
	}
	if late, ok := into.(interface{ Year() int }); ok && late.Year() > lastYear {
		return m.lose(path, "%s cannot be meant", short(value))
	}
	return value, true
}

// typeWord is what a person calls a type.
func typeWord(t reflect.Type) string {
	switch t.Name() {
	case "Time", "MicroTime":
		return "time"
	case "IntOrString":
		return "port"
	}
	return strings.ToLower(t.Name())
}

func (m *mender) fitStruct(value any, t reflect.Type, path string) (any, bool) {
	object, ok := value.(map[string]any)
	if !ok {
		return m.lose(path, "%s is no object", short(value))
	}
	before := len(m.lost)
	_, given := member(object, "exitCode")
	fields := fieldsOf(t)
	for key, value := range object {
		f, known := fields[strings.ToLower(key)]
		if !known {
			continue
		}
		at := join(path, f.name)
		if value == nil && f.always {
			m.lose(at, "null is no value of it")
			delete(object, key)
		} else if fitting, ok := m.fit(value, f.typ, at); ok {
			object[key] = fitting
		} else {
			delete(object, key)
		}
	}
	if t == endType && !given {
		m.lose(join(path, "exitCode"), "it is missing")
	}
	slices.SortFunc(m.lost[before:], func(a, b Lost) int { return strings.Compare(a.Path, b.Path) })
	return m.settle(object, t, path, m.lost[before:])
}

// settle looks at an object of which fields were lost: where others hang on them, it makes up for them or gives all up.
func (m *mender) settle(object map[string]any, t reflect.Type, path string, lostHere []Lost) (any, bool) {
	lostField := func(name string) bool {
		return slices.ContainsFunc(lostHere, func(l Lost) bool { return l.Path == join(path, name) })
	}
	switch {
	case t == probeType && len(lostHere) > 0: // half a probe would be counted with defaults
		return m.lose(path, "not whole")
	case t == endType && lostField("exitCode"):
		value, _ := member(object, "reason")
		reason, _ := value.(string)
		if reason == "" {
			return m.lose(path, "neither exit code nor reason")
		}
		object["exitCode"] = 1 // stands for a failure whose code is not known
		if reason == "Completed" {
			object["exitCode"] = 0
			m.lost = slices.DeleteFunc(m.lost, func(l Lost) bool { return l.Path == join(path, "exitCode") })
		}
	case t == statusType && lostField("restartCount"):
		if last, _ := object["lastState"].(map[string]any); last["terminated"] != nil {
			object["restartCount"] = 1 // at least
		}
	}
	return object, true
}

// member gives the member of this name in whatever case.
func member(object map[string]any, name string) (value any, given bool) {
	for key, value := range object {
		if strings.EqualFold(key, name) {
			return value, true
		}
	}
	return nil, false
}

// field is a field of an object as JSON knows it.
type field struct {
	name   string
	typ    reflect.Type
	always bool // a number or truth value that the API writes even when it is zero
}

// fieldsOf gives the fields of a struct by their names in lower case: package json does not mind the case either.
func fieldsOf(t reflect.Type) map[string]field {
	fields := map[string]field{}
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous && name == "" {
			for key, inner := range fieldsOf(f.Type) {
				fields[key] = inner
			}
			continue
		}
		scalar := f.Type.Kind() == reflect.Int32 || f.Type.Kind() == reflect.Bool
		fields[strings.ToLower(name)] = field{name, f.Type, scalar && options == ""}
	}
	return fields
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

func (m *mender) fitMap(value any, t reflect.Type, path string) (any, bool) {
	object, ok := value.(map[string]any)
	if !ok {
		return m.lose(path, "%s is no object", short(value))
	}
	for key, value := range object {
		if fitting, ok := m.fit(value, t.Elem(), join(path, key)); ok {
			object[key] = fitting
		} else {
			delete(object, key)
		}
	}
	return object, true
}

func (m *mender) fitSlice(value any, t reflect.Type, path string) (any, bool) {
	items, ok := value.([]any)
	if !ok {
		return m.lose(path, "%s is no list", short(value))
	}
	kept := []any{}
	for i, item := range items {
		if fitting, ok := m.fit(item, t.Elem(), fmt.Sprintf("%s[%d]", path, i)); ok {
			kept = append(kept, fitting)
		}
	}
	return kept, true
}

func (m *mender) fitString(value any, path string) (any, bool) {
	switch v := value.(type) {
	case string:
		return v, true
	case json.Number:
		return v.String(), true
	case bool:
		return strconv.FormatBool(v), true
	}
	return m.lose(path, "%s is no text", short(value))
}

func (m *mender) fitBool(value any, path string) (any, bool) {
	switch v := value.(type) {
	case bool:
		return v, true
	case string:
		if b := strings.ToLower(strings.TrimSpace(v)); b == "true" || b == "false" {
			return b == "true", true
		}
	}
	return m.lose(path, "%s is neither true nor false", short(value))
}

func (m *mender) fitInteger(value any, t reflect.Type, path string) (any, bool) {
	text := ""
	switch v := value.(type) {
	case json.Number:
		text = v.String()
	case string:
		text = strings.TrimSpace(v)
	}
	n, ok := integer(text)
	switch {
	case !ok:
		return m.lose(path, "%s is no whole number", short(value))
	case reflect.Zero(t).OverflowInt(n):
		return m.lose(path, "%s is too large", short(value))
	}
	return n, true
}

// integer reads a whole number however it is written: 137, +137, 137.0, 1.37e2.
func integer(text string) (int64, bool) {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n, true
	}
	f, err := strconv.ParseFloat(text, 64)
	const exact = 1 << 53 // larger ones have no fraction left
	if err != nil || f != math.Trunc(f) || math.Abs(f) > exact || strings.ContainsAny(text, "xX_pP") {
		return 0, false
	}
	return int64(f), true
}

// short quotes a value in a sentence.
func short(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		return "a value"
	}
	if len(text) > 40 {
		return strings.ToValidUTF8(string(text[:40]), "") + "…"
	}
	return string(text)
}
