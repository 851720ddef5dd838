package cli

import (
	"embed"
	"fmt"
	"path"
	"strings"

	"github.com/spf13/cobra"

	"github.com/unloop-dev/unloop/bundle"
	"github.com/unloop-dev/unloop/evidence"
	"github.com/unloop-dev/unloop/report"
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
		RunE: func(*cobra.Command, []string) error {
			if err := o.validate(nil); err != nil {
				return err
			}
			return o.demo()
		},
	}
}

func (o *diagnoseOptions) demo() error {
	rules, err := loadRules(o.Rules)
	if err != nil {
		return err
	}
	entries, err := incidents.ReadDir("demo")
	if err != nil {
		return err
	}
	var raws []*evidence.Raw
	for _, entry := range entries {
		data, err := incidents.ReadFile(path.Join("demo", entry.Name()))
		if err != nil {
			return err
		}
		b, err := bundle.Open([]string{"-"}, strings.NewReader(string(data)))
		if err != nil {
			return fmt.Errorf("read the recorded incident %s: %w", entry.Name(), err)
		}
		for _, raw := range b.Raws() {
			raw.Source, raw.Cluster = evidence.SourceDemo, "demo"
			raws = append(raws, raw)
		}
	}
	if o.Output != "" && o.Output != "text" && o.Output != "wide" {
		return o.print(raws, rules, evidence.SourceDemo, false)
	}
	return o.narrate(raws, func(raw *evidence.Raw) error {
		options, err := o.reportOptions([]*evidence.Raw{raw}, evidence.SourceDemo)
		if err != nil {
			return err
		}
		return report.Write(o.Out, o.Output, diagnoseAll([]*evidence.Raw{raw}, rules), options)
	})
}

// narrate prints the incidents one after the other, with what to type for one's own cluster at the end.
func (o *diagnoseOptions) narrate(raws []*evidence.Raw, print func(*evidence.Raw) error) error {
	fmt.Fprintf(o.Out, "%d incidents, recorded from a real kubelet. On a cluster each is one command: %s POD\n", len(raws), o.name)
	for i, raw := range raws {
		fmt.Fprintf(o.Out, "\n── %d of %d ── %s %s\n\n", i+1, len(raws), o.name, raw.Pod.Name)
		if err := print(raw); err != nil {
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
