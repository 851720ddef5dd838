package crashlog

import (
	"strings"

	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

var (
	rubyThrown = lazyregexp.New("^(\\S+?):(\\d+):in [`'](.+?)': (.*?)(?: \\(([A-Z][\\w:]*)\\))?$")
	rubySyntax = lazyregexp.New(`^(\S+\.(?:rb|ru)):(\d+): (syntax error.*)$`)
	rubyFrom   = lazyregexp.New("^(?:\\d+: )?from (\\S+):(\\d+)(?::in [`'](.+)')?$")
)

// rubyForm: the causes of an exception follow its frames and look like its head.
var rubyForm = traceForm{
	within: func(es []entry, i int) bool {
		return rubyFrom.MatchString(es[i].text) || rubyThrown.MatchString(es[i].text)
	},
	begins: func(s string) bool { return rubyThrown.MatchString(s) },
	speaks: func(s string) bool { return rubyThrown.MatchString(s) },
}

// readRuby reads uncaught exceptions of Ruby. Their causes are printed after them.
func readRuby(es []entry, i, _ int) *trace {
	s := es[i].text
	if !strings.Contains(s, ":in ") && !strings.Contains(s, ": syntax error") {
		return nil
	}
	if m := rubySyntax.FindStringSubmatch(s); m != nil {
		text, end := withMore(es, i, m[3], never)
		return &trace{runtime: "ruby", start: i, head: i, end: end, lethal: true, frame: frameAt(m[1], m[2], ""), causes: []cause{{kind: "SyntaxError", message: text, at: i}}}
	}
	m := rubyThrown.FindStringSubmatch(s)
	if m == nil || m[5] == "" && !(i+1 < len(es) && rubyFrom.MatchString(es[i+1].text)) {
		return nil
	}
	t := &trace{runtime: "ruby", start: i, head: i, end: i, lethal: !es[i].headed}
	for j := i; j < len(es) && (j == i || !es[j].headed); j++ {
		s := es[j].text
		from := rubyFrom.FindStringSubmatch(s)
		m := rubyThrown.FindStringSubmatch(s)
		switch {
		case from != nil:
			t.end = j
			t.rubyPlace(from[1], from[2], from[3])
		case m != nil && (j == i || m[5] != ""):
			inner := cause{kind: m[5], message: m[4], at: j}
			if len(t.causes) > 0 && strings.Contains(t.causes[0].message, m[4]) { // Net::HTTP quotes its cause and adds the host: it says more
				t.causes = append(t.causes, inner)
			} else {
				t.causes = append([]cause{inner}, t.causes...)
			}
			t.end, t.frame = j, ""
			t.rubyPlace(m[1], m[2], m[3])
		case s != "" && t.end == j-1 && !es[j-1].blank() && rubyContinues(es, j):
			t.causes[0].message += "\n" + s
			t.end = j
		case s != "":
			return t
		}
	}
	return t
}

func (t *trace) rubyPlace(file, line, function string) {
	if t.frame != "" || strings.Contains(file, "/gems/") || strings.Contains(file, "/lib/ruby/") || strings.HasPrefix(file, "<internal:") {
		return
	}
	t.frame = frameAt(file, line, function)
}

// rubyContinues says whether the frames are still to come after entry i.
func rubyContinues(es []entry, i int) bool {
	for j := i + 1; j < len(es) && j <= i+6 && !es[j].headed; j++ {
		if rubyFrom.MatchString(es[j].text) {
			return true
		}
	}
	return false
}
