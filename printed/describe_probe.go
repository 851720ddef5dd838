package printed

import (
	"net"
	"net/url"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

// probe is what DescribeProbe prints. Up to kubectl 1.35 the thresholds are called #success and #failure.
var probe = lazyregexp.New(`(?s)^(exec|http-get|tcp-socket|grpc|unknown) (.*?) ?delay=(\d+)s timeout=(\d+)s period=(\d+)s ` +
	`(?:#success|successThreshold)=(\d+) (?:#failure|failureThreshold)=(\d+)(?:\s.*)?$`)

// probeFrom reads a probe. nil: it is none, or it was cut.
func probeFrom(text string) *corev1.Probe {
	m := probe.FindStringSubmatch(text)
	if m == nil {
		return nil
	}
	p := &corev1.Probe{}
	for i, into := range []*int32{&p.InitialDelaySeconds, &p.TimeoutSeconds, &p.PeriodSeconds, &p.SuccessThreshold, &p.FailureThreshold} {
		n, read := int32From(m[3+i])
		if !read {
			return nil
		}
		*into = n
	}
	target := strings.TrimSpace(m[2])
	switch m[1] {
	case "exec":
		p.Exec = &corev1.ExecAction{Command: execFrom(target)}
	case "http-get":
		p.HTTPGet = httpGetFrom(target)
	case "tcp-socket":
		host, name := splitHostPort(target)
		p.TCPSocket = &corev1.TCPSocketAction{Host: host, Port: intstr.Parse(name)}
	case "grpc":
		p.GRPC = grpcFrom(target)
	}
	return p
}

// execFrom reads "[sh -c test -f /ready]", as Go prints a list: nothing tells where one word ends, so it is at each space,
// but for a shell's script.
func execFrom(target string) []string {
	words := strings.Split(strings.TrimSuffix(strings.TrimPrefix(target, "["), "]"), " ")
	if script := scriptAt(words); script >= 0 && script < len(words) {
		return append(words[:script:script], strings.Join(words[script:], " "))
	}
	return words
}

// httpGetFrom reads "http://:8080/healthz". The port may have a name, which url.Parse would refuse.
func httpGetFrom(target string) *corev1.HTTPGetAction {
	scheme, rest, ok := strings.Cut(target, "://")
	if !ok {
		scheme, rest = "", strings.TrimPrefix(target, "//")
	}
	host, path := rest, ""
	if i := strings.IndexByte(rest, '/'); i >= 0 {
		host, path = rest[:i], rest[i:]
	}
	if plain, err := url.PathUnescape(path); err == nil {
		path = plain
	}
	get := &corev1.HTTPGetAction{Scheme: corev1.URIScheme(strings.ToUpper(scheme)), Path: path}
	name := ""
	get.Host, name = splitHostPort(host)
	get.Port = intstr.Parse(name)
	return get
}

// splitHostPort takes a host and a port apart. What stands for no host is none.
func splitHostPort(target string) (host, name string) {
	host, name, err := net.SplitHostPort(target)
	if err != nil {
		if i := strings.LastIndexByte(target, ':'); i >= 0 {
			return target[:i], target[i+1:]
		}
		return target, ""
	}
	return host, name
}

func grpcFrom(target string) *corev1.GRPCAction {
	address, service, _ := strings.Cut(target, " ")
	_, name := splitHostPort(address)
	action := &corev1.GRPCAction{Service: &service}
	if n, err := strconv.ParseInt(name, 10, 32); err == nil {
		action.Port = int32(n)
	}
	return action
}
