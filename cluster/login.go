package cluster

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"k8s.io/client-go/rest"
)

// login runs the credential helper that the kubeconfig names, once, before the first request: it may ask the user
// something, or hang. Client-go runs it within a request, without a bound and deaf to the request's own.
type login struct {
	helper string            // its command, "" for none
	run    http.RoundTripper // runs it and sends nothing
	done   chan struct{}     // holds the right to run it; closed when it has run well
}

// newLogin must see the configuration before anything else wraps its transport.
func newLogin(config *rest.Config) (*login, error) {
	l := &login{done: make(chan struct{}, 1)}
	switch {
	case config.ExecProvider != nil:
		l.helper = config.ExecProvider.Command
	case config.AuthProvider != nil:
		l.helper = config.AuthProvider.Name
	default:
		return l, nil
	}
	transport, err := config.TransportConfig()
	if err != nil {
		return nil, err
	}
	if transport.WrapTransport == nil { // a token of another kind goes before it
		l.helper = ""
		return l, nil
	}
	l.run = transport.WrapTransport(nowhere{})
	l.done <- struct{}{}
	return l, nil
}

// nowhere answers every request with nothing.
type nowhere struct{}

func (nowhere) RoundTrip(req *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusNoContent, Body: http.NoBody, Header: http.Header{}, Request: req}, nil
}

// login waits for the credential helper, and says so when that takes a while.
func (c *Client) login(ctx context.Context) error {
	l := c.auth
	if l.helper == "" {
		return nil
	}
	select {
	case _, first := <-l.done:
		if !first {
			return nil
		}
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	if err := c.runHelper(ctx); err != nil {
		l.done <- struct{}{} // the next may try again
		return err
	}
	close(l.done)
	return nil
}

func (c *Client) runHelper(ctx context.Context) error {
	ctx, cancel := context.WithTimeoutCause(ctx, c.limits.Login, errHelper)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.host, http.NoBody)
	if err != nil {
		return err
	}
	if c.Notify != nil {
		notice := time.AfterFunc(c.limits.Notice, func() {
			c.Notify(fmt.Sprintf("waiting for the credential helper %s, which the kubeconfig names", c.auth.helper))
		})
		defer notice.Stop()
	}
	_, err = deaf{c.auth.run}.RoundTrip(req)
	if errors.Is(err, errHelper) {
		return &Error{
			About: ErrUnauthorized, Err: err,
			Text: fmt.Sprintf("the credential helper %s, which the kubeconfig names, gave no answer within %s", c.auth.helper, c.limits.Login),
			Hint: tryKubectl,
		}
	}
	return c.explain(err)
}

const tryKubectl = "run kubectl auth whoami to see whether kubectl has the same trouble"

var errHelper = errors.New("the credential helper took too long")

// deaf is a transport that does not listen to its request's context, which must end all the same. What still runs then ends
// with the process: client-go gives no means to stop it.
type deaf struct{ next http.RoundTripper }

func (d deaf) RoundTrip(req *http.Request) (*http.Response, error) {
	type answer struct {
		resp *http.Response
		err  error
	}
	ctx := req.Context()
	answered := make(chan answer, 1)
	go func() {
		resp, err := d.next.RoundTrip(req.Clone(ctx))
		answered <- answer{resp, err}
	}()
	select {
	case a := <-answered:
		return a.resp, a.err
	case <-ctx.Done():
		go func() {
			if a := <-answered; a.resp != nil {
				a.resp.Body.Close()
			}
		}()
		return nil, context.Cause(ctx)
	}
}
