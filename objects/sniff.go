package objects

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

// Sort is what a text in JSON or YAML holds.
type Sort string

// The sorts of texts.
const (
	Whole   Sort = "objects"              // for a Reader
	Piece   Sort = "a piece of a pod"     // for Parts
	Records Sort = "records of a log"     // in JSON
	Foreign Sort = "JSON or YAML of else" // or neither
)

// sniffBytes is how much of a text is looked at.
const sniffBytes = 32 << 10

// Sniff tells what a text is from its beginning, by its content alone. An object says apiVersion and kind in the way of
// the API, or has the fields that only one of its kind has; a record of a log has a level, a time or a message, whatever
// else it has.
func Sniff(head []byte) Sort {
	head = bytes.TrimPrefix(head[:min(len(head), sniffBytes)], []byte(utf8BOM))
	text := bytes.TrimLeft(head, " \t\r\n")
	switch {
	case len(text) == 0:
		return Foreign
	case text[0] == '{' || text[0] == '[':
		if sort := sniffJSON(text); sort != Foreign {
			return sort
		}
	case isObjectYAML(head):
		return Whole
	}
	if len(Parts(string(head))) > 0 {
		return Piece
	}
	return Foreign
}

// outline is what stands at the top of an object.
type outline struct {
	Type
	keys   map[string]byte // the first byte of each value
	cut    bool            // the text ends within it
	length int
}

// outlineOf reads the outline of a JSON object that may be cut short.
func outlineOf(object []byte) outline {
	o := outline{keys: map[string]byte{}}
	at := 0
	for {
		key, after := nextValue(object, at+1)
		colon := skipSpace(object, after)
		if len(key) < 2 || key[0] != '"' || colon >= len(object) || object[colon] != ':' {
			o.cut, o.length = colon >= len(object), len(object)
			return o
		}
		start := skipSpace(object, colon+1)
		if start >= len(object) {
			o.cut, o.length = true, len(object)
			return o
		}
		o.keys[string(key[1:len(key)-1])] = object[start]
		value, after := nextValue(object, start)
		o.see(string(key), value)
		if at = skipSpace(object, after); len(value) == 0 || at >= len(object) || object[at] != ',' {
			o.cut, o.length = len(value) == 0 || at >= len(object), min(at+1, len(object))
			return o
		}
	}
}

func (o outline) has(keys ...string) bool {
	return slices.ContainsFunc(keys, func(key string) bool { _, ok := o.keys[key]; return ok })
}

func sniffJSON(text []byte) Sort {
	first := text
	if text[0] == '[' {
		first = bytes.TrimLeft(text[1:], " \t\r\n")
	}
	if len(first) == 0 || first[0] != '{' {
		return Foreign
	}
	o := outlineOf(first)
	switch {
	case o.isRecord():
		return Records
	case o.isTyped():
		return Whole
	case o.has("items") && o.keys["items"] == '[' || o.has("metadata", "involvedObject", "regarding"):
		if typeless(text) {
			return Whole
		}
	case !o.cut && o.goesOn(first) && hasRecord(first):
		return Records
	}
	return Foreign
}

// firstRecords is how many records are looked at: the first ones of a log may be of another form than the rest.
const firstRecords = 20

// hasRecord says that one of the first records, one a line, is a logger's.
func hasRecord(text []byte) bool {
	n := 0
	for line := range bytes.Lines(text) {
		if line = bytes.TrimSpace(line); len(line) == 0 || line[0] != '{' {
			continue
		}
		if o := outlineOf(line); o.isRecord() || o.has(messageKeys...) {
			return true
		}
		if n++; n == firstRecords {
			break
		}
	}
	return false
}

// recordKeys are the fields of loggers that no object of Kubernetes has at its top, as scalars; messageKeys may be in others.
var (
	recordKeys = []string{
		"level", "lvl", "severity", "levelname", "loglevel", "log_level", "log.level", "msg", "ts", "time", "@timestamp", "timestamp",
		"logger", "caller", "@l", "@t", "@m", "@mt", "asctime", "severity_text", "textPayload", "jsonPayload", "logName",
	}
	messageKeys = []string{"message", "log", "text", "event", "body", "error", "err", "exception", "short_message", "t", "s", "date", "datetime", "stream"}
)

func (o outline) isRecord() bool {
	return slices.ContainsFunc(recordKeys, func(key string) bool {
		c, ok := o.keys[key]
		return ok && (c != '{' && c != '[' || strings.HasSuffix(key, "Payload"))
	}) && !(o.isTyped() && o.keys["metadata"] == '{') && !o.has("involvedObject")
}

// goesOn says that another record stands on the next line.
func (o outline) goesOn(text []byte) bool {
	rest := bytes.TrimLeft(text[o.length:], " \t\r")
	rest = bytes.TrimLeft(rest, ",")
	return len(rest) > 1 && rest[0] == '\n' && bytes.HasPrefix(bytes.TrimLeft(rest, " \t\r\n"), []byte("{"))
}

var (
	apiVersionText = lazyregexp.New(`^(?:[a-z0-9][a-z0-9.-]*/)?v[0-9]+(?:(?:alpha|beta)[0-9]+)?$`)
	kindText       = lazyregexp.New(`^[A-Z][A-Za-z0-9]*$`)
)

// isTyped says that the object says what it is: kubectl writes the kind of a list behind its items, which may be far below.
func (o outline) isTyped() bool {
	version, kind := apiVersionText.MatchString(o.APIVersion), kindText.MatchString(o.Kind)
	switch {
	case version && kind:
		return true
	case version && o.Kind == "":
		return o.has("items") || o.cut
	}
	return kind && !o.has("apiVersion") && (o.keys["metadata"] == '{' || o.keys["items"] == '[')
}

// typeless says that the first object of a text is one that does not say its type.
func typeless(text []byte) bool {
	trees, ok := looseJSON(string(text))
	if !ok || len(trees) == 0 {
		return false
	}
	first := trees[0]
	for range 2 { // an array, or the items of a list
		if first.isObject() && first.at("items") != nil {
			first = first.at("items")
		}
		if first.list && len(first.items) > 0 {
			first = first.items[0]
		}
	}
	return shapeOf(first) != Type{}
}

// typeByShape is the type of an object that does not say it, as client-go's typed objects are when they are written down.
func typeByShape(raw json.RawMessage) Type {
	trees, ok := looseJSON(string(raw))
	if !ok || len(trees) != 1 {
		return Type{}
	}
	return shapeOf(trees[0])
}

// shapeOf tells the type of an object by fields that no other has.
func shapeOf(t *tree) Type {
	switch {
	case !t.isObject() || t.hasAny("apiVersion", "kind") || !t.at("metadata").isObject():
		return Type{}
	case t.at("involvedObject").isObject() && t.has("reason"):
		return Type{"v1", "Event"}
	case t.at("regarding").isObject() && t.has("reason"):
		return Type{"events.k8s.io/v1", "Event"}
	case t.text("metadata", "name") == "" || !t.only(podFields):
		return Type{}
	case isPodSpec(t.at("spec")) || isStatus(t.at("status")):
		return Type{"v1", "Pod"}
	case t.at("status", "nodeInfo").isObject():
		return Type{"v1", "Node"}
	case isPodSpec(t.at("spec", "jobTemplate", "spec", "template", "spec")):
		return Type{"batch/v1", "CronJob"}
	case isPodSpec(t.at("spec", "template", "spec")):
		return controllerBy(t.at("spec"), t.at("status"))
	}
	return Type{}
}

// isPodSpec knows the spec of a pod by its containers, which have a name and an image.
func isPodSpec(t *tree) bool {
	containers := t.at("containers")
	return containers != nil && len(containers.items) > 0 && containers.items[0].text("name") != "" && containers.items[0].text("image") != ""
}

// controllerBy tells a controller by fields that only its kind has (k8s.io/api/apps/v1 and batch/v1, types.go).
func controllerBy(spec, status *tree) Type {
	switch {
	case spec.hasAny("backoffLimit", "completions", "parallelism", "completionMode"):
		return Type{"batch/v1", "Job"}
	case spec.hasAny("serviceName", "volumeClaimTemplates", "podManagementPolicy"):
		return Type{"apps/v1", "StatefulSet"}
	case spec.hasAny("strategy", "progressDeadlineSeconds"):
		return Type{"apps/v1", "Deployment"}
	case status.hasAny("desiredNumberScheduled", "currentNumberScheduled"):
		return Type{"apps/v1", "DaemonSet"}
	case status.hasAny("fullyLabeledReplicas"):
		return Type{"apps/v1", "ReplicaSet"}
	}
	return Type{}
}

var (
	// The keys with which kubectl and people begin an object. Comments, separators and warnings may stand before.
	objectKey   = lazyregexp.New(`^(?:- )?["']?(?:apiVersion|kind|metadata|items|spec|status)["']?:(?:\s|$)`)
	yamlPrelude = lazyregexp.New(`^(?:#.*|---.*|%YAML.*|Warning: .*|\$ kubectl .*|)$`)
	topKey      = lazyregexp.New(`^(?:- |  )?["']?([A-Za-z]\w*)["']?:(?:[ \t]+["']?([^"'#\s]*)["']?[ \t]*(?:#.*)?)?$`)
)

// isObjectYAML knows an object, or a list, by its first lines.
func isObjectYAML(text []byte) bool {
	rest := text
	for range 40 {
		line, after, more := bytes.Cut(rest, []byte("\n"))
		line = bytes.TrimRight(line, " \t\r")
		if !yamlPrelude.Match(line) {
			return objectKey.Match(line) && isTypedYAML(rest)
		}
		if !more {
			break
		}
		rest = after
	}
	return false
}

// isTypedYAML looks at the keys at the left margin, and at those of the items of a list.
func isTypedYAML(text []byte) bool {
	o := outline{keys: map[string]byte{}, cut: len(text) >= sniffBytes/2}
	for line := range bytes.Lines(text) {
		if c := line[0]; c != ' ' && c != '-' && c != '"' && c != '\'' && (c|0x20 < 'a' || c|0x20 > 'z') {
			continue
		}
		if bytes.HasPrefix(line, []byte("---")) && len(o.keys) > 0 {
			break
		}
		m := topKey.FindStringSubmatch(strings.TrimRight(string(line), "\r\n"))
		if m == nil {
			continue
		}
		key, value := m[1], m[2]
		switch _, seen := o.keys[key]; {
		case seen:
			continue
		case key == "kind":
			o.Kind = value
		case key == "apiVersion":
			o.APIVersion = value
		}
		o.keys[key] = '{'
		if key == "items" {
			o.keys[key] = '['
		}
	}
	if o.isTyped() {
		return true
	}
	if !o.has("metadata") || o.has("kind", "apiVersion") {
		return false
	}
	return slices.ContainsFunc(looseYAML(strings.Split(string(text), "\n")), func(t *tree) bool { return shapeOf(t) != Type{} })
}
