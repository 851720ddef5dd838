package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"time"
)

// answer is what the scenarios check of unloop's JSON.
type answer struct {
	Diagnoses []diagnosis
}

type diagnosis struct {
	Pod       struct{ Name string }
	Container struct{ Name, State string }
	Verdict   string
	Restarts  int
	Backoff   *struct {
		Next struct{ Earliest, Latest time.Time }
	}
	Causes  []cause
	Missing []struct{ What, Why string }
}

type cause struct {
	ID      string
	Summary string
	Because []struct{ Text string }
}

// ask runs unloop and reads its first diagnosis.
func (r *Runner) ask(ctx context.Context, args ...string) (*diagnosis, error) {
	a, err := r.askAll(ctx, args...)
	if err != nil {
		return nil, err
	}
	return &a.Diagnoses[0], nil
}

// askAll runs unloop and reads its answer, which has at least one diagnosis.
func (r *Runner) askAll(ctx context.Context, args ...string) (*answer, error) {
	out, err := r.unloop(ctx, append(args, "-o", "json")...)
	if err != nil {
		return nil, err
	}
	a := &answer{}
	if err := json.Unmarshal(out, a); err != nil {
		return nil, fmt.Errorf("read unloop's JSON: %w", err)
	}
	if len(a.Diagnoses) == 0 {
		return nil, errors.New("no diagnosis")
	}
	return a, nil
}

func (r *Runner) unloop(ctx context.Context, args ...string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	c := exec.CommandContext(ctx, r.Bin, args...)
	var stderr bytes.Buffer
	c.Stderr = &stderr
	out, err := c.Output()
	if err != nil {
		return nil, fmt.Errorf("unloop %s: %w: %s", strings.Join(args, " "), err, bytes.TrimSpace(stderr.Bytes()))
	}
	return out, nil
}

// judge says what is wrong with an answer.
func (e Expect) judge(d *diagnosis) error {
	if d.Verdict != e.Verdict {
		return fmt.Errorf("verdict %s, want %s (%s)", d.Verdict, e.Verdict, d.first())
	}
	if e.Container != "" && d.Container.Name != e.Container {
		return fmt.Errorf("container %q, want %q", d.Container.Name, e.Container)
	}
	if len(e.Causes) == 0 && len(d.Causes) > 0 {
		return fmt.Errorf("cause %s, want none", d.first())
	}
	if len(e.Causes) > 0 && !slices.Contains(e.Causes, d.first()) {
		return fmt.Errorf("cause %s, want %s", d.first(), strings.Join(e.Causes, " or "))
	}
	for _, text := range e.Proof {
		if !strings.Contains(d.proof(), text) {
			return fmt.Errorf("the proof of %s doesn't show %q:\n%s", d.first(), text, d.proof())
		}
	}
	return nil
}

func (d *diagnosis) first() string {
	if len(d.Causes) == 0 {
		text := "(none)"
		for _, m := range d.Missing {
			text += fmt.Sprintf("; not known: %s, %s", m.What, m.Why)
		}
		return text
	}
	return d.Causes[0].ID
}

func (d *diagnosis) proof() string {
	if len(d.Causes) == 0 {
		return ""
	}
	lines := []string{d.Causes[0].Summary}
	for _, b := range d.Causes[0].Because {
		lines = append(lines, b.Text)
	}
	return strings.Join(lines, "\n")
}
