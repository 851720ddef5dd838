// Command lab runs a real Kubernetes on one Linux machine and holds unloop against what happens on it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"syscall"

	"github.com/unloop-dev/unloop/lab/cluster"
	"github.com/unloop-dev/unloop/lab/image"
)

const usage = `Run a real Kubernetes on this machine, and unloop against it.

  lab up [--nodes N] [--version V]                      start a cluster (two nodes, Kubernetes ` + cluster.DefaultVersion + `)
  lab down                                              stop it; nothing is left
  lab status                                            what runs
  lab kubeconfig                                        the path of its kubeconfig
  lab node NAME stop|start|reboot                       power of a node
  lab node NAME stop-kubelet|start-kubelet              only its kubelet
  lab node NAME run COMMAND                             a shell command in a node's namespaces
  lab fill [--pods N] [--looping PERCENT] [--seed N]    thousands of made-up pods, to measure with; ends its controllers
  lab e2e [-run NAME] [-keep] -bin PATH                 all scenarios, or one, with this unloop
  lab capture -bin PATH SCENARIO                        its capture, as testdata of the cause
  lab table                                             docs/lab.md: the scenarios, as markdown
  lab inputs FILE                                       fill the lab's table in docs/inputs.md
  lab build [--version V]                               only build Kubernetes into the cache
  lab pin VERSION                                       write the module files for another version of Kubernetes

State is in $UNLOOP_LAB_DIR, what is built in $UNLOOP_LAB_CACHE.
`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx, os.Args[1:])
	if errors.Is(err, flag.ErrHelp) {
		os.Exit(2)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "lab:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) == 0 {
		fmt.Fprint(os.Stderr, usage)
		return flag.ErrHelp
	}
	name, args := args[0], args[1:]
	switch {
	case name == "up":
		return up(ctx, args)
	case name == "down":
		return cluster.Down()
	case name == "status":
		return status(ctx)
	case name == "kubeconfig":
		return kubeconfig()
	case name == "node" && len(args) >= 2:
		return node(ctx, args)
	case name == "fill":
		return fillLab(ctx, args)
	case name == "e2e":
		return runE2E(ctx, args)
	case name == "capture":
		return capture(ctx, args)
	case name == "table":
		return table()
	case name == "inputs" && len(args) == 1:
		return inputs(args[0])
	case name == "build":
		return build(ctx, args)
	case name == "pin" && len(args) == 1:
		return pin(ctx, args[0])
	case name == "_controlplane" && len(args) == 1:
		return cluster.RunControlPlane(args[0])
	case name == "_enter" && len(args) == 2:
		return cluster.EnterNode(args[0], args[1])
	case name == "_node" && len(args) == 2:
		return cluster.RunNode(args[0], args[1])
	}
	fmt.Fprint(os.Stderr, usage)
	return flag.ErrHelp
}

func up(ctx context.Context, args []string) error {
	f := flag.NewFlagSet("up", flag.ContinueOnError)
	nodes := f.Int("nodes", 2, "how many nodes")
	version := f.String("version", cluster.DefaultVersion, "of Kubernetes")
	if err := f.Parse(args); err != nil {
		return flag.ErrHelp
	}
	c, err := start(ctx, *version, *nodes)
	if err != nil {
		return err
	}
	fmt.Println("export KUBECONFIG=" + c.Kubeconfig("admin"))
	return nil
}

func build(ctx context.Context, args []string) error {
	f := flag.NewFlagSet("build", flag.ContinueOnError)
	version := f.String("version", cluster.DefaultVersion, "of Kubernetes")
	if err := f.Parse(args); err != nil {
		return flag.ErrHelp
	}
	source, err := cluster.SourceDir()
	if err != nil {
		return err
	}
	path, err := cluster.Hyperkube(ctx, source, *version)
	if err == nil {
		fmt.Println(path)
	}
	return err
}

// start makes what a lab needs and starts it.
func start(ctx context.Context, version string, nodes int) (*cluster.Config, error) {
	if err := cluster.Require(); err != nil {
		return nil, err
	}
	source, err := cluster.SourceDir()
	if err != nil {
		return nil, err
	}
	cache, err := cluster.CacheDir()
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(cache, 0o755); err != nil {
		return nil, err
	}
	static, err := image.Static(ctx, source, cache)
	if err != nil {
		return nil, err
	}
	return cluster.Up(ctx, cluster.Options{Version: version, Nodes: nodes, Images: []string{static}})
}

// running is the lab of the run directory.
func running() (*cluster.Config, error) {
	c, err := cluster.Load(cluster.RunDir())
	if errors.Is(err, fs.ErrNotExist) || err == nil && !c.Running() {
		return nil, errors.New("no lab is running: start one with 'lab up'")
	}
	return c, err
}

func status(ctx context.Context) error {
	c, err := running()
	if err != nil {
		return err
	}
	fmt.Printf("Kubernetes %s, pid %d, state in %s\n", c.Version, c.PID, c.Dir)
	states, err := c.NodeStates(ctx)
	if err != nil {
		return err
	}
	for i := 1; i <= c.Nodes; i++ {
		n := fmt.Sprintf("n%d", i)
		fmt.Println(n, states[n])
	}
	return nil
}

func kubeconfig() error {
	c, err := running()
	if err != nil {
		return err
	}
	fmt.Println(c.Kubeconfig("admin"))
	return nil
}

func node(ctx context.Context, args []string) error {
	c, err := running()
	if err != nil {
		return err
	}
	if args[1] == "run" && len(args) == 3 {
		return c.RunOn(ctx, args[0], args[2])
	}
	return c.Node(ctx, args[0], args[1])
}

func pin(ctx context.Context, version string) error {
	source, err := cluster.SourceDir()
	if err != nil {
		return err
	}
	return cluster.Pin(ctx, source, version)
}
