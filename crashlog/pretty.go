package crashlog

import (
	"bytes"
	"encoding/json"
	"slices"

	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

// People look at a structured log through jq, which writes a record over many lines, and copy a part of what they see; a
// terminal breaks a long record where its width ends. Both are put together again before the lines are taken apart.

// prettyLines is how many lines one record may have.
const prettyLines = 200

// joinRecords makes one line of each record that is spread over several. What turns out to be no record of a logger is
// left as it is.
func joinRecords(lines []wholeLine) []wholeLine {
	var joined []wholeLine // nil as long as there is nothing to join
	for i := 0; i < len(lines); {
		end := recordEnd(lines[i:])
		record, ok := wholeLine{}, false
		if end > 1 {
			record, ok = joinRecord(lines[i : i+end])
		}
		if ok && joined == nil {
			joined = slices.Clone(lines[:i])
		}
		switch {
		case ok:
			joined = append(joined, record)
		case joined != nil:
			joined = append(joined, lines[i:i+end]...)
		}
		i += end
	}
	if joined == nil {
		return lines
	}
	return joined
}

// body is what the program wrote, without white space around.
func (l *wholeLine) body() []byte { return bytes.TrimSpace(l.text[l.prefix:]) }

var (
	memberLine = lazyregexp.New(`^"[\w.@$/ -]{1,80}" ?: ?(?:["\d{\[-]|true|false|null)`)
	// insideLine is how a line looks that stands in a record: a member, a value in a list, brackets.
	insideLine = lazyregexp.New(`^(?:"|[\]}]+,?$|[{\[]|-?\d+(?:\.\d+)?,?$|(?:true|false|null),?$)`)
)

// recordEnd gives how many of the lines are one record, as far as their looks tell; 1 when the first one stands alone.
func recordEnd(lines []wholeLine) int {
	first := lines[0].body()
	switch {
	case len(first) == 0:
		return 1
	case first[0] == '{' && len(first) > 1 && first[1] == '"':
		return wrappedEnd(lines)
	case string(first) == "{", string(first) == "[{", memberLine.Match(first):
		return prettyEnd(lines)
	}
	return 1
}

// prettyEnd finds the end of a record that begins with its bracket, or in the middle.
func prettyEnd(lines []wholeLine) int {
	depth, members := 0, 0
	if lines[0].body()[0] == '"' {
		depth = 1 // its bracket was cut off
	}
	for i := range lines[:min(len(lines), prettyLines)] {
		body := lines[i].body()
		if i > 0 && (lines[i].apart || !insideLine.Match(body)) {
			return wholeRecord(i, members)
		}
		if memberLine.Match(body) {
			members++
		}
		if depth += depthOf(body); depth <= 0 {
			return wholeRecord(i+1, members)
		}
	}
	return wholeRecord(min(len(lines), prettyLines), members)
}

// wholeRecord wants two members of a record: one may be anything.
func wholeRecord(lines, members int) int {
	if members < 2 {
		return 1
	}
	return lines
}

// depthOf is how many more brackets a line opens than it closes.
func depthOf(line []byte) int {
	depth, quoted := 0, false
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			depth--
		}
	}
	return depth
}

// wrappedLines is into how many lines a terminal breaks a record that is put together again.
const wrappedLines = 40

// wrappedEnd finds the end of a record that begins on one line and ends on another.
func wrappedEnd(lines []wholeLine) int {
	if body := lines[0].body(); body[len(body)-1] == '}' && depthOf(body) == 0 {
		return 1
	}
	size := 0
	for i := range lines[:min(len(lines), wrappedLines)] {
		body := lines[i].body()
		size += len(body)
		if i > 0 && (lines[i].apart || len(body) == 0 || body[0] == '{' && len(body) > 1 && body[1] == '"') || size > maxLine {
			return 1
		}
		if i > 0 && body[len(body)-1] == '}' && json.Valid(joinText(lines[:i+1], nil)) {
			return i + 1
		}
	}
	return 1
}

// joinText is what the program wrote into the lines, put together.
func joinText(lines []wholeLine, between []byte) []byte {
	var text []byte
	for i := range lines {
		if i > 0 {
			text = append(text, between...)
		}
		body := lines[i].text[lines[i].prefix:]
		if between != nil {
			body = bytes.TrimSpace(body)
		}
		text = append(text, body...)
		if len(text) > maxLine {
			break
		}
	}
	return text
}

// joinRecord makes one line of a record; false when that is no logger's.
func joinRecord(lines []wholeLine) (wholeLine, bool) {
	first := lines[0].body()
	pretty := first[0] == '"' || len(first) <= 2
	var text []byte
	switch {
	case first[0] == '"':
		text = append([]byte("{"), joinText(lines, []byte(" "))...)
	case pretty:
		text = bytes.TrimPrefix(joinText(lines, []byte(" ")), []byte("["))
	default:
		text = joinText(lines, nil)
	}
	text = bytes.TrimRight(text, ", ")
	prefix := lines[0].text[:lines[0].prefix]
	record := lines[0]
	record.text = slices.Concat(prefix, text)
	e := parseLine(record.number, string(record.text))
	if e.fields == nil {
		return wholeLine{}, false
	}
	for i := range lines {
		record.words |= lines[i].words
		if pretty && tellingLine(&lines[i], e.fields) {
			record.number = lines[i].number
		}
	}
	return record, true
}

// tellingLine says that a line holds the error of a record or, if it has none, the message.
func tellingLine(l *wholeLine, fields map[string]string) bool {
	telling := firstLine(fields[fieldError])
	if telling == "" {
		telling = fields[fieldMessage]
	}
	quoted, err := json.Marshal(telling)
	return err == nil && telling != "" && bytes.Contains(l.text, bytes.TrimSuffix(quoted, []byte(`"`)))
}
