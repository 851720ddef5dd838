package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"time"

	"github.com/unloop-dev/unloop/lab/fill"
)

// fillLab makes the running lab as large as a real cluster.
func fillLab(ctx context.Context, args []string) error {
	spec := fill.Spec{At: time.Now()}
	f := flag.NewFlagSet("fill", flag.ContinueOnError)
	f.IntVar(&spec.Pods, "pods", 5000, "how many")
	f.Float64Var(&spec.Looping, "looping", 4, "percent of them that loop")
	f.Uint64Var(&spec.Seed, "seed", 1, "another one gives another cluster")
	kubeconfig := f.String("kubeconfig", os.Getenv("KUBECONFIG"), "refuse unless it is the lab's")
	if err := f.Parse(args); err != nil {
		return flag.ErrHelp
	}
	lab, err := running()
	if err != nil {
		return err
	}
	if err := lab.CheckKubeconfig(cmp.Or(*kubeconfig, lab.Kubeconfig("admin"))); err != nil {
		return fmt.Errorf("refused to fill a cluster that may not be a lab: %w", err)
	}
	plan, err := fill.New(spec)
	if err != nil {
		return err
	}
	begin := time.Now()
	err = lab.Fill(ctx, plan, func(pods int) {
		if pods%1000 == 0 {
			fmt.Fprintf(os.Stderr, "lab: %d of %d pods\n", pods, spec.Pods)
		}
	})
	if err != nil {
		return err
	}
	fmt.Printf("%d pods in %d namespaces on %d nodes, in %v\n", spec.Pods, len(plan.Namespaces), len(plan.Nodes), time.Since(begin).Round(time.Second))
	looping := plan.LoopingBy()
	for _, way := range slices.Sorted(maps.Keys(looping)) {
		fmt.Printf("%6d loop: %s\n", looping[way], way)
	}
	return nil
}
