package cluster

import (
	"cmp"
	"context"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/unloop-dev/unloop/evidence"
)

// Names are the names of all objects of a kind in a namespace, for completion. The kind may be any word that findKind
// knows; of another kind there are none.
func (c *Client) Names(ctx context.Context, kind, namespace string) ([]string, error) {
	k, ok := findKind(kind)
	if !ok {
		return nil, nil
	}
	return c.names(ctx, query{group: k.group, resource: k.resource, namespace: cmp.Or(namespace, c.Namespace)})
}

// Namespaces are the names of all namespaces, for completion.
func (c *Client) Namespaces(ctx context.Context) ([]string, error) {
	return c.names(ctx, query{resource: "namespaces"})
}

// Containers are the names of a pod's containers in the order in which they start, for completion.
func (c *Client) Containers(ctx context.Context, namespace, pod string) ([]string, error) {
	if err := c.login(ctx); err != nil {
		return nil, err
	}
	p, err := get[corev1.Pod](ctx, c, "", "pods", cmp.Or(namespace, c.Namespace), pod)
	if err != nil {
		return nil, c.explain(err)
	}
	return evidence.ContainerNames(p), nil
}

func (c *Client) names(ctx context.Context, q query) ([]string, error) {
	if err := c.login(ctx); err != nil {
		return nil, err
	}
	q.metadata = true
	items, err := readList(ctx, c, q, func(l *metav1.PartialObjectMetadataList) []metav1.PartialObjectMetadata { return l.Items })
	if err != nil {
		return nil, c.explain(err)
	}
	names := make([]string, len(items))
	for i := range items {
		names[i] = items[i].Name
	}
	return names, nil
}
