package redact

import "strings"

// maxPEMLines bounds a PEM block without an end: an RSA key of 16,384 bits has about 200 lines.
const maxPEMLines = 400

// state is what earlier lines tell about the next one. It depends only on lines that are redacted already, so that
// redacting twice goes through the same states.
type state struct {
	pemLines int  // lines left of a PEM private key; 0: not within one
	block    bool // within a YAML block scalar that belongs to a secret name
	indent   int  // indentation of that name
	env      bool // the line before named an environment variable that holds a secret
}

// redact gives the next line without its secrets.
func (s *state) redact(line string) string {
	switch {
	case s.pemLines > 0:
		if clean, ok := pemBody(line); ok {
			s.pemLines--
			return clean
		}
		s.pemLines = 0
	case s.block:
		if strings.TrimSpace(line) == "" {
			return line
		}
		if indentation(line) > s.indent {
			return line[:indentation(line)] + Marker + trailingCR(line)
		}
		s.block = false
	}
	clean := redactLine(line)
	if s.env {
		clean = redactEnvValue(clean)
	}
	s.follow(clean)
	return clean
}

var (
	pemStart  = lazy(pemHeader + `\s*$`)
	blockHead = lazy(`^(\s*(?:- )?)["']?([\w./-]+)["']?:\s*[|>][-+0-9]{0,2}\s*$`)
	envName   = lazy(`^\s*(?:- )?"?name"?:\s*["']?([\w.-]+)["']?,?\s*$`)
	envValue  = lazy(`^\s*(?:- )?"?value"?:\s*(\S.*?),?\s*$`)
)

// follow sets the state that a redacted line leaves.
func (s *state) follow(line string) {
	s.env = false
	if strings.Contains(line, "PRIVATE KEY") && pemStart().MatchString(line) {
		s.pemLines = maxPEMLines
		return
	}
	if strings.Contains(line, "name") {
		if m := envName().FindStringSubmatch(line); m != nil {
			s.env = nameStrength(m[1]) == strong
			return
		}
	}
	if !strings.ContainsAny(line, "|>") {
		return
	}
	if m := blockHead().FindStringSubmatch(line); m != nil && nameStrength(m[2]) == strong {
		s.block, s.indent = true, len(m[1])
	}
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

// pemBody redacts a line within a PEM private key. Lines of a log may stand behind a prefix: the last field is the key
// then. It says false for a line that ends the key.
func pemBody(line string) (string, bool) {
	text := strings.TrimRight(line, " \t\r")
	if strings.HasSuffix(text, Marker) || text == "" {
		return line, true
	}
	if strings.Contains(text, "-----END") {
		return "", false
	}
	start := strings.LastIndexAny(text, " \t|>") + 1
	field := text[start:]
	alone := strings.TrimSpace(text[:start]) == ""
	if isBase64(field) && (alone || len(field) >= 16) || alone && strings.Contains(field, ":") {
		return line[:start] + Marker + line[len(text):], true
	}
	if strings.Contains(text, "Proc-Type:") || strings.Contains(text, "DEK-Info:") {
		return line, true
	}
	return "", false
}

func isBase64(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; !isAlnum(c) && c != '+' && c != '/' && c != '=' {
			return false
		}
	}
	return s != ""
}

func indentation(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }

func trailingCR(line string) string {
	if strings.HasSuffix(line, "\r") {
		return "\r"
	}
	return ""
}
