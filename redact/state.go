package redact

import "strings"

// state is what earlier lines tell about the next one. It depends only on lines that are redacted already, so that
// redacting twice goes through the same states. Its zero value says nothing.
type state struct {
	key     int    // lines left of a private key; 0: not within one
	foreign int    // lines in a row within the key that are not of it
	run     bool   // the line before was nothing but base64
	block   bool   // within a block that belongs to a secret name
	indent  int    // of the name of that block, or of the value that is waited for
	until   string // the word that ends the block, "" when its indentation does
	env     bool   // the line before named a variable that holds a secret
	value   wait   // the value of a secret name is expected
	table   table
}

// wait says that the next lines may hold the value of a name that they do not repeat.
type wait struct {
	lines  int  // how many lines more, blank ones among them
	chosen bool // it must look like a password: the line before was a sentence
}

// Bounds of what goes on over lines.
const (
	maxKeyLines = 400 // an RSA key of 16,384 bits has about 200
	maxForeign  = 3   // lines of others between those of a key
	maxWait     = 3
)

// redact gives the next line, which may hold what the hints say, without its secrets.
func (s *state) redact(line string, has hints, rules *Rules) string {
	if s.key > 0 {
		if clean, ok := s.keyLine(line); ok {
			*s = state{key: s.key}
			return clean
		}
	}
	if s.block {
		if clean, ok := s.blockLine(line); ok {
			return clean
		}
	}
	if clean, ok := s.base64Line(line); ok {
		return clean
	}
	hinted, has := rules.hinted(line, has)
	clean := hinted
	if s.env {
		clean = redactEnvValue(clean)
	}
	if s.value.lines > 0 {
		clean = s.waited(clean)
	}
	clean = settle(s.table.row(clean), rules)
	if clean != hinted {
		has = find(theFinder(), clean)
	}
	if has&hintName != 0 {
		s.table.begin(clean)
	}
	if s.key > 0 && isKeyMarker(strings.TrimRight(clean, " \t")) {
		*s = state{key: s.key} // what the line is taken for when it is redacted again
		return clean
	}
	if s.foreign++; s.key == 0 || s.foreign >= maxForeign {
		s.key, s.foreign = 0, 0
	}
	s.follow(clean, has)
	return clean
}

// settle redacts cells, and what that lets be seen.
func settle(line string, rules *Rules) string {
	for range maxRounds {
		clean := redactCell(line)
		if clean == line {
			return line
		}
		line = rules.line(clean)
	}
	return Marker
}

var (
	keyStart  = lazy(keyHeader + `(?:\\[rn])*["']?[,;]?\s*$|(?i)^Private-Lines: \d+\s*$`)
	keyInJSON = lazy(keyHeader + `\\n","`)
	blockHead = lazy(`^(\s*(?:- )?)["']?([^\s"':]+)["']?:\s*[|>][-+0-9]{0,2}\s*$`)
	heredoc   = lazy(`([\w.-]+)["']?\s*[:=]?=?\s*<<[-~]?["']?(\w+)["']?\s*$`)
	envName   = lazy(`^\s*(?:- )?["']?(?i:name|key)["']?\s*[:=]\s*["']?([\w.-]+)["']?,?\s*$`)
	envValue  = lazy(`^\s*(?:- )?["']?(?i:value)["']?\s*[:=]\s*(\S.*?),?\s*$`)
)

// follow sets the state that a redacted line leaves.
func (s *state) follow(line string, has hints) {
	env, value := s.env, s.value
	s.env, s.value = false, wait{}
	if strings.TrimSpace(line) == "" {
		s.env = env
		if value.lines > 1 {
			s.value = wait{value.lines - 1, value.chosen}
		}
		return
	}
	if has&hintKey != 0 && (keyStart().MatchString(line) || keyInJSON().MatchString(line)) {
		s.key, s.foreign = maxKeyLines, 0
		return
	}
	if has&hintName == 0 {
		return
	}
	if m := envName.find(line, "ame", "ey", "AME", "EY"); m != nil {
		s.env = nameStrength(m[1]) >= medium
		return
	}
	if m := blockHead.find(line, "|", ">"); m != nil && nameStrength(m[2]) == strong {
		s.block, s.indent, s.until = true, len(m[1]), ""
		return
	}
	if m := heredoc.find(line, "<<"); m != nil && nameStrength(m[1]) == strong {
		s.block, s.indent, s.until = true, 0, m[2]
		return
	}
	s.expect(line)
}

var (
	nameAtEnd    = lazy(`(?:^|[\s{,(<\["'])([^\s"'<>=:,{}()\[\]]+)["']?\]?\s*(?:[:=]|=>|:=|->)\s*\\?$`)
	elementAtEnd = lazy(`<(?:[\w-]+:)?([\w.-]+)>$|\b(?:name|key)=["']([\w.-]+)["'][^<>]*>$`)
	wordsAtEnd   = lazy(`(?i)\b(?:` + passwordWords + `|token|secret|api[ _-]?key|access[ _-]?key)\b[^:]{0,80}:$`)
)

// expect waits for the value of a name that ends the line.
func (s *state) expect(line string) {
	text := strings.TrimRight(line, " \t")
	if text == "" || strings.IndexByte(":=>\\", text[len(text)-1]) < 0 {
		return
	}
	s.indent = indentation(line)
	for _, e := range []expression{nameAtEnd, elementAtEnd} {
		for _, name := range e().FindStringSubmatch(text) {
			if name != "" && name != text && nameStrength(name) == strong {
				s.value = wait{lines: maxWait}
				return
			}
		}
	}
	if wordsAtEnd().MatchString(text) {
		s.value = wait{lines: maxWait, chosen: true}
	}
}

var (
	loneValue = lazy(`^\s*(?:- )?((?:string\(\d+\) |<[\w:.-]+>)?["']?)([^\s"'<>]+)(["']?[,;]?|</[\w.:-]+>)\s*$`)
	quoted    = lazy(`^\s*(?:- )?((?:string\(\d+\) )?")([^"]+)("[,;]?)\s*$`)
)

// waited redacts the value that a line before announced.
func (s *state) waited(line string) string {
	m := loneValue().FindStringSubmatchIndex(line)
	if m == nil {
		m = quoted().FindStringSubmatchIndex(line)
	}
	if m == nil {
		return line
	}
	value := line[m[4]:m[5]]
	deeper := indentation(line) > s.indent || m[3] > m[2]
	switch {
	case strings.Contains(value, Marker), strings.HasSuffix(value, ":"), innocent(value), isSourceLine(value), isNumber(value) && len(value) < 4:
		return line
	case s.value.chosen && !looksGiven(value), !deeper && !looksChosen(value):
		return line
	}
	return line[:m[4]] + Marker + line[m[5]:]
}

// redactEnvValue takes out the value of the variable that the line before named: kubectl writes name and value of a
// variable on two lines.
func redactEnvValue(line string) string {
	m := envValue().FindStringSubmatchIndex(line)
	if m == nil {
		return line
	}
	value := span{m[2], m[3]}
	for _, quote := range []string{`"`, "'"} {
		if text := line[value.start:value.end]; len(text) > 1 && strings.HasPrefix(text, quote) && strings.HasSuffix(text, quote) {
			value = span{value.start + 1, value.end - 1}
			break
		}
	}
	if text := line[value.start:value.end]; strings.Contains(text, Marker) || public(text) {
		return line
	}
	return line[:value.start] + Marker + line[value.end:]
}

// blockLine redacts a line of a block that belongs to a secret name: a block scalar of YAML, a here-document. It says false
// for a line that is not of the block any more.
func (s *state) blockLine(line string) (string, bool) {
	switch text := strings.TrimSpace(line); {
	case text == "":
		return line, true
	case s.until != "" && text == s.until:
		s.block = false
		return line, true
	case s.until != "", indentation(line) > s.indent:
		return line[:indentation(line)] + Marker, true
	}
	s.block = false
	return "", false
}

// keyLine redacts a line within a private key. Lines of a log may stand behind a prefix or in JSON, and lines of others
// between them. It says false for a line that is not of the key.
func (s *state) keyLine(line string) (string, bool) {
	s.key--
	text := strings.TrimRight(line, " \t")
	switch {
	case strings.Contains(text, "-----END"):
		s.key = 0
		return "", false
	case text == "", strings.Contains(text, "Proc-Type:"), strings.Contains(text, "DEK-Info:"), isKeyMarker(text):
		return line, true
	}
	clean := line
	for {
		body, ok := keyBody(clean)
		if !ok {
			break
		}
		clean = clean[:body.start] + Marker + clean[body.end:]
	}
	return clean, clean != line
}

// isKeyMarker says whether a line is one of a key that was redacted.
func isKeyMarker(text string) bool {
	before, ok := strings.CutSuffix(text, Marker)
	return ok && (before == "" || strings.IndexByte(" \t|>", before[len(before)-1]) >= 0)
}

// keyBody finds the key's text in a line: all of it, its last field, or the longest run of base64 in it.
func keyBody(line string) (span, bool) {
	text := strings.TrimRight(line, " \t")
	start := strings.LastIndexAny(text, " \t|>") + 1
	field := text[start:]
	alone := strings.TrimSpace(text[:start]) == ""
	if isBase64(field) && (alone || len(field) >= 16 || strings.HasSuffix(field, "=")) {
		return span{start, len(text)}, true
	}
	run := longestBase64(text)
	return run, run.end-run.start >= 24 && isVaried(text[run.start:run.end])
}

func longestBase64(text string) span {
	var longest span
	for i := 0; i < len(text); {
		start := i
		for i < len(text) && base64Set[text[i]] {
			i++
		}
		if i-start > longest.end-longest.start {
			longest = span{start, i}
		}
		i++
	}
	return longest
}

// The width of lines of base64: 64 in PEM, 70 in OpenSSH keys, 76 in MIME.
const (
	minBase64Line = 60
	maxBase64Line = 80
)

// base64Line redacts a line that is nothing but as much base64 as keys and certificates have in a line, and what is left of
// it on the next: the header may stand in a part of the log that is gone.
func (s *state) base64Line(line string) (string, bool) {
	text := strings.TrimSpace(line)
	full := len(text) >= minBase64Line && len(text) <= maxBase64Line && isBase64(text) && isVaried(text)
	rest := s.run && len(text) < minBase64Line && isBase64(text) && (len(text) >= 20 || strings.HasSuffix(text, "="))
	s.run = full || s.run && text == Marker
	if !full && !rest {
		return "", false
	}
	s.run = true
	clean := strings.Replace(line, text, Marker, 1)
	s.table.row(clean)
	s.follow(clean, 0)
	return clean, true
}

// endsInBase64 says whether a line may be one of base64Line. It looks at the end first, where most lines are none.
func endsInBase64[T string | []byte](line T) bool {
	end := len(line)
	for end > 0 && (line[end-1] == '\n' || line[end-1] == '\r' || isBlank(line[end-1])) {
		end--
	}
	if end < minBase64Line {
		return false
	}
	for i := end - minBase64Line; i < end; i += 3 {
		if !base64Set[line[i]] {
			return false
		}
	}
	return true
}

// isVaried says that a text has small and capital letters and digits, as base64 has and numbers in hex do not.
func isVaried(s string) bool {
	var digit, upper, lower bool
	for i := 0; i < len(s); i++ {
		digit = digit || isDigit(s[i])
		upper = upper || isUpper(s[i])
		lower = lower || isLower(s[i])
	}
	return digit && upper && lower
}

func isBase64(s string) bool {
	for i := 0; i < len(s); i++ {
		if !base64Set[s[i]] {
			return false
		}
	}
	return s != ""
}

func indentation(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }
