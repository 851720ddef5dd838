package diagnosis

import (
	"fmt"
	"slices"
	"sort"

	"github.com/unloop-dev/unloop/evidence"
	"github.com/unloop-dev/unloop/rule"
)

// Of diagnoses a pod: one Diagnosis per container that is or was in trouble, the worst first. A pod that is well gives
// exactly one, without causes, unless somebody asks what it was in trouble for. The result does not depend on the order of the rules.
func Of(ev *evidence.Evidence, rules *rule.Set) []*Diagnosis {
	subjects := subjectsOf(ev)
	if len(subjects) == 0 {
		return []*Diagnosis{{Evidence: ev, Verdict: evidence.Unknown}}
	}
	out := make([]*Diagnosis, 0, len(subjects))
	for _, c := range subjects {
		out = append(out, &Diagnosis{Evidence: ev, Container: c, Verdict: c.Verdict})
	}
	if !out[0].Container.Asked() {
		return out[:1]
	}
	byContainer := map[*evidence.Container][]rule.Finding{}
	for _, f := range rules.Match(ev) {
		byContainer[f.Container] = append(byContainer[f.Container], f)
	}
	for i, d := range out {
		findings := byContainer[d.Container]
		if i == 0 {
			findings = append(findings, byContainer[nil]...) // what concerns the pod goes with its worst container
		}
		d.add(findings)
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].surer(out[j]) })
	return out
}

// OfContainer diagnoses the container of this name alone, also one that is well beside one that is not. A pod without it gives
// nothing.
func OfContainer(ev *evidence.Evidence, rules *rule.Set, name string) []*Diagnosis {
	named := slices.DeleteFunc(Of(ev, rules), func(d *Diagnosis) bool { return d.Container == nil || d.Container.Name != name })
	if len(named) > 0 {
		return named
	}
	for i := range ev.Containers {
		c := &ev.Containers[i]
		if c.Name != name {
			continue
		}
		d := &Diagnosis{Evidence: ev, Container: c, Verdict: c.Verdict}
		if c.Asked() {
			d.add(slices.DeleteFunc(rules.Match(ev), func(f rule.Finding) bool {
				return f.Container != c && (f.Container != nil || !concernsPod(c))
			}))
		}
		named = append(named, d)
	}
	return named
}

// surer says that of two containers of a pod that stand alike this one's cause is the better known: often the other one
// only suffers from it, like a program that dies because the database beside it does.
func (d *Diagnosis) surer(other *Diagnosis) bool {
	return d.Verdict == other.Verdict && !other.Container.Blocks && d.certainty() > other.certainty()
}

// certainty is how sure the first cause is; 0 when none is known.
func (d *Diagnosis) certainty() int {
	if len(d.Causes) == 0 {
		return 0
	}
	return 1 + slices.Index([]rule.Confidence{rule.Possible, rule.Likely, rule.Certain}, d.Causes[0].Confidence)
}

// verdictOrder is from the worst verdict to the best.
var verdictOrder = []evidence.Verdict{
	evidence.CrashLooping, evidence.Crashed, evidence.NotStarted, evidence.NotReady, evidence.Terminating,
	evidence.Pending, evidence.Unknown, evidence.Recovered, evidence.Completed, evidence.Healthy,
}

// subjectsOf picks the containers to diagnose, the worst first: those in trouble of their own, then those that were.
// Containers that only wait for another one are left out, and where the pod as a whole is the story (pending, ended,
// no sandbox or volume yet) one container stands for all.
func subjectsOf(ev *evidence.Evidence) []*evidence.Container {
	var all []*evidence.Container
	for i := range ev.Containers {
		c := &ev.Containers[i]
		// An init container that is done says nothing of the pod, unless there is nothing else.
		done := c.Verdict == evidence.Completed && c.Kind == evidence.KindInit && len(ev.Containers) > 1
		if c.BlockedBy == "" && !done {
			all = append(all, c)
		}
	}
	sort.SliceStable(all, func(i, j int) bool { return worse(all[i], all[j]) })
	var out []*evidence.Container
	podStory := false
	for _, c := range all {
		wide := concernsPod(c)
		switch {
		case len(out) > 0 && (c.Verdict == evidence.Healthy || c.Verdict == evidence.Completed):
			continue
		case wide && podStory:
			continue
		}
		podStory = podStory || wide
		out = append(out, c)
	}
	return out
}

// concernsPod says that the container's verdict is that of its whole pod.
func concernsPod(c *evidence.Container) bool {
	switch c.Verdict {
	case evidence.Pending, evidence.Terminating:
		return true
	case evidence.NotStarted:
		return c.WaitingReason == "ContainerCreating" || c.WaitingReason == "PodInitializing" || c.WaitingReason == ""
	}
	return false
}

// worse orders containers by verdict, then the one that holds up others, then what has died, is down, and died oftenest.
func worse(a, b *evidence.Container) bool {
	if x, y := slices.Index(verdictOrder, a.Verdict), slices.Index(verdictOrder, b.Verdict); x != y {
		return x < y
	}
	if a.Blocks != b.Blocks {
		return a.Blocks
	}
	if x, y := a.Kind == evidence.KindMain, b.Kind == evidence.KindMain; x != y && !a.Verdict.Trouble() {
		return x // of containers that are well, a main one speaks for the pod
	}
	if a.Exited != b.Exited {
		return a.Exited
	}
	if x, y := a.State == "running", b.State == "running"; x != y {
		return y // what is down now before what is up between two crashes
	}
	return a.Restarts > b.Restarts
}

// add ranks the findings of one container.
func (d *Diagnosis) add(findings []rule.Finding) {
	var holds []rule.Finding
	for _, f := range findings {
		switch f.State {
		case rule.Holds:
			holds = append(holds, f)
		case rule.RuledOut:
			d.RuledOut = append(d.RuledOut, f)
		case rule.Undecided:
			d.Undecided = append(d.Undecided, f)
		}
	}
	byID := func(list []rule.Finding) {
		sort.SliceStable(list, func(i, j int) bool { return list[i].Rule.ID < list[j].Rule.ID })
	}
	byID(d.RuledOut)
	byID(d.Undecided)
	d.Causes = rank(doubtGeneric(holds, d.Undecided))
	d.dropExplained()
	if len(d.Causes) > 0 && d.Container != nil {
		d.Causes[0].Symptoms = append(d.Causes[0].Symptoms, exitSymptoms(d.Container)...)
	}
}

// doubtGeneric lowers generic causes to possible where a specific one has found its words in the log, and only lacks a fact
// that cannot be known here: what a program died of is not its own code as long as something else may be it.
func doubtGeneric(holds, undecided []rule.Finding) []rule.Finding {
	open := slices.ContainsFunc(undecided, func(f rule.Finding) bool { return f.Line > 0 && !f.Rule.Generic })
	for i := range holds {
		if open && holds[i].Rule.Generic && holds[i].Confidence == rule.Likely {
			holds[i].Confidence = rule.Possible
		}
	}
	return holds
}

// dropExplained removes what was undecided or ruled out although a present cause makes the question idle: a rule that
// could not be decided is of no interest once a certain cause explains it.
func (d *Diagnosis) dropExplained() {
	if len(d.Causes) == 0 {
		return
	}
	first := d.Causes[0]
	d.Undecided = slices.DeleteFunc(d.Undecided, func(f rule.Finding) bool {
		return explains(&first.Finding, &f)
	})
	present := map[string]bool{}
	for _, c := range d.Causes {
		present[c.Rule.ID] = true
	}
	d.RuledOut = slices.DeleteFunc(d.RuledOut, func(f rule.Finding) bool { return present[f.Rule.ID] })
}

// exitSymptoms are the symptoms that the exit itself gives: they are no causes, so they have no rule.
func exitSymptoms(c *evidence.Container) []string {
	e := c.LastExit
	if e == nil || e.Code == nil {
		return nil
	}
	symptoms := []string{fmt.Sprintf("exit-%d", *e.Code)}
	if e.OOM {
		symptoms = append(symptoms, "oom-killed")
	}
	return symptoms
}

// Sort orders diagnoses of several pods, the worst first; equal ones stay in the order in which they were given. Pods of
// which nothing is known but a row of a table come after all others, however bad they look: they stand beside the one that
// somebody looked at, and of them there is little to say.
func Sort(ds []*Diagnosis) {
	row := func(d *Diagnosis) bool { return d.Evidence != nil && d.Evidence.Form == evidence.FormRow }
	sort.SliceStable(ds, func(i, j int) bool {
		if row(ds[i]) != row(ds[j]) {
			return row(ds[j])
		}
		return slices.Index(verdictOrder, ds[i].Verdict) < slices.Index(verdictOrder, ds[j].Verdict)
	})
}
