package cluster

import (
	"context"
	_ "embed"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/unloop-dev/unloop/lab/pid1"
)

//go:embed kubelet.yaml
var kubeletConfig []byte

//go:embed containerd.toml
var containerdConfig string

//go:embed cni.conflist
var cniConfig string

// EnterNode puts this process into a node's control groups, makes the node's namespaces, connects its network to the
// bridge, and lives as long as the node does.
func EnterNode(dir, name string) error {
	g, err := readCgroups(dir)
	if err != nil {
		return err
	}
	if err := g.join(name); err != nil {
		return err
	}
	c, err := self(filepath.Join(dir, "log", name+".log"), "_node", dir, name)
	if err != nil {
		return err
	}
	c.SysProcAttr = &syscall.SysProcAttr{
		Pdeathsig: syscall.SIGKILL,
		Cloneflags: syscall.CLONE_NEWPID | syscall.CLONE_NEWNS | syscall.CLONE_NEWNET | syscall.CLONE_NEWUTS |
			syscall.CLONE_NEWCGROUP,
	}
	if err := c.Start(); err != nil {
		return err
	}
	if err := g.leave(); err != nil {
		return err
	}
	k := strings.TrimPrefix(name, "n")
	// The bridge end of a node that was just switched off goes away with its namespace, which may take a moment.
	err = eventually(10*time.Second, func() error {
		return ip(fmt.Sprintf("link add veth-%s type veth peer name eth0 netns %d", name, c.Process.Pid))
	})
	if err != nil {
		return err
	}
	if err := ip(fmt.Sprintf("link set veth-%s master br0 up", name)); err != nil {
		return err
	}
	if err := ip(fmt.Sprintf("route replace 10.244.%s.0/24 via 10.99.0.1%s", k, k)); err != nil {
		return err
	}
	return c.Wait()
}

func ip(args string) error {
	out, err := exec.Command("ip", strings.Fields(args)...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("ip %s: %w: %s", args, err, out)
	}
	return nil
}

// node is the first process of a node.
type node struct {
	*Config
	name, k string
	init    *pid1.Init

	mu      sync.Mutex
	kubelet *exec.Cmd // nil while it is stopped
}

// RunNode is the first process of a node.
func RunNode(dir, name string) error {
	c, err := Load(dir)
	if err != nil {
		return err
	}
	n := &node{Config: c, name: name, k: strings.TrimPrefix(name, "n"), init: pid1.New()}
	for _, step := range []func() error{n.mounts, n.sysctls, n.network, n.startContainerd, n.startKubelet} {
		if err := step(); err != nil {
			return err
		}
	}
	go n.startProxy()
	return serveControl(n.path(name+".sock"), n.handler())
}

// mounts gives the node a machine of its own, as far as containerd and a kubelet look. What is below the data directory
// is its disk and outlives a reboot; /run doesn't.
func (n *node) mounts() error {
	if err := mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""); err != nil {
		return err
	}
	g, err := readCgroups(n.Dir) // before the new /sys hides how they are mounted
	if err != nil {
		return err
	}
	if err := syscall.Sethostname([]byte(n.name)); err != nil {
		return err
	}
	for _, m := range [][2]string{{"proc", "/proc"}, {"sysfs", "/sys"}} {
		if err := mount(m[0], m[1], m[0], 0, ""); err != nil {
			return err
		}
	}
	if err := g.mount(); err != nil {
		return err
	}
	if err := g.divide(); err != nil {
		return err
	}
	if err := mount("tmpfs", "/run", "tmpfs", 0, "mode=755"); err != nil {
		return err
	}
	if err := n.disk(); err != nil {
		return err
	}
	return mount("", "/var/lib/kubelet", "", syscall.MS_REC|syscall.MS_SHARED, "")
}

func (n *node) disk() error {
	for dir, at := range map[string]string{
		"kubelet": "/var/lib/kubelet", "containerd": "/var/lib/containerd", "cni": "/var/lib/cni", "log": "/var/log", "etc": "",
	} {
		if err := os.MkdirAll(n.data(n.name, dir), 0o755); err != nil {
			return err
		}
		if at == "" {
			continue
		}
		if err := os.MkdirAll(at, 0o755); err != nil {
			return err
		}
		if err := mount(n.data(n.name, dir), at, "", syscall.MS_BIND, ""); err != nil {
			return err
		}
	}
	return nil
}

// sysctls shows the kubelet files that hold what it would set for the whole machine, so that it leaves that alone.
func (n *node) sysctls() error {
	for f, v := range map[string]string{
		"vm/overcommit_memory": "1", "vm/panic_on_oom": "0", "kernel/panic": "10", "kernel/panic_on_oops": "1",
		"kernel/keys/root_maxkeys": "1000000", "kernel/keys/root_maxbytes": "25000000",
	} {
		shown := n.data(n.name, "etc", strings.ReplaceAll(f, "/", "_"))
		if err := os.WriteFile(shown, []byte(v+"\n"), 0o644); err != nil {
			return err
		}
		if err := mount(shown, "/proc/sys/"+f, "", syscall.MS_BIND, ""); err != nil {
			return err
		}
	}
	return os.WriteFile("/proc/sys/net/ipv4/ip_forward", []byte("1"), 0)
}

func (n *node) network() error {
	err := eventually(10*time.Second, func() error {
		_, err := net.InterfaceByName("eth0")
		return err
	})
	if err != nil {
		return err
	}
	commands := []string{"link set lo up", "addr add 10.99.0.1" + n.k + "/24 dev eth0", "link set eth0 up"}
	for _, o := range n.nodeNames() {
		if k := strings.TrimPrefix(o, "n"); o != n.name {
			commands = append(commands, "route add 10.244."+k+".0/24 via 10.99.0.1"+k)
		}
	}
	// kube-proxy rewrites these addresses, but only on the way to somewhere.
	commands = append(commands, "route add 10.96.0.0/16 dev eth0")
	for _, args := range commands {
		if err := n.init.Run(exec.Command("ip", strings.Fields(args)...)); err != nil {
			return err
		}
	}
	return nil
}

func (n *node) startContainerd() error {
	etc := n.data(n.name, "etc")
	cni := filepath.Join(etc, "cni")
	if err := os.MkdirAll(cni, 0o755); err != nil {
		return err
	}
	for path, content := range map[string]string{
		filepath.Join(cni, "10-lab.conflist"): strings.ReplaceAll(cniConfig, "@K@", n.k),
		filepath.Join(etc, "containerd.toml"): strings.ReplaceAll(containerdConfig, "@CNI@", cni),
	} {
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			return err
		}
	}
	if err := n.daemon("containerd", "containerd", "--config", filepath.Join(etc, "containerd.toml")); err != nil {
		return err
	}
	if err := eventually(30*time.Second, func() error { return n.init.Run(exec.Command("ctr", "version")) }); err != nil {
		return err
	}
	for _, image := range n.Images {
		if err := n.init.Run(exec.Command("ctr", "-n", "k8s.io", "images", "import", image)); err != nil {
			return err
		}
	}
	return nil
}

func (n *node) daemon(name, program string, args ...string) error {
	c := exec.Command(program, args...)
	if err := logTo(c, n.path("log", n.name+"-"+name+".log")); err != nil {
		return err
	}
	_, err := n.init.Start(c)
	return err
}

func (n *node) startKubelet() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.kubelet != nil {
		return fmt.Errorf("the kubelet of %s is running", n.name)
	}
	config := n.data(n.name, "etc", "kubelet.yaml")
	if err := os.WriteFile(config, kubeletConfig, 0o644); err != nil {
		return err
	}
	c := exec.Command(n.Hyperkube, "kubelet", "--config", config, "--kubeconfig", n.Kubeconfig(n.name),
		"--hostname-override", n.name, "--node-ip", "10.99.0.1"+n.k, "--root-dir=/var/lib/kubelet",
		"--cert-dir=/var/lib/kubelet/pki", "--v=2")
	if err := logTo(c, n.path("log", n.name+"-kubelet.log")); err != nil {
		return err
	}
	if _, err := n.init.Start(c); err != nil {
		return err
	}
	n.kubelet = c
	return nil
}

func (n *node) stopKubelet() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.kubelet == nil {
		return fmt.Errorf("the kubelet of %s isn't running", n.name)
	}
	err := n.kubelet.Process.Signal(syscall.SIGTERM)
	n.kubelet = nil
	return err
}

// startProxy waits for the Node object: kube-proxy looks for it once and takes the loopback address if there is none.
func (n *node) startProxy() {
	k := n.inside()
	err := eventually(2*time.Minute, func() error { return k.Get(context.Background(), "/api/v1/nodes/"+n.name, nil) })
	if err == nil {
		err = n.daemon("kube-proxy", n.Hyperkube, "kube-proxy", "--kubeconfig", n.Kubeconfig("inside"), "--hostname-override", n.name,
			"--proxy-mode=nftables", "--cluster-cidr=10.244.0.0/16", "--conntrack-max-per-core=0", "--conntrack-min=0",
			"--conntrack-tcp-timeout-established=0", "--conntrack-tcp-timeout-close-wait=0")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "lab: kube-proxy:", err)
	}
}

func (n *node) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /kubelet/stop", func(w http.ResponseWriter, _ *http.Request) { answer(w, n.stopKubelet()) })
	mux.HandleFunc("POST /kubelet/start", func(w http.ResponseWriter, _ *http.Request) { answer(w, n.startKubelet()) })
	mux.HandleFunc("POST /run", func(w http.ResponseWriter, r *http.Request) {
		c := exec.Command("sh", "-c", r.FormValue("command"))
		err := logTo(c, n.path("log", n.name+"-run.log"))
		if err == nil {
			err = n.init.Run(c)
		}
		answer(w, err)
	})
	return mux
}
