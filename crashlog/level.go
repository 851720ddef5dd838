package crashlog

import "strings"

// The levels of a Line, as loggers of every sort are reduced to.
const (
	levelFatal = "fatal"
	levelError = "error"
	levelWarn  = "warn"
	levelInfo  = "info"
	levelDebug = "debug"
)

// levelWords are the words by which loggers name a level, in lower case.
var levelWords = map[string]string{
	"fatal": levelFatal, "fata": levelFatal, "ftl": levelFatal, "panic": levelFatal, "dpanic": levelFatal, "crit": levelFatal,
	"critical": levelFatal, "emerg": levelFatal, "emergency": levelFatal, "alert": levelFatal, "pnc": levelFatal,
	"error": levelError, "err": levelError, "erro": levelError, "eror": levelError, "severe": levelError, "fail": levelError,
	"warn": levelWarn, "warning": levelWarn, "wrn": levelWarn, "wrng": levelWarn,
	"info": levelInfo, "inf": levelInfo, "information": levelInfo, "notice": levelInfo, "note": levelInfo, "log": levelInfo,
	"system": levelInfo, "success": levelInfo, "informational": levelInfo,
	"debug": levelDebug, "debu": levelDebug, "dbg": levelDebug, "trace": levelDebug, "trac": levelDebug, "trc": levelDebug,
	"verbose": levelDebug, "fine": levelDebug, "finer": levelDebug, "finest": levelDebug, "dbug": levelDebug,
}

// letterLevels are the levels that are one letter (klog, MongoDB, Ruby's Logger).
var letterLevels = map[string]string{
	"F": levelFatal, "E": levelError, "W": levelWarn, "I": levelInfo, "D": levelDebug, "N": levelInfo, "C": levelFatal, "A": levelFatal,
}

// levelOf reads the value of a level field of a structured line: a word in any case, a letter, a number of pino and
// bunyan (60 is fatal), or one of syslog (0 to 7, which GELF uses).
func levelOf(s string) string {
	if level, ok := levelWords[strings.ToLower(strings.TrimSpace(s))]; ok {
		return level
	}
	if level, ok := letterLevels[s]; ok {
		return level
	}
	n := number(s)
	switch {
	case len(s) == 0 || len(s) > 3 || n < 0:
		return ""
	case n >= 60:
		return levelFatal
	case n >= 50:
		return levelError
	case n >= 40:
		return levelWarn
	case n >= 30:
		return levelInfo
	case n >= 10:
		return levelDebug
	case n <= 2:
		return levelFatal
	case n == 3:
		return levelError
	case n == 4:
		return levelWarn
	}
	return levelInfo
}

// leadingLevel reads a level word that s begins with and returns its length with what closes it. Small letters count
// only when sure is set (a time stamp stands before them), so that a sentence that starts with "error" stays whole.
func leadingLevel(s string, sure bool) (level string, n int) {
	for n < len(s) && (s[n] >= 'a' && s[n] <= 'z' || s[n] >= 'A' && s[n] <= 'Z') {
		n++
	}
	if n < 3 || n > 13 {
		return "", 0
	}
	word := s[:n]
	level, ok := levelWords[strings.ToLower(word)]
	if !ok || !closes(s[n:]) {
		return "", 0
	}
	if word != strings.ToUpper(word) && !sure {
		return "", 0
	}
	// "FATAL ERROR: Reached heap limit", "panic: x": the word is part of what is said.
	if strings.HasPrefix(s[n:], " ERROR:") || strings.EqualFold(word, "panic") && strings.HasPrefix(s[n:], ":") ||
		strings.HasPrefix(s[n:], ": AddressSanitizer") {
		return "", 0
	}
	return level, n
}

// closes says whether a level word may end before s.
func closes(s string) bool {
	return s == "" || strings.IndexByte(" \t:|]>-", s[0]) >= 0 || logrusSeconds.MatchString(s)
}
