package crashlog

import (
	"strings"

	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

// head reads what loggers write before the message, piece by piece: time stamp, level, process and thread, logger,
// source file, in whatever order. It stops at the first piece that is none of these, so an unknown format costs at worst
// some noise before the message, never a part of it.
type head struct {
	e       *entry
	rest    string
	stamped bool
	redis   bool
}

const headPieces = 12

// takeHead moves the head of the line from the text to the fields of the entry.
func (e *entry) takeHead() {
	if e.text == "" || e.text[0] == ' ' || e.text[0] == '\t' {
		return // indented lines are more of the record before
	}
	if e.takeKlog() {
		return
	}
	h := &head{e: e, rest: e.text}
	for range headPieces {
		if !h.piece() {
			break
		}
	}
	if h.stamped || e.level != "" {
		e.headed, e.stamped = true, h.stamped
		e.text = h.rest
	}
}

// piece takes one piece off the head.
func (h *head) piece() bool {
	if h.begun() {
		h.rest = strings.TrimLeft(h.rest, " \t|")
		if after, ok := strings.CutPrefix(h.rest, "- "); ok && !h.redis {
			h.rest = strings.TrimLeft(after, " ")
		}
	}
	if h.rest == "" {
		return false
	}
	return h.takeStamp() || h.takeBracket() || h.takeLevel() || h.begun() && h.takeName()
}

func (h *head) begun() bool { return h.stamped || h.e.level != "" }

func (h *head) takeStamp() bool {
	if role := redisRole.FindString(h.rest); role != "" && !h.stamped {
		if _, n := stamp(h.rest[len(role):]); n > 0 {
			h.rest, h.redis = h.rest[len(role):], true
		}
	}
	t, n := stamp(h.rest)
	if n == 0 || n < len(h.rest) && strings.IndexByte(" \t]|:-Z", h.rest[n]) < 0 {
		return false
	}
	h.stamped = true
	if !t.IsZero() {
		h.e.at, h.e.own = t, true
	}
	h.rest = strings.TrimPrefix(h.rest[n:], ":")
	return true
}

// redisRole is the process and role before the stamp: "1:M 10 Jan 2026 …".
var redisRole = lazyregexp.New(`^\d+:[A-Z] `)

// takeBracket takes "[…]": a stamp, a level, "core:error", a thread, a process. Before anything else was seen, only the
// first two count, since "[app] hello" may be the message.
func (h *head) takeBracket() bool {
	if h.rest[0] != '[' && h.rest[0] != '(' && h.rest[0] != '<' {
		return false
	}
	end := strings.IndexAny(h.rest, "])>")
	if end < 2 || end > 80 {
		return false
	}
	inside, after := h.rest[1:end], strings.TrimPrefix(h.rest[end+1:], ":")
	if t, n := stamp(inside); n > 0 {
		h.stamped = true
		if !t.IsZero() {
			h.e.at, h.e.own = t, true
		}
		if level, used := leadingLevel(strings.TrimSpace(inside[n:]), true); used > 0 {
			h.e.level = level
		}
		h.rest = after
		return true
	}
	word := strings.ToLower(strings.TrimSpace(inside[strings.LastIndexAny(inside, ":/")+1:]))
	if level, ok := levelWords[word]; ok && h.rest[0] == '[' && h.e.level == "" {
		h.e.level = level
		h.rest = after
		return true
	}
	if !h.begun() && h.rest[0] == '[' && strings.HasPrefix(after, " ") {
		if _, n := leadingLevel(after[1:], false); n > 0 { // "[entrypoint] ERROR: …"
			h.rest = after[1:]
			return true
		}
	}
	if !h.begun() || !(after == "" || after[0] == ' ' || after[0] == '[' || after[0] == '\t') || h.rest[0] == '(' {
		return false
	}
	if h.e.level != "" && strings.Contains(strings.TrimSpace(inside), " ") && !strings.HasPrefix(inside, " ") {
		return false
	}
	h.rest = after
	return true
}

func (h *head) takeLevel() bool {
	if h.e.level != "" {
		return false
	}
	if h.redis && len(h.rest) > 2 && strings.IndexByte(".-*#", h.rest[0]) >= 0 && h.rest[1] == ' ' {
		h.e.level = redisLevel(h.rest)
		h.rest = h.rest[2:]
		return true
	}
	if channel := monolog.FindString(h.rest[:min(len(h.rest), 64)]); channel != "" && h.stamped {
		h.rest = h.rest[strings.IndexByte(channel, '.')+1:]
	}
	level, n := leadingLevel(h.rest, h.stamped)
	if n == 0 {
		return false
	}
	h.e.level = level
	h.rest = strings.TrimPrefix(h.rest[n:], logrusSeconds.FindString(h.rest[n:]))
	if after, ok := strings.CutPrefix(h.rest, ":"); ok {
		h.rest = after
		if name := pythonLogger.FindString(after); name != "" && !h.stamped {
			h.rest = after[len(name):]
		}
	}
	h.rest = strings.TrimPrefix(h.rest, "]")
	return true
}

// monolog is the channel before the level: "production.ERROR: …".
var monolog = lazyregexp.New(`^[\w-]+\.(?:DEBUG|INFO|NOTICE|WARNING|ERROR|CRITICAL|ALERT|EMERGENCY): `)

// logrusSeconds are the seconds since the start, "[0012]", right after the level: logrus on a terminal.
var logrusSeconds = lazyregexp.New(`^\[\d{4,}\]`)

// pythonLogger is the logger in "ERROR:root:message".
var pythonLogger = lazyregexp.New(`^[\w.]+:`)

// redisLevel reads the mark before a message of redis: "#" is a warning or worse.
func redisLevel(s string) string {
	switch {
	case s[0] != '#':
		return levelInfo
	case strings.HasPrefix(s, "# Fatal") || strings.Contains(s, "FATAL"):
		return levelFatal
	}
	return levelWarn
}

// names are the pieces that stand between stamp, level and message.
var names = lazyregexp.New(`^(?:` +
	`(?:\d+ )?--- |` + // Spring: "1 --- "
	`\d+(?:#\d+)?:? (?:\[|\*\d+ |[a-z])|` + // nginx: "1#1: ", MySQL: "0 ["
	`\[[^\]]{0,60}\] |` +
	`[\w./$@\[\]-]+ +: |` + // Spring: "o.s.boot.SpringApplication   : "
	`[\w./$@:\[\]-]+ - |` + // "app.main - ", loguru's "module:function:12 - "
	`[\w/.-]+\.(?:go|py|rs|js|ts|rb|cc|cpp|java|ex|erl):\d+[:\]]?\s|` + // a source file
	`[a-z_]\w*(?:::\w+)+: |` + // Rust: "app::db: "
	`[\w.-]+\[\d+\]:?(?: |$)|` + // "Microsoft.Hosting.Lifetime[0]", syslog's "app[12]: "
	`(?:[a-z_]\w*\.)+[\w$]+:? |` + // "com.example.App "
	`[\w.-]+\t` + // zap: "setup<TAB>"
	`)`)

// takeName takes a logger, thread or source file.
func (h *head) takeName() bool {
	name := names.FindString(h.rest[:min(len(h.rest), 120)])
	if name == "" {
		return false
	}
	if last := name[len(name)-1]; last >= 'a' && last <= 'z' && strings.IndexByte("0123456789", name[0]) >= 0 || last == '[' {
		name = name[:len(name)-1]
	}
	// A message may begin with a dotted name or a host ("db.example.com refused"); only what the level or the stamp
	// stands next to is a logger, and a logger stands alone or before the level.
	if h.e.level == "" && !strings.HasSuffix(name, "- ") && !levelFollows(h.rest[len(name):]) {
		return false
	}
	h.rest = h.rest[len(name):]
	return true
}

func levelFollows(s string) bool {
	s = strings.TrimLeft(s, " \t[")
	_, n := leadingLevel(s, true)
	return n > 0
}

// klogLine is the head of a line of klog: "F1120 15:04:05.123456       1 main.go:12] ".
var klogLine = lazyregexp.New(`^([FEWI])(\d{4}) (\d\d:\d\d:\d\d(?:\.\d+)?)\s+(?:\d+ )?(?:[\w./-]+:\d+\] ?)?`)

func (e *entry) takeKlog() bool {
	if len(e.text) < 14 || strings.IndexByte("FEWI", e.text[0]) < 0 || !digit(e.text[1]) {
		return false
	}
	m := klogLine.FindStringSubmatch(e.text[:min(len(e.text), 160)])
	if m == nil {
		return false
	}
	e.level, e.headed, e.stamped = letterLevels[m[1]], true, true
	e.text = e.text[len(m[0]):]
	e.klogFields()
	return true
}

// klogErr are the fields after a quoted message of structured klog: `"Failed to start" err="…" pod="…"`. klogr may write the
// message as a field: `"msg"="Failed to start" "error"="…"`.
var klogErr = lazyregexp.New(`^"((?:[^"\\]|\\.)*)"(?: |$)(.*)$`)

func (e *entry) klogFields() {
	fields := map[string]string{}
	if m := klogErr.FindStringSubmatch(e.text); m != nil {
		if fields = logfmt(m[2]); m[2] != "" && len(fields) == 0 {
			return // a sentence that begins with a quotation
		}
		e.text = unescape(m[1])
	} else if strings.HasPrefix(e.text, `"`) {
		if fields = logfmt(e.text); fields["msg"] == "" {
			return
		}
		e.text = fields["msg"]
	}
	for _, key := range []string{"err", "error"} {
		if fields[key] != "" {
			e.text = join(e.text, fields[key])
		}
	}
}
