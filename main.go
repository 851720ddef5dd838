// Command unloop tells why a Kubernetes container crash-loops, shows the proof, and hands over the fix. Installed as
// kubectl-unloop the same binary is the plugin "kubectl unloop".
package main

import (
	"context"
	"os"
	"os/signal"

	"github.com/unloop-dev/unloop/cli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	status := cli.Main(ctx, os.Args, cli.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}, os.Getenv)
	stop()
	os.Exit(status)
}
