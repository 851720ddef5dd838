package cluster

import (
	"context"
	"fmt"
	"slices"
	"sync"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/unloop-dev/unloop/evidence"
	"github.com/unloop-dev/unloop/internal/spelling"
)

// readNamespace reads all pods of a namespace, or of all, and, if any is in trouble, what is around those: events, nodes,
// ReplicaSets and Jobs, each with one list.
func (c *Client) readNamespace(ctx context.Context, req Request) (*surroundings, error) {
	s := newSurroundings(c, req.Namespace, nil)
	s.sweep, s.whole, s.allEvents = true, req.KeepLogs, true
	pods, err := s.listPods(ctx, req.Selector)
	if err != nil {
		return nil, c.podsError(err, "list", req.Namespace)
	}
	if len(pods) == 0 && req.Namespace != "" {
		return s, c.checkNamespace(ctx, req.Namespace)
	}
	s.pods, s.family, s.siblings.read = pods, pods, true
	s.at = c.now()
	s.readAround(ctx, slices.DeleteFunc(slices.Clone(pods), func(p *corev1.Pod) bool { return !s.troubled[p] }))
	return s, nil
}

// readAround reads what the pods in trouble need, and nothing when there are none.
func (s *surroundings) readAround(ctx context.Context, troubled []*corev1.Pod) {
	if len(troubled) == 0 {
		return
	}
	var wg sync.WaitGroup
	defer wg.Wait()
	wg.Go(func() { s.readEvents(ctx, "") })
	wg.Go(func() { s.readNodes(ctx, s.family) })
	wg.Go(func() { s.readNodeEvents(ctx, troubled) })
	if controlledBy(troubled, "ReplicaSet") {
		wg.Go(func() { s.readReplicaSets(ctx, "", true) })
	}
	if controlledBy(troubled, "Job") {
		wg.Go(func() { s.readJobs(ctx) })
	}
}

func controlledBy(pods []*corev1.Pod, kind string) bool {
	return slices.ContainsFunc(pods, func(p *corev1.Pod) bool {
		owner := metav1.GetControllerOf(p)
		return owner != nil && evidence.OwnerKind(owner) == kind
	})
}

// checkNamespace makes an error of a namespace that does not exist: the API server lists nothing there without
// complaint. Without the right to read namespaces it is taken to be there.
func (c *Client) checkNamespace(ctx context.Context, name string) error {
	_, err := get[corev1.Namespace](ctx, c, "", "namespaces", "", name)
	if !isNotFound(err) {
		return nil
	}
	e := &Error{About: ErrNotFound, Err: err, Text: fmt.Sprintf("there is no namespace %q", name)}
	names, err := c.Namespaces(ctx)
	if err != nil {
		return e
	}
	e.Hint = spelling.Hint(name, names)
	return e
}
