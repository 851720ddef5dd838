package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/unloop-dev/unloop/lab/cluster"
	"github.com/unloop-dev/unloop/lab/e2e"
)

// pageHead and pageFoot stand around the table of docs/lab.md.
const (
	pageHead = `<!-- Generated from lab/scenarios: edit those and run 'make gen'. -->

# What happens in the lab

%d scenarios run on real kubelets in ` + "`make e2e`" + `. Each is asked live and from a capture; the first cause, the container,
the verdict and the named texts of the proof must be right, and the next restart must fall into the window that was
predicted. How the lab works and what a scenario is: [lab/README.md](../lab/README.md).

`
	pageFoot = `
## Causes without a scenario

| cause | why |
| --- | --- |
| kubelet-restart | a container that came back after its node did is well again, and a pod that is well has no causes; node-reboot holds the verdict |
| license | no program of Debian's asks for a licence |
| oom-node | the nodes of the lab share one kernel: it would take the machine |

NetworkPolicy is not enforced by the lab's network plugin, so nothing here says that a policy drops a connection.
`
)

// table prints docs/lab.md.
func table() error {
	source, err := cluster.SourceDir()
	if err != nil {
		return err
	}
	scenarios, err := e2e.Load(filepath.Join(source, "scenarios"), "")
	if err != nil {
		return err
	}
	fmt.Printf(pageHead, len(scenarios))
	e2e.Table(os.Stdout, scenarios)
	fmt.Print(pageFoot)
	return nil
}
