package crashlog

import (
	"path"
	"strings"
)

// cause is one error in a chain.
type cause struct {
	kind    string // the type, "" when the runtime names none
	message string
	at      int // index of the entry that says it
}

func (c cause) text() string {
	switch {
	case c.kind == "":
		return c.message
	case c.message == "":
		return c.kind
	}
	return c.kind + ": " + c.message
}

// trace is a stack trace or a native crash report.
type trace struct {
	runtime    string
	start, end int // indexes of the first and last entry that belong to it
	head       int // index of the headline
	causes     []cause
	frame      string

	// lethal says that nobody caught it: after it the process, or at least its main thread, is gone.
	lethal bool
}

// traceReader reads the trace of one runtime that shows itself at entry i; nil when there is none. A trace may begin
// before i, where its first frame is what gives it away, but not before floor.
type traceReader func(es []entry, i, floor int) *trace

// traceReaders in the order in which they are asked. Runtimes whose marks are more exact stand first.
var traceReaders = []traceReader{
	readGo, readPython, readSpringFailure, readJava, readHotspot, readNode, readV8, readDotnet, readRuby, readRust,
	readRustChain, readPHP, readPerl, readErlang, readSanitizer, readNative, readGoStack,
}

// traces finds all traces.
func traces(all []entry) []trace {
	es, at := withoutStrays(all)
	found := tracesIn(es)
	for i := range found {
		found[i].restore(at)
	}
	return found
}

func tracesIn(es []entry) []trace {
	var found []trace
	floor := 0
	for i := 0; i < len(es); i++ {
		if es[i].text == "" || es[i].level == levelInfo || es[i].level == levelDebug {
			continue
		}
		for _, read := range traceReaders {
			t := read(es, i, floor)
			if t == nil {
				continue
			}
			t.end = max(t.end, i)
			t.introduce(es, floor)
			t.borrow(es, floor)
			found = append(found, *t)
			floor = t.end + 1
			i = t.end
			break
		}
	}
	return found
}

// introduce looks for the log record that announces the trace ("ERROR Application run failed") and makes it part of it.
// What a program logs it has caught, so such a trace is no longer lethal, unless the record says that it is.
func (t *trace) introduce(es []entry, floor int) {
	t.head = max(t.head, t.start)
	if t.lethal && t.runtime != "python" {
		return
	}
	i := t.start
	for steps := 0; steps < 3 && i > floor && !es[i].headed; steps++ {
		i--
	}
	if !es[i].headed || es[i].level != levelFatal && es[i].level != levelError {
		return
	}
	if i < t.start {
		t.start = i
		if es[i].text != "" {
			t.head = i
		}
	}
	t.lethal = es[i].level == levelFatal
}

// borrow gives a trace that names no error the words of the line before it: some programs print a message of their own and
// then the bare frames.
func (t *trace) borrow(es []entry, floor int) {
	for i := t.start; len(t.causes) == 0 && i >= max(floor, t.start-2); i-- {
		if es[i].failed() {
			t.causes = []cause{{message: es[i].text, at: i}}
			t.start, t.head = i, i
		}
	}
}

// follows says whether entry i is more of a message that began before it: no record of its own, and indented or followed
// by something indented, as the field lists of validation errors are.
func follows(es []entry, i int) bool {
	if i >= len(es) || es[i].headed || es[i].blank() {
		return false
	}
	return es[i].indent > 0 || i+1 < len(es) && es[i+1].indent > 0 && !es[i+1].headed && !es[i+1].blank()
}

// maxMessageLines bounds the lines of one message.
const maxMessageLines = 16

// message returns the lines of entries from first to last as one text.
func message(es []entry, first, last int) string {
	var out []string
	for i := first; i <= last && i < len(es) && len(out) < maxMessageLines; i++ {
		if es[i].text != "" {
			out = append(out, es[i].text)
		}
	}
	return strings.Join(out, "\n")
}

// withMore adds the lines that follow entry i to its message and returns the index of the last one.
func withMore(es []entry, i int, text string, stop func(string) bool) (string, int) {
	for n := 0; n < maxMessageLines && follows(es, i+1) && !stop(es[i+1].text); n++ {
		i++
		text += "\n" + es[i].text
	}
	return text, i
}

func never(string) bool { return false }

// at makes the text of a frame: "main.go:31 main.main".
func frameAt(file, line, function string) string {
	place := path.Base(strings.ReplaceAll(file, `\`, "/"))
	if line != "" {
		place += ":" + line
	}
	return strings.TrimSpace(place + " " + function)
}
