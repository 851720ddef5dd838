// Package diagnosis goes from findings to an answer: what comes first, what explains what, what is ruled out and what
// could not be decided.
package diagnosis

import (
	"github.com/unloop-dev/unloop/evidence"
	"github.com/unloop-dev/unloop/rule"
)

// Diagnosis is the answer for one container, or for a pod as a whole when Container is nil.
type Diagnosis struct {
	Evidence  *evidence.Evidence
	Container *evidence.Container
	Verdict   evidence.Verdict

	// Causes are ranked: the first is the answer. Empty means "not diagnosed", or that nothing is wrong.
	Causes    []Cause
	RuledOut  []rule.Finding
	Undecided []rule.Finding
}

// Cause is a finding that holds, with the findings that are only its symptoms.
type Cause struct {
	rule.Finding
	// Symptoms are ids: of causes that this one explains, and of the exit ("exit-137", "oom-killed").
	Symptoms []string
	Explains []rule.Finding
}
