package report

// This file renders diagnoses for a person at a terminal, who is tired and in a hurry. The rules are:
//
//   - One screen per diagnosis: at most 24 lines of 80 columns in ordinary cases. What does not fit waits behind -o wide.
//   - The answer comes first: who, how it stands, why. Then the proof, what speaks against it, where to look further (Look:
//     nothing of the workload changes), what to change (Fix: with what it does besides), and what could not be read.
//   - How sure we are stands before what we say: CAUSE, LIKELY CAUSE, POSSIBLE CAUSE, NOT DIAGNOSED. The sentence after it can
//     be read aloud: figures and settings stand in the proof.
//   - Nothing has a hole in it, and nothing says how long ago something was when nobody knows what time it is.
//   - Proof is followed by the command that shows it. A command stands alone on its line and is never broken or cut, so
//     that a triple click copies it. The same command is printed once.
//   - Readable without colour and in a pipe: colour repeats what words and places say already. Bullets are ASCII.
//   - Sentences, not fields: "17 restarts; last run: exit 1 after 1s", never "restartCount: 17".
//   - Prose keeps within the width. Log lines are cut to it, for their first part tells the most; -o wide wraps them.
//   - A pod that is well gets one line, and so do all replicas that die of what was just told; -o wide tells each.
//   - Foreign text passes term.Clean before it is laid out.

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/unloop-dev/unloop/diagnosis"
	"github.com/unloop-dev/unloop/evidence"
	"github.com/unloop-dev/unloop/internal/term"
	"github.com/unloop-dev/unloop/remedy"
	"github.com/unloop-dev/unloop/rule"
)

// Text renders the diagnoses, in the order given, for a terminal.
func Text(w io.Writer, ds []*diagnosis.Diagnosis, o Options) error {
	t := newText(ds, o)
	t.summary(ds)
	groups := t.groups(ds)
	for i, g := range groups {
		if i > 0 && !(t.isCalm(g.First) && t.isCalm(groups[i-1].First)) {
			t.blank()
		}
		t.diagnosis(g.First)
		if len(g.Same) > 0 {
			t.hidden = true
			t.label("The same in", t.sameText(g.Same), 0, 4)
		}
	}
	t.unused()
	t.footer(ds)
	_, err := io.WriteString(w, t.b.String())
	return err
}

// text is one report in the making.
type text struct {
	page
	options Options
	show    limits
	// hidden says that something was left out that -o wide shows.
	hidden bool
	// namespaces says that pods come from several, so that a name alone does not say which pod is meant.
	namespaces bool
	brief      bool // what has recovered gets one line
	nameWidth  int  // of the pods that are well, to align what is said of them
	// told holds the pods whose missing evidence has been listed: it is the same for each of their containers.
	told map[*evidence.Evidence]bool
}

// limits say how much of each kind to show.
type limits struct {
	because, against, looks, fixes, others, ruledOut, undecided, missing, events int
	excerpt, excerptRows                                                         int
	rows                                                                         int // of one entry
}

func newText(ds []*diagnosis.Diagnosis, o Options) *text {
	t := &text{options: o, told: map[*evidence.Evidence]bool{}}
	t.width, t.paint = o.Width, term.Colors(o.Color)
	if t.width <= 0 {
		t.width = term.DefaultWidth
	}
	t.width = max(t.width, term.MinWidth)
	t.show = limits{because: 3, against: 2, looks: 2, fixes: 2, others: 2, ruledOut: 1, undecided: 1, missing: 2, events: 3, excerpt: 5, excerptRows: 1, rows: 4}
	if o.Wide {
		const all = 1000
		t.show = limits{because: all, against: all, looks: all, fixes: all, others: all, ruledOut: all, undecided: all, missing: all, events: 10, excerpt: 12, excerptRows: 3, rows: 12}
	}
	for _, d := range ds {
		t.namespaces = t.namespaces || d.Evidence.Pod.Namespace != ds[0].Evidence.Pod.Namespace
	}
	t.brief = !o.Wide && briefly(ds)
	for _, d := range ds {
		if t.isCalm(d) {
			t.nameWidth = min(max(t.nameWidth, term.Columns(t.name(d))), t.width/2)
		}
	}
	return t
}

// name is the pod's, with its namespace where that is needed to tell pods apart.
func (t *text) name(d *diagnosis.Diagnosis) string {
	if t.namespaces {
		return term.Clean(d.Evidence.Pod.Namespace) + "/" + podName(d)
	}
	return podName(d)
}

// summary opens a report on several pods.
func (t *text) summary(ds []*diagnosis.Diagnosis) {
	if s := summary(ds, t.options.Pods); s != "" {
		t.prose("", s, 0, nil, t.paint.Bold)
		t.blank()
	}
}

// isCalm says that there is nothing to explain.
func isCalm(d *diagnosis.Diagnosis) bool { return !d.Verdict.Trouble() && len(d.Causes) == 0 }

// fewRecovered is how many pods that are well again are told of in full, where somebody asks what they died of.
const fewRecovered = 3

// briefly says that what has recovered gets no more than a line: other pods are in trouble, or there are many.
func briefly(ds []*diagnosis.Diagnosis) bool {
	recovered := 0
	for _, d := range ds {
		if d.Verdict.Trouble() {
			return true
		}
		if !isCalm(d) {
			recovered++
		}
	}
	return recovered > fewRecovered
}

// isCalm says that a pod gets one line.
func (t *text) isCalm(d *diagnosis.Diagnosis) bool {
	return isCalm(d) || t.brief && d.Verdict == evidence.Recovered
}

func (t *text) diagnosis(d *diagnosis.Diagnosis) {
	if t.isCalm(d) {
		t.calm(d)
		return
	}
	t.header(d)
	t.blank()
	if len(d.Causes) == 0 {
		t.notDiagnosed(d)
		t.ruledOut(d)
	} else {
		t.cause(d, 0)
	}
	if t.options.Wide {
		for i := 1; i < len(d.Causes); i++ {
			t.blank()
			t.cause(d, i)
		}
		t.blank()
		t.context(d)
	} else {
		t.others(d)
	}
	t.undecided(d)
	t.missing(d)
	if next := nextAttempt(d); next != "" {
		t.label("Next attempt", term.Clean(next), 0, 0)
	}
}

// calm says in one line that a pod is well.
func (t *text) calm(d *diagnosis.Diagnosis) {
	name := t.name(d)
	lead := name + strings.Repeat(" ", max(t.nameWidth-term.Columns(name), 0)) + "  "
	if term.Columns(lead) > t.width/2+2 {
		t.prose("", name, 0, nil, t.paint.Bold)
		lead = "  "
	}
	said := string(d.Verdict)
	if more := calm(d); more != "" {
		said += ": " + more
	}
	t.prose(lead, said, 0, t.paint.Bold, t.paint.Green)
}

func (t *text) header(d *diagnosis.Diagnosis) {
	subject := t.name(d)
	if c := containerName(d); c != "" {
		subject += ", " + c
	}
	where := place(d)
	if oneLine := subject + " (" + where + ")"; where != "" && term.Columns(oneLine) <= t.width {
		t.line(t.paint.Bold(subject) + t.paint.Dim(" ("+where+")"))
		where = ""
	} else {
		t.prose("", subject, 0, nil, t.paint.Bold)
	}
	paint := t.paint.Red
	if d.Verdict == evidence.Unknown || !d.Verdict.Trouble() {
		paint = t.paint.Yellow
	}
	verdict := term.Clean(string(d.Verdict))
	if said := status(d); said != "" {
		verdict += ": " + said
	}
	t.prose("", verdict, t.show.rows, nil, paint)
	if where != "" {
		t.prose("", where, 0, nil, t.paint.Dim)
	}
}

// cause writes one cause in full: what it is, its proof, the log, what speaks against it and, below the answer, what it is
// not; where to look, what to change.
func (t *text) cause(d *diagnosis.Diagnosis, place int) {
	c := d.Causes[place]
	t.headline(hedge(d, c.Confidence)+" ["+term.Clean(findingID(c.Finding))+"]", answerText(c), t.paint.Red)
	t.proof(d, c.Because)
	t.log(d, c)
	t.against(d, c.Against)
	if place == 0 {
		t.ruledOut(d)
	}
	if symptoms := tellingSymptoms(c); len(symptoms) > 0 && t.options.Wide {
		t.label("Explains", term.Clean(strings.Join(symptoms, ", ")), 0, 2)
	}
	t.settles(d, c)
	looks, fixes := stepsOf(c)
	t.steps(d, c, "Look", looks, t.show.looks)
	t.steps(d, c, "Fix", fixes, t.show.fixes)
}

// proof writes the claims, each with the command that shows it, but one command for neighbours that share it.
func (t *text) proof(d *diagnosis.Diagnosis, claims []rule.Because) {
	if !t.options.Wide && len(claims) > 1 {
		claims = slices.DeleteFunc(slices.Clone(claims), func(b rule.Because) bool { return repeatsStatus(d, b) })
	}
	if len(claims) == 0 {
		return
	}
	t.heading("Proof")
	claims = claims[:t.limit(len(claims), t.show.because)]
	printed := map[string]bool{}
	for i, b := range claims {
		t.item("- ", claimText(b), t.show.rows)
		command := t.command(d, b.Ref)
		if i+1 < len(claims) && t.command(d, claims[i+1].Ref) == command || printed[command] {
			continue
		}
		t.literal(8, command)
		printed[command] = true
	}
}

// repeatsStatus says whether a claim only tells how the run ended, which the status line has told already.
func repeatsStatus(d *diagnosis.Diagnosis, b rule.Because) bool {
	c := d.Container
	return c != nil && c.LastExit != nil && b.Ref == c.LastExit.Ref && strings.HasPrefix(b.Text, "the run ended with exit ")
}

func claimText(b rule.Because) string {
	if n := logLine(b.Ref); n > 0 {
		return term.Clean(fmt.Sprintf("%s (log line %d)", b.Text, n))
	}
	return term.Clean(b.Text)
}

// command shows what stands at ref. In the short form one describe shows every fact of the pod.
func (t *text) command(d *diagnosis.Diagnosis, ref string) string {
	if strings.HasPrefix(ref, "pod:") && !t.options.Wide {
		return describeCommand(d)
	}
	return evidenceCommand(d, ref)
}

func (t *text) against(d *diagnosis.Diagnosis, claims []rule.Because) {
	for i, b := range claims[:t.limit(len(claims), t.show.against)] {
		t.label("Against", claimText(b), i, t.show.rows)
		if t.options.Wide {
			t.literal(labelWidth+2, t.command(d, b.Ref))
		}
	}
}

// limit is how many of n entries to show; it remembers that some were left out.
func (t *text) limit(n, limit int) int {
	t.hidden = t.hidden || n > limit
	return min(n, limit)
}

// steps writes the steps of one kind, each with its command or its patch.
func (t *text) steps(d *diagnosis.Diagnosis, c diagnosis.Cause, title string, steps []rule.Advice, limit int) {
	if len(steps) == 0 {
		return
	}
	t.heading(title)
	for i, step := range steps[:t.limit(len(steps), limit)] {
		lead := "- "
		if len(steps) > 1 {
			lead = fmt.Sprintf("%d. ", i+1)
		}
		t.item(lead, term.Clean(step.Text)+riskText(step), t.show.rows)
		t.literal(8, adviceCommand(d, step.Command))
		t.patch(d, remedy.Of(d.Evidence, c.Container, step.Patch))
	}
}

// patch writes a change of the pod template: the command that applies it or, where no command can (a bare pod, a Job), where
// it goes and the change itself.
func (t *text) patch(d *diagnosis.Diagnosis, plan remedy.Plan) {
	command := plan.Command.String()
	t.literal(8, command)
	if plan.Template == nil || command != "" && !t.options.Wide {
		return
	}
	t.prose(strings.Repeat(" ", 8), patchPlace(d)+":", 2, nil, nil)
	for line := range strings.Lines(patchYAML(plan.Template)) {
		t.line(strings.Repeat(" ", 10) + strings.TrimRight(line, "\n"))
	}
}

// certain says that the answer is beyond doubt, so that what else could be looked at would only distract.
func certain(d *diagnosis.Diagnosis) bool {
	return len(d.Causes) > 0 && d.Causes[0].Confidence == rule.Certain
}

// others names the causes that come second.
func (t *text) others(d *diagnosis.Diagnosis) {
	if len(d.Causes) < 2 {
		return
	}
	for i, c := range d.Causes[1:][:t.limit(len(d.Causes)-1, t.show.others)] {
		t.label("Also", term.Clean(fmt.Sprintf("%s: %s (%s)", c.Confidence, c.Title, findingID(c.Finding))), i, 2)
		t.hidden = true
	}
}

func (t *text) ruledOut(d *diagnosis.Diagnosis) {
	for i, f := range d.RuledOut[:t.limit(len(d.RuledOut), t.show.ruledOut)] {
		t.label("Not it", term.Clean(findingID(f)+": "+f.Text), i, t.show.rows)
	}
}

// missing tells what could not be read, once per pod.
func (t *text) missing(d *diagnosis.Diagnosis) {
	all := slices.Clone(d.Evidence.Missing)
	slices.SortStableFunc(all, func(a, b evidence.Missing) int { // what tells most of this container comes first
		switch x, y := tellsOf(a, d.Container), tellsOf(b, d.Container); {
		case x == y:
			return 0
		case x:
			return -1
		}
		return 1
	})
	if t.told[d.Evidence] {
		return
	}
	t.told[d.Evidence] = true
	t.conflicts(d)
	for i, m := range all[:t.limit(len(all), t.show.missing)] {
		t.label("Not read", term.Clean(m.What+" ("+m.Why+")"), i, 2)
		if t.options.Wide || !certain(d) {
			t.literal(labelWidth+2, missingCommand(d, m))
		}
	}
}

// footer names the commands that tell more.
// unused lists what of the input was not used, if all is to be shown.
func (t *text) unused() {
	if !t.options.Wide || len(t.options.Unused) == 0 {
		return
	}
	t.blank()
	t.prose("", "Not used", 0, nil, t.paint.Bold)
	for _, u := range t.options.Unused {
		where := term.Clean(u.Path)
		if u.Lines != "" {
			where += ", lines " + term.Clean(u.Lines)
		}
		t.item("", where+": "+term.CleanLines(u.Why), 2)
	}
}

func (t *text) footer(ds []*diagnosis.Diagnosis) {
	program := t.options.Program
	if program == "" {
		program = "unloop"
	}
	var hints []string
	seen := map[string]bool{}
	for _, d := range ds {
		if len(d.Causes) > 0 {
			if id := term.Clean(findingID(d.Causes[0].Finding)); id != "" && !seen[id] && len(seen) < 3 {
				hints = append(hints, program+" explain "+id)
				seen[id] = true
			}
		}
	}
	if t.hidden {
		hints = append(hints, "-o wide")
	}
	if len(hints) > 0 {
		t.blank()
		t.prose("More: ", strings.Join(hints, " | "), 0, t.paint.Dim, t.paint.Dim)
	}
}
