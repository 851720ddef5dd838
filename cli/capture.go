package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/unloop-dev/unloop/bundle"
	"github.com/unloop-dev/unloop/evidence"
)

func (a *app) captureCommand(o *diagnoseOptions) *cobra.Command {
	return &cobra.Command{
		Use:   "capture TYPE/NAME... -o FILE",
		Short: "Write the evidence as a redacted bundle",
		Long: `Write what unloop reads about pods as one file: objects, events and logs, with
passwords, tokens, keys and connection strings removed. Diagnosing the file
(unloop -f FILE) gives the same answer as the cluster did.
FILE ends in .tar.gz, .tgz or .txtar; - writes a txtar to standard output. A
file of that name is replaced; the new one is readable by you alone (mode 0600).`,
		Example: fmt.Sprintf(`  # keep the evidence before the pod is deleted
  %[1]s capture deploy/api -o api.tar.gz

  # a case that a person can read, for a bug report
  %[1]s capture pod/api-0 -o api.txtar`, a.name),
		ValidArgsFunction: o.completeTargets,
		RunE: func(cmd *cobra.Command, args []string) error {
			format, err := o.validateCapture(args)
			if err != nil {
				return err
			}
			raws, err := o.read(cmd.Context(), args, true)
			if raws == nil {
				return err
			}
			if writeErr := a.writeBundle(cmd.Context(), o.Output, slices.Collect(raws), format); writeErr != nil {
				return writeErr
			}
			return err
		},
	}
}

func (o *diagnoseOptions) validateCapture(args []string) (bundle.Format, error) {
	if len(args) == 0 && len(o.Files) == 0 && o.Selector == "" && !o.AllNamespaces {
		return 0, usagef(o.name+" capture deploy/NAME -o FILE.tar.gz", "capture needs a pod or workload")
	}
	if err := o.validateSource(args); err != nil {
		return 0, err
	}
	name := o.Output
	switch {
	case name == "":
		return 0, usagef(o.name+" capture "+strings.Join(args, " ")+" -o FILE.tar.gz", "capture needs -o FILE")
	case name == "-", strings.HasSuffix(name, ".txtar"):
		return bundle.Txtar, nil
	case strings.HasSuffix(name, ".tar.gz"), strings.HasSuffix(name, ".tgz"):
		return bundle.TarGz, nil
	}
	return 0, usagef("", "%q: the name must end in .tar.gz, .tgz or .txtar, or be -", name)
}

// writeBundle writes a file as a whole or not at all: a bundle that was cut would be worse than none. It is readable by its
// owner alone, which is how os.CreateTemp makes files: redacted or not, a log is nobody else's business.
func (a *app) writeBundle(ctx context.Context, name string, raws []*evidence.Raw, format bundle.Format) (err error) {
	if name == "-" {
		return bundle.Write(untilEnded{ctx, a.Out}, raws, format)
	}
	f, err := os.CreateTemp(filepath.Dir(name), ".unloop-*")
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	defer func() {
		if err != nil {
			os.Remove(f.Name())
		}
	}()
	if err = bundle.Write(untilEnded{ctx, f}, raws, format); err != nil {
		f.Close()
		return fmt.Errorf("write %s: %w", name, err)
	}
	if err = f.Close(); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	if err = os.Rename(f.Name(), name); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	_, err = fmt.Fprintf(a.Err, "unloop: wrote %s: %s. Diagnose it with: %s -f %s\n", name, pods(len(raws)), a.name, name)
	return err
}

// untilEnded is a writer that fails when the context has ended.
type untilEnded struct {
	ctx context.Context
	out io.Writer
}

func (u untilEnded) Write(p []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.out.Write(p)
}
