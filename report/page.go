package report

import (
	"strings"

	"github.com/unloop-dev/unloop/internal/term"
)

// page lays out lines of text. What it is given must be clean already, but for the colours it adds itself.
type page struct {
	b     strings.Builder
	width int
	paint term.Colors
	gap   bool // a blank line is due before the next one
}

// style paints one line; nil leaves it.
type style func(string) string

func (p *page) line(s string) {
	if p.gap && p.b.Len() > 0 {
		p.b.WriteByte('\n')
	}
	p.gap = false
	p.b.WriteString(strings.TrimRight(s, " "))
	p.b.WriteByte('\n')
}

// blank asks for a blank line between what was written and what will be; several ask for one.
func (p *page) blank() { p.gap = true }

// minText is the least room for text beside its lead; with less, the text goes below.
const minText = 20

// prose writes the text after its lead, wrapped, the further lines standing under the first one. More than rows lines are
// cut; 0 means no limit.
func (p *page) prose(lead, text string, rows int, leadStyle, textStyle style) {
	indent := term.Columns(lead)
	if p.width-indent < minText && lead != "" {
		p.line(apply(leadStyle, term.Cut(strings.TrimRight(lead, " "), p.width)))
		lead, leadStyle, indent = "    ", nil, 4
	}
	lines := term.Wrap(text, max(p.width-indent, 1))
	if rows > 0 && len(lines) > rows {
		lines = lines[:rows]
		lines[rows-1] = term.Cut(lines[rows-1]+" …", p.width-indent)
	}
	if len(lines) == 0 {
		lines = []string{""}
	}
	for i, line := range lines {
		start := strings.Repeat(" ", indent)
		if i == 0 && line == "" {
			start = apply(leadStyle, strings.TrimRight(lead, " "))
		} else if i == 0 {
			start = apply(leadStyle, lead)
		}
		p.line(start + apply(textStyle, line))
	}
}

func apply(s style, text string) string {
	if s == nil {
		return text
	}
	return s(text)
}

// headline writes a label in capitals and the sentence after it, whose further lines are indented as little as can be.
func (p *page) headline(label, sentence string, paint style) {
	const indent = "    "
	for i, line := range term.Wrap(label+" "+sentence, p.width-len(indent)) {
		switch rest, whole := strings.CutPrefix(line, label); {
		case i > 0:
			p.line(indent + p.paint.Bold(line))
		case whole && rest != "":
			p.line("  " + paint(label) + " " + p.paint.Bold(rest))
		default: // the label alone fills the line
			p.line("  " + paint(line))
		}
	}
}

// heading opens a section.
func (p *page) heading(title string) { p.prose("  ", title, 0, nil, p.paint.Bold) }

// item writes one entry of a list.
func (p *page) item(lead, text string, rows int) { p.prose("    "+lead, text, rows, nil, nil) }

// labelWidth leaves room for the longest label, "Next attempt".
const labelWidth = 14

// label writes entry i of a section: a word in bold, and the text beside it. The word stands beside the first entry only.
func (p *page) label(name, text string, i, rows int) {
	if strings.TrimSpace(text) == "" {
		return
	}
	if i > 0 {
		name = ""
	}
	p.prose("  "+name+strings.Repeat(" ", max(labelWidth-len(name), 1)), text, rows, p.paint.Bold, nil)
}

// literal writes a command on a line of its own, never broken or cut, so that it can be copied whole.
func (p *page) literal(indent int, command string) {
	if command != "" {
		p.line(strings.Repeat(" ", indent) + p.paint.Dim(command))
	}
}
