package printed

import (
	"path"
	"slices"
	"strings"
)

// wordsFrom reads a command or its arguments. Each stands on a line of its own, and one of several lines on several
// (describeContainerCommand), so that nothing tells a line break within an argument from the next argument. What follows
// the -c of a shell is practically always one, with all the lines there are.
func wordsFrom(lines []line, before []string) []string {
	margin := -1
	for _, l := range lines {
		if margin < 0 || l.indent < margin {
			margin = l.indent
		}
	}
	words := make([]string, 0, len(lines))
	for _, l := range lines {
		words = append(words, strings.Repeat(" ", min(l.indent-margin, 200))+l.text)
	}
	script := scriptAt(slices.Concat(before, words)) - len(before)
	if script < 0 || script >= len(words) {
		return words
	}
	for i := script + 1; i < len(words); i++ {
		if lines[i].afterBlank {
			words[i] = "\n" + words[i]
		}
	}
	return append(words[:script:script], strings.Join(words[script:], "\n"))
}

var shells = []string{"sh", "bash", "ash", "dash", "zsh", "ksh"}

// scriptAt gives the place of the script that a shell is given with -c, -1 when the words are no such call.
func scriptAt(words []string) int {
	at := 0
	if len(words) > 0 && path.Base(words[0]) == "busybox" {
		at++
	}
	if at >= len(words) || !slices.Contains(shells, path.Base(words[at])) {
		return -1
	}
	for i := at + 1; i < len(words) && strings.HasPrefix(words[i], "-"); i++ {
		if !strings.HasPrefix(words[i], "--") && strings.HasSuffix(words[i], "c") {
			return i + 1
		}
	}
	return -1
}
