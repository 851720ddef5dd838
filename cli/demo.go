package cli

import (
	"bytes"
	"context"
	"embed"
	"fmt"
	"path"
	"slices"

	"github.com/spf13/cobra"

	"github.com/unloop-dev/unloop/bundle"
	"github.com/unloop-dev/unloop/evidence"
	"github.com/unloop-dev/unloop/redact"
)

// incidents are recorded from a real kubelet (v1.35.4, containerd 1.6.20); the number in the name is the order.
//
//go:embed demo/*.txtar
var incidents embed.FS

func (a *app) demoCommand(o *diagnoseOptions) *cobra.Command {
	return &cobra.Command{
		Use:   "demo",
		Short: "Show the main job on recorded incidents: no cluster needed",
		Args:  noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if len(o.Files) > 0 || o.AllNamespaces || o.Selector != "" || o.Container != "" {
				return usagef("", "the demo shows recorded incidents; -f, -A, -l and -c do not apply to it")
			}
			if err := o.validate(nil); err != nil {
				return err
			}
			return o.demo(cmd.Context())
		},
	}
}

func (o *diagnoseOptions) demo(ctx context.Context) error {
	rules, err := loadRules(o.Rules)
	if err != nil {
		return err
	}
	secrets, err := readPatterns(o.Redact)
	if err != nil {
		return err
	}
	entries, err := incidents.ReadDir("demo")
	if err != nil {
		return err
	}
	var all [][]*evidence.Raw
	for _, entry := range entries {
		raws, err := readIncident(ctx, entry.Name(), secrets)
		if err != nil {
			return fmt.Errorf("read the recorded incident %s: %w", entry.Name(), err)
		}
		all = append(all, raws)
	}
	if o.Output != "" && o.Output != "text" && o.Output != "wide" {
		return o.print(ctx, slices.Values(slices.Concat(all...)), rules, evidence.SourceDemo, false)
	}
	return o.narrate(all, func(raws []*evidence.Raw) error {
		return o.print(ctx, slices.Values(raws), rules, evidence.SourceDemo, false)
	})
}

func readIncident(ctx context.Context, name string, secrets *redact.Rules) ([]*evidence.Raw, error) {
	data, err := incidents.ReadFile(path.Join("demo", name))
	if err != nil {
		return nil, err
	}
	b, err := bundle.Options{Redact: secrets}.Open(ctx, []string{"-"}, bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	raws := b.Raws()
	for _, raw := range raws {
		raw.Source, raw.Cluster = evidence.SourceDemo, "demo"
	}
	return raws, nil
}

// narrate prints the incidents one after the other, with what to type for one's own cluster at the end.
func (o *diagnoseOptions) narrate(incidents [][]*evidence.Raw, print func([]*evidence.Raw) error) error {
	fmt.Fprintf(o.Out, "%d incidents, recorded from a real kubelet. On a cluster each is one command.\n", len(incidents))
	for i, raws := range incidents {
		pod := raws[len(raws)-1].Pod.Name
		fmt.Fprintf(o.Out, "\n── %d of %d ── %s %s\n\n", i+1, len(incidents), o.name, pod)
		if err := print(raws); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(o.Out, `
On your own cluster:
  %[1]s                     every crash loop of the current namespace
  %[1]s POD                 one pod; deploy/NAME, sts/NAME, job/NAME … work too
  %[1]s -f FILE             what kubectl get -o yaml, events and logs have saved
  %[1]s explain CAUSE       one cause: how to confirm it by hand, fixes, mistakes
`, o.name)
	return err
}
