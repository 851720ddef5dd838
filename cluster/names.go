package cluster

import (
	"cmp"
	"context"
	"slices"
	"strings"

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
	p, err := get[corev1.Pod](ctx, c, "", "pods", cmp.Or(namespace, c.Namespace), pod)
	if err != nil {
		return nil, c.explain(err)
	}
	return evidence.ContainerNames(p), nil
}

func (c *Client) names(ctx context.Context, q query) ([]string, error) {
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

// nearest gives at most three of the names that somebody who typed name may have meant, the likeliest first: those that
// begin with it, those that contain it, those that differ in a few letters. Names may be TYPE/NAME.
func nearest(name string, names []string) []string {
	type candidate struct {
		name string
		rank int
	}
	var found []candidate
	for _, n := range names {
		_, bare, typed := strings.Cut(n, "/")
		if !typed {
			bare = n
		}
		if rank, ok := likeness(name, bare); ok {
			found = append(found, candidate{n, rank})
		}
	}
	slices.SortStableFunc(found, func(a, b candidate) int { return cmp.Compare(a.rank, b.rank) })
	var out []string
	for _, c := range found[:min(3, len(found))] {
		out = append(out, c.name)
	}
	return out
}

func likeness(typed, name string) (rank int, ok bool) {
	distance := editDistance(typed, name)
	switch {
	case typed == name:
		return 0, true
	case strings.HasPrefix(name, typed):
		return 1, true
	case distance <= max(1, len(typed)/4):
		return 1 + distance, true
	case len(typed) >= 3 && strings.Contains(name, typed):
		return 100, true
	}
	// The name of a pod that has been replaced: web-5d4f-abcde is now web-5d4f-vwxyz.
	if i := strings.LastIndexByte(typed, '-'); i > 0 && strings.HasPrefix(name, typed[:i+1]) {
		return 101, true
	}
	return 0, false
}

// editDistance is the Levenshtein distance. Names of Kubernetes objects are at most 253 bytes; longer ones are far away.
func editDistance(a, b string) int {
	const longest = 253
	if len(a) > longest || len(b) > longest {
		return longest
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
