// Package cluster runs a real Kubernetes on one Linux machine: etcd, a control plane and several nodes, each node with
// a kubelet and a containerd of its own.
//
// Everything lives in a pid, a mount and a network namespace, and each node in further ones below. The network has no
// way out of the machine; killing the first process makes the kernel kill all others, and mounts, networks and data go
// with them. Only empty cgroup directories stay, which Down removes.
//
// The same program is all of it: Up starts it again as the lab's first process (RunControlPlane), which starts it again
// for each node (EnterNode, then RunNode).
package cluster

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/unloop-dev/unloop/lab/kube"
)

// Options say what to start.
type Options struct {
	Version string
	Nodes   int
	Images  []string
}

// Up starts a lab in the background and returns when every node is ready.
func Up(ctx context.Context, o Options) (*Config, error) {
	if o.Nodes < 1 || o.Nodes > 8 {
		return nil, fmt.Errorf("%d nodes: a lab has 1 to 8", o.Nodes)
	}
	if c, err := Load(RunDir()); err == nil && c.Running() {
		return nil, fmt.Errorf("a lab is running in %s: stop it with 'lab down'", c.Dir)
	}
	source, err := SourceDir()
	if err != nil {
		return nil, err
	}
	hyperkube, err := Hyperkube(ctx, source, o.Version)
	if err != nil {
		return nil, err
	}
	c := &Config{Dir: RunDir(), Version: o.Version, Nodes: o.Nodes, Hyperkube: hyperkube, Images: o.Images}
	if err := c.prepare(); err != nil {
		return nil, err
	}
	if err := c.start(); err != nil {
		return nil, err
	}
	if err := c.waitReady(ctx); err != nil {
		return c, fmt.Errorf("%w (logs are in %s)", err, c.path("log"))
	}
	return c, nil
}

func (c *Config) prepare() error {
	if err := os.RemoveAll(c.Dir); err != nil {
		return err
	}
	for _, d := range []string{c.path("log"), c.data()} {
		if err := os.MkdirAll(d, 0o700); err != nil {
			return err
		}
	}
	boot, err := bootID()
	if err != nil {
		return err
	}
	c.Boot = boot
	c.Tokens = map[string]string{"admin": rand.Text(), "unloop": rand.Text()}
	for _, n := range c.nodeNames() {
		c.Tokens[n] = rand.Text()
	}
	if err := c.writeTokens(); err != nil {
		return err
	}
	return writeKey(c.path("service-accounts.key"))
}

// start makes the socket of the apiserver's port here, outside, and gives it to the lab's first process: it accepts
// connections of this network and dials in its own.
func (c *Config) start() error {
	port, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer port.Close()
	c.Port = port.Addr().(*net.TCPAddr).Port
	if err := c.writeKubeconfigs(); err != nil {
		return err
	}
	listener, err := port.(*net.TCPListener).File()
	if err != nil {
		return err
	}
	defer listener.Close()
	if err := c.save(); err != nil {
		return err
	}
	cmd, err := self(c.path("log", "lab.log"), "_controlplane", c.Dir)
	if err != nil {
		return err
	}
	cmd.ExtraFiles = []*os.File{listener}
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Setsid:     true,
		Cloneflags: syscall.CLONE_NEWPID | syscall.CLONE_NEWNS | syscall.CLONE_NEWNET,
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	c.PID = cmd.Process.Pid
	return c.save()
}

// self is this program with other arguments and its output in a log file.
func self(log string, args ...string) (*exec.Cmd, error) {
	exe, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(exe, args...)
	cmd.Dir = "/"
	return cmd, logTo(cmd, log)
}

func logTo(cmd *exec.Cmd, log string) error {
	f, err := os.OpenFile(log, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	cmd.Stdout, cmd.Stderr = f, f
	return nil
}

func (c *Config) waitReady(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	for {
		err := c.ready(ctx)
		if err == nil {
			return nil
		}
		if !c.Running() {
			return errors.New("the lab's first process has ended")
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the lab isn't ready: %w", err)
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// ready says what is missing until pods can be made: nodes, and the account that a pod runs as.
func (c *Config) ready(ctx context.Context) error {
	k := c.Client("admin")
	nodes, err := c.NodeStates(ctx)
	if err != nil {
		return err
	}
	for _, n := range c.nodeNames() {
		if nodes[n] != "Ready" {
			return fmt.Errorf("node %s is %q", n, nodes[n])
		}
	}
	return k.Get(ctx, "/api/v1/namespaces/default/serviceaccounts/default", nil)
}

// NodeStates maps a node's name to "Ready", or to why it isn't.
func (c *Config) NodeStates(ctx context.Context) (map[string]string, error) {
	var list struct {
		Items []struct {
			Metadata struct{ Name string }
			Status   struct {
				Conditions []struct{ Type, Status, Reason string }
			}
		}
	}
	if err := c.Client("admin").Get(ctx, "/api/v1/nodes", &list); err != nil {
		return nil, err
	}
	states := map[string]string{}
	for _, n := range list.Items {
		for _, cond := range n.Status.Conditions {
			if cond.Type == "Ready" && cond.Status == "True" {
				states[n.Metadata.Name] = "Ready"
			} else if cond.Type == "Ready" {
				states[n.Metadata.Name] = cond.Reason
			}
		}
	}
	return states, nil
}

// Client talks to the apiserver as one of the users with a token.
func (c *Config) Client(user string) *kube.Client {
	return kube.New(c.outside(), c.Tokens[user])
}

// Running says whether the lab's first process lives: the pid alone is not enough, as it may be another's by now.
func (c *Config) Running() bool {
	boot, err := bootID()
	if err != nil || c.PID == 0 || boot != c.Boot {
		return false
	}
	cmdline, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", c.PID))
	return err == nil && strings.Contains(string(cmdline), "_controlplane\x00"+c.Dir)
}

func bootID() (string, error) {
	b, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	return strings.TrimSpace(string(b)), err
}

// Down stops the lab of the run directory and removes what is left of it. Without a lab it does nothing.
func Down() error {
	c, err := Load(RunDir())
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if c.Running() {
		if err := syscall.Kill(c.PID, syscall.SIGKILL); err != nil {
			return err
		}
		err := eventually(30*time.Second, func() error {
			if c.Running() {
				return errors.New("the lab's first process doesn't end")
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	if err := removeCgroups(c.Dir); err != nil {
		return err
	}
	return os.RemoveAll(c.Dir)
}

// eventually repeats try until it succeeds, and gives its last error if that takes too long.
func eventually(limit time.Duration, try func() error) error {
	for end := time.Now().Add(limit); ; time.Sleep(50 * time.Millisecond) {
		err := try()
		if err == nil || time.Now().After(end) {
			return err
		}
	}
}

func (c *Config) writeTokens() error {
	var b strings.Builder
	for user, token := range c.Tokens {
		switch {
		case user == "admin" || user == "unloop":
			fmt.Fprintf(&b, "%s,%s,%s,system:masters\n", token, user, user)
		default:
			fmt.Fprintf(&b, "%s,system:node:%s,%s,system:nodes\n", token, user, user)
		}
	}
	return os.WriteFile(c.path("tokens.csv"), []byte(b.String()), 0o600)
}

// writeKubeconfigs: people come from outside, components and nodes from inside of the lab's network.
func (c *Config) writeKubeconfigs() error {
	outside := c.outside()
	inside := "https://" + controlPlaneIP + ":6443"
	files := map[string][2]string{"admin": {outside, "admin"}, "unloop": {outside, "unloop"}, "inside": {inside, "admin"}}
	for _, n := range c.nodeNames() {
		files[n] = [2]string{inside, n}
	}
	for name, f := range files {
		b, err := json.MarshalIndent(kubeconfig(f[0], c.Tokens[f[1]]), "", "  ")
		if err != nil {
			return err
		}
		if err := os.WriteFile(c.Kubeconfig(name), b, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// kubeconfig doesn't check the server's certificate, which the apiserver signs itself: nobody else can be on that
// network or port.
func kubeconfig(server, token string) any {
	type object = map[string]any
	return object{
		"apiVersion": "v1", "kind": "Config", "current-context": "lab",
		"clusters": []object{{"name": "lab", "cluster": object{"server": server, "insecure-skip-tls-verify": true}}},
		"users":    []object{{"name": "lab", "user": object{"token": token}}},
		"contexts": []object{{"name": "lab", "context": object{"cluster": "lab", "user": "lab"}}},
	}
}

// writeKey makes the key that service account tokens are signed with.
func writeKey(path string) error {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return err
	}
	block := &pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}
	return os.WriteFile(filepath.Clean(path), pem.EncodeToMemory(block), 0o600)
}
