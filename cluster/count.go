package cluster

import (
	"context"
	"maps"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// counter counts requests and remembers what time the API server says it is.
type counter struct {
	mu    sync.Mutex
	total int
	kinds map[string]int
	date  time.Time
}

// Requests is how many requests the client has sent.
func (c *Client) Requests() int {
	c.count.mu.Lock()
	defer c.count.mu.Unlock()
	return c.count.total
}

// RequestsByKind is how many requests were sent of each kind: "list pods", "get pods/log".
func (c *Client) RequestsByKind() map[string]int {
	c.count.mu.Lock()
	defer c.count.mu.Unlock()
	return maps.Clone(c.count.kinds)
}

// now is the time of the API server's last answer. Its clock, not ours, is near the one that wrote the time stamps; a
// laptop that is some minutes off would else shift every prediction. Without a Date header it is our own time.
func (c *Client) now() time.Time {
	c.count.mu.Lock()
	defer c.count.mu.Unlock()
	if c.count.date.IsZero() {
		return time.Now()
	}
	return c.count.date
}

// counting is the transport that counts.
type counting struct {
	counter *counter
	next    http.RoundTripper
}

func (t *counting) RoundTrip(req *http.Request) (*http.Response, error) {
	t.counter.sent(requestKind(req.URL.Path))
	resp, err := t.next.RoundTrip(req)
	if err == nil {
		t.counter.answered(resp.Header.Get("Date"))
	}
	return resp, err
}

func (c *counter) sent(kind string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.total++
	c.kinds[kind]++
}

func (c *counter) answered(date string) {
	at, err := http.ParseTime(date)
	if err != nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.date = at
}

// requestKind names a request by its path: /api/v1/namespaces/shop/pods/api-0/log is "get pods/log".
func requestKind(path string) string {
	_, rest, ok := strings.Cut(path, "/v1/")
	if !ok {
		return path
	}
	parts := strings.Split(rest, "/")
	if parts[0] == "namespaces" && len(parts) > 2 {
		parts = parts[2:]
	}
	switch len(parts) {
	case 1:
		return "list " + parts[0]
	case 2:
		return "get " + parts[0]
	}
	return "get " + parts[0] + "/" + parts[2]
}

// dialer bounds the time to reach the API server; client-go's own waits 30 seconds.
func dialer(timeout time.Duration) func(ctx context.Context, network, address string) (net.Conn, error) {
	return (&net.Dialer{Timeout: timeout, KeepAlive: 30 * time.Second}).DialContext
}
