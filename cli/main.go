// Package cli holds unloop's commands, one file each: flags become options, options are checked, then run. It is the
// only package that knows flags, streams and exit codes.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"k8s.io/klog/v2"

	"github.com/unloop-dev/unloop/cluster"
)

// The exit codes. Nothing else in unloop ends the process.
const (
	exitDone   = 0 // done, whatever was found
	exitFailed = 1 // could not do what was asked
	exitUsage  = 2 // was asked wrongly
	exitFound  = 3 // a crash loop was found and --exit-code was given

	exitInterrupted = 130 // somebody ended it: what shells say of SIGINT
)

// Version is set when a release is built: -ldflags "-X github.com/unloop-dev/unloop/cli.Version=v1.2.3". Without it the
// version of the module in the build information is shown.
var Version = ""

// Streams are where a command reads and writes: results to Out, everything else to Err.
type Streams struct {
	In  io.Reader
	Out io.Writer
	Err io.Writer
}

// app is what every command needs.
type app struct {
	Streams
	getenv func(string) string
	name   string // "unloop", or "kubectl unloop" as a plugin
}

// errFound ends a run with exitFound. It is not an error: the diagnosis was printed.
var errFound = errors.New("a crash loop was found")

// errInterrupted is what became of a run that somebody ended.
var errInterrupted = errors.New("interrupted")

// usageError is a mistake in the command line.
type usageError struct {
	text string
	hint string // what to type instead
}

func (e *usageError) Error() string { return e.text }

func usagef(hint, format string, args ...any) error {
	return &usageError{text: fmt.Sprintf(format, args...), hint: hint}
}

// hintedError is something that could not be done, with what to do instead.
type hintedError struct{ text, hint string }

func (e *hintedError) Error() string { return e.text }

// Main runs unloop with the arguments, of which the first is the program's name, and gives the exit code.
func Main(ctx context.Context, args []string, streams Streams, getenv func(string) string) int {
	klog.SetSlogLogger(slog.New(slog.DiscardHandler)) // client-go logs to stderr what it also returns as an error
	a := &app{Streams: streams, getenv: getenv, name: "unloop"}
	if len(args) > 0 && strings.HasPrefix(filepath.Base(args[0]), "kubectl-") {
		a.name = "kubectl unloop"
	}
	root := a.rootCommand()
	root.SetArgs(nil)
	if len(args) > 1 {
		root.SetArgs(args[1:])
	} else {
		root.SetArgs([]string{})
	}
	root.SetIn(streams.In)
	root.SetOut(streams.Out)
	root.SetErr(streams.Err)
	err := root.ExecuteContext(ctx)
	if err != nil && ctx.Err() != nil {
		err = errInterrupted // whatever failed, failed because of that
	}
	return a.report(err)
}

// report prints an error as the field does it, with what to do next below it, and gives the exit code.
func (a *app) report(err error) int {
	var usage *usageError
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, errFound):
		return exitFound
	case errors.Is(err, errInterrupted):
		a.complain(err.Error(), "")
		return exitInterrupted
	case errors.As(err, &usage):
		a.complain(usage.text, usage.hint)
		return exitUsage
	}
	hint := ""
	if e, ok := errors.AsType[*cluster.Error](err); ok {
		hint = e.Hint
	}
	if e, ok := errors.AsType[*hintedError](err); ok {
		hint = e.hint
	}
	a.complain(err.Error(), hint)
	return exitFailed
}

// complain writes what went wrong and, on a line of its own, what to do about it. Both may quote foreign text: names,
// answers of an API server, arguments from a script.
func (a *app) complain(text, hint string) {
	fmt.Fprintf(a.Err, "unloop: %s\n", clean(text))
	if hint != "" {
		fmt.Fprintf(a.Err, "%s\n", clean(hint))
	}
}

// usageErrors makes cobra's own complaints about flags and arguments usage errors.
func usageErrors(cmd *cobra.Command, err error) error {
	return usagef(fmt.Sprintf("see '%s --help'", cmd.CommandPath()), "%s", err)
}
