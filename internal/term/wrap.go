package term

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Wrap breaks text into lines of at most width columns, at white space; a run of white space counts as one space. A word
// that is wider than a line is broken, after a separator where there is one.
func Wrap(text string, width int) []string {
	var lines []string
	line := ""
	for words := strings.Fields(text); len(words) > 0; {
		word := words[0]
		switch {
		case line != "" && fits(word, width-Columns(line)-1):
			line += " " + word
		case line != "":
			lines, line = append(lines, line), ""
			continue
		case fits(word, width):
			line = word
		default:
			head, tail := breakWord(word, width)
			lines = append(lines, head)
			words[0] = tail
			continue
		}
		words = words[1:]
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

// Fold breaks text into lines of at most width columns and keeps its white space, for what is quoted: log lines, code.
func Fold(text string, width int) []string {
	var lines []string
	for !fits(text, width) {
		head, tail := breakWord(text, width)
		if tail == "" {
			break // a single character that is too wide
		}
		lines, text = append(lines, head), tail
	}
	return append(lines, text)
}

// breakWord cuts a word or a line that is wider than width in two. The second part never starts with "::", which a CI runner could
// take for a command (see [Clean]).
func breakWord(word string, width int) (head, tail string) {
	end := fit(word, width)
	if at := strings.LastIndexAny(word[:end], " /,;&?=-"); at > end/2 {
		end = at + 1
	}
	if !strings.HasPrefix(word[end:], "::") {
		return word[:end], word[end:]
	}
	before := strings.TrimRight(word[:end], ":")
	if _, size := utf8.DecodeLastRuneInString(before); size < len(before) {
		end = len(before) - size
		return word[:end], word[end:]
	}
	// Nothing but colons: a run of them as long as a line says nothing, so it may be shortened.
	return word[:end], ":" + strings.TrimLeft(word[end:], ":")
}

// fit is the length in bytes of the longest start of s that is at most width columns wide, at least one character.
func fit(s string, width int) int {
	used := 0
	for i, r := range s {
		if used += runeColumns(r); used > width && i > 0 {
			return i
		}
	}
	return len(s)
}

// fits says whether s is at most width columns wide. Unlike [Columns] it stops reading where s is too wide.
func fits(s string, width int) bool {
	for _, r := range s {
		if width -= runeColumns(r); width < 0 {
			return false
		}
	}
	return width >= 0
}

// Cut shortens s to width columns; what was cut off is marked by "…".
func Cut(s string, width int) string {
	if fits(s, width) {
		return s
	}
	return strings.TrimRight(s[:fit(s, max(width-1, 1))], " ") + "…"
}

// Columns is the number of columns that s takes on a terminal.
func Columns(s string) int {
	n := 0
	for _, r := range s {
		n += runeColumns(r)
	}
	return n
}

func runeColumns(r rune) int {
	switch {
	case r < 0x300:
		return 1
	case unicode.In(r, unicode.Mn, unicode.Me):
		return 0
	case r >= 0x1100 && unicode.Is(wide, r):
		return 2
	}
	return 1
}

// wide holds the characters of East Asian Width W and F (Unicode annex 11) and the emoji, in blocks: near enough for
// wrapping.
var wide = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x1100, Hi: 0x115f, Stride: 1}, // Hangul Jamo
		{Lo: 0x2e80, Hi: 0x303e, Stride: 1}, // CJK radicals, punctuation
		{Lo: 0x3041, Hi: 0x4dbf, Stride: 1}, // Kana, Bopomofo, CJK extension A
		{Lo: 0x4e00, Hi: 0xa4cf, Stride: 1}, // CJK, Yi
		{Lo: 0xa960, Hi: 0xa97f, Stride: 1},
		{Lo: 0xac00, Hi: 0xd7a3, Stride: 1}, // Hangul
		{Lo: 0xf900, Hi: 0xfaff, Stride: 1},
		{Lo: 0xfe30, Hi: 0xfe6f, Stride: 1},
		{Lo: 0xff00, Hi: 0xff60, Stride: 1}, // full-width forms
		{Lo: 0xffe0, Hi: 0xffe6, Stride: 1},
	},
	R32: []unicode.Range32{
		{Lo: 0x1f300, Hi: 0x1f64f, Stride: 1},
		{Lo: 0x1f680, Hi: 0x1f6ff, Stride: 1},
		{Lo: 0x1f900, Hi: 0x1faff, Stride: 1},
		{Lo: 0x20000, Hi: 0x3fffd, Stride: 1},
	},
}
