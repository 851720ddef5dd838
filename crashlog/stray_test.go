package crashlog

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// ambiguous are samples in whose traces a strange line cannot be told for sure, and why.
var ambiguous = map[string]string{
	"app_frames.log":   "bare frames below a message: the line nearest to them is taken for what they are about",
	"app_leader.log":   "a logger's record with bare frames: only their place right below it says that they are its own",
	"app_pydantic.log": "a message of several lines: what follows a record may be the record's",
}

// TestRecordInATrace puts a record of the other stream after every line up to the end of the crash of every sample. The
// crash must be the same.
func TestRecordInATrace(t *testing.T) {
	eachStray(t, []string{
		"2026-03-02 10:00:00,123 INFO  served GET /healthz in 3 ms\n",
		"I0302 10:00:00.123456       1 server.go:12] served /healthz\n",
		`{"level":"info","ts":"2026-03-02T10:00:00Z","msg":"served","path":"/healthz"}` + "\n",
	}, func(got *Crash, _ string) string { return got.Message })
}

// TestPlainLineInATrace does the same with a line that could be of any program. Within a message it may be more of it; all
// else must be the same.
func TestPlainLineInATrace(t *testing.T) {
	eachStray(t, []string{"GET /healthz 200\n", "10.1.0.7 - - [02/Mar/2026:10:00:00 +0000] \"GET /healthz HTTP/1.1\" 200 2\n"},
		func(got *Crash, line string) string {
			return strings.ReplaceAll(strings.ReplaceAll(got.Message, "\n"+strings.TrimSpace(line), ""), line, "")
		})
}

// eachStray puts one of the lines, once or twice, after each line of every sample that is a trace. The message is compared as message
// gives it.
func eachStray(t *testing.T, strange []string, message func(got *Crash, line string) string) {
	for _, name := range sampleFiles(t) {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		want := ReadBytes(data).Crash
		if want == nil || want.Kind != KindTrace || ambiguous[filepath.Base(name)] != "" {
			continue
		}
		lines := strings.SplitAfter(string(data), "\n")
		for at := 1; at < want.End; at++ {
			line := strange[at%len(strange)]
			few := strings.Repeat(line, 1+at%2)
			got := ReadBytes([]byte(strings.Join(lines[:at], "") + few + strings.Join(lines[at:], ""))).Crash
			if got == nil || message(got, line) != want.Message || got.Type != want.Type || got.Frame != want.Frame || got.Runtime != want.Runtime {
				t.Errorf("%s, %.9s after line %d:\n got %+v\nwant %+v", name, line, at, got, want)
			}
		}
	}
}
