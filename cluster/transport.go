package cluster

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

// This file keeps a server that is broken, hostile or no API server at all from costing more than it should: memory,
// time, or the credentials.

// The most that is read of one answer, decompressed. An object is at most 1.5 MiB, etcd's limit; a list is read in pages of
// some megabytes, or, after its token expired, in one piece.
const (
	maxPage   = 64 << 20
	maxList   = 256 << 20
	maxObject = 16 << 20
	maxError  = 64 << 10 // of an error only the beginning matters
)

// An API server that asks to wait is asked again this often, if it does not ask for longer than that.
const (
	busyTries = 3
	busyWait  = 5 * time.Second
)

// guard is the transport that holds answers within bounds.
type guard struct {
	client *Client
	next   http.RoundTripper
}

func (g *guard) RoundTrip(req *http.Request) (*http.Response, error) {
	for try := 1; ; try++ {
		resp, err := g.next.RoundTrip(req)
		if err != nil {
			return nil, err
		}
		busy := busyIn(resp)
		if busy == nil {
			return bounded(req, resp)
		}
		resp.Body.Close()
		deadline, bounded := req.Context().Deadline()
		if try == busyTries || busy.after > busyWait || bounded && time.Until(deadline) < busy.after {
			return nil, busy
		}
		if err := g.client.pause(req.Context(), busy.after); err != nil {
			return nil, err
		}
	}
}

// pause waits for some time, or until the context is done.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}

// busyError is an answer that asks to come back later.
type busyError struct {
	code  int
	after time.Duration
}

func (e *busyError) Error() string {
	what := "too many requests"
	if e.code != http.StatusTooManyRequests {
		what = strings.ToLower(http.StatusText(e.code))
	}
	return fmt.Sprintf("asks to wait %s: %s", e.after, what)
}

// busyIn reads Retry-After, which client-go would obey up to ten times, in silence.
func busyIn(resp *http.Response) *busyError {
	if resp.StatusCode != http.StatusTooManyRequests && resp.StatusCode < http.StatusInternalServerError {
		return nil
	}
	seconds, err := strconv.Atoi(resp.Header.Get("Retry-After"))
	if err != nil || seconds < 0 {
		return nil
	}
	return &busyError{code: resp.StatusCode, after: time.Duration(min(seconds, 24*60*60)) * time.Second}
}

// bounded gives the answer with a body that ends, or an error where it is none of an API server.
func bounded(req *http.Request, resp *http.Response) (*http.Response, error) {
	isLog := strings.HasSuffix(req.URL.Path, "/log")
	media := strings.ToLower(resp.Header.Get("Content-Type"))
	switch {
	case resp.StatusCode >= http.StatusMultipleChoices && resp.StatusCode < http.StatusBadRequest:
		// a redirect: see stayHere
	case strings.Contains(media, "html"), resp.StatusCode == http.StatusOK && !isLog && !strings.Contains(media, "json") && !strings.Contains(media, "protobuf"):
		page, _ := io.ReadAll(io.LimitReader(resp.Body, maxError)) // what came of it is enough for its title
		resp.Body.Close()
		return nil, &strangerError{code: resp.StatusCode, title: titleOf(page)}
	case resp.StatusCode >= http.StatusBadRequest:
		resp.Body = &cutBody{io.LimitReader(resp.Body, maxError), resp.Body}
	case !isLog: // a log is read as a stream, by one who bounds it
		most := mostOf(req.URL)
		resp.Body = &cutBody{&capped{resp.Body, most, most}, resp.Body}
	}
	return resp, nil
}

// mostOf is how large the answer to a request may be.
func mostOf(u *url.URL) int64 {
	switch query := u.Query(); {
	case strings.HasPrefix(requestKind(u.Path), "get "):
		return maxObject
	case query.Has("limit"):
		return maxPage
	}
	return maxList
}

type cutBody struct {
	io.Reader
	io.Closer
}

// capped fails once more was read than a bound.
type capped struct {
	from       io.Reader
	left, most int64
}

func (c *capped) Read(p []byte) (int, error) {
	n, err := c.from.Read(p)
	if c.left -= int64(n); c.left < 0 {
		return n, &hugeError{c.most}
	}
	return n, err
}

// hugeError is an answer that was larger than any should be.
type hugeError struct{ most int64 }

func (e *hugeError) Error() string {
	return fmt.Sprintf("sent more than %d MiB in one answer", e.most>>20)
}

// strangerError is an answer that no API server gives.
type strangerError struct {
	code  int
	title string // of a web page, "" for none
}

func (e *strangerError) Error() string {
	if e.title == "" {
		return fmt.Sprintf("does not answer as a Kubernetes API server does (%d %s, and no object)", e.code, http.StatusText(e.code))
	}
	return fmt.Sprintf("does not answer as a Kubernetes API server does, but with a web page: %q (%d)", e.title, e.code)
}

var pageTitle = lazyregexp.New(`(?is)<title[^>]*>(.*?)</title>`)

// titleOf is the title of a web page, cut.
func titleOf(page []byte) string {
	m := pageTitle.FindStringSubmatch(string(page))
	if m == nil {
		return ""
	}
	return shorten(m[1])
}

// redirectError is an answer that sends the request, and the credentials with it, to another server.
type redirectError struct{ to string }

func (e *redirectError) Error() string {
	return fmt.Sprintf("sends requests on to %s, which is not followed: it would get the credentials", e.to)
}

// stayHere follows redirects within one server only: client-go's transport adds the credentials to every request that it
// sees, wherever it goes.
func stayHere(req *http.Request, via []*http.Request) error {
	first := via[0].URL
	if req.URL.Host != first.Host || req.URL.Scheme != first.Scheme {
		return &redirectError{req.URL.Scheme + "://" + req.URL.Host}
	}
	if len(via) >= 10 {
		return fmt.Errorf("stopped after %d redirects", len(via))
	}
	return nil
}

// lateError is a wait that was given up.
type lateError struct {
	after time.Duration
	err   error
}

func (e *lateError) Error() string { return fmt.Sprintf("timed out after %s", e.after) }
func (e *lateError) Unwrap() error { return e.err }

// within runs a request that has some time, and says which time it was that ran out: the request may be one of several
// that share theirs.
func within(ctx context.Context, d time.Duration, do func(context.Context) error) error {
	ctx, cancel := context.WithTimeoutCause(ctx, d, &lateError{d, context.DeadlineExceeded})
	defer cancel()
	err := do(ctx)
	if late, ok := context.Cause(ctx).(*lateError); ok && err != nil {
		return late
	}
	return err
}
