package rule

import (
	"slices"

	"github.com/unloop-dev/unloop/evidence"
	"github.com/unloop-dev/unloop/fact"
)

// Match applies all rules to the evidence of one pod: each rule to each container that wants a cause, in the order of
// the containers, and those with each: pod once for the pod. Findings for one container are in order of their rules'
// ids. Nothing in a rule can make Match fail: a condition that cannot be evaluated is undecided.
func (s *Set) Match(ev *evidence.Evidence) []Finding {
	language, err := s.language()
	if err != nil {
		return nil // cannot happen: the options are constants, and a test makes them
	}
	var findings []Finding
	pod := podScope(language, ev)
	troubled := len(ev.Containers) == 0
	for i := range ev.Containers {
		c := &ev.Containers[i]
		if !c.Asked() {
			continue
		}
		troubled = true
		findings = append(findings, s.judge("container", pod.with(c))...)
	}
	if troubled {
		findings = append(findings, s.judge("pod", pod)...)
	}
	return findings
}

// judge tries the rules that are for containers, or for the pod, in a scope.
func (s *Set) judge(each string, in *scope) []Finding {
	var findings []Finding
	for _, r := range s.rules {
		if r.Each != each || r.Deprecated != "" {
			continue
		}
		if f, ok := r.judge(in); ok {
			f.Container = in.container
			findings = append(findings, f)
		}
	}
	return findings
}

// judge says how the rule stands; false when it has nothing to say.
func (r *Rule) judge(in *scope) (Finding, bool) {
	if len(r.Logs) == 0 {
		o := r.compiled.when.evaluate(in)
		switch {
		case o.yes():
			return r.holds(in, hit{}), true
		case o.no():
			return r.ruledOut(in)
		}
		return r.undecided(in, o.needs), true
	}
	var needs []string
	var open hit
	for h := range r.hits(in.said) {
		matched := in.matched(h.m)
		o := r.compiled.when.evaluate(matched)
		if o.yes() {
			return r.holds(matched, h), true
		}
		if !o.no() && needs == nil {
			needs, open = o.needs, h
		}
	}
	if needs != nil {
		f := r.undecided(in, needs)
		f.Significance, f.Line = open.significance, open.line
		return f, true
	}
	if in.container.Log == nil && r.readsLog() && mayHaveDied(in.container) {
		if o := r.compiled.when.evaluate(in); !o.no() {
			needs := append([]string{string(fact.Log)}, o.needs...)
			slices.Sort(needs)
			return r.undecided(in, slices.Compact(needs)), true
		}
	}
	return r.ruledOut(in)
}

// mayHaveDied says that a run of the container ended, or that it is not known whether one did. Without a dead run there
// is no log to miss.
func mayHaveDied(c *evidence.Container) bool {
	return c.Exited || c.State == ""
}

// holds makes the finding of a rule that holds.
func (r *Rule) holds(in *scope, h hit) Finding {
	c := r.compiled
	f := Finding{Rule: r, State: Holds, Confidence: r.Confidence}
	limit := Certain
	for i, level := range c.levels {
		o := level.evaluate(in)
		if o.yes() {
			f.Confidence = r.Levels[i].Confidence
			break
		}
		// It may be this level or one that follows, so it is the lower of them.
		if !o.no() {
			limit = lower(limit, r.Levels[i].Confidence)
			f.Needs = append(f.Needs, o.needs...)
		}
	}
	f.Confidence = lower(f.Confidence, limit)
	if h.statement != nil {
		f.Confidence = lower(f.Confidence, h.cap)
		f.Significance, f.Line = h.significance, h.line
	}
	title, titleKnown := c.title.expand(in)
	summary, summaryKnown := c.summary.expand(in)
	if !summaryKnown && titleKnown {
		summary = title // better than a sentence with holes
	}
	f.Title, f.Summary = title, summary
	f.Because = lines(c.because, in)
	if len(r.Logs) > 0 {
		f.Because = slices.Concat(h.quote(), f.Because, ending(in.container))
	}
	f.Against = lines(c.against, in)
	for i, s := range c.fix {
		if advice, ok := s.advice(in, &r.Fix[i]); ok {
			f.Fix = append(f.Fix, advice)
		}
	}
	return f
}

// undecided makes the finding of a rule that hangs on facts that are not known.
func (r *Rule) undecided(in *scope, needs []string) Finding {
	f := Finding{Rule: r, State: Undecided, Confidence: r.Confidence, Needs: needs}
	f.Title, _ = r.compiled.title.expand(in)
	f.Settle = r.compiled.settle.expand(in)
	return f
}

// ruledOut makes the finding of a rule that does not hold, if it has a reason to give.
func (r *Rule) ruledOut(in *scope) (Finding, bool) {
	for _, claim := range r.compiled.ruleOut {
		if line, ok := claim.line(in); ok {
			f := Finding{Rule: r, State: RuledOut, Confidence: r.Confidence, Text: line.Text}
			f.Title, _ = r.compiled.title.expand(in)
			return f, true
		}
	}
	return Finding{}, false
}

// lines gives the claims whose condition is true and whose text is known.
func lines(claims []claim, in *scope) []Because {
	var made []Because
	for _, claim := range claims {
		if line, ok := claim.line(in); ok {
			made = append(made, line)
		}
	}
	return made
}

func (c claim) line(in *scope) (Because, bool) {
	if !c.when.evaluate(in).yes() {
		return Because{}, false
	}
	text, known := c.text.expand(in)
	return Because{Text: text, Ref: c.ref.evaluateText(in)}, known
}

// advice fills in a step. A command or patch with an unknown value is left out, the step stays.
func (s step) advice(in *scope, of *Step) (Advice, bool) {
	if !s.when.evaluate(in).yes() {
		return Advice{}, false
	}
	text, known := s.text.expand(in)
	if !known {
		return Advice{}, false
	}
	return Advice{Text: text, Risk: of.Risk, Look: of.Look || of.Risk == "none", Command: s.command.expand(in), Patch: s.patch.expand(in)}, true
}
