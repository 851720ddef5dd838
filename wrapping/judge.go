package wrapping

import (
	"slices"
	"strings"
)

// judge says whether lines are better without a wrapping.
type judge struct{ known Known }

// score is what is recognised in some lines.
type score struct {
	known int // by whoever asks
	logs  int // begin as lines of logs do
	inner int // begin with a prefix that names itself, and that is to be taken off next
}

func (j judge) score(lines []string) score {
	s := score{known: j.known(lines)}
	for _, l := range lines {
		if beginsLog(l) {
			s.logs++
		}
		if namesItself(l) {
			s.inner++
		}
	}
	return s
}

// namesItself says whether a line begins with a prefix that does.
func namesItself(l string) bool {
	if l == "" || l[0] != '[' && l[0] != '(' {
		return false
	}
	_, kubectl := cutKubectl(l)
	_, worker := cutProcess(l)
	return kubectl || worker
}

// proof is how much it takes to take a wrapping off.
type proof int

const (
	// sure wrappings name themselves.
	sure proof = iota
	// likely ones are taken off where more lines are recognised without them, be it as lines of a log.
	likely
	// own ones could be what a program writes before each line of its log: what stands behind must be more than a log.
	own
	// readers know the wrapping, so that it does not hide the lines of a log: what stands behind must be nearly no log at all.
	read
)

// better compares lines as they are and as they would be. Where they are the whole text, less is asked.
func (j judge) better(p proof, before, after []string, whole bool) bool {
	if p == sure {
		return true
	}
	gain, known, lines := 0, 0, 0
	for _, w := range windows(p, before, after) {
		lines += w.to - w.from
		old, now := j.score(before[w.from:w.to]), j.score(after[w.from:w.to])
		gain += now.known - old.known + now.inner - old.inner
		known += now.known
		if p == likely {
			gain += now.logs - old.logs
		}
	}
	switch {
	case p == read:
		return known*10 >= lines*7 && known > 0 && (gain > 0 || gain == 0 && begins(after[0])) && !slices.ContainsFunc(after, isTraceLine)
	case p == own && len(before) > 3:
		return gain >= 3 || known*10 >= lines*9 && known > 0 && (gain > 0 || gain == 0 && begins(after[0]))
	case whole:
		return gain >= 1
	}
	return gain >= 2
}

// evident says that nearly all that stands behind a prefix is recognised, and no less than with it: whoever recognises may
// see through a prefix where all lines have it.
func (j judge) evident(before, after []string) bool {
	n := min(len(after), fewLines)
	now := j.known(after[:n])
	return now >= 2 && now*10 >= n*7 && now >= j.known(before[:n])
}

// isTraceLine knows a line of a trace that is indented: of Java, .NET, JavaScript, Python, Go.
func isTraceLine(l string) bool {
	s := strings.TrimLeft(l, " \t")
	return len(s) < len(l) && (strings.HasPrefix(s, "at ") || strings.HasPrefix(s, "File \"") || strings.HasPrefix(s, "... ") || strings.Contains(s, ".go:"))
}

// span is a run of lines, from one to before the other.
type span struct{ from, to int }

// A long run is judged by some of its lines: those around what has the looks of a structure without the wrapping.
const (
	fewLines   = 400
	windowSize = 60
	maxWindows = 8
)

// windows are the parts of a run by which it is judged. What must be more than a log is looked for where it may be.
func windows(p proof, before, after []string) []span {
	if len(after) <= fewLines {
		return []span{{0, len(after)}}
	}
	var spans []span
	next := 0
	if p == likely {
		next = windowSize
		spans = append(spans, span{0, next})
	}
	for i := next; i < len(after) && len(spans) < maxWindows; i++ {
		if structural(after[i]) && !structural(before[i]) {
			from := max(i-windowSize/6, next)
			next = min(len(after), from+windowSize)
			spans = append(spans, span{from, next})
			i = next
		}
	}
	return spans
}

// structural says that a line looks as one of a describe, a table or a trace: it is indented, or its first word ends in a
// colon or is in upper case.
func structural(l string) bool {
	if l == "" || len(l) > 1<<10 {
		return false
	}
	switch c := l[0]; {
	case c == '\t':
		return true
	case c == ' ':
		return len(l) > 1 && l[1] == ' '
	case 'A' <= c && c <= 'Z':
		word, rest, _ := strings.Cut(l, " ")
		return strings.HasSuffix(word, ":") && (rest == "" || rest[0] == ' ') || strings.HasPrefix(rest, " ") && strings.ToUpper(word) == word
	}
	return false
}

// levelWords begin lines of logs, in any case.
var levelWords = map[string]bool{
	"info": true, "warn": true, "warning": true, "error": true, "fatal": true, "debug": true, "trace": true, "panic": true,
	"critical": true, "notice": true, "err": true, "emerg": true,
}

// beginsLog says whether a line begins as one of a log: with a time, a level, klog's head, a key of logfmt, a record in JSON
// or a trace.
func beginsLog(l string) bool {
	if len(l) < 4 {
		return false
	}
	s := strings.TrimPrefix(l[:min(len(l), 80)], "[")
	if s == "" {
		return false
	}
	switch c := s[0]; {
	case '0' <= c && c <= '9':
		return dateAt(s) > 0 || clockAt(s) > 0 || slashedDateAt(s) > 0
	case c == '{':
		return strings.HasPrefix(l, `{"`)
	case isKlogHead(s):
		return true
	case 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z':
		word := s[:wordEnd(s)]
		rest := s[len(word):]
		return levelWords[strings.ToLower(word)] && (rest != "" && strings.IndexByte(":] |!\t", rest[0]) >= 0) ||
			strings.HasPrefix(rest, "=") && (word == "time" || word == "ts" || word == "level" || word == "t" || word == "lvl") ||
			strings.HasPrefix(s, "Traceback (most") || strings.HasPrefix(s, "goroutine ") || strings.HasPrefix(s, "Exception in thread") ||
			monthAt(s) > 0
	}
	return false
}

func wordEnd(s string) int {
	i := 0
	for i < len(s) && isLetter(s[i]) {
		i++
	}
	return i
}

func isLetter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }
func isDigit(c byte) bool  { return '0' <= c && c <= '9' }
