package e2e

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// well is how long every container has to run, and be ready, until a fix counts: longer than the loops of scenarios with
// a fix last.
const well = 12 * time.Second

// fix applies the manifest that is to end the loop, and waits until it has. Pods are deleted before, as most of a pod
// can't be changed; what owns them makes others.
func (r *Runner) fix(ctx context.Context, a *attempt) error {
	manifest, err := os.ReadFile(filepath.Join(r.Dir, a.Name, a.Fix))
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	if err := r.admin.Delete(ctx, "/api/v1/namespaces/"+a.Name+"/pods/"+a.podName+"?gracePeriodSeconds=0"); err != nil {
		return err
	}
	for {
		// Again and again: the old pod may still have its name.
		err := r.admin.ApplyYAML(ctx, a.Name, manifest)
		if err == nil {
			err = r.fixed(ctx, a)
		}
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s doesn't end the loop: %w", a.Fix, err)
		case <-time.After(2 * time.Second):
		}
	}
}

// fixed says what is still wrong.
func (r *Runner) fixed(ctx context.Context, a *attempt) error {
	var list struct{ Items []*pod }
	if err := r.admin.Get(ctx, "/api/v1/namespaces/"+a.Name+"/pods", &list); err != nil {
		return err
	}
	pods := 0
	for _, p := range list.Items {
		if !a.matches(p) || p.Metadata.DeletionTimestamp != nil {
			continue
		}
		pods++
		for _, c := range p.Status.ContainerStatuses {
			if c.State.Running == nil || !c.Ready || time.Since(c.State.Running.StartedAt) < well || c.RestartCount > 0 {
				return errors.New(describe(a.Scenario, list.Items))
			}
		}
		if len(p.Status.ContainerStatuses) == 0 {
			return fmt.Errorf("pod %s has no containers yet", p.Metadata.Name)
		}
	}
	if pods == 0 {
		return errors.New("no pod")
	}
	return nil
}
