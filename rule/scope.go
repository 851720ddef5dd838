package rule

import (
	"maps"
	"reflect"
	"slices"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"

	"github.com/unloop-dev/unloop/evidence"
	"github.com/unloop-dev/unloop/fact"
)

// scope is what expressions see: the facts of one pod, of one of its containers, and of one match in its log.
type scope struct {
	language  *language
	evidence  *evidence.Evidence
	container *evidence.Container // nil for rules with each: pod
	said      []statement

	values   map[string]any
	patterns []*cel.AttributePatternType
	vars     cel.PartialActivation
}

// podScope makes the scope of the pod as a whole.
func podScope(l *language, ev *evidence.Evidence) *scope {
	s := &scope{language: l, evidence: ev, values: map[string]any{
		"pod": &ev.Pod, "workload": &ev.Workload, "node": ev.Node, "at": ev.At,
		"events": ev.Events,
	}}
	s.patterns = patterns(slices.Concat(
		unknowns("pod", reflect.ValueOf(ev.Pod)),
		unknowns("workload", reflect.ValueOf(ev.Workload)),
		unknowns("node", reflect.ValueOf(ev.Node)),
		ev.Unknown(nil),
	))
	if ev.At.IsZero() {
		s.patterns = append(s.patterns, cel.AttributePattern("at"))
	}
	return s.bind()
}

// with adds the facts of a container, nothing of its log being matched yet: m is unknown.
func (s *scope) with(c *evidence.Container) *scope {
	inner := s.set("c", c)
	inner.container = c
	inner.said = statements(s.evidence, c)
	facts := slices.Concat([]fact.Name{"m"}, unknowns("c", reflect.ValueOf(c)), s.evidence.Unknown(c))
	inner.patterns = slices.Concat(s.patterns, patterns(facts))
	return inner.bind()
}

// matched adds what a pattern found.
func (s *scope) matched(m map[string]string) *scope {
	inner := s.set("m", m)
	inner.patterns = slices.DeleteFunc(slices.Clone(s.patterns), func(p *cel.AttributePatternType) bool { return p.VariableMatches("m") })
	return inner.bind()
}

// set gives a scope with one more variable; the caller binds it.
func (s *scope) set(name string, value any) *scope {
	inner := *s
	inner.values = maps.Clone(s.values)
	inner.values[name] = value
	return &inner
}

// bind makes the activation. It fails for values that are neither a map nor an activation only.
func (s *scope) bind() *scope {
	s.vars, _ = cel.PartialVars(s.values, s.patterns...)
	return s
}

// names gives the facts that an unknown value hung on, each once, in order. m is unknown only while the log is, so it is
// the log that is needed.
func (s *scope) names(unknown *types.Unknown) []string {
	var names []string
	for _, id := range unknown.IDs() {
		trails, _ := unknown.GetAttributeTrails(id)
		for _, trail := range trails {
			name := trail.String()
			if trail.Variable() == "m" {
				name = string(fact.Log)
			}
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
