package evidence

import (
	"strconv"
	"strings"

	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

// unhealthy matches the messages of Unhealthy events (pkg/kubelet/prober/prober.go): "Liveness probe failed: OUTPUT",
// "Liveness probe errored and resulted in unknown state: ERROR", and "Liveness probe errored: ERROR" up to 1.32.
var unhealthy = lazyregexp.New(`(?s)^(Liveness|Readiness|Startup) probe (failed|errored)(?: and resulted in \w+ state)?:? ?(.*)$`)

// addResults adds what events tell of this probe in the named container. A probe that could not be run at all
// ("errored") is told apart from one that failed: the kubelet throws errors away, so they never kill
// (docs/kubernetes.md#from-probe-to-kill). Counts are lower bounds, since the kubelet's event rate is limited
// (docs/kubernetes.md#event-mechanics).
func (p *Probe) addResults(container string, events []Event) {
	var failed, errored *Event
	for i := range events {
		e := &events[i]
		kind, isError, output, ok := probeResult(e, container)
		switch {
		case !ok || kind != p.Type:
		case isError:
			if errored == nil || !e.Last.Before(errored.Last) {
				errored = e
				p.Errored, p.ErrorText = true, output
			}
		default:
			p.Failed = min(p.Failed+max(1, e.Count), maxCount)
			if failed == nil || !e.Last.Before(failed.Last) {
				failed = e
				p.LastFailure = output
			}
		}
	}
	switch {
	case failed != nil:
		p.Failure, p.Status = p.classify(p.LastFailure)
		p.FailureRef = failed.Ref
		if !failed.Last.IsZero() {
			at := failed.Last
			p.FailedAt, p.FailedSlack = &at, failed.Slack
		}
	case errored != nil:
		p.FailureRef = errored.Ref
	}
}

// maxCount bounds sums of counts that foreign files may have made up.
const maxCount = 1 << 30

// probeResult reads an Unhealthy event of the named container.
func probeResult(e *Event, container string) (kind string, isError bool, output string, ok bool) {
	if e.Reason != "Unhealthy" || e.Container != container {
		return "", false, "", false
	}
	m := unhealthy.FindStringSubmatch(e.Message)
	if m == nil {
		return "", false, "", false
	}
	return strings.ToLower(m[1]), m[2] == "errored", strings.TrimSpace(m[3]), true
}

var (
	// commandTimeout matches how the kubelet says that an exec probe took too long, in either order of its words.
	commandTimeout = lazyregexp.New(`(?s)^command (?:timed out|".*" timed out)`)

	// ofKubelet matches outputs that are the kubelet's own words and no command's (pkg/probe/http, tcp, grpc).
	ofKubelet = lazyregexp.New(`^Get "?https?://|^HTTP probe failed with statuscode: |^dial tcp |^timeout: (?:failed to connect service|health rpc)|^service unhealthy \(responded with|^error: this server does not implement the grpc health`)

	statusCode = lazyregexp.New(`HTTP probe failed with statuscode: (\d{3})`)

	// commandMissing matches the output of an exec probe whose own command could not be run: the runtime's text, or a
	// shell's or interpreter's about its script. "cat: /tmp/healthy: No such file or directory" is none of these: there
	// the probe ran, and found what it checks to be bad.
	commandMissing = lazyregexp.New(`(?im)executable file not found|OCI runtime exec failed|failed to exec in container|` +
		`^(?:/\S*/)?(?:sh|bash|ash|dash|ksh|zsh|env|busybox)(?:: (?:line )?\d+)?: .*(?:not found|no such file or directory|permission denied|cannot execute|exec format error)|` +
		`^\S*(?:python|perl|ruby|node)\S*: can't open |^(?:exec|fork/exec) \S+ (?:no such file or directory|permission denied|exec format error)|` +
		`^exec:? .*(?:no such file or directory|permission denied|not found)`)
)

// outputClasses are the texts by which the output of a network probe is classed (docs/kubernetes.md#probe-output), the first
// match wins. Order matters: a message often ends in a general phrase after a telling one.
var outputClasses = []struct {
	class string
	text  *lazyregexp.Regexp
}{
	{"no-grpc", lazyregexp.New(`does not implement the grpc health protocol`)},
	{"unhealthy", lazyregexp.New(`service unhealthy \(responded with`)},
	{"refused", lazyregexp.New(`connection refused`)},
	// The kubelet's gRPC client dials again until its time is up, so a refused connection shows only as this; a server
	// that accepts but is slow to answer gives "health rpc did not complete" instead (probe/grpc/grpc.go).
	{"refused", lazyregexp.New(`timeout: failed to connect service`)},
	{"dns", lazyregexp.New(`no such host|server misbehaving|dial tcp: lookup |[Tt]emporary failure in name resolution`)},
	{"tls", lazyregexp.New(`server gave HTTP response to HTTPS client|\btls: |x509: |malformed HTTP response "\\x1[4-7]\\x03`)},
	{"protocol", lazyregexp.New(`malformed HTTP |error reading server preface|looked like an HTTP/1\.1 header|net/http: HTTP/1\.x transport connection broken`)},
	{"reset", lazyregexp.New(`connection reset by peer|broken pipe|\bEOF\b|server closed`)},
	{"timeout", lazyregexp.New(`deadline exceeded|i/o timeout|Client\.Timeout|did not complete within|timed out`)},
}

// classify puts the output of a failed probe into one of the classes of [Probe.Failure], with the HTTP status if the
// output gives one. The output of an exec probe is the command's own, so it may quote anything: only its time-out and a
// command that could not be run are recognised.
func (p *Probe) classify(output string) (class string, status int) {
	if p.Handler == "" && !ofKubelet.MatchString(output) {
		return "other", 0 // the probe is not shown, and may be a command
	}
	if p.Handler == "exec" {
		switch {
		case commandTimeout.MatchString(output):
			return "timeout", 0
		case commandMissing.MatchString(output):
			return "exec", 0
		}
		return "other", 0
	}
	if m := statusCode.FindStringSubmatch(output); m != nil {
		status, _ = strconv.Atoi(m[1]) // three digits
		return "status", status
	}
	for _, c := range outputClasses {
		if c.text.MatchString(output) {
			return c.class, 0
		}
	}
	return "other", 0
}
