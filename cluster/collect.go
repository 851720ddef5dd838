package cluster

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/unloop-dev/unloop/evidence"
)

// Request says what to collect.
type Request struct {
	Namespace     string // "" means the client's
	AllNamespaces bool   // not with Targets
	Selector      string // label selector of pods; not with Targets
	Targets       []Target
	Container     string // read the logs of no other container
	KeepLogs      bool   // keep the texts of logs even of pods that nobody named: a bundle is written from them
}

// Collect reads what is known about the pods that the request names, or about all pods of the namespace. Around pods
// that are well it reads little when nobody asked for them by name: no events, no nodes, no logs.
//
// When some of several targets cannot be read, the others are returned along with the error.
func (c *Client) Collect(ctx context.Context, req Request) ([]*evidence.Raw, error) {
	if err := req.validate(); err != nil {
		return nil, err
	}
	if err := c.login(ctx); err != nil {
		return nil, err
	}
	if req.Namespace == "" {
		req.Namespace = c.Namespace
	}
	if req.AllNamespaces {
		req.Namespace = ""
	}
	raws, err := c.collect(ctx, req)
	if ctx.Err() != nil {
		return nil, context.Cause(ctx) // what is missing is missing because we stopped
	}
	return raws, err
}

func (r *Request) validate() error {
	switch {
	case len(r.Targets) > 0 && r.AllNamespaces:
		return &Error{
			About: ErrUsage, Text: "a name belongs to one namespace: all namespaces cannot be searched for it",
			Hint: "give the namespace with -n, or leave the name out",
		}
	case len(r.Targets) > 0 && r.Selector != "":
		return &Error{About: ErrUsage, Text: "give either names or a selector, not both"}
	}
	if _, err := labels.Parse(r.Selector); err != nil {
		return &Error{
			About: ErrUsage, Err: err, Text: fmt.Sprintf("%q is not a label selector", r.Selector),
			Hint: "examples: app=web   app=web,tier!=cache   app in (web,api)",
		}
	}
	return nil
}

func (c *Client) collect(ctx context.Context, req Request) ([]*evidence.Raw, error) {
	if len(req.Targets) == 0 {
		s, err := c.readNamespace(ctx, req)
		if err != nil {
			return nil, err
		}
		return s.raws(ctx, req), nil
	}
	var all []*evidence.Raw
	var errs []error
	for _, target := range req.Targets {
		raws, err := c.collectTarget(ctx, req, target)
		if errors.Is(err, ErrUnreachable) || errors.Is(err, ErrUnauthorized) {
			return nil, err // the next target would only wait for the same
		}
		if err != nil {
			errs = append(errs, err)
		}
		all = append(all, raws...)
	}
	if len(errs) == 1 {
		return withoutTwins(all), errs[0]
	}
	return withoutTwins(all), errors.Join(errs...)
}

func (c *Client) collectTarget(ctx context.Context, req Request, target Target) ([]*evidence.Raw, error) {
	read := c.readWorkload
	if target.Kind == "Pod" {
		read = c.readPod
	}
	s, err := read(ctx, req.Namespace, target)
	if err != nil {
		return nil, err
	}
	if err := hasContainer(s.pods, target, req.Container); err != nil {
		return nil, err
	}
	return s.raws(ctx, req), nil
}

// hasContainer refuses a container name that no pod has.
func hasContainer(pods []*corev1.Pod, target Target, name string) error {
	var all []string
	for _, pod := range pods {
		all = append(all, evidence.ContainerNames(pod)...)
	}
	if name == "" || slices.Contains(all, name) {
		return nil
	}
	slices.Sort(all)
	return &Error{
		About: ErrNotFound, Text: fmt.Sprintf("%s has no container %q", target, name),
		Hint: "its containers: " + strings.Join(slices.Compact(all), ", "),
	}
}

// withoutTwins drops the second of two readings of one pod: deploy/web and one of its pods were both named.
func withoutTwins(raws []*evidence.Raw) []*evidence.Raw {
	seen := map[string]bool{}
	return slices.DeleteFunc(raws, func(raw *evidence.Raw) bool {
		key := raw.Pod.Namespace + "/" + raw.Pod.Name
		twin := seen[key]
		seen[key] = true
		return twin
	})
}

// podsError says why no pod can be diagnosed. verb is that of RBAC.
func (c *Client) podsError(err error, verb, namespace string) error {
	if !apierrors.IsForbidden(err) {
		return c.explain(err)
	}
	if strings.Contains(err.Error(), "cannot impersonate") {
		return &Error{About: ErrForbidden, Err: err, Text: "this account may not act as another: " + err.Error()}
	}
	where, option, hint := "in any namespace", " -A", "; with rights in one namespace, name it with -n"
	if namespace != "" {
		where, option, hint = "in namespace "+namespace, " -n "+namespace, ""
	}
	return &Error{
		About: ErrForbidden, Err: err,
		Text: fmt.Sprintf("this account may not %s pods %s, and nothing can be said without them", verb, where),
		Hint: fmt.Sprintf("check with: kubectl auth can-i %s pods%s%s", verb, option, hint),
	}
}
