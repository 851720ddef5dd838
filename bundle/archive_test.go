package bundle

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"

	"github.com/unloop-dev/unloop/files"
)

func zstdOf(t testing.TB, data []byte, options ...zstd.EOption) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := zstd.NewWriter(&out, options...)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func zipOf(t testing.TB, entries ...archiveEntry) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, e := range entries {
		header := &zip.FileHeader{Name: e.name, Method: zip.Deflate}
		if e.kind != 0 {
			header.SetMode(os.ModeSymlink | 0o777)
		}
		f, err := w.CreateHeader(header)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(f, e.content); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// toUTF16 encodes a text as UTF-16 with a byte order mark.
func toUTF16(text string, order binary.AppendByteOrder) string {
	out := order.AppendUint16(nil, 0xfeff)
	for _, unit := range utf16.Encode([]rune(text)) {
		out = order.AppendUint16(out, unit)
	}
	return string(out)
}

// bzip2OfPod is bzip2 of "apiVersion: v1\nkind: Pod\nmetadata: {name: api}\n"; the standard library only reads it.
const bzip2OfPod = "QlpoOTFBWSZTWVlaYy4AAAjbgAAQQAAgEEEAJivdCiAAMUDTQyMmINTJoANDI8ayAY77xbLBMJTiU4pd6x3mVX0xSCuZqE+LuSKcKEgsrTGXAA=="

func TestPackedFiles(t *testing.T) {
	object := archiveEntry{name: "shop/api.yaml", content: pod("api", "web")}
	log := archiveEntry{name: "shop/api.previous.log", content: "panic: boom\n"}
	tarball := tarOf(t, log, object)
	zipped := zipOf(t, log, object)
	bzip2, err := base64.StdEncoding.DecodeString(bzip2OfPod)
	if err != nil {
		t.Fatal(err)
	}
	both := "api 1"
	for name, tt := range map[string]struct {
		data []byte
		want string
	}{
		"tar.zst":              {zstdOf(t, tarball), both},
		"zip":                  {zipped, both},
		"zip in tar":           {tarOf(t, archiveEntry{name: "a.zip", content: string(zipped)}), both},
		"tar.gz in zip":        {zipOf(t, archiveEntry{name: "a.tgz", content: string(gzipOf(t, tarball))}), both},
		"zip in gzip in zip":   {zipOf(t, archiveEntry{name: "a.zip.gz", content: string(gzipOf(t, zipped))}), both},
		"gzip of two members":  {append(gzipOf(t, []byte(pod("api", "web"))), gzipOf(t, []byte("---\n"+pod("two", "web")))...), "api 0 two 0"},
		"zstd of two frames":   {append(zstdOf(t, []byte(pod("api", "web"))), zstdOf(t, []byte("---\n"+pod("two", "web")))...), "api 0 two 0"},
		"bzip2":                {bzip2, "api 0"},
		"zip with backslashes": {zipOf(t, archiveEntry{name: `shop\api.yaml`, content: object.content}, archiveEntry{name: `shop\api.log`, content: log.content}), both},
		"utf-16 in gzip":       {gzipOf(t, []byte(toUTF16(object.content, binary.LittleEndian))), "api 0"},
	} {
		t.Run(name, func(t *testing.T) {
			for where, open := range map[string]func() (*Bundle, error){
				"stdin": func() (*Bundle, error) { return Open([]string{"-"}, bytes.NewReader(tt.data)) },
				"file": func() (*Bundle, error) {
					file := filepath.Join(t.TempDir(), "x")
					if err := os.WriteFile(file, tt.data, 0o644); err != nil {
						t.Fatal(err)
					}
					return Open([]string{file}, nil)
				},
			} {
				b, err := open()
				if err != nil {
					t.Fatalf("%s: %v; skipped %v", where, err, b.Unused())
				}
				var got []string
				for raw := range b.All() {
					got = append(got, fmt.Sprintf("%s %d", raw.Pod.Name, len(raw.Logs)))
				}
				if strings.Join(got, " ") != tt.want || len(b.Unused()) > 0 {
					t.Errorf("%s: read as %q, want %q; skipped %v", where, got, tt.want, b.Unused())
				}
			}
		})
	}
}

func TestZipEntriesThatAreRefused(t *testing.T) {
	data := zipOf(t,
		archiveEntry{name: "../up.yaml", content: pod("up", "web")},
		archiveEntry{name: "/etc/abs.yaml", content: pod("abs", "web")},
		archiveEntry{name: `..\up.yaml`, content: pod("up", "web")},
		archiveEntry{name: "link", content: "/etc/passwd", kind: 1},
		archiveEntry{name: strings.Repeat("x", 5000), content: pod("long", "web")},
		archiveEntry{name: "folder/"},
		archiveEntry{name: "./api.yaml", content: pod("api", "web")},
	)
	b, err := Open([]string{"-"}, bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"api siblings=0 events=0 node=false"}, summary(b)); diff != "" {
		t.Errorf("raws (-want +got):\n%s", diff)
	}
	want := []string{
		"up.yaml: names a place outside the archive", "abs.yaml: names a place outside the archive",
		"up.yaml: names a place outside the archive", "stdin:link: a link; links are not followed",
		"stdin:" + strings.Repeat("x", 194) + "…: a name of more than 4096 bytes",
	}
	if diff := cmp.Diff(want, skips(b)); diff != "" {
		t.Errorf("skipped (-want +got):\n%s", diff)
	}
}

// TestBombs packs much into little. Each ends with a sentence that names the file and the limit.
func TestBombs(t *testing.T) {
	limits := limits{
		Limits: files.Limits{
			Files: 1000, Depth: 4, Memory: 1 << 20,
			Unpacked: 1 << 20, Spool: 1 << 20, Nested: 64 << 10, Directory: 16 << 10, Window: 1 << 20,
		},
		document: 64 << 10, tail: 1024,
	}
	zeros := strings.Repeat("a line of a log\n", 1<<18)
	var many []archiveEntry
	for i := range 2000 {
		many = append(many, archiveEntry{name: fmt.Sprint(i), content: "x"})
	}
	lying := zipOf(t, archiveEntry{name: "big.yaml", content: "apiVersion: v1\nkind: Pod\n# " + strings.Repeat("x", 100_000)})
	// The directory says that the entry has ten bytes; what is packed says more.
	at := bytes.LastIndex(lying, []byte("PK\x01\x02"))
	binary.LittleEndian.PutUint32(lying[at+24:], 10)
	for name, tt := range map[string]struct {
		data []byte
		want string
	}{
		"gzip":            {gzipOf(t, []byte(zeros)), "more than 1 MiB unpacked"},
		"zstd":            {zstdOf(t, []byte(zeros), zstd.WithWindowSize(512<<10)), "more than 1 MiB unpacked"},
		"zip":             {zipOf(t, archiveEntry{name: "x.yaml", content: "apiVersion: v1\nkind: Pod\n" + zeros}), "more than 1 MiB unpacked"},
		"zstd window":     {zstdOf(t, []byte(zeros), zstd.WithWindowSize(8<<20)), "it needs a window of more than 1 MiB"},
		"zip directory":   {zipOf(t, many...), "its directory is too large"},
		"zip in tar":      {tarOf(t, archiveEntry{name: "a.zip", content: string(zipOf(t, archiveEntry{name: "x", content: random(100_000)}))}), "a zip archive of more than 0 MiB inside another one"},
		"lying size":      {lying, "cut short"},
		"nested archives": {nested(t, 10), "archives more than 4 deep"},
	} {
		t.Run(name, func(t *testing.T) {
			_, skipped := openLimited(t, limits, tt.data)
			if !strings.Contains(strings.Join(skipped, "\n"), tt.want) {
				t.Errorf("skipped %q, want a line with %q", skipped, tt.want)
			}
		})
	}
}

// random gives bytes that cannot be packed.
func random(n int) string {
	var out strings.Builder
	x := uint32(1)
	for range n {
		x = x*1664525 + 1013904223
		out.WriteByte(byte(x >> 24))
	}
	return out.String()
}

func nested(t *testing.T, depth int) []byte {
	t.Helper()
	data := zipOf(t, archiveEntry{name: "api.yaml", content: pod("api", "web")})
	for range depth {
		data = zipOf(t, archiveEntry{name: "a.zip", content: string(data)})
	}
	return data
}

// TestNothingIsLeftBehind reads an archive from a pipe that is too large for memory, and looks for its file.
func TestNothingIsLeftBehind(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	data := tarOf(t, archiveEntry{name: "api.log", content: "panic: boom\n"}, archiveEntry{name: "api.yaml", content: pod("api", "web")},
		archiveEntry{name: "x.bin", content: strings.Repeat("\x00", 8<<20)})
	b, err := Open([]string{"-"}, bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if got := summary(b); len(got) != 2 {
		t.Errorf("read as %q, want a pod and its log", got)
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, error %v", left, err)
	}
}

func TestNamesInMessagesAreThoseOfTheFiles(t *testing.T) {
	var z bytes.Buffer
	w := gzip.NewWriter(&z)
	io.WriteString(w, archived(t, "shop/broken.json", `{"apiVersion": "v1", "kind": "Pod", "metadata": `))
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	dir := writeFiles(t, map[string]string{"case.tar.gz": z.String()})
	b, err := Open([]string{dir}, nil)
	if !errors.Is(err, ErrNothing) {
		t.Fatal(err)
	}
	if want := filepath.ToSlash(dir) + "/case.tar.gz:shop/broken.json"; len(b.Unused()) != 1 || b.Unused()[0].Path != want {
		t.Errorf("skipped %+v, want %s", b.Unused(), want)
	}
}
