package redact

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// TestScanFindsWhatFindFinds compares the lanes with one line at a time, and a line with each of its words alone.
func TestScanFindsWhatFindFinds(t *testing.T) {
	f := theFinder()
	random := rand.New(rand.NewPCG(5, 6))
	for range 300 {
		text := []byte(randomText(random) + randomText(random) + randomText(random))
		var h hits
		f.scan(&h, text)
		for start := 0; start < len(text); {
			end := start + lineEnd(text[start:])
			if got, want := f.hintsOf(&h, text, start, end), find(f, text[start:end]); got != want {
				t.Fatalf("scan of %q says %b of line %q, find %b", text, got, text[start:end], want)
			}
			start = end
		}
	}
}

func TestEveryWordIsFound(t *testing.T) {
	for _, w := range allWords() {
		line := w.text
		if w.hint == hintToken {
			line += "A1b2"
		}
		for _, line := range []string{line, " " + line + " ", asciiUpper(line) + "="} {
			if w.hint == hintCommand && strings.HasSuffix(line, "=") {
				continue
			}
			if find(theFinder(), line) == 0 {
				t.Errorf("%q is not found in %q", w.text, line)
			}
		}
	}
}

func TestEveryControlCharacterIsFound(t *testing.T) {
	for b := range 0x20 {
		want := hintHidden
		if b == '\t' || b == '\n' || b == '\r' {
			want = 0
		}
		if got := find(theFinder(), "a"+string(rune(b))); got != want {
			t.Errorf("%q hints at %b, want %b", rune(b), got, want)
		}
	}
}

func BenchmarkNewFinder(b *testing.B) {
	for b.Loop() {
		newFinder(allWords())
	}
}

// asciiUpper leaves other letters alone, as a finder does.
func asciiUpper(s string) string {
	return strings.Map(func(r rune) rune {
		if 'a' <= r && r <= 'z' {
			return r - 'a' + 'A'
		}
		return r
	}, s)
}
