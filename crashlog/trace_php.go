package crashlog

import (
	"strings"

	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

var (
	phpFatal = lazyregexp.New(`^(?:PHP )?(Fatal error|Parse error|Recoverable fatal error|Core error|Compile error): +(?:Uncaught ([\w\\]+): )?(.*?)(?: in (\S+?)(?::(\d+)| on line (\d+)))?$`)
	phpNext  = lazyregexp.New(`^Next ([\w\\]+): (.*?)(?: in (\S+?):(\d+))?$`)
	phpFrame = lazyregexp.New(`^#\d+ (?:(\S+)\((\d+)\): (.*)|\{main\}|\[internal function\].*)$`)
	phpEnd   = lazyregexp.New(`^thrown in \S+ on line \d+$`)
)

var phpForm = traceForm{
	within: func(es []entry, i int) bool {
		s := es[i].text
		return phpFrame.MatchString(s) || phpNext.MatchString(s) || phpEnd.MatchString(s) || s == "Stack trace:"
	},
	begins: func(s string) bool { return phpFatal.MatchString(s) },
	speaks: func(string) bool { return false }, // only the first line of a message is read
}

// readPHP reads fatal and parse errors. PHP prints them twice when it logs to stderr and displays errors too.
func readPHP(es []entry, i, _ int) *trace {
	s := es[i].text
	if !strings.HasPrefix(s, "PHP ") && !strings.Contains(s, " error: ") {
		return nil
	}
	m := phpFatal.FindStringSubmatch(s)
	if m == nil || !strings.HasPrefix(s, "PHP ") && m[2] == "" && m[4] == "" {
		return nil // other programs say "Fatal error: " too
	}
	kind := m[2]
	if kind == "" {
		kind = m[1]
	}
	t := &trace{runtime: "php", start: i, head: i, end: i, lethal: true}
	if m[4] != "" {
		t.frame = frameAt(m[4], m[5]+m[6], "")
	}
	t.causes = []cause{{kind: kind, message: m[3], at: i}}
	for j := i + 1; j < len(es) && j < i+dumpLines; j++ {
		s := es[j].text
		next := phpNext.FindStringSubmatch(s)
		switch {
		case next != nil:
			t.causes = append(t.causes, cause{kind: next[1], message: next[2], at: j})
		case phpFrame.MatchString(s) || s == "Stack trace:" || s == "":
		case phpEnd.MatchString(s):
			t.end = j
			return t
		default:
			return t
		}
		if s != "" {
			t.end = j
		}
	}
	return t
}

var (
	perlDied = lazyregexp.New(`^(.+?) at (\S+) line (\d+)(?:, <[^>]*> (?:line|chunk) \d+)?\.$`)
	perlWarn = lazyregexp.New(`^(?:Use of uninitialized|Argument ".*" isn't|Odd number of|Useless use|Deep recursion|Subroutine .* redefined|Name ".*" used only once|"my" variable)|: masks earlier`)
	perlMore = lazyregexp.New(`^(?:BEGIN failed--compilation aborted|Compilation failed in require|Execution of .* aborted due to compilation errors|.* had compilation errors\.$)`)
)

var perlForm = traceForm{
	within: func(es []entry, i int) bool { return perlMore.MatchString(es[i].text) },
	begins: func(s string) bool { return perlDied.MatchString(s) },
	speaks: func(string) bool { return false },
}

// readPerl reads what die prints, with the lines about the compilation that broke off after it.
func readPerl(es []entry, i, _ int) *trace {
	s := es[i].text
	if !strings.HasSuffix(s, ".") || !strings.Contains(s, " line ") || es[i].level == levelWarn {
		return nil
	}
	m := perlDied.FindStringSubmatch(s)
	if m == nil || perlWarn.MatchString(s) || perlMore.MatchString(s) {
		return nil
	}
	t := &trace{runtime: "perl", start: i, head: i, end: i, frame: frameAt(m[2], m[3], "")}
	t.causes = []cause{{message: s, at: i}}
	for t.end+1 < len(es) && (perlMore.MatchString(es[t.end+1].text) || strings.HasPrefix(es[t.end+1].text, "\t") || es[t.end+1].indent > 0 && strings.Contains(es[t.end+1].text, " called at ")) {
		t.end++
	}
	return t
}
