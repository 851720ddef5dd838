package printed

import (
	"slices"
	"strings"

	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

// form is how a line looks after its indentation. Most lines of a paste are of a log, and each is held against all forms:
// its first bytes, which tell nearly all of them apart, are looked at before the expression.
type form struct {
	begins []string // one of these; none for any
	re     *lazyregexp.Regexp
}

// newForm takes an expression for what follows the indentation, and how that begins.
func newForm(expr string, begins ...string) form {
	return form{begins, lazyregexp.New(`^(?:` + expr + `)`)}
}

// MatchString says whether a line is of this form.
func (f form) MatchString(l string) bool {
	l = trimIndent(l)
	for _, begin := range f.begins {
		if strings.HasPrefix(l, begin) {
			return f.re.MatchString(l)
		}
	}
	return len(f.begins) == 0 && f.re.MatchString(l)
}

func trimIndent(l string) string {
	for l != "" && isBlank(rune(l[0])) {
		l = l[1:]
	}
	return l
}

// isText says that a line is not blank.
func isText(l string) bool { return strings.TrimSpace(l) != "" }

// isField says whether a line is one of a describe: a key with or without a value, or the name of a container.
func isField(l string) bool {
	key, value, ok := strings.Cut(trimIndent(l), ":")
	switch {
	case !ok || key == "":
		return false
	case value == "" && key[0] != '-' && onlyOf(key, isNameByte):
		return true
	}
	return (value == "" || isBlank(rune(value[0]))) && len(key) <= maxField && isLetter(key[0]) && onlyOf(key, isKeyByte)
}

// maxField is how long the key of a field may be.
const maxField = 61

func onlyOf(s string, in func(byte) bool) bool {
	for i := range len(s) {
		if !in(s[i]) {
			return false
		}
	}
	return true
}

func isDigit(c byte) bool  { return '0' <= c && c <= '9' }
func isLetter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }

func isNameByte(c byte) bool { return isDigit(c) || 'a' <= c && c <= 'z' || c == '-' }

func isKeyByte(c byte) bool {
	return isDigit(c) || isLetter(c) || strings.IndexByte(" ./()-", c) >= 0
}

// hasCounter says whether a line has a word like "1/2", the one that every row of pods has.
func hasCounter(l string) bool {
	for i := 1; i+1 < len(l); i++ {
		next := strings.IndexByte(l[i:], '/')
		if next < 0 {
			return false
		}
		i += next
		from, to := i, i+1
		for from > 0 && isDigit(l[from-1]) {
			from--
		}
		for to < len(l) && isDigit(l[to]) {
			to++
		}
		if from > 0 && from < i && to > i+1 && to < len(l) && isBlank(rune(l[from-1])) && isBlank(rune(l[to])) {
			return true
		}
	}
	return false
}

// logLine is how lines of logs begin: a time, a level, an object in JSON, a stack trace, a shell's complaint.
var logLine = lazyregexp.New(`^(?:\[?\d{4}[-/]\d\d[-/]\d\d|\[?\d\d:\d\d:\d\d|[IWEF]\d{4} |[A-Z][a-z]{2} [ \d]\d \d\d:\d\d|\[?(?i:info|warn|warning|error|fatal|debug|trace|panic|critical|err)\b[\]:| ]|\{"|Traceback \(most|goroutine \d+|Exception in thread|Caused by: |time="|ts=|level=|\s+at |Segmentation fault|exec |standard_init_linux|Error: |[/\w.-]+: (?:line )?\d+: |\[pod/|[\w.]+(?:Exception|Error): )`)

// logWords are the words in logLine that a line of a log may begin with, and levels those that may be written in any case.
var (
	logWords = []string{"Traceback", "goroutine", "Exception", "Caused", "time", "ts", "level", "Segmentation", "exec"}
	levels   = []string{"info", "warn", "warning", "error", "fatal", "debug", "trace", "panic", "critical", "err"}
)

// beginsLog says whether a line begins as one of a log.
func beginsLog(l string) bool { return mayBeginLog(l) && logLine.MatchString(l) }

// mayBeginLog looks at the first word, which tells most lines of prose.
func mayBeginLog(l string) bool {
	end := 0
	for end < len(l) && (isDigit(l[end]) || isLetter(l[end]) || strings.IndexByte("_/.-", l[end]) >= 0) {
		end++
	}
	word := l[:end]
	switch {
	case word == "":
		return l != "" && strings.IndexByte("[{ \t\f\r\n", l[0]) >= 0
	case isDigit(word[0]), len(word) == 3, len(word) == 5 && isDigit(word[1]), strings.HasPrefix(l[end:], ":"):
		return true
	case slices.Contains(logWords, word), strings.HasPrefix(word, "standard_init_linux"):
		return true
	}
	return slices.ContainsFunc(levels, func(level string) bool { return strings.EqualFold(level, word) })
}
