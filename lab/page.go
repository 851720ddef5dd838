package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/unloop-dev/unloop/lab/cluster"
	"github.com/unloop-dev/unloop/lab/e2e"
)

// pageHead and pageFoot stand around the table of docs/lab.md.
const (
	pageHead = `<!-- Generated from lab/scenarios: edit those and run 'make gen'. -->

# What happens in the lab

%d scenarios run on real kubelets in ` + "`make e2e`" + `. Each is asked live, from a capture, from what kubectl prints and from a
cluster-info dump ([inputs.md](inputs.md)); the first cause, the container, the verdict and the named texts of the proof
must be right, and the next restart must fall into the window that was predicted. A crash loop is asked again at every
moment that its status shows while it turns once more: running, just terminated, in back-off. What ends within a second
never shows as running, and a container that a probe kills never as terminated, since the kubelet starts it again in the
same sync. How the lab works and what a scenario is: [lab/README.md](../lab/README.md).

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

func allScenarios() ([]*e2e.Scenario, error) {
	source, err := cluster.SourceDir()
	if err != nil {
		return nil, err
	}
	return e2e.Load(filepath.Join(source, "scenarios"), "")
}

// Marks of the part of docs/inputs.md that is generated.
const (
	inputsBegin = "<!-- generated from lab/scenarios by 'make gen' -->\n"
	inputsEnd   = "<!-- end -->\n"
)

// inputs fills the lab's table in a page.
func inputs(path string) error {
	scenarios, err := allScenarios()
	if err != nil {
		return err
	}
	page, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	before, rest, ok := strings.Cut(string(page), inputsBegin)
	_, after, ended := strings.Cut(rest, inputsEnd)
	if !ok || !ended {
		return fmt.Errorf("%s has no lines %q and %q", path, strings.TrimSpace(inputsBegin), strings.TrimSpace(inputsEnd))
	}
	var b strings.Builder
	b.WriteString(before + inputsBegin)
	e2e.InputTable(&b, scenarios)
	b.WriteString(inputsEnd + after)
	return os.WriteFile(path, []byte(b.String()), 0o644)
}

// table prints docs/lab.md.
func table() error {
	scenarios, err := allScenarios()
	if err != nil {
		return err
	}
	fmt.Printf(pageHead, len(scenarios))
	e2e.Table(os.Stdout, scenarios)
	fmt.Print(pageFoot)
	return nil
}
