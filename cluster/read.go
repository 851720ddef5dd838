package cluster

import (
	"cmp"
	"context"
	"errors"
	"strconv"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/rest"
)

// Sizes of pages. Pods are read as client-go's pager does; events are small, and a namespace in trouble has many.
const (
	pageOfObjects = 500
	pageOfEvents  = 5000
)

// query selects the objects of a list.
type query struct {
	group, resource string
	namespace       string // "" means all, or none for kinds without namespace
	labels, fields  string // selectors
	page            int    // 0 means pageOfObjects
	metadata        bool   // only the metadata is wanted, as PartialObjectMetadata
}

// metadataAccept asks for metadata alone (docs/kubernetes.md#sizes-of-objects). An API server that cannot do it would answer
// with whole objects, which don't decode into PartialObjectMetadataList, so they are not offered.
const metadataAccept = runtime.ContentTypeProtobuf + ";as=PartialObjectMetadataList;g=meta.k8s.io;v=v1," +
	runtime.ContentTypeJSON + ";as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"

// object is a pointer to a kind of object.
type object[T any] interface {
	*T
	runtime.Object
}

// objectList is a pointer to a kind of list.
type objectList[L any] interface {
	*L
	runtime.Object
	metav1.ListInterface
}

// request begins a request. Client-go would repeat one that got no answer ten times, a second after the other.
func (c *Client) request(group string) *rest.Request { return c.rest[group].Get().MaxRetries(0) }

// get reads one object.
func get[T any, P object[T]](ctx context.Context, c *Client, group, resource, namespace, name string) (P, error) {
	into := P(new(T))
	err := within(ctx, c.limits.Request, func(ctx context.Context) error {
		return c.request(group).NamespaceIfScoped(namespace, namespace != "").Resource(resource).Name(name).Do(ctx).Into(into)
	})
	if err != nil {
		return nil, err
	}
	return into, nil
}

// Bounds of a list that does not end. No cluster has half a million objects of a kind; a page without objects may stand
// before one with some, where the server filters.
const (
	maxPages      = 1000
	maxEmptyPages = 10
)

var errEndless = errors.New("sends a list without an end")

// readList reads all pages of a list, in the time that one list has; items takes the items out of a page. A continue token
// expires when etcd is compacted (about five minutes); the list is then read once more in one piece, as client-go's pager
// does, and what was read of it before is dropped: the two are of different moments.
func readList[T, L any, P objectList[L]](ctx context.Context, c *Client, q query, items func(P) []T) ([]T, error) {
	var all []T
	err := within(ctx, c.limits.List, func(ctx context.Context) error {
		var err error
		all, err = readPages(ctx, c, q, items)
		return err
	})
	return all, err
}

func readPages[T, L any, P objectList[L]](ctx context.Context, c *Client, q query, items func(P) []T) ([]T, error) {
	var all []T
	limit, token := cmp.Or(q.page, pageOfObjects), ""
	seen, empty := map[string]bool{}, 0
	for range maxPages {
		page := P(new(L))
		err := readPage(ctx, c, q, limit, token, page)
		if apierrors.IsResourceExpired(err) && token != "" && limit > 0 {
			all, limit, token = nil, 0, ""
			continue
		}
		if err != nil {
			return nil, err
		}
		more := items(page)
		all = append(all, more...)
		if token = page.GetContinue(); token == "" {
			return all, nil
		}
		if empty++; len(more) > 0 {
			empty = 0
		}
		if seen[token] || empty > maxEmptyPages {
			break
		}
		seen[token] = true
	}
	return nil, errEndless
}

func readPage(ctx context.Context, c *Client, q query, limit int, token string, into runtime.Object) error {
	return within(ctx, c.limits.Request, func(ctx context.Context) error {
		request := c.request(q.group).NamespaceIfScoped(q.namespace, q.namespace != "").Resource(q.resource)
		setParam(request, "labelSelector", q.labels)
		setParam(request, "fieldSelector", q.fields)
		setParam(request, "continue", token)
		if limit > 0 {
			request.Param("limit", strconv.Itoa(limit))
		}
		if q.metadata {
			request.SetHeader("Accept", metadataAccept)
		}
		return request.Do(ctx).Into(into)
	})
}

func setParam(request *rest.Request, name, value string) {
	if value != "" {
		request.Param(name, value)
	}
}

// pointers gives the addresses of the items of a list.
func pointers[T any](items []T) []*T {
	out := make([]*T, len(items))
	for i := range items {
		out[i] = &items[i]
	}
	return out
}
