package cli

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/unloop-dev/unloop/bundle"
	"github.com/unloop-dev/unloop/cluster"
	"github.com/unloop-dev/unloop/evidence"
	"github.com/unloop-dev/unloop/internal/term"
)

// This file says where evidence comes from, and which of it is meant. Names, -n, -l and -A choose among the pods of a cluster
// and among those of files alike; -c chooses among the containers of what they leave.

// validateSource checks that names and selectors do not contradict each other.
func (o *diagnoseOptions) validateSource(args []string) error {
	switch {
	case len(args) > 0 && (o.Selector != "" || o.AllNamespaces):
		return usagef("", "-l and -A choose pods by themselves; leave %q out", args[0])
	case o.AllNamespaces && len(o.Files) > 0 && o.Flags.Namespace() != "":
		return usagef("", "give either -n or -A, not both")
	}
	_, _, err := o.chosen(args)
	return err
}

// chosen reads the names and the selector.
func (o *diagnoseOptions) chosen(args []string) ([]cluster.Target, labels.Selector, error) {
	targets, err := cluster.ParseTargets(args)
	if err != nil {
		return nil, nil, asUsage(err)
	}
	selector, err := labels.Parse(o.Selector)
	if err != nil {
		return nil, nil, usagef("examples: app=web   app=web,tier!=cache   app in (web,api)", "%q is not a label selector", o.Selector)
	}
	return targets, selector, nil
}

// read gives the evidence of the pods that are meant. It is nil where there is none; else an error says that some of what was
// named is missing. whole is for bundles, which hold the texts of logs.
func (o *diagnoseOptions) read(ctx context.Context, args []string, whole bool) (iter.Seq[*evidence.Raw], error) {
	if len(o.Files) > 0 {
		b, err := o.readFiles(ctx, bundle.Options{Lean: !whole})
		if err != nil {
			return nil, err
		}
		return o.choose(b.All(), args)
	}
	raws, err := o.readCluster(ctx, args, whole)
	if err != nil && len(raws) == 0 {
		return nil, err
	}
	return slices.Values(raws), err
}

// readFiles reads what -f names, and says on stderr what it could not use.
func (o *diagnoseOptions) readFiles(ctx context.Context, options bundle.Options) (*bundle.Bundle, error) {
	if slices.Contains(o.Files, "-") && term.IsTerminal(o.In) {
		fmt.Fprintln(o.Err, "unloop: reading standard input; end with Ctrl-D")
	}
	secrets, err := readPatterns(o.Redact)
	if err != nil {
		return nil, err
	}
	options.Redact = secrets
	progress := o.newProgress()
	if progress != nil {
		options.Progress = progress.read
	}
	b, err := options.Open(ctx, o.Files, o.In)
	progress.done()
	if b != nil {
		o.unused = b.Unused()
		writeUnused(o.Err, o.unused)
	}
	return b, err
}

// choose leaves those pods of files that are meant. A log of which nothing says whose it is stays where no pod is named.
func (o *diagnoseOptions) choose(raws iter.Seq[*evidence.Raw], args []string) (iter.Seq[*evidence.Raw], error) {
	targets, selector, err := o.chosen(args)
	if err != nil {
		return nil, err
	}
	namespace := o.Flags.Namespace()
	found := make([]bool, len(targets))
	isMeant := func(raw *evidence.Raw) bool {
		pod := raw.Pod
		if pod == nil && raw.Named.Name != "" { // a log that says whose it is
			pod = &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: raw.Named.Namespace, Name: raw.Named.Name}}
		}
		switch {
		case pod == nil:
			return len(targets) == 0 && o.Selector == ""
		case namespace != "" && pod.Namespace != "" && pod.Namespace != namespace, !selector.Matches(labels.Set(pod.Labels)):
			return false
		case len(targets) == 0:
			return true
		}
		workload := evidence.WorkloadOf(pod)
		i := slices.IndexFunc(targets, func(t cluster.Target) bool {
			return t.Kind == "Pod" && t.Name == pod.Name || t.Kind == workload.Kind && t.Name == workload.Name
		})
		if i >= 0 {
			found[i] = true
		}
		return i >= 0
	}
	kept := func(yield func(*evidence.Raw) bool) {
		for raw := range raws {
			if isMeant(raw) && !yield(raw) {
				return
			}
		}
	}
	some := false
	for range kept {
		if some = true; len(targets) == 0 {
			break
		}
	}
	if missing := notFound(targets, found); missing != "" {
		err = fmt.Errorf("not in the files: %s", missing)
	}
	switch {
	case some:
		return kept, err
	case err != nil:
		return nil, err
	case o.Selector != "":
		return nil, fmt.Errorf("no pod in the files has the labels %s", o.Selector)
	case namespace != "":
		return nil, fmt.Errorf("no pod of namespace %q is in the files", namespace)
	}
	return raws, nil
}

// notFound lists the targets that were not found.
func notFound(targets []cluster.Target, found []bool) string {
	var missing []string
	for i, t := range targets {
		if !found[i] {
			missing = append(missing, t.String())
		}
	}
	return strings.Join(missing, ", ")
}

// readCluster reads what the arguments name. An error may come along with what could be read of several. keepLogs is for
// bundles, which hold the texts of logs.
func (o *diagnoseOptions) readCluster(ctx context.Context, args []string, keepLogs bool) ([]*evidence.Raw, error) {
	targets, _, err := o.chosen(args)
	if err != nil {
		return nil, err
	}
	secrets, err := readPatterns(o.Redact)
	if err != nil {
		return nil, err
	}
	client, err := o.Flags.Connect(version())
	if err != nil {
		return nil, asUsage(err)
	}
	client.Redact = secrets
	client.Notify = func(text string) { fmt.Fprintf(o.Err, "unloop: %s\n", clean(text)) }
	raws, err := client.Collect(ctx, cluster.Request{
		Targets: targets, Selector: o.Selector, AllNamespaces: o.AllNamespaces, Container: o.Container, KeepLogs: keepLogs,
	})
	return raws, asUsage(err)
}
