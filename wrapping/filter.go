package wrapping

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
)

// Filter takes wrappings off a text that is too long to be held, line by line: line n of what it gives is line n of what it
// reads.
type Filter struct {
	Off     []string // the wrappings that it takes off, the outermost first
	Writers []Writer // that the first lines name, in order of appearance
	steps   []step
	only    *Writer
}

// step takes one wrapping off a line.
type step struct {
	each   func(string) string
	take   func(string) (cut, bool)
	inline func([]Line) []Line
}

// Detect looks at the first lines of a text for wrappings that go line by line; nil for none.
func Detect(head []string, known Known) *Filter {
	lines := make([]Line, len(head))
	for i, l := range head {
		lines[i] = Line{i + 1, l}
	}
	f := &Filter{}
	prefixes := 0
	for range maxLayers + 3 {
		w, s := nextStep(lines, f.Off, judge{known})
		if w == nil {
			break
		}
		if w.line != nil {
			prefixes++
		}
		f.Off, f.steps = append(f.Off, w.name), append(f.steps, s)
		lines = f.through(s, lines)
	}
	if prefixes == 0 {
		return nil
	}
	return f
}

// nextStep finds the outermost wrapping of the lines that goes line by line.
func nextStep(lines []Line, off []string, j judge) (*wrapping, step) {
	seen := look(lines)
	for i := range wrappings {
		w := &wrappings[i]
		if !seen.may(w) {
			continue
		}
		if w.each != nil && !slices.Contains(off, w.name) && changed(lines, w.each) != nil {
			return w, step{each: w.each}
		}
		if w.line == nil {
			continue
		}
		take, runs := w.line.find(lines, j)
		has := 0
		for _, r := range runs {
			has += r.has
		}
		if has > 0 && has*5 >= seen.lines*4 { // or it is of a part only
			return w, step{take: take, inline: w.line.inline}
		}
	}
	return nil, step{}
}

// through takes the lines through a step, and notes their writers.
func (f *Filter) through(s step, lines []Line) []Line {
	out := make([]Line, len(lines))
	for i, l := range lines {
		text, w, ok := s.line(l.Text)
		out[i] = Line{l.Number, text}
		if ok && w != (Writer{}) && !slices.Contains(f.Writers, w) && len(f.Writers) < maxTexts {
			f.Writers = append(f.Writers, w)
		}
	}
	return out
}

func (s step) line(l string) (rest string, from Writer, ok bool) {
	if s.each != nil {
		return s.each(l), Writer{}, false
	}
	c, ok := s.take(l)
	if !ok {
		return l, Writer{}, false
	}
	if s.inline != nil {
		c.rest = s.inline([]Line{{Text: c.rest}})[0].Text
	}
	return c.rest, c.from, true
}

// Only gives a filter that keeps the lines of one of the writers, and gives blank ones in place of all others. Lines that
// name none belong to the writer above.
func (f *Filter) Only(w Writer) *Filter {
	one := *f
	one.only = &w
	return &one
}

// Reader reads through the filter.
func (f *Filter) Reader(in io.Reader) io.Reader {
	return &filtered{filter: f, in: bufio.NewReaderSize(in, maxFilterLine)}
}

// maxFilterLine is how much of a line is looked at; the rest of a longer one goes through as it is.
const maxFilterLine = 64 << 10

// filtered is a text that is read through a filter.
type filtered struct {
	filter *Filter
	in     *bufio.Reader
	now    Writer // who wrote the line above
	within bool   // a line that was too long goes on
	silent bool   // and is another writer's
	out    bytes.Buffer
	err    error
}

func (r *filtered) Read(p []byte) (int, error) {
	for r.out.Len() == 0 {
		if r.err != nil {
			return 0, r.err
		}
		r.out.Reset()
		r.next()
	}
	return r.out.Read(p)
}

// next reads a line, or as much of it as is looked at.
func (r *filtered) next() {
	chunk, err := r.in.ReadSlice('\n')
	long := errors.Is(err, bufio.ErrBufferFull)
	if !long {
		r.err = err
	}
	if len(chunk) == 0 {
		return
	}
	if r.within {
		if !r.silent {
			r.out.Write(chunk)
		} else if !long && err == nil {
			r.out.WriteByte('\n')
		}
		r.within = long
		return
	}
	text, ended := strings.CutSuffix(string(chunk), "\n")
	for _, s := range r.filter.steps {
		rest, w, ok := s.line(text)
		if ok && w != (Writer{}) {
			r.now = w
		}
		text = rest
	}
	r.silent = r.filter.only != nil && r.now != *r.filter.only
	if !r.silent {
		r.out.WriteString(text)
	}
	if ended {
		r.out.WriteByte('\n')
	}
	r.within = long
}
