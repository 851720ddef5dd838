// Package ansi takes out of foreign text what a terminal acts on instead of showing it.
package ansi

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Hidden says whether a rune is not shown: a control character, or one that changes the direction of text or has no width
// (CVE-2021-42574, "Trojan Source").
func Hidden(r rune) bool {
	return unicode.IsControl(r) || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0x200b || r == 0x200e || r == 0x200f ||
		r == 0xfeff || r == 0x2028 || r == 0x2029
}

const escape = '\x1b'

// Strip removes escape sequences: CSI, OSC and the rest of ECMA-48, in their 7-bit and 8-bit forms. A sequence that never
// ends takes at most the rest of the line with it, never more, since lines are cleaned one by one.
func Strip(s string) string {
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
