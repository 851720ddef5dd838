package crashlog

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestLastLineWithoutNewlineIsRead(t *testing.T) {
	for _, text := range []string{
		"2026-11-02T10:13:00.000000001Z stdout F starting\n2026-11-02T10:13:01.000000001Z stderr P FATAL: no config\n",
		"2026-11-02T10:13:01.000000001Z stderr P FATAL: no config\n",
		"2026-11-02T10:13:01.000000001Z stderr P FATAL: no config",
		"2026-11-02T10:13:01.000000001Z stderr P FATAL: \n2026-11-02T10:13:01.000000002Z stderr P no config\n2026-11-02T10:13:01.1Z stdout P bye\n",
	} {
		l := ReadBytes([]byte(text))
		if l.Empty || l.Crash == nil || l.Crash.Kind != KindFatal || !strings.Contains(l.Crash.Message, "no config") {
			t.Errorf("%q: empty %v, crash %+v", text, l.Empty, l.Crash)
		}
	}
}

func TestPiecesOfTwoStreamsAreNotJoined(t *testing.T) {
	l := ReadBytes([]byte("2026-11-02T10:13:00.5Z stdout P loading 1 2 3\n" +
		"2026-11-02T10:13:01.0Z stderr F FATAL: no config\n" +
		"2026-11-02T10:13:01.1Z stdout F  4 5\n"))
	if l.Crash == nil || l.Crash.Kind != KindFatal || l.Crash.Line != 2 || strings.Contains(l.Crash.Message, "loading") {
		t.Errorf("crash = %+v", l.Crash)
	}
	want := []Line{{Number: 1, Text: "loading 1 2 3 4 5"}, {Number: 2, Text: "FATAL: no config", Level: levelFatal}}
	if diff := cmp.Diff(want, l.Tail); diff != "" {
		t.Errorf("tail (-want +got):\n%s", diff)
	}
	if want := time.Date(2026, 11, 2, 10, 13, 1, 1e8, time.UTC); !l.Until.Equal(want) {
		t.Errorf("until %v, want %v", l.Until, want)
	}
}

func TestPiecesOfALongLineAreBounded(t *testing.T) {
	var b strings.Builder
	for range 50 {
		fmt.Fprintf(&b, "2026-11-02T10:13:00.5Z stdout P %s\n", strings.Repeat("x", 16<<10))
	}
	b.WriteString("2026-11-02T10:13:00.5Z stdout F end\n")
	var w window
	for i, line := range strings.SplitAfter(b.String(), "\n") {
		w.add(i+1, []byte(strings.TrimSuffix(line, "\n")), 0)
	}
	for _, l := range w.wholeLines() {
		if len(l.text) > maxLine+100 {
			t.Errorf("a line of %d bytes", len(l.text))
		}
	}
}

// TestPiecesDoNotChangeTheCrash cuts the lines of every sample as the container runtime does, with lines of the other
// stream between the pieces, and leaves out the last newline.
func TestPiecesDoNotChangeTheCrash(t *testing.T) {
	for _, name := range sampleFiles(t) {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if base := filepath.Base(name); strings.HasPrefix(base, "how_") || strings.HasPrefix(base, "notalog_") {
			continue
		}
		const stamp = "2026-03-02T10:00:00.000000001Z "
		var whole, cut strings.Builder
		lines := strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
		for i, line := range lines {
			whole.WriteString(stamp + "stderr F " + line + "\n")
			tag := " F "
			if i == len(lines)-1 {
				tag = " P "
			}
			half := len(line) / 2
			cut.WriteString(stamp + "stderr P " + line[:half] + "\n" + stamp + "stderr" + tag + line[half:] + "\n")
		}
		want, got := ReadBytes([]byte(whole.String())).Crash, ReadBytes([]byte(cut.String())).Crash
		if (want == nil) != (got == nil) {
			t.Errorf("%s: %+v, in pieces %+v", name, want, got)
		} else if want != nil && (want.Kind != got.Kind || want.Type != got.Type || want.Message != got.Message || want.Frame != got.Frame || want.Fingerprint != got.Fingerprint) {
			t.Errorf("%s: %s %q %q, in pieces %s %q %q", name, want.Kind, want.Message, want.Frame, got.Kind, got.Message, got.Frame)
		}
	}
}
