package crashlog

import (
	"slices"
	"strings"

	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

var (
	pythonFrame     = lazyregexp.New(`^File "([^"]+)", line (\d+|\.\.\.)(?:, in (.+))?$`)
	pythonLooseLine = lazyregexp.New(`^File "[^"]*", line`)
	pythonException = lazyregexp.New(`^([A-Za-z_][\w]*(?:\.[A-Za-z_<>]\w*>?)*)(?:: ?(.*))?$`)
	pythonKnown     = lazyregexp.New(`^(?:\w+\.)*\w*(?:Error|Exception|Exit|Interrupt|Warning|Timeout|Expired|DoesNotExist|Group|NotFound|Failure|Refused)\b`)
	pythonDotted    = lazyregexp.New(`^\w+(?:\.\w+)*\.[A-Z]\w*: `)
	pythonMarks     = lazyregexp.New(`^[~^ ]+$|^\[Previous line repeated|^\.\.\.<\d+ lines`)
	pythonSub       = lazyregexp.New(`^\+?[-+]*-+ (?:\d+|\.\.\.) -+$|^\+-+$`)
)

const (
	pythonHead   = "Traceback (most recent call last):"
	pythonDuring = "During handling of the above exception, another exception occurred:"
	pythonDirect = "The above exception was the direct cause of the following exception:"
)

// pythonForm: no message comes before the exception, and the exception is the only line at the margin.
var pythonForm = traceForm{
	within: func(es []entry, i int) bool {
		s := pythonText(es[i].text)
		return strings.HasPrefix(s, "File \"") && pythonLooseLine.MatchString(s) || s == pythonDuring || s == pythonDirect ||
			!es[i].headed && (es[i].indent == 0 || s != es[i].text) && pythonException.MatchString(s) &&
				(pythonKnown.MatchString(s) || pythonDotted.MatchString(s))
	},
	begins: func(s string) bool { return strings.HasSuffix(s, pythonHead) },
	speaks: func(s string) bool {
		return !strings.HasPrefix(pythonText(s), "File \"") && !strings.HasSuffix(s, pythonHead)
	},
	own: func(s string) bool { return strings.HasPrefix(s, "|") || pythonException.MatchString(s) },
}

// readPython reads tracebacks, chained ones and exception groups too, and the report of a syntax error in the script
// itself, which comes without "Traceback".
func readPython(es []entry, i, _ int) *trace {
	s := pythonText(es[i].text)
	if strings.HasPrefix(s, "File \"") && pythonLooseLine.MatchString(s) {
		return readPythonSyntax(es, i)
	}
	if !strings.HasSuffix(s, pythonHead) {
		return nil
	}
	p := &pythonReader{es: es, t: &trace{runtime: "python", start: i, head: i, end: i, lethal: !es[i].headed && !es[i].inner}}
	if !p.chain(i) {
		return nil
	}
	if i > 0 && strings.HasPrefix(es[i-1].text, "Exception in thread ") || strings.HasPrefix(es[i].text, "Exception ignored") {
		p.t.lethal = false
	}
	if len(p.causes) > 0 {
		p.t.head = p.causes[len(p.causes)-1].at
	}
	p.t.causes = p.innermostFirst()
	return p.t
}

// pythonText takes the drawing of exception groups off a line.
func pythonText(s string) string {
	if strings.HasPrefix(s, "|") || strings.HasPrefix(s, "+ ") {
		return strings.TrimLeft(s, "|+ ")
	}
	return s
}

type pythonReader struct {
	es     []entry
	t      *trace
	causes []cause
	depth  []int    // of each cause in exception groups
	frames []string // of each cause
	frame  string   // of the traceback being read
}

// chain reads the tracebacks of a chain, one after the other, from the head at i on.
func (p *pythonReader) chain(i int) bool {
	found := false
	for i >= 0 && i < len(p.es) {
		end := p.one(i)
		if end < 0 {
			break
		}
		found = true
		p.t.end = end
		i = p.next(end + 1)
	}
	return found
}

// next returns the head of the traceback that continues the chain after entry i, or -1.
func (p *pythonReader) next(i int) int {
	chained, strays := false, 0
	for n := 0; i < len(p.es) && n < 8; i, n = i+1, n+1 {
		s := pythonText(p.es[i].text)
		switch {
		case s == "" || pythonSub.MatchString(s):
			chained = chained || s != ""
			if s != "" {
				p.t.end = i
			}
		case s == pythonDuring || s == pythonDirect:
			chained = true
		case strings.HasSuffix(s, pythonHead):
			if chained {
				return i
			}
			return -1
		case strings.HasPrefix(s, "(Background on this error"):
			p.t.end = i
		case chained && p.es[i].text != s && pythonException.MatchString(s): // a group's member that was never raised
			_, p.t.end = p.exception(i)
			i = p.t.end
		case strays == maxStray || p.es[i].indent > 0: // a line of another stream may stand here
			return -1
		default:
			strays++
		}
	}
	return -1
}

// one reads the traceback whose head is at i and returns its last entry, -1 when it is cut off before any frame.
func (p *pythonReader) one(i int) int {
	frames := 0
	for j := i + 1; j < len(p.es); j++ {
		s := pythonText(p.es[j].text)
		switch {
		case s == "" && frames == 0:
			return -1
		case pythonLooseLine.MatchString(s):
			frames++
			p.place(s)
		case s == "" || pythonMarks.MatchString(s):
		case p.source(i, j, s):
		case frames == 0:
			return -1
		default:
			_, end := p.exception(j)
			return end
		}
	}
	return len(p.es) - 1
}

// source says whether entry j is a line of source code under a frame. It is indented deeper than the exception is; when
// the indentation was lost on the way, the line right after a frame is taken for it unless it names an exception.
func (p *pythonReader) source(head, j int, s string) bool {
	if p.es[j].indent > p.es[head].indent && !strings.HasPrefix(p.es[j].text, "|") {
		return true
	}
	if strings.HasPrefix(p.es[j].text, "|") {
		return strings.HasPrefix(strings.TrimPrefix(p.es[j].text, "|"), "   ")
	}
	// A frame of code that has no file ("<string>") has no source line either: the exception follows at once.
	lost := p.es[j-1].indent <= p.es[head].indent
	return lost && pythonLooseLine.MatchString(pythonText(p.es[j-1].text)) && !pythonKnown.MatchString(s)
}

// exception reads the exception at entry j with all lines of its message.
func (p *pythonReader) exception(j int) (cause, int) {
	s := pythonText(p.es[j].text)
	c := cause{message: s, at: j}
	if m := pythonException.FindStringSubmatch(s); m != nil {
		c.kind, c.message = m[1], m[2]
	}
	end := j
	if c.kind != "" && !strings.HasPrefix(p.es[j].text, "|") {
		c.message, end = withMore(p.es, j, c.message, func(s string) bool {
			return strings.HasPrefix(s, "|") || strings.HasPrefix(s, "+") || strings.HasSuffix(s, pythonHead)
		})
	}
	p.causes = append(p.causes, c)
	p.depth = append(p.depth, p.es[j].indent)
	p.frames = append(p.frames, p.frame)
	p.frame = ""
	return c, end
}

// place remembers the last frame that is the program's own.
func (p *pythonReader) place(s string) {
	m := pythonFrame.FindStringSubmatch(s)
	if m == nil || strings.Contains(m[1], "-packages/") || strings.Contains(m[1], "/lib/python") || strings.HasPrefix(m[1], "<frozen") {
		return
	}
	p.frame = frameAt(m[1], m[2], m[3])
}

// innermostFirst orders the causes: a chain is printed innermost first, a group before its members.
func (p *pythonReader) innermostFirst() []cause {
	order := make([]int, len(p.causes))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return p.depth[b] - p.depth[a] })
	causes := make([]cause, len(order))
	for i, k := range order {
		causes[i] = p.causes[k]
		if p.t.frame == "" {
			p.t.frame = p.frames[k]
		}
	}
	return causes
}

var pythonSyntax = lazyregexp.New(`^(SyntaxError|IndentationError|TabError): (.*)$`)

func readPythonSyntax(es []entry, i int) *trace {
	m := pythonFrame.FindStringSubmatch(es[i].text)
	for j := i + 1; m != nil && j < len(es) && j <= i+4; j++ {
		if found := pythonSyntax.FindStringSubmatch(es[j].text); found != nil {
			return &trace{
				runtime: "python", start: i, head: j, end: j, frame: frameAt(m[1], m[2], ""), lethal: true,
				causes: []cause{{kind: found[1], message: found[2] + "\n" + es[i].text, at: j}},
			}
		}
	}
	return nil
}
