package crashlog

import (
	"strings"
	"unicode/utf8"

	"github.com/unloop-dev/unloop/internal/ansi"
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
	s = ansi.Strip(s)
	s = lastOverwrite(s)
	return strings.Map(func(r rune) rune {
		if r != '\t' && ansi.Hidden(r) {
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
