// Package cluster reads evidence from a live Kubernetes API server.
//
// [Flags] are the connection flags of kubectl. [Flags.Connect] makes a [Client] of them without touching the network,
// and [Client.Collect] reads what is known about pods: the objects, the events and the logs of the runs that died, as
// [evidence.Raw], with as few requests as possible. A pod with one container in trouble costs six; a namespace six (and one
// more for every 500 pods) and one for each container in trouble; what is well costs no log. Where a node may have ended a
// run, its events cost one more. Where a run may have had a successor while its log was read, the pod is read again, and
// perhaps its log.
//
// A server that is broken or none is held within bounds: a deadline for each request and each list, a size for each
// answer, no redirect to another host. What it says is told in the sentence that is printed.
//
// Reading is best effort. Whatever was refused, gone or too slow becomes a line of [evidence.Raw.Missing] with the
// command that reads it by hand. Only what makes an answer impossible is an error: no connection, no such pod, no right
// to read pods. Those are of type [Error] and carry a hint.
//
// The package reads. It has no code that writes, and it never reads Secrets.
package cluster

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/client-go/rest"

	"github.com/unloop-dev/unloop/redact"
)

// Client reads from one API server. It is safe for use by several goroutines.
type Client struct {
	// Cluster names the cluster for people; Namespace is the one that is meant when a request names none.
	Cluster   string
	Namespace string
	// Redact are the user's patterns of what is secret, beside those that package redact knows.
	Redact *redact.Rules
	// Notify is told what the client waits for when that takes longer than a moment and a person may have to do something.
	// Nil is fine. It is called by another goroutine.
	Notify func(text string)

	host   string
	rest   map[string]rest.Interface // by API group
	count  *counter
	limits Limits
	auth   *login
	pause  func(context.Context, time.Duration) error
}

// Limits bound how long a Client waits. A zero field means its default.
type Limits struct {
	Connect time.Duration // to reach the API server; 15 s
	Request time.Duration // for one answer; 30 s
	List    time.Duration // for all pages of a list; 2 min
	Log     time.Duration // for one log; 15 s
	// LogOfDeadNode is the time for all logs of a node that is not Ready together, 5 s. Such a request fails late, in
	// the connection from the API server to the kubelet (docs/kubernetes.md#load-on-the-api-server).
	LogOfDeadNode time.Duration
	CatchUp       time.Duration // for the status of a pod that went on while it was read; 1 s
	Login         time.Duration // for a credential helper, in which a person may have to sign in; 5 min
	Notice        time.Duration // until [Client.Notify] is told of that; 2 s
}

func (l Limits) withDefaults() Limits {
	return Limits{
		Connect:       cmp.Or(l.Connect, 15*time.Second),
		Request:       cmp.Or(l.Request, 30*time.Second),
		Log:           cmp.Or(l.Log, 15*time.Second),
		LogOfDeadNode: cmp.Or(l.LogOfDeadNode, 5*time.Second),
		List:          cmp.Or(l.List, 2*time.Minute),
		CatchUp:       cmp.Or(l.CatchUp, time.Second),
		Login:         cmp.Or(l.Login, 5*time.Minute),
		Notice:        cmp.Or(l.Notice, 2*time.Second),
	}
}

// New makes a client from a configuration, which it does not change. It sends nothing.
func New(config *rest.Config, userAgent string, limits Limits) (*Client, error) {
	config = rest.CopyConfig(config)
	c := &Client{Cluster: config.Host, Namespace: metav1.NamespaceDefault, host: config.Host}
	c.count = &counter{kinds: map[string]int{}}
	c.limits = limits.withDefaults()

	config.UserAgent = userAgent
	config.QPS = -1 // no limit here: the API server's own fairness does it better (docs/kubernetes.md#load-on-the-api-server)
	config.WarningHandler = rest.NoWarnings{}
	config.Timeout = 0 // each request has its own deadline
	if config.Dial == nil {
		config.Dial = dialer(c.limits.Connect)
	}
	var err error
	if c.auth, err = newLogin(config); err != nil {
		return nil, fmt.Errorf("make a client for %s: %w", config.Host, err)
	}
	c.pause = pause
	config.Wrap(func(next http.RoundTripper) http.RoundTripper { return &guard{c, &counting{c.count, next}} })
	if c.rest, err = restClients(config); err != nil {
		return nil, fmt.Errorf("make a client for %s: %w", config.Host, err)
	}
	return c, nil
}

// restClients makes a client for each API group that is read. The typed clientset is not used: linking it registers
// every type of every group at start, which doubles the size of the binary and the CPU time of `unloop version`.
func restClients(config *rest.Config) (map[string]rest.Interface, error) {
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{
		corev1.AddToScheme, appsv1.AddToScheme, batchv1.AddToScheme, metav1.AddMetaToScheme,
	} {
		if err := add(scheme); err != nil {
			return nil, err
		}
	}
	config.NegotiatedSerializer = serializer.NewCodecFactory(scheme).WithoutConversion()
	config.ContentType = runtime.ContentTypeProtobuf
	config.AcceptContentTypes = runtime.ContentTypeProtobuf + "," + runtime.ContentTypeJSON
	transport, err := rest.TransportFor(config)
	if err != nil {
		return nil, err
	}
	if config.ExecProvider != nil || config.AuthProvider != nil {
		transport = deaf{transport} // a helper may have to renew what it gave
	}
	httpClient := &http.Client{Transport: transport, CheckRedirect: stayHere}
	clients := map[string]rest.Interface{}
	for _, gv := range []schema.GroupVersion{corev1.SchemeGroupVersion, appsv1.SchemeGroupVersion, batchv1.SchemeGroupVersion} {
		config := rest.CopyConfig(config)
		config.GroupVersion, config.APIPath = &gv, "/apis"
		if gv.Group == "" {
			config.APIPath = "/api"
		}
		if clients[gv.Group], err = rest.RESTClientForConfigAndClient(config, httpClient); err != nil {
			return nil, err
		}
	}
	return clients, nil
}
