package bundle

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/unloop-dev/unloop/files"
	"github.com/unloop-dev/unloop/ledger"

	"github.com/unloop-dev/unloop/evidence"
)

// fuzzLimits keep one input of the fuzzer cheap.
var fuzzLimits = limits{
	Limits: files.Limits{
		Files: 100, Depth: 3, Memory: 1 << 20,
		Unpacked: 1 << 20, Spool: 1 << 20, Nested: 1 << 20, Directory: 64 << 10, Window: 1 << 20,
	},
	document: 64 << 10, tail: 4 << 10,
}

// FuzzOpen reads anything as standard input. Nothing may panic, and each line is in the ledger once.
func FuzzOpen(f *testing.F) {
	addInputs(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		checkParts(t, fuzzed(t, data).Ledger(), data)
	})
}

// fuzzed reads what the fuzzer has made.
func fuzzed(t *testing.T, data []byte) *Bundle {
	t.Helper()
	r := newReader(fuzzLimits)
	defer r.files.Close()
	if err := r.files.Open(t.Context(), "-", bytes.NewReader(data)); err != nil {
		t.Fatal(err)
	}
	return r.bundle("")
}

// checkParts holds the ledger of a text against its lines.
func checkParts(t *testing.T, parts []ledger.Part, text []byte) {
	t.Helper()
	times := make([]int, bytes.Count(text, []byte("\n"))+2)
	byLines := false
	for _, p := range parts {
		for _, l := range p.Lines {
			for n := l.First; n <= l.Last; n++ {
				if p.Path == "stdin" && n < len(times) {
					times[n]++
					byLines = true
				}
			}
		}
	}
	kind := files.KindOf(text[:min(len(text), files.HeadBytes)])
	if len(parts) == 0 && len(text) > 0 && !kind.IsArchive() {
		t.Fatal("the ledger is empty")
	}
	if lines := lineCountOf(text); byLines && (kind == files.Text || kind == files.Latin1) { // of others the bytes are not those of their lines
		for n := 1; n <= lines; n++ {
			if times[n] != 1 {
				t.Fatalf("line %d of %d is in %d parts", n, lines, times[n])
			}
		}
	}
}

func lineCountOf(text []byte) int {
	var l lineCount
	l.count(text)
	return l.total()
}

// FuzzRewrite reads anything: what is read must be writable and readable again.
func FuzzRewrite(f *testing.F) {
	addInputs(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		checkRewrite(t, fuzzed(t, data).Raws())
	})
}

func addInputs(f *testing.F) {
	f.Helper()
	for _, name := range []string{"exit1/exit1.yaml", "exit1/exit1.events.json", "exit1/exit1.describe.txt", "init-fails/init-fails.log.err", "nodes.yaml"} {
		data, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	for _, seed := range []string{
		"", "{", "[{\"kind\":\"Pod\"", "\xff\xfea\x00", "PK\x03\x04", "\x1f\x8b\x08\x00", "-- ../x.yaml --\nkind: Pod\n-- want --\n",
		"apiVersion: v1\nkind: Pod\na: &a [*a]\n", "apiVersion: v1\nitems:\n- kind: Pod\n  metadata: {name: [\n- kind: Pod\nkind: List\n",
		"-- meta.yaml --\nat: x\ntarget: a/pod/b\n-- a/pods/b.yaml --\napiVersion: v1\nkind: Pod\nmetadata: {name: b}\n",
	} {
		f.Add([]byte(seed))
	}
	entries := []archiveEntry{{name: "a/b.log", content: "panic: boom\n"}, {name: "b.yaml", content: pod("b", "web")}}
	f.Add(zipOf(f, entries...))
	f.Add(zstdOf(f, zipOf(f, entries...)))
	f.Add([]byte(toUTF16(pod("b", "web"), binary.LittleEndian)))
	f.Add([]byte("BZh91AY&SY"))
	b, err := Open([]string{"testdata/deploy"}, nil)
	if err != nil {
		f.Fatal(err)
	}
	for _, format := range formats {
		var out bytes.Buffer
		if err := Write(&out, b.Raws(), format); err != nil {
			f.Fatal(err)
		}
		f.Add(out.Bytes())
	}
}

func checkRewrite(t *testing.T, raws []*evidence.Raw) {
	t.Helper()
	var out bytes.Buffer
	if err := Write(&out, raws, Txtar); err != nil {
		t.Fatal(err)
	}
	b, err := Open([]string{"-"}, &out)
	if err != nil && !errors.Is(err, ErrNothing) {
		t.Fatal(err)
	}
	for _, raw := range raws {
		if raw.Pod != nil && len(b.Raws()) == 0 {
			t.Errorf("%d raws were written, none comes back: %v", len(raws), b.Unused())
		}
	}
}

func BenchmarkOpen(b *testing.B) {
	for _, path := range []string{"testdata/exit1", "testdata/deploy"} {
		b.Run(filepath.Base(path), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Open([]string{path}, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("log", func(b *testing.B) {
		const size = 10 << 20
		b.SetBytes(size)
		b.ReportAllocs()
		for b.Loop() {
			if _, err := Open([]string{"-"}, io.LimitReader(endless{}, size)); err != nil {
				b.Fatal(err)
			}
		}
	})
}
