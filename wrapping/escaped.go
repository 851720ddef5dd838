package wrapping

import (
	"encoding/json"
	"strings"

	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

// element is a line of a list of strings, as JSON sets it out.
func element(l string) (text string, ok bool) {
	s := strings.TrimPrefix(strings.TrimSuffix(strings.TrimSpace(l), ","), "- ")
	if len(s) < 2 || s[0] != '"' || s[len(s)-1] != '"' {
		return "", false
	}
	return unquote(s)
}

// unquote reads a string of JSON. Escapes that JSON has not stay.
func unquote(s string) (text string, ok bool) {
	return text, json.Unmarshal([]byte(s), &text) == nil
}

// lists takes the lines out of a list of strings: what Ansible's "debug" shows of stdout_lines. The lines of brackets
// before and behind become blank ones, which set it apart.
func lists(lines []Line, j judge) []Text {
	if isRecorded(lines) {
		return nil
	}
	ansible := false // its frame names what stands in it
	var out []Line
	kept := 0
	for i := 0; i < len(lines); i++ {
		ansible = ansible || ansibleHead.MatchString(lines[i].Text[:min(len(lines[i].Text), 200)])
		if _, ok := element(lines[i].Text); !ok {
			continue
		}
		end := i
		var after []Line
		for ; end < len(lines); end++ {
			text, ok := element(lines[end].Text)
			if !ok {
				break
			}
			after = append(after, unescaped(lines[end].Number, text)...)
		}
		if ansible && opensList(lines, i) || end-i >= leastRun && j.gains(lines[i:end], after) {
			head := max(i-1, kept)
			for head < i && !strings.HasSuffix(strings.TrimSpace(lines[head].Text), "[") {
				head++
			}
			out = append(append(out, lines[kept:head]...), blanked(lines[head:i])...)
			out = append(out, after...)
			kept = end
			for kept < len(lines) && strings.Trim(lines[kept].Text, " \t]},") == "" && !isBlank(lines[kept].Text) {
				out = append(out, Line{lines[kept].Number, ""})
				kept++
			}
		}
		i = max(end, kept) - 1
	}
	if kept == 0 {
		return nil
	}
	return asText(append(out, lines[kept:]...))
}

// opensList says that the line before the i-th opens a list of lines: "out.stdout_lines": [.
func opensList(lines []Line, i int) bool {
	return i > 0 && strings.HasSuffix(strings.TrimSpace(lines[i-1].Text), `_lines": [`)
}

func blanked(lines []Line) []Line {
	out := make([]Line, len(lines))
	for i, l := range lines {
		out[i].Number = l.Number
	}
	return out
}

// maxEscaped bounds the lines that one line holds.
const maxEscaped = 200000

// unescaped are the lines of a string, which all stand in one line.
func unescaped(number int, text string) []Line {
	var lines []Line
	for _, l := range strings.SplitN(strings.TrimRight(text, "\r\n"), "\n", maxEscaped) {
		lines = append(lines, Line{number, strings.TrimRight(l, "\r")})
	}
	return lines
}

// isRecorded says that strings are fields of an object of the API, or of a record of a log: those are read as they are.
func isRecorded(lines []Line) bool {
	for _, l := range lines {
		s := strings.TrimLeft(l.Text, " \t-")
		if len(s) < 5 || s[0] != '"' && s[0] != '{' && !isLetter(s[0]) {
			continue
		}
		if s[0] == '{' && recordKey.MatchString(s[:min(len(s), 2<<10)]) || objectKey.MatchString(s[:min(len(s), 200)]) {
			return true
		}
	}
	return false
}

var (
	recordKey = lazyregexp.New(`"(?:level|severity|lvl|time|ts|timestamp|@timestamp|log|logger|apiVersion|kind)"\s*:`)
	objectKey = lazyregexp.New(`^(?:\{?"(?:apiVersion|kind|containerStatuses|lastState|terminated|waiting|metadata)"\s*:|(?:apiVersion|kind):[^\\]*$|(?:containerStatuses|lastState|terminated|waiting|metadata):\s*$)`)
	quoted    = lazyregexp.New(`"(?:[^"\\]|\\.)*"`)
	listOf    = lazyregexp.New(`\[\s*(?:"(?:[^"\\]|\\.)*"\s*,\s*)+"(?:[^"\\]|\\.)*"\s*\]`)
)

// leastEscapes is how many line ends a string must hold to be a text.
const leastEscapes = 2

// escaped takes texts out of strings in which each line end is written "\n": the result of a program as JSON, as Ansible
// shows stdout and stderr, or a whole text that was quoted.
func escaped(lines []Line, j judge) []Text {
	if len(lines) == 1 {
		if text, ok := element(lines[0].Text); ok && strings.Contains(text, "\n") {
			return asText(unescaped(lines[0].Number, text)) // all of it was quoted
		}
	}
	if isRecorded(lines) {
		return nil
	}
	ansible := false // its frame names what stands in it
	var out []Line
	kept := 0
	for i, l := range lines {
		ansible = ansible || ansibleHead.MatchString(l.Text[:min(len(l.Text), 200)])
		if ansible {
			if text, ok := ansibleOutput(l.Text); ok {
				out = append(append(out, lines[kept:i]...), unescaped(l.Number, text)...)
				kept = i + 1
				continue
			}
		}
		if strings.Count(l.Text, `\n`) < leastEscapes && !strings.Contains(l.Text, `", "`) && !strings.Contains(l.Text, `","`) {
			continue
		}
		if i-kept > maxEscaped {
			break
		}
		after := inner(l)
		if len(after) == 0 || !j.gains([]Line{l}, after) {
			continue
		}
		out = append(append(out, lines[kept:i]...), after...)
		kept = i + 1
	}
	if kept == 0 {
		return nil
	}
	return asText(append(out, lines[kept:]...))
}

// ansibleHead begins the result of a task (ansible/ansible, lib/ansible/plugins/callback/default.py).
var ansibleHead = lazyregexp.New(`^(?:ok|changed|fatal|failed|skipping): \[[^\]]+\].* => \{`)

// ansibleOutput is what a program has put out, in a line of the result of a task.
func ansibleOutput(l string) (text string, ok bool) {
	key, value, found := strings.Cut(strings.TrimSpace(l), ": ")
	if !found {
		return "", false
	}
	switch key {
	case `"msg"`, `"stdout"`, `"stderr"`:
	default:
		if !strings.HasSuffix(key, `.stdout"`) && !strings.HasSuffix(key, `.stderr"`) {
			return "", false
		}
	}
	text, ok = unquote(strings.TrimSuffix(value, ","))
	return text, ok && strings.Contains(text, "\n")
}

// inner are the texts that a line holds, each set apart by a blank line.
func inner(l Line) []Line {
	var lines []Line
	seen := map[string]bool{}
	add := func(text string) {
		text = strings.TrimRight(text, "\r\n")
		if seen[text] {
			return
		}
		seen[text] = true
		if len(lines) > 0 {
			lines = append(lines, Line{l.Number, ""})
		}
		lines = append(lines, unescaped(l.Number, text)...)
	}
	strs := quoted.FindAllString(l.Text, 200)
	for _, s := range strs {
		if strings.Count(s, `\n`) < leastEscapes {
			continue
		}
		if text, ok := unquote(s); ok {
			add(text)
		}
	}
	for _, list := range listOf.FindAllString(l.Text, 20) {
		var items []string
		if json.Unmarshal([]byte(list), &items) == nil && len(items) >= leastRun {
			add(strings.Join(items, "\n"))
		}
	}
	if len(lines) > 0 {
		return lines
	}
	s := strings.TrimSpace(l.Text)
	s = strings.TrimPrefix(strings.TrimPrefix(s, "b'"), "'")
	add(slashes.Replace(strings.TrimSuffix(s, "'")))
	return lines
}

// pythonItem is a string of a list as Python prints it: in single quotes, or in double ones where it holds a single one.
var pythonItem = lazyregexp.New(`^\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")\s*(,|\]\s*$)`)

// pythonList reads a list of strings that Python printed and that is a whole line.
func pythonList(l string) []string {
	rest, ok := strings.CutPrefix(strings.TrimSpace(l), "[")
	if !ok || strings.HasPrefix(rest, `"`) && json.Valid([]byte(l)) {
		return nil
	}
	var items []string
	for len(items) < maxEscaped {
		m := pythonItem.FindStringSubmatch(rest)
		if m == nil {
			return nil
		}
		items = append(items, slashes.Replace(m[1]+m[2]))
		if rest = rest[len(m[0]):]; m[3] != "," {
			return items
		}
	}
	return nil
}

// pythonLists takes the lines out of lists of strings that Python printed.
func pythonLists(lines []Line, j judge) []Text {
	return regrouped(lines, j, func(l string) bool { return strings.HasPrefix(l, "['") || strings.HasPrefix(l, `["`) }, func(part []Line) []Line {
		var out []Line
		for _, l := range part {
			for _, item := range pythonList(l.Text) {
				out = append(out, unescaped(l.Number, item)...)
			}
		}
		return out
	})
}

// slashes are the escapes of a text that is in no string of JSON.
var slashes = strings.NewReplacer(`\\`, `\`, `\r\n`, "\n", `\n`, "\n", `\t`, "\t", `\"`, `"`, `\'`, "'")
