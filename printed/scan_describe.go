package printed

import (
	"slices"
	"strings"
)

// describeEnd finds the end of a describe text: before what begins something else, and, after its events or without any
// field since, before a line that is no field and not indented.
func (s *scanner) describeEnd(i int) int {
	events := describeEvent.MatchString(s.lines[i])
	for i++; i < len(s.lines); i++ {
		l := s.lines[i]
		switch {
		case strings.TrimSpace(l) == "":
			continue
		case strings.Contains(l, "Message:") && s.exitCodeAfter(i) > i:
			i = s.exitCodeAfter(i)
		case eventsLine.MatchString(l), eventsHeader.MatchString(l):
			events = true
		case describeEvent.MatchString(l), l[0] == ' ', l[0] == '\t':
		case s.isOtherStart(i):
			return i
		case isGapText(l) && s.goesOn(i+1):
		case events && s.near(i+1, 20, describeEvent) && s.unbroken(i):
			// more lines of an event's message, which are not indented
		case s.heads(i), !describesMore(l) && !s.knownSoon(i):
			return i
		case isField(l) && !beginsLog(l):
			events = false // the next object
		case events, s.lines[i-1] == "":
			return i
		}
	}
	return len(s.lines)
}

// describesMore says that a line in the first column is one that a describe has there.
func describesMore(l string) bool {
	key, value, ok := strings.Cut(l, ":")
	return ok && (value == "" || isBlank(rune(value[0]))) && (marginKeys[key] || describeKeys[key] || slices.Contains(containerKeys, key) || slices.Contains(stateKeys, key)) ||
		ok && value != "" && isBlank(rune(value[0])) && quantity.MatchString(strings.TrimSpace(value)) && onlyOf(key, isResourceByte) || isRule(l) || describeEvent.MatchString(l) || isGapText(l) ||
		strings.HasPrefix(l, "/") && mount.MatchString(l)
}

func isResourceByte(c byte) bool {
	return 'a' <= c && c <= 'z' || isDigit(c) || c == '-' || c == '.' || c == '/'
}

// knownSoon says that a line follows that only a describe has, before long: then what stands before it is of the describe,
// a variable of several lines or a message.
func (s *scanner) knownSoon(i int) bool {
	if s.known == nil {
		s.known = make([]int32, len(s.lines)+1)
		next := int32(len(s.lines))
		for k := len(s.lines); k >= 0; k-- {
			s.known[k] = next
			if k > 0 && s.isKnown(s.lines[k-1]) {
				next = int32(k - 1)
			}
		}
	}
	return int(s.known[i+1]) < min(len(s.lines), i+maxToState)
}

// isKnown says that a line is one of a describe of which nothing else has the like.
func (s *scanner) isKnown(l string) bool {
	t := trimIndent(l)
	key, value, ok := strings.Cut(t, ":")
	switch {
	case !ok || len(key) > maxField || value != "" && !isBlank(rune(value[0])):
		return describeEvent.MatchString(l)
	case len(t) < len(l):
		return slices.Contains(containerKeys, key) || slices.Contains(stateKeys, key)
	}
	return stateLine.MatchString(l) || statusLine.MatchString(l) || eventsLine.MatchString(l) || nameLine.MatchString(l) || podKeysAlone[key]
}

// podKeysAlone are lines of a pod's describe in the first column that are called like nothing else.
var podKeysAlone = setOf([]string{
	"Service Account", "Start Time", "Priority Class Name", "Controlled By", "Init Containers", "Containers", "Ephemeral Containers", "QoS Class", "Node-Selectors",
	"Tolerations", "Last State", "Host Port", "Host Ports", "Container ID", "Image ID", "Restart Count", "Mounts",
})

// heads says that a line in the first column is the heading of what stands below a describe, and no field of it: its name
// is none that describe prints, and no list stands below it.
func (s *scanner) heads(i int) bool {
	h, ok := headingAt(s.lines[i])
	if !ok {
		return false
	}
	key, _, _ := strings.Cut(s.lines[i], ":")
	if marginKeys[key] || slices.Contains(containerKeys, key) || slices.Contains(stateKeys, key) {
		return false
	}
	for next := i + 1; next < min(len(s.lines), i+4); next++ {
		l := s.lines[next]
		if !isText(l) {
			continue
		}
		key, _, _ := strings.Cut(trimIndent(l), ":")
		known := marginKeys[key] || slices.Contains(containerKeys, key) || key == "Type"
		return !known && (h.logs || !isBlank(rune(l[0])) && (!isField(l) || beginsLog(l)))
	}
	return false
}

// goesOn says that a describe goes on behind a gap: with a field, with a line further right, or with an event.
func (s *scanner) goesOn(i int) bool {
	for ; i < len(s.lines); i++ {
		switch l := s.lines[i]; {
		case strings.TrimSpace(l) == "":
			continue
		case beginsLog(strings.TrimSpace(l)):
			return false
		default:
			return isBlank(rune(l[0])) || isField(l) || describeEvent.MatchString(l)
		}
	}
	return false
}

// unbroken says that no blank line stands between i and the next event.
func (s *scanner) unbroken(i int) bool {
	for ; i < len(s.lines) && !describeEvent.MatchString(s.lines[i]); i++ {
		if strings.TrimSpace(s.lines[i]) == "" {
			return false
		}
	}
	return true
}

// exitCodeAfter finds the exit code after a termination message, which may have many lines in the first column.
func (s *scanner) exitCodeAfter(i int) int {
	if s.mark <= i { // lines are asked for in their order, so each is looked at once
		s.mark = i + 1
	}
	for ; s.mark < min(len(s.lines), i+maxMessage); s.mark++ {
		l := strings.TrimLeft(s.lines[s.mark], " \t")
		if strings.HasPrefix(l, "Exit Code:") {
			return s.mark
		}
		if stateLine.MatchString(l) || strings.HasPrefix(l, "Ready:") {
			break
		}
	}
	return i
}

// maxMessage is how many lines a termination message is thought to have.
const maxMessage = 200
