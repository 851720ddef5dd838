package e2e

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/unloop-dev/unloop/answer"
	"github.com/unloop-dev/unloop/lab/cluster"
	"github.com/unloop-dev/unloop/lab/kube"
)

// Runner runs scenarios, all at once, in a lab that is up.
type Runner struct {
	Lab  *cluster.Config
	Bin  string // of unloop
	Dir  string // of the scenarios
	Out  io.Writer
	Keep bool // leave the namespaces

	Kubectl string // path of the real one

	admin *kube.Client
	slots chan struct{} // how many unloops run at the same time
	said  sync.Mutex
	asked atomic.Int64 // how often unloop was sent to the apiserver
	seen  map[string]int

	audited int64 // size of the audit log before the run
}

// attempt is a scenario that runs.
type attempt struct {
	*Scenario
	applied time.Time
	podName string

	busy     bool
	seen     []string // moments at which the answer was right
	todo     []string // moments that are still to be met
	until    int      // restarts when Until was reached
	predicts *prediction
	late     int // predictions after which the container was started later
	failed   error
	done     bool
	ended    time.Time
	results  chan result
}

type result struct {
	moment    string
	err       error
	predicted *prediction
	met       string // the moment that unloop met, which may be a later one than the runner saw
	again     bool   // unloop was asked a second time
	restarts  int
}

// secondChances is how many scenarios may be tried again. More than a few failures are not a machine that was late.
const secondChances = 8

// rounds is how often a scenario may be tried.
const rounds = 3

// Run gives how many scenarios were right, and how many not. A few that were not are tried again when nothing else
// runs: some hold a moment of a second or so, which a loaded machine can miss. That they were is said.
func (r *Runner) Run(ctx context.Context, scenarios []*Scenario) (passed, failed int, err error) {
	r.admin = r.Lab.Client("admin")
	r.slots = make(chan struct{}, 3)
	if info, err := os.Stat(r.Lab.AuditLog()); err == nil {
		r.audited = info.Size()
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	wrong, err := r.try(ctx, scenarios)
	if err != nil {
		return 0, 0, err
	}
	for round := 1; round < rounds && len(wrong) > 0 && len(wrong) <= secondChances && len(scenarios) > len(wrong) && !r.Keep; round++ {
		r.say("%d once more, by themselves", len(wrong))
		if err := r.waitGone(ctx, wrong); err != nil {
			return 0, 0, err
		}
		if wrong, err = r.try(ctx, wrong); err != nil {
			return 0, 0, err
		}
	}
	return len(scenarios) - len(wrong), len(wrong), nil
}

// try runs scenarios and gives those that were not right.
func (r *Runner) try(ctx context.Context, scenarios []*Scenario) ([]*Scenario, error) {
	attempts := make([]*attempt, len(scenarios))
	for i, s := range scenarios {
		attempts[i] = &attempt{Scenario: s, todo: append([]string{"until"}, s.Moments...), results: make(chan result, 1)}
	}
	if err := r.poll(ctx, attempts); err != nil {
		return nil, err
	}
	var wrong []*Scenario
	for _, a := range attempts {
		if a.failed != nil {
			wrong = append(wrong, a.Scenario)
			continue
		}
		for _, m := range moments {
			if a.loops() && slices.Contains(a.seen, m) {
				r.met(m)
			}
		}
	}
	return wrong, nil
}

// waitGone waits until the namespaces of scenarios are removed.
func (r *Runner) waitGone(ctx context.Context, scenarios []*Scenario) error {
	for _, s := range scenarios {
		for {
			var namespace struct{}
			err := r.admin.Get(ctx, "/api/v1/namespaces/"+s.Name, &namespace)
			if kube.NotFound(err) {
				break
			}
			if err != nil {
				return err
			}
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(time.Second):
			}
		}
	}
	return nil
}

// poll looks at all pods twice a second until every scenario has ended.
func (r *Runner) poll(ctx context.Context, attempts []*attempt) error {
	for {
		r.beginSome(ctx, attempts)
		var list struct{ Items []*pod }
		if err := r.admin.Get(ctx, "/api/v1/pods", &list); err != nil {
			return err
		}
		running := false
		for _, a := range attempts {
			if !a.done && !a.applied.IsZero() {
				r.look(ctx, a, list.Items)
			}
			if a.done && !a.ended.IsZero() {
				r.report(a)
				r.clean(ctx, a)
				a.ended = time.Time{}
			}
			running = running || !a.done
		}
		if !running {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(500 * time.Millisecond):
		}
	}
}

// look takes in what was found out since, and asks unloop if the pod is at a moment that is to be looked at.
func (r *Runner) look(ctx context.Context, a *attempt, pods []*pod) {
	select {
	case res := <-a.results:
		a.busy = false
		a.take(res)
	default:
	}
	if a.done || a.busy {
		return
	}
	if time.Since(a.applied) > a.Limit {
		a.end(fmt.Errorf("not reached within %s: %s; the pods are %s", a.Limit, strings.Join(a.todo, ", "), describe(a.Scenario, pods)))
		return
	}
	for _, p := range pods {
		if !a.matches(p) || a.podName != "" && p.Metadata.Name != a.podName {
			continue
		}
		if a.predicts != nil {
			a.checkPrediction(p)
		}
		if m := a.next(p); m != "" {
			a.busy, a.podName = true, p.Metadata.Name
			go func() { a.results <- r.check(ctx, a, m) }()
			return
		}
	}
	switch {
	case len(a.todo) > 0 || a.predicts != nil || a.waitsForMoments(pods):
	case a.Fix != "" && !slices.Contains(a.seen, "fix"):
		a.busy = true
		go func() { a.results <- result{moment: "fix", err: r.fix(ctx, a)} }()
	default:
		a.end(nil)
	}
}

// next is the moment that p is at, if it is still to be looked at.
func (a *attempt) next(p *pod) string {
	if slices.Contains(a.todo, "until") {
		if a.Until.reached(p, a.Expect.Container, time.Since(a.applied)) {
			return "until"
		}
		return ""
	}
	if slices.Contains(a.seen, "fix") {
		return ""
	}
	m := p.moment(a.Expect.Container)
	if slices.Contains(a.todo, m) || a.loops() && !slices.Contains(a.seen, m) && slices.Contains(moments, m) {
		return m
	}
	return ""
}

func (a *attempt) take(res result) {
	if res.err != nil {
		a.end(fmt.Errorf("%s: %w", res.moment, res.err))
		return
	}
	switch res.moment {
	case "until":
		a.until = res.restarts
		a.seen = append(a.seen, "until")
	case "fix":
		a.seen = append(a.seen, "fix")
	}
	for _, m := range []string{res.moment, res.met} {
		a.todo = slices.DeleteFunc(a.todo, func(t string) bool { return t == m })
		if slices.Contains(moments, m) && m == res.met && !slices.Contains(a.seen, m) {
			a.seen = append(a.seen, m)
		}
	}
	if res.again {
		a.seen = append(a.seen, "asked twice")
	}
	if res.predicted != nil {
		a.predicts = res.predicted
	}
}

func (a *attempt) end(err error) {
	a.failed, a.done, a.ended = err, true, time.Now()
}

// check asks unloop about the pod, live and by way of a capture, and judges both answers.
func (r *Runner) check(ctx context.Context, a *attempt, moment string) result {
	r.slots <- struct{}{}
	defer func() { <-r.slots }()
	res := result{moment: moment}
	if a.WithoutEvents {
		if res.err = r.admin.Delete(ctx, "/api/v1/namespaces/"+a.Name+"/events"); res.err != nil {
			return res
		}
	}
	kubeconfig := r.Lab.Kubeconfig("unloop")
	live, err := r.askLive(ctx, a, kubeconfig)
	if err != nil && moment != "until" {
		// The kubelet acts first and writes its events a moment later: what a person at the keyboard does is ask again.
		time.Sleep(2 * time.Second)
		res.again = true
		live, err = r.askLive(ctx, a, kubeconfig)
	}
	if err != nil {
		res.err = fmt.Errorf("live: %w", err)
		return res
	}
	res.predicted, res.met, res.restarts = predictionOf(live), momentOf(live), restartsOf(live)
	if moment != "until" {
		return res
	}
	file := filepath.Join(r.Lab.Dir, "captures", a.Name+".txtar")
	r.asked.Add(1)
	_, err = r.unloop(ctx, "capture", "pod/"+a.podName, "--kubeconfig", kubeconfig, "-n", a.Name, "-o", file)
	if err == nil {
		var captured *answer.Diagnosis
		if captured, err = r.ask(ctx, "-f", file); err == nil {
			err = a.Expect.judge(captured)
		}
	}
	if err != nil {
		res.err = fmt.Errorf("from the capture %s: %w", file, err)
		return res
	}
	res.err = r.checkInputs(ctx, a, live)
	return res
}

// askLive asks about the pod and judges the answer.
func (r *Runner) askLive(ctx context.Context, a *attempt, kubeconfig string) (*answer.Diagnosis, error) {
	r.asked.Add(1)
	live, err := r.ask(ctx, "--kubeconfig", kubeconfig, "-n", a.Name, a.podName)
	if err != nil {
		return nil, err
	}
	return live, a.Expect.judge(live)
}

func (r *Runner) report(a *attempt) {
	took := a.ended.Sub(a.applied).Round(100 * time.Millisecond)
	if a.failed != nil {
		r.say("FAIL %-28s %7s  %v", a.Name, took, a.failed)
		return
	}
	r.say("ok   %-28s %7s  %s", a.Name, took, strings.Join(a.seen, ", "))
}

func (r *Runner) say(format string, args ...any) {
	r.said.Lock()
	defer r.said.Unlock()
	fmt.Fprintf(r.Out, format+"\n", args...)
}

// describe says in a line where a scenario's pods are, for one that never got where it should.
func describe(s *Scenario, pods []*pod) string {
	var lines []string
	for _, p := range pods {
		if p.Metadata.Namespace != s.Name {
			continue
		}
		line := p.Metadata.Name + " " + p.Status.Phase
		for _, c := range p.statuses() {
			name, reason := c.State.name()
			line += fmt.Sprintf(" %s=%s %s restarts=%d", c.Name, name, reason, c.RestartCount)
		}
		lines = append(lines, line)
	}
	if len(lines) == 0 {
		return "none"
	}
	return strings.Join(lines, "; ")
}

// ErrFailed is the outcome of a run in which a scenario failed.
var ErrFailed = errors.New("scenarios failed")
