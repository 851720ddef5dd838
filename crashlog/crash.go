package crashlog

import (
	"strings"

	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

// findCrash says what the run died of. ready is the number of the last line that says that the program serves. Nil only when no entry holds text.
func findCrash(es []entry, opening []string, ready int) *Crash {
	ts := traces(es)
	v := judge(es, ts, opening)
	v.ready = ready
	c := v.choose()
	var crash *Crash
	switch {
	case c == nil:
		crash = v.lastLines()
	case c.trace != nil:
		crash = v.ofTrace(c)
	default:
		crash = v.ofRecord(c)
	}
	if crash == nil {
		return nil
	}
	extract(crash)
	crash.Fingerprint = fingerprint(crash)
	return crash
}

// ofTrace draws up the crash from a trace.
func (v *verdict) ofTrace(c *candidate) *Crash {
	t := c.trace
	crash := &Crash{
		Kind: KindTrace, Runtime: t.runtime, Frame: printable(t.frame),
		Line: v.es[t.head].number, End: v.es[t.end].number,
	}
	if len(t.causes) > 0 {
		crash.Type, crash.Message = printable(t.causes[0].kind), printable(t.causes[0].message)
	}
	s := &sayings{v: v}
	for _, cause := range t.causes {
		s.add(cause.text(), cause.at, StrengthCause)
	}
	if t.runtime != "go" || len(t.causes) == 0 || t.head != t.causes[0].at { // Go's causes are its headlines
		s.add(strings.TrimLeft(v.es[t.head].text, "# "), t.head, StrengthCause)
	}
	s.addNear(c)
	crash.Said = s.said
	crash.Excerpt = v.excerpt(t.start, t.end, traceMarks(t))
	return crash
}

// typedMessage is a message that begins with the type of an error: "ConnectionError: refused".
var typedMessage = lazyregexp.New(`^((?:[\w$]+[.:\\]+)*[A-Z]\w*(?:Error|Exception)|(?:[a-z][\w$]*\.)+[A-Z][\w$]*[a-z][\w$]*)(?: \[\w+\])?: (.+)$`)

// ofRecord draws up the crash from a fatal or error line with what belongs to it.
func (v *verdict) ofRecord(c *candidate) *Crash {
	e := &v.es[c.start]
	text := v.record(c)
	crash := &Crash{Kind: c.kind, Line: e.number, End: v.es[c.end].number, Message: printable(text)}
	if r := lastWords(e.text); r != "any" {
		crash.Runtime = r
	}
	if m := typedMessage.FindStringSubmatch(firstLine(text)); m != nil {
		crash.Type = m[1]
		crash.Message = printable(strings.TrimPrefix(text, text[:len(firstLine(text))-len(m[2])]))
	}
	strength := StrengthCause
	switch {
	case c.kind == KindError && v.served(c):
		crash.Kind, strength = KindLast, StrengthLast
	case c.kind == KindError:
		strength = StrengthError
	}
	s := &sayings{v: v}
	if at := v.postgresReason(c); at >= 0 {
		s.add(v.es[at].text, at, StrengthCause)
	}
	s.add(text, c.start, strength)
	s.addNear(c)
	crash.Said = s.said
	crash.Excerpt = v.excerpt(v.context(c.start), c.end, nil)
	return crash
}

// postgresFatal are the messages with which PostgreSQL only says that it gives up. What was wrong it has said before, at
// level LOG (guc-file.l, ProcessConfigFile; pqcomm.c, ListenServerPort).
var postgresFatal = lazyregexp.New(`^(?:configuration file ".*" contains errors|could not create any (?:TCP/IP|Unix-domain) sockets|could not load \S+)`)

// postgresReason is the line of level LOG that says why c is fatal, -1 when there is none. Hints and the other address
// of the same port stand between.
func (v *verdict) postgresReason(c *candidate) int {
	if c.kind != KindFatal || !postgresFatal.MatchString(v.es[c.start].text) {
		return -1
	}
	for i := c.start - 1; i >= 0 && i >= c.start-4; i-- {
		e := &v.es[i]
		if strings.Contains(e.line, "LOG:  ") && failureWords.MatchString(e.text) {
			return i
		}
	}
	return -1
}

// record joins the lines of a record into one text. Of a help text the first lines are enough.
func (v *verdict) record(c *candidate) string {
	var out []string
	for i := c.start; i <= c.end && len(out) < maxMessageLines; i++ {
		if i != c.start && v.es[i].number == v.es[c.start].number {
			continue // lines of a field, which the text sums up
		}
		if text := v.es[i].text; text != "" {
			out = append(out, text)
		}
	}
	return strings.Join(out, "\n")
}

// lastLines draws up the crash of a log without any sign of failure.
func (v *verdict) lastLines() *Crash {
	crash := &Crash{Kind: KindLast}
	first := len(v.es)
	for i, seen := len(v.es)-1, 0; i >= 0 && seen < lastStatements; i-- {
		e := &v.es[i]
		if e.inner || e.text == "" {
			continue
		}
		seen++
		if first = i; crash.Line == 0 {
			crash.Line, crash.End, crash.Message = e.number, e.number, printable(e.text)
		}
		if v.overcomeLine(i) || seen > 1 && e.calm() {
			continue
		}
		crash.Said = append(crash.Said, Statement{Text: printable(e.text), Line: e.number, Strength: StrengthLast})
	}
	if crash.Line == 0 {
		return nil
	}
	crash.Excerpt = v.excerpt(first, len(v.es)-1, nil)
	return crash
}

// overcomeLine says whether a line speaks of a failure that the run got over, or of other pods. It is no statement of
// the crash: a rule would take it for one.
func (v *verdict) overcomeLine(i int) bool {
	c := v.classes[i]
	return c == classFailure || c == classFatal || c == classSilent || c == classMore || aboutOthers.MatchString(v.es[i].text)
}

// calm says that the program itself calls the line a piece of information. Only as the very last one may it tell the
// end of the run; before others it quotes somebody else's trouble, or one that was overcome.
func (e *entry) calm() bool {
	return !e.bare && (e.level == levelInfo || e.level == levelDebug)
}

const (
	lastStatements = 5
	maxStatements  = 12
	excerptLines   = 12
	contextLines   = 4 // lines quoted before a record
)

// sayings collects statements, each text once.
type sayings struct {
	v    *verdict
	said []Statement
}

func (s *sayings) add(text string, at int, strength Strength) {
	text = printable(strings.TrimSpace(text))
	if text == "" || len(s.said) >= maxStatements {
		return
	}
	for _, known := range s.said {
		if strings.Contains(known.Text, text) {
			return
		}
	}
	s.said = append(s.said, Statement{Text: text, Line: s.v.es[at].number, Strength: strength})
}

// addNear adds what stands close to the crash: fatal lines and traces first, then errors; the nearest of each first.
func (s *sayings) addNear(c *candidate) {
	others := s.v.neighbours(c)
	for _, kind := range []Kind{KindFatal, KindTrace, KindError} {
		for _, o := range others {
			if o.kind != kind {
				continue
			}
			strength := StrengthError
			if o.kind == KindFatal {
				strength = StrengthCause
			}
			if o.trace == nil {
				s.add(s.v.record(&o), o.start, strength)
				continue
			}
			for _, cause := range o.trace.causes {
				s.add(cause.text(), cause.at, strength)
			}
		}
	}
}

// neighbours returns the candidates of the same run near c that were not overcome, the nearest first.
func (v *verdict) neighbours(c *candidate) []candidate {
	var before, after []candidate
	for _, o := range v.candidates {
		switch {
		case o.start == c.start || v.gap(&o, c) > near || v.overcome(o):
		case o.wrapper && !c.wrapper || v.run(o.start) != v.run(c.start):
		case o.start < c.start:
			before = append([]candidate{o}, before...)
		default:
			after = append(after, o)
		}
	}
	return append(before, after...)
}

// context returns where the quotation of a record at i begins: a few lines before it, in the same run.
func (v *verdict) context(i int) int {
	first := i
	for n := 0; n < contextLines && first > 0 && v.run(first-1) == v.run(i); n++ {
		if v.es[first].apart {
			break
		}
		first--
	}
	return first
}

// traceMarks are the entries of a trace that an excerpt must show: headline and causes, the innermost first.
func traceMarks(t *trace) []int {
	marks := []int{t.head}
	for _, c := range t.causes {
		marks = append(marks, c.at, c.at+1)
	}
	return marks
}

// excerpt quotes the lines from first to last, all when they are few, else those that matter: the marks, the first and
// the last ones.
func (v *verdict) excerpt(first, last int, marks []int) []Line {
	var lines []int
	for i := first; i <= last; i++ {
		if !v.es[i].inner && v.es[i].line != "" {
			lines = append(lines, i)
		}
	}
	keep := map[int]bool{}
	take := func(i int) {
		if len(keep) < excerptLines {
			keep[i] = true
		}
	}
	for _, i := range marks {
		if i >= first && i <= last && !v.es[i].inner && v.es[i].line != "" {
			take(i)
		}
	}
	for n := range lines {
		if marks == nil {
			n = len(lines) - 1 - n // of a record the end is wanted, of a trace the beginning
		}
		take(lines[n])
	}
	var quoted []Line
	for _, i := range lines {
		if keep[i] {
			quoted = append(quoted, v.es[i].asLine())
		}
	}
	return quoted
}
