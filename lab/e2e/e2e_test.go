package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/unloop-dev/unloop/answer"
)

// TestScenariosAreSound: what is only found wrong after the cluster is up costs minutes.
func TestScenariosAreSound(t *testing.T) {
	dir := filepath.Join("..", "scenarios")
	all, err := Load(dir, "")
	if err != nil {
		t.Fatal(err)
	}
	causes, err := filepath.Glob("../../causes/*/cause.yaml")
	if err != nil || len(causes) == 0 {
		t.Fatalf("no catalogue of causes: %v", err)
	}
	known := map[string]bool{}
	for _, c := range causes {
		known[filepath.Base(filepath.Dir(c))] = true
	}
	for _, s := range all {
		if s.About == "" {
			t.Errorf("%s: no about", s.Name)
		}
		for _, id := range s.Expect.Causes {
			if !known[id] {
				t.Errorf("%s: the catalogue has no cause %q", s.Name, id)
			}
		}
		for _, f := range []string{s.Then.Manifest, s.Fix} {
			if _, err := os.Stat(filepath.Join(dir, s.Name, f)); err != nil {
				t.Errorf("%s: %v", s.Name, err)
			}
		}
	}
}

func TestUntilReplacesTheUsualStateAsAWhole(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "x"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{"scenario.yaml": "until: {state: running}\n", "manifest.yaml": ""} {
		if err := os.WriteFile(filepath.Join(dir, "x", name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	all, err := Load(dir, "x")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := all[0].Until, (Until{State: "running"}); got != want {
		t.Errorf("Until = %+v, want %+v", got, want)
	}
}

func TestJudge(t *testing.T) {
	right := &answer.Diagnosis{
		Container: &answer.Container{Name: "app"}, Verdict: "crash-looping",
		Causes: []answer.Cause{{ID: "oom-limit", Summary: "it needs more than 64Mi"}},
	}
	tests := []struct {
		name string
		e    Expect
		want string
	}{
		{"right", Expect{Causes: []string{"oom-child", "oom-limit"}, Container: "app", Verdict: "crash-looping", Proof: []string{"64Mi"}}, ""},
		{"verdict", Expect{Verdict: "healthy"}, "verdict"},
		{"container", Expect{Causes: []string{"oom-limit"}, Container: "init", Verdict: "crash-looping"}, "container"},
		{"cause", Expect{Causes: []string{"oom-child"}, Verdict: "crash-looping"}, "cause oom-limit, want oom-child"},
		{"none expected", Expect{Verdict: "crash-looping"}, "want none"},
		{"proof", Expect{Causes: []string{"oom-limit"}, Verdict: "crash-looping", Proof: []string{"128Mi"}}, "doesn't show"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := tt.e.judge(right)
			if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
				t.Errorf("judge = %v, want %q", err, tt.want)
			}
		})
	}
}

func TestPredictionMustContainTheRestart(t *testing.T) {
	at := time.Date(2026, 1, 2, 15, 4, 0, 0, time.UTC)
	for seconds, right := range map[int]bool{-5: false, 0: true, 10: true, 11: true, 30: false} {
		p := &pod{}
		p.Status.ContainerStatuses = []containerStatus{{Name: "app", RestartCount: 3}}
		p.Status.ContainerStatuses[0].State.Running = &struct{ StartedAt time.Time }{at.Add(time.Duration(seconds) * time.Second)}
		a := &attempt{Scenario: &Scenario{}, late: 1, predicts: &prediction{"app", 2, at, at.Add(10 * time.Second)}}
		a.checkPrediction(p)
		if (a.failed == nil) != right {
			t.Errorf("restart after %d s: %v", seconds, a.failed)
		}
	}
}
