// Package fakeapi is an API server for tests: it serves a fixed set of objects and logs over HTTP to the real
// client-go, and misbehaves on request.
//
// The fake clientset of client-go is not used because it knows no RBAC, no paging and no time-outs, and answers every
// log with "fake logs". What is mirrored here, with the place it is mirrored from, is what package cluster depends on:
// selectors, paging, Status errors, and above all which run's log the kubelet gives (docs/kubernetes.md#which-runs-log).
package fakeapi

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// Server is a running API server. Close it.
type Server struct {
	URL string

	codec *codec
	http  *httptest.Server
	done  chan struct{} // closed by Close: lets hanging answers go

	mu       sync.Mutex
	at       time.Time
	objects  map[string][]stored // by resource, sorted by namespace and name
	logs     map[logKey]string
	rules    []*Rule
	vanish   map[string]bool // namespace/name of pods that go away after they were read once
	requests []Request
}

// stored is an object with what lists select by.
type stored struct {
	object runtime.Object
	meta   metav1.Object
}

// Request is one request as it arrived.
type Request struct {
	Verb      string // get or list
	Resource  string // "pods", "pods/log"
	Namespace string
	Name      string
	Query     string
	UserAgent string
	Accept    string
}

// Start starts a server that holds these objects, each of a kind of core/v1, apps/v1 or batch/v1. Namespaces spring into
// being with the objects in them.
func Start(objects ...runtime.Object) *Server {
	s := newServer(objects)
	s.http = httptest.NewServer(http.HandlerFunc(s.serve))
	s.URL = s.http.URL
	return s
}

// StartTLS starts one with a certificate of its own. Only to such a server does client-go send credentials.
func StartTLS(objects ...runtime.Object) *Server {
	s := newServer(objects)
	s.http = httptest.NewTLSServer(http.HandlerFunc(s.serve))
	s.URL = s.http.URL
	return s
}

func newServer(objects []runtime.Object) *Server {
	s := &Server{
		codec: newCodec(), done: make(chan struct{}),
		objects: map[string][]stored{}, logs: map[logKey]string{}, vanish: map[string]bool{},
	}
	s.Add(objects...)
	return s
}

// Close stops the server and waits for the answers under way.
func (s *Server) Close() {
	close(s.done)
	s.http.Close()
}

// SetTime makes the server tell this time in the Date header of its answers, as if it were now.
func (s *Server) SetTime(at time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.at = at
}

// Vanish lets the pod be read once; from then on it is gone, log and all.
func (s *Server) Vanish(namespace, name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.vanish[namespace+"/"+name] = true
}

// Requests gives the requests so far, in the order of their arrival.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// Reset forgets the requests so far and all rules.
func (s *Server) Reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests, s.rules = nil, nil
}

// Kubeconfig writes a kubeconfig for this server into dir and gives its path. It has the contexts "fake", whose
// namespace is the given one, and "other".
func (s *Server) Kubeconfig(dir, namespace string) (string, error) {
	path := filepath.Join(dir, "kubeconfig")
	return path, os.WriteFile(path, []byte(kubeconfig(s.URL, namespace)), 0o600)
}

func kubeconfig(url, namespace string) string {
	return `apiVersion: v1
kind: Config
current-context: fake
clusters:
- name: fake-cluster
  cluster: {server: "` + url + `"}
users:
- name: fake-user
  user: {token: fake-token}
contexts:
- name: fake
  context: {cluster: fake-cluster, user: fake-user, namespace: "` + namespace + `"}
- name: other
  context: {cluster: fake-cluster, user: fake-user}
`
}
