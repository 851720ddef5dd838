package bundle

import (
	"archive/tar"
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/unloop-dev/unloop/evidence"
)

// writeEvents writes a list of n events about as many pods, of which every hundredth is about api-0, and that pod before or
// after them.
func writeEvents(w io.Writer, n int, yaml, podFirst bool) {
	list, event, pod, end := `{"apiVersion":"v1","kind":"List","items":[`,
		`{"apiVersion":"v1","kind":"Event","metadata":{"name":"e%[1]d","namespace":"shop"},"involvedObject":{"kind":"Pod","namespace":"shop","name":"%[2]s"},"reason":"Unhealthy","message":"m %[1]d","lastTimestamp":"2026-11-02T09:00:00Z"}`,
		crashed(), "]}\n"
	between := ",\n"
	if yaml {
		list, between, end = "apiVersion: v1\nkind: List\nitems:\n", "", ""
		event = "- apiVersion: v1\n  kind: Event\n  metadata:\n    name: e%[1]d\n    namespace: shop\n  involvedObject: {kind: Pod, namespace: shop, name: %[2]s}\n  reason: Unhealthy\n  message: m %[1]d\n  lastTimestamp: \"2026-11-02T09:00:00Z\"\n"
		pod = "- " + strings.ReplaceAll(strings.TrimSpace(crashed()), "\n", "\n  ") + "\n"
	}
	io.WriteString(w, list)
	if podFirst {
		io.WriteString(w, pod+between)
	}
	for i := range n {
		name := fmt.Sprintf("web-%d", i)
		if i%100 == 0 {
			name = "api-0"
		}
		if i > 0 {
			io.WriteString(w, between)
		}
		fmt.Fprintf(w, event, i, name)
	}
	if !podFirst {
		io.WriteString(w, between+pod)
	}
	io.WriteString(w, end)
}

// archived gives a text as a file of a tar archive.
func archived(t testing.TB, name, text string) string {
	t.Helper()
	var out bytes.Buffer
	archive := tar.NewWriter(&out)
	if err := archive.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Size: int64(len(text)), Mode: 0o600}); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(archive, text); err != nil {
		t.Fatal(err)
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestManyEventsGiveThoseOfThePodInTrouble(t *testing.T) {
	few := defaultLimits
	few.events = 1000
	n := 4 * few.events
	for _, yaml := range []bool{false, true} {
		for _, podFirst := range []bool{false, true} {
			var list strings.Builder
			writeEvents(&list, n, yaml, podFirst)
			for form, input := range map[string]string{"list": list.String(), "archive": archived(t, "events", list.String())} {
				r := newReader(few)
				if err := r.files.Open(t.Context(), "-", strings.NewReader(input)); err != nil {
					t.Fatal(err)
				}
				if held := len(r.set.events); held > few.events {
					t.Errorf("yaml %v, pod first %v, %s: %d events are held unpacked", yaml, podFirst, form, held)
				}
				b := r.bundle("stdin")
				raws := b.Raws()
				if len(raws) != 1 || len(b.Unused()) > 0 {
					t.Fatalf("yaml %v, pod first %v, %s: %d pods, skipped %+v", yaml, podFirst, form, len(raws), b.Unused())
				}
				if got := len(raws[0].Events); got != n/100 || !raws[0].EventsRead {
					t.Errorf("yaml %v, pod first %v, %s: %d events of the pod, want %d; read %v", yaml, podFirst, form, got, n/100, raws[0].EventsRead)
				}
				r.files.Close()
			}
		}
	}
}

func TestManyEventsOfOnePodKeepTheNewest(t *testing.T) {
	var list strings.Builder
	list.WriteString(crashed())
	for i := range 12 * mostOfOne {
		fmt.Fprintf(&list, `{"apiVersion":"events.k8s.io/v1","kind":"Event","metadata":{"name":"e%d","namespace":"shop"},"regarding":{"kind":"Pod","namespace":"shop","name":"api-0"},"reason":"Unhealthy","note":"m","eventTime":"2026-11-02T0%d:00:00.000000Z"}`+"\n",
			i, 1+i*8/(12*mostOfOne))
	}
	few := defaultLimits
	few.events = mostOfOne
	r := newReader(few)
	defer r.files.Close()
	if err := r.files.Open(t.Context(), "-", strings.NewReader(list.String())); err != nil {
		t.Fatal(err)
	}
	b := r.bundle("stdin")
	raw := b.Raws()[0]
	if n := len(raw.Events); n > 3*mostOfOne || n < 2*mostOfOne {
		t.Errorf("%d events are kept", n)
	}
	if newest := evidence.EventTime(&raw.Events[len(raw.Events)-1]).Hour(); newest != 8 || raw.Events[len(raw.Events)-1].Message != "m" {
		t.Errorf("the newest event is of hour %d, want 8", newest)
	}
	if len(b.Unused()) != 1 || !b.Unused()[0].Partly {
		t.Errorf("said %+v", b.Unused())
	}
}

// BenchmarkManyEvents opens a list of 500,000 events and reports the largest heap that a collection found alive.
func BenchmarkManyEvents(b *testing.B) {
	for name, yaml := range map[string]bool{"json": false, "yaml": true} {
		b.Run(name, func(b *testing.B) {
			path := filepath.Join(b.TempDir(), "events")
			f, err := os.Create(path)
			if err != nil {
				b.Fatal(err)
			}
			writeEvents(f, 500_000, yaml, false)
			if err := f.Close(); err != nil {
				b.Fatal(err)
			}
			b.SetBytes(sizeOf(b, path))
			var peak atomic.Uint64
			watched := Options{Lean: true, Progress: func(read int64) {
				if read>>20%8 == 0 {
					var m runtime.MemStats
					runtime.ReadMemStats(&m)
					peak.Store(max(peak.Load(), m.HeapAlloc))
				}
			}}
			for b.Loop() {
				if _, err := watched.Open(b.Context(), []string{path}, nil); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(peak.Load()>>20), "MiB-heap")
		})
	}
}
