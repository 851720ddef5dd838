package term

import (
	"regexp"
	"strings"
	"unicode"
)

// Clean makes foreign text (log lines, events, names) harmless to print, and puts it on one line. Nothing that comes from
// a cluster or a file reaches a terminal, a CI log or a browser without it. It removes
//
//   - escape sequences and control characters, which drive the terminal (colours, titles, the cursor, the clipboard);
//   - formatting characters: bidi controls, which make text read as something else ("Trojan Source"), and characters
//     without width, which hide in names;
//   - invalid UTF-8, replaced by U+FFFD;
//
// and it puts a space into what a CI runner would take for a command: GitHub's ::set-output and ##[group], Azure's
// ##vso[task…], TeamCity's ##teamcity[…]. Clean(Clean(s)) is Clean(s).
func Clean(s string) string {
	s = CleanLines(s)
	if !strings.ContainsAny(s, "\n\t") {
		return s
	}
	return strings.NewReplacer("\n", " ", "\t", " ").Replace(s)
}

// CleanLines is [Clean] for text of several lines: line breaks and tabs stay.
func CleanLines(s string) string {
	if isClean(s) {
		return s
	}
	s = strings.ToValidUTF8(s, "\uFFFD")
	s = escapes.ReplaceAllString(s, "")
	s = strings.ReplaceAll(s, "\r\n", "\n")
	s = strings.Map(cleanRune, s)
	s = hashCommand.ReplaceAllString(s, "# $1")
	// A match takes the space that the next one needs in front of it, so the second pass finds what the first could not.
	for range 2 {
		s = colonCommand.ReplaceAllString(s, "$1: :$2")
	}
	return s
}

// isClean says that there is nothing to clean, which is so of nearly all texts. It need not see it of all.
func isClean(s string) bool {
	for i := range len(s) {
		if ch := s[i]; (ch < ' ' || ch > '~') && ch != '\n' && ch != '\t' {
			return false
		}
	}
	return !strings.Contains(s, "##") && !strings.Contains(s, "::")
}

// escapes matches the escape sequences of ECMA-48, in their two-byte (ESC [) and their C1 form: control sequences; strings
// (titles, hyperlinks, clipboard) with their terminator; all others. A string without terminator loses only its opening:
// cutting all that follows would let a log hide its own end.
var escapes = regexp.MustCompile(`(?:\x1b\[|\x{9b})[0-?]*[ -/]*[@-~]` +
	`|(?:\x1b[\]PX^_]|[\x{90}\x{98}\x{9d}-\x{9f}])[^\x07\x1b\x{9c}\n]*(?:\x07|\x1b\\|\x{9c})` +
	`|\x1b[ -/]*[0-~]`)

// hashCommand is looked for anywhere in a line, as Azure's and GitHub's runners do for their older form.
var hashCommand = regexp.MustCompile(`#(#(?:\[|vso\[|teamcity\[))`)

// colonCommand is GitHub's newer form. A runner takes it only at the start of a line, after white space; wrapping can move
// any word there, so the start of every word counts. IPv6 addresses (::1, ::ffff:10.0.0.1) do not match.
var colonCommand = regexp.MustCompile(`(?m)(^|\s)::([A-Za-z][\w-]*(?:\s|::|$))`)

func cleanRune(r rune) rune {
	switch {
	case r == '\n' || r == '\t':
		return r
	case r == '\r' || r == '\u0085' || r == '\u2028' || r == '\u2029' || r == '\v' || r == '\f':
		return '\n' // a lone carriage return lets a line overwrite what stands before it
	case unicode.IsControl(r) || unicode.Is(unicode.Cf, r):
		return -1
	}
	return r
}
