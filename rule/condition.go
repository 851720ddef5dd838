package rule

import (
	"errors"
	"slices"
	"strings"

	"cel.dev/cel-go/common/types"
)

// condition is an expression taken apart at its outermost &&. Most rules fail at their first term, and many begin with
// the same one, so that few of the others are ever compiled.
type condition []*expression

// newCondition makes a condition of the text that whole holds.
func newCondition(whole *expression) condition {
	var terms condition
	for _, span := range conjuncts(whole.text) {
		text := whole.text[span[0]:span[1]]
		terms = append(terms, &expression{text: text, want: wantBool, origin: whole.at(span[0])})
	}
	return terms
}

// evaluate gives what the whole expression would give: false when one term is false, whatever the others are; else what
// is unknown, else an error. No terms are true: an absent condition.
func (c condition) evaluate(s *scope) outcome {
	var unknown, failed []string
	for _, term := range c {
		o := term.evaluate(s)
		switch {
		case o.no():
			return o
		case o.failed():
			failed = append(failed, o.needs...)
		case !o.yes():
			unknown = append(unknown, o.needs...)
		}
	}
	slices.Sort(unknown)
	switch {
	case unknown != nil:
		return outcome{needs: slices.Compact(unknown)}
	case failed != nil:
		return outcome{needs: failed[:1]}
	}
	return outcome{value: types.True}
}

// compile compiles all terms.
func (c condition) compile(l *language) error {
	var mistakes []error
	for _, term := range c {
		mistakes = append(mistakes, term.check(l))
	}
	return errors.Join(mistakes...)
}

// conjuncts gives the spans of the terms that a text joins by &&; the whole when that is not easily told. What it cannot
// tell apart, CEL can.
func conjuncts(text string) [][2]int {
	whole := [][2]int{{0, len(text)}}
	var spans [][2]int
	depth, begin := 0, 0
	for i := 0; i < len(text); i++ {
		rest := text[i:]
		switch ch := text[i]; {
		case ch == '"' || ch == '\'':
			length := stringLength(rest)
			// A letter in front of the quote makes the string raw or bytes.
			if length == 0 || i > 0 && isWord(text[i-1]) {
				return whole
			}
			i += length - 1
		case strings.IndexByte("([{", ch) >= 0:
			depth++
		case strings.IndexByte(")]}", ch) >= 0:
			depth--
		case depth == 0 && ch == '?', depth == 0 && strings.HasPrefix(rest, "||"), strings.HasPrefix(rest, "//"):
			return whole
		case depth == 0 && strings.HasPrefix(rest, "&&"):
			spans = append(spans, trimmed(text, begin, i))
			i++
			begin = i + 1
		}
	}
	spans = append(spans, trimmed(text, begin, len(text)))
	empty := func(span [2]int) bool { return span[0] == span[1] }
	if depth != 0 || slices.ContainsFunc(spans, empty) {
		return whole
	}
	return spans
}

// stringLength gives the length of the string literal that text begins with, 0 for one that does not end or is written
// with three quotes.
func stringLength(text string) int {
	if strings.HasPrefix(text, `"""`) || strings.HasPrefix(text, "'''") {
		return 0
	}
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case text[0]:
			return i + 1
		case '\n':
			return 0
		}
	}
	return 0
}

// trimmed gives a span without white space at its ends.
func trimmed(text string, begin, end int) [2]int {
	begin += len(text[begin:end]) - len(strings.TrimLeft(text[begin:end], " \t\r\n"))
	end = begin + len(strings.TrimRight(text[begin:end], " \t\r\n"))
	return [2]int{begin, end}
}

func isWord(ch byte) bool {
	return ch >= 'a' && ch <= 'z' || ch >= 'A' && ch <= 'Z' || ch >= '0' && ch <= '9' || ch == '_'
}
