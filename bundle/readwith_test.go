package bundle

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/unloop-dev/unloop/evidence"
)

const restartedOnce = `apiVersion: v1
kind: Pod
metadata: {name: ledger, namespace: bank, creationTimestamp: '2026-03-01T09:59:00Z'}
spec: {nodeName: n1, containers: [{name: ledger}]}
status:
  phase: Running
  containerStatuses:
  - {name: ledger, ready: true, restartCount: 2, state: {running: {startedAt: '2026-03-01T10:00:05Z'}},
     lastState: {terminated: {exitCode: 1, reason: Error, startedAt: '2026-03-01T09:59:59Z', finishedAt: '2026-03-01T10:00:03Z'}}}
`

// What was read together with a pod tells when it was read.
func TestPodIsJudgedAtTheMomentOfItsReading(t *testing.T) {
	for _, tt := range []struct {
		name  string
		files map[string]string
		want  evidence.Verdict
	}{
		{"alone", map[string]string{"pod.yaml": restartedOnce}, evidence.CrashLooping},
		{"another pod of the directory", map[string]string{"pod.yaml": restartedOnce, "other.yaml": `
apiVersion: v1
kind: Pod
metadata: {name: quotes, namespace: other, creationTimestamp: '2026-04-10T08:00:00Z'}
spec: {containers: [{name: quotes}]}
status: {phase: Running, containerStatuses: [{name: quotes, ready: true, state: {running: {startedAt: '2026-04-10T08:00:03Z'}}}]}
`}, evidence.Recovered},
		{"a lease", map[string]string{"pod.yaml": restartedOnce, "leases/n1.yaml": `
apiVersion: coordination.k8s.io/v1
kind: Lease
metadata: {name: n1, namespace: kube-node-lease, creationTimestamp: '2026-01-10T08:00:00Z'}
spec: {holderIdentity: n1, renewTime: '2026-03-01T12:00:05.123456Z'}
`}, evidence.Recovered},
		{"an event of another", map[string]string{"pod.yaml": restartedOnce, "events.yaml": `
apiVersion: v1
kind: Event
metadata: {name: quotes.1, namespace: other}
involvedObject: {kind: Pod, name: quotes, namespace: other}
reason: Unhealthy
message: 'Readiness probe failed: no'
lastTimestamp: '2026-03-01T11:00:00Z'
`}, evidence.Recovered},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			for name, text := range tt.files {
				path := filepath.Join(dir, name)
				if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			for _, raw := range mustOpen(t, dir).Raws() {
				if raw.Pod.Name != "ledger" {
					continue
				}
				ev := evidence.Of(raw)
				if got := ev.Containers[0].Verdict; got != tt.want || !ev.AtGuessed {
					t.Errorf("%s at %v, want %s", got, ev.At, tt.want)
				}
			}
		})
	}
}

// Two files that are named each by itself may be of different days.
func TestFilesOfDifferentReadingsAreNotMixed(t *testing.T) {
	dir := t.TempDir()
	paths := []string{filepath.Join(dir, "a.yaml"), filepath.Join(dir, "b.yaml")}
	for i, text := range []string{restartedOnce, "apiVersion: v1\nkind: Pod\nmetadata: {name: late, creationTimestamp: '2026-04-10T08:00:00Z'}\nspec: {containers: [{name: a}]}\n"} {
		if err := os.WriteFile(paths[i], []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	b, err := Open(paths, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, raw := range b.Raws() {
		if raw.Pod.Name == "ledger" && !raw.Newest.Equal(time.Date(2026, 3, 1, 10, 0, 5, 0, time.UTC)) {
			t.Errorf("read with what is of %v", raw.Newest)
		}
	}
}
