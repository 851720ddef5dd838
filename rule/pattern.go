package rule

import (
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"sync"
)

// reserved are the keys of m that every match has; no group may bear their names.
var reserved = []string{"text", "line", "ref", "kind", "goesOn"}

// pattern is a Pattern whose regular expression is compiled when it is first needed.
type pattern struct {
	*Pattern
	origin

	once sync.Once
	re   *regexp.Regexp
	err  error

	literal  sync.Once
	literals []string
}

// mayMatch says whether a folded text has what every match must have.
func (p *pattern) mayMatch(folded string) bool {
	p.literal.Do(func() {
		if p.literals = p.Needs; p.literals == nil {
			p.literals = literals(p.Match)
		}
	})
	return containsAny(folded, p.literals)
}

// compile gives the regular expression.
func (p *pattern) compile() (*regexp.Regexp, error) {
	p.once.Do(func() {
		re, err := regexp.Compile(p.Match)
		if err != nil {
			p.err = p.mistake(0, "expected a regular expression (RE2): %s", strings.TrimPrefix(err.Error(), "error parsing regexp: "))
			return
		}
		for _, name := range re.SubexpNames() {
			if slices.Contains(reserved, name) {
				p.err = p.mistake(max(0, strings.Index(p.Match, "<"+name+">")), "group %q: m.%s always exists, choose another name", name, name)
				return
			}
		}
		p.re = re
	})
	return p.re, p.err
}

// find gives what the named groups matched in text, nil when the pattern does not match or cannot be compiled. A broken
// pattern never gets here in a checked set.
func (p *pattern) find(text string) map[string]string {
	re, err := p.compile()
	if err != nil {
		return nil
	}
	found := re.FindStringSubmatch(text)
	if found == nil {
		return nil
	}
	groups := make(map[string]string)
	for i, name := range re.SubexpNames() {
		// A name may stand in several branches of one pattern; the branch that matched counts.
		if name != "" && found[i] != "" {
			groups[name] = found[i]
		}
	}
	return groups
}

// groups gives the keys that m has in the expressions of a rule: the named groups of all its patterns, so that an
// expression may ask for a group of a pattern other than the one that matched. Such a group is "".
func (r *Rule) groups() []string {
	keys := slices.Clone(reserved)
	for _, p := range r.compiled.patterns {
		re, err := p.compile()
		if err != nil {
			continue
		}
		for _, name := range re.SubexpNames() {
			if name != "" && !slices.Contains(keys, name) {
				keys = append(keys, name)
			}
		}
	}
	return keys
}

// samples holds a pattern to its samples.
func (p *pattern) samples() []error {
	re, err := p.compile()
	if err != nil {
		return []error{err}
	}
	var mistakes []error
	if matchesEmpty(p.Match) {
		mistakes = append(mistakes, p.mistake(0, "matches an empty text, and so every line"))
	}
	if len(p.Hit) == 0 {
		mistakes = append(mistakes, p.mistake(0, "has no sample: expected at least one line under hit"))
	}
	for _, line := range p.Hit {
		if !re.MatchString(line) {
			mistakes = append(mistakes, p.mistake(0, "does not match its hit %q", line))
		}
	}
	for _, line := range p.Miss {
		if re.MatchString(line) {
			mistakes = append(mistakes, p.mistake(0, "matches its miss %q", line))
		}
	}
	return mistakes
}

// matchesEmpty says whether a pattern finds something in an empty text without being anchored on both sides.
func matchesEmpty(match string) bool {
	parsed, err := syntax.Parse(match, syntax.Perl)
	if err != nil || !regexp.MustCompile(match).MatchString("") {
		return false
	}
	return !(parsed.Op == syntax.OpConcat && parsed.Sub[0].Op == syntax.OpBeginText && parsed.Sub[len(parsed.Sub)-1].Op == syntax.OpEndText)
}
