package printed

import (
	"slices"
	"strings"
)

// table is the header of a table that kubectl or crictl printed: names in upper case, which stand where their columns
// begin.
type table struct {
	names  []string
	starts []int // in runes
}

// twoWords are the column names of kubectl and crictl that hold a blank. They matter where a chat program has collapsed
// the blanks between columns.
var twoWords = []string{
	"LAST SEEN", "FIRST SEEN", "NOMINATED NODE", "READINESS GATES", "POD ID", "UP-TO-DATE", "NODE SELECTOR",
	"PORT(S)", "CONTAINER ID", "IMAGE ID", "EXIT CODE", "LAST STATE", "LAST REASON", "POD NAME", "APP VERSION",
}

// parseHeader reads a header. It is none if a word of it is not in upper case.
func parseHeader(line string) (table, bool) {
	var t table
	if strings.ContainsFunc(line, isLower) {
		if len(line) > maxRow || !strings.Contains(line, "CPU(cores)") {
			return t, false // which is so for nearly all lines
		}
		line = strings.NewReplacer("(cores)", "(CORES)", "(bytes)", "(BYTES)").Replace(line)
		if strings.ContainsFunc(line, isLower) {
			return t, false
		}
	}
	runes := []rune(line)
	if len(runes) > maxRow {
		return t, false
	}
	for i := 0; i < len(runes); {
		if isBlank(runes[i]) {
			i++
			continue
		}
		end := headerWord(runes, i)
		if joined := headerPair(runes, i, end); joined > end {
			end = joined
		}
		name := string(runes[i:end])
		if name != strings.ToUpper(name) || !hasLetter(name) {
			return table{}, false
		}
		t.names, t.starts = append(t.names, name), append(t.starts, i)
		i = end
	}
	return t, len(t.names) > 1
}

// headerWord ends at the next blank.
func headerWord(runes []rune, i int) int {
	for i < len(runes) && !isBlank(runes[i]) {
		i++
	}
	return i
}

// headerPair is the end of a name of two words that begins at i, 0 if there is none.
func headerPair(runes []rune, i, end int) int {
	if end+1 >= len(runes) || runes[end] != ' ' || isBlank(runes[end+1]) {
		return 0
	}
	end = headerWord(runes, end+1)
	if slices.Contains(twoWords, string(runes[i:end])) {
		return end
	}
	return 0
}

func hasLetter(s string) bool {
	return strings.ContainsFunc(s, func(c rune) bool { return 'A' <= c && c <= 'Z' })
}

func isLower(c rune) bool { return 'a' <= c && c <= 'z' }

func isBlank(c rune) bool { return c == ' ' || c == '\t' }

// maxRow bounds the length of a line that is taken for one of a table, in bytes: an event's message has at most 1 KiB.
const maxRow = 8 << 10

// has says whether the table has all these columns.
func (t table) has(names ...string) bool {
	return !slices.ContainsFunc(names, func(name string) bool { return !slices.Contains(t.names, name) })
}

// row is a line of a table, by the names of its columns.
type row map[string]string

// row reads a line by the columns' positions; where those don't fit, because rows of a watch are wider than the header or
// a chat program has collapsed blanks, by runs of two blanks. ok is false if neither works.
func (t table) row(line string) (row, bool) {
	if len(line) > maxRow {
		return nil, false
	}
	if r, ok := t.aligned([]rune(line)); ok {
		return r, true
	}
	cells := splitWide(line, len(t.names))
	if len(cells) != len(t.names) {
		return nil, false
	}
	r := row{}
	for i, name := range t.names {
		r[name] = cells[i]
	}
	return r, true
}

// aligned cuts a line where the columns begin. Before each must be a blank.
func (t table) aligned(line []rune) (row, bool) {
	r := row{}
	for i, name := range t.names {
		start, end := t.starts[i], len(line)
		if start >= len(line) {
			r[name] = ""
			continue
		}
		if start > 0 && !isBlank(line[start-1]) {
			return nil, false
		}
		if i+1 < len(t.starts) {
			end = min(end, t.starts[i+1])
		}
		cell := strings.TrimRight(string(line[start:end]), " \t")
		if cell != strings.TrimLeft(cell, " \t") || strings.ContainsRune(cell, '\t') {
			return nil, false // the columns of the row begin elsewhere
		}
		r[name] = cell
	}
	return r, true
}

// splitWide splits at runs of two or more blanks, into at most n cells: the last one, a message, may hold such runs.
func splitWide(line string, n int) []string {
	var cells []string
	line = strings.Trim(line, " \t")
	for len(cells) < n-1 {
		cut := -1
		for i := 0; i+1 < len(line); i++ {
			if line[i] == '\t' || line[i] == ' ' && isBlank(rune(line[i+1])) {
				cut = i
				break
			}
		}
		if cut < 0 {
			break
		}
		cells = append(cells, line[:cut])
		line = strings.TrimLeft(line[cut:], " \t")
	}
	return append(cells, line)
}

// cell is the text of a column, "" for what kubectl prints when there is nothing.
func (r row) cell(name string) string {
	switch text := r[name]; text {
	case "<none>", "<unknown>", "<unset>", "<nil>":
		return ""
	default:
		return text
	}
}

// splitKind splits "pod/api-1" and "deployment.apps/api", as kubectl writes names when it prints several kinds.
func splitKind(name string) (kind, rest string) {
	kind, rest, found := strings.Cut(name, "/")
	if !found {
		return "", name
	}
	kind, _, _ = strings.Cut(kind, ".")
	return strings.ToLower(kind), rest
}
