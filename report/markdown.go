package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/unloop-dev/unloop/diagnosis"
	"github.com/unloop-dev/unloop/internal/term"
	"github.com/unloop-dev/unloop/remedy"
	"github.com/unloop-dev/unloop/rule"

	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

// Markdown renders the diagnoses for an issue or an incident ticket, complete, since nobody can ask a ticket for more.
// It keeps to what GitHub, GitLab and Jira's importer agree on: headings, lists, fences.
func Markdown(w io.Writer, ds []*diagnosis.Diagnosis, o Options) error {
	var m markdown
	if s := summary(ds, o.Pods); s != "" {
		m.paragraph("**" + escape(s) + "**")
	}
	for i, d := range ds {
		if isCalm(d) {
			m.calm(d)
			if i == len(ds)-1 || !isCalm(ds[i+1]) {
				m.blank()
			}
			continue
		}
		m.diagnosis(d)
	}
	_, err := io.WriteString(w, strings.TrimRight(m.b.String(), "\n")+"\n")
	return err
}

// markdown is a document in the making.
type markdown struct{ b strings.Builder }

func (m *markdown) line(s string) { m.b.WriteString(s + "\n") }
func (m *markdown) blank()        { m.b.WriteString("\n") }

func (m *markdown) paragraph(s string) {
	m.line(s)
	m.blank()
}

func (m *markdown) heading(level int, s string) {
	m.paragraph(strings.Repeat("#", level) + " " + s)
}

func (m *markdown) calm(d *diagnosis.Diagnosis) {
	said := string(d.Verdict)
	if more := calm(d); more != "" {
		said += ": " + more
	}
	m.line("- **" + escape(podName(d)) + "** " + escape(said))
}

func (m *markdown) diagnosis(d *diagnosis.Diagnosis) {
	subject := podName(d)
	if c := containerName(d); c != "" {
		subject += ", " + c
	}
	m.heading(2, escape(subject))
	verdict := "**" + escape(string(d.Verdict)) + "**"
	if said := status(d); said != "" {
		verdict += ": " + escape(said)
	}
	m.paragraph(verdict)
	if where := place(d); where != "" {
		m.paragraph(escape(where))
	}
	if next := nextAttempt(d); next != "" {
		m.paragraph("Next attempt: " + escape(next))
	}
	if len(d.Causes) == 0 {
		m.heading(3, "Not diagnosed")
		m.paragraph("No known cause fits what could be read.")
	}
	for _, c := range d.Causes {
		m.cause(d, c)
	}
	m.log(d)
	m.timeline(d)
	m.looked(d)
}

func (m *markdown) cause(d *diagnosis.Diagnosis, c diagnosis.Cause) {
	m.heading(3, hedge(d, c.Confidence)+" ["+code(findingID(c.Finding))+"] "+escape(answerText(c)))
	if symptoms := tellingSymptoms(c); len(symptoms) > 0 {
		m.paragraph("Explains " + strings.Join(mapped(symptoms, code), ", ") + ".")
	}
	m.claims(d, "Proof", c.Because)
	m.claims(d, "Against it", c.Against)
	looks, fixes := stepsOf(c)
	m.steps(d, c, "Look", looks)
	m.steps(d, c, "Fix", fixes)
}

func (m *markdown) steps(d *diagnosis.Diagnosis, c diagnosis.Cause, title string, steps []rule.Advice) {
	if len(steps) == 0 {
		return
	}
	m.paragraph("**" + title + "**")
	for i, step := range steps {
		lead := fmt.Sprintf("%d. ", i+1)
		m.line(lead + escape(step.Text) + riskText(step))
		indent := strings.Repeat(" ", len(lead))
		m.fence(indent, "sh", adviceCommand(d, step.Command))
		if plan := remedy.Of(d.Evidence, c.Container, step.Patch); plan.Template != nil {
			m.fence(indent, "sh", plan.Command.String())
			m.line("")
			m.line(indent + escape(patchPlace(d)) + ":")
			m.fence(indent, "yaml", patchYAML(plan.Template))
		}
	}
	m.blank()
}

func (m *markdown) claims(d *diagnosis.Diagnosis, title string, claims []rule.Because) {
	if len(claims) == 0 {
		return
	}
	m.paragraph("**" + title + "**")
	for _, b := range claims {
		m.line("- " + escape(b.Text))
		m.fence("  ", "sh", evidenceCommand(d, b.Ref))
	}
	m.blank()
}

// log quotes the crash, or the end of the log when nothing explains it.
func (m *markdown) log(d *diagnosis.Diagnosis) {
	if d.Container == nil || d.Container.Log == nil {
		return
	}
	log := d.Container.Log
	if len(d.Causes) > 0 && !slices.ContainsFunc(d.Causes, func(c diagnosis.Cause) bool { return mostTelling(c) > 0 }) {
		return
	}
	var body strings.Builder
	for _, l := range lastLines(log, 12) {
		fmt.Fprintf(&body, "%5d  %s\n", l.Number, term.Clean(l.Text))
	}
	if body.Len() == 0 {
		return
	}
	m.heading(3, logTitle(log))
	m.fence("", "", body.String())
	m.blank()
}

func (m *markdown) timeline(d *diagnosis.Diagnosis) {
	moments := timeline(d, 10)
	if len(moments) == 0 {
		return
	}
	m.heading(3, "Timeline (UTC)")
	for _, t := range moments {
		m.line("- " + stamp(t.at, d.Evidence.At) + " " + escape(t.text))
	}
	m.blank()
}

// looked lists what was ruled out, what could not be decided and what could not be read.
func (m *markdown) looked(d *diagnosis.Diagnosis) {
	undecided := undecidedGroups(d.Undecided)
	if len(d.RuledOut)+len(undecided)+len(d.Evidence.Missing)+len(d.Evidence.Conflicts) == 0 {
		return
	}
	m.heading(3, "Also looked at")
	for _, f := range d.RuledOut {
		m.line("- Not " + code(findingID(f)) + ": " + escape(f.Text))
	}
	for _, g := range undecided {
		m.line("- Undecided without " + escape(g.needs) + ": " + strings.Join(mapped(g.ids, code), ", "))
		m.fence("  ", "sh", adviceCommand(d, g.settle))
	}
	for _, conflict := range d.Evidence.Conflicts {
		m.line("- Conflict: " + escape(conflict))
	}
	for _, x := range d.Evidence.Missing {
		m.line("- Not read: " + escape(x.What+" ("+x.Why+")"))
		m.fence("  ", "sh", missingCommand(d, x))
	}
	m.blank()
}

// fence quotes text literally, with a fence that is longer than any run of backticks within.
func (m *markdown) fence(indent, language, s string) {
	s = strings.TrimRight(s, "\n")
	if s == "" {
		return
	}
	fence := strings.Repeat("`", max(3, longestRun(s, '`')+1))
	m.line(indent + fence + language)
	for line := range strings.SplitSeq(s, "\n") {
		m.line(indent + line)
	}
	m.line(indent + fence)
}

// code quotes a few words literally. Backticks can't be escaped in a code span, so they become apostrophes.
func code(s string) string { return "`" + strings.ReplaceAll(term.Clean(s), "`", "'") + "`" }

// escape makes foreign text show as itself: no markup, no HTML, no math, no mention of a person or an issue. The
// zero-width space is the only thing that stops a mention; a backslash does not.
func escape(s string) string {
	s = strings.Join(strings.Fields(term.Clean(s)), " ")
	s = markup.Replace(s)
	s = reference.ReplaceAllString(s, "$1&#8203;$2")
	return listStart.ReplaceAllString(s, `$1\$2`)
}

var markup = strings.NewReplacer(
	`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "|", `\|`, "~", `\~`, "$", `\$`,
	"<", "&lt;", ">", "&gt;", "&", "&amp;",
)

// reference matches what would call a person (@name) or link an issue (#12, !12) in a tracker.
var reference = lazyregexp.New(`([@#!])(\w)`)

// listStart matches what would open a list, a heading or a rule at the start of a line.
var listStart = lazyregexp.New(`^(\d*)([-+#=.)])`)

func longestRun(s string, b byte) int {
	longest, run := 0, 0
	for i := range len(s) {
		if s[i] != b {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	return longest
}
