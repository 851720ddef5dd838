package crashlog

import (
	"strings"

	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

var (
	nativeFrame = lazyregexp.New(`^(?:\[?\w*\]?:? ?)?#?\d*:? ?(?:0x[0-9a-fA-F]+\b.*|.*\[0x[0-9a-f]+\])$|^#\d+[: ].*|^/\S+\(.*\)\s?\[0x[0-9a-f]+\]$|^Backtrace`)
	sanitizer   = lazyregexp.New(`(?:^|==\d+==)\s?(?:ERROR|WARNING|FATAL): ((?:Address|Leak|Memory|Thread|HWAddress|UndefinedBehavior)Sanitizer): (.*)$`)
	asanFrame   = lazyregexp.New(`^#\d+ 0x[0-9a-f]+ (?:in )?(\S+)(?:\([^)]*\))? (?:\(?)(\S+?):(\d+)(?::\d+)?`)
	terminate   = lazyregexp.New(`^(?:terminate called after throwing an instance of '([^']+)'|terminate called without an active exception|terminating (?:due to|with) uncaught (?:exception|foreign exception)(?: of type ([^:]+))?(?:: (.*))?|libc\+\+abi.*: terminating.*)$`)
	assertion   = lazyregexp.New(`^(?:[^:]*: )?([^\s:]+\.\w+):(\d+): (?:(.*): )?Assertion [` + "`'" + `](.*)' failed\.?$|^Assertion failed: (.*)$`)
	glibcAbort  = lazyregexp.New(`^(?:\*\*\* .*(?:detected \*\*\*|terminated).*|(?:malloc|free|realloc|calloc|munmap_chunk|malloc_consolidate|corrupted|double free|munmap)\b.*(?:invalid|corrupt|unaligned|top size|free|size).*|double free or corruption.*|corrupted (?:size|double-linked).*|Fatal glibc error: .*|pure virtual method called)$`)
	envoyCaught = lazyregexp.New(`(Caught (?:Segmentation fault|Aborted|Bus error|Illegal instruction|Floating point exception).*)$`)
	gdbSignal   = lazyregexp.New(`^(?:\*\*\* )?(?:Received signal|Caught signal|Program received signal|Fatal signal|SIG(?:SEGV|ABRT|BUS|ILL|FPE)\b|PC: @).*`)
)

// nativeForm is that of C and C++ programs, of the JVM's own report, and of Elixir.
var nativeForm = traceForm{
	within: func(es []entry, i int) bool {
		s := es[i].text
		return strings.HasPrefix(s, "#") || strings.HasPrefix(s, "SUMMARY: ") || strings.HasSuffix(s, "==ABORTING") || elixirFrame.MatchString(s) ||
			strings.HasPrefix(s, "what():") || envoyFrame(es[i]) || es[i].level == levelFatal && envoyCaught.MatchString(s)
	},
	begins: func(s string) bool {
		return sanitizer.MatchString(s) || erlangStop.MatchString(s) || terminate.MatchString(s) || envoyCaught.MatchString(s) ||
			strings.Contains(s, "assert failure: ")
	},
	speaks: func(s string) bool { return erlangStop.MatchString(s) },
}

// readSanitizer reads reports of the sanitizers of gcc and clang.
func readSanitizer(es []entry, i, _ int) *trace {
	if !strings.Contains(es[i].text, "Sanitizer: ") {
		return nil
	}
	m := sanitizer.FindStringSubmatch(es[i].text)
	if m == nil {
		return nil
	}
	t := &trace{runtime: "native", start: i, head: i, end: i, lethal: true, causes: []cause{{kind: m[1], message: m[2], at: i}}}
	for j := i + 1; j < len(es) && j < i+dumpLines && (!es[j].headed || es[j].calm()); j++ {
		if frame := asanFrame.FindStringSubmatch(es[j].text); frame != nil && t.frame == "" && !strings.Contains(frame[2], "/libsanitizer/") && !strings.Contains(frame[2], "sysdeps/") {
			t.frame = frameAt(frame[2], frame[3], frame[1])
		}
		if strings.Contains(es[j].text, "==ABORTING") || strings.HasPrefix(es[j].text, "SUMMARY: ") {
			t.end = j
		}
	}
	return t
}

// readNative reads the last words of C and C++ programs: uncaught exceptions, failed assertions, glibc's checks of its
// heap, and the reports of crash handlers such as Envoy's.
func readNative(es []entry, i, _ int) *trace {
	s := es[i].text
	t := &trace{runtime: "native", start: i, head: i, end: i, lethal: true}
	if m := terminate.FindStringSubmatch(s); m != nil {
		c := cause{kind: strings.TrimSpace(m[1] + m[2]), message: m[3], at: i}
		if i+1 < len(es) && strings.HasPrefix(es[i+1].text, "what():") {
			c.message, t.end = withMore(es, i+1, strings.TrimSpace(strings.TrimPrefix(es[i+1].text, "what():")), never)
		}
		if c.kind == "" && c.message == "" {
			c.message = s
		}
		t.causes = []cause{c}
	} else if m := assertionIn(s); m != nil {
		t.causes = []cause{{message: s, at: i}}
		t.frame = frameAt(m[1], m[2], m[3])
		if m[1] == "" {
			t.frame = ""
		}
	} else if glibcAbort.MatchString(s) && !es[i].headed {
		t.causes = []cause{{message: s, at: i}}
	} else if m := envoyCaught.FindStringSubmatch(s); es[i].headed && m != nil {
		t.causes = []cause{{message: m[1], at: i}}
	} else if gdbSignal.MatchString(s) && nativeFollows(es, i) {
		t.causes = []cause{{message: s, at: i}}
	} else {
		return nil
	}
	for t.end+1 < len(es) && t.end < i+60 && (nativeFrame.MatchString(es[t.end+1].text) || envoyFrame(es[t.end+1])) {
		t.end++
	}
	if i > 0 && es[i-1].level == levelFatal && es[i].level == levelFatal && strings.Contains(es[i-1].text, "assert failure") {
		t.start--
		t.causes = append([]cause{{message: es[i-1].text, at: i - 1}}, t.causes...)
	}
	return t
}

func assertionIn(s string) []string {
	if !strings.Contains(s, "Assertion") {
		return nil
	}
	return assertion.FindStringSubmatch(s)
}

// nativeFollows says whether stack frames follow entry i.
func nativeFollows(es []entry, i int) bool {
	for j := i + 1; j < len(es) && j <= i+3; j++ {
		if nativeFrame.MatchString(es[j].text) {
			return true
		}
	}
	return false
}

// envoyFrame says whether the entry is a line of Envoy's backtrace.
func envoyFrame(e entry) bool {
	return e.level == levelFatal && (strings.HasPrefix(e.text, "#") || strings.HasPrefix(e.text, "Backtrace") || strings.HasPrefix(e.text, "Envoy version") || strings.HasPrefix(e.text, "thr<"))
}

var (
	erlangStop = lazyregexp.New(`^\*\* \((\w[\w.]*|EXIT from [^)]*)\) (.*)$`)
	erlangInit = lazyregexp.New(`^(?:Runtime terminating during boot \(|\{"init terminating in do_boot",|init terminating in do_boot|Kernel pid terminated \(|\{"Kernel pid terminated",)(.*)$`)
)

// readErlang reads uncaught errors of Elixir and the boot failures of the Erlang VM.
func readErlang(es []entry, i, _ int) *trace {
	s := es[i].text
	t := &trace{runtime: "erlang", start: i, head: i, end: i}
	if m := erlangInit.FindStringSubmatch(s); m != nil {
		t.lethal = true
		t.causes = []cause{{message: s, at: i}}
		t.causes[0].message, t.end = withMore(es, i, s, never)
		return t
	}
	m := erlangStop.FindStringSubmatch(s)
	if m == nil {
		return nil
	}
	t.lethal = !es[i].headed
	c := cause{kind: m[1], message: m[2], at: i}
	for j := i + 1; j < len(es) && j <= i+40 && follows(es, j); j++ {
		if m := elixirFrame.FindStringSubmatch(es[j].text); m != nil {
			if t.frame == "" && m[1] == "" {
				t.frame = frameAt(m[2], m[3], m[4])
			}
		} else if t.frame == "" && j < i+maxMessageLines {
			c.message = joinLines(c.message, es[j].text)
		}
		t.end = j
	}
	t.causes = []cause{c}
	return t
}

// elixirFrame is a frame of Elixir; those of libraries and the standard library name their application first.
var elixirFrame = lazyregexp.New(`^(\([\w ]+[\d.]+\) )?(\S+\.(?:exs?|erl)):(\d+): (.*)$`)
