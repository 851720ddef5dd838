package cluster

import (
	"context"
	"slices"
	"sync"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"

	"github.com/unloop-dev/unloop/evidence"
)

// readPod reads one pod and what is around it with five requests: the pod, its events, its node, its controller, and
// the pods of that controller; where the node may have ended a run, the node's events, too.
func (c *Client) readPod(ctx context.Context, namespace string, target Target) (*surroundings, error) {
	pod, err := c.pod(ctx, namespace, target.Name)
	switch {
	case isNotFound(err):
		return nil, c.podNotFound(ctx, namespace, target.Name, err)
	case err != nil:
		return nil, c.podsError(err, "get", namespace)
	}
	s := newSurroundings(c, namespace, []*corev1.Pod{pod})
	var wg sync.WaitGroup
	wg.Go(func() { s.readEvents(ctx, fields.OneTermEqualSelector("involvedObject.name", pod.Name).String()) })
	wg.Go(func() { s.readNodes(ctx, []*corev1.Pod{pod}) })
	wg.Go(func() { s.readNodeEvents(ctx, s.pods) })
	wg.Go(func() { s.readFamily(ctx, pod) })
	wg.Wait()
	s.family = slices.DeleteFunc(s.family, func(p *corev1.Pod) bool { return s.objects.FamilyOf(p) != s.objects.FamilyOf(pod) })
	return s, nil
}

// pod reads one pod. An account that may not get it may be allowed to list it.
func (c *Client) pod(ctx context.Context, namespace, name string) (*corev1.Pod, error) {
	pod, err := get[corev1.Pod](ctx, c, "", "pods", namespace, name)
	if !apierrors.IsForbidden(err) {
		return pod, err
	}
	q := query{resource: "pods", namespace: namespace, fields: fields.OneTermEqualSelector("metadata.name", name).String()}
	pods, listErr := readList(ctx, c, q, func(l *corev1.PodList) []corev1.Pod { return l.Items })
	switch {
	case listErr != nil:
		return nil, err
	case len(pods) == 0:
		return nil, apierrors.NewNotFound(corev1.Resource("pods"), name)
	}
	return &pods[0], nil
}

// readFamily reads the pod's controller and, with the controller's selector, the pods beside it. Some may be another's.
func (s *surroundings) readFamily(ctx context.Context, pod *corev1.Pod) {
	owner := metav1.GetControllerOf(pod)
	if owner == nil || evidence.OwnerKind(owner) == "Node" { // a static pod's mirror is owned by its node
		return
	}
	selector := s.readController(ctx, pod.Namespace, owner)
	if selector == "" {
		selector = selectorFromLabels(pod.Labels)
	}
	pods, err := s.listPods(ctx, selector)
	if err != nil {
		s.siblings.why = s.client.why(err, "list", "pods", s.namespace)
		return
	}
	s.siblings.read = true
	s.family = append(slices.DeleteFunc(pods, func(p *corev1.Pod) bool { return p.Name == pod.Name }), pod)
}
