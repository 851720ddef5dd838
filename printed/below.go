package printed

import (
	"slices"
	"strings"
)

// maxOwnRows is how far below the header of a table the row of a pod is looked for.
const maxOwnRows = 50

// belowLog divides what stands under a command that prints a log where a table or a describe of that very pod begins below
// the log, set apart: a person pasted it without its command. What a log holds of other pods its program has printed.
func (s *segment) belowLog(sc *scanner) []part {
	for i := 1; i < len(s.lines); i++ {
		if !s.showsOwnPod(sc, i) {
			continue
		}
		end := s.logEnd(i)
		if end < 0 || !slices.ContainsFunc(s.lines[:end], isText) {
			continue
		}
		parts := []part{{BlockLog, 0, end}}
		if end < i {
			parts = append(parts, part{BlockOther, end, i})
		}
		for _, p := range newScanner(s.lines[i:]).parts() {
			if !slices.ContainsFunc(s.lines[p.from+i:p.to+i], isText) {
				continue
			}
			parts = append(parts, part{p.kind, p.from + i, p.to + i})
		}
		return parts
	}
	return nil
}

// logEnd gives the line after the log that ends above line i, which blank lines, that are the log's, or a heading sets apart
// from it; -1 if nothing does.
func (s *segment) logEnd(i int) int {
	end := i
	for end > 0 && !isText(s.lines[end-1]) {
		end--
	}
	if end > 1 && !isText(s.lines[end-2]) {
		if _, ok := headingAt(s.lines[end-1]); ok {
			return end - 1
		}
	}
	if end == i {
		return -1
	}
	return i
}

// showsOwnPod says that the head of a table or of a describe stands at a line, and the pod of the command in it.
func (s *segment) showsOwnPod(sc *scanner, i int) bool {
	l := s.lines[i]
	if s.command.Name == "" || len(l) > maxRow || !isText(l) {
		return false
	}
	if nameLine.MatchString(l) {
		_, name, _ := strings.Cut(l, ":")
		return s.command.isOf(strings.TrimSpace(name)) && sc.describeAt(i, l)
	}
	header, ok := parseHeader(l)
	if !ok || len(header.names) < 3 || !sc.tableAt(i, l) {
		return false
	}
	rows := s.lines[i+1 : min(len(s.lines), i+1+maxOwnRows)]
	return slices.ContainsFunc(rows, func(row string) bool {
		return len(row) <= maxRow && slices.ContainsFunc(strings.Fields(row), s.command.isOf)
	})
}

// isOf says whether a command that prints logs may have printed those of a pod.
func (c Command) isOf(pod string) bool {
	pod = strings.TrimPrefix(pod, "pod/")
	return pod == c.Name || c.Kind != "" && c.Kind != "Pod" && strings.HasPrefix(pod, c.Name+"-")
}
