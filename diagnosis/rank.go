package diagnosis

import (
	"slices"
	"sort"

	"github.com/unloop-dev/unloop/rule"
)

var confidences = []rule.Confidence{rule.Certain, rule.Likely, rule.Possible}

// rank orders findings and moves those that another one explains beneath it as its symptoms.
func rank(findings []rule.Finding) []Cause {
	order := slices.Clone(findings)
	nearest := nearestStatement(order)
	sort.SliceStable(order, func(i, j int) bool { return before(&order[i], &order[j], nearest) })

	var causes []Cause
	rooted := make([]int, len(order)) // index into causes of the root that each finding belongs to
	for i := range order {
		rooted[i] = -1
		if explainer(order, i) < 0 {
			rooted[i] = len(causes)
			causes = append(causes, Cause{Finding: order[i]})
		}
	}
	for i := range order {
		if rooted[i] >= 0 {
			continue
		}
		root := i
		for hops := 0; rooted[root] < 0 && hops <= len(order); hops++ {
			root = explainer(order, root)
		}
		if rooted[root] < 0 { // a cycle of foreign rules: no one is the root, so each stands for itself
			rooted[i] = len(causes)
			causes = append(causes, Cause{Finding: order[i]})
			continue
		}
		c := &causes[rooted[root]]
		c.Symptoms = append(c.Symptoms, order[i].Rule.ID)
		c.Explains = append(c.Explains, order[i])
	}
	return causes
}

// before is the total order of findings: what is only possible comes last, and of equals what is generic; then what
// stands nearest to the heart of the crash, the more confident, the later line, and at last the id.
func before(a, b *rule.Finding, nearest int) bool {
	if x, y := a.Confidence == rule.Possible, b.Confidence == rule.Possible; x != y {
		return y
	}
	if a.Rule.Generic != b.Rule.Generic {
		return b.Rule.Generic
	}
	if x, y := distance(a, nearest), distance(b, nearest); x != y {
		return x < y
	}
	if x, y := slices.Index(confidences, a.Confidence), slices.Index(confidences, b.Confidence); x != y {
		return x < y
	}
	if a.Line != b.Line {
		return a.Line > b.Line
	}
	return a.Rule.ID < b.Rule.ID
}

// distance is how far from the heart of the crash a finding stands: 0 for facts of the API and for the nearest
// statement of the log that any rule knows.
func distance(f *rule.Finding, nearest int) int {
	if f.Line == 0 {
		return 0
	}
	return f.Significance - nearest
}

func nearestStatement(findings []rule.Finding) int {
	nearest := -1
	for i := range findings {
		f := &findings[i]
		if f.Line > 0 && f.Confidence != rule.Possible && (nearest < 0 || f.Significance < nearest) {
			nearest = f.Significance
		}
	}
	return max(nearest, 0)
}

// explainer finds the first finding in order that explains the i-th, -1 for none. What is explained by a finding that
// is itself explained ends beneath the root, so the choice only has to be deterministic.
func explainer(order []rule.Finding, i int) int {
	for j := range order {
		if j != i && explains(&order[j], &order[i]) {
			return j
		}
	}
	return -1
}

// explains says that b is only a symptom of a. A generic cause is explained by every specific one that is more than
// possible; a named one by those that name it, unless they are the weaker.
func explains(a, b *rule.Finding) bool {
	if slices.ContainsFunc(a.Rule.Explains, func(id string) bool { return named(b.Rule, id) }) {
		return a.Confidence != rule.Possible || b.Confidence == rule.Possible || b.Confidence == ""
	}
	return b.Rule.Generic && !a.Rule.Generic && a.Confidence != rule.Possible
}

// named says that a rule goes by this id, or did, or stands for the one that does.
func named(r *rule.Rule, id string) bool {
	return id == r.ID || (id != "" && id == r.Replaces) || slices.Contains(r.Aliases, id)
}
