package redact

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestArgs(t *testing.T) {
	tests := []struct{ in, want []string }{
		{nil, []string{}},
		{[]string{"run", "--password=hunter2", "--port=80"}, []string{"run", "--password=[redacted]", "--port=80"}},
		{[]string{"run", "--token", "abc", "--token-file", "/etc/t"}, []string{"run", "--token", Marker, "--token-file", "/etc/t"}},
		{[]string{"--token", "abc"}, []string{"--token", Marker}},
		{[]string{"run", "--token", "--verbose"}, []string{"run", "--token", "--verbose"}},
		{[]string{"/usr/bin/mysql", "-uapp", "-phunter2"}, []string{"/usr/bin/mysql", "-uapp", "-p[redacted]"}},
		{[]string{"/bin/app", "-port8080", "-p8080"}, []string{"/bin/app", "-port8080", "-p8080"}},
		{[]string{"redis-cli", "-a", "abc"}, []string{"redis-cli", "-a", Marker}},
		{[]string{"sh", "-c", "set -e\nexport TOKEN=abc\nexec run"}, []string{"sh", "-c", "set -e\nexport TOKEN=[redacted]\nexec run"}},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, Args(tt.in)); diff != "" {
			t.Errorf("Args(%q) (-want +got):\n%s", tt.in, diff)
		}
	}
}
