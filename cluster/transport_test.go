package cluster

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/unloop-dev/unloop/cluster/fakeapi"
)

// page answers a list of pods with a continue token.
func page(token string, pods ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		var items []string
		for _, name := range pods {
			items = append(items, fmt.Sprintf(`{"metadata":{"namespace":"shop","name":%q}}`, name))
		}
		fmt.Fprintf(w, `{"kind":"PodList","apiVersion":"v1","metadata":{"continue":%q},"items":[%s]}`, token, strings.Join(items, ","))
	}
}

func TestListWithoutEndIsLeft(t *testing.T) {
	n := 0
	for name, answer := range map[string]http.HandlerFunc{
		"one token":      page("again", "p"),
		"two tokens":     func(w http.ResponseWriter, r *http.Request) { n++; page(fmt.Sprint(n%2), "p")(w, r) },
		"empty pages":    func(w http.ResponseWriter, r *http.Request) { n++; page(fmt.Sprint(n))(w, r) },
		"too many pages": func(w http.ResponseWriter, r *http.Request) { n++; page(fmt.Sprint(n), "p")(w, r) },
	} {
		t.Run(name, func(t *testing.T) {
			api, c := startAPI(t)
			api.Misbehave(fakeapi.Rule{Resource: "pods", Answer: answer})
			_, err := c.Collect(t.Context(), Request{})
			wantError(t, err, ErrUnreachable, "the API server "+api.URL+" sends a list without an end", rightCluster)
			if c.Requests() > maxPages {
				t.Errorf("%d requests", c.Requests())
			}
		})
	}
}

func TestEmptyPageBeforeOthersIsNoEnd(t *testing.T) {
	api, c := startAPI(t)
	api.Misbehave(fakeapi.Rule{Resource: "pods", Times: 1, Answer: page("one")},
		fakeapi.Rule{Resource: "pods", Times: 1, Answer: page("two")},
		fakeapi.Rule{Resource: "pods", Times: 1, Answer: page("", "p")})
	if raws, err := c.Collect(t.Context(), Request{}); len(raws) != 1 {
		t.Errorf("%d pods (%v), want 1", len(raws), err)
	}
}

// What was read before the token expired is of another moment: it is not mixed with what comes after.
func TestListThatExpiresAgainIsNotReadForEver(t *testing.T) {
	api, c := startAPI(t)
	api.Misbehave(
		fakeapi.Rule{Resource: "pods", Continue: true, Status: 410, Reason: metav1.StatusReasonExpired},
		fakeapi.Rule{Resource: "pods", Answer: page("expires", "p")})
	if _, err := c.Collect(t.Context(), Request{}); err == nil || len(api.Requests()) > 4 {
		t.Errorf("%d requests, err = %v", len(api.Requests()), err)
	}
}

// The time is that of all pages together.
func TestListHasOneDeadline(t *testing.T) {
	api, c := startAPI(t)
	n := 0
	api.Misbehave(fakeapi.Rule{Resource: "pods", Continue: true, Hang: true},
		fakeapi.Rule{Resource: "pods", Answer: func(w http.ResponseWriter, r *http.Request) { n++; page(fmt.Sprint(n), "p")(w, r) }})
	c.limits.List = 50 * time.Millisecond
	_, err := c.Collect(t.Context(), Request{})
	wantError(t, err, ErrUnreachable, "the API server "+api.URL+" did not answer within 50ms", rightCluster)
}

// gzipped answers with a body that is small on the wire.
func gzipped(code int, bytes int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Encoding", "gzip")
		w.WriteHeader(code)
		z := gzip.NewWriter(w)
		defer z.Close()
		zeros := []byte(strings.Repeat(" ", 1<<20))
		for range bytes >> 20 {
			if _, err := z.Write(zeros); err != nil {
				return
			}
		}
	}
}

func TestHugeAnswersAreCutOff(t *testing.T) {
	api, c := startAPI(t, looping("p", "n1", 1))
	api.Misbehave(fakeapi.Rule{Verb: "get", Resource: "pods", Answer: gzipped(200, maxObject+2<<20)})
	_, err := c.Collect(t.Context(), podP)
	wantError(t, err, ErrUnreachable, "the API server "+api.URL+" sent more than 16 MiB in one answer", rightCluster)
	api.Reset()
	api.Misbehave(fakeapi.Rule{Verb: "list", Resource: "events", Answer: gzipped(200, maxPage+2<<20)},
		fakeapi.Rule{Resource: "pods/log", Answer: gzipped(500, maxPage)})
	raw := collectOne(t, c, podP)
	var why []string
	for _, m := range raw.Missing {
		why = append(why, m.What+": "+m.Why)
	}
	if !slices.Contains(why, "events: refused: the API server sent more than 64 MiB in one answer") {
		t.Errorf("missing = %q", why)
	}
}

// A log is bounded whatever the server makes of limitBytes.
func TestHugeLogIsCutOff(t *testing.T) {
	api, c := startAPI(t, looping("p", "n1", 1), node("n1", corev1.ConditionTrue))
	api.Misbehave(fakeapi.Rule{Resource: "pods/log", Answer: gzipped(200, 3*limitBytes)})
	if raw := collectOne(t, c, podP); len(raw.Logs) != 1 || len(raw.Logs[0].Data) > keepLogBytes || !raw.Logs[0].Truncated {
		t.Errorf("%d logs, missing %+v", len(raw.Logs), raw.Missing)
	}
}

func TestRedirectToAnotherHostIsNotFollowed(t *testing.T) {
	asked := false
	thief := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked = true }))
	t.Cleanup(thief.Close)
	api, c := startAPI(t)
	api.Misbehave(fakeapi.Rule{Answer: func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, thief.URL+r.URL.Path, http.StatusTemporaryRedirect)
	}})
	_, err := c.Collect(t.Context(), Request{})
	wantError(t, err, ErrUnreachable,
		fmt.Sprintf("the API server %s sends requests on to %s, which is not followed: it would get the credentials", api.URL, thief.URL),
		"if that is the API server, name it in the kubeconfig or with --server")
	if asked {
		t.Error("the other host was asked, with the token")
	}
}

func TestRedirectWithinTheServerIsFollowed(t *testing.T) {
	api, c := startAPI(t, healthy("p", "n1"))
	api.Misbehave(fakeapi.Rule{Times: 1, Answer: func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, r.URL.String(), http.StatusTemporaryRedirect)
	}})
	collectOne(t, c, Request{})
}

// busy answers as the API server's fairness does: with a text, and the time in the header alone.
func busy(code, seconds int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", fmt.Sprint(seconds))
		http.Error(w, "Too many requests, please try again later.", code)
	}
}

func TestServerThatAsksToWaitIsQuoted(t *testing.T) {
	for _, test := range []struct {
		code, seconds int
		says          string
	}{
		{429, 30, "asks to wait 30s: too many requests"},
		{503, 120, "asks to wait 2m0s: service unavailable"},
		{429, 1, "asks to wait 1s: too many requests"}, // again and again
	} {
		api, c := startAPI(t, looping("p", "n1", 1))
		c.pause = func(context.Context, time.Duration) error { return nil }
		api.Misbehave(fakeapi.Rule{Answer: busy(test.code, test.seconds)})
		_, err := c.Collect(t.Context(), Request{})
		wantError(t, err, ErrUnreachable, "the API server "+api.URL+" "+test.says, "it has too much to do; ask again later")
		if n := c.Requests(); n > busyTries {
			t.Errorf("%d requests", n)
		}
		api.Reset()
		api.Misbehave(fakeapi.Rule{Resource: "events", Answer: busy(test.code, test.seconds)})
		if why := collectOne(t, c, podP).Missing[0].Why; why != "refused: the API server "+test.says {
			t.Errorf("events are missing: %q", why)
		}
	}
}

func TestShortWaitIsWaited(t *testing.T) {
	api, c := startAPI(t, healthy("p", "n1"))
	var waited time.Duration
	c.pause = func(_ context.Context, d time.Duration) error { waited += d; return nil }
	api.Misbehave(fakeapi.Rule{Times: 2, Status: 429, RetryAfter: 2, Reason: metav1.StatusReasonTooManyRequests})
	collectOne(t, c, Request{})
	if waited != 4*time.Second {
		t.Errorf("waited %s, want 4s", waited)
	}
}

// A wait that would outlast the request's own time is not begun.
func TestWaitBeyondTheDeadlineIsNotBegun(t *testing.T) {
	api, c := startAPI(t)
	c.limits.Request = 2 * time.Second
	c.pause = func(context.Context, time.Duration) error { t.Error("waited"); return nil }
	api.Misbehave(fakeapi.Rule{Answer: busy(429, 4)})
	_, err := c.Collect(t.Context(), Request{})
	if err == nil || !strings.HasSuffix(err.Error(), "asks to wait 4s: too many requests") {
		t.Errorf("err = %v", err)
	}
}

func TestAnswersThatNoAPIServerGives(t *testing.T) {
	html := func(code int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.WriteHeader(code)
			fmt.Fprint(w, body)
		}
	}
	status := func(code int, reason metav1.StatusReason, message string) fakeapi.Rule {
		return fakeapi.Rule{Status: code, Reason: reason, Message: message}
	}
	for _, test := range []struct {
		rule  fakeapi.Rule
		about error
		says  string
	}{
		{
			fakeapi.Rule{Answer: html(200, "<html><head><TITLE>Sign\nin</title>")},
			ErrUnreachable,
			`the API server HOST does not answer as a Kubernetes API server does, but with a web page: "Sign in" (200)`,
		},
		{
			fakeapi.Rule{Answer: html(502, "<h1>Bad")},
			ErrUnreachable,
			"the API server HOST does not answer as a Kubernetes API server does (502 Bad Gateway, and no object)",
		},
		{
			fakeapi.Rule{Answer: func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "It works") }},
			ErrUnreachable,
			"the API server HOST does not answer as a Kubernetes API server does (200 OK, and no object)",
		},
		{
			status(500, metav1.StatusReasonInternalError, "etcdserver: leader changed"), ErrUnreachable,
			"the API server HOST failed: 500 Internal Server Error: etcdserver: leader changed",
		},
		{
			status(503, metav1.StatusReasonServiceUnavailable, "shutting down"), ErrUnreachable,
			"the API server HOST failed: 503 Service Unavailable: shutting down",
		},
		{
			fakeapi.Rule{Answer: func(w http.ResponseWriter, _ *http.Request) {
				http.Error(w, "no healthy upstream", http.StatusServiceUnavailable)
			}},
			ErrUnreachable,
			"the API server HOST failed: 503 Service Unavailable: no healthy upstream",
		},
		{
			status(401, metav1.StatusReasonUnauthorized, "Unauthorized"), ErrUnauthorized,
			"the API server HOST does not accept these credentials (401 Unauthorized)",
		},
		{
			status(403, metav1.StatusReasonForbidden, "no"), ErrForbidden,
			"this account may not list pods in namespace shop, and nothing can be said without them",
		},
	} {
		api, c := startAPI(t)
		api.Misbehave(test.rule)
		_, err := c.Collect(t.Context(), Request{})
		if want := strings.Replace(test.says, "HOST", api.URL, 1); err == nil || err.Error() != want || !errors.Is(err, test.about) {
			t.Errorf("err = %v\nwant  %v", err, want)
		}
	}
}

// A server that takes the connection and never begins to talk TLS is given up by client-go, not by our own time.
func TestSilentTLSIsToldWithItsTime(t *testing.T) {
	c := &Client{host: "https://10.0.0.1", limits: Limits{}.withDefaults()}
	err := c.explain(fmt.Errorf("Get %q: %w", "https://10.0.0.1/api", errors.New("net/http: TLS handshake timeout")))
	if want := "the API server https://10.0.0.1 did not begin to talk TLS within 10s"; err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}

func TestServerThatHangsUp(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			conn.Close()
		}
	}()
	t.Setenv("KUBECONFIG", filepath.Join(t.TempDir(), "absent"))
	c, err := connect(t, "--server", "http://"+l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	if _, err = c.Collect(t.Context(), Request{}); !errors.Is(err, ErrUnreachable) {
		t.Errorf("err = %v, want one about an unreachable server", err)
	}
}

func TestForeignTextIsShortened(t *testing.T) {
	if got := shorten("a\n b" + strings.Repeat("é", 1000)); !strings.HasPrefix(got, "a b") || !strings.HasSuffix(got, "é …") || len([]rune(got)) > longestText+2 {
		t.Errorf("%q", got)
	}
	if bytes.ContainsRune([]byte(shorten("a\r\nb")), '\n') {
		t.Error("a line break is left")
	}
}
