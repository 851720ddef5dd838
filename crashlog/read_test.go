package crashlog

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"
)

// generator writes a log like that of a web service: mixed formats, some warnings and handled errors, the same bytes for
// the same size.
type generator struct {
	left int64
	n    uint64
	rest []byte
	line []byte
}

func newGenerator(size int64) *generator { return &generator{left: size} }

func (g *generator) Read(p []byte) (int, error) {
	filled := 0
	for filled < len(p) && g.left > 0 {
		if len(g.rest) == 0 {
			g.next()
		}
		n := copy(p[filled:], g.rest[:min(int64(len(g.rest)), g.left)])
		g.rest, filled, g.left = g.rest[n:], filled+n, g.left-int64(n)
	}
	if filled == 0 && g.left == 0 {
		return 0, io.EOF
	}
	return filled, nil
}

func (g *generator) next() {
	g.n++
	r := g.n * 0x9e3779b97f4a7c15
	b := g.line[:0]
	b = fmt.Appendf(b, "2026-03-02T%02d:%02d:%02d.%09dZ ", g.n/3600000%24, g.n/60000%60, g.n/1000%60, r%1e9)
	switch r >> 60 {
	case 0, 1, 2, 3, 4:
		b = fmt.Appendf(b, `{"level":"info","ts":%d.%d,"caller":"api/handler.go:%d","msg":"request served","method":"GET","path":"/v1/orders/%x","status":200,"bytes":%d,"took_ms":%d}`, 1772442600+g.n, r%1000, r%400, r>>20, r%90000, r%300)
	case 5, 6, 7, 8:
		b = fmt.Appendf(b, `10.2.%d.%d - - [02/Mar/2026:09:10:11 +0000] "GET /assets/%x.css HTTP/1.1" 200 %d "https://shop.example/cart" "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36"`, r%250, r>>9%250, r>>30, r%50000)
	case 9, 10:
		b = fmt.Appendf(b, "2026-03-02 09:10:11.%03d  INFO 1 --- [nio-8080-exec-%d] c.acme.orders.web.OrderController         : order %x priced, 0 errors, %d lines", r%1000, r%16, r>>24, r%40)
	case 11:
		b = fmt.Appendf(b, `time="2026-03-02T09:10:11Z" level=warning msg="cache miss" key="orders:%x" error_count=0`, r>>24)
	case 12:
		b = fmt.Appendf(b, "2026-03-02 09:10:11,%03d ERROR acme.client: call to pricing failed: timeout after %d ms, will retry", r%1000, r%5000)
	case 13:
		b = fmt.Appendf(b, "I0302 09:10:11.%06d       1 reconciler.go:%d] \"Synced\" object=\"shop/cart-%x\" generation=%d", r%1e6, r%900, r>>32, r%90)
	case 14:
		b = fmt.Appendf(b, "    at com.acme.orders.Pricing.lookup(Pricing.java:%d)", r%500)
	default:
		b = fmt.Appendf(b, "[%d] worker %d finished batch of %d rows in %d ms, signal strength ok", r%90, r%8, r%10000, r%900)
	}
	g.line = append(b, '\n')
	g.rest = g.line
}

func BenchmarkRead256MB(b *testing.B) {
	const size = 256 << 20
	data, err := io.ReadAll(newGenerator(size))
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Read(bytes.NewReader(data)); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkReadSmall(b *testing.B) {
	data := []byte("starting up\n" + goPanic)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		ReadBytes(data)
	}
}

const goPanic = "panic: no queue\n\ngoroutine 1 [running]:\nmain.main()\n\t/src/main.go:9 +0x5b\n"

// TestMemoryDoesNotGrowWithTheLog looks at what the scan holds on to, since what was allocated on the way is no measure.
func TestMemoryDoesNotGrowWithTheLog(t *testing.T) {
	held := func(size int64) int {
		s := newScan()
		if err := s.readFrom(newGenerator(size)); err != nil {
			t.Fatal(err)
		}
		w := &s.window
		return cap(w.older.data) + cap(w.newer.data) + cap(w.dump.data) + cap(w.fatal.data) + cap(s.long) + 32*(cap(w.older.lines)+cap(w.newer.lines)+cap(w.dump.lines))
	}
	small, large := held(2<<20), held(24<<20)
	if large > small+maxLine {
		t.Errorf("a log of 24 MiB holds %d bytes, one of 2 MiB %d", large, small)
	}
}

func TestOrdinaryLinesCostNoAllocation(t *testing.T) {
	s := newScan()
	line := []byte(`10.2.3.4 - - [02/Mar/2026:09:10:11 +0000] "GET /cart HTTP/1.1" 200 512`)
	for range 4 * pageLines {
		s.line(line)
	}
	if n := testing.AllocsPerRun(1000, func() { s.line(line) }); n > 0 {
		t.Errorf("%v allocations per line", n)
	}
}

func TestCrashLongerThanTheWindow(t *testing.T) {
	var b strings.Builder
	b.WriteString("starting up\npanic: out of workers\n\n")
	for i := range 20000 {
		fmt.Fprintf(&b, "goroutine %d [select (no cases)]:\nmain.park()\n\t/src/main.go:12 +0x18\ncreated by main.main in goroutine 1\n\t/src/main.go:9 +0x5b\n\n", i+1)
	}
	c := ReadBytes([]byte(b.String())).Crash
	if c.Kind != KindTrace || c.Message != "out of workers" || c.Line != 2 {
		t.Errorf("got %s %q at line %d", c.Kind, c.Message, c.Line)
	}
}

func TestOldPanicIsForgottenAfterWork(t *testing.T) {
	log := goPanic + strings.Repeat("served a request\n", 3*pageLines)
	if c := ReadBytes([]byte(log)).Crash; c.Kind != KindLast {
		t.Errorf("got %s %q", c.Kind, c.Message)
	}
}

func TestReadReturnsWhatItReadBeforeAnError(t *testing.T) {
	broken := errors.New("connection lost")
	l, err := Read(io.MultiReader(strings.NewReader("FATAL: no licence\nbye"), iotest.ErrReader(broken)))
	if !errors.Is(err, broken) {
		t.Errorf("error = %v", err)
	}
	if l.Lines != 2 || l.Crash.Message != "no licence" {
		t.Errorf("got %d lines, %q", l.Lines, l.Crash.Message)
	}
}

// stuck is a reader that never ends and never gives anything.
type stuck struct{}

func (stuck) Read([]byte) (int, error) { return 0, nil }

func TestReadGivesUpOnAStuckReader(t *testing.T) {
	if _, err := Read(stuck{}); !errors.Is(err, io.ErrNoProgress) {
		t.Errorf("error = %v", err)
	}
}

func TestLineLongerThanTheBuffer(t *testing.T) {
	log := "Downloading " + strings.Repeat("#", 3*bufferBytes) + "\rERROR: checksum mismatch in /data/seed.tar\nnext\n"
	l, err := Read(strings.NewReader(log))
	if err != nil {
		t.Fatal(err)
	}
	if l.Lines != 2 || l.Crash.Kind != KindError || l.Crash.Path != "/data/seed.tar" {
		t.Errorf("got %d lines, %+v", l.Lines, l.Crash)
	}
}

func TestCounts(t *testing.T) {
	tests := []struct {
		log   string
		lines int
		empty bool
	}{
		{"", 0, true},
		{"\n", 1, true},
		{" \t\n\r\n\x1b[0m\n", 3, true},
		{"a", 1, false},
		{"a\n", 1, false},
		{"a\n\nb", 3, false},
		{"2026-03-02T10:00:00.000000001Z \n", 1, true},
	}
	for _, tt := range tests {
		l := ReadBytes([]byte(tt.log))
		if l.Lines != tt.lines || l.Empty != tt.empty || l.Bytes != int64(len(tt.log)) {
			t.Errorf("%q: lines %d, empty %t, bytes %d", tt.log, l.Lines, l.Empty, l.Bytes)
		}
		if (l.Crash == nil) != tt.empty {
			t.Errorf("%q: crash = %v", tt.log, l.Crash)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, log := range []string{
		"", "\xff\x00\x1b]0;", goPanic, "Traceback (most recent call last):\n", "  | File \"x\", line 1\n+-+---- 1 ----\n",
		"Caused by: \n\tat a.b(c.java:1)\n", "   at A.B() in x:line 1\n ---> \n", `{"level":"fatal","msg":{"a":[1,{}]},"err":{"stack":"\n\n"}}`,
		"2026-13-45T99:99:99Z stdout P x\n", "Jan 99 25:61:61 x\n", "Error:\nCaused by:\n 0:\n", "{\n}\n at x (y:1:1) {\n[cause]: Error: \n",
		"APPLICATION FAILED TO START", "# A fatal error has been detected by the Java Runtime Environment:\n# Problematic frame:", "Usage:\nUsage:\n  -x\n",
		"usage\xad:", "\r\r\r", "FATAL: \n│ x\n│\n", "terminate called after throwing an instance of 'x'\nwhat():",
	} {
		f.Add([]byte(log))
	}
	f.Fuzz(func(t *testing.T, log []byte) {
		l := ReadBytes(log)
		got, err := Read(iotest.HalfReader(bytes.NewReader(log)))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(l, got); diff != "" {
			t.Errorf("Read and ReadBytes differ:\n%s", diff)
		}
		checkLog(t, l)
	})
}

// checkLog holds what is true of every Log.
func checkLog(t *testing.T, l *Log) {
	t.Helper()
	lines := append([]Line{l.Shutdown, l.Ready}, l.Tail...)
	var texts []string
	if c := l.Crash; c != nil {
		lines = append(lines, c.Excerpt...)
		texts = append(texts, c.Message, c.Type, c.Frame)
		if len(c.Said) > maxStatements || len(c.Excerpt) > excerptLines || len(c.Fingerprint) != 16 {
			t.Errorf("%d statements, %d lines quoted, fingerprint %q", len(c.Said), len(c.Excerpt), c.Fingerprint)
		}
		if c.Line < 1 || c.End < c.Line && c.Kind != KindTrace || c.End > l.Lines {
			t.Errorf("crash at lines %d-%d of %d", c.Line, c.End, l.Lines)
		}
		for _, s := range c.Said {
			texts = append(texts, s.Text)
			if s.Text == "" || s.Line < 1 || s.Line > l.Lines {
				t.Errorf("statement %+v", s)
			}
		}
	}
	for _, x := range lines {
		texts = append(texts, x.Text)
		if x.Number < 0 || x.Number > l.Lines {
			t.Errorf("line %+v of %d", x, l.Lines)
		}
	}
	for _, text := range texts {
		if len(text) > maxText || strings.ContainsFunc(text, func(r rune) bool { return r != '\n' && unicode.IsControl(r) }) {
			t.Errorf("text not fit for printing: %q", text)
		}
	}
	if len(l.Tail) > TailLines || len(l.Listening) > maxListening {
		t.Errorf("%d lines kept, %d ports", len(l.Tail), len(l.Listening))
	}
}

func TestTimesOfTheRuntime(t *testing.T) {
	tests := map[string]struct{ log, since, until string }{
		"a log file of the runtime": {
			"2026-03-02T09:10:11.123456789Z stdout F 2026-03-02 11:10:11 up\n2026-03-02T10:10:12.5+01:00 stderr F down\n",
			"2026-03-02T09:10:11Z", "2026-03-02T09:10:12Z",
		},
		"kubectl --timestamps": {
			"2026-03-02T09:10:11.123456789Z up\n2026-03-02T09:10:13.123456789Z down\n",
			"2026-03-02T09:10:11Z", "2026-03-02T09:10:13Z",
		},
		"the program's own": {"2026-03-02 09:10:11 up\n2026-03-02T09:10:13Z down\n", "0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			l := ReadBytes([]byte(tt.log))
			got := []string{l.Since.UTC().Format(time.RFC3339), l.Until.UTC().Format(time.RFC3339)}
			if diff := cmp.Diff([]string{tt.since, tt.until}, got); diff != "" {
				t.Errorf("since and until (-want +got):\n%s", diff)
			}
		})
	}
}
