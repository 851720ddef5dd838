package crashlog

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite testdata/*.want")

// TestSamples compares what each testdata/*.log says with the .want beside it. The py_, node_, java_, go_, rust_, perl_,
// c_ and sh_ logs were written by real runtimes (CPython 3.11, Node 20, OpenJDK 17, Go 1.26, rustc 1.95, Perl 5.36,
// glibc 2.36, bash and dash) running small programs made to fail; app_ logs follow the formats of well-known programs;
// how_ are ways in which logs arrive; not_, last_, empty_ and notalog_ are those that mislead.
func TestSamples(t *testing.T) {
	for _, name := range sampleFiles(t) {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".log"), func(t *testing.T) {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			got := describe(ReadBytes(data))
			wantFile := strings.TrimSuffix(name, ".log") + ".want"
			if *update {
				if err := os.WriteFile(wantFile, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(wantFile)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("%s says (-want +got):\n%s", name, diff)
			}
		})
	}
}

func sampleFiles(tb testing.TB) []string {
	files, err := filepath.Glob("testdata/*.log")
	if err != nil || len(files) == 0 {
		tb.Fatalf("no samples: %v", err)
	}
	return files
}

// describe writes a Log as the .want files have it: what is unset is left out.
func describe(l *Log) string {
	var b strings.Builder
	say := func(name string, value any) {
		switch v := fmt.Sprint(value); v {
		case "", "0", "false", "[]", "0: ":
		default:
			fmt.Fprintf(&b, "%s: %s\n", name, v)
		}
	}
	say("empty", l.Empty)
	say("notALog", l.NotALog)
	if !l.First.IsZero() {
		say("from", l.First.UTC().Format(time.RFC3339Nano)+" to "+l.Last.UTC().Format(time.RFC3339Nano))
	}
	say("shutdown", fmt.Sprintf("%d: %s", l.Shutdown.Number, l.Shutdown.Text))
	say("ready", fmt.Sprintf("%d: %s", l.Ready.Number, l.Ready.Text))
	say("listening", l.Listening)
	say("loopback", l.Loopback)
	if c := l.Crash; c != nil {
		fmt.Fprintf(&b, "crash: %s %s lines %d-%d\n", c.Kind, c.Runtime, c.Line, c.End)
		say("type", c.Type)
		say("message", fmt.Sprintf("%q", c.Message))
		say("frame", c.Frame)
		for _, x := range []struct{ name, value string }{
			{"host", c.Host}, {"port", c.Port}, {"url", c.URL}, {"path", c.Path}, {"var", c.Var}, {"user", c.User}, {"key", c.Key},
		} {
			say(x.name, x.value)
		}
		for _, s := range c.Said {
			fmt.Fprintf(&b, "said %s %d: %q\n", s.Strength, s.Line, s.Text)
		}
		for _, x := range c.Excerpt {
			fmt.Fprintf(&b, "%4d %s\n", x.Number, x.Text)
		}
	}
	return b.String()
}

func TestReadDoesNotDependOnHowTheBytesArrive(t *testing.T) {
	for _, name := range sampleFiles(t) {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		whole := ReadBytes(data)
		got, err := Read(iotest.OneByteReader(bytes.NewReader(data)))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(whole, got); diff != "" {
			t.Errorf("%s, byte by byte (-whole +bytes):\n%s", name, diff)
		}
	}
}

// TestTransportDoesNotChangeTheCrash puts what kubectl and the container runtime add before every line of every sample.
func TestTransportDoesNotChangeTheCrash(t *testing.T) {
	for _, name := range sampleFiles(t) {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		base := filepath.Base(name)
		if strings.HasPrefix(base, "how_") || strings.HasPrefix(base, "notalog_") {
			continue
		}
		plain := ReadBytes(data).Crash
		for _, prefix := range []string{"2026-03-02T10:00:00.000000001Z ", "2026-03-02T10:00:00.000000001+01:00 stderr F ", "[pod/shop-0/shop] 2026-03-02T10:00:00.000000001Z "} {
			var b strings.Builder
			for _, line := range strings.SplitAfter(strings.TrimSuffix(string(data), "\n"), "\n") {
				b.WriteString(prefix + line)
			}
			got := ReadBytes([]byte(b.String())).Crash
			if diff := cmp.Diff(plain, got); diff != "" {
				t.Errorf("%s with %q (-plain +prefixed):\n%s", name, prefix, diff)
			}
		}
	}
}
