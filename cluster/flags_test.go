package cluster

import (
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/unloop-dev/unloop/cluster/fakeapi"
)

// connect parses flags and connects as the command line would.
func connect(t *testing.T, args ...string) (*Client, error) {
	t.Helper()
	var f Flags
	set := pflag.NewFlagSet("unloop", pflag.ContinueOnError)
	f.Bind(set)
	if err := set.Parse(args); err != nil {
		t.Fatal(err)
	}
	return f.Connect("test")
}

func writeFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "kubeconfig")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func kubeconfig(t *testing.T, api *fakeapi.Server) string {
	t.Helper()
	path, err := api.Kubeconfig(t.TempDir(), "shop")
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func TestFlagsChooseClusterAndNamespace(t *testing.T) {
	api := fakeapi.Start()
	t.Cleanup(api.Close)
	t.Setenv("KUBECONFIG", kubeconfig(t, api))
	for _, test := range []struct {
		args               []string
		cluster, namespace string
	}{
		{nil, "fake-cluster", "shop"},
		{[]string{"-n", "elsewhere"}, "fake-cluster", "elsewhere"},
		{[]string{"--context", "other"}, "fake-cluster", "default"},
		{[]string{"-s", "http://127.0.0.1:1"}, "http://127.0.0.1:1", "shop"},
	} {
		c, err := connect(t, test.args...)
		if err != nil {
			t.Errorf("%v: %v", test.args, err)
			continue
		}
		if c.Cluster != test.cluster || c.Namespace != test.namespace {
			t.Errorf("%v: cluster %s, namespace %s", test.args, c.Cluster, c.Namespace)
		}
	}
	if diff := cmp.Diff([]string{"fake", "other"}, (&Flags{}).Contexts()); diff != "" {
		t.Errorf("contexts (-want +got):\n%s", diff)
	}
}

func TestConnectionErrors(t *testing.T) {
	api := fakeapi.Start()
	t.Cleanup(api.Close)
	good := kubeconfig(t, api)
	absent := filepath.Join(t.TempDir(), "absent")
	noContext := writeFile(t, strings.Replace(readFile(t, good), "current-context: fake", "", 1))
	for _, test := range []struct {
		name       string
		env        string
		args       []string
		about      error
		text, hint string
	}{
		{
			"no kubeconfig", absent, nil, ErrNoCluster,
			"no cluster to talk to: looked for a kubeconfig at " + absent + ", and this is not a pod in a cluster", withoutCluster,
		},
		{"named kubeconfig is absent", good, []string{"--kubeconfig", absent}, ErrNoCluster, "there is no kubeconfig " + absent, withoutCluster},
		{
			"unknown context", good,
			[]string{"--context", "prod"},
			ErrNoCluster,
			`there is no context "prod"`, "contexts in the kubeconfig: fake, other",
		},
		{
			"unknown user", good,
			[]string{"--user", "root"},
			ErrNoCluster,
			`there is no user "root"`, "users in the kubeconfig: fake-user",
		},
		{
			"no current context", noContext, nil, ErrNoCluster,
			"the kubeconfig has no current context", "choose one with --context: fake, other",
		},
		{
			"no time", good,
			[]string{"--request-timeout", "soon"},
			ErrUsage,
			`--request-timeout "soon" is not a time`, "examples: 10s, 1m30s, or a number of seconds",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Setenv("KUBECONFIG", test.env)
			_, err := connect(t, test.args...)
			wantError(t, err, test.about, test.text, test.hint)
		})
	}
}

func readFile(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestBrokenKubeconfigNamesTheFile(t *testing.T) {
	path := writeFile(t, "clusters: [")
	_, err := connect(t, "--kubeconfig", path)
	if err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("err = %v", err)
	}
}

func TestRequestTimeout(t *testing.T) {
	for text, want := range map[string]Limits{
		"":   {},
		"0":  {},
		"3s": {Connect: 3 * time.Second, Request: 3 * time.Second, List: 3 * time.Second, Log: 3 * time.Second, LogOfDeadNode: 3 * time.Second},
		"60": {Connect: 15 * time.Second, Request: time.Minute, List: time.Minute, Log: time.Minute, LogOfDeadNode: 5 * time.Second},
	} {
		got, err := (&Flags{RequestTimeout: text}).limits()
		if got != want || err != nil {
			t.Errorf("%q: %+v (%v), want %+v", text, got, err, want)
		}
	}
}

func TestClosedPortIsUnreachable(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := "http://" + l.Addr().String()
	l.Close()
	t.Setenv("KUBECONFIG", filepath.Join(t.TempDir(), "absent"))
	c, err := connect(t, "--server", address)
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Collect(t.Context(), Request{})
	wantError(t, err, ErrUnreachable, "the API server "+address+" cannot be reached: connection refused", rightCluster)
}

func TestServerThatNeverAnswers(t *testing.T) {
	api, c := startAPI(t)
	api.Hang("", "")
	c.limits.Request = 50 * time.Millisecond
	_, err := c.Collect(t.Context(), Request{})
	wantError(t, err, ErrUnreachable, "the API server "+api.URL+" did not answer within 50ms", rightCluster)
}

func TestUnknownCertificateAuthority(t *testing.T) {
	server := httptest.NewTLSServer(nil)
	t.Cleanup(server.Close)
	server.Config.ErrorLog = nil
	t.Setenv("KUBECONFIG", filepath.Join(t.TempDir(), "absent"))
	c, err := connect(t, "--server", server.URL)
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Collect(t.Context(), Request{})
	if err == nil || !strings.Contains(err.Error(), "cannot be trusted: x509: certificate signed by unknown authority") {
		t.Errorf("err = %v", err)
	}
}

func TestPlainServerBehindHTTPS(t *testing.T) {
	api := fakeapi.Start()
	t.Cleanup(api.Close)
	t.Setenv("KUBECONFIG", filepath.Join(t.TempDir(), "absent"))
	c, err := connect(t, "--server", strings.Replace(api.URL, "http:", "https:", 1))
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Collect(t.Context(), Request{})
	if err == nil || !strings.Contains(err.Error(), "does not speak TLS") {
		t.Errorf("err = %v", err)
	}
}

func TestServerOfAnotherKind(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(server.Close)
	t.Setenv("KUBECONFIG", filepath.Join(t.TempDir(), "absent"))
	c, err := connect(t, "--server", server.URL)
	if err != nil {
		t.Fatal(err)
	}
	for _, req := range []Request{{}, {Targets: []Target{{"Pod", "p"}}}, {Targets: []Target{{"Job", "j"}}}} {
		_, err = c.Collect(t.Context(), req)
		wantError(t, err, ErrUnreachable, server.URL+" does not answer as a Kubernetes API server does (404 for its own API)", rightCluster)
	}
}

func TestUnauthorized(t *testing.T) {
	api, c := startAPI(t)
	api.Misbehave(fakeapi.Rule{Status: 401, Reason: metav1.StatusReasonUnauthorized, Message: "Unauthorized"})
	_, err := c.Collect(t.Context(), Request{})
	wantError(t, err, ErrUnauthorized, "the API server "+api.URL+" does not accept these credentials (401 Unauthorized)",
		"they may have expired: log in again, or choose others with --context or --user")
}

func TestNamesForCompletion(t *testing.T) {
	_, c := startAPI(t, append(deployment("new"), healthy("p", "n1"), healthy("q", "n1"), &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "empty"}})...)
	for _, test := range []struct {
		list func() ([]string, error)
		want []string
	}{
		{func() ([]string, error) { return c.Names(t.Context(), "po", "") }, []string{"p", "q"}},
		{func() ([]string, error) { return c.Names(t.Context(), "deploy", "shop") }, []string{"web"}},
		{func() ([]string, error) { return c.Names(t.Context(), "services", "shop") }, nil},
		{func() ([]string, error) { return c.Namespaces(t.Context()) }, []string{"empty", "shop"}},
		{func() ([]string, error) { return c.Containers(t.Context(), "shop", "p") }, []string{"app"}},
	} {
		got, err := test.list()
		if err != nil || !slices.Equal(got, test.want) {
			t.Errorf("names %v (%v), want %v", got, err, test.want)
		}
	}
}
