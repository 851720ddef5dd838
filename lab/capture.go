package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"github.com/unloop-dev/unloop/lab/cluster"
	"github.com/unloop-dev/unloop/lab/e2e"
)

// capture runs one scenario and writes what unloop captured of it into the testdata of the cause.
func capture(ctx context.Context, args []string) error {
	o := e2eOptions{keep: true}
	f := flag.NewFlagSet("capture", flag.ContinueOnError)
	f.StringVar(&o.bin, "bin", "", "the unloop to capture with")
	f.StringVar(&o.version, "version", cluster.DefaultVersion, "of Kubernetes")
	if err := f.Parse(args); err != nil || f.NArg() != 1 || o.bin == "" {
		return errors.New("usage: lab capture -bin PATH SCENARIO")
	}
	o.run = f.Arg(0)
	if err := cluster.Require(); err != nil {
		return err
	}
	if err := o.test(ctx); err != nil {
		return err
	}
	return toTestdata(o.run)
}

func toTestdata(name string) error {
	source, err := cluster.SourceDir()
	if err != nil {
		return err
	}
	scenarios, err := e2e.Load(filepath.Join(source, "scenarios"), name)
	if err != nil {
		return err
	}
	s := scenarios[0]
	if len(s.Expect.Causes) == 0 {
		return fmt.Errorf("scenario %s expects no cause: there is no testdata that it belongs to", name)
	}
	lab, err := running()
	if err != nil {
		return err
	}
	b, err := os.ReadFile(filepath.Join(lab.Dir, "captures", name+".txtar"))
	if err != nil {
		return err
	}
	if i := bytes.Index(b, []byte("-- ")); i > 0 {
		b = b[i:] // the comment is ours
	}
	comment := fmt.Sprintf("%s; Kubernetes v%s, captured in the lab: lab capture %s\n", s.About, lab.Version, name)
	path := filepath.Join(source, "..", "causes", s.Expect.Causes[0], "testdata", "lab-"+name+".txtar")
	if err := os.WriteFile(path, append([]byte(comment), b...), 0o644); err != nil {
		return err
	}
	fmt.Println(path)
	return nil
}
