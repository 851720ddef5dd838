package crashlog

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Clean makes a line of a log fit to be read and printed: it removes terminal escapes (CSI, OSC and the rest of ECMA-48,
// in their 7-bit and 8-bit forms) and control characters other than tab, replaces invalid UTF-8, drops characters that
// reorder text (a log is foreign text and may try to deceive its reader), and of a line that overwrites itself with
// carriage returns, as progress bars do, keeps what a terminal would show last.
func Clean(s string) string {
	s = strings.TrimRight(s, "\r\n")
	if plain(s) {
		return s
	}
	s = strings.ToValidUTF8(s, "\uFFFD")
	s = stripEscapes(s)
	s = lastOverwrite(s)
	return strings.Map(func(r rune) rune {
		if r != '\t' && (unicode.IsControl(r) || reorders(r)) {
			return -1
		}
		return r
	}, s)
}

// plain says that there is nothing to clean, which is so for nearly all lines.
func plain(s string) bool {
	for i := range len(s) {
		if b := s[i]; b < ' ' && b != '\t' || b >= 0x7f {
			return false
		}
	}
	return true
}

// reorders says whether a rune changes the direction of text or is invisible (CVE-2021-42574, "Trojan Source").
func reorders(r rune) bool {
	return r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0x200b || r == 0x200e || r == 0x200f ||
		r == 0xfeff || r == 0x2028 || r == 0x2029
}

// lastOverwrite returns the last part between carriage returns that is not blank.
func lastOverwrite(s string) string {
	for {
		i := strings.LastIndexByte(s, '\r')
		if i < 0 {
			return s
		}
		if last := s[i+1:]; strings.TrimSpace(last) != "" {
			return last
		}
		s = s[:i]
	}
}

const escape = '\x1b'

// stripEscapes removes escape sequences. A sequence that never ends takes at most the rest of the line with it, never
// more, since lines are cleaned one by one.
func stripEscapes(s string) string {
	if !strings.ContainsFunc(s, func(r rune) bool { return r == escape || r >= 0x80 && r < 0xa0 }) {
		return s
	}
	var out strings.Builder
	out.Grow(len(s))
	for len(s) > 0 {
		r, n := utf8.DecodeRuneInString(s)
		switch {
		case r == escape && len(s) > 1:
			s = s[1+escapeLen(s[1:]):]
		case r == 0x9b: // CSI in one character
			s = s[n+csiLen(s[n:]):]
		case r == 0x90 || r == 0x98 || r >= 0x9d && r <= 0x9f: // DCS, SOS, OSC, PM, APC
			s = s[n+stringLen(s[n:]):]
		default:
			if r != escape {
				out.WriteString(s[:n])
			}
			s = s[n:]
		}
	}
	return out.String()
}

// escapeLen returns the length of the sequence that follows an ESC.
func escapeLen(s string) int {
	switch c := s[0]; {
	case c == '[':
		return 1 + csiLen(s[1:])
	case c == ']' || c == 'P' || c == 'X' || c == '^' || c == '_':
		return 1 + stringLen(s[1:])
	case c >= ' ' && c <= '/': // intermediate bytes, then a final one
		i := 0
		for i < len(s) && s[i] >= ' ' && s[i] <= '/' {
			i++
		}
		return min(i+1, len(s))
	case c >= '0' && c <= '~':
		return 1
	}
	return 0
}

// csiLen returns the length of the parameters and the final byte of a control sequence.
func csiLen(s string) int {
	for i := range len(s) {
		if s[i] >= '@' && s[i] <= '~' {
			return i + 1
		}
		if s[i] < ' ' || s[i] > '~' {
			return i
		}
	}
	return len(s)
}

// stringLen returns the length of a control string up to and with its terminator: BEL, ESC \ or ST.
func stringLen(s string) int {
	for i, r := range s {
		switch {
		case r == '\a':
			return i + 1
		case r == 0x9c:
			return i + 2
		case r == escape && strings.HasPrefix(s[i+1:], `\`):
			return i + 2
		case r == escape || r == '\r':
			return i
		}
	}
	return len(s)
}

// cut shortens a text to maxText bytes without splitting a character.
func cut(s string) string {
	if len(s) <= maxText {
		return s
	}
	i := maxText - len("…")
	for i > 0 && !utf8.RuneStart(s[i]) {
		i--
	}
	return s[:i] + "…"
}

// printable is the form in which lines and statements are handed out.
func printable(s string) string {
	return cut(strings.TrimRight(strings.ReplaceAll(s, "\t", "    "), " "))
}
