package rule

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// want says what an expression must give.
type want int

const (
	wantBool want = iota
	wantString
	wantPrintable // anything a template can write
)

// expression is a CEL expression that is compiled when it is first needed.
type expression struct {
	text string
	want want
	origin

	once    sync.Once
	program cel.Program
	err     error
}

// outcome is what an expression gave: a value, or the facts it hung on, or an error.
type outcome struct {
	value ref.Val  // nil when the value is not known
	needs []string // names of the unknown facts; for an error "error: …"
}

// errorNeed begins the need of an expression that could not be evaluated.
const errorNeed = "error: "

// yes says that a condition is true; no that it is false. Neither holds for an unknown one.
func (o outcome) yes() bool { return o.value == types.True }
func (o outcome) no() bool  { return o.value == types.False }

// failed says that the expression gave an error.
func (o outcome) failed() bool {
	return o.value == nil && len(o.needs) == 1 && strings.HasPrefix(o.needs[0], errorNeed)
}

// compile makes the program. All mistakes in the expression are in the error.
func (x *expression) compile(l *language) (cel.Program, error) {
	x.once.Do(func() {
		shared := l.compile(x.text)
		var mistakes []error
		for _, issue := range shared.issues {
			offset := textOffset(x.text, issue.Location.Line(), issue.Location.Column())
			mistakes = append(mistakes, x.mistake(offset, "%s", explain(issue.Message)))
		}
		if shared.checked != nil {
			mistakes = append(mistakes, x.misuse(shared.checked)...)
		}
		if len(mistakes) == 0 && shared.err != nil {
			mistakes = append(mistakes, x.mistake(0, "%v", shared.err))
		}
		x.program, x.err = shared.program, errors.Join(mistakes...)
	})
	return x.program, x.err
}

// check compiles an expression, if there is one, for the mistakes alone.
func (x *expression) check(l *language) error {
	if x == nil {
		return nil
	}
	_, err := x.compile(l)
	return err
}

// misuse finds what CEL's type checker lets pass and a rule must not do.
func (x *expression) misuse(checked *cel.Ast) []error {
	var mistakes []error
	if got := checked.OutputType(); !x.want.accepts(got) {
		mistakes = append(mistakes, x.mistake(0, "expected %s, found %s", x.want, got))
	}
	tree := checked.NativeRep()
	report := func(e ast.Expr, text string) {
		if text != "" {
			at := tree.SourceInfo().GetStartLocation(e.ID())
			mistakes = append(mistakes, x.mistake(textOffset(x.text, at.Line(), at.Column()), "%s", text))
		}
	}
	ast.PostOrderVisit(tree.Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		switch e.Kind() {
		case ast.IdentKind:
			report(e, uses(x.rule, e.AsIdent(), ""))
		case ast.SelectKind:
			if of := e.AsSelect().Operand(); of.Kind() == ast.IdentKind {
				report(of, uses(x.rule, of.AsIdent(), e.AsSelect().FieldName()))
			}
		case ast.CallKind:
			if name, key, ok := indexed(e.AsCall()); ok {
				report(e, uses(x.rule, name, key))
			}
		case ast.ComprehensionKind:
			report(e, hides(e.AsComprehension().IterVar()))
		}
	}))
	return slices.CompactFunc(mistakes, func(a, b error) bool { return a.Error() == b.Error() })
}

// indexed recognises m["key"], the long way to write m.key.
func indexed(call ast.CallExpr) (name, key string, ok bool) {
	if call.FunctionName() != operators.Index || call.Args()[0].Kind() != ast.IdentKind || call.Args()[1].Kind() != ast.LiteralKind {
		return "", "", false
	}
	key, ok = call.Args()[1].AsLiteral().Value().(string)
	return call.Args()[0].AsIdent(), key, ok
}

// accepts says whether values of a type are wanted.
func (w want) accepts(t *cel.Type) bool {
	switch w {
	case wantBool:
		return t.IsExactType(cel.BoolType)
	case wantString:
		return t.IsExactType(cel.StringType)
	}
	switch t.Kind() {
	case types.ListKind:
		return len(t.Parameters()) == 1 && t.Parameters()[0].Kind() != types.ListKind && w.accepts(t.Parameters()[0])
	case types.StringKind, types.IntKind, types.UintKind, types.DoubleKind, types.BoolKind, types.DurationKind, types.TimestampKind:
		return true
	}
	return false
}

// String names what is wanted in messages.
func (w want) String() string {
	switch w {
	case wantBool:
		return "bool"
	case wantString:
		return "string"
	}
	return "string, number, bool, duration, timestamp or a list of these"
}

// evaluate gives the value of the expression in a scope.
func (x *expression) evaluate(s *scope) outcome {
	program, err := x.compile(s.language)
	if err != nil {
		return outcome{needs: []string{errorNeed + err.Error()}}
	}
	value, _, err := program.Eval(s.vars)
	if err != nil {
		return outcome{needs: []string{errorNeed + err.Error()}}
	}
	if unknown, ok := value.(*types.Unknown); ok {
		return outcome{needs: s.names(unknown)}
	}
	return outcome{value: value}
}

// evaluateText is evaluate for an expression that gives a text; "" when there is none or it is unknown.
func (x *expression) evaluateText(s *scope) string {
	if x == nil {
		return ""
	}
	text, _ := printable(x.evaluate(s).value)
	return text
}

// printable writes a value for a person; false when it is none that can be written.
func printable(value ref.Val) (string, bool) {
	switch v := value.(type) {
	case types.String:
		return string(v), true
	case types.Int, types.Uint, types.Double, types.Bool:
		return fmt.Sprint(v.Value()), true
	case types.Duration:
		return Human(v.Duration), true
	case types.Timestamp:
		return v.UTC().Format(time.RFC3339), true
	}
	if value != nil && value.Type() == types.ListType {
		return strings.Join(elements(value), ", "), true
	}
	return "", false
}

// textOffset turns CEL's place in a text (line from 1, column from 0, in characters) into an offset in bytes.
func textOffset(text string, line, column int) int {
	offset := 0
	for range line - 1 {
		next := strings.IndexByte(text[offset:], '\n')
		if next < 0 {
			return offset
		}
		offset += next + 1
	}
	return min(offset+byteOffset(text[offset:], column+1), len(text))
}
