package e2e

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/unloop-dev/unloop/lab/kube"
)

// atOnce is how many scenarios run at the same time: a hundred crash loops keep two nodes' pod workers, and two cores,
// so busy that programs start much later than they would.
const atOnce = 20

// beginSome begins scenarios until enough of them run.
func (r *Runner) beginSome(ctx context.Context, attempts []*attempt) {
	running := 0
	for _, a := range attempts {
		if !a.applied.IsZero() && !a.done {
			running++
		}
	}
	for _, a := range attempts {
		if running >= atOnce {
			return
		}
		if a.applied.IsZero() {
			running++
			if err := r.begin(ctx, a); err != nil {
				a.end(fmt.Errorf("apply: %w", err))
			}
		}
	}
}

// begin makes the scenario's namespace and what is in it.
func (r *Runner) begin(ctx context.Context, a *attempt) error {
	a.applied = time.Now()
	for _, c := range a.Before {
		if err := r.command(ctx, c); err != nil {
			return err
		}
	}
	namespace := map[string]any{"apiVersion": "v1", "kind": "Namespace", "metadata": map[string]any{"name": a.Name}}
	if err := r.admin.Apply(ctx, "", namespace); err != nil {
		return err
	}
	// A pod is refused until its namespace has the account that it runs as.
	account := map[string]any{"apiVersion": "v1", "kind": "ServiceAccount", "metadata": map[string]any{"name": "default"}}
	if err := r.admin.Apply(ctx, a.Name, account); err != nil {
		return err
	}
	a.applied = time.Now()
	if err := r.admin.ApplyYAML(ctx, a.Name, a.Manifest); err != nil {
		return err
	}
	for _, c := range a.During {
		go r.repeat(ctx, c)
	}
	if a.Then.Manifest != "" {
		go r.change(ctx, a.Scenario)
	}
	return nil
}

func (r *Runner) repeat(ctx context.Context, c Command) {
	for wait := max(c.After, c.Every); ; wait = c.Every {
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
		err := r.command(ctx, c)
		if c.Every == 0 {
			if err != nil {
				r.say("on %s: %v", c.Node, err)
			}
			return
		}
		// What a repeated command acts on may not be there yet.
	}
}

func (r *Runner) command(ctx context.Context, c Command) error {
	if c.Do != "" {
		return r.Lab.Node(ctx, c.Node, c.Do)
	}
	return r.Lab.RunOn(ctx, c.Node, c.Run)
}

func (r *Runner) change(ctx context.Context, s *Scenario) {
	select {
	case <-ctx.Done():
		return
	case <-time.After(s.Then.After):
	}
	b, err := os.ReadFile(filepath.Join(r.Dir, s.Name, s.Then.Manifest))
	if err == nil {
		err = r.admin.ApplyYAML(ctx, s.Name, b)
	}
	if err != nil {
		r.say("%s: apply %s: %v", s.Name, s.Then.Manifest, err)
	}
}

// clean removes what a scenario made: a loop that nobody looks at any more only takes time from the others.
func (r *Runner) clean(ctx context.Context, a *attempt) {
	if r.Keep {
		return
	}
	if err := r.admin.Delete(ctx, "/api/v1/namespaces/"+a.Name); err != nil && !kube.NotFound(err) {
		r.say("%s: remove the namespace: %v", a.Name, err)
	}
}
