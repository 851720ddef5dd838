package crashlog

import (
	"strings"

	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

var (
	goSignal   = lazyregexp.New(`^(?:SIG[A-Z]+: .+|unexpected fault address .*)$`)
	goLocation = lazyregexp.New(`^(\S.*\.(?:go|s|cgo1?\.go)):(\d+)(?: \+0x[0-9a-f]+)?(?: fp=.*)?$`)
	goName     = lazyregexp.New(`^(?:created by )?[\w./~%@-]+[.(][\w.()*\[\],/…~%@ -]*$`)
	goNumber   = lazyregexp.New(`^goroutine \d+ (?:gp=|\[)`)
)

// goSearch is how far below a panic its goroutine may begin: messages of several lines and "[signal …]" stand between.
const goSearch = 40

var goForm = traceForm{
	within: func(es []entry, i int) bool {
		s := es[i].text
		return goNumber.MatchString(s) || goLocation.MatchString(s) || goRegister.MatchString(s) || strings.HasPrefix(s, "[signal SIG") ||
			strings.HasPrefix(s, "exit status ") || strings.HasPrefix(s, "panic(") || goCall(es, i)
	},
	begins: func(s string) bool { return goRaised(s) },
	speaks: func(s string) bool { return goRaised(s) },
}

// goRaised says whether a line is the first that the runtime prints when it ends the program.
func goRaised(s string) bool {
	return strings.HasPrefix(s, "panic: ") || strings.HasPrefix(s, "fatal error: ") || goSignal.MatchString(s) ||
		strings.HasPrefix(s, "runtime: goroutine stack exceeds") || strings.HasPrefix(s, "runtime: out of memory")
}

// readGo reads "panic: …", "fatal error: …" and signals of the Go runtime, and records such as klog's F-lines and
// net/http's "panic serving" that a goroutine dump follows.
func readGo(es []entry, i, _ int) *trace {
	s := es[i].text
	raw := goRaised(s)
	logged := es[i].headed && !raw && (es[i].level == levelFatal || strings.Contains(s, "panic")) && goroutineNext(es, i)
	if goNumber.MatchString(s) {
		return goTrace(es, i, i) // the beginning is missing
	}
	if !raw && !logged {
		return nil
	}
	dump := goDump(es, i)
	if dump < 0 && es[i].headed {
		return nil
	}
	return goTrace(es, i, dump)
}

// goroutineNext says whether a goroutine dump follows record i at once.
func goroutineNext(es []entry, i int) bool {
	for j := i + 1; j < len(es) && j <= i+3; j++ {
		if goNumber.MatchString(es[j].text) {
			return true
		}
		if !es[j].blank() {
			return false
		}
	}
	return false
}

// goDump returns the index of the first goroutine after entry i, -1 when there is none.
func goDump(es []entry, i int) int {
	for j := i + 1; j < len(es) && j <= i+goSearch; j++ {
		if goNumber.MatchString(es[j].text) {
			return j
		}
		if es[j].headed && !strings.HasPrefix(es[j].text, "panic: ") {
			return -1
		}
	}
	return -1
}

func goTrace(es []entry, i, dump int) *trace {
	t := &trace{runtime: "go", start: i, head: i, end: i}
	last := i
	if dump > i {
		last = dump - 1
		t.end = goEnd(es, dump)
		t.frame = goFrame(es, dump, t.end)
	} else if dump == i {
		t.end = goEnd(es, i)
		t.frame = goFrame(es, i, t.end)
		return t
	}
	t.causes = goCauses(es, i, last)
	t.lethal = !strings.Contains(es[i].text, "panic serving") && (!es[i].headed || es[i].level == levelFatal)
	return t
}

// goCauses reads the lines between the headline and the first goroutine. A panic during another one is printed after it
// ("panic: a [recovered]\n\tpanic: b"), so the first one is the innermost.
func goCauses(es []entry, first, last int) []cause {
	var causes []cause
	for i := first; i <= last; i++ {
		s := es[i].text
		switch {
		case s == "" || strings.HasPrefix(s, "runtime stack:") || goLocation.MatchString(s):
		case i == first || strings.HasPrefix(s, "panic: ") || strings.HasPrefix(s, "fatal error: "):
			s, _, _ = strings.Cut(s, " [recovered")
			kind, text := goKind(s)
			causes = append(causes, cause{kind: kind, message: text, at: i})
		case i > first+maxMessageLines || strings.HasPrefix(s, "runtime.") || strings.HasPrefix(s, "runtime: sp=") || strings.HasPrefix(s, "[originating from goroutine"):
		default:
			causes[len(causes)-1].message += "\n" + s
		}
	}
	if len(causes) > 1 && causes[0].kind == "" { // "runtime: goroutine stack exceeds …" comments on the error after it
		causes[0], causes[1] = causes[1], causes[0]
	}
	return causes
}

// goKind splits "panic: runtime error: x" at the part that Go uses as a type.
func goKind(s string) (kind, text string) {
	for _, kind := range []string{"fatal error", "panic"} {
		if text, ok := strings.CutPrefix(s, kind+": "); ok {
			if rest, ok := strings.CutPrefix(text, "runtime error: "); ok {
				return "panic: runtime error", rest
			}
			return kind, text
		}
	}
	return "", s
}

// goEnd returns the last entry of a goroutine dump.
func goEnd(es []entry, i int) int {
	end := i
	for j := i; j < len(es) && j <= end+2; j++ {
		s := es[j].text
		if es[j].headed {
			break
		}
		if goNumber.MatchString(s) || goLocation.MatchString(s) || strings.HasPrefix(s, "created by ") || strings.HasPrefix(s, "...") ||
			strings.HasPrefix(s, "exit status ") || goRegister.MatchString(s) || goCall(es, j) {
			end = j
		}
	}
	return end
}

// goRegister is a line of the register dump after a signal.
var goRegister = lazyregexp.New(`^(?:r\w{1,2}|rip|rflags|cs|fs|gs|pc|sp|lr|fault)\s+0x[0-9a-f]+$`)

// goCall says whether entry i is a call: a function with its arguments and then, usually, its place.
func goCall(es []entry, i int) bool {
	s := es[i].text
	if !strings.HasSuffix(s, ")") && !(i+1 < len(es) && goLocation.MatchString(es[i+1].text)) {
		return false
	}
	return goFunction(s) != ""
}

// goFunction returns the function that a line of a goroutine names: without its arguments, or what "created by" names.
func goFunction(s string) string {
	s, _, _ = strings.Cut(s, " in goroutine ")
	if strings.HasSuffix(s, ")") {
		depth, i := 0, len(s)-1
		for ; i >= 0; i-- {
			if s[i] == ')' {
				depth++
			} else if s[i] == '(' {
				if depth--; depth == 0 {
					break
				}
			}
		}
		s = s[:max(i, 0)]
	}
	if !goName.MatchString(s) {
		return ""
	}
	return strings.TrimPrefix(s, "created by ")
}

// goFrame returns the first frame of a goroutine that is neither the runtime's nor the standard library's.
func goFrame(es []entry, first, last int) string {
	for i := first; i < last && es[i].text != ""; i++ {
		if strings.HasPrefix(es[i].text, "panic(") {
			first = i + 1 // above it stand only those that recovered and panicked again
		}
	}
	for i := first; i < last; i++ {
		place := goLocation.FindStringSubmatch(es[i+1].text)
		if place == nil {
			continue
		}
		function := goFunction(es[i].text)
		if function == "" || goStandard(function, place[1]) {
			continue
		}
		return frameAt(place[1], place[2], function)
	}
	return ""
}

// goStandard says whether a function belongs to Go itself: its import path has no dot in the first element and is not
// the program's main package, or its file lies in GOROOT.
func goStandard(function, file string) bool {
	if strings.Contains(file, "/go/src/") && !strings.Contains(file, "/go/src/github.com/") || strings.Contains(file, "/libexec/src/") {
		return true
	}
	element, _, slash := strings.Cut(function, "/")
	if slash {
		return !strings.Contains(element, ".") && goStandardTrees[element]
	}
	name, _, _ := strings.Cut(element, ".")
	return name == "runtime" || name == "panic" || name == "testing" || name == "syscall" || name == "sync" || name == "log" || name == "reflect" || name == "os"
}

var goStandardTrees = map[string]bool{"net": true, "encoding": true, "database": true, "internal": true, "crypto": true, "runtime": true, "sync": true, "log": true, "io": true, "text": true, "html": true, "container": true, "compress": true, "math": true}

// readGoStack reads the stack that zap and others append to a record: functions and places without a goroutine. Such a
// record is an error someone logged; it is the program's last only when its level is fatal.
func readGoStack(es []entry, i, _ int) *trace {
	if !es[i].headed || es[i].level != levelError && es[i].level != levelFatal || i+2 >= len(es) {
		return nil
	}
	if es[i+1].headed || !goLocation.MatchString(es[i+2].text) || goFunction(es[i+1].text) == "" {
		return nil
	}
	end := goEnd(es, i+1)
	return &trace{runtime: "go", start: i, head: i, end: end, frame: goFrame(es, i+1, end), causes: []cause{{message: es[i].text, at: i}}}
}
