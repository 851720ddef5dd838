package cluster

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestHierarchies(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"one controller each", "4:memory:/a\n3:cpuset:/\n0::/\n", "cpuset memory"},
		{"several controllers", "4:cpu,cpuacct:/\n1:name=systemd:/x:y\n", "cpu,cpuacct systemd"},
		{"version 2 only", "0::/user.slice\n", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := strings.Join(hierarchies(tt.in), " "); got != tt.want {
				t.Errorf("hierarchies(%q) = %q, want %q", tt.in, got, tt.want)
			}
		})
	}
}

func TestPinnedMod(t *testing.T) {
	upstream := "module k8s.io/kubernetes\n\ngo 1.25.0\n\ngodebug default=go1.25\n\nrequire (\n\tgo.etcd.io/etcd/server/v3 v3.6.5\n)\n" +
		"replace (\n\tk8s.io/api => ./staging/src/k8s.io/api\n\tk8s.io/client-go => ./staging/src/k8s.io/client-go\n)\n"
	got := pinnedMod(upstream, "1.35.4")
	for _, want := range []string{"k8s.io/kubernetes v1.35.4\n", "server/v3 v3.6.5\n", "k8s.io/api => k8s.io/api v0.35.4\n", "k8s.io/client-go => k8s.io/client-go v0.35.4\n", "go 1.25.0\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in\n%s", want, got)
		}
	}
}

// TestKeyFollowsContent: a cached binary is used by another clone, and not after a change.
func TestKeyFollowsContent(t *testing.T) {
	var keys []string
	for _, content := range []string{"a", "a", "b"} {
		path := filepath.Join(t.TempDir(), "main.go")
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		key, err := hashFiles([]string{path})
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, key)
	}
	if keys[0] != keys[1] || keys[0] == keys[2] {
		t.Errorf("keys of a, a, b: %q", keys)
	}
}

func TestLabsHaveCgroupsOfTheirOwn(t *testing.T) {
	if labCgroup("/tmp/a") == labCgroup("/tmp/b") {
		t.Error("two run directories share control groups")
	}
}

func TestNodeNames(t *testing.T) {
	c := &Config{Nodes: 3}
	if got := c.nodeNames(); !slices.Equal(got, []string{"n1", "n2", "n3"}) {
		t.Errorf("nodeNames() = %q", got)
	}
}

func TestCheckKubeconfig(t *testing.T) {
	lab := &Config{Dir: t.TempDir(), Port: 16443, Tokens: map[string]string{"admin": "secret"}}
	const other = "apiVersion: v1\nkind: Config\ncurrent-context: prod\n" +
		"contexts: [{name: lab, context: {cluster: lab, user: lab}}, {name: prod, context: {cluster: prod, user: lab}}]\n" +
		"clusters: [{name: lab, cluster: {server: 'https://127.0.0.1:16443'}}, {name: prod, cluster: {server: 'https://prod.example.com'}}]\n" +
		"users: [{name: lab, user: {token: secret}}]\n"
	own, err := json.Marshal(kubeconfig("https://127.0.0.1:16443", "secret"))
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, content string
		ok            bool
	}{
		{"the lab's own", string(own), true},
		{"a copy of it as YAML", strings.Replace(other, "current-context: prod", "current-context: lab", 1), true},
		{"another cluster is the current one", other, false},
		{"another lab on the same port", strings.Replace(string(own), "secret", "old", 1), false},
		{"another port", strings.Replace(string(own), "16443", "6443", 1), false},
		{"no token", strings.Replace(string(own), "secret", "", 1), false},
		{"no current context", strings.Replace(other, "current-context: prod", "", 1), false},
		{"empty", "", false},
		{"no YAML", "\t{", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "config")
			if err := os.WriteFile(path, []byte(tt.content), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := lab.CheckKubeconfig(path); (err == nil) != tt.ok {
				t.Errorf("error %v, accepted should be %v", err, tt.ok)
			}
		})
	}
	if lab.CheckKubeconfig(filepath.Join(lab.Dir, "no-such-file")) == nil {
		t.Error("a file that isn't there was accepted")
	}
}
