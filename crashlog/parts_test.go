package crashlog

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestClean(t *testing.T) {
	tests := []struct{ in, want string }{
		{"plain text", "plain text"},
		{"tab\tstays\r\n", "tab\tstays"},
		{"\x1b[1;31mred\x1b[0m", "red"},
		{"\x1b]0;title\aafter", "after"},
		{"\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"},
		{"\x1bPdevice\x1b\\control", "control"},
		{"\u009b31mred", "red"},
		{"\x1b(Bcharset", "charset"},
		{"cut off \x1b[", "cut off "},
		{"\x1b", ""},
		{"bell\a back\b null\x00", "bell back null"},
		{" 10%\r 50%\r100%\r", "100%"},
		{"bad \xff utf", "bad \uFFFD utf"},
		{"right\u202eto left", "rightto left"},
		{"ünïcode", "ünïcode"},
	}
	for _, tt := range tests {
		if got := Clean(tt.in); got != tt.want {
			t.Errorf("Clean(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestStamp(t *testing.T) {
	tests := []struct{ in, want string }{
		{"2026-03-02T10:11:12.123456789Z x", "2026-03-02T10:11:12.123456789Z"},
		{"2026-03-02T10:11:12+08:00 x", "2026-03-02T02:11:12Z"},
		{"2026-03-02 10:11:12,345 x", "2026-03-02T10:11:12.345Z"},
		{"2026-03-02 10:11:12.345 UTC [1] x", "2026-03-02T10:11:12.345Z"},
		{"2026-03-02 10:11:12 +0100] x", "2026-03-02T09:11:12Z"},
		{"2026/03/02 10:11:12 x", "2026-03-02T10:11:12Z"},
		{"02 Mar 2026 10:11:12.345 # x", "2026-03-02T10:11:12.345Z"},
		{"02-Mar-2026 10:11:12] x", "2026-03-02T10:11:12Z"},
		{"02/Mar/2026:10:11:12 +0100] x", "2026-03-02T09:11:12Z"},
		{"Mon Mar 02 10:11:12.345678 2026] x", "2026-03-02T10:11:12Z"},
		{"Mar 02, 2026 1:11:12 PM com.acme.App main", "2026-03-02T13:11:12Z"},
		{"1772446272.5\tinfo", "2026-03-02T10:11:12.5Z"},
		{"1772446272500 x", "2026-03-02T10:11:12.5Z"},
		{"Mar  2 10:11:12 host app", "0001-01-01T00:00:00Z"},
		{"10:11:12.345 [main] x", "0001-01-01T00:00:00Z"},
		{"9999-12-31T23:59:59-12:00 x", "0001-01-01T00:00:00Z"},
	}
	for _, tt := range tests {
		got, n := stamp(tt.in)
		if n == 0 || got.UTC().Format(time.RFC3339Nano) != tt.want {
			t.Errorf("stamp(%q) = %s, length %d, want %s", tt.in, got.UTC().Format(time.RFC3339Nano), n, tt.want)
		}
	}
	for _, in := range []string{"", "hello world", "2026-99-02T10:11:12Z", "12345678901 x", "10:11:123", "1772446272.5x", "Marmalade", "v1.2.3"} {
		if got, n := stamp(in); n != 0 {
			t.Errorf("stamp(%q) = %s, length %d", in, got, n)
		}
	}
}

func TestParseLine(t *testing.T) {
	tests := []struct{ in, level, text string }{
		{"hello", "", "hello"},
		{"2026-03-02 10:11:12.345 ERROR 1 --- [           main] o.s.boot.SpringApplication   : Application run failed", "error", "Application run failed"},
		{"2026-03-02T10:11:12.345Z ERROR 1 --- [shop] [main] o.s.boot.SpringApplication : run failed", "error", "run failed"},
		{"10:11:12.345 [main] ERROR com.acme.App - cannot start", "error", "cannot start"},
		{"2026-03-02 10:11:12,345 - acme.db - CRITICAL - no connection", "fatal", "no connection"},
		{"ERROR:root:no connection", "error", "no connection"},
		{"CRITICAL: no connection", "fatal", "no connection"},
		{"2026-03-02 10:11:12.345 | ERROR    | acme.main:run:12 - no connection", "error", "no connection"},
		{"[2026-03-02 10:11:12,345] ERROR no connection (kafka.Server)", "error", "no connection (kafka.Server)"},
		{"[2026-03-02T10:11:12,345][ERROR][o.e.b.Bootstrap] [node-1] no connection", "error", "no connection"},
		{"2026/03/02 10:11:12 [emerg] 1#1: bind() to 0.0.0.0:80 failed", "fatal", "bind() to 0.0.0.0:80 failed"},
		{"[Mon Mar 02 10:11:12.345678 2026] [core:error] [pid 1] AH00111: Config variable ${X} is not defined", "error", "AH00111: Config variable ${X} is not defined"},
		{"2026-03-02T10:11:12.345678Z 0 [ERROR] [MY-010123] [Server] no connection", "error", "no connection"},
		{"2026-03-02 10:11:12.345 UTC [1] FATAL:  no connection", "fatal", "no connection"},
		{"F0302 10:11:12.345678       1 main.go:12] no connection", "fatal", "no connection"},
		{"E0302 10:11:12.345678       1 main.go:12] \"No connection\" err=\"refused\" pod=\"a/b\"", "error", "No connection: refused"},
		{"2026-03-02T10:11:12.345Z\tERROR\tsetup\tunable to start\t{\"error\": \"refused\"}", "error", "unable to start: refused"},
		{"2026-03-02T10:11:12Z ERROR app::db: no connection", "error", "no connection"},
		{"[2026-03-02T10:11:12Z ERROR app] no connection", "error", "no connection"},
		{"[10:11:12 FTL] no connection", "fatal", "no connection"},
		{"2026/03/02 10:11:12 ERROR no connection err=refused", "error", "no connection: refused"},
		{"2026-03-02T10:11:12.345Z [ERROR] agent: no connection: error=\"refused\"", "error", "agent: no connection: refused"},
		{"ts=2026-03-02T10:11:12Z caller=main.go:1 level=error msg=\"no connection\" err=\"refused\"", "error", "no connection: refused"},
		{`{"level":"error","msg":"no connection","error":"refused"}`, "error", "no connection: refused"},
		{`{"Severity":"CRITICAL","Message":"no connection"}`, "fatal", "no connection"},
		{`{"@t":"2026-03-02T10:11:12Z","@l":"Fatal","@mt":"no connection","@x":"System.Exception: refused"}`, "fatal", "no connection: System.Exception: refused"},
		{`{"level":"error","msg":"cut off in the mid`, "error", "cut off in the mid"},
		{"1:M 02 Mar 2026 10:11:12.345 # Warning: no connection", "warn", "Warning: no connection"},
		{"error: no connection", "error", "error: no connection"},
		{"Fatal error: no connection", "fatal", "Fatal error: no connection"},
		{"INFO no errors", "info", "no errors"},
		{"Information is missing", "", "Information is missing"},
		{"[app] hello", "", "[app] hello"},
	}
	for _, tt := range tests {
		e := parseLine(1, tt.in)
		if e.level != tt.level || e.text != tt.text {
			t.Errorf("parseLine(%q)\n got %q, %q\nwant %q, %q", tt.in, e.level, e.text, tt.level, tt.text)
		}
	}
}

// TestWordsThatTellOfNoFailure keeps the words of failure from misleading where nothing failed, and the other way round.
func TestWordsThatTellOfNoFailure(t *testing.T) {
	for _, line := range []string{
		"finished with 0 errors", "errors: 0", "errors=0 warnings=2", "no error", "no errors found", "failed: 0, passed: 12", "0 failed, 12 passed",
		"nginx: error_log=/dev/stderr", "error log is /dev/stderr", "error=nil", `result error="" ok`, "err=<nil>", "started with --fail-fast", "loading error pages",
		"INFO an error was retried", "level=info msg=\"error budget\" failed=true", `{"level":"info","msg":"failed over to replica"}`, "DEBUG connection refused, trying next",
		"ERROR pod shop/cart is in CrashLoopBackOff", "container web was OOMKilled (exit 137)", "on error resume next", "error rate 0.1%", "memory in use 12 MiB",
	} {
		if e := parseLine(1, line); e.failed() {
			t.Errorf("%q counts as a failure", line)
		}
	}
	for _, line := range []string{
		"error: no such table", "Error: connect ECONNREFUSED", "could not open /etc/x", "REGION must be set", "variable TOKEN is undefined", "permission denied", "bind: address already in use",
		"level=error msg=stopped", `{"level":"error","msg":"stopped"}`, "ERROR stopped", "request timed out", "migration 42 failed: relation exists", "No space left on device", "3 errors found",
	} {
		if e := parseLine(1, line); !e.failed() {
			t.Errorf("%q does not count as a failure", line)
		}
	}
}

func TestReadyAndShutdown(t *testing.T) {
	tests := []struct {
		line      string
		ready     bool
		stops     bool
		listening []int
		loopback  bool
	}{
		{"listening on :8080", true, false, []int{8080}, false},
		{"Server listening at http://127.0.0.1:3000", true, false, []int{3000}, true},
		{"Listening on localhost:5000", true, false, []int{5000}, true},
		{"listening on [::1]:5000", true, false, []int{5000}, true},
		{"Tomcat started on port(s): 8080 (http) with context path ''", true, false, []int{8080}, false},
		{"Started ShopApplication in 4.211 seconds (process running for 4.9)", true, false, nil, false},
		{"INFO:     Uvicorn running on http://0.0.0.0:8000 (Press CTRL+C to quit)", true, false, []int{8000}, false},
		{"2026-03-02 10:11:12.345 UTC [1] LOG:  database system is ready to accept connections", true, false, nil, false},
		{"1:M 02 Mar 2026 10:11:12.345 * Ready to accept connections tcp", true, false, nil, false},
		{`{"level":"info","msg":"starting grpc server at :3550"}`, true, false, []int{3550}, false},
		{"Now listening on: http://[::]:8080", true, false, []int{8080}, false},
		{"failed to start server on :8080", false, false, nil, false},
		{"waiting for db to be ready", false, false, nil, false},
		{"not ready yet", false, false, nil, false},
		{"ERROR listening on :8080 failed", false, false, nil, false},
		{"Starting ShopApplication v1 using Java 21 on shop-service-1 with PID 1 (started by app)", false, false, nil, false},
		{"received SIGTERM, shutting down gracefully", false, true, nil, false},
		{"got signal terminated", false, true, nil, false},
		{"Commencing graceful shutdown. Waiting for active requests to complete", false, true, nil, false},
		{"2026-03-02 10:11:12.345 UTC [1] LOG:  received fast shutdown request", false, true, nil, false},
		{"registered shutdown hook", false, false, nil, false},
		{"shutdown timeout is 30s", false, false, nil, false},
		{"signal strength ok", false, false, nil, false},
	}
	for _, tt := range tests {
		l := ReadBytes([]byte(tt.line + "\n"))
		if (l.Ready.Number > 0) != tt.ready || (l.Shutdown.Number > 0) != tt.stops || l.Loopback != tt.loopback {
			t.Errorf("%q: ready %t, stops %t, loopback %t", tt.line, l.Ready.Number > 0, l.Shutdown.Number > 0, l.Loopback)
		}
		if diff := cmp.Diff(tt.listening, l.Listening); diff != "" {
			t.Errorf("%q: listening (-want +got):\n%s", tt.line, diff)
		}
	}
	both := ReadBytes([]byte("admin listening on 127.0.0.1:9000\nlistening on 0.0.0.0:8080\n"))
	if both.Loopback {
		t.Error("a second address that is none of the loopback's is forgotten")
	}
}

func TestExtract(t *testing.T) {
	tests := []struct {
		text string
		want Crash
	}{
		{"dial tcp 10.96.0.50:5432: connect: connection refused", Crash{Host: "10.96.0.50", Port: "5432"}},
		{"read tcp 10.1.0.4:51812->10.2.0.9:6379: i/o timeout", Crash{Host: "10.2.0.9", Port: "6379"}},
		{"lookup users.prod.svc on 10.96.0.10:53: no such host", Crash{Host: "users.prod.svc"}},
		{"getaddrinfo ENOTFOUND cart-db", Crash{Host: "cart-db"}},
		{"connect ECONNREFUSED ::1:5432", Crash{Host: "::1", Port: "5432"}},
		{`connection to server at "ledger-db" (10.96.40.2), port 5432 failed: FATAL:  password authentication failed for user "ledger"`, Crash{Host: "ledger-db", Port: "5432", User: "ledger"}},
		{"listen tcp :80: bind: permission denied", Crash{Port: "80"}},
		{"listen EADDRINUSE: address already in use :::3000", Crash{Host: "::", Port: "3000"}},
		{`Get "https://app:s3cret@api.example.com:8443/v1": EOF`, Crash{Host: "api.example.com", Port: "8443", URL: "https://api.example.com:8443/v1"}},
		{"open /etc/app/config.yaml: no such file or directory", Crash{Path: "/etc/app/config.yaml"}},
		{"[Errno 13] Permission denied: '/data/out.db'", Crash{Path: "/data/out.db"}},
		{"can't open the RDB file dump.rdb for reading: Permission denied", Crash{Path: "dump.rdb"}},
		{"error while loading shared libraries: libssl.so.1.1: cannot open shared object file", Crash{Path: "libssl.so.1.1"}},
		{"KeyError: 'DATABASE_URL'", Crash{Var: "DATABASE_URL"}},
		{"required environment variable QUEUE_NAME is not set", Crash{Var: "QUEUE_NAME"}},
		{"/start.sh: line 4: REGION: unbound variable", Crash{Var: "REGION", Path: "/start.sh"}},
		{"unknown field \"replicsa\"", Crash{Key: "replicsa"}},
		{"Could not resolve placeholder 'shop.token' in value", Crash{Key: "shop.token"}},
		{"unknown flag: --metrics-adress", Crash{Key: "--metrics-adress"}},
		{"main.go:42: pid:7 line 3", Crash{}},
	}
	for _, tt := range tests {
		c := &Crash{Said: []Statement{{Text: tt.text, Line: 1, Strength: StrengthCause}}}
		extract(c)
		c.Said = nil
		if diff := cmp.Diff(&tt.want, c); diff != "" {
			t.Errorf("%q (-want +got):\n%s", tt.text, diff)
		}
	}
}

func TestFingerprintIgnoresWhatDiffersByChance(t *testing.T) {
	print := func(log string) string { return ReadBytes([]byte(log)).Crash.Fingerprint }
	same := [][2]string{
		{"FATAL: job 17 failed at 10.0.0.3:4100\n", "FATAL: job 18 failed at 10.2.0.9:51233\n"},
		{"FATAL: order 3f2c9a1e-0b4d-4c7e-9d21-5a6b7c8d9e0f lost\n", "FATAL: order 00000000-1111-2222-3333-444444444444 lost\n"},
		{"2026-03-02T10:00:00Z FATAL pod shop-7d9f8b6c5d-x2x4q gone\n", "2027-04-03T11:22:33Z FATAL pod shop-6c5b4d8f9d-9k2lp gone\n"},
		{goPanic, "panic: no queue\n\ngoroutine 77 [running]:\nmain.main()\n\t/src/main.go:10 +0x6c\n"},
	}
	for _, pair := range same {
		if print(pair[0]) != print(pair[1]) {
			t.Errorf("fingerprints differ:\n%s%s", pair[0], pair[1])
		}
	}
	if print("FATAL: disk full\n") == print("FATAL: no route to host\n") {
		t.Error("different crashes have one fingerprint")
	}
}

func TestHintsAreFound(t *testing.T) {
	for _, hints := range [][]hint{streamHints, failHints} {
		a := newAutomaton(hints)
		for _, h := range hints {
			for _, word := range h.words {
				for _, line := range []string{word, "xx" + word + "yy", "sigshutt" + word} {
					if find(a, line)&h.group == 0 {
						t.Errorf("%q is not found in %q", word, line)
					}
				}
			}
		}
	}
	a := newAutomaton(streamHints)
	if find(a, "LISTENING") != hintsReady {
		t.Error("capital letters are not found")
	}
	if find(a, "an ordinary line") != 0 {
		t.Error("something is found in an ordinary line")
	}
}
