package evidence

import (
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// Probe is one probe with its defaults applied, and what is known of its results.
type Probe struct {
	Set     bool   `cel:"set"`
	Type    string `cel:"type"`    // liveness, readiness, startup
	Handler string `cel:"handler"` // http, tcp, grpc, exec
	Target  string `cel:"target"`  // "http://:8080/healthz", ":5432", the command
	// Asks is the target as a sentence says it: "/healthz on port 8080", "port 5432", "the gRPC service on port 9000".
	Asks     string        `cel:"asks"`
	Port     int           `cel:"port"` // resolved; 0 when it has none or its name is not declared
	PortName string        `cel:"portName"`
	Path     string        `cel:"path"`
	Command  []string      `cel:"command"`
	Delay    time.Duration `cel:"delay"`
	Period   time.Duration `cel:"period"`
	Timeout  time.Duration `cel:"timeout"`
	Failures int           `cel:"failures"` // failureThreshold
	Grace    time.Duration `cel:"grace"`    // the grace period of a kill by this probe
	// GraceAssumed says that the source does not show the grace period: Grace is the default.
	GraceAssumed bool `cel:"graceAssumed"`

	// KillEarliest and KillLatest bound the kill decision, counted from the start of the container
	// (docs/kubernetes.md#from-probe-to-kill).
	KillEarliest time.Duration `cel:"killEarliest"`
	KillLatest   time.Duration `cel:"killLatest"`

	// Failed counts the failures that events tell of: a lower bound. LastFailure is the newest output.
	Failed      int        `cel:"failed"`
	LastFailure string     `cel:"lastFailure"`
	FailedAt    *time.Time `cel:"failedAt"`
	// FailedSlack is how much earlier than FailedAt the newest failure may have been.
	FailedSlack time.Duration `cel:"failedSlack"`
	// Failure classes the newest output: refused, timeout, status, tls, dns, exec, no-grpc, unhealthy, reset, protocol
	// (what answers speaks another one, like gRPC to an HTTP probe), other, "".
	Failure string `cel:"failure"`
	Status  int    `cel:"status"` // HTTP status of the newest failure, 0 when none
	// Errored says that the probe could not be run at all; such results never kill.
	Errored     bool   `cel:"errored"`
	ErrorText   string `cel:"errorText"`
	Ref         string `cel:"ref"`         // spec
	FailureRef  string `cel:"failureRef"`  // the event
	BudgetText  string `cel:"budgetText"`  // "20s–31s after start"
	SettingText string `cel:"settingText"` // "http-get http://:8080/healthz delay=5s timeout=1s period=10s #success=1 #failure=3"
}

// Hook is a lifecycle hook.
type Hook struct {
	Set     bool   `cel:"set"`
	Text    string `cel:"text"`    // "exec [sh -c …]", "http-get :8080/x", "sleep 5"
	Failed  bool   `cel:"failed"`  // events or status say that it failed
	Message string `cel:"message"` // why, where the status says it
	Ref     string `cel:"ref"`
}

// minGrace is the shortest grace period of a kill: the kubelet raises smaller ones
// (minimumGracePeriodInSeconds, pkg/kubelet/kuberuntime/kuberuntime_manager.go).
const minGrace = 2 * time.Second

// longGrace is as long a grace period as one may well meet where the source does not show it. Few pods ask for more.
const longGrace = 5 * time.Minute

// leastGrace and mostGrace bound the grace period of a kill by this probe.
func (p *Probe) leastGrace() time.Duration {
	if p.GraceAssumed {
		return minGrace
	}
	return p.Grace
}

func (p *Probe) mostGrace() time.Duration {
	if p.GraceAssumed {
		return longGrace
	}
	return p.Grace
}

// probeOf describes one probe with the defaults that the API server would apply (docs/kubernetes.md#probe-defaults), since
// manifests and older dumps lack them. Kind is liveness, readiness or startup; ref is where the probe stands in the spec.
func probeOf(kind string, p *corev1.Probe, spec *corev1.Container, pod *corev1.Pod, ref string) Probe {
	if p == nil {
		return Probe{Type: kind}
	}
	out := Probe{
		Set:      true,
		Type:     kind,
		Delay:    seconds(int64(max(0, p.InitialDelaySeconds))),
		Period:   seconds(int64(orDefault(p.PeriodSeconds, 10))),
		Timeout:  seconds(int64(orDefault(p.TimeoutSeconds, 1))),
		Failures: int(orDefault(p.FailureThreshold, 3)),
		Ref:      ref,
	}
	action := out.setHandler(&p.ProbeHandler, spec)
	out.SettingText = fmt.Sprintf("%s delay=%ds timeout=%ds period=%ds #success=%d #failure=%d", action,
		out.Delay/time.Second, out.Timeout/time.Second, out.Period/time.Second, orDefault(p.SuccessThreshold, 1), out.Failures)
	if kind != "readiness" { // readiness never kills (docs/kubernetes.md#start-up-budget)
		out.Grace = graceOf(p, pod)
		out.setBudget()
	}
	return out
}

// setHandler fills what the probe asks, and gives it in the words of kubectl describe (kubectl pkg/describe,
// DescribeProbe).
func (p *Probe) setHandler(h *corev1.ProbeHandler, spec *corev1.Container) (action string) {
	switch {
	case h.Exec != nil:
		p.Handler, p.Command = "exec", h.Exec.Command
		p.Target = strings.Join(h.Exec.Command, " ")
		return fmt.Sprintf("exec %v", h.Exec.Command)
	case h.HTTPGet != nil:
		p.setHTTP(h.HTTPGet, spec)
		return "http-get " + p.Target
	case h.TCPSocket != nil:
		p.Handler = "tcp"
		p.setPort(h.TCPSocket.Port, spec)
		p.Asks = "port " + p.portText() + ofHost(h.TCPSocket.Host)
		p.Target = net.JoinHostPort(h.TCPSocket.Host, p.portText())
		return "tcp-socket " + p.Target
	case h.GRPC != nil:
		p.Handler, p.Port = "grpc", int(h.GRPC.Port)
		p.Target = net.JoinHostPort("", p.portText())
		p.Asks = "the gRPC service on port " + p.portText()
		if h.GRPC.Service != nil && *h.GRPC.Service != "" {
			p.Target += " " + *h.GRPC.Service
		}
		return "grpc <pod>" + p.Target
	}
	return "unknown"
}

func (p *Probe) setHTTP(get *corev1.HTTPGetAction, spec *corev1.Container) {
	p.Handler, p.Path = "http", get.Path
	if p.Path == "" {
		p.Path = "/"
	}
	scheme := strings.ToLower(string(get.Scheme))
	if scheme == "" {
		scheme = "http"
	}
	p.setPort(get.Port, spec)
	p.Asks = "/" + strings.TrimPrefix(p.Path, "/") + " on port " + p.portText() + ofHost(get.Host)
	if scheme != "http" {
		p.Asks += " by " + strings.ToUpper(scheme)
	}
	// The path may hold a query; kubectl would escape its question mark, a person would not.
	p.Target = (&url.URL{Scheme: scheme, Host: net.JoinHostPort(get.Host, p.portText())}).String() +
		"/" + strings.TrimPrefix(p.Path, "/")
}

// ofHost goes on with a sentence where a probe asks another host than the pod.
func ofHost(host string) string {
	if host == "" {
		return ""
	}
	return " of " + host
}

// setPort resolves a port as the kubelet does (ResolveContainerPort, pkg/probe/util.go): a name is looked up among the
// declared ports, and a text that is none of them may still be a number. An undeclared name leaves Port 0; the kubelet
// then reports a probe error on every try, which never counts as a failure.
func (p *Probe) setPort(port intstr.IntOrString, spec *corev1.Container) {
	if port.Type == intstr.Int {
		p.Port = int(port.IntVal)
		return
	}
	p.PortName = port.StrVal
	if spec != nil {
		for _, declared := range spec.Ports {
			if declared.Name != "" && declared.Name == port.StrVal {
				p.Port = int(declared.ContainerPort)
				return
			}
		}
	}
	if n, err := strconv.ParseUint(port.StrVal, 10, 16); err == nil {
		p.Port = int(n)
	}
}

// portText is the port as the target shows it: the number when it is known, else the name.
func (p *Probe) portText() string {
	if p.Port == 0 && p.PortName != "" {
		return p.PortName
	}
	return strconv.Itoa(p.Port)
}

// graceOf is the grace period that the kubelet grants when this probe kills: the probe's own, else the pod's
// (setTerminationGracePeriod, pkg/kubelet/kuberuntime/kuberuntime_container.go).
func graceOf(p *corev1.Probe, pod *corev1.Pod) time.Duration {
	grace := defaultGrace
	switch {
	case p.TerminationGracePeriodSeconds != nil:
		grace = seconds(*p.TerminationGracePeriodSeconds)
	case pod != nil && pod.Spec.TerminationGracePeriodSeconds != nil:
		grace = seconds(*pod.Spec.TerminationGracePeriodSeconds)
	}
	return max(minGrace, grace)
}

// setBudget bounds the moment of the kill decision, counted from the start (docs/kubernetes.md#from-probe-to-kill). The
// probe's ticker is not aligned with the start, so the first probe falls anywhere within one period after the delay.
// Earliest: it comes at once and every failure is immediate. Latest: it comes a period late and every probe hangs until its
// time-out; probes of one worker run one after another, so a time-out longer than the period stretches the spacing.
func (p *Probe) setBudget() {
	delay, period, timeout := int64(p.Delay/time.Second), int64(p.Period/time.Second), int64(p.Timeout/time.Second)
	repeats := int64(p.Failures) - 1
	p.KillEarliest = seconds(delay + repeats*period)
	p.KillLatest = seconds(delay + period + repeats*max(period, timeout) + timeout)
	p.BudgetText = fmt.Sprintf("%s–%s after start", p.KillEarliest, p.KillLatest)
}

// seconds makes a duration, at most a century: a spec may hold numbers whose product a Duration cannot.
func seconds(n int64) time.Duration {
	const century = 100 * 365 * 24 * 60 * 60
	return time.Duration(min(max(0, n), century)) * time.Second
}

func orDefault(value, byDefault int32) int32 {
	if value <= 0 {
		return byDefault
	}
	return value
}
