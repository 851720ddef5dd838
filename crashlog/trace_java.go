package crashlog

import (
	"strings"

	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

var (
	javaFrame = lazyregexp.New(`^at ((?:[\w.$@-]+/+)*[\w$.<>\p{L}-]+)\(((?:[\w$.-]+\.(?:java|kt|scala|groovy|clj|kts)(?::\d+)?|Native Method|Unknown Source|SourceFile(?::\d+)?|<generated>|jar:.*|\w+))\)(?: ~?\[.*\])?$`)
	javaMore  = lazyregexp.New(`^\.\.\. \d+ (?:more|common frames omitted)$|^\[CIRCULAR REFERENCE|^- (?:locked|waiting|parking)`)
	// javaThrown is the head of a trace: an optional thread, a class and a message.
	javaThrown = lazyregexp.New(`^(Exception in thread "[^"]*" |Caused by: |Suppressed: |Wrapped by: )?((?:[a-z_][\w$]*\.)+[A-Z][\w$.]*|[A-Z]\w*(?:Exception|Error))(?:: ?(.*))?$`)
	javaWithin = lazyregexp.New(`((?:[a-z_][\w$]*\.)+[A-Z][\w$]*(?:Exception|Error|Failure))(?:: (.*))?$`)
)

var javaForm = traceForm{
	within: func(es []entry, i int) bool {
		s := es[i].text
		return javaFrame.MatchString(s) || javaMore.MatchString(s) || javaInner(s)
	},
	begins: func(s string) bool { return javaThrown.MatchString(s) || strings.HasPrefix(s, javaNoClass) },
	speaks: func(s string) bool { return javaThrown.MatchString(s) || javaInner(s) },
}

// springForm is that of the block in which Spring Boot says why it does not start.
var springForm = traceForm{
	within: func(es []entry, i int) bool {
		s := es[i].text
		return s == "Description:" || s == "Action:" || strings.HasPrefix(s, "***")
	},
	begins: func(s string) bool { return s == springFailed },
	speaks: func(string) bool { return true },
}

// javaInner says whether a line names another exception of the trace.
func javaInner(s string) bool {
	return strings.HasPrefix(s, "Caused by: ") || strings.HasPrefix(s, "Suppressed: ")
}

const (
	javaNoClass  = "Error: Could not find or load main class"
	springFailed = "APPLICATION FAILED TO START"
)

// javaSearch is how many lines a message may have between its class and its first frame.
const javaSearch = 20

// readJava reads traces of the JVM, found by their first frame.
func readJava(es []entry, i, floor int) *trace {
	if strings.HasPrefix(es[i].text, javaNoClass) || strings.HasPrefix(es[i].text, "Error: Unable to initialize main class") {
		return readJavaLauncher(es, i)
	}
	if !javaFrame.MatchString(es[i].text) {
		return nil
	}
	start, first := javaHead(es, i, floor)
	t := &trace{runtime: "java", start: start, head: start, end: i}
	t.lethal = strings.HasPrefix(es[start].text, `Exception in thread "main"`)
	chain := []cause{}
	if first.at >= 0 {
		chain = append(chain, first)
	}
	t.end = javaChain(es, i, &chain)
	t.frame = javaOwnFrame(es, chain, start, t.end)
	for n := len(chain) - 1; n >= 0; n-- {
		t.causes = append(t.causes, chain[n])
	}
	return t
}

// javaHead walks back from the first frame to the line that names the exception.
func javaHead(es []entry, i, floor int) (start int, c cause) {
	for j := i - 1; j >= max(floor, i-javaSearch); j-- {
		if m := javaThrown.FindStringSubmatch(es[j].text); m != nil && !strings.HasPrefix(m[1], "Caused") {
			return j, cause{kind: m[2], message: joinLines(m[3], message(es, j+1, i-1)), at: j}
		}
		if es[j].headed {
			if m := javaWithin.FindStringSubmatch(es[j].text); m != nil {
				return j, cause{kind: m[1], message: joinLines(m[2], message(es, j+1, i-1)), at: j}
			}
			if es[j].level == levelError || es[j].level == levelFatal {
				return j, cause{message: joinLines(es[j].text, message(es, j+1, i-1)), at: j}
			}
			break
		}
	}
	return i, cause{at: -1}
}

func joinLines(a, b string) string {
	switch {
	case b == "":
		return a
	case a == "":
		return b
	}
	return a + "\n" + b
}

// javaChain reads on from a frame over all causes and returns the last entry. What was suppressed is no cause.
func javaChain(es []entry, i int, chain *[]cause) int {
	end, suppressed := i, -1
	for j := i; j < len(es) && !es[j].headed && j <= end+javaSearch; j++ {
		s := es[j].text
		m := javaThrown.FindStringSubmatch(s)
		switch {
		case javaFrame.MatchString(s) || javaMore.MatchString(s):
			end = j
		case m != nil && m[1] == "Suppressed: ":
			suppressed, end = es[j].indent, j
		case m != nil && m[1] == "Caused by: ":
			last := javaMessageEnd(es, j)
			if suppressed < 0 || es[j].indent < suppressed {
				*chain = append(*chain, cause{kind: m[2], message: joinLines(m[3], message(es, j+1, last)), at: j})
				suppressed = -1
			}
			end, j = last, last
		case strings.HasPrefix(s, "Caused by: "):
			*chain = append(*chain, cause{message: strings.TrimPrefix(s, "Caused by: "), at: j})
			end = j
		}
	}
	return end
}

// javaMessageEnd returns the last line of the message that starts at entry i: the one before the next frame.
func javaMessageEnd(es []entry, i int) int {
	for j := i + 1; j < len(es) && j <= i+javaSearch && !es[j].headed; j++ {
		if javaFrame.MatchString(es[j].text) || javaMore.MatchString(es[j].text) || javaThrown.MatchString(es[j].text) {
			return j - 1
		}
	}
	return i
}

// javaOwnFrame returns the first frame under the innermost cause that is not the JDK's, else the first such frame at all.
func javaOwnFrame(es []entry, chain []cause, start, end int) string {
	from := start
	if len(chain) > 0 {
		from = chain[len(chain)-1].at
	}
	for _, first := range []int{from, start} {
		for j := first; j <= end; j++ {
			m := javaFrame.FindStringSubmatch(es[j].text)
			if m == nil {
				continue
			}
			function := m[1][strings.LastIndexByte(m[1], '/')+1:]
			if !javaStandard.MatchString(function) {
				return frameAt(m[2], "", function)
			}
		}
	}
	return ""
}

var javaStandard = lazyregexp.New(`^(?:java|javax|jdk|sun|com\.sun|kotlin|scala)\.`)

// readJavaLauncher reads "Error: Could not find or load main class X", which newer launchers follow with its cause.
func readJavaLauncher(es []entry, i int) *trace {
	t := &trace{runtime: "java", start: i, head: i, end: i, lethal: true}
	t.causes = []cause{{message: es[i].text, at: i}}
	if i+1 < len(es) && strings.HasPrefix(es[i+1].text, "Caused by: ") {
		if m := javaThrown.FindStringSubmatch(es[i+1].text); m != nil {
			t.causes = append([]cause{{kind: m[2], message: m[3], at: i + 1}}, t.causes...)
			t.end = i + 1
		}
	}
	return t
}

// readSpringFailure reads Spring Boot's "APPLICATION FAILED TO START" with its description and the action it advises.
func readSpringFailure(es []entry, i, _ int) *trace {
	if es[i].text != springFailed {
		return nil
	}
	t := &trace{runtime: "java", start: i, head: i, end: i, lethal: true}
	var description, action []string
	part, at := &description, i
	for j := i + 1; j < len(es) && j < i+60 && !es[j].headed; j++ {
		switch s := es[j].text; {
		case s == "" || strings.Trim(s, "*") == "":
		case s == "Description:":
		case s == "Action:":
			part = &action
		case part == &action && (len(action) > 0 && es[j-1].blank() || len(action) > 4):
			j = len(es) // another text after the block
		default:
			if len(description) == 0 {
				at = j
			}
			*part = append(*part, s)
			t.end = j
		}
	}
	if i > 0 && strings.Trim(es[i-1].text, "*") == "" && es[i-1].text != "" {
		t.start--
	}
	t.head = at
	text := strings.Join(description[:min(len(description), maxMessageLines)], "\n")
	t.causes = []cause{{message: text, at: at}}
	if len(action) > 0 {
		t.causes = append(t.causes, cause{message: joinLines(text, "Action: "+strings.Join(action, "\n")), at: at})
	}
	return t
}

// readHotspot reads the JVM's own crash report, on the console or in an hs_err file, and its report of too little memory.
func readHotspot(es []entry, i, _ int) *trace {
	s := strings.TrimLeft(es[i].text, "# ")
	native := strings.HasPrefix(s, "A fatal error has been detected by the Java Runtime Environment")
	if es[i].text == s || !native && !strings.HasPrefix(s, "There is insufficient memory for the Java Runtime Environment") {
		return nil
	}
	t := &trace{runtime: "java", start: i, head: i, end: i, lethal: true}
	said := []cause{{message: s, at: i}}
	for j := i + 1; j < len(es) && j < i+40 && strings.HasPrefix(es[j].text, "#"); j++ {
		t.end = j
		s := strings.TrimSpace(strings.TrimLeft(es[j].text, "#"))
		switch {
		case strings.HasPrefix(s, "SIG") || strings.HasPrefix(s, "Internal Error") || strings.HasPrefix(s, "EXCEPTION_"):
			kind, _, _ := strings.Cut(s, " ")
			said = append([]cause{{kind: kind, message: strings.TrimSpace(s[len(kind):]), at: j}}, said...)
		case strings.HasPrefix(s, "Native memory allocation") || strings.HasPrefix(s, "fatal error:") || strings.HasPrefix(s, "guarantee("):
			said = append([]cause{{message: s, at: j}}, said...)
		case strings.HasPrefix(s, "Problematic frame:") && j+1 < len(es):
			t.frame = strings.TrimSpace(strings.TrimLeft(es[j+1].text, "# "))
		}
	}
	t.causes = said
	return t
}
