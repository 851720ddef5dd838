package e2e

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/unloop-dev/unloop/answer"
	"github.com/unloop-dev/unloop/lab/kube"
)

// input is a way in which people hand on a crash loop other than by unloop itself. Each gives the same first cause as the
// live answer, or the weaker one that the scenario declares.
type input struct {
	name string // in scenario.yaml
	make func(*Runner, context.Context, *attempt, *answer.Diagnosis) (path string, err error)
}

var inputs = []input{{"paste", (*Runner).paste}, {"dump", (*Runner).dump}}

// checkInputs asks about the same pod by way of what kubectl printed about it and of a dump.
func (r *Runner) checkInputs(ctx context.Context, a *attempt, live *answer.Diagnosis) error {
	for _, in := range inputs {
		path, err := r.madeInOneState(ctx, a, live, in)
		if err != nil {
			return fmt.Errorf("make the %s: %w", in.name, err)
		}
		want := a.Expect
		want.Proof = nil
		if weaker, ok := a.Inputs[in.name]; ok {
			want.Causes = weaker.Causes
		} else if len(live.Causes) > 0 {
			want.Causes = []string{firstOf(live)}
		}
		read, err := r.askAbout(ctx, a, path)
		if err == nil {
			err = want.judge(read)
		}
		if err != nil {
			return fmt.Errorf("from the %s %s: %w", in.name, path, err)
		}
	}
	return nil
}

// madeInOneState makes an input while the container stays as it is. One that went on meanwhile is made again when the
// container is back where the live answer met it: what a dump holds is the current log, which is another run's then.
func (r *Runner) madeInOneState(ctx context.Context, a *attempt, live *answer.Diagnosis, in input) (string, error) {
	for tries := 0; ; tries++ {
		before, err := r.waitForMoment(ctx, a, live)
		if err != nil {
			return "", err
		}
		path, err := in.make(r, ctx, a, live)
		if err != nil {
			return "", err
		}
		after, err := r.stateNow(ctx, a, live)
		if err != nil || before == after || tries == 2 {
			return path, err
		}
	}
}

// waitForMoment waits until the container is at the moment of the live answer, a minute at most, and gives its state in
// a text.
func (r *Runner) waitForMoment(ctx context.Context, a *attempt, live *answer.Diagnosis) (string, error) {
	for deadline := time.Now().Add(time.Minute); ; {
		p, err := r.pod(ctx, a)
		c := p.container(containerOf(live).Name)
		if err != nil || c == nil || time.Now().After(deadline) {
			return p.stateText(containerOf(live).Name), err
		}
		if state, _ := c.State.name(); state == containerOf(live).State {
			return p.stateText(c.Name), nil
		}
		select {
		case <-ctx.Done():
			return "", ctx.Err()
		case <-time.After(time.Second):
		}
	}
}

func (r *Runner) stateNow(ctx context.Context, a *attempt, live *answer.Diagnosis) (string, error) {
	p, err := r.pod(ctx, a)
	return p.stateText(containerOf(live).Name), err
}

func (r *Runner) pod(ctx context.Context, a *attempt) (*pod, error) {
	p := &pod{}
	err := r.admin.Get(ctx, "/api/v1/namespaces/"+a.Name+"/pods/"+a.podName, p)
	if kube.NotFound(err) { // ended and removed: it won't change any more
		return p, nil
	}
	return p, err
}

// stateText changes whenever the container's state or its number of restarts does.
func (p *pod) stateText(container string) string {
	c := p.container(container)
	if c == nil {
		return ""
	}
	state, reason := c.State.name()
	return fmt.Sprint(state, reason, c.RestartCount)
}

// Weaker is what may be found from an input that can't show everything, and why.
type Weaker struct {
	Causes []string `yaml:"causes"`
	Why    string   `yaml:"why"`
}

// askAbout diagnoses files that may hold other pods, too, and gives the first answer about the scenario's.
func (r *Runner) askAbout(ctx context.Context, a *attempt, path string) (*answer.Diagnosis, error) {
	all, err := r.askAll(ctx, "-f", path)
	if err != nil {
		return nil, err
	}
	for i := range all.Diagnoses {
		if all.Diagnoses[i].Pod.Name == a.podName {
			return &all.Diagnoses[i], nil
		}
	}
	return nil, fmt.Errorf("no diagnosis of %s", a.podName)
}

// paste is what a person copies from a terminal: the pod's line, its description and the log of the run that died.
func (r *Runner) paste(ctx context.Context, a *attempt, live *answer.Diagnosis) (string, error) {
	var text bytes.Buffer
	commands := [][]string{{"get", "pods", "-n", a.Name, "-o", "wide"}, {"describe", "pod", a.podName, "-n", a.Name}}
	if c := containerOf(live).Name; c != "" {
		log := []string{"logs", a.podName, "-n", a.Name, "-c", c}
		if containerOf(live).State != "terminated" {
			log = append(log, "--previous")
		}
		commands = append(commands, log)
	}
	for _, c := range commands {
		fmt.Fprintf(&text, "$ kubectl %s\n", strings.Join(c, " "))
		out, err := r.kubectl(ctx, c...)
		if err != nil && c[0] != "logs" { // a container that never ran has none, and people paste that, too
			return "", err
		}
		text.Write(out)
	}
	text.WriteString("$ ")
	path := filepath.Join(r.Lab.Dir, "captures", a.Name+".paste.txt")
	return path, os.WriteFile(path, text.Bytes(), 0o600)
}

// dump is kubectl cluster-info dump of the scenario's namespace.
func (r *Runner) dump(ctx context.Context, a *attempt, _ *answer.Diagnosis) (string, error) {
	dir := filepath.Join(r.Lab.Dir, "captures", a.Name+".dump")
	if err := os.RemoveAll(dir); err != nil {
		return "", err
	}
	_, err := r.kubectl(ctx, "cluster-info", "dump", "--namespaces", a.Name, "--output-directory", dir)
	return dir, err
}

// kubectl runs the real kubectl as the administrator and gives both its streams, as a terminal shows them.
func (r *Runner) kubectl(ctx context.Context, args ...string) ([]byte, error) {
	c := exec.CommandContext(ctx, r.Kubectl, append(args, "--kubeconfig", r.Lab.Kubeconfig("admin"))...)
	c.Env = append(os.Environ(), "HOME="+r.Lab.Dir) // its cache of what the API server serves
	out, err := c.CombinedOutput()
	if err != nil {
		return out, fmt.Errorf("kubectl %s: %w: %s", strings.Join(args, " "), err, bytes.TrimSpace(out))
	}
	return out, nil
}
