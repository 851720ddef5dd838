package rule

import (
	"fmt"
	"iter"
	"slices"
	"strconv"

	"github.com/unloop-dev/unloop/crashlog"
	"github.com/unloop-dev/unloop/evidence"
)

// statement is a text that patterns are tried on.
type statement struct {
	in     string // the word of Pattern.In that makes a pattern look here
	text   string
	folded string
	ref    string
	by     string // what said it, in words: "the log of the last run"
	kind   string
	line   int

	// cap bounds the confidence of a finding that rests on this statement.
	cap          Confidence
	significance int
}

// hit is a statement that a pattern matched, with what m holds for it.
type hit struct {
	*statement
	m map[string]string
}

// statements collects what a container says: messages of the API first, which are facts, then the crash in its log, the
// most significant statement first, then the last lines of the log, the newest first.
func statements(ev *evidence.Evidence, c *evidence.Container) []statement {
	said := append(messages(ev, c), logStatements(ev, c)...)
	for i := range said {
		s := &said[i]
		s.folded = fold(s.text)
		if s.in != "message" && s.isGuess(c) {
			s.cap = Possible
		}
	}
	return said
}

// logStatements collects what the log of a container says.
func logStatements(ev *evidence.Evidence, c *evidence.Container) []statement {
	if c.Log == nil {
		return nil
	}
	var said []statement
	limit := Certain
	// Of a log that may be another run's, or that belongs to no known pod, nobody can be certain.
	if !c.Log.Sure || ev.Pod.Name == "" {
		limit = Likely
	}
	crash := 0
	kind := ""
	if c.Log.Crash != nil {
		kind = string(c.Log.Crash.Kind)
		for i, s := range c.Log.Crash.Said {
			said = append(said, statement{
				in: "crash", text: s.Text, line: s.Line, kind: kind, ref: lineRef(c.Log.Ref, s.Line), by: c.Log.Called(),
				cap: lower(limit, strengthCap(s.Strength)), significance: i,
			})
		}
		crash = len(c.Log.Crash.Said)
	}
	if c.Log.Says == nil {
		return said
	}
	for i, l := range slices.Backward(c.Log.Says.Tail) {
		said = append(said, statement{
			in: "tail", text: l.Text, line: l.Number, kind: kind, ref: lineRef(c.Log.Ref, l.Number), by: c.Log.Called(),
			cap: Possible, significance: crash + len(c.Log.Says.Tail) - 1 - i,
		})
	}
	return said
}

// messages collects the texts of the API about a container.
func messages(ev *evidence.Evidence, c *evidence.Container) []statement {
	var said []statement
	add := func(by, text, ref string, limit Confidence) {
		if text != "" {
			said = append(said, statement{in: "message", by: by, text: text, ref: ref, kind: "message", cap: limit})
		}
	}
	if exit := c.LastExit; exit != nil {
		limit, by := Certain, "the runtime"
		// After a run that did start, the message is what the program wrote, or the end of its log
		// (terminationMessagePolicy FallbackToLogsOnError): words, not facts.
		if !exit.NeverRan && slices.Contains([]string{"Error", "Completed", "OOMKilled"}, exit.Reason) {
			limit, by = Likely, "the termination message of the last run"
		}
		add(by, exit.Message, exit.Ref, limit)
	}
	add("the kubelet", c.WaitingMessage, c.Ref, Certain)
	add("the runtime", c.Start.Full, c.Start.Ref, Certain)
	add("the pod's status", ev.Pod.Message, "pod:.status.message", Certain)
	return said
}

// strengthCap says how far a statement of the log is to be trusted. Only what a program says as its last words, or throws,
// can make a finding certain.
func strengthCap(s crashlog.Strength) Confidence {
	if s == crashlog.StrengthCause {
		return Certain
	}
	return Likely
}

// lower gives the lower of two levels.
func lower(a, b Confidence) Confidence {
	if slices.Index(confidences, a) < slices.Index(confidences, b) {
		return b
	}
	return a
}

func lineRef(ref string, line int) string {
	if ref == "" || line == 0 {
		return ref
	}
	return fmt.Sprintf("%s:%d", ref, line)
}

// hits gives the matches of a rule's patterns, the most significant statement first and for one statement in the order
// of the patterns.
func (r *Rule) hits(said []statement) iter.Seq[hit] {
	return func(yield func(hit) bool) {
		for i := range said {
			for _, p := range r.compiled.patterns {
				if !p.looksAt(said[i].in) || !p.mayMatch(said[i].folded) {
					continue
				}
				found := p.find(said[i].text)
				if found != nil && !yield(hit{&said[i], r.bindings(&said[i], found)}) {
					return
				}
			}
		}
	}
}

// looksAt says whether the pattern is tried on statements of a place: "tail" looks at the crash too.
func (p *pattern) looksAt(in string) bool {
	return p.In == in || p.In == "tail" && in == "crash"
}

// readsLog says whether a rule has a pattern that only a log can satisfy.
func (r *Rule) readsLog() bool {
	return slices.ContainsFunc(r.Logs, func(p Pattern) bool { return p.In != "message" })
}

// bindings makes m.
func (r *Rule) bindings(s *statement, found map[string]string) map[string]string {
	for _, key := range r.groups() {
		found[key] += ""
	}
	found["text"], found["ref"], found["kind"], found["goesOn"] = s.text, s.ref, s.kind, goesOn(s.text)
	found["line"] = strconv.Itoa(s.line)
	return found
}
