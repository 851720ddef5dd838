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
// unqueued and uncounted (docs/kubernetes.md#load-on-the-api-server), so being polite is up to us.
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

func (s *surroundings) newGate(name string) *nodeGate {
	patience := s.client.limits.LogOfDeadNode
	return &nodeGate{
		name: name, ready: isReady(s.objects.Node(name)), slots: make(chan struct{}, logsPerNode),
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

// logReader reads logs within the bounds.
type logReader struct {
	around    *surroundings
	container string // logs of no other are wanted, "" for all
	atOnce    chan struct{}

	mu    sync.Mutex
	gates map[string]*nodeGate
}

func (s *surroundings) newLogReader(container string) *logReader {
	return &logReader{around: s, container: container, atOnce: make(chan struct{}, logsAtOnce), gates: map[string]*nodeGate{}}
}

func (r *logReader) gate(node string) *nodeGate {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.gates[node] == nil {
		r.gates[node] = r.around.newGate(node)
	}
	return r.gates[node]
}

// readAll reads the logs at the same time and returns when all are done.
func (r *logReader) readAll(ctx context.Context, wanted []*logRequest) {
	var wg sync.WaitGroup
	for _, l := range wanted {
		wg.Go(func() { r.read(ctx, l) })
	}
	wg.Wait()
}

// read reads one log, when it is its turn.
func (r *logReader) read(ctx context.Context, l *logRequest) {
	gate := r.gate(l.raw.Pod.Spec.NodeName)
	gate.slots <- struct{}{}
	defer func() { <-gate.slots }()
	r.atOnce <- struct{}{}
	defer func() { <-r.atOnce }()
	r.readThrough(ctx, gate, l)
}

// readThrough reads one log within the time that its node deserves.
func (r *logReader) readThrough(ctx context.Context, gate *nodeGate, l *logRequest) {
	client := r.around.client
	limits := client.limits
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
	err := client.readLog(ctx, l)
	switch {
	case err == nil:
	case isTimeout(err):
		gate.silent.Store(true)
		l.miss(gate.describe(fmt.Sprintf("timed out after %s", patience)))
	default:
		l.removed, l.unknownPod = isNotALog(err), apierrors.IsNotFound(err)
		l.miss(gate.describe(client.logWhy(err, l.raw.Pod)))
	}
}

// describe adds what explains a failure. It stands first: what follows may be long.
func (g *nodeGate) describe(why string) string {
	if g.ready {
		return why
	}
	return fmt.Sprintf("node %s is NotReady: %s", g.name, why)
}

// logWhy says why a log could not be read.
func (c *Client) logWhy(err error, pod *corev1.Pod) string {
	switch {
	case isNotALog(err):
		return "expired: the kubelet says " + err.Error()
	case apierrors.IsNotFound(err):
		return podUnknown(pod.Spec.NodeName) // until the pod was asked for again
	case apierrors.IsBadRequest(err):
		return "not found: " + err.Error()
	}
	return c.why(err, "get", "pods/log", pod.Namespace)
}

const podGone = "not found: the pod is gone"

// podUnknown is why there is no log of a pod that is there: the kubelet answers so while its node comes up again.
func podUnknown(node string) string {
	return fmt.Sprintf("not found: the pod is there, but the kubelet of node %s does not know it; it may have just started", node)
}
