package crashlog

import (
	"bytes"
	"strings"
	"time"

	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

// entry is one line of the log, taken apart.
type entry struct {
	number int
	line   string    // cleaned, without what kubectl or the container runtime put in front
	text   string    // what is said: without time stamp, level, logger, and white space around; of a structured line message and error
	indent int       // white space before the text
	level  string    // as in Line, "" when the line names none
	at     time.Time // the program's own stamp, else the transport's
	own    bool      // at is the program's own stamp
	taken  time.Time // the transport's stamp

	stamped bool              // the line has a stamp of the program's own, with or without a date, or is structured
	headed  bool              // the line starts with a stamp or a level: it is a new record, not more of the one before
	apart   bool              // lines before it were dropped
	inner   bool              // a line inside a field of a structured line, with the number of that line
	bare    bool              // the level was read from the words of the line, not from a level of its own
	fields  map[string]string // of a structured line, under the names of fieldNames
	words   wordSet           // hints that the line holds
}

func (e *entry) blank() bool { return e.text == "" && !e.headed }

func (e *entry) asLine() Line {
	return Line{Number: e.number, Text: printable(e.line), Level: e.level}
}

// readEntries takes apart all lines of the window. A structured line that carries a stack trace gives several entries.
func readEntries(w *window) []entry {
	lines := joinRecords(w.wholeLines())
	entries := make([]entry, 0, len(lines))
	for i := range lines {
		l := &lines[i]
		e := parseLine(l.number, string(l.text))
		e.apart = l.apart
		e.words = l.words | find(failWords(), e.text)
		entries = append(entries, e)
		entries = append(entries, innerEntries(e)...)
	}
	return entries
}

// innerEntries are the lines of the stack trace that a structured line carries.
func innerEntries(e entry) []entry {
	var inner []entry
	for i, line := range strings.Split(e.fields[fieldTrace], "\n") {
		if line = strings.TrimRight(line, " \t\r"); line == "" || i >= dumpLines {
			continue
		}
		inner = append(inner, entry{number: e.number, line: line, text: line, at: e.at, own: e.own, inner: true})
		last := &inner[len(inner)-1]
		last.dress()
		last.words = find(failWords(), last.text)
	}
	return inner
}

// parseLine takes a line apart.
func parseLine(number int, raw string) entry {
	e := entry{number: number}
	raw = e.takeTransport(raw)
	e.line = Clean(raw)
	e.text = e.line
	if e.takeStructured() {
		e.line, e.text = cut(e.line), cut(e.text)
		return e
	}
	e.line = cut(e.line) // no pattern needs to see more, and none shall
	e.text = e.line
	e.takeHead()
	if e.takeLogfmt() {
		return e
	}
	if i := strings.Index(e.text, "curl: ("); i > 0 && strings.Contains(e.text, "--:--:--") {
		e.text = e.text[i:] // curl writes its error after the progress meter, on the same line
	}
	e.dress()
	return e
}

// frameBox is what Terraform and Helm's plugins draw around their errors.
const frameBox = "│╷╵ \t"

// dress takes the white space and the box off the text and reads the level from its words when it has no other.
func (e *entry) dress() {
	text := strings.TrimLeft(e.text, frameBox)
	e.indent = len(e.text) - len(text)
	e.text = strings.TrimRight(text, frameBox)
	if e.level == "" {
		e.bareLevel()
	}
}

// takeTransport removes what kubectl and the container runtime put before the program's line.
func (e *entry) takeTransport(raw string) string {
	n := transportPrefix([]byte(raw[:min(len(raw), 512)]))
	head := raw[:n]
	if strings.HasPrefix(head, "[") {
		head = head[strings.Index(head, "] ")+2:]
	}
	if t, used := stamp(head); used > 0 {
		e.at, e.taken = t, t
	}
	return raw[n:]
}

// transportPrefix returns the length of "[pod/x/c] " (kubectl --prefix), "2026-01-02T15:04:05.123456789Z " (kubectl
// --timestamps) and "2026-01-02T15:04:05.123456789Z stdout F " (a CRI log file), in this order. The stamp of kubectl is
// told from a program's own by its nine digits, or by a second stamp after it.
func transportPrefix(b []byte) int {
	n := 0
	if bytes.HasPrefix(b, []byte("[pod/")) {
		if i := bytes.Index(b, []byte("] ")); i > 0 {
			n = i + 2
		}
	}
	rest := b[n:]
	if len(rest) < 20 || rest[4] != '-' || rest[10] != 'T' || !digit(rest[0]) {
		return n
	}
	end := bytes.IndexByte(rest[:min(len(rest), 40)], ' ')
	if end < 0 {
		// kubectl --timestamps of an empty line, its trailing blank trimmed.
		if t, used := stamp(string(rest)); used == len(rest) && !t.IsZero() && used >= 30 {
			return n + used
		}
		return n
	}
	t, used := stamp(string(rest[:end]))
	if used != end || t.IsZero() {
		return n
	}
	after := rest[end+1:]
	for _, tag := range []string{"stdout F ", "stderr F ", "stdout P ", "stderr P "} {
		if bytes.HasPrefix(after, []byte(tag)) || string(after) == tag[:len(tag)-1] {
			return n + end + 1 + min(len(tag), len(after))
		}
	}
	if nanos := end >= 30 && rest[19] == '.'; !nanos {
		if _, second := stamp(string(after[:min(len(after), 48)])); second < 19 {
			return n
		}
	}
	return n + end + 1
}

// bareLevel gives a level to lines that say it in words: "error: unknown flag", "Fatal error: …". The words stay.
func (e *entry) bareLevel() {
	t := e.text
	if len(t) < 5 {
		return
	}
	switch c := t[0] | 0x20; {
	case (c == 'f' || c == 'n') && fatalStart.MatchString(t), c == 'p' && strings.HasPrefix(t, "panic:"):
		e.level, e.bare = levelFatal, true
	case c == 'e' && errorStart.MatchString(t):
		e.level, e.bare = levelError, true
	case c == 'w' && warnStart.MatchString(t):
		e.level, e.bare = levelWarn, true
	}
}

var (
	fatalStart = lazyregexp.New(`^(?i:fatal(?: error|ity)?)\b ?[:!\-]|^FATAL\b|^nginx: \[(?:emerg|alert|crit)\]`)
	errorStart = lazyregexp.New(`^(?i:error|err)(?: ?\[\w+\])?:|^ERR! |^Error `)
	warnStart  = lazyregexp.New(`^(?i:warn|warning): `)
)
