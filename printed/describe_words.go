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

// scriptOptions are the programs that are given a script as an argument, by the name they begin with, and the option that
// says so.
var scriptOptions = []struct{ program, option string }{
	{"sh", "c"},
	{"bash", "c"},
	{"ash", "c"},
	{"dash", "c"},
	{"zsh", "c"},
	{"ksh", "c"},
	{"python", "c"},
	{"node", "e"},
	{"perl", "e"},
	{"ruby", "e"},
	{"php", "r"},
}

// scriptAt gives the place of the script that a shell or the like is given, -1 when the words are no such call.
func scriptAt(words []string) int {
	at := 0
	if len(words) > 0 && path.Base(words[0]) == "busybox" {
		at++
	}
	if at >= len(words) {
		return -1
	}
	program := strings.TrimRight(path.Base(words[at]), "0123456789.") // python3.12
	for _, s := range scriptOptions {
		if s.program != program {
			continue
		}
		for i := at + 1; i < len(words) && strings.HasPrefix(words[i], "-"); i++ {
			if !strings.HasPrefix(words[i], "--") && strings.HasSuffix(words[i], s.option) {
				return i + 1
			}
		}
	}
	return -1
}
