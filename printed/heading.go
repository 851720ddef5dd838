package printed

import (
	"slices"
	"strings"

	"github.com/unloop-dev/unloop/crashlog"
	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

// heading is a line that says what stands below it.
type heading struct {
	text  string
	logs  bool // it names a log, or what a program printed
	other bool
}

// What headings name: a log for sure, what may be one, and what stands beside one.
var (
	logHeadWords = setOf([]string{
		"log", "logs", "logging", "output", "stdout", "stderr", "traceback", "stacktrace", "says", "said", "saying", "prints", "printed", "print",
		"console", "writes", "wrote",
	})
	errorHeadWords = setOf([]string{"error", "errors", "message", "messages", "exception", "trace", "shows", "fails", "dies"})
	otherHeadWords = setOf([]string{
		"values", "yaml", "manifest", "manifests", "dockerfile", "config", "configuration", "configmap", "compose", "code", "script", "env", "environment",
		"version", "versions", "expected", "steps", "question", "note", "notes", "tried", "solution", "pvc", "service", "chart", "spec", "resources", "setup",
		"info", "cluster", "nodes", "file", "settings", "command", "commands", "workaround", "fix", "template", "variables",
	})
)

// notHeads are beginnings of lines that end with a colon and are of a program.
var notHeads = lazyregexp.New(`^(?i:error|errors|usage|options|flags|commands|available commands|examples|warning|fatal|panic|exception|caused by|details|hint|traceback.*|stack ?trace|stack backtrace|call stack|goroutine .*|exit status .*|[\w.$]+exception|[\w.$]+error)[: ]*:$`)

// headMark is what Markdown and people put around a heading.
const headMark = "#*_=-~ \t\"'`>"

// headingAt reads a line as a heading: it ends with a colon, or is nothing but the word for a log in a heading's marks.
func headingAt(l string) (heading, bool) {
	text := strings.TrimSpace(l)
	if len(text) < 3 || len(text) > 160 || isBlank(rune(l[0])) || beginsLog(text) || notHeads.MatchString(text) {
		return heading{}, false
	}
	plain := strings.Trim(text, headMark)
	colon := strings.TrimRight(plain, ":-> ")
	ends := colon != plain && strings.Contains(plain[len(colon):], ":") || strings.HasSuffix(plain, "：")
	marked := strings.HasPrefix(text, "# ") || strings.HasPrefix(text, "##") || strings.HasPrefix(text, "**") && strings.HasSuffix(text, "**") ||
		len(text) > 8 && (strings.HasPrefix(text, "---") || strings.HasPrefix(text, "===")) && text[0] == text[len(text)-1]
	h := heading{text: strings.TrimSuffix(colon, "：")}
	t := h.name()
	if t.words == 0 || t.words > 20 || !strings.ContainsFunc(h.text, isLetterRune) {
		return heading{}, false
	}
	words := strings.Fields(strings.ToLower(h.text))
	bare := h.logs && len(words) <= 4 && (words[len(words)-1] == "log" || words[len(words)-1] == "logs") && !strings.ContainsAny(h.text, "/[]{}=.,")
	return h, marked || bare || ends && h.isWritten(&t)
}

// name finds what the heading names.
func (h *heading) name() tally {
	fail := false
	for word := range strings.FieldsSeq(strings.ToLower(h.text)) {
		word = strings.Trim(word, ".,;:!()\"'`*")
		h.logs = h.logs || logHeadWords[word]
		fail = fail || errorHeadWords[word]
		h.other = h.other || otherHeadWords[word]
	}
	t := tallyOf([]string{h.text})
	h.logs = h.logs || fail && t.odd == 0
	return t
}

// isWritten tells a heading from a line of a program that ends with a colon.
func (h *heading) isWritten(t *tally) bool {
	switch {
	case startsAsLog(h.text), t.odd > 2, t.odd > 0 && !h.logs && t.person+t.talk == 0:
		return false
	case t.person+t.talk > 0, logHeadWords[strings.ToLower(h.text)]:
		return true
	}
	return h.logs || !tellsFailure([]string{h.text})
}

func isLetterRune(c rune) bool { return c < 128 && isLetter(byte(c)) || c > 128 }

// stretch is a run of lines of one kind within a part that nothing else has claimed.
type stretch struct {
	from, to int
	kind     BlockKind
	heading  string
	headed   bool // it holds a heading
}

// stretches divides such a part into what people wrote and what a program printed. below says that evidence stands above
// it: what follows that is a log unless it is plainly something else. Above all evidence it is the other way around.
func stretches(lines []string, from, to int, below bool) []stretch {
	d := divider{lines: lines, below: below}
	for i := from; i < to; {
		if !isText(lines[i]) {
			i++
			continue
		}
		end := i + 1
		h, ok := headingAt(lines[i])
		if ok && d.takes(h, i) {
			d.head(h, i)
			i = end
			continue
		}
		for ; end < to && isText(lines[end]); end++ {
			if h, ok := headingAt(lines[end]); ok && d.takes(h, end) && !d.logs(lines[i:end]) {
				break
			}
		}
		d.paragraph(i, end)
		i = end
	}
	return d.done(from, to)
}

type divider struct {
	lines   []string
	below   bool
	heading heading
	all     []stretch
}

// last is the stretch that goes on, nil before the first.
func (d *divider) last() *stretch {
	if len(d.all) == 0 {
		return nil
	}
	return &d.all[len(d.all)-1]
}

func (d *divider) inLog() bool { return d.last() != nil && d.last().kind == BlockLog }

// takes says whether a heading is one. In a log it needs a blank line above it, and to be what a person writes: programs
// end lines with colons too.
func (d *divider) takes(h heading, i int) bool {
	if !d.inLog() {
		return true
	}
	t := tallyOf([]string{h.text})
	return !isText(d.lines[i-1]) && h.logs && (t.person > 0 || t.talk > 0 || t.words <= 3 && t.odd == 0)
}

func (d *divider) head(h heading, i int) {
	d.heading = h
	d.add(BlockOther, i, i+1)
	d.last().headed = true
}

// paragraph decides of lines between two blank ones.
func (d *divider) paragraph(from, to int) {
	kind := BlockOther
	if d.logs(d.lines[from:to]) {
		kind = BlockLog
	}
	d.add(kind, from, to)
}

func (d *divider) logs(lines []string) bool {
	switch {
	case d.inLog():
		return !isPersonal(lines)
	case isProse(lines), !d.heading.logs && isDeploying(lines):
		return false
	case slices.ContainsFunc(lines, beginsLogLine):
		return true
	case isSource(lines):
		return d.heading.logs && diesOf(lines)
	case d.heading.logs:
		return true
	case d.heading.other:
		return false
	case d.below || d.heading.text != "":
		return !isRemark(lines)
	}
	return startsAsLog(lines[0]) && diesOf(lines)
}

// add goes on with the last stretch, or begins another.
func (d *divider) add(kind BlockKind, from, to int) {
	if last := d.last(); last != nil && last.kind == kind {
		last.to = to
		return
	}
	s := stretch{from: from, to: to, kind: kind}
	if kind == BlockLog {
		s.heading = d.heading.text
	}
	d.all = append(d.all, s)
}

// done gives the stretches with the blank lines between them, so that no line is lost. What stands within a log is of it:
// only behind it somebody may have written something.
func (d *divider) done(from, to int) []stretch {
	var all []stretch
	for i, s := range d.all {
		last := len(all) - 1
		if i+1 < len(d.all) && last >= 0 && s.kind == BlockOther && !s.headed && all[last].kind == BlockLog {
			all[last].to = s.to
			continue
		}
		if last >= 0 && all[last].kind == s.kind && (s.kind == BlockOther || s.heading == all[last].heading) {
			all[last].to = s.to
			continue
		}
		all = append(all, s)
	}
	for i := range all {
		if i == 0 {
			all[i].from = from
		}
		all[i].to = to
		if i+1 < len(all) {
			all[i].to = all[i+1].from
		}
	}
	return all
}

// tellsFailure asks crashlog whether lines tell of a failure: of more than a few lines, the last ones.
func tellsFailure(lines []string) bool {
	c := crashOf(lines)
	return c != nil && (c.Kind == crashlog.KindTrace || c.Kind == crashlog.KindFatal || c.Kind == crashlog.KindError)
}

// diesOf says that lines tell of a death.
func diesOf(lines []string) bool {
	c := crashOf(lines)
	return c != nil && (c.Kind == crashlog.KindTrace || c.Kind == crashlog.KindFatal)
}

// doubtful is how many lines are given to crashlog for a decision.
const doubtful = 40

func crashOf(lines []string) *crashlog.Crash {
	lines = lines[max(0, len(lines)-doubtful):]
	return crashlog.ReadBytes([]byte(strings.Join(lines, "\n") + "\n")).Crash
}
