// Command unloop tells why a Kubernetes container crash-loops, shows the proof, and hands over the fix. Installed as
// kubectl-unloop the same binary is the plugin "kubectl unloop".
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/unloop-dev/unloop/cli"
)

func main() {
	// Most runs live for a tenth of a second and need some 20 MB: collecting garbage in them is a third of the work. A
	// long one is held by the limit.
	debug.SetGCPercent(400)
	debug.SetMemoryLimit(200 << 20)
	os.Exit(untilSignal(func(ctx context.Context) int {
		return cli.Main(ctx, os.Args, cli.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}, os.Getenv)
	}))
}

// untilSignal runs a command whose context ends at the first signal to stop. The second one kills the process, as it would
// without us: a command must not be able to hold its user.
func untilSignal(command func(context.Context) int) int {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		select {
		case <-signals:
			signal.Reset(os.Interrupt, syscall.SIGTERM)
			cancel()
		case <-ctx.Done():
		}
	}()
	return command(ctx)
}
