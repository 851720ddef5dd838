package bundle

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestLogsAreReadAsTheyPass gives the files of an archive in several orders. What is found is the same; only where a pod
// comes before its logs is the archive not read again.
func TestLogsAreReadAsTheyPass(t *testing.T) {
	const head = "apiVersion: v1\nkind: Pod\nmetadata: {name: api, namespace: shop}\nspec: {containers: [{name: web}]}\n"
	looping := archiveEntry{name: "ns/shop/pods.yaml", content: head + "status: {phase: Running, containerStatuses: " +
		"[{name: web, restartCount: 3, state: {waiting: {reason: CrashLoopBackOff}}, lastState: {terminated: {exitCode: 2}}}]}\n"}
	previous := archiveEntry{name: "namespaces/shop/pods/api/web/web/logs/previous.log", content: "panic: boom\n"}
	current := archiveEntry{name: "namespaces/shop/pods/api/web/web/logs/current.log", content: "panic: again\n"}
	padding := archiveEntry{name: "notes.md", content: random(1 << 20)}
	tests := []struct {
		name  string
		files []archiveEntry
		again bool
	}{
		{"the pod first", []archiveEntry{looping, previous, current, padding}, false},
		{"the pod last", []archiveEntry{previous, current, padding, looping}, true},
		{"the pod between", []archiveEntry{previous, looping, current, padding}, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			data := tarOf(t, tt.files...)
			file := filepath.Join(t.TempDir(), "must-gather.tar")
			if err := os.WriteFile(file, data, 0o600); err != nil {
				t.Fatal(err)
			}
			var read int64
			b, err := Options{Progress: func(n int64) { read = n }}.Open(t.Context(), []string{file}, nil)
			if err != nil {
				t.Fatal(err)
			}
			var logs []string
			for _, l := range b.Raws()[0].Logs {
				logs = append(logs, string(l.Data))
			}
			slices.Sort(logs)
			if diff := cmp.Diff([]string{"panic: again\n", "panic: boom\n"}, logs); diff != "" {
				t.Errorf("logs (-want +got):\n%s", diff)
			}
			if again := read > int64(len(data)); again != tt.again {
				t.Errorf("read %d bytes of %d, want it read again: %t", read, len(data), tt.again)
			}
		})
	}
}
