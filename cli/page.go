package cli

import (
	"regexp"
	"strings"

	"github.com/unloop-dev/unloop/internal/term"
)

// This file lays out a page of the catalogue, which is Markdown, for a person at a terminal. The rules are:
//
//   - Prose and lists are wrapped to the width. Code blocks, tables and code within a sentence are never broken, so that
//     a command can be copied as a whole, however narrow the terminal is.
//   - A heading stands at the margin and its section is indented, so that both can be told apart without colour.
//   - Colour repeats what words and places say: headings are bold, code is cyan and then needs no backquotes.
//   - Links show their name; where they lead is for those who read the file. Comments are for its authors.
//   - A page may come from --rules, so it is cleaned before it is laid out.

// pageLayout is one page in the making.
type pageLayout struct {
	width  int
	colors term.Colors
	b      strings.Builder

	text   []string // lines of the paragraph or list item that is being read
	code   bool     // within a code block
	indent string   // of the section
	blank  bool     // the last line is empty, or there is none
}

// layoutPage gives the page for a terminal of that width; the heading begins with prefix.
func layoutPage(doc, prefix string, width int, colors term.Colors) string {
	p := &pageLayout{width: width, colors: colors, blank: true}
	doc = clean(links.ReplaceAllString(doc, "$1"))
	for _, line := range strings.Split(doc, "\n") {
		p.read(line, prefix)
	}
	p.endText()
	return strings.TrimRight(p.b.String(), "\n") + "\n"
}

var (
	links    = regexp.MustCompile(`\[([^\]\n]+)\]\([^)\s]+\)`)
	bullets  = regexp.MustCompile(`^ *(?:\*|-|[0-9]+\.) `)
	comments = regexp.MustCompile(`^<!--.*-->$`)
)

// read takes the next line of the Markdown.
func (p *pageLayout) read(line, prefix string) {
	trimmed := strings.TrimSpace(line)
	switch {
	case strings.HasPrefix(trimmed, "```"):
		p.endText()
		p.code = !p.code
	case p.code:
		p.verbatim(p.indent + "  " + line)
	case trimmed == "":
		p.endText()
		p.line("")
	case comments.MatchString(trimmed):
		p.endText()
	case strings.HasPrefix(line, "# "):
		p.heading(prefix+strings.TrimSpace(line[2:]), "")
	case strings.HasPrefix(line, "## "), strings.HasPrefix(line, "### "):
		p.heading(strings.TrimSpace(strings.TrimLeft(line, "#")), "  ")
	case strings.HasPrefix(trimmed, "|"):
		p.endText()
		p.verbatim(p.indent + line)
	case bullets.MatchString(line):
		p.endText()
		p.text = []string{line}
	case len(p.text) == 0:
		p.text = []string{line}
	default:
		p.text = append(p.text, trimmed)
	}
}

// heading begins a section, whose text is indented.
func (p *pageLayout) heading(text, indent string) {
	p.endText()
	p.indent = indent
	for _, line := range wrapWhole(text, p.width) {
		p.line(p.colors.Bold(line))
	}
}

// endText lays out the paragraph or item that has been read. Its first line says how far it is indented.
func (p *pageLayout) endText() {
	if len(p.text) == 0 {
		return
	}
	bullet := bullets.FindString(p.text[0])
	first := p.text[0][len(bullet):]
	if bullet == "" { // a paragraph of an item keeps the item's indentation
		bullet = first[:len(first)-len(strings.TrimLeft(first, " "))]
	}
	p.text[0] = first
	hang := p.indent + strings.Repeat(" ", len(bullet))
	for i, line := range wrapWhole(strings.Join(p.text, " "), p.width-len(hang)) {
		start := hang
		if i == 0 {
			start = p.indent + bullet
		}
		p.line(start + p.painted(line))
	}
	p.text = nil
}

var codeSpan = regexp.MustCompile("`([^`]+)`")

// painted shows code by its colour instead of by backquotes.
func (p *pageLayout) painted(line string) string {
	if !p.colors {
		return line
	}
	return codeSpan.ReplaceAllStringFunc(line, func(span string) string { return p.colors.Cyan(strings.Trim(span, "`")) })
}

// line writes a line; of several empty ones only the first.
func (p *pageLayout) line(text string) {
	if text == "" && p.blank {
		return
	}
	p.blank = text == ""
	p.b.WriteString(text + "\n")
}

// verbatim writes a line that is never broken, whose empty lines count.
func (p *pageLayout) verbatim(text string) {
	p.b.WriteString(strings.TrimRight(text, " ") + "\n")
	p.blank = false
}

// wrapWhole is [term.Wrap], but keeps code whole: a command that is wider than the line sticks out of it.
func wrapWhole(text string, width int) []string {
	var lines []string
	line := ""
	for _, word := range words(text) {
		switch {
		case line == "":
			line = word
		case term.Columns(line)+1+term.Columns(word) <= width:
			line += " " + word
		default:
			lines, line = append(lines, line), word
		}
	}
	return append(lines, line)
}

// words cuts at white space outside of code; what touches a piece of code stays with it.
func words(text string) []string {
	const hidden = "\x00" // clean has removed it from all text
	whole := codeSpan.ReplaceAllStringFunc(text, func(span string) string { return strings.ReplaceAll(span, " ", hidden) })
	out := strings.Fields(whole)
	for i := range out {
		out[i] = strings.ReplaceAll(out[i], hidden, " ")
	}
	return out
}
