// Package wrapping takes off what a transport or a person puts around a text: the stamps of a CI system, the name of the
// pod before each line, the borders of a screen, the mark of a quotation, the frame of a table, the escapes of JSON.
//
// Each wrapping is a row of a table (wrappings): its name, and a function that takes it off or finds that it is not there.
// They nest, so they are tried from the outermost to the innermost until none is found. A line keeps the number that it
// has in the text that was given.
//
// What a program printed itself must stay as it is: many logs begin each line with a time, draw boxes or quote with ">".
// So a wrapping that could as well be the program's own is taken off only where what remains is recognised and what was
// there is not. One that names itself ("[pod/api-0/api] ") is always taken off.
package wrapping

import (
	"slices"
	"strings"
)

// Line is a line of a text and the number it has in the text that was given, counted from 1.
type Line struct {
	Number int
	Text   string
}

// Writer is who wrote a line, as its prefix says: a claim. Each field may be empty.
type Writer struct {
	Namespace, Pod, Container string
	Process                   string // within the container
}

// Text is what is left when the wrappings are off.
type Text struct {
	// Lines are in their order. Several have the same number where one line held them, escaped; a number is absent where
	// the line was a part of a wrapping.
	Lines []Line
	Off   []string // the wrappings that were taken off, the outermost first
	Writer
	// Stream says that lines of several writers were mixed and are told apart. Texts that differ in nothing but the process
	// are of one log.
	Stream bool

	outside bool // a part off which the last wrapping was not taken
}

// Known counts the lines that are of a kind that is recognised. It is asked about runs of lines as they are and as they
// would be without a wrapping, so it must not count what begins with a time or a level only.
type Known func(lines []string) int

// The bounds: wrappings in wrappings, texts in a text, and how often one text may be taken apart.
const (
	maxLayers  = 6
	maxTexts   = 1000
	maxAttempt = 12
)

// Unwrap gives the texts that stand in one, in the order in which they begin: itself where nothing is to be taken off. A
// prefix that names the writer of each line gives a text for each writer; lines without it belong to the writer above,
// unless they stand apart.
func Unwrap(lines []string, known Known) []Text {
	t := Text{Lines: make([]Line, len(lines))}
	for i, l := range lines {
		t.Lines[i] = Line{i + 1, l}
	}
	u := unwrapper{judge: judge{known}}
	u.layer(t, 0, maxAttempt)
	slices.SortStableFunc(u.texts, func(a, b Text) int { return a.first() - b.first() })
	return u.texts
}

// unwrapper holds the texts that are done.
type unwrapper struct {
	judge judge
	texts []Text
}

// layer takes off the outermost wrapping of a text, and goes on with what is left.
func (u *unwrapper) layer(t Text, layers, attempts int) {
	if layers < maxLayers && attempts > 0 && len(u.texts) < maxTexts {
		seen := look(t.Lines)
		for i := range wrappings {
			w := &wrappings[i]
			if !seen.may(w) || w.once && slices.Contains(t.Off, w.name) {
				continue
			}
			inner := w.off(t.Lines, u.judge)
			if inner == nil {
				continue
			}
			if !w.once {
				layers++
			}
			for _, in := range inner {
				u.layer(t.around(in, w.name), layers, attempts-1)
			}
			return
		}
	}
	if len(t.Lines) > 0 || len(u.texts) == 0 {
		u.texts = append(u.texts, t)
	}
}

// around gives the inner text what is known of the outer one.
func (t Text) around(in Text, name string) Text {
	in.Off = t.Off
	if !in.outside {
		in.Off = append(slices.Clip(t.Off), name)
	}
	in.outside = false
	in.Stream = in.Stream || t.Stream
	in.Writer = in.or(t.Writer)
	return in
}

// or fills what a writer leaves open.
func (w Writer) or(other Writer) Writer {
	fill := func(own *string, from string) {
		if *own == "" {
			*own = from
		}
	}
	fill(&w.Namespace, other.Namespace)
	fill(&w.Pod, other.Pod)
	fill(&w.Container, other.Container)
	fill(&w.Process, other.Process)
	return w
}

func (t Text) first() int {
	if len(t.Lines) == 0 {
		return 0
	}
	return t.Lines[0].Number
}

// Strings are the lines without their numbers.
func (t Text) Strings() []string { return textsOf(t.Lines) }

func textsOf(lines []Line) []string {
	texts := make([]string, len(lines))
	for i, l := range lines {
		texts[i] = l.Text
	}
	return texts
}

func isBlank(l string) bool { return strings.TrimSpace(l) == "" }
