package crashlog

import (
	"strings"

	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

// nodeFrame is a frame of V8's, with its place or with what somebody has put there instead: dots, "<redacted>".
var (
	nodeFrame  = lazyregexp.New(`^at (?:async )?(?:(.+?) \()?((?:file://|node:|webpack:|https?://)?[^()\s][^()]*?):(\d+):\d+\)?,?(?: \{)?$|^at (?:async )?(.+) \((?:<anonymous>|native|index \d+|\.{2,3}|…|[\[<][\w.…]*[\]>])\),?(?: \{)?$`)
	nodeThrown = lazyregexp.New(`^(?:Uncaught |\(node:\d+\) UnhandledPromiseRejectionWarning: |Unhandled rejection |\[cause\]: |Caused by: )?((?:[A-Z][\w$]*\.)?[A-Z][\w$]*|error)(?: \[(\w+)\])?(?:: ?(.*))?$`)
	nodeSource = lazyregexp.New(`^(?:file://)?(?:/|\w:\\|node:|internal/|[\w.-]+/)?[^\s:]*:\d+$|^\[eval\]:\d+$|^(?:node:)?[\w./]+:\d+$`)
	nodeInner  = lazyregexp.New(`^(?:\[cause\]: )?((?:[A-Z]\w*)?(?:Error|Exception))(?: \[(\w+)\])?: (.*?)(?: \{)?$`)
	nodeProp   = lazyregexp.New(`^(?:\[?\w+\]?|'[^']+'): .*`)
)

const nodeSearch = 20

var nodeForm = traceForm{
	within: func(es []entry, i int) bool {
		s := es[i].text
		return nodeFrame.MatchString(s) || strings.HasPrefix(s, "Node.js v") || strings.HasPrefix(s, "Emitted 'error' event") || s == "}" ||
			es[i].indent > 0 && nodeProp.MatchString(s)
	},
	begins: func(s string) bool {
		return nodeThrown.MatchString(s) || nodeSource.MatchString(s) || nodeLogged.MatchString(s)
	},
	speaks: func(s string) bool { return nodeThrown.MatchString(s) || nodeSource.MatchString(s) },
}

// readNode reads traces of V8, found by their first frame, and rejections without one.
func readNode(es []entry, i, floor int) *trace {
	if strings.HasPrefix(es[i].text, "[UnhandledPromiseRejection: ") {
		return readNodeRejection(es, i, floor)
	}
	if !nodeFrame.MatchString(es[i].text) {
		return nil
	}
	t := &trace{runtime: "node", start: i, head: i, end: i}
	for j := i - 1; j >= max(floor, i-nodeSearch); j-- {
		m := nodeThrown.FindStringSubmatch(es[j].text)
		if m == nil && es[j].headed {
			if m = nodeInner.FindStringSubmatch(es[j].text); m == nil {
				m = nodeLogged.FindStringSubmatch(es[j].text)
			}
		} else if m == nil && j == i-1 {
			m = nodeLogged.FindStringSubmatch(es[j].text)
		}
		if m != nil {
			t.start, t.head = j, j
			t.causes = []cause{{kind: m[1], message: joinLines(m[3], message(es, j+1, i-1)), at: j}}
			t.lethal = strings.HasPrefix(es[j].text, "Uncaught ")
			nodeCode(&t.causes[0], m[2])
			break
		}
		if es[j].headed || nodeFrame.MatchString(es[j].text) {
			break
		}
	}
	t.readOn(es, i)
	t.throwSite(es, floor)
	return t
}

// nodeLogged is an error at the end of a logger's line.
var nodeLogged = lazyregexp.New(`\b([A-Z]\w*Error)(?: \[(\w+)\])?: (.*)$`)

// nodeCode puts the code of "Error [ERR_X]: y" into the message when it isn't there, as rules look for it.
func nodeCode(c *cause, code string) {
	if code != "" && code != "Error" && !strings.Contains(c.message, code) {
		c.message = strings.TrimSpace("[" + code + "] " + c.message)
	}
}

// readOn reads the frames, the properties of the error object that node prints after them, and its inner errors.
func (t *trace) readOn(es []entry, i int) {
	depth, inner := 0, []cause{}
	var props []string
	for j := i; j < len(es) && !es[j].headed; j++ {
		s := es[j].text
		m := nodeInner.FindStringSubmatch(s)
		switch {
		case nodeFrame.MatchString(s) || strings.HasPrefix(s, "... ") && strings.HasSuffix(s, "lines matching cause stack trace ..."):
			t.place(es, j)
		case strings.HasPrefix(s, "Node.js v"):
			t.lethal, t.end = true, j
		case strings.HasPrefix(s, "Emitted 'error' event"):
			t.lethal = true
		case depth > 0 && m != nil:
			c := cause{kind: m[1], message: m[3], at: j}
			nodeCode(&c, m[2])
			inner = append([]cause{c}, inner...)
		case depth > 0 && (nodeProp.MatchString(s) || strings.HasPrefix(s, "}") || strings.HasPrefix(s, "]")):
			props = append(props, strings.TrimSuffix(s, ","))
		case s == "" && j+1 < len(es) && (strings.HasPrefix(es[j+1].text, "Node.js v") || strings.HasPrefix(es[j+1].text, "Emitted ")):
		case depth == 0:
			return
		}
		t.end = max(t.end, j)
		if depth = nodeDepth(depth, s); depth > 12 || j > i+dumpLines {
			return
		}
		t.props(props, inner)
	}
}

// nodeDepth follows the braces of the error object.
func nodeDepth(depth int, s string) int {
	if strings.HasPrefix(s, "}") || strings.HasPrefix(s, "]") {
		depth = max(0, depth-1)
	}
	if strings.HasSuffix(s, "{") || strings.HasSuffix(s, "[") {
		depth++
	}
	return depth
}

// props puts inner errors before the outer one. An AggregateError has no message of its own.
func (t *trace) props(props []string, inner []cause) {
	if len(t.causes) == 0 {
		return
	}
	outer := t.causes[len(t.causes)-1]
	if outer.message == "" {
		for _, p := range props {
			if code, ok := strings.CutPrefix(p, "code: "); ok {
				outer.message = strings.Trim(code, "'")
			}
		}
	}
	t.causes = append(append([]cause{}, inner...), outer)
}

// place takes the first frame that is the program's own.
func (t *trace) place(es []entry, j int) {
	m := nodeFrame.FindStringSubmatch(es[j].text)
	if t.frame != "" || m == nil || m[2] == "" || strings.HasPrefix(m[2], "node:") || strings.HasPrefix(m[2], "internal/") || strings.Contains(m[2], "node_modules/") ||
		!strings.Contains(m[2], "/") {
		return
	}
	t.frame = frameAt(m[2], m[3], m[1])
}

// throwSite takes the lines that node prints before an uncaught error: the place, the source line, and a caret.
func (t *trace) throwSite(es []entry, floor int) {
	for j := t.start - 1; j >= max(floor, t.start-6); j-- {
		if es[j].headed {
			return
		}
		if nodeSource.MatchString(es[j].text) {
			t.start, t.lethal = j, true
			if t.frame == "" && len(t.causes) > 0 && strings.HasSuffix(t.causes[0].kind, "SyntaxError") {
				file, line, _ := cutLast(es[j].text, ":")
				t.frame = frameAt(file, line, "")
			}
			return
		}
	}
}

func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

// readNodeRejection reads the rejection of a promise with something that is no Error.
func readNodeRejection(es []entry, i, floor int) *trace {
	t := &trace{runtime: "node", start: i, head: i, end: i, lethal: true}
	text := strings.TrimSuffix(strings.TrimSuffix(es[i].text, " {"), "]")
	t.causes = []cause{{kind: "UnhandledPromiseRejection", message: strings.TrimPrefix(text, "[UnhandledPromiseRejection: "), at: i}}
	t.readOn(es, i)
	t.throwSite(es, floor)
	return t
}

// readV8 reads V8's own fatal errors, of which an exhausted heap is the usual one.
func readV8(es []entry, i, _ int) *trace {
	if !strings.HasPrefix(es[i].text, "FATAL ERROR: ") {
		return nil
	}
	t := &trace{runtime: "node", start: i, head: i, end: i, lethal: true}
	t.causes = []cause{{kind: "FATAL ERROR", message: strings.TrimPrefix(es[i].text, "FATAL ERROR: "), at: i}}
	for j := i; j > max(0, i-12); j-- { // the last garbage collections stand before it
		if strings.HasPrefix(es[j].text, "<--- Last few GCs") {
			t.start = j
		}
	}
	for j := i + 1; j < len(es) && j < i+60 && !es[j].headed; j++ {
		if nativeFrame.MatchString(es[j].text) || strings.HasPrefix(es[j].text, "-----") {
			t.end = j
		} else if !es[j].blank() {
			break
		}
	}
	return t
}
