package evidence

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"pgregory.net/rapid"
)

func httpProbe(port intstr.IntOrString) *corev1.Probe {
	return &corev1.Probe{ProbeHandler: corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Port: port}}}
}

func TestNoProbeIsNotSet(t *testing.T) {
	got := probeOf("liveness", nil, &corev1.Container{}, &corev1.Pod{}, "ref")
	if diff := cmp.Diff(Probe{Type: "liveness"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestProbeDefaults(t *testing.T) {
	got := probeOf("liveness", httpProbe(intstr.FromInt32(8080)), &corev1.Container{}, &corev1.Pod{}, "pod:.spec.containers[api].livenessProbe")
	want := Probe{
		Set: true, Type: "liveness", Handler: "http", Target: "http://:8080/", Asks: "/ on port 8080", Port: 8080, Path: "/",
		Period: 10 * time.Second, Timeout: time.Second, Failures: 3, Grace: 30 * time.Second,
		KillEarliest: 20 * time.Second, KillLatest: 31 * time.Second, BudgetText: "20s–31s after start",
		SettingText: "http-get http://:8080/ delay=0s timeout=1s period=10s #success=1 #failure=3",
		Ref:         "pod:.spec.containers[api].livenessProbe",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestProbeWindow takes the figures of docs/kubernetes.md#from-probe-to-kill and the corners of the formula.
func TestProbeWindow(t *testing.T) {
	tests := []struct {
		name                             string
		delay, period, timeout, failures int32
		earliest, latest                 time.Duration
	}{
		{"seed", 5, 10, 1, 3, 25 * time.Second, 36 * time.Second},
		{"one failure kills", 0, 10, 1, 1, 0, 11 * time.Second},
		{"probes slower than the period", 0, 1, 10, 3, 2 * time.Second, 31 * time.Second},
		{"negative numbers are defaults", -5, -1, -1, -1, 20 * time.Second, 31 * time.Second},
		{"numbers whose product overflows", 1<<31 - 1, 1<<31 - 1, 1<<31 - 1, 1<<31 - 1, seconds(1 << 62), seconds(1 << 62)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := probeOf("liveness", &corev1.Probe{
				InitialDelaySeconds: test.delay, PeriodSeconds: test.period, TimeoutSeconds: test.timeout, FailureThreshold: test.failures,
			}, nil, nil, "")
			if p.KillEarliest != test.earliest || p.KillLatest != test.latest {
				t.Errorf("window is %s–%s, want %s–%s", p.KillEarliest, p.KillLatest, test.earliest, test.latest)
			}
		})
	}
}

// TestProbeWindowHoldsSimulatedKills plays the prober's worker: ticks at a random phase, probes that take up to their
// time-out, one after another (pkg/kubelet/prober/worker.go).
func TestProbeWindowHoldsSimulatedKills(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		spec := corev1.Probe{
			InitialDelaySeconds: rapid.Int32Range(0, 60).Draw(t, "delay"),
			PeriodSeconds:       rapid.Int32Range(1, 30).Draw(t, "period"),
			TimeoutSeconds:      rapid.Int32Range(1, 40).Draw(t, "timeout"),
			FailureThreshold:    rapid.Int32Range(1, 10).Draw(t, "failures"),
		}
		p := probeOf("liveness", &spec, nil, nil, "")
		tick := time.Duration(rapid.Int64Range(-int64(p.Period), 0).Draw(t, "phase"))
		free := time.Duration(0) // when the worker is done with its last probe
		for failed := 0; failed < p.Failures; {
			tick += p.Period
			// A ticker keeps one missed tick; the worker takes it as soon as it is free.
			now := max(tick, free)
			for tick+p.Period <= now {
				tick += p.Period
			}
			if now < p.Delay {
				continue
			}
			took := time.Duration(rapid.Int64Range(0, int64(p.Timeout)).Draw(t, "took"))
			free = now + took
			failed++
		}
		if free < p.KillEarliest || free > p.KillLatest {
			t.Fatalf("killed after %s, window %s–%s", free, p.KillEarliest, p.KillLatest)
		}
	})
}

func TestProbeGrace(t *testing.T) {
	pod := func(n int64) *corev1.Pod {
		return &corev1.Pod{Spec: corev1.PodSpec{TerminationGracePeriodSeconds: &n}}
	}
	own := int64(5)
	tests := []struct {
		name string
		kind string
		own  *int64
		pod  *corev1.Pod
		want time.Duration
	}{
		{"the default", "liveness", nil, nil, 30 * time.Second},
		{"the pod's", "liveness", nil, pod(60), 60 * time.Second},
		{"the probe's own", "startup", &own, pod(60), 5 * time.Second},
		{"never under two seconds", "liveness", nil, pod(0), 2 * time.Second},
		{"readiness never kills", "readiness", nil, pod(60), 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := probeOf(test.kind, &corev1.Probe{TerminationGracePeriodSeconds: test.own}, nil, test.pod, "")
			if p.Grace != test.want {
				t.Errorf("grace is %s, want %s", p.Grace, test.want)
			}
		})
	}
}

func TestProbePort(t *testing.T) {
	spec := &corev1.Container{Ports: []corev1.ContainerPort{{ContainerPort: 9090}, {Name: "web", ContainerPort: 8080}}}
	tests := []struct {
		port   intstr.IntOrString
		want   int
		name   string
		target string
	}{
		{intstr.FromInt32(80), 80, "", "http://:80/"},
		{intstr.FromString("web"), 8080, "web", "http://:8080/"},
		{intstr.FromString("8081"), 8081, "8081", "http://:8081/"},
		{intstr.FromString("metrics"), 0, "metrics", "http://:metrics/"},
		{intstr.FromString("99999"), 0, "99999", "http://:99999/"},
	}
	for _, test := range tests {
		t.Run(test.port.String(), func(t *testing.T) {
			p := probeOf("liveness", httpProbe(test.port), spec, nil, "")
			if p.Port != test.want || p.PortName != test.name || p.Target != test.target {
				t.Errorf("got %d %q %s, want %d %q %s", p.Port, p.PortName, p.Target, test.want, test.name, test.target)
			}
		})
	}
}

func TestProbeHandlers(t *testing.T) {
	service := "ready"
	tests := []struct {
		name    string
		handler corev1.ProbeHandler
		kind    string
		target  string
		setting string
	}{
		{
			"http with scheme, host and query",
			corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Scheme: "HTTPS", Host: "example.org", Path: "/healthz?full=1", Port: intstr.FromInt32(443)}},
			"http", "https://example.org:443/healthz?full=1", "http-get https://example.org:443/healthz?full=1",
		},
		{
			"http path without slash",
			corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Path: "healthz", Port: intstr.FromInt32(80)}},
			"http", "http://:80/healthz", "http-get http://:80/healthz",
		},
		{"tcp", corev1.ProbeHandler{TCPSocket: &corev1.TCPSocketAction{Port: intstr.FromInt32(5432)}}, "tcp", ":5432", "tcp-socket :5432"},
		{"grpc", corev1.ProbeHandler{GRPC: &corev1.GRPCAction{Port: 9000}}, "grpc", ":9000", "grpc <pod>:9000"},
		{"grpc service", corev1.ProbeHandler{GRPC: &corev1.GRPCAction{Port: 9000, Service: &service}}, "grpc", ":9000 ready", "grpc <pod>:9000 ready"},
		{"exec", corev1.ProbeHandler{Exec: &corev1.ExecAction{Command: []string{"cat", "/tmp/ok"}}}, "exec", "cat /tmp/ok", "exec [cat /tmp/ok]"},
		{"none", corev1.ProbeHandler{}, "", "", "unknown"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := probeOf("liveness", &corev1.Probe{ProbeHandler: test.handler}, nil, nil, "")
			if p.Handler != test.kind || p.Target != test.target {
				t.Errorf("got %s %q, want %s %q", p.Handler, p.Target, test.kind, test.target)
			}
			if setting, _, _ := strings.Cut(p.SettingText, " delay="); setting != test.setting {
				t.Errorf("setting is %q, want %q", setting, test.setting)
			}
		})
	}
}
