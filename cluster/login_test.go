package cluster

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/unloop-dev/unloop/cluster/fakeapi"
)

// helped is a kubeconfig whose credentials come from a shell script.
func helped(t *testing.T, api *fakeapi.Server, script string) *Client {
	t.Helper()
	helper := filepath.Join(t.TempDir(), "helper")
	if err := os.WriteFile(helper, []byte("#!/bin/sh\n"+script), 0o700); err != nil {
		t.Fatal(err)
	}
	c, err := connect(t, "--kubeconfig", writeFile(t, fmt.Sprintf(`apiVersion: v1
kind: Config
current-context: fake
clusters: [{name: fake-cluster, cluster: {server: %q, insecure-skip-tls-verify: true}}]
users:
- name: helped
  user:
    exec: {apiVersion: client.authentication.k8s.io/v1, command: %q, interactiveMode: Never}
contexts: [{name: fake, context: {cluster: fake-cluster, user: helped, namespace: shop}}]
`, api.URL, helper)))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

const credentials = `echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"secret"}}'
`

// hanging gives a script that waits until it is let go, which it is in the end.
func hanging(t *testing.T, then string) (script string, letGo func()) {
	t.Helper()
	fifo := filepath.Join(t.TempDir(), "fifo")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(fifo, os.O_RDWR, 0) // so that neither end waits for the other to be opened
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.WriteString("go\n"); f.Close() })
	return fmt.Sprintf("read x < '%s'\n%s", fifo, then), func() { f.WriteString("go\n") }
}

func TestCredentialHelperIsWaitedForAndNamed(t *testing.T) {
	api := fakeapi.StartTLS(healthy("p", "n1"))
	t.Cleanup(api.Close)
	script, letGo := hanging(t, credentials)
	c := helped(t, api, script)
	c.limits.Notice = time.Nanosecond
	told := ""
	c.Notify = func(text string) { told = text; letGo() }
	collectOne(t, c, Request{})
	if !strings.HasPrefix(told, "waiting for the credential helper /") || !strings.HasSuffix(told, "/helper, which the kubeconfig names") {
		t.Errorf("told %q", told)
	}
	c.Notify = func(text string) { t.Errorf("told once more: %s", text) }
	collectOne(t, c, Request{})
}

// A helper that hangs does not hear that nobody waits any more; what waits for it must.
func TestHangingCredentialHelperCanBeInterrupted(t *testing.T) {
	api := fakeapi.StartTLS()
	t.Cleanup(api.Close)
	script, _ := hanging(t, "")
	c := helped(t, api, script)
	c.limits.Notice = time.Nanosecond
	ctx, cancel := context.WithCancel(t.Context())
	c.Notify = func(string) { cancel() }
	if _, err := c.Collect(ctx, Request{}); !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v, want context.Canceled", err)
	}
	if _, err := c.Names(ctx, "pods", ""); !errors.Is(err, context.Canceled) {
		t.Errorf("names: err = %v, want context.Canceled", err)
	}
}

func TestHangingCredentialHelperIsGivenUp(t *testing.T) {
	api := fakeapi.StartTLS()
	t.Cleanup(api.Close)
	script, _ := hanging(t, "")
	c := helped(t, api, script)
	c.limits.Login = 50 * time.Millisecond
	_, err := c.Collect(t.Context(), Request{})
	wantError(t, err, ErrUnauthorized,
		"the credential helper "+c.auth.helper+", which the kubeconfig names, gave no answer within 50ms", tryKubectl)
}

func TestFailingCredentialHelperIsQuoted(t *testing.T) {
	api := fakeapi.StartTLS()
	t.Cleanup(api.Close)
	c := helped(t, api, "exit 3\n")
	_, err := c.Collect(t.Context(), Request{})
	if !errors.Is(err, ErrUnauthorized) || !strings.Contains(err.Error(), "failed with exit code 3") {
		t.Errorf("err = %v", err)
	}
	if n := c.Requests(); n > 0 {
		t.Errorf("%d requests without credentials", n)
	}
}
