package rule

import (
	"errors"
	"strings"
	"sync"

	"cel.dev/cel-go/common/types/ref"

	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

// template is a text with {{expression}} in it. It is split when it is first needed.
type template struct {
	text string
	origin

	once  sync.Once
	parts []part
	err   error
}

// part is a literal text, or an expression when it has one.
type part struct {
	literal string
	*expression
}

// split finds the expressions.
func (t *template) split() ([]part, error) {
	t.once.Do(func() {
		rest := 0
		for {
			open := strings.Index(t.text[rest:], "{{")
			if open < 0 {
				break
			}
			begin := rest + open + 2
			length := expressionEnd(t.text[begin:])
			if length < 0 {
				t.err = t.mistake(begin-2, "{{ without its }}")
				return
			}
			text := t.text[begin : begin+length]
			if strings.TrimSpace(text) == "" {
				t.err = t.mistake(begin-2, "expected an expression between {{ and }}")
				return
			}
			if open > 0 {
				t.parts = append(t.parts, part{literal: t.text[rest : rest+open]})
			}
			t.parts = append(t.parts, part{expression: &expression{text: text, want: wantPrintable, origin: t.at(begin)}})
			rest = begin + length + 2
		}
		if rest < len(t.text) {
			t.parts = append(t.parts, part{literal: t.text[rest:]})
		}
	})
	return t.parts, t.err
}

// expressionEnd gives the length of the expression that text begins with, up to its }}, and -1 when there is none. Braces
// in strings and of CEL's own maps do not end it: {{"{{"}} writes two braces.
func expressionEnd(text string) int {
	depth := 0
	var quote byte
	for i := 0; i < len(text); i++ {
		switch ch := text[i]; {
		case quote != 0 && ch == '\\':
			i++
		case quote != 0:
			if ch == quote {
				quote = 0
			}
		case ch == '"' || ch == '\'':
			quote = ch
		case ch == '{':
			depth++
		case ch == '}' && depth > 0:
			depth--
		case ch == '}' && strings.HasPrefix(text[i:], "}}"):
			return i
		}
	}
	return -1
}

// compile compiles all expressions.
func (t *template) compile(l *language) error {
	if t == nil {
		return nil
	}
	parts, err := t.split()
	mistakes := []error{err}
	for _, p := range parts {
		mistakes = append(mistakes, p.check(l))
	}
	return errors.Join(mistakes...)
}

// expand fills in the values. Where one is unknown or cannot be had the text has "?" there, and known is false: a title
// is still of use then, a line of proof is not. A name that is not known is told by what it names.
func (t *template) expand(s *scope) (text string, known bool) {
	return t.fill(s, standIn.inProse)
}

// namingFact matches an expression that is no more than one of the facts that are names of things. An empty one leaves a hole,
// and the sentence around it says nothing.
var namingFact = lazyregexp.New(`^\s*(?:c\.(?:image|digest|memory\.limitText)|workload\.(?:kind|name)|pod\.(?:revision|serviceAccount))\s*$`)

// fill goes on with a text by each value; nameless goes on where a name is not known.
func (t *template) fill(s *scope, nameless func(n standIn, before string) string) (text string, known bool) {
	if t == nil {
		return "", false
	}
	parts, err := t.split()
	if err != nil {
		return "?", false
	}
	var b strings.Builder
	known = true
	for _, p := range parts {
		if p.expression == nil {
			b.WriteString(p.literal)
			continue
		}
		value, ok := printable(p.evaluate(s).value)
		if name, isName := standInFor(p.text); isName && (!ok || value == "") {
			before := b.String()
			b.Reset()
			b.WriteString(nameless(name, before))
			continue
		}
		switch {
		case !ok:
			value, known = "?", false
		case value == "" && namingFact.MatchString(p.text):
			known = false // "the release notes of "
		}
		b.WriteString(value)
	}
	return strings.TrimSpace(b.String()), known
}

// value is expand for a scalar of a patch: a template that is one expression and nothing else keeps the type of its
// value, so that failureThreshold: "{{…}}" gives a number.
func (t *template) value(s *scope) (value any, known bool) {
	parts, err := t.split()
	if err != nil {
		return nil, false
	}
	if len(parts) == 1 && parts[0].expression != nil {
		value, known = plain(parts[0].evaluate(s).value)
		_, isName := standInFor(parts[0].text)
		return value, known && (!isName || value != "") // a patch that names no container would change none
	}
	named := true
	text, known := t.fill(s, func(_ standIn, before string) string {
		named = false
		return before
	})
	return text, known && named
}

// plain gives a value as JSON knows it.
func plain(v ref.Val) (any, bool) {
	if v == nil {
		return nil, false
	}
	switch native := v.Value().(type) {
	case string, bool, int64, float64:
		return native, true
	}
	return printable(v)
}
