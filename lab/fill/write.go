package fill

import (
	"context"
	"fmt"
	"maps"
	"sync"
	"sync/atomic"

	"github.com/unloop-dev/unloop/lab/kube"
)

// writers is how many requests are under way at once: more would only make two processors busy for longer.
const writers = 8

// Write makes everything of the plan in an API server. progress is told the number of pods that there are.
func (p *Plan) Write(ctx context.Context, api *kube.Client, progress func(pods int)) error {
	w := &writer{plan: p, api: api, progress: progress}
	nodes := make([]func(context.Context) error, 0, len(p.Nodes))
	for _, n := range p.Nodes {
		nodes = append(nodes, func(ctx context.Context) error { return w.node(ctx, n) })
	}
	if err := atOnce(ctx, nodes); err != nil {
		return err
	}
	namespaces := make([]func(context.Context) error, 0, len(p.Namespaces))
	for _, n := range p.Namespaces {
		namespaces = append(namespaces, func(ctx context.Context) error { return w.namespace(ctx, n) })
	}
	return atOnce(ctx, namespaces)
}

// atOnce does some of the work at a time, in order, and ends it at the first error, which it gives.
func atOnce(ctx context.Context, work []func(context.Context) error) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var group sync.WaitGroup
	var next atomic.Int64
	for range writers {
		group.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(work)) && ctx.Err() == nil; i = next.Add(1) - 1 {
				if err := work[i](ctx); err != nil {
					stop(err)
				}
			}
		})
	}
	group.Wait()
	return context.Cause(ctx)
}

type writer struct {
	plan     *Plan
	api      *kube.Client
	progress func(int)
	pods     atomic.Int64
}

// node registers a node. The API server puts a taint on new nodes, which a controller would take away.
func (w *writer) node(ctx context.Context, n Node) error {
	made := object{}
	if err := w.api.Create(ctx, "", n.object(w.plan.At), &made); err != nil {
		return err
	}
	spec, _ := made["spec"].(object)
	delete(spec, "taints")
	return w.api.Update(ctx, made, "")
}

func (w *writer) namespace(ctx context.Context, n Namespace) error {
	objects := []object{
		{"apiVersion": "v1", "kind": "Namespace", "metadata": meta("", n.Name, nil)},
		{"apiVersion": "v1", "kind": "ServiceAccount", "metadata": meta(n.Name, "default", nil)}, // or no pod is let in
	}
	for _, workload := range n.Workloads {
		objects = append(objects, workload.needs()...)
	}
	for _, o := range objects {
		if err := w.api.Create(ctx, n.Name, o, nil); err != nil {
			return err
		}
	}
	for _, workload := range n.Workloads {
		if err := w.workload(ctx, workload); err != nil {
			return fmt.Errorf("%s %s/%s: %w", workload.Kind, workload.Namespace, workload.Name, err)
		}
	}
	return nil
}

func (w *writer) workload(ctx context.Context, workload *Workload) error {
	var owner object
	for _, o := range workload.objects() {
		if owner != nil {
			o["metadata"].(object)["ownerReferences"] = []object{reference(owner)}
		}
		made, err := w.withStatus(ctx, o, func(string) object { return workload.status(o["kind"].(string), w.plan.At) })
		if err != nil {
			return err
		}
		owner = made
	}
	for _, pod := range workload.Pods {
		if err := w.pod(ctx, pod, owner); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) pod(ctx context.Context, pod *Pod, owner object) error {
	var uid string
	_, err := w.withStatus(ctx, pod.object(owner), func(u string) object {
		uid = u
		return pod.podStatus(w.plan.At, u)
	})
	if err != nil {
		return err
	}
	for _, e := range pod.events(w.plan.At, uid) {
		if err := w.api.Create(ctx, pod.Namespace, e, nil); err != nil {
			return err
		}
	}
	w.progress(int(w.pods.Add(1)))
	return nil
}

// withStatus makes an object and writes its status, which may name the uid that it was given.
func (w *writer) withStatus(ctx context.Context, o object, status func(uid string) object) (object, error) {
	made := object{}
	if err := w.api.Create(ctx, "", o, &made); err != nil {
		return nil, err
	}
	uid, _ := made["metadata"].(object)["uid"].(string)
	before, _ := made["status"].(object)
	after := maps.Clone(before)
	if after == nil {
		after = object{}
	}
	maps.Copy(after, status(uid))
	made["status"] = after
	return made, w.api.Update(ctx, made, "status")
}
