package cli_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/unloop-dev/unloop/cli"
	"github.com/unloop-dev/unloop/cluster/fakeapi"
)

// run runs unloop in this process.
func run(ctx context.Context, args ...string) (status int, stdout, stderr string) {
	var out, errs bytes.Buffer
	streams := cli.Streams{In: strings.NewReader(""), Out: &out, Err: &errs}
	status = cli.Main(ctx, append([]string{"unloop"}, args...), streams, func(string) string { return "" })
	return status, out.String(), errs.String()
}

func TestInterruptEndsTheWaitForTheAPIServer(t *testing.T) {
	server := fakeapi.Start()
	defer server.Close()
	ctx, interrupt := context.WithCancel(t.Context())
	server.Misbehave(fakeapi.Rule{Verb: "get", Resource: "pods", Hang: true, Do: interrupt})
	kubeconfig, err := server.Kubeconfig(t.TempDir(), "default")
	if err != nil {
		t.Fatal(err)
	}

	status, stdout, stderr := run(ctx, "--kubeconfig", kubeconfig, "pod/x")

	if status != 130 || stdout != "" || stderr != "unloop: interrupted\n" {
		t.Errorf("status %d, stdout %q, stderr %q", status, stdout, stderr)
	}
}

func TestBundleIsReadableByItsOwnerAlone(t *testing.T) {
	file := filepath.Join(t.TempDir(), "case.txtar")
	if status, _, stderr := run(t.Context(), "capture", "-f", captured, "-o", file); status != 0 {
		t.Fatal(stderr)
	}
	info, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	if got := info.Mode().Perm(); got != 0o600 {
		t.Errorf("mode %o, want 600", got)
	}
}
