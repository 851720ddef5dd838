package cluster

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

// How many logs are read at once. The API server does not limit log requests at all: each goes through to a kubelet,
// unqueued and uncounted (KUBERNETES 10.4), so being polite is up to us.
const (
	logsAtOnce  = 16
	logsPerNode = 4
)

// nodeGate lets a few log requests at a time through to a node, and no more once the node has not answered one.
type nodeGate struct {
	name   string
	ready  bool
	slots  chan struct{}
	silent atomic.Bool
	// until is when to give up on a node that is not ready; set when its first request starts.
	until func() time.Time
}

func (s *scene) newGate(name string) *nodeGate {
	patience := s.client.limits.LogOfDeadNode
	return &nodeGate{
		name: name, ready: isReady(s.nodes[name]), slots: make(chan struct{}, logsPerNode),
		until: sync.OnceValue(func() time.Time { return time.Now().Add(patience) }),
	}
}

// isReady says whether logs can be hoped for: a node that was not read is taken to be ready.
func isReady(node *corev1.Node) bool {
	if node == nil {
		return true
	}
	for _, cond := range node.Status.Conditions {
		if cond.Type == corev1.NodeReady {
			return cond.Status == corev1.ConditionTrue
		}
	}
	return true
}

// readLogs reads the logs at the same time, within bounds, and returns when all are done.
func (s *scene) readLogs(ctx context.Context, wanted []*logRequest) {
	gates := map[string]*nodeGate{}
	atOnce := make(chan struct{}, logsAtOnce)
	var wg sync.WaitGroup
	for _, l := range wanted {
		name := l.raw.Pod.Spec.NodeName
		if gates[name] == nil {
			gates[name] = s.newGate(name)
		}
		gate := gates[name]
		wg.Go(func() {
			gate.slots <- struct{}{}
			defer func() { <-gate.slots }()
			atOnce <- struct{}{}
			defer func() { <-atOnce }()
			s.readThrough(ctx, gate, l)
		})
	}
	wg.Wait()
}

// readThrough reads one log within the time that its node deserves.
func (s *scene) readThrough(ctx context.Context, gate *nodeGate, l *logRequest) {
	limits := s.client.limits
	if l.lost {
		l.miss("not found: the status does not show the run that died")
		return
	}
	if gate.silent.Load() {
		l.miss(fmt.Sprintf("not tried: node %s did not answer another request", gate.name))
		return
	}
	patience, deadline := limits.Log, time.Now().Add(limits.Log)
	if !gate.ready {
		patience, deadline = limits.LogOfDeadNode, gate.until()
	}
	ctx, cancel := context.WithDeadline(ctx, deadline)
	defer cancel()
	err := s.client.readLog(ctx, l)
	switch {
	case err == nil:
	case isTimeout(err):
		gate.silent.Store(true)
		l.miss(gate.describe(fmt.Sprintf("timed out after %s", patience)))
	default:
		l.removed = isNotALog(err)
		l.miss(gate.describe(s.client.logWhy(err, l.raw.Pod.Namespace)))
	}
}

// describe adds what explains a failure.
func (g *nodeGate) describe(why string) string {
	if g.ready {
		return why
	}
	return fmt.Sprintf("%s: node %s is NotReady", why, g.name)
}

// logWhy says why a log could not be read.
func (c *Client) logWhy(err error, namespace string) string {
	switch {
	case isNotALog(err):
		return "expired: the kubelet says " + err.Error()
	case apierrors.IsNotFound(err):
		return "not found: the pod is gone"
	case apierrors.IsBadRequest(err):
		return "not found: " + err.Error()
	}
	return c.why(err, "get", "pods/log", namespace)
}
