package crashlog

import (
	"encoding/json"
	"fmt"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

// The fields of a structured line that matter, under one name each.
const (
	fieldLevel   = "level"
	fieldMessage = "message"
	fieldError   = "error"
	fieldTrace   = "trace"
	fieldTime    = "time"
)

// fieldNames are the keys by which loggers know these fields, in lower case, the most usual first.
var fieldNames = map[string][]string{
	fieldLevel:   {"level", "severity", "lvl", "log.level", "loglevel", "levelname", "level_name", "@l", "s", "severity_text", "log_level"},
	fieldMessage: {"msg", "message", "@mt", "@m", "short_message", "full_message", "log", "text", "event", "body"},
	fieldError:   {"error", "err", "error.message", "exception", "@x", "exc_info", "cause", "exception.message", "errormessage", "errorverbose", "reason", "fault"},
	fieldTrace:   {"stack_trace", "stacktrace", "stack", "error.stack_trace", "error.stack", "err.stack", "exception", "@x", "exc_info", "exc_text", "traceback", "trace", "exception.stacktrace", "thrown.extendedstacktrace"},
	fieldTime:    {"time", "ts", "timestamp", "@timestamp", "t", "@t", "date", "datetime", "asctime", "eventtime"},
}

// takeStructured reads a JSON line. Docker's own JSON wrapper is opened first.
func (e *entry) takeStructured() bool {
	t := strings.TrimSpace(e.text)
	if len(t) < 2 || t[0] != '{' || !strings.Contains(t, `"`) {
		return false
	}
	fields := jsonFields(t)
	if fields == nil {
		return false
	}
	if inner, ok := fields["log"]; ok && fields["stream"] != "" {
		outer := parseLine(e.number, inner)
		if outer.at.IsZero() {
			outer.at = timeOf(fields["time"])
		}
		*e = outer
		return true
	}
	return e.takeFields(fields, true)
}

// takeFields moves the fields of a structured line to the entry; false when it holds neither message nor error.
func (e *entry) takeFields(all map[string]string, isJSON bool) bool {
	fields := map[string]string{}
	for name, keys := range fieldNames {
		for _, key := range keys {
			if value := all[key]; value != "" {
				if name == fieldTrace && !strings.Contains(value, "\n") || name == fieldError && fields[name] != "" {
					continue
				}
				fields[name] = value
				break
			}
		}
	}
	message, failure := fields[fieldMessage], firstLine(fields[fieldError])
	if message == "" && failure == "" {
		return false
	}
	if isJSON && fields[fieldLevel] == "" && fields[fieldTime] == "" && len(all) > 0 && fields[fieldMessage] == "" {
		return false // a line of data, such as an API's answer, not of a logger
	}
	if first, rest, ok := strings.Cut(message, "\n"); ok && fields[fieldTrace] == "" && !isList(rest) {
		message, fields[fieldTrace] = first, rest
	}
	e.text = join(message, failure)
	if level := levelOf(fields[fieldLevel]); level != "" {
		e.level = level
	}
	if t := timeOf(fields[fieldTime]); !t.IsZero() {
		e.at, e.own = t, true
	}
	e.headed, e.stamped, e.fields = true, true, fields
	return true
}

// Bounds of a message whose further lines belong to what it says.
const (
	listLines = 8
	listBytes = 2000
)

var traceLine = lazyregexp.New(`(?m)^(?:\s+at |\s*#\d+ |\s+File "|Traceback |goroutine \d|Caused by: |[\w.$]+(?:Exception|Error)\b)`)

// isList says that the further lines of a message are no stack trace but what its first line announces, like the bootstrap
// checks that Elasticsearch counts up.
func isList(rest string) bool {
	return len(rest) <= listBytes && strings.Count(rest, "\n") < listLines && !traceLine.MatchString(rest)
}

// join puts message and error together as rules expect to see them, each said once.
func join(message, failure string) string {
	switch {
	case failure == "" || strings.Contains(message, failure):
		return message
	case message == "":
		return failure
	}
	return strings.TrimRight(message, ": ") + ": " + failure
}

func firstLine(s string) string {
	first, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	return strings.TrimSpace(first)
}

// jsonFields reads an object into flat fields with lower-case keys, "error.message" for nested ones. Of a line that was
// cut short it reads what it can. Nil when the line is no object.
func jsonFields(s string) map[string]string {
	decoder := json.NewDecoder(strings.NewReader(s))
	decoder.UseNumber()
	object := map[string]any{}
	if err := decoder.Decode(&object); err != nil {
		return brokenFields(s)
	}
	fields := map[string]string{}
	flatten(fields, "", object, 0)
	return fields
}

// maxNesting bounds how deep a structured line is read: loggers put an error's fields at most this far down.
const maxNesting = 3

func flatten(fields map[string]string, prefix string, object map[string]any, depth int) {
	keys := make([]string, 0, len(object))
	for key := range object {
		keys = append(keys, key)
	}
	sort.Strings(keys) // two keys that differ only in case must always give the same result
	for _, key := range keys {
		name := prefix + strings.ToLower(key)
		switch value := object[key].(type) {
		case string:
			setField(fields, name, value)
		case json.Number:
			setField(fields, name, value.String())
		case []any:
			setField(fields, name, lines(value))
		case map[string]any:
			if depth >= maxNesting {
				continue
			}
			flatten(fields, name+".", value, depth+1)
			raiseError(fields, name)
		}
	}
}

// raiseError makes the text of a nested error the value of the field that holds it: {"err": {"type": "X", "message": "y"}}
// (pino), {"attr": {"error": "y"}} (MongoDB), {"t": {"$date": "…"}}.
func raiseError(fields map[string]string, name string) {
	text := fields[name+".message"]
	if text == "" {
		text = fields[name+".msg"]
	}
	kind := fields[name+".type"]
	if kind == "" {
		kind = fields[name+".name"]
	}
	if text != "" && kind != "" && !strings.Contains(text, kind) {
		text = kind + ": " + text
	}
	if name == "t" {
		text = fields["t.$date"]
	}
	if text != "" {
		setField(fields, name, text)
	}
	for _, key := range []string{"error", "err", "exception", "cause", "reason"} {
		if inner := fields[name+"."+key]; inner != "" && !strings.Contains(name, ".") {
			setField(fields, key, inner)
		}
	}
}

func setField(fields map[string]string, name, value string) {
	if _, set := fields[name]; !set && value != "" {
		fields[name] = value
	}
}

// lines joins the texts of an array, as Elasticsearch writes its stack traces.
func lines(values []any) string {
	var out []string
	for _, v := range values {
		if s, ok := v.(string); ok {
			out = append(out, s)
		}
	}
	return strings.Join(out, "\n")
}

// brokenField finds simple fields in a JSON line whose end is missing.
var brokenField = lazyregexp.New(`"([\w.@$-]+)" ?: ?(?:"((?:[^"\\]|\\.)*)|(-?\d+(?:\.\d+)?))`)

func brokenFields(s string) map[string]string {
	fields := map[string]string{}
	for _, m := range brokenField.FindAllStringSubmatch(s, 64) {
		setField(fields, strings.ToLower(m[1]), unescape(m[2])+m[3])
	}
	if len(fields) < 2 {
		return nil
	}
	return fields
}

// unescape reads the escapes of JSON and Go strings.
func unescape(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	if out, err := strconv.Unquote(`"` + s + `"`); err == nil {
		return out
	}
	var out string
	if json.Unmarshal([]byte(`"`+s+`"`), &out) == nil {
		return out
	}
	return s
}

// timeOf reads the value of a time field: any stamp, or seconds, milliseconds, microseconds, nanoseconds since 1970.
func timeOf(s string) time.Time {
	if t, n := stamp(s); n > 0 && n == len(s) {
		return t
	}
	whole, frac, _ := strings.Cut(s, ".")
	n, err := strconv.ParseInt(whole, 10, 64)
	switch {
	case err != nil:
		return time.Time{}
	case len(whole) == 10:
		return plausible(time.Unix(n, int64(fraction("."+frac))).UTC())
	case len(whole) == 13:
		return plausible(time.UnixMilli(n).UTC())
	case len(whole) == 16:
		return plausible(time.UnixMicro(n).UTC())
	case len(whole) == 19:
		return plausible(time.Unix(0, n).UTC())
	}
	return time.Time{}
}

// logfmtPair is one key=value of logfmt, the value quoted or not; klogr quotes the key too (k8s.io/klog/v2/klogr, flatten).
var logfmtPair = lazyregexp.New(`(?:^|\s)"?([A-Za-z_@][\w.@/-]*)"?=(?:"((?:[^"\\]|\\.)*)"|([^\s"]*))`)

func logfmt(s string) map[string]string {
	fields := map[string]string{}
	for _, m := range logfmtPair.FindAllStringSubmatch(s, 64) {
		setField(fields, strings.ToLower(m[1]), unescape(m[2])+m[3])
	}
	return fields
}

// takeLogfmt reads a line of key=value pairs, or a message that ends in them (logrus on a terminal, slog's default,
// hclog, zap's console format with a JSON object at the end).
func (e *entry) takeLogfmt() bool {
	if i := strings.LastIndex(e.text, "\t{"); i > 0 && e.headed {
		if fields := jsonFields(e.text[i+1:]); fields != nil {
			e.text = join(strings.TrimSpace(e.text[:i]), firstLine(first(fields, fieldError)))
			return true
		}
	}
	if !strings.Contains(e.text, "=") {
		return false
	}
	if strings.Contains(e.text, "msg=") || strings.Contains(e.text, "level=") {
		fields := logfmt(e.text)
		if fields["msg"] != "" || fields["message"] != "" || fields["level"] != "" && first(fields, fieldError) != "" {
			return e.takeFields(fields, false)
		}
		if level := levelOf(fields["level"]); level != "" {
			e.level, e.headed = level, true
		}
	}
	if e.headed {
		e.trailingError()
	}
	return false
}

// trailing is where the pairs after a message begin.
var trailing = lazyregexp.New(`\s+(?:[\w.]+=(?:"(?:[^"\\]|\\.)*"|[^\s"]*)\s*)+$`)

// trailingError replaces pairs after a message by the error among them.
func (e *entry) trailingError() {
	i := trailing.FindStringIndex(e.text)
	if i == nil || i[0] == 0 {
		return
	}
	if failure := first(logfmt(e.text[i[0]:]), fieldError); failure != "" {
		e.text = join(e.text[:i[0]], failure)
	}
}

func first(fields map[string]string, name string) string {
	for _, key := range fieldNames[name] {
		if value := fields[key]; value != "" {
			return value
		}
	}
	return ""
}

// String shows an entry in test failures.
func (e entry) String() string {
	return fmt.Sprintf("%d[%s] %q", e.number, e.level, e.text)
}
