package rule

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// source is a rule file. It is kept so that a mistake found late, when an expression is compiled on demand, is still
// reported with its line and column.
type source struct {
	file string
	data []byte
}

// position is a place in a source, both numbers counted from 1, columns in characters.
type position struct {
	line, col int
}

// origin says where a text of a rule stands.
type origin struct {
	src    *source
	node   *yaml.Node
	offset int // where the text begins in the value of node
	rule   *Rule
	field  string
}

// mistake is what is wrong at offset in the text.
func (o origin) mistake(offset int, format string, args ...any) error {
	return &mistake{
		file: o.src.file, at: o.src.locate(o.node, o.offset+offset),
		rule: o.rule.ID, field: o.field, text: fmt.Sprintf(format, args...),
	}
}

// at gives the origin of a part of the text.
func (o origin) at(offset int) origin {
	o.offset += offset
	return o
}

// mistake is one thing that is wrong with a rule file.
type mistake struct {
	file  string
	at    position
	rule  string // "" when the file has no usable id
	field string // "" when the mistake concerns the file
	text  string
}

// Error gives file:line:col, which editors and CI runners turn into a link.
func (m *mistake) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s:%d:%d: ", m.file, m.at.line, m.at.col)
	if m.rule != "" {
		fmt.Fprintf(&b, "rule %q: ", m.rule)
	}
	if m.field != "" {
		b.WriteString(m.field + ": ")
	}
	b.WriteString(m.text)
	return b.String()
}

// join puts mistakes into the order in which a person reads the files, and joins them. It takes joined ones apart first.
func join(errs ...error) error {
	var flat []error
	var collect func([]error)
	collect = func(errs []error) {
		for _, err := range errs {
			var joined interface{ Unwrap() []error }
			switch {
			case err == nil:
			case errors.As(err, &joined):
				collect(joined.Unwrap())
			default:
				flat = append(flat, err)
			}
		}
	}
	collect(errs)
	slices.SortStableFunc(flat, func(a, b error) int {
		x, y := place(a), place(b)
		return cmp.Or(cmp.Compare(x.file, y.file), cmp.Compare(x.at.line, y.at.line), cmp.Compare(x.at.col, y.at.col))
	})
	return errors.Join(flat...)
}

// place gives the mistake that an error is, and an empty one, which sorts first, for any other error.
func place(err error) mistake {
	if m, ok := errors.AsType[*mistake](err); ok {
		return *m
	}
	return mistake{}
}

// locate gives the place of the byte at offset in the value of a scalar. It is exact for literal blocks (|) and for
// scalars that stand verbatim on one line; for folded and escaped ones it gives the place where the scalar begins.
func (s *source) locate(node *yaml.Node, offset int) position {
	if node == nil { // of an unpacked rule only the file is known
		return position{1, 1}
	}
	start := position{node.Line, node.Column}
	if node.Kind != yaml.ScalarNode || offset < 0 || offset > len(node.Value) {
		return start
	}
	if node.Style&yaml.LiteralStyle != 0 {
		before := node.Value[:offset]
		line := strings.Count(before, "\n")
		text, _, _ := strings.Cut(node.Value[strings.LastIndexByte(before, '\n')+1:], "\n")
		// The content of a block begins on the line after its indicator.
		raw := s.line(node.Line + 1 + line)
		indent := strings.Index(raw, text)
		if indent < 0 {
			return start
		}
		return position{node.Line + 1 + line, column(raw, indent+offset-strings.LastIndexByte(before, '\n')-1)}
	}
	raw := s.line(node.Line)
	from := byteOffset(raw, node.Column)
	found := strings.Index(raw[from:], node.Value)
	if node.Value == "" || found < 0 {
		return start
	}
	return position{node.Line, column(raw, from+found+offset)}
}

// line gives the text of a line, counted from 1, and "" beyond the end.
func (s *source) line(number int) string {
	rest := s.data
	for range number - 1 {
		_, after, found := bytes.Cut(rest, []byte("\n"))
		if !found {
			return ""
		}
		rest = after
	}
	text, _, _ := bytes.Cut(rest, []byte("\n"))
	return string(text)
}

// column turns a byte offset in a line into a column.
func column(line string, offset int) int {
	return utf8.RuneCountInString(line[:min(offset, len(line))]) + 1
}

// byteOffset is the reverse of column.
func byteOffset(line string, column int) int {
	for i := range line {
		column--
		if column == 0 {
			return i
		}
	}
	return len(line)
}
