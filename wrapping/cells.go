package wrapping

import (
	"html"
	"strings"

	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

// grid is a table that was taken out of its frame.
type grid struct {
	numbers []int
	rows    [][]string
}

// maxColumns and maxCell bound what is set out in columns: the widest cell is paid for in each row.
const (
	maxColumns = 40
	maxCell    = 300
)

// lines sets the cells out as kubectl does: columns, with at least two blanks between them.
func (g grid) lines() []Line {
	var widths []int
	for _, row := range g.rows {
		for i, cell := range row {
			if i >= len(widths) {
				widths = append(widths, 0)
			}
			if n := columns(cell); n <= maxCell {
				widths[i] = max(widths[i], n)
			}
		}
	}
	var lines []Line
	for i, row := range g.rows {
		var b strings.Builder
		for k, cell := range row {
			b.WriteString(cell)
			if k < len(row)-1 {
				b.WriteString(strings.Repeat(" ", max(widths[k]-columns(cell), 0)+3))
			}
		}
		lines = append(lines, Line{g.numbers[i], strings.TrimRight(b.String(), " ")})
	}
	return lines
}

// tables takes the cells out of tables that are drawn with bars: Markdown's, those of wikis, of boxes and of SQL clients.
func tables(lines []Line, j judge) []Text {
	return regrouped(lines, j, barRow, func(part []Line) []Line {
		var g grid
		for _, l := range part {
			if isRule(l.Text) {
				continue
			}
			cells := barCells(l.Text)
			if len(cells) > maxColumns {
				return nil
			}
			g.numbers, g.rows = append(g.numbers, l.Number), append(g.rows, cells)
		}
		if len(g.rows) == 0 {
			return nil
		}
		return g.lines()
	})
}

// regrouped replaces each run of lines that are of a kind by what they become, where that is better.
func regrouped(lines []Line, j judge, is func(string) bool, become func([]Line) []Line) []Text {
	var out []Line
	judged, kept := 0, 0
	for i := 0; i < len(lines); i++ {
		if !is(lines[i].Text) {
			continue
		}
		end := i + 1
		for end < len(lines) && is(lines[end].Text) {
			end++
		}
		part := lines[i:end]
		from := i
		i = end
		if judged++; judged > maxJudged {
			break
		}
		after := become(part)
		if after == nil || !j.gains(part, after) {
			continue
		}
		out = append(append(out, lines[kept:from]...), after...)
		kept = end
	}
	if kept == 0 {
		return nil
	}
	return asText(append(out, lines[kept:]...))
}

// gains says that more lines are recognised in what some became.
func (j judge) gains(before, after []Line) bool {
	return j.known(textsOf(after)) > j.known(textsOf(before))
}

// bar is how columns are divided.
func isBar(r rune) bool { return r == '|' || r == '│' || r == '┃' || r == '║' }

// barRow says whether a line is a row of such a table, or a rule in it.
func barRow(l string) bool {
	if len(l) > 8<<10 || !strings.ContainsFunc(l, isBar) && !strings.ContainsAny(l, "+─━═┼") {
		return false
	}
	if isRule(l) {
		return true
	}
	bars := 0
	for _, r := range l {
		if isBar(r) {
			bars++
		}
	}
	return bars >= 1
}

// isRule says that a line divides rows: it is drawn.
func isRule(l string) bool {
	s := strings.TrimSpace(l)
	return len(s) >= 3 && strings.Trim(s, framing+":") == "" && strings.Trim(s, "| \t") != ""
}

// barCells are the cells of a row. A bar that is escaped is one of the text.
func barCells(l string) []string {
	s := strings.TrimSpace(strings.ReplaceAll(l, `\|`, "\x00"))
	s = strings.Map(func(r rune) rune {
		if isBar(r) {
			return '|'
		}
		return r
	}, s)
	s = strings.ReplaceAll(s, "||", "|") // the head of a table in Jira
	s = strings.TrimSuffix(strings.TrimPrefix(s, "|"), "|")
	cells := strings.Split(s, "|")
	for i, c := range cells {
		cells[i] = bareCell(strings.ReplaceAll(c, "\x00", "|"))
	}
	return cells
}

var breakTag = lazyregexp.New(`(?i)<br\s*/?>`)

// bareCell takes the marks of Markdown off a cell.
func bareCell(c string) string {
	c = strings.TrimSpace(breakTag.ReplaceAllString(c, " "))
	for _, mark := range []string{"**", "`", "_"} {
		if len(c) > 2*len(mark) && strings.HasPrefix(c, mark) && strings.HasSuffix(c, mark) {
			c = c[len(mark) : len(c)-len(mark)]
		}
	}
	return strings.ReplaceAll(c, "\t", " ")
}

// htmlTables takes the cells out of tables of HTML.
func htmlTables(lines []Line, j judge) []Text {
	var out []Line
	kept, judged := 0, 0
	for i := 0; i < len(lines) && judged < maxJudged; i++ {
		if !containsFold(lines[i].Text, "<tr") && !containsFold(lines[i].Text, "<table") {
			continue
		}
		judged++
		end := tableEnd(lines, i)
		g := htmlGrid(lines[i:end])
		if after := g.lines(); len(after) > 0 && j.gains(lines[i:end], after) {
			out = append(append(out, lines[kept:i]...), after...)
			kept = end
		}
		i = end - 1
	}
	if kept == 0 {
		return nil
	}
	return asText(append(out, lines[kept:]...))
}

func containsFold(l, tag string) bool {
	return strings.Contains(l, "<") && strings.Contains(strings.ToLower(l[:min(len(l), 8<<10)]), tag)
}

// tableEnd is the line behind the last one that belongs to a table.
func tableEnd(lines []Line, i int) int {
	end := i + 1
	for k := i; k < len(lines); k++ {
		if containsFold(lines[k].Text, "</table") {
			return k + 1
		}
		if containsFold(lines[k].Text, "</tr") || containsFold(lines[k].Text, "</td") {
			end = k + 1
		}
		if k-end > 200 {
			break
		}
	}
	return end
}

var tag = lazyregexp.New(`<[^<>]*>`)

// htmlGrid reads rows and cells; text between other tags belongs to the cell.
func htmlGrid(lines []Line) grid {
	var g grid
	var row []string
	cell, open, number := "", false, 0
	endCell := func() {
		if open && len(row) < maxColumns {
			row = append(row, strings.Join(strings.Fields(html.UnescapeString(cell)), " "))
		}
		cell, open = "", false
	}
	endRow := func() {
		endCell()
		if len(row) > 0 {
			g.rows, g.numbers = append(g.rows, row), append(g.numbers, number)
		}
		row = nil
	}
	for _, l := range lines {
		rest := l.Text
		for rest != "" {
			at := tag.FindStringIndex(rest)
			if at == nil {
				at = []int{len(rest), len(rest)}
			}
			if open && len(cell) < 8<<10 {
				cell += rest[:at[0]]
			}
			switch tagName(rest[at[0]:at[1]]) {
			case "tr":
				endRow()
				number = l.Number
			case "td", "th":
				endCell()
				open = true
			case "/td", "/th":
				endCell()
			case "/tr", "/table":
				endRow()
			case "br":
				cell += " "
			}
			rest = rest[at[1]:]
		}
		cell += " "
	}
	endRow()
	return g
}

func tagName(t string) string {
	t = strings.ToLower(strings.Trim(t, "<> "))
	if i := strings.IndexAny(t, " \t"); i >= 0 {
		t = t[:i]
	}
	return t
}
