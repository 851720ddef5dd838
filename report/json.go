package report

import (
	"encoding/json"
	"io"
	"time"

	"sigs.k8s.io/yaml"

	"github.com/unloop-dev/unloop/answer"
	"github.com/unloop-dev/unloop/diagnosis"
	"github.com/unloop-dev/unloop/evidence"
	"github.com/unloop-dev/unloop/internal/term"
	"github.com/unloop-dev/unloop/remedy"
	"github.com/unloop-dev/unloop/rule"
)

// JSON renders the document of [Answer].
func JSON(w io.Writer, ds []*diagnosis.Diagnosis, o Options) error {
	return encode(w, Answer(ds, o))
}

func encode(w io.Writer, document answer.Document) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false) // "->" and "&&" stay readable; who puts the document into a page escapes it there
	enc.SetIndent("", "  ")
	return enc.Encode(document)
}

// YAML renders the document of [Answer] as YAML.
func YAML(w io.Writer, ds []*diagnosis.Diagnosis, o Options) error {
	data, err := yaml.Marshal(Answer(ds, o))
	if err != nil {
		return err
	}
	_, err = w.Write(data)
	return err
}

// Answer gives the diagnoses as the document for programs, in the order given.
func Answer(ds []*diagnosis.Diagnosis, o Options) answer.Document {
	source, cluster, at := o.Source, o.Cluster, o.At
	if len(ds) > 0 {
		ev := ds[0].Evidence
		source, cluster, at = ev.Source, ev.Cluster, ev.At
	}
	return answer.Document{
		SchemaVersion: answer.SchemaVersion,
		Source:        answer.Source{Kind: term.Clean(string(source)), Cluster: term.Clean(cluster), At: known(&at)},
		Diagnoses:     mapped(ds, newDiagnosis),
		Incidents:     []answer.Incident{},
		Unused:        o.Unused,
	}
}

func newDiagnosis(d *diagnosis.Diagnosis) answer.Diagnosis {
	ev := d.Evidence
	out := answer.Diagnosis{
		Pod: answer.Pod{
			Namespace: term.Clean(ev.Pod.Namespace), Name: term.Clean(ev.Pod.Name),
			Node: term.Clean(ev.Pod.NodeName), Phase: term.Clean(ev.Pod.Phase),
		},
		Verdict: term.Clean(string(d.Verdict)),
		Causes:  mapped(d.Causes, func(c diagnosis.Cause) answer.Cause { return newCause(d, c) }),
		RuledOut: mapped(d.RuledOut, func(f rule.Finding) answer.RuledOut {
			return answer.RuledOut{ID: term.Clean(findingID(f)), Because: term.CleanLines(f.Text)}
		}),
		Undecided: mapped(d.Undecided, func(f rule.Finding) answer.Undecided {
			return answer.Undecided{ID: term.Clean(findingID(f)), Needs: mapped(f.Needs, term.Clean), Command: adviceCommand(d, f.Settle)}
		}),
		Missing: mapped(ev.MissingOf(d.Container), func(m evidence.Missing) answer.Missing {
			return answer.Missing{What: term.CleanLines(m.What), Why: term.CleanLines(m.Why), Command: missingCommand(d, m)}
		}),
	}
	if len(ev.Conflicts) > 0 {
		out.Conflicts = mapped(ev.Conflicts, term.CleanLines)
	}
	if ev.Workload.Kind != "" {
		out.Workload = &answer.Workload{Kind: term.Clean(ev.Workload.Kind), Name: term.Clean(ev.Workload.Name)}
	}
	if c := d.Container; c != nil {
		out.Container = &answer.Container{
			Name: term.Clean(c.Name), Kind: term.Clean(string(c.Kind)), Image: term.Clean(c.Image), State: term.Clean(c.State),
		}
		if ev.RestartsKnown(c) {
			out.Restarts = &c.Restarts
		}
		out.LastExit = newExit(c.LastExit)
		out.Backoff = newBackoff(c.Backoff)
	}
	return out
}

func newExit(e *evidence.Exit) *answer.Exit {
	if e == nil {
		return nil
	}
	out := &answer.Exit{
		Code: e.Code, Reason: term.Clean(e.Reason), Signal: term.Clean(e.Signal),
		StartedAt: known(e.Started), FinishedAt: known(e.Finished),
	}
	if e.RanFor != nil {
		ran := e.RanFor.String()
		out.RanFor = &ran
	}
	return out
}

func newBackoff(b *evidence.Backoff) *answer.Backoff {
	if b == nil {
		return nil
	}
	out := &answer.Backoff{Delay: b.Delay.String()}
	if !b.Earliest.IsZero() && !b.Latest.IsZero() {
		out.Next = &answer.Window{Earliest: b.Earliest.UTC(), Latest: b.Latest.UTC()}
	}
	return out
}

func newCause(d *diagnosis.Diagnosis, c diagnosis.Cause) answer.Cause {
	claim := func(b rule.Because) answer.Claim {
		return answer.Claim{Text: term.CleanLines(b.Text), Ref: term.Clean(b.Ref), Command: evidenceCommand(d, b.Ref)}
	}
	return answer.Cause{
		ID: term.Clean(findingID(c.Finding)), Title: term.CleanLines(c.Title), Confidence: term.Clean(string(c.Confidence)),
		Summary: term.CleanLines(c.Summary),
		Because: mapped(c.Because, claim), Against: mapped(c.Against, claim),
		Symptoms: mapped(c.Symptoms, term.Clean),
		Fixes: mapped(c.Fix, func(a rule.Advice) answer.Fix {
			return answer.Fix{
				Text: term.CleanLines(a.Text), Risk: term.Clean(a.Risk), Look: a.Look, Command: adviceCommand(d, a.Command),
				Patch: remedy.Of(d.Evidence, c.Container, a.Patch).Template,
			}
		}),
	}
}

// known is the time in UTC, nil when it is not known. A formatted year must have four digits, or encoding fails.
func known(t *time.Time) *time.Time {
	if t == nil || t.IsZero() || t.UTC().Year() < 1 || t.UTC().Year() > 9999 {
		return nil
	}
	utc := t.UTC()
	return &utc
}

// mapped applies f to each; the result is never nil, so that a list without entries is [] and not null.
func mapped[T, U any](in []T, f func(T) U) []U {
	out := make([]U, len(in))
	for i, v := range in {
		out[i] = f(v)
	}
	return out
}
