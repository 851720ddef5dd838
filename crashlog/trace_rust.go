package crashlog

import (
	"strings"

	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

var (
	rustPanic    = lazyregexp.New(`^thread '([^']*)'(?: \(\d+\))? panicked at (?:(\S+):(\d+):\d+:|'(.*)', (\S+):(\d+):\d+|'(.*))$`)
	rustNote     = lazyregexp.New(`^note: (?:run with|Some details are omitted)`)
	rustBack     = lazyregexp.New(`^\d+: +\S|^at \S+:\d+(?::\d+)?$|^stack backtrace:$`)
	rustNumbered = lazyregexp.New(`^\d+: (.+)$`)
)

var rustForm = traceForm{
	within: func(es []entry, i int) bool {
		return rustBack.MatchString(es[i].text) || rustNote.MatchString(es[i].text)
	},
	begins: func(s string) bool { return rustPanic.MatchString(s) },
	speaks: func(s string) bool { return rustPanic.MatchString(s) },
}

// rustChainForm is that of errors that main returns.
var rustChainForm = traceForm{
	within: func(es []entry, i int) bool {
		return es[i].text == "Caused by:" || es[i].indent > 0 && rustNumbered.MatchString(es[i].text)
	},
	begins: func(s string) bool { return strings.HasPrefix(s, "Error:") },
	speaks: func(string) bool { return false },
}

// readRust reads a panic, in the format of Rust 1.73 and later and in the one before.
func readRust(es []entry, i, _ int) *trace {
	if !strings.HasPrefix(es[i].text, "thread '") {
		return nil
	}
	m := rustPanic.FindStringSubmatch(es[i].text)
	if m == nil {
		return nil
	}
	t := &trace{runtime: "rust", start: i, head: i, end: i, lethal: m[1] == "main" || m[1] == "<unnamed>"}
	text := m[4] + m[7]
	t.frame = frameAt(m[2]+m[5], m[3]+m[6], "")
	if m[2]+m[5] == "" {
		t.frame = ""
	}
	for j := i + 1; j < len(es) && !es[j].headed; j++ {
		s := es[j].text
		if rustNote.MatchString(s) || rustBack.MatchString(s) {
			t.end = j
			continue
		}
		if t.end != j-1 || s == "" || j > i+maxMessageLines || es[t.end].text == "" || rustBack.MatchString(es[t.end].text) || rustNote.MatchString(es[t.end].text) {
			break
		}
		text, t.end = joinLines(text, s), j
	}
	if strings.HasPrefix(m[2]+m[5], "/rustc/") {
		t.frame = ""
	}
	t.causes = []cause{{message: text, at: min(i+1, t.end)}}
	return t
}

// readRustChain reads what main prints when it returns an error of anyhow or eyre: "Error: a", "Caused by:", "0: b".
func readRustChain(es []entry, i, _ int) *trace {
	if !strings.HasPrefix(es[i].text, "Error:") || es[i].headed {
		return nil
	}
	t := &trace{runtime: "rust", start: i, head: i, end: i, lethal: true}
	t.causes = []cause{{message: strings.TrimSpace(strings.TrimPrefix(es[i].text, "Error:")), at: i}}
	chained := t.causes[0].message == ""
	for j := i + 1; j < len(es) && j < i+40 && !es[j].headed; j++ {
		s := es[j].text
		switch m := rustNumbered.FindStringSubmatch(s); {
		case s == "Caused by:":
			chained, t.end = true, j
		case s == "" || !chained:
			if s != "" || j > i+2 {
				j = len(es)
			}
		case m != nil:
			t.causes = append([]cause{{message: m[1], at: j}}, t.causes...)
			t.end = j
		case es[j-1].text == "Caused by:" && es[j].indent > 0:
			t.causes = append([]cause{{message: s, at: j}}, t.causes...)
			t.end = j
		default:
			j = len(es)
		}
	}
	if len(t.causes) < 2 {
		return nil
	}
	if last := len(t.causes) - 1; t.causes[last].message == "" {
		t.causes = t.causes[:last]
	}
	return t
}
