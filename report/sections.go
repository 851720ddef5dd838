package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/unloop-dev/unloop/crashlog"
	"github.com/unloop-dev/unloop/diagnosis"
	"github.com/unloop-dev/unloop/evidence"
	"github.com/unloop-dev/unloop/fact"
	"github.com/unloop-dev/unloop/internal/shell"
	"github.com/unloop-dev/unloop/internal/term"
	"github.com/unloop-dev/unloop/rule"
)

// notDiagnosed tells what is known when no cause is.
func (t *text) notDiagnosed(d *diagnosis.Diagnosis) {
	t.headline("NOT DIAGNOSED", "no known cause fits what could be read"+unreadLog(d), t.paint.Yellow)
	t.label("Message", term.Clean(message(d)), 0, t.show.rows)
	t.timeline(d)
	c := d.Container
	if c != nil && c.Log != nil && (c.Exited || !c.Log.Empty) {
		t.excerpt(c.Log, lastLines(c.Log, t.show.excerpt), 0)
	}
	if d.Evidence.Source != evidence.SourceLive {
		return
	}
	t.heading("Look yourself")
	t.literal(8, describeCommand(d))
	if c != nil && c.Log == nil && c.Exited {
		t.literal(8, evidenceCommand(d, "logs/"+c.Name+"/previous"))
	}
}

// unreadLog goes on with why nothing is known, where the log that would tell most could not be read.
func unreadLog(d *diagnosis.Diagnosis) string {
	c := d.Container
	if c == nil || c.Log != nil || !c.Exited {
		return ""
	}
	for _, m := range d.Evidence.Missing {
		if tellsOf(m, c) {
			return term.Clean("; the log, which would tell most, was not read: " + m.Why)
		}
	}
	return ""
}

// tellsOf says that what was not read is the container's own log.
func tellsOf(m evidence.Missing, c *evidence.Container) bool {
	return c != nil && strings.HasPrefix(m.Ref, "logs/"+c.Name+"/")
}

// message is what the kubelet, the runtime or the scheduler says, "" when nothing but that there is a back-off.
func message(d *diagnosis.Diagnosis) string {
	var said []string
	if c := d.Container; c != nil {
		if c.WaitingReason != "CrashLoopBackOff" {
			said = append(said, c.WaitingMessage)
		}
		if c.LastExit != nil {
			said = append(said, c.LastExit.Message)
		}
	}
	return cmp.Or(append(said, d.Evidence.Pod.Unschedulable, d.Evidence.Pod.Message)...)
}

func (t *text) timeline(d *diagnosis.Diagnosis) {
	moments := timeline(d, t.show.events)
	if len(moments) < 2 {
		return // the birth of the pod alone is no story
	}
	t.heading("Timeline (UTC)")
	for _, m := range moments {
		t.item(stamp(m.at, d.Evidence.At)+"  ", m.text, t.show.rows)
	}
}

// log quotes the crash when the cause rests on it; in the short form only when something follows on the line that the
// proof has quoted, such as a stack.
func (t *text) log(d *diagnosis.Diagnosis, c diagnosis.Cause) {
	line := mostTelling(c)
	if line == 0 || d.Container == nil || d.Container.Log == nil || d.Container.Log.Crash == nil {
		return
	}
	log := d.Container.Log
	lines := window(log.Crash.Excerpt, line, t.show.excerpt)
	news := slices.ContainsFunc(lines, func(l crashlog.Line) bool { return l.Number > line && !quoted(c.Because, l.Text) })
	switch {
	case t.options.Wide:
		t.excerpt(log, lines, line)
	case news:
		t.excerpt(log, slices.DeleteFunc(lines, func(l crashlog.Line) bool { return quoted(c.Because, l.Text) }), line)
	}
}

// quoted says whether a line of proof holds all of a log line, so that showing it once more tells nothing.
func quoted(because []rule.Because, line string) bool {
	line = strings.TrimSpace(line)
	return slices.ContainsFunc(because, func(b rule.Because) bool { return strings.Contains(b.Text, line) })
}

// window picks at most n lines, from the first on, or around the line of that number when it comes later. It copies.
func window(lines []crashlog.Line, number, n int) []crashlog.Line {
	start := 0
	if i := slices.IndexFunc(lines, func(l crashlog.Line) bool { return l.Number == number }); i >= n {
		start = min(i-1, len(lines)-n)
	}
	return slices.Clone(lines[start:min(start+n, len(lines))])
}

// lastLines are the last lines of a log that says nothing of a failure, or the crash where it says something.
func lastLines(log *evidence.Log, n int) []crashlog.Line {
	if log.Crash != nil && log.Crash.Kind != crashlog.KindLast {
		return window(log.Crash.Excerpt, log.Crash.Line, n)
	}
	if log.Says == nil {
		return nil
	}
	tail := log.Says.Tail
	return tail[max(0, len(tail)-n):]
}

// excerpt writes log lines with their numbers, under a heading that says which run wrote them. The line that tells most
// is marked.
func (t *text) excerpt(log *evidence.Log, lines []crashlog.Line, mark int) {
	if len(lines) == 0 {
		if log.Empty {
			t.heading(logTitle(log) + ": empty")
		}
		return
	}
	t.heading(logTitle(log))
	digits := len(fmt.Sprint(lines[len(lines)-1].Number))
	for _, l := range lines {
		lead, paint := fmt.Sprintf("    %*d  ", digits, l.Number), t.paint.Dim
		if l.Number == mark && mark > 0 {
			lead, paint = "  > "+lead[4:], t.paint.Yellow
		}
		body := strings.ReplaceAll(term.CleanLines(l.Text), "\t", "    ")
		body = strings.ReplaceAll(strings.TrimRight(body, " \n"), "\n", " ")
		t.quote(lead, body, paint)
	}
}

// quote writes one log line after its number: cut to the width in the short form, else folded.
func (t *text) quote(lead, body string, paint style) {
	room := max(t.width-term.Columns(lead), minText)
	if t.show.excerptRows == 1 {
		t.line(paint(lead) + term.Cut(body, room))
		return
	}
	lines := term.Fold(body, room)
	if n := t.show.excerptRows; len(lines) > n {
		lines = lines[:n]
		lines[n-1] = term.Cut(lines[n-1]+" …", room)
	}
	for i, line := range lines {
		if i > 0 {
			lead = strings.Repeat(" ", term.Columns(lead))
		}
		t.line(paint(lead) + line)
	}
}

// logTitle says which log was read: "previous" names different runs in different states (docs/kubernetes.md#which-runs-log).
func logTitle(log *evidence.Log) string {
	title := "Log of the run that died"
	switch {
	case log.FromMessage:
		title = "Termination message of the run that died"
	case log.Wrote == evidence.RunOlder:
		title = "Log of an earlier run"
	case log.Wrote == evidence.RunNewer:
		title = "Log of a later run"
	case !log.Sure:
		title = "Log, of which run is not certain"
	}
	if log.Run == "previous" && log.Sure && !log.FromMessage {
		title += " (--previous)"
	}
	if log.Truncated {
		title += ", only its end was read"
	}
	return title
}

// context tells what surrounds the causes: probes, replicas, and what happened when.
func (t *text) context(d *diagnosis.Diagnosis) {
	if c := d.Container; c != nil {
		t.probes(c)
		t.replicas(c.Replicas)
		t.label("Ended by", term.Clean(c.Kill.Text), 0, t.show.rows)
	}
	if len(d.Causes) > 0 {
		t.timeline(d)
	}
}

func (t *text) probes(c *evidence.Container) {
	named := []struct {
		name  string
		probe evidence.Probe
	}{{"Liveness", c.Liveness}, {"Readiness", c.Readiness}, {"Startup", c.Startup}}
	for _, n := range named {
		p := n.probe
		if !p.Set {
			continue
		}
		said := p.SettingText
		if p.BudgetText != "" {
			said += "; kills " + p.BudgetText
		}
		if p.LastFailure != "" {
			said += "; last failure: " + p.LastFailure
		}
		t.label(n.name, term.Clean(said), 0, t.show.rows)
	}
}

func (t *text) replicas(r *evidence.Replicas) {
	if r == nil {
		return
	}
	said := mapped([]string{r.Text, r.NodeText, r.DigestText}, term.Clean)
	for i, s := range slices.DeleteFunc(said, func(s string) bool { return s == "" }) {
		t.label("Replicas", s, i, t.show.rows)
	}
}

// undecided names the rules that lack a fact, grouped by that fact: without a log it is the same for dozens of rules.
func (t *text) undecided(d *diagnosis.Diagnosis) {
	if !t.options.Wide && certain(d) {
		return
	}
	groups := undecidedGroups(d.Undecided)
	for i, g := range groups[:t.limit(len(groups), t.show.undecided)] {
		ids := strings.Join(g.ids, ", ")
		if n := len(g.ids) - 3; n > 1 && !t.options.Wide {
			ids = fmt.Sprintf("%s and %d more", strings.Join(g.ids[:3], ", "), n)
			t.hidden = true
		}
		t.label("Undecided", term.Clean("without "+g.needs+": "+ids), i, t.show.rows)
		if t.options.Wide {
			t.literal(labelWidth+2, adviceCommand(d, g.settle))
		}
	}
}

// settles tells by what a cause that is not certain would be, when that is only a fact that the source does not show.
func (t *text) settles(d *diagnosis.Diagnosis, c diagnosis.Cause) {
	if c.Confidence == rule.Certain || len(c.Needs) == 0 {
		return
	}
	t.label("To be surer", term.Clean("look at "+needsText(c.Needs)), 0, 2)
	for _, command := range settlingCommands(d, c.Needs) {
		listed := slices.IndexFunc(d.Evidence.Missing, func(m evidence.Missing) bool { return missingCommand(d, m) == command })
		if listed < 0 || listed >= t.show.missing || t.told[d.Evidence] { // else it is printed there
			t.literal(labelWidth+2, command)
		}
	}
}

// settlingCommands show the facts that are needed, each command once.
func settlingCommands(d *diagnosis.Diagnosis, needs []string) []string {
	var commands []string
	for _, need := range needs {
		command := d.Evidence.Ask(d.Evidence.RefOf(fact.Name(need), d.Container)).String()
		if !slices.Contains(commands, command) {
			commands = append(commands, command)
		}
	}
	return commands
}

// conflicts tell where two sources contradict each other, once per pod.
func (t *text) conflicts(d *diagnosis.Diagnosis) {
	for i, conflict := range d.Evidence.Conflicts {
		t.label("Conflict", term.Clean(conflict), i, t.show.rows)
	}
}

// undecidedGroup is the rules that hang on the same facts.
type undecidedGroup struct {
	needs  string
	settle shell.Command
	ids    []string
}

func undecidedGroups(findings []rule.Finding) []undecidedGroup {
	var out []undecidedGroup
	for _, f := range findings {
		needs := needsText(f.Needs)
		i := slices.IndexFunc(out, func(g undecidedGroup) bool { return g.needs == needs })
		if i < 0 {
			out = append(out, undecidedGroup{needs: needs})
			i = len(out) - 1
		}
		out[i].ids = append(out[i].ids, findingID(f))
		if len(out[i].settle) == 0 {
			out[i].settle = f.Settle
		}
	}
	slices.SortStableFunc(out, func(a, b undecidedGroup) int { return len(b.ids) - len(a.ids) })
	return out
}

// needsText says in words which facts are not known.
func needsText(needs []string) string {
	var out []string
	for _, need := range needs {
		if words := fact.Name(need).Words(); !slices.Contains(out, words) {
			out = append(out, words)
		}
	}
	if len(out) == 0 {
		return "more evidence"
	}
	return strings.Join(out, " and ")
}

// summary counts pods, "" for a single one: "3 of 12 pods are in trouble". looked is how many there are at least.
func summary(ds []*diagnosis.Diagnosis, looked int) string {
	if len(ds) == 0 {
		return "no pods"
	}
	type key struct{ namespace, name string }
	all, bad := map[key]bool{}, map[key]bool{}
	for _, d := range ds {
		k := key{d.Evidence.Pod.Namespace, d.Evidence.Pod.Name}
		all[k] = true
		if d.Verdict.Trouble() {
			bad[k] = true
		}
	}
	total := max(len(all), looked)
	verb := "are"
	if len(bad) == 1 {
		verb = "is"
	}
	switch {
	case total == 1:
		return ""
	case len(bad) == 0:
		return fmt.Sprintf("none of %d pods is in trouble", total)
	case len(bad) == total:
		return fmt.Sprintf("all %d pods are in trouble", total)
	}
	return fmt.Sprintf("%d of %d pods %s in trouble", len(bad), total, verb)
}
