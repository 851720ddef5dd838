package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/unloop-dev/unloop/diagnosis"
	"github.com/unloop-dev/unloop/evidence"
	"github.com/unloop-dev/unloop/internal/term"
	"github.com/unloop-dev/unloop/rule"
)

// The phrases in this file are shared by text and Markdown. Each is one line, cleaned, without a full stop.

// podName is the pod's name, or what stands for it when only logs were given.
func podName(d *diagnosis.Diagnosis) string {
	for _, name := range []string{d.Evidence.Pod.Name, d.Evidence.Cluster} {
		switch name = term.Clean(name); name {
		case "":
		case "-":
			return "standard input"
		default:
			return name
		}
	}
	return "unknown pod"
}

// containerName is the container with its part in the pod, "" when the diagnosis is about the pod as a whole.
func containerName(d *diagnosis.Diagnosis) string {
	c := d.Container
	if c == nil || c.Name == "" {
		return ""
	}
	kinds := map[evidence.ContainerKind]string{
		evidence.KindInit: "init container ", evidence.KindSidecar: "sidecar ", evidence.KindEphemeral: "ephemeral container ",
	}
	if kind := kinds[c.Kind]; kind != "" {
		return kind + term.Clean(c.Name)
	}
	return "container " + term.Clean(c.Name)
}

// place says where the pod belongs: "Deployment api, node n3, namespace shop".
func place(d *diagnosis.Diagnosis) string {
	ev := d.Evidence
	var parts []string
	if ev.Workload.Kind != "" {
		parts = append(parts, ev.Workload.Kind+" "+ev.Workload.Name)
	}
	if ev.Pod.NodeName != "" {
		parts = append(parts, "node "+ev.Pod.NodeName)
	}
	if ev.Pod.Namespace != "" {
		parts = append(parts, "namespace "+ev.Pod.Namespace)
	}
	// A live report is read at once; one made from files must say which moment "ago" is counted from.
	if ev.Source != evidence.SourceLive && !readAt(ev).IsZero() {
		parts = append(parts, "as of "+ev.At.UTC().Format("2006-01-02 15:04:05 UTC"))
	}
	return term.Clean(strings.Join(parts, ", "))
}

// readAt is the moment from which "ago" is counted; zero where it is not known, and nothing can be said to be so long ago.
func readAt(ev *evidence.Evidence) time.Time {
	if ev.AtGuessed {
		return time.Time{}
	}
	return ev.At
}

// status says in one clause how the container or pod stands: "17 restarts; last run: exit 1 after 1s, 2m11s ago".
func status(d *diagnosis.Diagnosis) string {
	c := d.Container
	if c == nil {
		return podStatus(d)
	}
	var parts []string
	switch {
	case c.Restarts > 0 && d.Evidence.RestartsKnown(c):
		parts = append(parts, count(c.Restarts, "restart"))
	case c.Restarts > 0:
		parts = append(parts, "at least "+count(c.Restarts, "restart"))
	}
	if c.LastExit != nil {
		parts = append(parts, "last run: "+runText(c.LastExit, readAt(d.Evidence)))
	}
	if now := nowText(d); now != "" {
		parts = append(parts, now)
	}
	if len(parts) == 0 {
		return podStatus(d)
	}
	return term.Clean(strings.Join(parts, "; "))
}

// nowText says what the container does at the moment, "" when the rest of the report says so: a wait in CrashLoopBackOff
// has a line of its own.
func nowText(d *diagnosis.Diagnosis) string {
	c := d.Container
	switch {
	case d.Verdict == evidence.Crashed && c.RestartPolicy != "":
		return "it is not restarted (restartPolicy " + c.RestartPolicy + ")"
	case c.Between:
		return "running, between two crashes or well again: nothing tells when this was read"
	case c.State == "running" && d.Verdict == evidence.NotReady && d.Evidence.AtGuessed:
		return "running, not ready"
	case c.State == "running" && d.Evidence.AtGuessed:
		return "running again"
	case c.State == "running" && c.RunningFor != nil && d.Verdict == evidence.NotReady:
		return "running for " + span(*c.RunningFor) + ", not ready"
	case c.State == "running" && c.RunningFor != nil:
		return "running again for " + span(*c.RunningFor)
	case c.State == "waiting" && c.WaitingReason != "" && c.WaitingReason != "CrashLoopBackOff":
		return "waiting: " + c.WaitingReason
	}
	return ""
}

func podStatus(d *diagnosis.Diagnosis) string {
	pod := d.Evidence.Pod
	var parts []string
	switch {
	case pod.Name == "" && d.Evidence.Form == "" && len(d.Evidence.Events) > 0:
		return "only events and logs were given, no status"
	case pod.Name == "" && d.Evidence.Form == "":
		return "only a log was given, no status"
	case pod.Unschedulable != "":
		parts = append(parts, "no node takes it")
	case pod.Deleting:
		parts = append(parts, "being deleted")
	case pod.Phase != "":
		parts = append(parts, "phase "+pod.Phase)
	}
	if pod.Reason != "" {
		parts = append(parts, pod.Reason)
	}
	if pod.Age != nil && !d.Evidence.AtGuessed {
		parts = append(parts, "created "+span(*pod.Age)+" ago")
	}
	return term.Clean(strings.Join(parts, ", "))
}

// calm is the status of a pod that is well, in one clause.
func calm(d *diagnosis.Diagnosis) string {
	c := d.Container
	if c == nil {
		return podStatus(d)
	}
	var parts []string
	if c.Restarts > 0 {
		parts = append(parts, count(c.Restarts, "restart"))
	}
	if c.RunningFor != nil && !d.Evidence.AtGuessed {
		parts = append(parts, "running for "+span(*c.RunningFor))
	}
	if e := c.LastExit; e != nil && d.Verdict == evidence.Completed {
		parts = append(parts, runText(e, readAt(d.Evidence)))
	} else if e != nil && e.Finished != nil && d.Verdict == evidence.Recovered && !d.Evidence.AtGuessed {
		parts = append(parts, "last "+exitText(e)+" "+span(d.Evidence.At.Sub(*e.Finished))+" ago")
	}
	if len(d.Causes) > 0 && d.Verdict == evidence.Recovered {
		first := d.Causes[0]
		parts = append(parts, strings.ToLower(hedge(d, first.Confidence))+" ["+findingID(first.Finding)+"]")
	}
	return term.Clean(strings.Join(parts, ", "))
}

// runText says how a run ended: "exit 137 (OOMKilled) after 12s, 2m ago". Without at it does not say how long ago.
func runText(e *evidence.Exit, at time.Time) string {
	text := exitText(e)
	switch {
	case e.NeverRan:
		text = "never began, " + text
	case e.RanFor != nil:
		text += " after " + span(*e.RanFor)
	}
	if e.Finished != nil && !at.IsZero() {
		text += ", " + span(at.Sub(*e.Finished)) + " ago"
	}
	return text
}

// exitText names an exit, with what tells more than the code: the reason, unless it only repeats whether the code is 0, or
// else the signal.
func exitText(e *evidence.Exit) string {
	text := "an unknown exit code"
	if e.Code != nil {
		text = fmt.Sprintf("exit %d", *e.Code)
	}
	switch {
	case e.Reason != "" && e.Reason != "Error" && e.Reason != "Completed":
		text += " (" + e.Reason + ")"
	case e.Signal != "":
		text += " (" + e.Signal + ")"
	}
	return text
}

// nextAttempt says when the kubelet tries again, "" when it does not wait for that.
func nextAttempt(d *diagnosis.Diagnosis) string {
	c := d.Container
	if c == nil || c.Backoff == nil {
		return ""
	}
	b, at := c.Backoff, readAt(d.Evidence)
	pause := "back-off " + span(b.Delay)
	if b.Guessed {
		pause += ", from the restart count"
	}
	window := fmt.Sprintf("%s to %s", b.Earliest.UTC().Format(time.TimeOnly), clock(b.Latest))
	if b.Earliest.Equal(b.Latest) {
		window = "at " + clock(b.Latest)
	}
	node := d.Evidence.Node
	switch {
	case node != nil && node.Away:
		return fmt.Sprintf("not while node %s is NotReady, of whose kubelet nothing is heard (%s)", node.Name, pause)
	case b.Latest.IsZero() || at.IsZero():
		return pause
	case b.Late:
		return fmt.Sprintf("overdue since %s: the kubelet is down or this status is old (%s)", clock(b.Latest), pause)
	case d.Evidence.Source != evidence.SourceLive:
		return fmt.Sprintf("was due %s (%s)", window, pause)
	case !b.Latest.After(at):
		return fmt.Sprintf("any moment (%s)", pause)
	case !b.Earliest.After(at):
		return fmt.Sprintf("within %s (by %s; %s)", span(b.Latest.Sub(at)), clock(b.Latest), pause)
	case b.Earliest.Equal(b.Latest):
		return fmt.Sprintf("in %s (%s; %s)", span(b.Earliest.Sub(at)), window, pause)
	}
	return fmt.Sprintf("in %s to %s (%s; %s)", span(b.Earliest.Sub(at)), span(b.Latest.Sub(at)), window, pause)
}

// hedge is the headline of a cause: how sure it is stands before what it is. What has recovered died of it in the past.
func hedge(d *diagnosis.Diagnosis, c rule.Confidence) string {
	cause := "CAUSE"
	if d.Verdict == evidence.Recovered && !d.Container.Between {
		cause = "PAST CAUSE"
	}
	switch c {
	case rule.Certain:
		return cause
	case rule.Likely:
		return "LIKELY " + cause
	}
	return "POSSIBLE " + cause
}

// answerText is the sentence that tells a cause, without a full stop, as headlines are.
func answerText(c diagnosis.Cause) string {
	return strings.TrimSuffix(term.Clean(cmp.Or(c.Summary, c.Title)), ".")
}

// riskText warns of a step that does more than read.
func riskText(step rule.Advice) string {
	switch step.Risk {
	case "restart":
		return " (restarts pods)"
	case "data":
		return " (can lose data)"
	}
	if !step.Look || len(step.Command) < 2 || step.Command[0].Text != "kubectl" {
		return ""
	}
	switch step.Command[1].Text {
	case "debug", "run":
		return " (starts a pod for it)"
	case "exec":
		return " (runs in the container)"
	}
	return ""
}

// stepsOf parts what only looks from what changes something.
func stepsOf(c diagnosis.Cause) (looks, fixes []rule.Advice) {
	for _, step := range c.Fix {
		if step.Look {
			looks = append(looks, step)
		} else {
			fixes = append(fixes, step)
		}
	}
	return looks, fixes
}

// findingID is the id of the finding's rule.
func findingID(f rule.Finding) string {
	if f.Rule == nil {
		return ""
	}
	return f.Rule.ID
}

// mostTelling is the number of the log line that a cause rests on, 0 when on none.
func mostTelling(c diagnosis.Cause) int {
	if c.Line > 0 {
		return c.Line
	}
	for _, b := range c.Because {
		if n := logLine(b.Ref); n > 0 {
			return n
		}
	}
	return 0
}

// logLine is the line number in a reference to a log, 0 in any other.
func logLine(ref string) int {
	if !strings.HasPrefix(ref, "logs/") {
		return 0
	}
	n := 0
	if at := strings.LastIndexByte(ref, ':'); at >= 0 {
		if _, err := fmt.Sscanf(ref[at+1:], "%d", &n); err != nil || n < 0 {
			return 0
		}
	}
	return n
}

// clock is a time of day. UTC, because kubelet logs, events and the API speak it and readers sit in several zones.
func clock(t time.Time) string { return t.UTC().Format("15:04:05 UTC") }

// span is a duration as a person says it. The API's times are whole seconds, so less than one is not known better.
func span(d time.Duration) string {
	if d = d.Round(time.Second); d < time.Second {
		return "<1s"
	}
	return rule.Human(d)
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// tellingSymptoms are the symptoms of a cause but for the generic ones: that a crash is also "a crash of unknown cause"
// tells a person nothing.
func tellingSymptoms(c diagnosis.Cause) []string {
	return slices.DeleteFunc(slices.Clone(c.Symptoms), func(id string) bool {
		return slices.ContainsFunc(c.Explains, func(f rule.Finding) bool { return f.Rule.ID == id && f.Rule.Generic })
	})
}
