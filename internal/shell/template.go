package shell

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Template is the text of a command with holes for values.
type Template struct{ words []templateWord }

// Part is a piece of a template's text, or a hole.
type Part struct {
	Text string
	Hole bool
}

// templateWord is a word in the making, or an operator.
type templateWord struct {
	segments []segment // stand one after the other
	spelling string
	operator bool
}

// segment is text, or the hole of a number.
type segment struct {
	text string
	hole int
}

// noHole is the number of a segment that is text.
const noHole = -1

// Parse reads the text of a command: words, quoted as in a shell, and the operators |, || , && and ;. What a shell would
// expand ($x, `x`, *, ~), redirections with holes and holes in the script of a "sh -c" are mistakes: a value can be
// quoted for one shell, not for a second one inside it.
func Parse(parts []Part) (*Template, error) {
	l := lexer{}
	hole := 0
	for _, p := range parts {
		if p.Hole {
			l.add(segment{hole: hole})
			hole++
			continue
		}
		for _, r := range p.Text {
			if err := l.next(r); err != nil {
				return nil, err
			}
		}
	}
	if l.quote != 0 {
		return nil, fmt.Errorf("the quote %c is not closed", l.quote)
	}
	l.end()
	return &Template{l.words}, check(l.words)
}

// check refuses what no quoting can make safe.
func check(words []templateWord) error {
	for i, w := range words {
		switch {
		case !w.hasHole():
		case i > 0 && words[i-1].spelling == "-c" && slices.ContainsFunc(words[:i-1], isShell):
			return errors.New(`a script cannot hold values: write sh -c '… "$1"' sh {{…}}`)
		case strings.HasPrefix(w.spelling, ">"), i > 0 && strings.HasSuffix(words[i-1].spelling, ">"):
			return errors.New("the name of a file to write cannot be a value")
		}
	}
	return nil
}

func isShell(w templateWord) bool { return w.spelling == "sh" || w.spelling == "bash" }

func (w *templateWord) hasHole() bool {
	return slices.ContainsFunc(w.segments, func(s segment) bool { return s.hole != noHole })
}

// lexer cuts a text into words.
type lexer struct {
	words []templateWord
	word  templateWord
	open  bool // a word is being read
	quote rune // in quotes: which
}

func (l *lexer) add(s segment) {
	l.open = true
	if n := len(l.word.segments) - 1; n >= 0 && s.hole == noHole && l.word.segments[n].hole == noHole {
		l.word.segments[n].text += s.text
		return
	}
	l.word.segments = append(l.word.segments, s)
}

func (l *lexer) text(text string) { l.add(segment{text, noHole}) }

func (l *lexer) end() {
	if l.open {
		l.words = append(l.words, l.word)
	}
	l.word, l.open = templateWord{}, false
}

// next reads one character of our own text.
func (l *lexer) next(r rune) error {
	l.spell(r)
	switch {
	case l.quote != 0 && r == l.quote:
		l.quote = 0
	case l.quote == '"' && strings.ContainsRune("$`\\!", r):
		return fmt.Errorf("%q means something to a shell in double quotes; use single quotes", r)
	case l.quote != 0:
		l.text(string(r))
	case r == '\'' || r == '"':
		l.quote = r
		l.text("")
	case r == ' ' || r == '\n':
		l.unspell()
		l.end()
	case strings.ContainsRune("|&;", r):
		l.unspell()
		l.operator(r)
	case strings.ContainsRune("$`*?[]{}()~!\\#", r):
		return fmt.Errorf("%q means something to a shell; quote it", r)
	default:
		l.text(string(r))
	}
	return nil
}

// spell and unspell keep the text of the word as it is written.
func (l *lexer) spell(r rune) { l.word.spelling += string(r) }

func (l *lexer) unspell() { l.word.spelling = l.word.spelling[:max(len(l.word.spelling)-1, 0)] }

// operator ends the word and begins or goes on with an operator.
func (l *lexer) operator(r rune) {
	wasOpen := l.open
	l.end()
	if n := len(l.words) - 1; !wasOpen && n >= 0 && l.words[n].operator && l.words[n].spelling == string(r) {
		l.words[n].spelling += string(r)
		return
	}
	l.words = append(l.words, templateWord{operator: true, spelling: string(r)})
}

// Value is what fills a hole.
type Value struct {
	// Words are the words it stands for: one, or those of a list.
	Words []string
	List  bool
	// Absent says that the name is not known. The hole's word is left out together with Option, if that stands before it,
	// and else Placeholder stands for it.
	Absent              bool
	Option, Placeholder string
}

// Fill gives the command; false when a value is not known.
func (t *Template) Fill(value func(hole int) (Value, bool)) (Command, bool) {
	var c Command
	for i := range t.words {
		w := &t.words[i]
		if !w.hasHole() {
			c = append(c, Word{Text: w.text(), spelling: w.spelling, operator: w.operator})
			continue
		}
		filled, ok := w.fill(c, value)
		if !ok {
			return nil, false
		}
		c = filled
	}
	return c, true
}

// text is a word without holes, as a program gets it.
func (w *templateWord) text() string {
	if w.operator {
		return w.spelling
	}
	var b strings.Builder
	for _, s := range w.segments {
		b.WriteString(s.text)
	}
	return b.String()
}

// fill adds the word, or the words of a list, to what was made so far.
func (w *templateWord) fill(c Command, value func(hole int) (Value, bool)) (Command, bool) {
	var b strings.Builder
	for i, s := range w.segments {
		if s.hole == noHole {
			b.WriteString(s.text)
			continue
		}
		v, ok := value(s.hole)
		switch alone := len(w.segments) == 1; {
		case !ok:
			return nil, false
		case v.Absent && alone && v.Option != "" && len(c) > 0 && c[len(c)-1].Text == v.Option:
			return c[:len(c)-1], true
		case v.Absent:
			b.WriteString(v.Placeholder)
		case v.List && alone:
			return c.list(v.Words), true
		case len(v.Words) != 1, w.besideSlash(i) && strings.Contains(v.Words[0], "/"):
			return nil, false // a value beside a slash is one part of a path
		default:
			b.WriteString(v.Words[0])
		}
	}
	ours := w.segments[0].text != ""
	return append(c[:len(c):len(c)], Word{Text: b.String(), option: ours}), true
}

// list adds the words of a list. Right after "--" they are a program with its arguments, which may be options.
func (c Command) list(words []string) Command {
	program := len(c) > 0 && c[len(c)-1].Text == "--"
	for _, word := range words {
		c = append(c[:len(c):len(c)], Word{Text: word, option: program && word != words[0]})
	}
	return c
}

// besideSlash says whether our own text has a slash next to segment i.
func (w *templateWord) besideSlash(i int) bool {
	return i > 0 && strings.HasSuffix(w.segments[i-1].text, "/") || i+1 < len(w.segments) && strings.HasPrefix(w.segments[i+1].text, "/")
}
