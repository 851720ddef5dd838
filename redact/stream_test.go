package redact

import (
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"
)

// pieces are what the texts of the tests on streams are put together from.
var pieces = []string{
	"started\n", "password=hunter2x\n", "password: |\n  hunter2x\n  more\n", "token:\n", "  hunter2x\n", "\n", "\r\n", "a\rpassword=x\r\n",
	"-----BEGIN RSA " + "PRIVATE KEY-----\n", strings.Repeat("MIIEow9Kj", 7) + "M\n", "-----END RSA " + "PRIVATE KEY-----\n", "user,password\nbob,hunter2x\n",
	"2026-11-02T10:00:00.000000001Z stdout P db_pass", "\n2026-11-02T10:00:00.000000002Z stderr F other\n", "2026-11-02T10:00:00.000000002Z stdout F word=hunter2x\n",
	"\x1b[31mpass\x1b[0mword=x\n", "- name: DB_PASSWORD\n", "  value: hunter2x\n", "mysql -uroot -phunter2x\n", "[pod/a/c] x", " secret: ", "\x1b]", "'", "|", "é", "\xff",
}

func randomText(random *rand.Rand) string {
	var text strings.Builder
	for range random.IntN(20) {
		text.WriteString(pieces[random.IntN(len(pieces))])
	}
	return text.String()
}

func TestAStreamInAnyChunksGivesWhatTheWholeTextGives(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		text := randomText(random)
		checkLaws(t, text)
		checkStream(t, text, 1+random.IntN(40))
	}
}

// checkStream reads text n bytes at a time.
func checkStream(t *testing.T, text string, n int) {
	t.Helper()
	got, err := io.ReadAll(NewReader(&chunks{text, n}, nil))
	if err != nil {
		t.Fatalf("reading %q: %v", text, err)
	}
	if want := Text(text); string(got) != want {
		t.Errorf("in chunks of %d bytes %q gives\n     %q\nwant %q", n, text, got, want)
	}
}

type chunks struct {
	text string
	n    int
}

func (c *chunks) Read(p []byte) (int, error) {
	if c.text == "" {
		return 0, io.EOF
	}
	n := copy(p[:min(len(p), c.n)], c.text)
	c.text = c.text[n:]
	return n, nil
}

func TestALineWithoutAnEndIsReadInBoundedMemory(t *testing.T) {
	endless := io.MultiReader(strings.NewReader("password=hunter2x "), io.LimitReader(zeros{}, 20<<20), strings.NewReader(" password=hunter2x"))
	r := NewReader(endless, nil).(*reader)
	buf := make([]byte, 32<<10)
	var first, last string
	for {
		n, err := r.Read(buf)
		if n > 0 && first == "" {
			first = string(buf[:n])
		}
		if n > 0 {
			last = (last + string(buf[:n]))[max(0, len(last)+n-64):]
		}
		if err == io.EOF {
			break
		}
	}
	if len(r.buf) > 4*maxLine {
		t.Errorf("the reader holds %d bytes for a line of 20 MiB", len(r.buf))
	}
	if !strings.HasPrefix(first, "password="+Marker) || !strings.HasSuffix(last, "password="+Marker) {
		t.Errorf("the line begins with %.40q and ends with %q", first, last)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = "0 "[i%2]
	}
	return len(p), nil
}

func TestWhatWasReadBeforeAnErrorIsHandedOut(t *testing.T) {
	broken := errors.New("broken")
	got, err := io.ReadAll(NewReader(io.MultiReader(strings.NewReader("a\npassword=hunter2x"), iotest.ErrReader(broken)), nil))
	if string(got) != "a\npassword="+Marker || !errors.Is(err, broken) {
		t.Errorf("got %q and %v", got, err)
	}
	if _, err := io.ReadAll(NewReader(idle{}, nil)); !errors.Is(err, io.ErrNoProgress) {
		t.Errorf("a reader that gives nothing ends with %v, want %v", err, io.ErrNoProgress)
	}
}

type idle struct{}

func (idle) Read([]byte) (int, error) { return 0, nil }

// TestASecretMayStandWhereALineWasSplit holds the parts of a container runtime's lines together, also when the other
// stream's come in between.
func TestASecretMayStandWhereALineWasSplit(t *testing.T) {
	const stamp = "2026-11-02T10:00:00.000000001Z "
	in := stamp + "stderr P token gh" + "p_AAAAAAAAAAAAA1\n" + stamp + "stdout F hello\n" + stamp + "stderr P AAAAAAAAA\n" + stamp + "stderr F AAAAAAAAAAAAAAAA end\n"
	want := stamp + "stderr P token [redacted] end\n" + stamp + "stdout F hello\n" + stamp + "stderr P \n" + stamp + "stderr F \n"
	if got := Text(in); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	plain := stamp + "stderr P hello \n" + stamp + "stderr F world\n" + stamp + "stdout P no end\n"
	if got := Text(plain); got != plain {
		t.Errorf("parts without a secret are changed:\n%s", got)
	}
	checkLaws(t, in)
}

func FuzzReader(f *testing.F) {
	random := rand.New(rand.NewPCG(3, 4))
	for range 20 {
		f.Add(randomText(random), 7)
	}
	f.Fuzz(func(t *testing.T, text string, n int) {
		checkLaws(t, text)
		checkStream(t, text, 1+(n&0xff))
	})
}

func BenchmarkReader(b *testing.B) {
	line := "2026-11-22T11:48:10.123Z INFO  [main] c.e.shop.OrderService: order 4711 of customer 17 accepted in 12ms\n"
	text := strings.Repeat(line, 100_000)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, err := io.Copy(io.Discard, NewReader(strings.NewReader(text), nil)); err != nil {
			b.Fatal(err)
		}
	}
}
