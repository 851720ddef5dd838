package bundle

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What a file is, its content says; but a program may print what looks like a describe.
func TestDescribeInAFileNamedLikeALog(t *testing.T) {
	describe := captured(t, "exit1/exit1.describe.txt")
	asDescribe := []string{"default/exit1 by kubectl describe: 5 events (read true), 0 siblings, at true"}
	tests := []struct {
		name  string
		files map[string]string
		want  []string
	}{
		{"alone", map[string]string{"app.log": describe}, asDescribe},
		{"with a line before", map[string]string{"app.log": "starting\n" + describe}, []string{
			"none by the API: 0 events (read false), 0 siblings, at false", `  log of "", previous false (known false)`,
		}},
		{"with a line behind", map[string]string{"app.log": describe + "\n2026-11-02T10:00:00Z done\n"}, []string{
			"none by the API: 0 events (read false), 0 siblings, at false", `  log of "", previous false (known false)`,
		}},
		{"beside the pod", map[string]string{"app.log": describe, "pod.yaml": captured(t, "exit1/exit1.yaml")}, []string{
			"default/exit1 by the API: 0 events (read false), 0 siblings, at false", `  log of "app", previous false (known false)`,
		}},
		{"where archives keep logs", map[string]string{"namespaces/shop/pods/api-1/app/app/logs/current.log": describe}, []string{
			"none by the API: 0 events (read false), 0 siblings, at false", `  log of "app", previous false (known true)`,
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			for name, text := range tt.files {
				path := filepath.Join(dir, name)
				if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			b, err := Open([]string{dir}, nil)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, toldLines(slices.Collect(b.All()))); diff != "" {
				t.Errorf("told (-want +got):\n%s", diff)
			}
		})
	}
}
