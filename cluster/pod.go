package cluster

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"

	"github.com/unloop-dev/unloop/internal/spelling"
)

// readPod reads one pod and what is around it with five requests: the pod, its events, its node, its controller, and
// the pods of that controller.
func (c *Client) readPod(ctx context.Context, namespace string, target Target) (*scene, error) {
	pod, err := get[corev1.Pod](ctx, c, "", "pods", namespace, target.Name)
	switch {
	case isNotFound(err):
		return nil, c.podNotFound(ctx, namespace, target.Name, err)
	case err != nil:
		return nil, c.podsError(err, "get", namespace)
	}
	s := newScene(c, namespace, []*corev1.Pod{pod})
	var wg sync.WaitGroup
	wg.Go(func() { s.readEvents(ctx, fields.OneTermEqualSelector("involvedObject.name", pod.Name).String()) })
	wg.Go(func() { s.readNodes(ctx, []*corev1.Pod{pod}) })
	wg.Go(func() { s.readFamily(ctx, pod) })
	wg.Wait()
	return s, nil
}

// readFamily reads the pod's controller and, with the controller's selector, the pods beside it.
func (s *scene) readFamily(ctx context.Context, pod *corev1.Pod) {
	owner := metav1.GetControllerOf(pod)
	if owner == nil || owner.Kind == "Node" { // a static pod's mirror is owned by its node
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
	others := slices.DeleteFunc(pods, func(p *corev1.Pod) bool { return familyOf(p) != familyOf(pod) || p.Name == pod.Name })
	s.family = append(others, pod)
}

// podNotFound says that there is no such pod and, if it may list them, what there is by a similar name.
func (c *Client) podNotFound(ctx context.Context, namespace, name string, cause error) error {
	e := &Error{
		About: ErrNotFound, Err: cause, Text: fmt.Sprintf("there is no pod %q in namespace %s", name, namespace),
		Hint: "another namespace? give it with -n",
	}
	s := newScene(c, namespace, nil)
	pods, err := s.listPods(ctx, "")
	if err != nil {
		return e
	}
	var names []string
	for _, pod := range pods {
		if w := workloadOf(pod); w.Name != "" {
			names = append(names, w.String())
		}
		names = append(names, "pod/"+pod.Name)
	}
	slices.Sort(names)
	e.Hint = cmp.Or(spelling.Hint(name, slices.Compact(names)), e.Hint)
	return e
}
