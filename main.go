// Command unloop tells why a Kubernetes container crash-loops, shows the proof, and hands over the fix. Installed as
// kubectl-unloop the same binary is the plugin "kubectl unloop".
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime/debug"

	"github.com/unloop-dev/unloop/cli"
)

func main() {
	// Most runs live for a tenth of a second and need some 20 MB: collecting garbage in them is a third of the work. A
	// long one is held by the limit.
	debug.SetGCPercent(400)
	debug.SetMemoryLimit(200 << 20)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	status := cli.Main(ctx, os.Args, cli.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}, os.Getenv)
	stop()
	os.Exit(status)
}
