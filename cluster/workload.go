package cluster

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/unloop-dev/unloop/evidence"
	"github.com/unloop-dev/unloop/internal/spelling"
)

// readWorkload reads all pods of a workload. Its requests are the workload, its pods, the events of the namespace and
// the nodes; a Deployment's ReplicaSets, a CronJob's Jobs and the nodes' own events take one more each.
func (c *Client) readWorkload(ctx context.Context, namespace string, target Target) (*surroundings, error) {
	k, ok := findKind(target.Kind)
	if !ok {
		return nil, &Error{About: ErrUsage, Text: fmt.Sprintf("unknown type %q", target.Kind), Hint: knownKinds()}
	}
	s := newSurroundings(c, namespace, nil)
	s.allEvents = true
	selector, err := s.readTarget(ctx, k, target.Name)
	switch {
	case isNotFound(err):
		return nil, c.workloadNotFound(ctx, namespace, k, target.Name, err)
	case err != nil && !apierrors.IsForbidden(err):
		return nil, c.explain(err)
	case err != nil:
		// Without the right to read the workload its pods are still known by the names of their owners.
		s.addWhy(target.String(), c.why(err, "get", k.resource, namespace), evidence.RefOwner(k.Kind, target.Name))
		selector = ""
	}
	if k.Kind == "CronJob" && err == nil {
		selector = s.readJobsOf(ctx, target)
	}
	if err := s.readPodsOf(ctx, target, selector); err != nil {
		return nil, err
	}
	var wg sync.WaitGroup
	wg.Go(func() { s.readNodes(ctx, s.family) })
	wg.Go(func() { s.readNodeEvents(ctx, s.pods) })
	wg.Wait()
	return s, nil
}

// readPodsOf reads the target's pods, its ReplicaSets and the events of the namespace at the same time.
func (s *surroundings) readPodsOf(ctx context.Context, target Target, selector string) error {
	var pods []*corev1.Pod
	var err error
	var wg sync.WaitGroup
	wg.Go(func() { pods, err = s.listPods(ctx, selector) })
	wg.Go(func() { s.readEvents(ctx, "") })
	if target.Kind == "Deployment" {
		wg.Go(func() { s.readReplicaSets(ctx, selector, false) })
	}
	wg.Wait()
	if err != nil {
		return s.client.podsError(err, "list", s.namespace)
	}
	s.at, s.siblings.read = s.client.now(), true
	families := map[string]bool{}
	for _, pod := range pods {
		if s.belongsTo(pod, target) {
			s.pods = append(s.pods, pod)
			families[s.objects.FamilyOf(pod)] = true
		}
	}
	s.family = slices.DeleteFunc(pods, func(p *corev1.Pod) bool { return !families[s.objects.FamilyOf(p)] })
	if len(s.pods) == 0 {
		return &Error{
			About: ErrNoPods, Text: fmt.Sprintf("%s in namespace %s has no pods", target, s.namespace),
			Hint: fmt.Sprintf("scaled to zero, or its pods cannot be created: kubectl describe %s -n %s", target, s.namespace),
		}
	}
	return nil
}

// belongsTo says whether a pod is the target's: its controller, or the controller of that, carries the target's name.
// Names are compared, not UIDs, so that it works without the right to read the objects between.
func (s *surroundings) belongsTo(pod *corev1.Pod, target Target) bool {
	return slices.ContainsFunc(s.objects.Owners(pod), func(owner *metav1.OwnerReference) bool { return isTarget(owner, target) })
}

func isTarget(owner *metav1.OwnerReference, target Target) bool {
	return owner != nil && evidence.OwnerKind(owner) == target.Kind && owner.Name == target.Name
}

// readJobsOf reads the Jobs of a CronJob and gives a selector of their pods.
func (s *surroundings) readJobsOf(ctx context.Context, target Target) string {
	jobs := s.readJobs(ctx)
	var names []string
	for _, job := range jobs {
		if isTarget(metav1.GetControllerOf(job), target) {
			names = append(names, job.Name)
		}
	}
	if len(names) == 0 {
		return batchv1.JobNameLabel // the label exists: all pods of Jobs
	}
	return fmt.Sprintf("%s in (%s)", batchv1.JobNameLabel, strings.Join(names, ","))
}

// workloadNotFound says that there is no such workload and what there is of its kind by a similar name.
func (c *Client) workloadNotFound(ctx context.Context, namespace string, k kind, name string, cause error) error {
	e := &Error{
		About: ErrNotFound, Err: cause, Text: fmt.Sprintf("there is no %s %q in namespace %s", k.name, name, namespace),
		Hint: "another namespace? give it with -n",
	}
	names, err := c.Names(ctx, k.Kind, namespace)
	if err != nil {
		return e
	}
	for i := range names {
		names[i] = k.name + "/" + names[i]
	}
	e.Hint = cmp.Or(spelling.Hint(name, names), e.Hint)
	return e
}
