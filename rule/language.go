package rule

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/ext"

	"github.com/unloop-dev/unloop/evidence"
)

// Bounds on foreign expressions. The cost limit is CEL's own measure of work done, so unlike a deadline it stops the
// same rule at the same place on every machine; the dearest built-in condition costs a few hundred.
const (
	costLimit       = 100_000
	expressionLimit = 10_000 // characters
	nestingLimit    = 50
)

// language is CEL with our variables and functions.
type language struct {
	env *cel.Env

	// programs are shared by expressions of the same text: nearly every rule writes {{c.name}} and refers to
	// c.lastExit.ref.
	mu       sync.Mutex
	programs map[string]*program
}

// program is what became of the text of an expression.
type program struct {
	once    sync.Once
	checked *cel.Ast        // nil when there are issues
	issues  []*common.Error // of the parser and the type checker
	program cel.Program
	err     error // of planning: a constant regular expression is bad
}

func newLanguage() (*language, error) {
	l := &language{programs: make(map[string]*program)}
	options := []cel.EnvOption{
		ext.NativeTypes(
			reflect.TypeFor[evidence.Container](), reflect.TypeFor[evidence.Pod](), reflect.TypeFor[evidence.Node](),
			reflect.TypeFor[evidence.Workload](), reflect.TypeFor[evidence.Event](),
			ext.ParseStructTag("cel"),
		),
		ext.Strings(),
		cel.ParserExpressionSizeLimit(expressionLimit),
		cel.ParserRecursionLimit(nestingLimit),
		// All macros but has: over our types has(x.f) means "x.f is not zero" and would pass for "is known". A rule
		// compares, and an unknown field makes it undecided.
		cel.ClearMacros(),
		cel.Macros(cel.AllMacro, cel.ExistsMacro, cel.ExistsOneMacro, cel.MapMacro, cel.MapFilterMacro, cel.FilterMacro),
	}
	for name, t := range variables() {
		options = append(options, cel.Variable(name, t))
	}
	env, err := cel.NewEnv(append(options, l.functions()...)...)
	if err != nil {
		return nil, fmt.Errorf("set up CEL: %w", err)
	}
	l.env = env
	return l, nil
}

// compile gives the program of a text, made when first asked for.
func (l *language) compile(text string) *program {
	l.mu.Lock()
	p := l.programs[text]
	if p == nil {
		p = &program{}
		l.programs[text] = p
	}
	l.mu.Unlock()
	p.once.Do(func() {
		checked, issues := l.env.Compile(text)
		if issues.Err() != nil {
			p.issues = issues.Errors()
			return
		}
		p.checked = checked
		p.program, p.err = l.env.Program(checked,
			// Partial evaluation is what makes unknown facts different from zero ones; see unknowns.
			cel.EvalOptions(cel.OptPartialEval|cel.OptOptimize),
			cel.CostLimit(costLimit),
		)
	})
	return p
}

// variables are what expressions see, as the comment of Rule says.
func variables() map[string]*cel.Type {
	return map[string]*cel.Type{
		"c":        cel.ObjectType("evidence.Container"),
		"pod":      cel.ObjectType("evidence.Pod"),
		"node":     cel.ObjectType("evidence.Node"),
		"workload": cel.ObjectType("evidence.Workload"),
		"events":   cel.ListType(cel.ObjectType("evidence.Event")),
		"at":       cel.TimestampType,
		"m":        cel.MapType(cel.StringType, cel.StringType),
	}
}

// value makes a CEL value of one of our structs. CEL's default adapter cannot.
func (l *language) value(native any) ref.Val {
	return l.env.CELTypeAdapter().NativeToValue(native)
}

// explain rewrites those of CEL's messages that would not tell an author what to do.
func explain(message string) string {
	if strings.Contains(message, "undeclared reference to 'has'") {
		return "has() is not available: it would mean \"is not zero\", not \"is known\"; compare the field, an unknown one makes the rule undecided"
	}
	message, _, _ = strings.Cut(message, " (in container '')")
	// The parser goes on to list all dozen tokens that it would have liked better.
	message, _, _ = strings.Cut(message, " expecting {")
	return message
}

// hides checks that the variable of a macro does not have the name of one of ours: e in events.exists(e, …).
func hides(name string) string {
	if _, ours := variables()[name]; ours {
		return fmt.Sprintf("%s already means something, choose another name", name)
	}
	return ""
}

// uses checks that a rule may use the variables and keys that an expression names.
func uses(r *Rule, name, key string) string {
	switch {
	case name == "c" && r.Each == "pod":
		return "c is not bound in a rule with each: pod"
	case name == "m" && len(r.Logs) == 0:
		return "m is only bound in a rule with logs"
	case name == "m" && key != "" && !slices.Contains(r.groups(), key):
		return fmt.Sprintf("m.%s: no pattern has a group of this name", key)
	}
	return ""
}
