package printed

import (
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

// eventAge is an age with how often and over what time the event was seen.
const eventAge = `((?:<unknown>|<invalid>|(?:\d+[ydhms])+)(?: \(x\d+ over (?:<unknown>|<invalid>|(?:\d+[ydhms])+)\))?)`

var (
	// eventRow is a row of DescribeEvents.
	eventRow = lazyregexp.New(`^(Normal|Warning)\s+([A-Z]\w*)\s+` + eventAge + `(\s.*)?$`)
	// describedSource is the source of an event and its message, parted by two spaces at least unless those were
	// collapsed. Up to kubectl 1.18 the node stands behind the source and a comma.
	describedSource = lazyregexp.New(`^(\S+?)(?:, (\S+))?(?:\s+(.*))?$`)
	// oldEventRow is one of kubectl up to 1.8: FirstSeen LastSeen Count From SubObjectPath Type Reason Message.
	oldEventRow = lazyregexp.New(`^((?:\d+[ydhms])+)\s+((?:\d+[ydhms])+)\s+(\d+)\s+(\S.*?)\s+(spec\.\S+)?\s+(Normal|Warning)\s+([A-Z]\w*)\s+(.*)$`)
	// eventPath is the field path that kubectl puts before the message since 1.35 or a little earlier.
	eventPath = lazyregexp.New(`^(spec\.\w+\{[^{}]+\}): `)
)

// eventsFrom reads the events of an object. read says that the text has them, if only as "<none>". A part may have rows
// without their head.
func eventsFrom(s sections, about corev1.ObjectReference) (events []Event, read bool) {
	for _, sec := range s {
		switch sec.head.key {
		case "Events", foundEvents:
			read = read || sec.head.value == "<none>" || len(sec.body) > 0 && isRule(sec.body[0].text)
			events = append(events, rowsFrom(sec.body, about)...)
		case "":
			events = append(events, rowsFrom(sec.body, about)...)
		}
	}
	return events, read || len(events) > 0
}

// rowsFrom reads the rows. A message of several lines goes on in lines that are no rows.
func rowsFrom(lines []line, about corev1.ObjectReference) []Event {
	var events []Event
	for i := 0; i < len(lines); {
		e, ok := rowFrom(lines[i].text)
		i++
		if !ok {
			continue
		}
		message := []string{e.Event.Message}
		for ; i < len(lines) && !isRule(lines[i].text) && !isRow(lines[i].text); i++ {
			if lines[i].afterBlank {
				message = append(message, "")
			}
			message = append(message, lines[i].text)
		}
		e.Event.Message = strings.Join(message, "\n")
		e.Event.InvolvedObject.Kind, e.Event.InvolvedObject.Name = about.Kind, about.Name
		e.Event.InvolvedObject.Namespace, e.Event.Namespace = about.Namespace, about.Namespace
		events = append(events, e)
	}
	return events
}

func isRow(text string) bool {
	_, ok := rowFrom(text)
	return ok
}

// mayBeRow spares most lines the expressions.
func mayBeRow(text string) bool {
	return strings.HasPrefix(text, "Normal") || strings.HasPrefix(text, "Warning") || (text != "" && text[0] >= '0' && text[0] <= '9')
}

// isRule says that a line is the head of the table.
func isRule(text string) bool {
	return strings.HasPrefix(text, "----") || (strings.HasPrefix(text, "Type") && strings.HasSuffix(text, "Message"))
}

func rowFrom(text string) (Event, bool) {
	if !mayBeRow(text) {
		return Event{}, false
	}
	m := eventRow.FindStringSubmatch(text)
	if m == nil {
		return oldRowFrom(text)
	}
	last, count, first, ok := ParseEventAge(m[3])
	if !ok {
		return Event{}, false
	}
	e := Event{Last: last, First: first}
	e.Event.Type, e.Event.Reason, e.Event.Count = m[1], m[2], max(1, count)
	e.setSource(strings.TrimSpace(m[4]), strings.HasPrefix(text, m[1]+"  "))
	return e, true
}

// setSource reads the source and the message. In a row that has kept its columns, a single cell is the message of an event
// without a source; so is what begins as the messages of its reason do.
func (e *Event) setSource(text string, columns bool) {
	m := describedSource.FindStringSubmatch(text)
	if m == nil || (columns && !strings.Contains(text, "  ")) || isMessageOf(e.Event.Reason, text) {
		e.setMessage(text)
		return
	}
	e.Event.Source = corev1.EventSource{Component: m[1], Host: m[2]}
	e.setMessage(m[3])
}

func oldRowFrom(text string) (Event, bool) {
	m := oldEventRow.FindStringSubmatch(text)
	if m == nil {
		return looseEvent(text) // columns are missing
	}
	e := Event{}
	e.First, _ = ParseAge(m[1])
	e.Last, _ = ParseAge(m[2])
	count, _ := int32From(m[3])
	e.Event.Count = max(1, count)
	component, host, _ := strings.Cut(strings.Trim(m[4], "{}"), " ")
	e.Event.Source = corev1.EventSource{Component: strings.TrimSuffix(component, ","), Host: host}
	e.Event.InvolvedObject.FieldPath = m[5]
	e.Event.Type, e.Event.Reason = m[6], m[7]
	e.setMessage(m[8])
	return e, true
}

func (e *Event) setMessage(text string) {
	text = strings.TrimSpace(text)
	if m := eventPath.FindStringSubmatch(text); m != nil {
		e.Event.InvolvedObject.FieldPath = m[1]
		text = text[len(m[0]):]
	}
	e.Event.Message = text
}
