package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/unloop-dev/unloop/lab/cluster"
	"github.com/unloop-dev/unloop/lab/e2e"
	"github.com/unloop-dev/unloop/lab/image"
)

type e2eOptions struct {
	run, bin, version string
	keep              bool
}

func runE2E(ctx context.Context, args []string) error {
	var o e2eOptions
	f := flag.NewFlagSet("e2e", flag.ContinueOnError)
	f.StringVar(&o.run, "run", "", "only scenarios of these names, with commas; * stands for anything")
	f.StringVar(&o.bin, "bin", "", "the unloop to test")
	f.StringVar(&o.version, "version", cluster.DefaultVersion, "of Kubernetes")
	f.BoolVar(&o.keep, "keep", false, "leave the cluster and what is in it")
	if err := f.Parse(args); err != nil {
		return flag.ErrHelp
	}
	if o.bin == "" {
		return errors.New("name the unloop to test: --bin PATH")
	}
	if err := cluster.Require(); errors.Is(err, cluster.ErrCannotRun) {
		fmt.Println("SKIP:", err)
		return nil
	}
	return o.test(ctx)
}

func (o e2eOptions) test(ctx context.Context) error {
	source, err := cluster.SourceDir()
	if err != nil {
		return err
	}
	dir := filepath.Join(source, "scenarios")
	scenarios, err := e2e.Load(dir, o.run)
	if err != nil {
		return err
	}
	if scenarios = leaveOut(scenarios); len(scenarios) == 0 {
		return errors.New("none of these scenarios can run here")
	}
	lab, err := running()
	if err != nil {
		if lab, err = start(ctx, o.version, 3); err != nil {
			return err
		}
	}
	if !o.keep {
		defer cluster.Down()
	}
	if err := reserve(ctx, lab); err != nil {
		return err
	}
	if err := load(ctx, lab, e2e.Images(scenarios)); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Join(lab.Dir, "captures"), 0o700); err != nil {
		return err
	}
	bin, err := filepath.Abs(o.bin)
	if err != nil {
		return err
	}
	kubectl, err := cluster.Kubectl(ctx, source)
	if err != nil {
		return err
	}
	r := &e2e.Runner{Lab: lab, Bin: bin, Kubectl: kubectl, Dir: dir, Out: os.Stdout, Keep: o.keep}
	passed, failed, err := r.Run(ctx, scenarios)
	if err != nil {
		return err
	}
	r.Moments()
	if err := r.Audit(); err != nil {
		fmt.Println("FAIL", err)
		failed++
	}
	fmt.Printf("%d passed, %d failed\n", passed, failed)
	if failed > 0 {
		return e2e.ErrFailed
	}
	return nil
}

// leaveOut drops scenarios whose program can't be compiled here, and says so.
func leaveOut(scenarios []*e2e.Scenario) []*e2e.Scenario {
	missing := image.Missing(e2e.Images(scenarios))
	return slices.DeleteFunc(scenarios, func(s *e2e.Scenario) bool {
		for _, name := range e2e.Images([]*e2e.Scenario{s}) {
			if why := missing[name]; why != "" {
				fmt.Printf("left out %s: %s\n", s.Name, why)
				return true
			}
		}
		return false
	})
}

// reserve keeps pods off the third node, unless they name it: it is the one that is rebooted.
func reserve(ctx context.Context, lab *cluster.Config) error {
	if lab.Nodes < 3 {
		return nil
	}
	return lab.Client("admin").ApplyYAML(ctx, "", []byte(`
apiVersion: v1
kind: Node
metadata: {name: n3}
spec: {taints: [{key: lab.local/reserved, effect: NoSchedule}]}
`))
}

// load imports runtime images, on all nodes at once. The reserved node does without.
func load(ctx context.Context, lab *cluster.Config, names []string) error {
	cache, err := cluster.CacheDir()
	if err != nil {
		return err
	}
	source, err := cluster.SourceDir()
	if err != nil {
		return err
	}
	var archives []string
	for _, name := range names {
		archive, err := image.Runtime(ctx, source, cache, name)
		if err != nil {
			return err
		}
		archives = append(archives, archive)
	}
	nodes := min(lab.Nodes, 2)
	failures := make(chan error, nodes)
	for i := range nodes {
		go func() { failures <- importImages(ctx, lab, fmt.Sprintf("n%d", i+1), archives) }()
	}
	for range nodes {
		err = errors.Join(err, <-failures)
	}
	return err
}

func importImages(ctx context.Context, lab *cluster.Config, node string, archives []string) error {
	for _, a := range archives {
		if err := lab.RunOn(ctx, node, "ctr -n k8s.io images import '"+a+"'"); err != nil {
			return err
		}
	}
	return nil
}
