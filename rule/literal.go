package rule

import (
	"regexp/syntax"
	"strings"
	"unicode"
)

// literals gives texts of which one must stand in whatever a regular expression matches, folded as fold does; nil when
// none can be told. Looking for them first spares compiling and running nearly all of the few hundred patterns.
func literals(match string) []string {
	tree, err := syntax.Parse(match, syntax.Perl)
	if err != nil {
		return nil
	}
	return required(tree)
}

// required gives the literals of a tree: of what stands in a row the best, of what stands side by side all.
func required(tree *syntax.Regexp) []string {
	switch tree.Op {
	case syntax.OpLiteral:
		return []string{fold(string(tree.Rune))}
	case syntax.OpCapture, syntax.OpPlus:
		return required(tree.Sub[0])
	case syntax.OpRepeat:
		if tree.Min > 0 {
			return required(tree.Sub[0])
		}
	case syntax.OpConcat:
		var best []string
		for _, sub := range tree.Sub {
			if found := required(sub); shortest(found) > shortest(best) {
				best = found
			}
		}
		return best
	case syntax.OpAlternate:
		var all []string
		for _, sub := range tree.Sub {
			found := required(sub)
			if found == nil {
				return nil
			}
			all = append(all, found...)
		}
		return all
	}
	return nil
}

// shortest gives the length of the shortest literal: the longer, the rarer it is met in vain.
func shortest(literals []string) int {
	least := 0
	for i, literal := range literals {
		if i == 0 || len(literal) < least {
			least = len(literal)
		}
	}
	return least
}

// containsAny says whether a folded text has one of some literals; no literals say nothing and so are had.
func containsAny(folded string, literals []string) bool {
	for _, literal := range literals {
		if strings.Contains(folded, literal) {
			return true
		}
	}
	return len(literals) == 0
}

// fold makes all letters that (?i) takes for one another the same, which is more than upper and lower case: the Kelvin
// sign is a k, and there are three sigmas.
func fold(text string) string {
	return strings.Map(func(r rune) rune {
		if r < unicode.MaxASCII {
			return unicode.ToUpper(r)
		}
		least := r
		for other := unicode.SimpleFold(r); other != r; other = unicode.SimpleFold(other) {
			least = min(least, other)
		}
		return least
	}, text)
}
