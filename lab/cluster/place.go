package cluster

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"go.yaml.in/yaml/v3"
)

// Config is what one lab was started with. It lies in the run directory, where every process of the lab finds it.
type Config struct {
	Dir       string            `json:"dir"`     // run directory
	Version   string            `json:"version"` // of Kubernetes, without the v
	Nodes     int               `json:"nodes"`
	Hyperkube string            `json:"hyperkube"` // path of the binary
	Images    []string          `json:"images"`    // archives that every node imports when it starts
	Tokens    map[string]string `json:"tokens"`    // user name to bearer token
	Port      int               `json:"port"`      // of the apiserver, on 127.0.0.1 outside of the lab
	PID       int               `json:"pid"`       // the process that everything else dies with
	Boot      string            `json:"boot"`      // the machine's boot id: a pid means nothing after the next one
}

// RunDir is where a running lab keeps its state: $UNLOOP_LAB_DIR, else a directory of the system's temporary one.
func RunDir() string {
	if d := os.Getenv("UNLOOP_LAB_DIR"); d != "" {
		return d
	}
	return filepath.Join(os.TempDir(), "unloop-lab")
}

// CacheDir is where what is expensive to make outlives a clone: $UNLOOP_LAB_CACHE, else the user's cache directory.
func CacheDir() (string, error) {
	if d := os.Getenv("UNLOOP_LAB_CACHE"); d != "" {
		return d, nil
	}
	d, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("find a place for the cache (set UNLOOP_LAB_CACHE): %w", err)
	}
	return filepath.Join(d, "unloop-lab"), nil
}

// SourceDir is the lab's own source: it is looked for from the working directory upwards.
func SourceDir() (string, error) {
	d, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		for _, s := range []string{d, filepath.Join(d, "lab")} {
			if _, err := os.Stat(filepath.Join(s, "hyperkube", "go.mod")); err == nil {
				return s, nil
			}
		}
		up := filepath.Dir(d)
		if up == d {
			return "", errors.New("find the lab's sources: run it inside a clone of unloop")
		}
		d = up
	}
}

// Load reads the configuration of the lab in dir.
func Load(dir string) (*Config, error) {
	b, err := os.ReadFile(filepath.Join(dir, "lab.json"))
	if err != nil {
		return nil, err
	}
	c := &Config{}
	if err := json.Unmarshal(b, c); err != nil {
		return nil, fmt.Errorf("read %s: %w", filepath.Join(dir, "lab.json"), err)
	}
	return c, nil
}

func (c *Config) save() error {
	b, err := json.MarshalIndent(c, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(c.path("lab.json"), b, 0o600)
}

// Kubeconfig is the file for a user of the tokens: "admin", or "unloop", whose requests the apiserver records.
func (c *Config) Kubeconfig(user string) string { return c.path(user + ".kubeconfig") }

// CheckKubeconfig says why a kubeconfig isn't one of this lab. Nothing but the server and the token of its current context
// counts: a file elsewhere may be a copy, and one in the run directory may have been changed.
func (c *Config) CheckKubeconfig(path string) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	server, token, err := currentContext(b)
	if err != nil {
		return fmt.Errorf("%s is no kubeconfig", path)
	}
	if server != c.outside() || !slices.Contains(slices.Collect(maps.Values(c.Tokens)), token) {
		return fmt.Errorf("%s is not a kubeconfig of the lab in %s: its current context leads to %q", path, c.Dir, server)
	}
	return nil
}

// currentContext is where a kubeconfig leads, and with which token.
func currentContext(kubeconfig []byte) (server, token string, err error) {
	type entry struct {
		Name    string
		Context struct{ Cluster, User string }
		Cluster struct{ Server string }
		User    struct{ Token string }
	}
	var k struct {
		Current                   string `yaml:"current-context"`
		Contexts, Clusters, Users []entry
	}
	if err := yaml.Unmarshal(kubeconfig, &k); err != nil {
		return "", "", err
	}
	find := func(list []entry, name string) entry {
		i := slices.IndexFunc(list, func(e entry) bool { return e.Name == name })
		if i < 0 {
			return entry{}
		}
		return list[i]
	}
	current := find(k.Contexts, k.Current).Context
	return find(k.Clusters, current.Cluster).Cluster.Server, find(k.Users, current.User).User.Token, nil
}

// outside is the apiserver's address for whoever isn't in the lab's network.
func (c *Config) outside() string { return fmt.Sprintf("https://127.0.0.1:%d", c.Port) }

// AuditLog is the apiserver's record of what user "unloop" asked for.
func (c *Config) AuditLog() string { return c.path("log", "audit.log") }

func (c *Config) path(elem ...string) string {
	return filepath.Join(append([]string{c.Dir}, elem...)...)
}

// data is a directory below the tmpfs that only the lab's processes see.
func (c *Config) data(elem ...string) string {
	return c.path(append([]string{"data"}, elem...)...)
}

func (c *Config) nodeNames() []string {
	names := make([]string, c.Nodes)
	for i := range names {
		names[i] = fmt.Sprintf("n%d", i+1)
	}
	return names
}
