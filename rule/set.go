package rule

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
)

// Set is a set of rules, ready to be applied. It is not changed after it is made and may be used by several goroutines.
type Set struct {
	rules    []*Rule // by id
	byName   map[string]*Rule
	language func() (*language, error)
}

// newSet makes a set of rules whose ids and aliases must all differ. Of two rules with one name the later is at fault.
func newSet(rules []*Rule) (*Set, error) {
	s := &Set{byName: make(map[string]*Rule), language: sync.OnceValues(newLanguage)}
	var mistakes []error
	// All ids before all aliases, so that it is the alias which is called the duplicate.
	for _, r := range rules {
		mistakes = append(mistakes, s.take(r, r.ID, "id"))
	}
	for _, r := range rules {
		for _, alias := range r.Aliases {
			mistakes = append(mistakes, s.take(r, alias, "aliases"))
		}
	}
	s.rules = slices.SortedFunc(slices.Values(rules), func(a, b *Rule) int { return strings.Compare(a.ID, b.ID) })
	return s, join(mistakes...)
}

// take gives a name to a rule.
func (s *Set) take(r *Rule, name, field string) error {
	if other := s.byName[name]; other != nil {
		return r.mistake(field, "%q is taken by %s", name, other.File)
	}
	s.byName[name] = r
	return nil
}

// mistake is what is wrong with a rule as a member of a set.
func (r *Rule) mistake(field, format string, args ...any) error {
	return &mistake{file: r.File, at: r.compiled.fields[field], rule: r.ID, field: field, text: fmt.Sprintf(format, args...)}
}

// Rules gives all rules in order of their ids.
func (s *Set) Rules() []*Rule {
	return slices.Clone(s.rules)
}

// Rule gives the rule with an id or alias, nil when there is none.
func (s *Set) Rule(id string) *Rule {
	return s.byName[id]
}

// With adds a user's rules. Their ids must be new, but for rules that say with replaces which rule they stand for; then
// the old id, too, leads to the new rule. The user's rules are compiled and checked in full.
func (s *Set) With(user *Set) (*Set, error) {
	replaced, err := s.replaced(user)
	mistakes := []error{err}
	var rules []*Rule
	for _, r := range s.rules {
		if replaced[r] == nil {
			rules = append(rules, r)
		}
	}
	for _, r := range user.rules {
		if old := s.byName[r.ID]; old != nil && r.Replaces == "" {
			mistakes = append(mistakes, r.mistake("id", "%q is taken by %s; a rule that is to stand for it says replaces: %s", r.ID, old.File, old.ID))
			continue
		}
		rules = append(rules, r)
	}
	merged, err := newSet(rules)
	for old, r := range replaced {
		for _, name := range append([]string{old.ID}, old.Aliases...) {
			if merged.byName[name] == nil {
				merged.byName[name] = r
			}
		}
	}
	if err := join(append(mistakes, err, user.compile(), merged.link())...); err != nil {
		return nil, err
	}
	return merged, nil
}

// replaced gives the rules of s that a rule of user stands for.
func (s *Set) replaced(user *Set) (map[*Rule]*Rule, error) {
	var mistakes []error
	by := make(map[*Rule]*Rule)
	for _, r := range user.rules {
		if r.Replaces == "" {
			continue
		}
		old := s.byName[r.Replaces]
		switch {
		case old == nil:
			mistakes = append(mistakes, r.mistake("replaces", "there is no rule %q", r.Replaces))
		case by[old] != nil:
			mistakes = append(mistakes, r.mistake("replaces", "%q is replaced by %s already", r.Replaces, by[old].File))
		default:
			by[old] = r
		}
	}
	return by, join(mistakes...)
}

// Check compiles everything and resolves what rules say of each other. Load leaves that for later because it takes
// fifty times as long as reading; the built-in rules are checked by their tests.
func (s *Set) Check() error {
	return join(s.compile(), s.link())
}

// compile compiles everything.
func (s *Set) compile() error {
	language, err := s.language()
	if err != nil {
		return err
	}
	var mistakes []error
	for _, r := range s.rules {
		mistakes = append(mistakes, r.compiled.compile(language))
	}
	return join(mistakes...)
}

// link checks that explains names rules that exist, and that nothing explains itself by way of others.
func (s *Set) link() error {
	var mistakes []error
	for _, r := range s.rules {
		for _, id := range r.Explains {
			if s.byName[id] == nil {
				mistakes = append(mistakes, r.mistake("explains", "there is no rule %q", id))
			}
		}
	}
	done := make(map[*Rule]bool)
	for _, r := range s.rules {
		if cycle := s.cycle(r, nil, done); cycle != nil {
			mistakes = append(mistakes, s.byName[cycle[0]].mistake("explains", "goes in a circle: %s", strings.Join(cycle, " → ")))
		}
	}
	return join(mistakes...)
}

// cycle gives the ids of a circle that can be reached from r, its first id again at the end, nil when there is none.
func (s *Set) cycle(r *Rule, path []string, done map[*Rule]bool) []string {
	if at := slices.Index(path, r.ID); at >= 0 {
		return append(path[at:], r.ID)
	}
	if done[r] {
		return nil
	}
	defer func() { done[r] = true }()
	for _, id := range r.Explains {
		if next := s.byName[id]; next != nil {
			if found := s.cycle(next, append(path[:len(path):len(path)], r.ID), done); found != nil {
				return found
			}
		}
	}
	return nil
}

// CheckSamples holds the rules to their own samples, and to what a reader of the report needs.
func (s *Set) CheckSamples() error {
	var mistakes []error
	for _, r := range s.rules {
		for _, p := range r.compiled.patterns {
			mistakes = append(mistakes, p.samples()...)
		}
		mistakes = append(mistakes, r.lint())
	}
	return join(mistakes...)
}

// The longest title and summary, as written: both stand on one line of the report, the summary wrapped.
const (
	maxTitle   = 100
	maxSummary = 200
)

func (r *Rule) lint() error {
	var mistakes []error
	if len(r.Title) > maxTitle {
		mistakes = append(mistakes, r.mistake("title", "is longer than %d characters", maxTitle))
	}
	if len(r.Summary) > maxSummary {
		mistakes = append(mistakes, r.mistake("summary", "is longer than %d characters", maxSummary))
	}
	return errors.Join(mistakes...)
}
