package fill

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Kubelets gives the logs of a plan's pods as their kubelets would, over TLS, until l is closed.
type Kubelets struct{ pods map[[2]string]*planned }

type planned struct {
	*Pod
	at time.Time
}

// NewKubelets serves the logs of a plan.
func NewKubelets(p *Plan) *Kubelets {
	k := &Kubelets{map[[2]string]*planned{}}
	for pod := range p.pods() {
		k.pods[[2]string{pod.Namespace, pod.PodName}] = &planned{pod, p.At}
	}
	return k
}

// Listen makes the port that the plan's nodes name.
func Listen() (net.Listener, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().AddDate(1, 0, 0), IPAddresses: []net.IP{net.ParseIP(nodeIP)}}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, err
	}
	return tls.Listen("tcp", fmt.Sprintf("%s:%d", nodeIP, kubeletPort), &tls.Config{
		Certificates: []tls.Certificate{{Certificate: [][]byte{certificate}, PrivateKey: key}},
	})
}

// ServeHTTP knows a kubelet's one path (pkg/kubelet/server/server.go of Kubernetes).
func (k *Kubelets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	part := strings.Split(strings.TrimPrefix(r.URL.Path, "/containerLogs/"), "/")
	if !strings.HasPrefix(r.URL.Path, "/containerLogs/") || len(part) != 3 {
		http.NotFound(w, r)
		return
	}
	pod, container := k.pods[[2]string{part[0], part[1]}], part[2]
	switch {
	case pod == nil:
		http.Error(w, fmt.Sprintf("pod %q does not exist", part[1]), http.StatusNotFound)
		return
	case container != appContainer && !(container == initContainer && pod.way != nil && pod.way.init):
		http.Error(w, fmt.Sprintf("container %q not found in pod %q", container, pod.PodName), http.StatusNotFound)
		return
	}
	query := r.URL.Query()
	previous := query.Get("previous") == "true"
	if refusal := pod.refusal(container, previous); refusal != "" {
		http.Error(w, refusal, http.StatusBadRequest)
		return
	}
	tail, err := strconv.Atoi(query.Get("tailLines"))
	if err != nil {
		tail = -1
	}
	text := pod.log(container, previous, query.Get("timestamps") == "true", tail)
	if limit, err := strconv.Atoi(query.Get("limitBytes")); err == nil && limit < len(text) {
		text = text[:limit]
	}
	_, _ = io.WriteString(w, text)
}

// refusal is what a kubelet says when there is no log (validateContainerLogStatus in pkg/kubelet/kubelet_pods.go).
func (p *planned) refusal(container string, previous bool) string {
	failing := p.Loops && container == p.way.container()
	switch {
	case p.Loops && p.way.init && container == appContainer:
		return fmt.Sprintf("container %q in pod %q is waiting to start: PodInitializing", container, p.PodName)
	case previous && (failing && p.way.reason == "" || !failing && (p.restarts == 0 || container == initContainer)):
		return fmt.Sprintf("previous terminated container %q in pod %q not found", container, p.PodName)
	case failing && p.way.reason == "":
		return p.fillHoles(p.way.refuses, container, "")
	}
	return ""
}

const ordinaryLines = 200

// log is the end of a run's log: ordinary lines, and then what the run died of.
func (p *planned) log(container string, previous, timestamps bool, tail int) string {
	end, ended := "", p.at
	switch {
	case p.Loops && container == p.way.container():
		end, ended = p.way.log(p.Workload), p.at.Add(-p.ended)
	case previous:
		end, ended = "FATAL out of file descriptors\n", p.at.Add(-p.ended)
	}
	var lines []string
	for i := range ordinaryLines {
		lines = append(lines, fmt.Sprintf("INFO order %d accepted by worker-%d in %d ms\n", p.number*1000+i, i%8, (p.number+i*37)%400))
	}
	for line := range strings.Lines(end) {
		lines = append(lines, line)
	}
	if tail >= 0 && tail < len(lines) {
		lines = lines[len(lines)-tail:]
	}
	if timestamps {
		for i := range lines {
			written := ended.Add(-time.Duration(len(lines)-i) * 10 * time.Millisecond)
			lines[i] = written.Format("2006-01-02T15:04:05.000000000Z") + " " + lines[i]
		}
	}
	return strings.Join(lines, "")
}
