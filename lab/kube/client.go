// Package kube is as much of a Kubernetes client as a lab needs: get, apply, delete, in JSON, with a bearer token.
// client-go would bring a hundred packages for it.
package kube

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"go.yaml.in/yaml/v3"
)

// Client talks to one apiserver.
type Client struct {
	server, token string
	http          *http.Client

	mu    sync.Mutex
	kinds map[string]map[string]resource // by apiVersion, then kind
}

type resource struct {
	Name       string
	Kind       string
	Namespaced bool
}

// New doesn't check the server's certificate: see the lab's kubeconfig.
func New(server, token string) *Client {
	transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, MaxIdleConnsPerHost: 8}
	return &Client{
		server: server, token: token,
		http:  &http.Client{Transport: transport, Timeout: 30 * time.Second},
		kinds: map[string]map[string]resource{},
	}
}

// StatusError is an answer of the apiserver other than success.
type StatusError struct {
	Code    int
	Message string
}

func (e *StatusError) Error() string { return fmt.Sprintf("%d: %s", e.Code, e.Message) }

// NotFound says whether the apiserver answered that there is no such thing.
func NotFound(err error) bool {
	var s *StatusError
	return errors.As(err, &s) && s.Code == http.StatusNotFound
}

// Get reads a path into out; out may be nil.
func (c *Client) Get(ctx context.Context, path string, out any) error {
	return c.do(ctx, http.MethodGet, path, "", nil, out)
}

// Delete removes what is at a path, children first or not as the API has it, without waiting.
func (c *Client) Delete(ctx context.Context, path string) error {
	return c.do(ctx, http.MethodDelete, path, "", nil, nil)
}

func (c *Client) do(ctx context.Context, method, path, contentType string, body []byte, out any) error {
	r, err := http.NewRequestWithContext(ctx, method, c.server+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+c.token)
	r.Header.Set("Accept", "application/json")
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	res, err := c.http.Do(r)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode >= 300 {
		b, _ := io.ReadAll(io.LimitReader(res.Body, 1<<16))
		var status struct{ Message string }
		if json.Unmarshal(b, &status) != nil || status.Message == "" {
			status.Message = string(b)
		}
		return fmt.Errorf("%s %s: %w", method, path, &StatusError{res.StatusCode, status.Message})
	}
	if out == nil {
		return nil
	}
	return json.NewDecoder(res.Body).Decode(out)
}

// ApplyYAML makes or changes the objects of a YAML stream; those without a namespace go to the one named.
func (c *Client) ApplyYAML(ctx context.Context, namespace string, manifest []byte) error {
	d := yaml.NewDecoder(bytes.NewReader(manifest))
	for {
		var object map[string]any
		err := d.Decode(&object)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if object == nil {
			continue
		}
		if err := c.Apply(ctx, namespace, object); err != nil {
			return err
		}
	}
}

// Apply makes or changes one object, on the server's side.
func (c *Client) Apply(ctx context.Context, namespace string, object map[string]any) error {
	path, err := c.path(ctx, namespace, object)
	if err != nil {
		return err
	}
	body, err := json.Marshal(object)
	if err != nil {
		return err
	}
	return c.do(ctx, http.MethodPatch, path+"?fieldManager=lab&force=true", "application/apply-patch+yaml", body, nil)
}

// Create makes an object, and reads what the server made of it into out; out may be nil.
func (c *Client) Create(ctx context.Context, namespace string, object map[string]any, out any) error {
	path, err := c.path(ctx, namespace, object)
	if err != nil {
		return err
	}
	body, err := json.Marshal(object)
	if err != nil {
		return err
	}
	return c.do(ctx, http.MethodPost, path[:strings.LastIndex(path, "/")], "application/json", body, out)
}

// Update writes an object that the server has given over itself, or a subresource of it, such as "status".
func (c *Client) Update(ctx context.Context, object map[string]any, subresource string) error {
	path, err := c.path(ctx, "", object)
	if err != nil {
		return err
	}
	if subresource != "" {
		path += "/" + subresource
	}
	body, err := json.Marshal(object)
	if err != nil {
		return err
	}
	return c.do(ctx, http.MethodPut, path, "application/json", body, nil)
}

// path is where an object lives.
func (c *Client) path(ctx context.Context, namespace string, object map[string]any) (string, error) {
	apiVersion, _ := object["apiVersion"].(string)
	kind, _ := object["kind"].(string)
	metadata, _ := object["metadata"].(map[string]any)
	name, _ := metadata["name"].(string)
	if own, ok := metadata["namespace"].(string); ok {
		namespace = own
	}
	group := "/apis/" + apiVersion
	if !strings.Contains(apiVersion, "/") {
		group = "/api/" + apiVersion
	}
	r, err := c.resource(ctx, group, kind)
	if err != nil {
		return "", err
	}
	if r.Namespaced {
		return fmt.Sprintf("%s/namespaces/%s/%s/%s", group, namespace, r.Name, name), nil
	}
	return fmt.Sprintf("%s/%s/%s", group, r.Name, name), nil
}

// resource asks the apiserver, once for each group, how a kind is called in paths.
func (c *Client) resource(ctx context.Context, group, kind string) (resource, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.kinds[group] == nil {
		var list struct{ Resources []resource }
		if err := c.Get(ctx, group, &list); err != nil {
			return resource{}, err
		}
		kinds := map[string]resource{}
		for _, r := range list.Resources {
			if !strings.Contains(r.Name, "/") {
				kinds[r.Kind] = r
			}
		}
		c.kinds[group] = kinds
	}
	r, ok := c.kinds[group][kind]
	if !ok {
		return resource{}, fmt.Errorf("the apiserver knows no %s in %s", kind, group)
	}
	return r, nil
}
