package report

import (
	"encoding/json"
	"io"
	"slices"
	"time"

	"sigs.k8s.io/yaml"

	"github.com/unloop-dev/unloop/diagnosis"
	"github.com/unloop-dev/unloop/evidence"
	"github.com/unloop-dev/unloop/internal/term"
	"github.com/unloop-dev/unloop/rule"
)

// SchemaVersion names the form of the JSON and YAML reports. Within it fields are added, never renamed or removed.
const SchemaVersion = "unloop/v1"

// JSON renders the diagnoses as one document. What is not known is left out, never zero: no exit code is not exit code
// 0. Lists are always there, if empty.
func JSON(w io.Writer, ds []*diagnosis.Diagnosis, o Options) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false) // "->" and "&&" stay readable; who puts the document into a page escapes it there
	enc.SetIndent("", "  ")
	return enc.Encode(newDocument(ds, o))
}

// YAML renders the document of [JSON] as YAML.
func YAML(w io.Writer, ds []*diagnosis.Diagnosis, o Options) error {
	data, err := yaml.Marshal(newDocument(ds, o))
	if err != nil {
		return err
	}
	_, err = w.Write(data)
	return err
}

// The types below are the schema. Pointers are what may be unknown or absent.

type document struct {
	SchemaVersion string          `json:"schemaVersion"`
	Source        sourceJSON      `json:"source"`
	Diagnoses     []diagnosisJSON `json:"diagnoses"`
	Incidents     []struct{}      `json:"incidents"` // filled by scan
}

type sourceJSON struct {
	Kind    string     `json:"kind,omitempty"`
	Cluster string     `json:"cluster,omitempty"`
	At      *time.Time `json:"at,omitempty"`
}

type diagnosisJSON struct {
	Pod       podJSON         `json:"pod"`
	Workload  *workloadJSON   `json:"workload,omitempty"`
	Container *containerJSON  `json:"container,omitempty"`
	Verdict   string          `json:"verdict"`
	Restarts  *int            `json:"restarts,omitempty"`
	LastExit  *exitJSON       `json:"lastExit,omitempty"`
	Backoff   *backoffJSON    `json:"backoff,omitempty"`
	Causes    []causeJSON     `json:"causes"`
	RuledOut  []ruledOutJSON  `json:"ruledOut"`
	Undecided []undecidedJSON `json:"undecided"`
	Missing   []missingJSON   `json:"missing"`
	// Conflicts say where two sources of the pod contradict each other.
	Conflicts []string `json:"conflicts,omitempty"`
}

type podJSON struct {
	Namespace string `json:"namespace,omitempty"`
	Name      string `json:"name,omitempty"`
	Node      string `json:"node,omitempty"`
	Phase     string `json:"phase,omitempty"`
}

type workloadJSON struct {
	Kind string `json:"kind"`
	Name string `json:"name"`
}

type containerJSON struct {
	Name  string `json:"name"`
	Kind  string `json:"kind,omitempty"`
	Image string `json:"image,omitempty"`
	State string `json:"state,omitempty"`
}

type exitJSON struct {
	Code       *int       `json:"code,omitempty"`
	Reason     string     `json:"reason,omitempty"`
	Signal     string     `json:"signal,omitempty"`
	StartedAt  *time.Time `json:"startedAt,omitempty"`
	FinishedAt *time.Time `json:"finishedAt,omitempty"`
	RanFor     *string    `json:"ranFor,omitempty"`
}

type backoffJSON struct {
	Delay string      `json:"delay"`
	Next  *windowJSON `json:"next,omitempty"`
}

type windowJSON struct {
	Earliest time.Time `json:"earliest"`
	Latest   time.Time `json:"latest"`
}

type causeJSON struct {
	ID         string      `json:"id"`
	Title      string      `json:"title"`
	Confidence string      `json:"confidence"`
	Summary    string      `json:"summary"`
	Because    []claimJSON `json:"because"`
	Against    []claimJSON `json:"against"`
	Symptoms   []string    `json:"symptoms"`
	Fixes      []fixJSON   `json:"fixes"`
}

type claimJSON struct {
	Text    string `json:"text"`
	Ref     string `json:"ref,omitempty"`
	Command string `json:"command,omitempty"`
}

type fixJSON struct {
	Text    string `json:"text"`
	Risk    string `json:"risk,omitempty"`
	Command string `json:"command,omitempty"`
	Patch   any    `json:"patch,omitempty"`
}

type ruledOutJSON struct {
	ID      string `json:"id"`
	Because string `json:"because"`
}

type undecidedJSON struct {
	ID      string   `json:"id"`
	Needs   []string `json:"needs"`
	Command string   `json:"command,omitempty"`
}

type missingJSON struct {
	What    string `json:"what"`
	Why     string `json:"why"`
	Command string `json:"command,omitempty"`
}

func newDocument(ds []*diagnosis.Diagnosis, o Options) document {
	source, cluster, at := o.Source, o.Cluster, o.At
	if len(ds) > 0 {
		ev := ds[0].Evidence
		source, cluster, at = ev.Source, ev.Cluster, ev.At
	}
	return document{
		SchemaVersion: SchemaVersion,
		Source:        sourceJSON{Kind: term.Clean(string(source)), Cluster: term.Clean(cluster), At: known(&at)},
		Diagnoses:     mapped(ds, newDiagnosis),
		Incidents:     []struct{}{},
	}
}

func newDiagnosis(d *diagnosis.Diagnosis) diagnosisJSON {
	ev := d.Evidence
	out := diagnosisJSON{
		Pod: podJSON{
			Namespace: term.Clean(ev.Pod.Namespace), Name: term.Clean(ev.Pod.Name),
			Node: term.Clean(ev.Pod.NodeName), Phase: term.Clean(ev.Pod.Phase),
		},
		Verdict: term.Clean(string(d.Verdict)),
		Causes:  mapped(d.Causes, func(c diagnosis.Cause) causeJSON { return newCause(d, c) }),
		RuledOut: mapped(d.RuledOut, func(f rule.Finding) ruledOutJSON {
			return ruledOutJSON{ID: term.Clean(findingID(f)), Because: term.CleanLines(f.Text)}
		}),
		Undecided: mapped(d.Undecided, func(f rule.Finding) undecidedJSON {
			return undecidedJSON{ID: term.Clean(findingID(f)), Needs: mapped(f.Needs, term.Clean), Command: adviceCommand(d, f.Settle)}
		}),
		Missing: mapped(ev.MissingOf(d.Container), func(m evidence.Missing) missingJSON {
			return missingJSON{What: term.CleanLines(m.What), Why: term.CleanLines(m.Why), Command: missingCommand(d, m)}
		}),
	}
	if len(ev.Conflicts) > 0 {
		out.Conflicts = mapped(ev.Conflicts, term.CleanLines)
	}
	if ev.Workload.Kind != "" {
		out.Workload = &workloadJSON{Kind: term.Clean(ev.Workload.Kind), Name: term.Clean(ev.Workload.Name)}
	}
	if c := d.Container; c != nil {
		out.Container = &containerJSON{
			Name: term.Clean(c.Name), Kind: term.Clean(string(c.Kind)), Image: term.Clean(c.Image), State: term.Clean(c.State),
		}
		if c.State != "" && !slices.Contains(ev.Blind, "c.restarts") { // without a status the number of restarts is not known
			out.Restarts = &c.Restarts
		}
		out.LastExit = newExit(c.LastExit)
		out.Backoff = newBackoff(c.Backoff)
	}
	return out
}

func newExit(e *evidence.Exit) *exitJSON {
	if e == nil {
		return nil
	}
	out := &exitJSON{
		Code: e.Code, Reason: term.Clean(e.Reason), Signal: term.Clean(e.Signal),
		StartedAt: known(e.Started), FinishedAt: known(e.Finished),
	}
	if e.RanFor != nil {
		ran := e.RanFor.String()
		out.RanFor = &ran
	}
	return out
}

func newBackoff(b *evidence.Backoff) *backoffJSON {
	if b == nil {
		return nil
	}
	out := &backoffJSON{Delay: b.Delay.String()}
	if !b.Earliest.IsZero() && !b.Latest.IsZero() {
		out.Next = &windowJSON{Earliest: b.Earliest.UTC(), Latest: b.Latest.UTC()}
	}
	return out
}

func newCause(d *diagnosis.Diagnosis, c diagnosis.Cause) causeJSON {
	claim := func(b rule.Because) claimJSON {
		return claimJSON{Text: term.CleanLines(b.Text), Ref: term.Clean(b.Ref), Command: evidenceCommand(d, b.Ref)}
	}
	return causeJSON{
		ID: term.Clean(findingID(c.Finding)), Title: term.CleanLines(c.Title), Confidence: term.Clean(string(c.Confidence)),
		Summary: term.CleanLines(c.Summary),
		Because: mapped(c.Because, claim), Against: mapped(c.Against, claim),
		Symptoms: mapped(c.Symptoms, term.Clean),
		Fixes: mapped(c.Fix, func(a rule.Advice) fixJSON {
			out := fixJSON{Text: term.CleanLines(a.Text), Risk: term.Clean(a.Risk), Command: adviceCommand(d, a.Command)}
			if patch := patchOf(a); len(patch) > 0 {
				out.Patch = patch
			}
			return out
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
