package printed

import (
	"slices"
	"strings"
)

// gapWords are what people write where they cut a text, and gapFill what may stand beside one of them: "[output truncated]",
// "<snip>", "... 20 lines omitted ...".
var (
	gapWords = []string{"snip", "snipped", "cut", "truncated", "omitted", "elided", "removed", "redacted", "shortened", "skipped", "trimmed", "stripped"}
	gapFill  = []string{"output", "line", "lines", "more", "some", "rest", "other", "stuff", "here", "of", "the", "for", "brevity", "text", "etc", "content", "irrelevant", "too"}
)

// isGap recognises the mark that people leave where they cut a text.
func isGap(l line) bool { return isGapText(l.text) }

func isGapText(text string) bool {
	if len(text) == 0 || len(text) > 60 || strings.ContainsAny(text, ":=/\"'") {
		return false
	}
	core, fill, numbers := false, false, false
	for word := range strings.FieldsFuncSeq(text, func(c rune) bool { return strings.ContainsRune(" \t[]<>(){}.…-~*#_,;+|\\", c) }) {
		switch word = strings.ToLower(word); {
		case slices.Contains(gapWords, word):
			core = true
		case slices.Contains(gapFill, word):
			fill = true
		case onlyOf(word, isDigit):
			numbers = true
		default:
			return false
		}
	}
	scissors := strings.Contains(text, "8<") || strings.Contains(text, ">8")
	dots := strings.Contains(text, "...") || strings.Contains(text, "…") || strings.TrimSpace(text) == ".."
	return core || scissors || dots && (fill || !numbers)
}

// hosts are the lines of a pod behind which its containers stand where their headline was cut out: each is of one line, or
// a list that stands further right.
var hosts = setOf([]string{
	"Name", "Namespace", "Priority", "Priority Class Name", "Runtime Class Name", "Service Account", "Node", "Start Time", "Labels",
	"Annotations", "Status", "Reason", "Message", "SeccompProfile", "IP", "IPs", "Controlled By",
})

// orphans finds lines of containers that stand in no section of containers, since what is above them was cut out.
type orphans struct {
	lines []line
	next  []int // of each line, where the next line of a state is; -1 for none
}

func orphansOf(lines []line) orphans {
	o := orphans{lines, make([]int, len(lines))}
	next := -1
	for i := len(lines) - 1; i >= 0; i-- {
		if isState(lines[i]) {
			next = i
		}
		o.next[i] = next
	}
	return o
}

// isState knows the first line of a state.
func isState(l line) bool {
	return (l.key == "State" || l.key == "Last State") && slices.Contains([]string{"Waiting", "Running", "Terminated"}, l.value)
}

// maxToState is how many lines of a container are thought to stand before its state: command and arguments may be long.
const maxToState = 100

// begins says that the first of such lines is line i, in the section of head. The state of the container must follow.
func (o orphans) begins(head line, i int) bool {
	if !hosts[head.key] || o.next[i] < 0 || o.next[i] > i+maxToState {
		return false
	}
	l := o.lines[i]
	if !slices.Contains(containerKeys, l.key) && !beginsContainer(o.lines, i) {
		return false
	}
	column := head.indent + len(head.text) - len(head.value) // where the values of a list stand
	return head.value == "" || l.indent < column
}

// hasOrphans says that containers were found outside of a section of them.
func (s sections) hasOrphans() bool {
	for i := range s {
		if i > 0 && s[i].head.key == "" {
			return true
		}
	}
	return false
}
