package evidence

import (
	"testing"
	"time"
)

var crashTime = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func unhealthyEvent(container, message string, count int, at time.Time, ref string) Event {
	return Event{Type: "Warning", Reason: "Unhealthy", Kind: "Pod", Container: container, Message: message, Count: count, First: at, Last: at, Ref: ref}
}

func TestProbeResults(t *testing.T) {
	refused := "Liveness probe failed: dial tcp 10.244.1.8:8080: connect: connection refused"
	events := []Event{
		unhealthyEvent("api", refused, 5, crashTime, "events/1"),
		unhealthyEvent("api", "Liveness probe failed: HTTP probe failed with statuscode: 503", 2, crashTime.Add(time.Minute), "events/2"),
		unhealthyEvent("api", "Readiness probe failed: HTTP probe failed with statuscode: 404", 40, crashTime.Add(2*time.Minute), "events/3"),
		unhealthyEvent("proxy", refused, 9, crashTime.Add(3*time.Minute), "events/4"),
		{Reason: "Killing", Container: "api", Message: "Container api failed liveness probe, will be restarted", Count: 3, Last: crashTime, Ref: "events/5"},
		unhealthyEvent("api", "some other text", 1, crashTime.Add(4*time.Minute), "events/6"),
	}
	p := Probe{Set: true, Type: "liveness", Handler: "http"}
	p.addResults("api", events)
	if p.Failed != 7 || p.LastFailure != "HTTP probe failed with statuscode: 503" || p.Failure != "status" || p.Status != 503 {
		t.Errorf("got %d failures, last %q, class %s, status %d", p.Failed, p.LastFailure, p.Failure, p.Status)
	}
	if p.FailureRef != "events/2" || p.FailedAt == nil || !p.FailedAt.Equal(crashTime.Add(time.Minute)) || p.Errored {
		t.Errorf("got ref %s at %v, errored %v", p.FailureRef, p.FailedAt, p.Errored)
	}
}

// TestErroredProbeDidNotFail keeps apart what the kubelet keeps apart: errors never count towards a kill.
func TestErroredProbeDidNotFail(t *testing.T) {
	for _, message := range []string{
		"Liveness probe errored and resulted in unknown state: rpc error: code = Unknown desc = failed to exec in container: exec failed",
		"Liveness probe errored: rpc error: code = Unknown desc = failed to exec in container: exec failed",
	} {
		p := Probe{Set: true, Type: "liveness", Handler: "exec"}
		p.addResults("api", []Event{unhealthyEvent("api", message, 4, crashTime, "events/1")})
		if p.Failed != 0 || p.FailedAt != nil || p.Failure != "" {
			t.Errorf("an error counted as a failure: %+v", p)
		}
		if !p.Errored || p.ErrorText != "rpc error: code = Unknown desc = failed to exec in container: exec failed" || p.FailureRef != "events/1" {
			t.Errorf("errored %v %q %s", p.Errored, p.ErrorText, p.FailureRef)
		}
	}
}

func TestProbeWithoutEventsHasNoResults(t *testing.T) {
	p := Probe{Set: true, Type: "liveness"}
	p.addResults("api", nil)
	if p.Failed != 0 || p.Failure != "" || p.FailureRef != "" || p.FailedAt != nil {
		t.Errorf("got %+v", p)
	}
}

// TestFailureClass holds the classes to outputs in the formats of pkg/probe.
func TestFailureClass(t *testing.T) {
	tests := []struct{ handler, output, want string }{
		{"http", `HTTP probe failed with statuscode: 500`, "status"},
		{"http", `Get "http://10.244.1.7:8080/healthz": dial tcp 10.244.1.7:8080: connect: connection refused`, "refused"},
		{"http", `Get "http://10.244.1.7:8080/healthz": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`, "timeout"},
		{"http", `Get "http://10.244.1.7:8080/healthz": dial tcp 10.244.1.7:8080: i/o timeout`, "timeout"},
		{"http", `Get "https://10.244.1.7:8443/": http: server gave HTTP response to HTTPS client`, "tls"},
		{"http", `Get "https://10.244.1.7:8443/": remote error: tls: handshake failure`, "tls"},
		{"http", `Get "http://10.244.1.7:8443/": net/http: HTTP/1.x transport connection broken: malformed HTTP response "\x15\x03\x01\x00\x02\x02"`, "tls"},
		{"http", `Get "http://10.244.1.7:9000/": net/http: HTTP/1.x transport connection broken: malformed HTTP response "\x00\x00\x06\x04\x00"`, "protocol"},
		{"http", `Get "http://health.internal:80/": dial tcp: lookup health.internal on 10.96.0.10:53: no such host`, "dns"},
		{"http", `Get "http://health.internal:80/": dial tcp: lookup health.internal on 10.96.0.10:53: read udp: i/o timeout`, "dns"},
		{"http", `Get "http://10.244.1.7:8080/": read tcp 10.0.0.1:5000->10.244.1.7:8080: read: connection reset by peer`, "reset"},
		{"http", `Get "http://10.244.1.7:8080/": EOF`, "reset"},
		{"http", `Get "http://10.244.1.7:8080/": dial tcp 10.244.1.7:8080: connect: no route to host`, "other"},
		{"tcp", `dial tcp 10.244.1.7:5432: connect: connection refused`, "refused"},
		{"tcp", `dial tcp 10.244.1.7:5432: i/o timeout`, "timeout"},
		{"grpc", `timeout: failed to connect service "10.244.1.7:9000" within 1s: context deadline exceeded`, "refused"},
		{"grpc", `timeout: health rpc did not complete within 1s`, "timeout"},
		{"grpc", `error: this server does not implement the grpc health protocol (grpc.health.v1.Health): unknown service grpc.health.v1.Health`, "no-grpc"},
		{"grpc", `service unhealthy (responded with "NOT_SERVING")`, "unhealthy"},
		{"grpc", `error: health rpc probe failed: rpc error: code = Unavailable desc = connection error: desc = "error reading server preface: http2: frame too large"`, "protocol"},
		{"exec", `command timed out: "cat /x" timed out after 1s`, "timeout"},
		{"exec", `command "pg_isready -U x" timed out`, "timeout"},
		{"exec", `OCI runtime exec failed: exec failed: unable to start container process: exec: "curl": executable file not found in $PATH: unknown`, "exec"},
		{"exec", "/bin/sh: 1: curl: not found", "exec"},
		{"exec", "sh: curl: not found", "exec"},
		{"exec", "bash: line 1: wget: command not found", "exec"},
		{"exec", "sh: can't open '/probe.sh': No such file or directory", "exec"},
		{"exec", "python3: can't open file '/probe.py': [Errno 2] No such file or directory", "exec"},
		{"exec", "cat: can't open '/tmp/healthy': No such file or directory", "other"},
		{"exec", "cat: /tmp/healthy: No such file or directory", "other"},
		{"exec", "wget: server returned error: HTTP/1.1 404 Not Found", "other"},
		{"exec", "curl: (7) Failed to connect to localhost port 8080: Connection refused", "other"},
		{"exec", "upstream says: connection refused", "other"},
		{"exec", "the query timed out", "other"},
		{"exec", "", "other"},
	}
	for _, test := range tests {
		t.Run(test.handler+" "+test.output, func(t *testing.T) {
			p := Probe{Handler: test.handler}
			if got, _ := p.classify(test.output); got != test.want {
				t.Errorf("class is %s, want %s", got, test.want)
			}
		})
	}
}
