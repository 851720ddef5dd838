package tail

import (
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

func TestWriterKeepsTheLastLines(t *testing.T) {
	for in, want := range map[string]string{
		"":                                   "",
		"abcdefghij":                         "abcdefghij",
		"a\nb":                               "a\nb",
		"first\nsecond\nthird":               "third",
		"one long line of text":              "ne of text", // no line begins in what is kept
		strings.Repeat("x\n", 1000) + "last": "x\nx\nx\nlast"[2:],
	} {
		w := Writer{Max: 10}
		if _, err := io.Copy(&w, iotest.OneByteReader(strings.NewReader(in))); err != nil {
			t.Fatal(err)
		}
		if got := w.Bytes(); got == nil || string(got) != want || w.Total != int64(len(in)) {
			t.Errorf("of %.20q kept %q of %d bytes, want %q", in, got, w.Total, want)
		}
	}
}

func TestWriterIsBounded(t *testing.T) {
	w := Writer{Max: 1000}
	for range 1000 {
		if _, err := w.Write(make([]byte, 700)); err != nil {
			t.Fatal(err)
		}
		if cap(w.buf) > 8000 {
			t.Fatalf("the buffer has grown to %d bytes", cap(w.buf))
		}
	}
}
