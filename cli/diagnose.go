package cli

import (
	"context"
	"fmt"
	"iter"
	"slices"

	"github.com/unloop-dev/unloop/ledger"

	"github.com/spf13/cobra"

	"github.com/unloop-dev/unloop/cluster"
	"github.com/unloop-dev/unloop/diagnosis"
	"github.com/unloop-dev/unloop/evidence"
	"github.com/unloop-dev/unloop/internal/term"
	"github.com/unloop-dev/unloop/report"
	"github.com/unloop-dev/unloop/rule"
)

// diagnoseOptions are what the user typed.
type diagnoseOptions struct {
	*app
	Flags         cluster.Flags
	AllNamespaces bool
	Selector      string
	Container     string
	Files         []string
	Output        string
	Color         string
	Rules         []string
	Redact        []string
	ExitCode      bool

	unused []ledger.Part // of the files
}

// bind adds the flags. Those for the cluster and the output belong to several commands.
func (o *diagnoseOptions) bind(root *cobra.Command) {
	flags := root.PersistentFlags()
	o.Flags.Bind(flags)
	flags.BoolVarP(&o.AllNamespaces, "all-namespaces", "A", false, "look in all namespaces")
	flags.StringVarP(&o.Selector, "selector", "l", "", "only pods with these `labels`")
	flags.StringVarP(&o.Container, "container", "c", "", "only the container of this `name`")
	flags.StringArrayVarP(&o.Files, "file", "f", nil, "read `path` instead of a cluster; - is stdin")
	flags.StringVarP(&o.Output, "output", "o", "", "output `format`: text, wide, json, yaml, markdown")
	flags.StringVar(&o.Color, "color", "auto", "colour: auto, always, never")
	flags.StringArrayVar(&o.Rules, "rules", nil, "add the rules in `directory`")
	flags.StringArrayVar(&o.Redact, "redact", nil, "take out what the patterns in `file` match, too")
	flags.BoolVar(&o.ExitCode, "exit-code", false, "exit with 3 when a crash loop was found")
	for name, complete := range map[string]cobra.CompletionFunc{
		"namespace": o.completeNamespaces,
		"container": o.completeContainers,
		"context": func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return o.Flags.Contexts(), cobra.ShellCompDirectiveNoFileComp
		},
		"output": func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return report.Formats(), cobra.ShellCompDirectiveNoFileComp
		},
		"color": func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return []string{"auto", "always", "never"}, cobra.ShellCompDirectiveNoFileComp
		},
	} {
		if err := root.RegisterFlagCompletionFunc(name, complete); err != nil {
			panic(err) // a flag of this very function
		}
	}
}

// validate checks what can be checked without reading anything.
func (o *diagnoseOptions) validate(args []string) error {
	if err := o.validateSource(args); err != nil {
		return err
	}
	if err := report.Check(o.Output); err != nil {
		return usagef("", "%s", err)
	}
	if _, err := term.UseColor(o.Color, o.Out, o.getenv); err != nil {
		return usagef("", "%s", err)
	}
	return nil
}

func (o *diagnoseOptions) run(cmd *cobra.Command, args []string) error {
	if err := o.validate(args); err != nil {
		return err
	}
	rules, err := loadRules(o.Rules)
	if err != nil {
		return err
	}
	raws, err := o.read(cmd.Context(), args, false)
	if raws == nil {
		return err
	}
	// Of several targets some may be missing: what could be read is worth an answer, and the rest is no success.
	source, sweep := evidence.SourceLive, len(args) == 0
	if len(o.Files) > 0 {
		source, sweep = evidence.SourceFiles, false
	}
	if printErr := o.print(cmd.Context(), raws, rules, source, sweep); err == nil {
		err = printErr
	}
	return err
}

// print diagnoses and renders. With onlyTrouble, pods that are well are counted and not listed.
func (o *diagnoseOptions) print(ctx context.Context, raws iter.Seq[*evidence.Raw], rules *rule.Set, source evidence.Source, onlyTrouble bool) error {
	options, err := o.reportOptions(source)
	if err != nil {
		return err
	}
	looked := 0
	ds := o.diagnoseAll(func(yield func(*evidence.Raw) bool) {
		for raw := range raws {
			if looked++; looked == 1 {
				options.Cluster, options.At = raw.Cluster, raw.At
			}
			if onlyTrouble && !evidence.Troubled(raw.Pod, raw.At) {
				continue
			}
			if ctx.Err() != nil || !yield(raw) {
				return
			}
		}
	}, rules)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	options.Pods = looked
	looping := slices.ContainsFunc(ds, func(d *diagnosis.Diagnosis) bool { return d.Verdict == evidence.CrashLooping })
	if o.Container != "" && len(ds) == 0 {
		return fmt.Errorf("container %q is in none of the pods", o.Container)
	}
	if onlyTrouble {
		ds = slices.DeleteFunc(ds, func(d *diagnosis.Diagnosis) bool { return !d.Verdict.Trouble() })
	}
	if len(ds) == 0 && (o.Output == "" || o.Output == "text" || o.Output == "wide") {
		_, err = fmt.Fprintf(o.Out, "No container is in trouble: %s looked at.\n", pods(looked))
		return err
	}
	if err := report.Write(o.Out, o.Output, ds, options); err != nil {
		return err
	}
	if looping && o.ExitCode {
		return errFound
	}
	return nil
}

func (o *diagnoseOptions) reportOptions(source evidence.Source) (report.Options, error) {
	color, err := term.UseColor(o.Color, o.Out, o.getenv)
	if err != nil {
		return report.Options{}, err
	}
	return report.Options{Width: term.Width(o.Out, o.getenv), Color: color, Program: o.name, Source: source, Unused: unusedOf(o.unused)}, nil
}

// diagnoseAll diagnoses each pod, or of each the container that -c names; the worst come first. What was made to diagnose
// one is let go before the next.
func (o *diagnoseOptions) diagnoseAll(raws iter.Seq[*evidence.Raw], rules *rule.Set) []*diagnosis.Diagnosis {
	var ds []*diagnosis.Diagnosis
	for raw := range raws {
		ev := evidence.Of(raw)
		if o.Container != "" {
			ds = append(ds, diagnosis.OfContainer(ev, rules, o.Container)...)
		} else {
			ds = append(ds, diagnosis.Of(ev, rules)...)
		}
	}
	diagnosis.Sort(ds)
	return ds
}

func pods(n int) string {
	if n == 1 {
		return "1 pod"
	}
	return fmt.Sprintf("%d pods", n)
}
