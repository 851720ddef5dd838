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

	"github.com/unloop-dev/unloop/answer"
)

// ask runs unloop and reads its first diagnosis.
func (r *Runner) ask(ctx context.Context, args ...string) (*answer.Diagnosis, error) {
	a, err := r.askAll(ctx, args...)
	if err != nil {
		return nil, err
	}
	return &a.Diagnoses[0], nil
}

// askAll runs unloop and reads its answer, which has at least one diagnosis.
func (r *Runner) askAll(ctx context.Context, args ...string) (*answer.Document, error) {
	out, err := r.unloop(ctx, append(args, "-o", "json")...)
	if err != nil {
		return nil, err
	}
	a := &answer.Document{}
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
func (e Expect) judge(d *answer.Diagnosis) error {
	first := firstOf(d)
	if d.Verdict != e.Verdict {
		return fmt.Errorf("verdict %s, want %s (%s)", d.Verdict, e.Verdict, first)
	}
	if name := containerOf(d).Name; e.Container != "" && name != e.Container {
		return fmt.Errorf("container %q, want %q", name, e.Container)
	}
	if len(e.Causes) == 0 && len(d.Causes) > 0 {
		return fmt.Errorf("cause %s, want none", first)
	}
	if len(e.Causes) > 0 && !slices.Contains(e.Causes, first) {
		return fmt.Errorf("cause %s, want %s", first, strings.Join(e.Causes, " or "))
	}
	proof := proofOf(d)
	for _, text := range e.Proof {
		if !strings.Contains(proof, text) {
			return fmt.Errorf("the proof of %s doesn't show %q:\n%s", first, text, proof)
		}
	}
	return nil
}

// containerOf is the container of a diagnosis, without a name when it is of a whole pod.
func containerOf(d *answer.Diagnosis) answer.Container {
	if d.Container == nil {
		return answer.Container{}
	}
	return *d.Container
}

// restartsOf is how often the container was started again; a live answer always knows.
func restartsOf(d *answer.Diagnosis) int {
	if d.Restarts == nil {
		return 0
	}
	return *d.Restarts
}

// firstOf is the id of the first cause or, where there is none, what was not known.
func firstOf(d *answer.Diagnosis) string {
	if len(d.Causes) == 0 {
		text := "(none)"
		for _, m := range d.Missing {
			text += fmt.Sprintf("; not known: %s, %s", m.What, m.Why)
		}
		return text
	}
	return d.Causes[0].ID
}

func proofOf(d *answer.Diagnosis) string {
	if len(d.Causes) == 0 {
		return ""
	}
	lines := []string{d.Causes[0].Summary}
	for _, b := range d.Causes[0].Because {
		lines = append(lines, b.Text)
	}
	return strings.Join(lines, "\n")
}
