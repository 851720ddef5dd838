package cli_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/unloop-dev/unloop/cli"
	"github.com/unloop-dev/unloop/cluster"
	"github.com/unloop-dev/unloop/cluster/fakeapi"
	"github.com/unloop-dev/unloop/internal/bigdump"
)

// BenchmarkSweep is "unloop -A" over a cluster of which one pod in 25 crash-loops, in eight ways; their logs are served or
// refused. The CPU time is that of this process, in which the API server is, too; that plays back what it answered the
// first time. From 5,000 pods to 20,000 it must grow by not much more than four times.
func BenchmarkSweep(b *testing.B) {
	for _, n := range []int{5_000, 10_000, 20_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) { sweep(b, bigdump.Dump{Pods: n, Trouble: n / 25, Ways: true, Managed: true}) })
	}
}

// BenchmarkSweepFamily is the same for one Deployment whose pods all crash-loop.
func BenchmarkSweepFamily(b *testing.B) {
	for _, n := range []int{1_250, 5_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			sweep(b, bigdump.Dump{Pods: n, Trouble: n, Managed: true, PerNamespace: n, PerDeployment: n})
		})
	}
}

func sweep(b *testing.B, d bigdump.Dump) {
	kubeconfig := playback(b, d)
	streams := cli.Streams{Out: io.Discard, Err: io.Discard}
	args := []string{"unloop", "-A", "--kubeconfig", kubeconfig}
	if status := cli.Main(context.Background(), args, streams, os.Getenv); status != 0 {
		b.Fatalf("status %d", status)
	}
	kept := keptBytes(b, kubeconfig)
	b.ReportAllocs()
	before := cpuTime(b)
	for b.Loop() {
		cli.Main(context.Background(), args, streams, os.Getenv)
	}
	used := cpuTime(b) - before
	b.ReportMetric(used.Seconds()/float64(b.N), "cpu-s/op")
	b.ReportMetric(float64(kept)/float64(d.Pods), "kept-B/pod")
}

func cpuTime(b *testing.B) time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// keptBytes is the memory that holds what was collected.
func keptBytes(b *testing.B, kubeconfig string) uint64 {
	c, err := (&cluster.Flags{Kubeconfig: kubeconfig}).Connect("bench")
	if err != nil {
		b.Fatal(err)
	}
	before := heap()
	raws, err := c.Collect(b.Context(), cluster.Request{AllNamespaces: true})
	if err != nil {
		b.Fatal(err)
	}
	after := heap()
	runtime.KeepAlive(raws)
	return after - min(before, after)
}

func heap() uint64 {
	runtime.GC()
	runtime.GC() // what finalizers held
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// playback starts an API server that holds the dump and gives each answer from the bytes of the first time, so that its
// own work hardly counts.
func playback(b *testing.B, d bigdump.Dump) (kubeconfig string) {
	api := fakeapi.Start()
	b.Cleanup(api.Close)
	api.SetTime(bigdump.At)
	for o := range d.Objects() {
		api.Add(o)
	}
	for pod, log := range d.CrashLogs() {
		api.SetLog(pod.Namespace, pod.Name, "app", true, log)
	}
	for pod := range d.Refused() {
		api.Misbehave(fakeapi.Rule{Resource: "pods/log", Namespace: pod.Namespace, Name: pod.Name})
	}
	server := httptest.NewServer(&tape{api: api.URL, answers: map[string]*answer{}})
	b.Cleanup(server.Close)
	path, err := api.Kubeconfig(b.TempDir(), "team-000")
	if err != nil {
		b.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		b.Fatal(err)
	}
	path = filepath.Join(b.TempDir(), "config")
	if err := os.WriteFile(path, []byte(strings.ReplaceAll(string(text), api.URL, server.URL)), 0o600); err != nil {
		b.Fatal(err)
	}
	return path
}

// tape passes requests on and plays their answers back from then on.
type tape struct {
	api     string
	mu      sync.Mutex
	answers map[string]*answer
}

type answer struct {
	code   int
	header http.Header
	body   []byte
}

func (t *tape) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	key := r.URL.String() + " " + r.Header.Get("Accept")
	t.mu.Lock()
	a := t.answers[key]
	t.mu.Unlock()
	if a == nil {
		var err error
		if a, err = t.ask(r); err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		t.mu.Lock()
		t.answers[key] = a
		t.mu.Unlock()
	}
	for _, name := range []string{"Content-Type", "Date"} {
		w.Header().Set(name, a.header.Get(name))
	}
	w.WriteHeader(a.code)
	_, _ = w.Write(a.body) // the client has gone away; nobody is left to tell
}

func (t *tape) ask(r *http.Request) (*answer, error) {
	req, err := http.NewRequestWithContext(r.Context(), http.MethodGet, t.api+r.URL.String(), http.NoBody)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", r.Header.Get("Accept"))
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return &answer{resp.StatusCode, resp.Header, body}, err
}
