package cluster

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/unloop-dev/unloop/lab/dns"
	"github.com/unloop-dev/unloop/lab/fill"
	"github.com/unloop-dev/unloop/lab/pid1"
)

const (
	controlPlaneIP = "10.99.0.1"  // on bridge br0 of the lab's network; node nK is 10.99.0.1K, its pods 10.244.K.0/24
	dnsIP          = "10.96.0.10" // the Service's address, in every pod's resolv.conf
)

//go:embed audit.yaml
var auditPolicy []byte

// controlPlane is the lab's first process: it owns the network and starts everything else.
type controlPlane struct {
	*Config
	init *pid1.Init

	mu          sync.Mutex
	nodes       map[string]*exec.Cmd // those that are switched on
	controllers *process             // nil once the lab was filled
}

// process is one that is ended before the lab is.
type process struct {
	*exec.Cmd
	ended <-chan syscall.WaitStatus
}

// RunControlPlane is the lab's first process. Its file 3 is the socket of the port outside.
func RunControlPlane(dir string) error {
	const portFile = 3
	syscall.CloseOnExec(portFile) // or every process of the lab would hold the port
	c, err := Load(dir)
	if err != nil {
		return err
	}
	p := &controlPlane{Config: c, init: pid1.New(), nodes: map[string]*exec.Cmd{}}
	if err := p.mounts(); err != nil {
		return err
	}
	if err := p.bridge(); err != nil {
		return err
	}
	port, err := net.FileListener(os.NewFile(portFile, "port"))
	if err != nil {
		return err
	}
	go forward(port, controlPlaneIP+":6443")
	if err := p.startComponents(); err != nil {
		return err
	}
	for _, n := range p.nodeNames() {
		if err := p.startNode(n); err != nil {
			return err
		}
	}
	go p.serveDNS()
	return serveControl(p.path("lab.sock"), p.handler())
}

func (p *controlPlane) mounts() error {
	if err := mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""); err != nil {
		return err
	}
	if err := mount("proc", "/proc", "proc", 0, ""); err != nil {
		return err
	}
	return mount("tmpfs", p.data(), "tmpfs", 0, "mode=755,size=12g")
}

func (p *controlPlane) bridge() error {
	for _, args := range []string{"link set lo up", "link add br0 type bridge", "addr add " + controlPlaneIP + "/24 dev br0", "link set br0 up"} {
		if err := p.init.Run(exec.Command("ip", strings.Fields(args)...)); err != nil {
			return err
		}
	}
	return nil
}

// component starts one part of the hyperkube binary.
func (p *controlPlane) component(name string, flags ...string) error {
	_, err := p.process(name, flags...)
	return err
}

func (p *controlPlane) process(name string, flags ...string) (*process, error) {
	c := exec.Command(p.Hyperkube, append([]string{name}, flags...)...)
	if err := logTo(c, p.path("log", name+".log")); err != nil {
		return nil, err
	}
	ended, err := p.init.Start(c)
	return &process{c, ended}, err
}

func (p *controlPlane) startComponents() error {
	if err := p.startEtcd(); err != nil {
		return err
	}
	if err := p.startAPIServer(); err != nil {
		return err
	}
	kubeconfig := p.Kubeconfig("inside")
	var err error
	p.controllers, err = p.process("kube-controller-manager", "--kubeconfig", kubeconfig, "--leader-elect=false",
		"--service-account-private-key-file", p.path("service-accounts.key"), "--bind-address=127.0.0.1",
		"--allocate-node-cidrs=false", "--profiling=false", "--flex-volume-plugin-dir", p.data("flexvolume"),
		"--root-ca-file", p.data("apiserver", "apiserver.crt"),
		// A lab with dozens of namespaces needs their service accounts and endpoints at once.
		"--concurrent-serviceaccount-token-syncs=10", "--kube-api-qps=200", "--kube-api-burst=400")
	if err != nil {
		return err
	}
	return p.component("kube-scheduler", "--kubeconfig", kubeconfig, "--leader-elect=false",
		"--bind-address=127.0.0.1", "--profiling=false", "--kube-api-qps=200", "--kube-api-burst=400")
}

func (p *controlPlane) startEtcd() error {
	const client, peer = "http://127.0.0.1:2379", "http://127.0.0.1:2380"
	return p.component("etcd", "--name=lab", "--data-dir", p.data("etcd"), "--unsafe-no-fsync", "--log-level=warn",
		"--listen-client-urls", client, "--advertise-client-urls", client,
		"--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer, "--initial-cluster=lab="+peer)
}

// startAPIServer starts it and waits for its self-signed certificate, which is also the CA that pods are given.
func (p *controlPlane) startAPIServer() error {
	audit := p.data("audit.yaml")
	if err := os.WriteFile(audit, auditPolicy, 0o600); err != nil {
		return err
	}
	key := p.path("service-accounts.key")
	err := p.component("kube-apiserver", "--etcd-servers=http://127.0.0.1:2379", "--bind-address=0.0.0.0", "--secure-port=6443",
		"--advertise-address="+controlPlaneIP, "--cert-dir", p.data("apiserver"), "--token-auth-file", p.path("tokens.csv"),
		"--authorization-mode=Node,RBAC", "--service-cluster-ip-range=10.96.0.0/16", "--endpoint-reconciler-type=lease",
		"--service-account-issuer=https://kubernetes.default.svc", "--service-account-signing-key-file", key,
		"--service-account-key-file", key, "--kubelet-preferred-address-types=InternalIP", "--allow-privileged",
		"--profiling=false", "--audit-policy-file", audit, "--audit-log-path", p.AuditLog())
	if err != nil {
		return err
	}
	return eventually(30*time.Second, func() error {
		_, err := os.Stat(p.data("apiserver", "apiserver.crt"))
		return err
	})
}

// startNode starts the process that makes a node's namespaces and dies with it.
func (p *controlPlane) startNode(name string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.nodes[name] != nil {
		return fmt.Errorf("node %s is running", name)
	}
	c, err := self(p.path("log", name+".log"), "_enter", p.Dir, name)
	if err != nil {
		return err
	}
	if _, err := p.init.Start(c); err != nil {
		return err
	}
	p.nodes[name] = c
	return nil
}

// stopNode is a power cut: nothing on the node is told, nothing of it is left but its disk.
func (p *controlPlane) stopNode(name string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	c := p.nodes[name]
	if c == nil {
		return fmt.Errorf("node %s isn't running", name)
	}
	delete(p.nodes, name)
	return c.Process.Kill()
}

func (p *controlPlane) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /nodes/{node}/{action}", func(w http.ResponseWriter, r *http.Request) {
		node := r.PathValue("node")
		var err error
		switch r.PathValue("action") {
		case "start":
			err = p.startNode(node)
		case "stop":
			err = p.stopNode(node)
		case "reboot":
			if err = p.stopNode(node); err == nil {
				err = eventually(10*time.Second, func() error { return p.startNode(node) })
			}
		default:
			err = fmt.Errorf("no such action")
		}
		answer(w, err)
	})
	mux.HandleFunc("POST /fill", func(w http.ResponseWriter, r *http.Request) {
		var spec fill.Spec
		err := json.Unmarshal([]byte(r.FormValue("spec")), &spec)
		if err == nil {
			err = p.prepareToFill(spec)
		}
		answer(w, err)
	})
	return mux
}

// prepareToFill ends the controllers for good, which would mend what is made up, and stands in for the kubelets of the
// nodes that nobody runs.
func (p *controlPlane) prepareToFill(spec fill.Spec) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.controllers == nil {
		return errors.New("this lab was filled already: take another, with 'lab down' and 'lab up'")
	}
	plan, err := fill.New(spec)
	if err != nil {
		return err
	}
	l, err := fill.Listen()
	if err != nil {
		return err
	}
	if err := p.controllers.Process.Kill(); err != nil {
		return err
	}
	<-p.controllers.ended
	p.controllers = nil
	go func() { fmt.Fprintln(os.Stderr, "lab: kubelets:", http.Serve(l, fill.NewKubelets(plan))) }()
	return nil
}

// serveDNS makes the cluster's DNS Service, whose only endpoint is this process, and answers.
func (p *controlPlane) serveDNS() {
	k := p.inside()
	err := eventually(time.Minute, func() error {
		return k.ApplyYAML(context.Background(), "kube-system", []byte(fmt.Sprintf(dnsService, dnsIP, controlPlaneIP)))
	})
	if err == nil {
		err = dns.ListenAndServe(controlPlaneIP+":53", dns.Services{API: k})
	}
	fmt.Fprintln(os.Stderr, "lab: DNS:", err)
}

const dnsService = `
apiVersion: v1
kind: Service
metadata: {name: kube-dns}
spec: {clusterIP: %s, ports: [{name: dns, port: 53, protocol: UDP}, {name: dns-tcp, port: 53, protocol: TCP}]}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: kube-dns-lab, labels: {kubernetes.io/service-name: kube-dns}}
addressType: IPv4
ports: [{name: dns, port: 53, protocol: UDP}, {name: dns-tcp, port: 53, protocol: TCP}]
endpoints: [{addresses: [%q]}]
`

// forward hands every connection of l on to an address in this process's network.
func forward(l net.Listener, to string) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		go func() {
			defer c.Close()
			t, err := net.DialTimeout("tcp", to, 3*time.Second)
			if err != nil {
				return // the caller sees a closed connection, and tries again
			}
			defer t.Close()
			go func() {
				_, _ = io.Copy(t, c)
				_ = t.(*net.TCPConn).CloseWrite()
			}()
			_, _ = io.Copy(c, t)
		}()
	}
}

// serveControl takes orders on a socket that only root can open.
func serveControl(path string, h http.Handler) error {
	_ = os.Remove(filepath.Clean(path))
	l, err := net.Listen("unix", path)
	if err != nil {
		return err
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return err
	}
	return http.Serve(l, h)
}

func answer(w http.ResponseWriter, err error) {
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}
