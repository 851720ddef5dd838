package bundle

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/unloop-dev/unloop/evidence"
)

// logFile is the log of a run, as the container runtime writes it, from and to so long before noon.
type logFile struct {
	attempt  int
	from, to time.Duration
}

// The kubelet's log files of a node: which run wrote when tells whether a container that was started again is in a loop.
func TestVerdictsOfTheKubeletsLogFiles(t *testing.T) {
	const sec, min, hour = time.Second, time.Minute, time.Hour
	noon := time.Date(2026, 4, 10, 12, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		name string
		logs []logFile
		want evidence.Verdict
	}{
		{"once, and up for hours", []logFile{{1, 6 * hour, min}}, evidence.Recovered},
		{"once, and silent since its start", []logFile{{1, 6 * hour, 6*hour - sec}}, evidence.Recovered},
		{"often, and up for hours", []logFile{{56, 7 * hour, 7*hour - sec}, {57, 6 * hour, min}}, evidence.Recovered},
		{"often, just now", []logFile{{56, 6 * min, 6*min - sec}, {57, 20 * sec, 19 * sec}}, evidence.CrashLooping},
		{"often, waiting for five minutes", []logFile{{56, 10 * min, 10*min - sec}, {57, 5 * min, 5*min - sec}}, evidence.CrashLooping},
		{"often, of which the newest is left", []logFile{{57, 20 * sec, 19 * sec}}, evidence.CrashLooping},
		{"the first crash", []logFile{{0, 40 * sec, 30 * sec}, {1, 20 * sec, 19 * sec}}, evidence.CrashLooping},
		{"each half hour", []logFile{{20, 55 * min, 25 * min}, {21, 25 * min, sec}}, evidence.CrashLooping},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			write := func(pod string, l logFile) {
				path := filepath.Join(dir, "pods", "bank_"+pod+"_0a1b2c3d-0000-4000-8000-00000000000"+pod[:1], "app", fmt.Sprintf("%d.log", l.attempt))
				if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
					t.Fatal(err)
				}
				text := ""
				for i, at := range []time.Duration{l.from, l.to} {
					text += noon.Add(-at).Format(time.RFC3339Nano) + fmt.Sprintf(" stderr F line %d\n", i)
				}
				if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			write("1-clock", logFile{1, 9 * hour, 0}) // another pod, which writes until noon
			for _, l := range tt.logs {
				write("2-asked", l)
			}
			for _, raw := range mustOpen(t, dir).Raws() {
				if raw.Pod.Name != "2-asked" {
					continue
				}
				if got := evidence.Of(raw).Containers[0].Verdict; got != tt.want {
					t.Errorf("got %s, want %s", got, tt.want)
				}
				return
			}
			t.Error("the pod is not there")
		})
	}
}
