package printed

import "strings"

// nodeRun are the lines from one on that belong to a node's log, seen together: what programs write to a journal stands
// mixed there, and only few lines of it tell of pods.
type nodeRun struct {
	from, to int  // to is the line after the last one
	seen     int  // the line after the last one that was looked at
	telling  bool // a line tells of a pod, or of a kill for memory
}

const (
	// maxBetween is how many lines without a head may stand between two of a node's log: a message of several lines, one that
	// somebody put in.
	maxBetween = 8
	// maxOOMReport is how many lines the kernel's report of a kill for memory may have: it lists all processes.
	maxOOMReport = 4000
)

// lineOfNode is what a line is for a node's log.
type lineOfNode int

const (
	notOfNode  lineOfNode = iota
	markOfNode            // what journalctl says itself
	headOfNode            // a line of any program
	tellsOfPod
)

func lineOfNodeOf(l string) lineOfNode {
	switch {
	case isJournalLine(l):
		return tellsOfPod
	case strings.HasPrefix(l, "-- "), strings.HasPrefix(l, "Hint: You are currently not seeing messages"):
		return journalMark(l)
	}
	n, headed := readNodeLine(l)
	switch {
	case tellsOfOOM(kernelText(n.text)) && (!headed || n.unit == "kernel"):
		return tellsOfPod
	case (n.ofRuntime() || !headed) && tellsOfContainer(n.text):
		return tellsOfPod
	case headed, isKlogOrLogrus(l), isKernelLine(l), strings.HasPrefix(kernelText(l), "Killed process "): // the last line of an old report
		return headOfNode
	}
	return notOfNode
}

// isKlogOrLogrus knows lines of the kubelet, the runtime and the distributions around them, where they write files: other programs
// write such lines too.
func isKlogOrLogrus(l string) bool {
	if strings.HasPrefix(l, "time=") {
		return logrusHead.MatchString(l[:min(len(l), maxHead)])
	}
	head := l[:min(len(l), maxHead)]
	return strings.IndexByte("IWEF", l[0]) >= 0 && strings.Contains(head, ".go:") && klogHead.MatchString(head)
}

// journalMark knows what journalctl prints between messages (systemd, src/journal/journalctl-show.c).
func journalMark(l string) lineOfNode {
	for _, mark := range []string{"-- Logs begin at", "-- Journal begins at", "-- Boot ", "-- Reboot --", "-- No entries", "Hint: "} {
		if strings.HasPrefix(l, mark) {
			return markOfNode
		}
	}
	return notOfNode
}

// journalAt says whether a node's log begins at a line, or goes on there: with a line of any program, if one of those below
// it tells of pods.
func (s *scanner) journalAt(i int, l string) bool {
	if lineOfNodeOf(l) == notOfNode {
		return false
	}
	if i < s.node.from || i >= s.node.seen {
		s.node = s.runOfNode(i)
	}
	return s.node.telling && i < s.node.to
}

func (s *scanner) journalEnd(i int) int {
	if i < s.node.from || i >= s.node.to {
		s.node = s.runOfNode(i)
	}
	return s.node.to
}

// runOfNode finds where the lines of a node's log that begin at i end.
func (s *scanner) runOfNode(i int) nodeRun {
	r := nodeRun{from: i, to: i, seen: i + 1}
	between, report := 0, false
	for j := i; j < len(s.lines); j++ {
		l := s.lines[j]
		if strings.TrimSpace(l) == "" {
			continue
		}
		kind := lineOfNodeOf(l)
		if kind == notOfNode {
			if between++; between > maxBetween && !report || between > maxOOMReport || !report && s.isOtherThanNode(j) {
				break
			}
			continue
		}
		r.telling = r.telling || kind == tellsOfPod
		r.to, r.seen, between = j+1, j+1, 0
		report = (report || strings.Contains(l, oomInvoked)) && !strings.Contains(l, "illed process")
	}
	for end := r.to; end < min(len(s.lines), r.to+maxBetween) && isIndented(s.lines[end]) && !s.isOtherThanNode(end); end++ {
		r.to, r.seen = end+1, max(r.seen, end+1) // more lines of the last message
	}
	return r
}

func isIndented(l string) bool { return isText(l) && isBlank(rune(l[0])) }

// isOtherThanNode says whether something else that is known begins at a line.
func (s *scanner) isOtherThanNode(i int) bool {
	l := s.lines[i]
	if len(l) > maxRow {
		return false
	}
	for k := range s.rows {
		if r := &s.rows[k]; r.kind != BlockJournal && r.starts(s, i, l) {
			return true
		}
	}
	return false
}
