package wrapping

import (
	"encoding/csv"
	"strings"
)

// commaTables takes the cells out of comma-separated values, as a spreadsheet or a web page exports a table. Their first
// line is the heads of the columns.
func commaTables(lines []Line, j judge) []Text {
	within := false
	return regrouped(lines, j, func(l string) bool {
		within = strings.Count(l, ",") > 1 && (within || isCommaHead(l))
		return within
	}, func(part []Line) []Line {
		var g grid
		for _, l := range part {
			cells := commaCells(l.Text)
			if len(cells) == 0 || len(cells) > maxColumns {
				return nil
			}
			g.numbers, g.rows = append(g.numbers, l.Number), append(g.rows, cells)
		}
		return g.lines()
	})
}

// isCommaHead says that a line holds nothing but the heads of columns.
func isCommaHead(l string) bool {
	if len(l) > 1<<10 {
		return false
	}
	for cell := range strings.SplitSeq(l, ",") {
		cell = strings.Trim(cell, `" `)
		if cell == "" || strings.Trim(cell, letters+" _-()") != "" {
			return false
		}
	}
	return true
}

func commaCells(l string) []string {
	if len(l) > 8<<10 {
		return nil
	}
	r := csv.NewReader(strings.NewReader(l))
	r.LazyQuotes, r.TrimLeadingSpace = true, true
	cells, err := r.Read()
	if err != nil {
		return nil
	}
	for i, c := range cells {
		cells[i] = bareCell(c)
	}
	return cells
}
