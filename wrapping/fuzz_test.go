package wrapping_test

import (
	"io"
	"strings"
	"testing"
	"time"

	"github.com/unloop-dev/unloop/wrapping"
)

// some counts lines with a colon: a judge that is quick, and easily pleased.
func some(lines []string) int {
	n := 0
	for _, l := range lines {
		if strings.Contains(l, ":") && !strings.HasPrefix(l, " ") {
			n++
		}
	}
	return n
}

// FuzzUnwrap wants numbers in their order, those of lines that were given, and no number twice but where one line held
// several.
func FuzzUnwrap(f *testing.F) {
	for _, text := range kept {
		f.Add(text)
	}
	all := samples(f)
	for _, w := range wraps {
		for _, sample := range []string{"java.txt", "table.txt"} {
			f.Add(strings.Join(w.wrap(all[sample]), "\n"))
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		lines := strings.Split(text, "\n")
		texts := wrapping.Unwrap(lines, some)
		if len(texts) == 0 {
			t.Fatal("no text")
		}
		for _, text := range texts {
			last := 0
			for _, l := range text.Lines {
				if l.Number < last || l.Number < 1 || l.Number > len(lines) {
					t.Fatalf("line %d behind %d of %d, off %q", l.Number, last, len(lines), text.Off)
				}
				if l.Number == last && !strings.Contains(lines[last-1], `\n`) && !strings.Contains(lines[last-1], `"`) && !strings.ContainsAny(lines[last-1], "{[<") {
					t.Fatalf("line %d twice, off %q", last, text.Off)
				}
				last = l.Number
				if strings.Contains(l.Text, "\n") && !strings.Contains(lines[l.Number-1], "\r") {
					t.Fatalf("a line of several: %q", l.Text)
				}
			}
		}
		if filter := wrapping.Detect(lines, some); filter != nil {
			out, err := io.ReadAll(filter.Reader(strings.NewReader(text)))
			if err != nil || strings.Count(string(out), "\n") != len(lines)-1 {
				t.Fatalf("%d lines of %d: %v, off %q", strings.Count(string(out), "\n")+1, len(lines), err, filter.Off)
			}
		}
	})
}

// floods are texts that could be slow: many runs, many writers, long lines, much to join.
var floods = map[string]string{
	"quotes and none":  "> a: %d\nb %d\n",
	"short quotes":     "> a: %d\n> b\n> c\nd %d\n",
	"writers":          "[pod/a%d/b%d] x: y\n",
	"compose":          "web%d-%d | x: y\n",
	"GitLab":           "2026-04-10T08:22:01.123456Z 01O+x %d %d",
	"GitLab parts":     "2026-04-10T08:22:01.123456Z 01O+x %d %d\n",
	"full lines":       "abcdefghijklmnopqrstuvwxyz abcdefghijklmnopqrstuvwxyz abc%6d%6d\n",
	"tables":           "| a: %d | b |\nx %d\n",
	"one table":        "| a: %d | b%d |\n",
	"bars":             "|%d|%d",
	"tags":             "<tr><td>a:%d<td>%d\n",
	"tags in one line": "<tr><td>a:%d<td>%d",
	"unclosed tags":    "<table>%d %d\n",
	"list":             "\"a: %d\",\n\"b: %d\",\n\"c\"\nx\n",
	"escapes":          `"a: %d\nb: %d\nc" `,
	"escapes in lines": `"a: %d\nb: %d\nc"` + "\n",
	"numbers":          "%d: a %d\n",
	"groups":           "##[group]Run a %d\nb: %d\n",
	"indented":         "\n  a: %d\n  b: %d\n  c\n",
	"frames":           "┌─────┐%d\n│ a: %d\n",
	"fences":           "{code}%d\n{code} a: %d\n",
	"braces":           "{\"a\":%d,\"message\":\"%d\"\n",
	"no-break":         "a:\u00a0\u00a0%d b %d\n",
}

// TestTimeGrowsWithTheText reads floods in two sizes.
func TestTimeGrowsWithTheText(t *testing.T) {
	for name, pattern := range floods {
		t.Run(name, func(t *testing.T) {
			took := func(size int) time.Duration {
				lines := flood(pattern, size)
				best := time.Hour
				for range 3 {
					start := time.Now()
					wrapping.Unwrap(lines, some)
					best = min(best, time.Since(start))
				}
				return best
			}
			small, large := took(8<<10), took(128<<10)
			if large > 80*small && large > time.Second {
				t.Errorf("16 times the text takes %v, not %v", large, small)
			}
			if testing.Verbose() {
				t.Logf("%v %v", small, large)
			}
		})
	}
}
