package bundle

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unloop-dev/unloop/files"
)

func TestNothingUsable(t *testing.T) {
	for name, files := range map[string]map[string]string{
		"empty directory":  {},
		"unknown files":    {"a.bin": "\x00\x01\x02\x03", "b.md": "# notes\n"},
		"unneeded objects": {"a.yaml": "apiVersion: v1\nkind: Service\n"},
		"errors only":      {"a.log": "Error from server (BadRequest): previous terminated container \"app\" in pod \"up\" not found\n"},
	} {
		t.Run(name, func(t *testing.T) {
			b, err := Open([]string{writeFiles(t, files)}, nil)
			if !errors.Is(err, ErrNothing) || b == nil || len(b.Raws()) > 0 {
				t.Errorf("Open gives %v and error %v, want no raws and ErrNothing", b, err)
			}
		})
	}
}

func TestPathsThatCannotBeRead(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "missing")
	if _, err := Open([]string{missing}, nil); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("Open of a missing path: error %v, want ErrNotExist", err)
	}
	if _, err := Open([]string{"-"}, nil); err == nil {
		t.Error("Open of standard input without one: no error")
	}
}

func TestDirectoryLinksAreNotFollowed(t *testing.T) {
	outside := writeFiles(t, map[string]string{"secret.yaml": pod("outside", "web")})
	dir := writeFiles(t, map[string]string{"sub/api.yaml": pod("api", "web")})
	for link, to := range map[string]string{"loop": ".", "sub/up": "..", "out": outside, "file": filepath.Join(outside, "secret.yaml")} {
		if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	b := mustOpen(t, dir)
	if diff := cmp.Diff([]string{"api siblings=0 events=0 node=false"}, summary(b)); diff != "" {
		t.Errorf("raws (-want +got):\n%s", diff)
	}
	const why = ": a symbolic link; links are not followed"
	if diff := cmp.Diff([]string{"file" + why, "loop" + why, "out" + why, "up" + why}, skips(b)); diff != "" {
		t.Errorf("skipped (-want +got):\n%s", diff)
	}
	// A link that the user names is followed.
	if b := mustOpen(t, filepath.Join(dir, "file")); b.Raws()[0].Pod.Name != "outside" {
		t.Errorf("Open of a link gives %v", summary(b))
	}
}

func TestArchiveEntriesThatAreRefused(t *testing.T) {
	data := tarOf(t,
		archiveEntry{name: "../up.yaml", content: pod("up", "web")},
		archiveEntry{name: "/etc/abs.yaml", content: pod("abs", "web")},
		archiveEntry{name: "a/../../up.yaml", content: pod("up", "web")},
		archiveEntry{name: "link", content: "/etc/passwd", kind: tar.TypeSymlink},
		archiveEntry{name: "hard", content: "/etc/passwd", kind: tar.TypeLink},
		archiveEntry{name: "dev", kind: tar.TypeChar},
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
		"stdin:hard: a link; links are not followed", "stdin:dev: not a regular file",
	}
	if diff := cmp.Diff(want, skips(b)); diff != "" {
		t.Errorf("skipped (-want +got):\n%s", diff)
	}
}

func TestDamagedArchiveKeepsWhatWasRead(t *testing.T) {
	data := tarOf(t, archiveEntry{name: "api.yaml", content: pod("api", "web")}, archiveEntry{name: "b.log", content: strings.Repeat("x\n", 5000)})
	for name, cut := range map[string][]byte{"tar": data[:2000], "tar.gz": gzipOf(t, data)[:150]} {
		t.Run(name, func(t *testing.T) {
			b, err := Open([]string{"-"}, bytes.NewReader(cut))
			if err != nil && !errors.Is(err, ErrNothing) {
				t.Fatal(err)
			}
			if !strings.Contains(strings.Join(skips(b), "\n"), "cut short") {
				t.Errorf("skipped %q, want a line that says that it was cut short", skips(b))
			}
		})
	}
}

// openLimited is Open with limits small enough to test.
func openLimited(t *testing.T, l limits, data []byte) ([]string, []string) {
	t.Helper()
	r := newReader(l)
	if err := r.files.Open(t.Context(), "-", bytes.NewReader(data)); err != nil {
		t.Fatal(err)
	}
	defer r.files.Close()
	b := r.bundle("")
	return summary(b), skips(b)
}

func TestLimits(t *testing.T) {
	small := limits{Limits: files.Limits{Files: 10, Depth: 3, Memory: 4096, Unpacked: 64 << 10}, document: 1024, tail: 1024}
	entry := archiveEntry{name: "api.yaml", content: pod("api", "web")}
	var many []archiveEntry
	for i := range 20 {
		many = append(many, archiveEntry{name: fmt.Sprintf("%d.log", i), content: "x\n"})
	}
	deep := tarOf(t, entry)
	for range 4 {
		deep = gzipOf(t, deep)
	}
	big := strings.Repeat("a line of a log\n", 100_000)
	tests := []struct {
		name string
		data []byte
		want string
	}{
		{"gzip bomb", gzipOf(t, tarOf(t, entry, archiveEntry{name: "big.log", content: big})), "more than 0 MiB unpacked"},
		{"too many files", tarOf(t, many...), "more than 10 files"},
		{"too deep", deep, "archives more than 3 deep"},
		{"large text archive", []byte("-- api.yaml --\n" + pod("api", "web") + "# " + strings.Repeat("x", 5000)), "the most that is read of such a file"},
		{"large item in JSON", []byte(`{"kind":"List","apiVersion":"v1","items":[{"x":"` + strings.Repeat("x", 2000) + `"}]}`), "line 1: an object of more than"},
		{"large item in YAML", []byte("apiVersion: v1\nitems:\n- x: " + strings.Repeat("x", 2000) + "\nkind: List\n"), "line 3: an object of more than"},
		{"large document", []byte(pod("api", "web") + "  message: " + strings.Repeat("x", 2000)), "line 1: an object of more than"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, skipped := openLimited(t, small, tt.data)
			if !strings.Contains(strings.Join(skipped, "\n"), tt.want) {
				t.Errorf("skipped %q, want a line with %q", skipped, tt.want)
			}
		})
	}
}

func TestAliasBombs(t *testing.T) {
	bomb := "apiVersion: v1\nkind: Pod\na: &a [x,x,x,x,x,x,x,x,x]\n"
	for c := 'b'; c < 'l'; c++ {
		bomb += fmt.Sprintf("%c: &%c [%s]\n", c, c, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*%c,", c-1), 9), ","))
	}
	wide := "apiVersion: v1\nkind: Pod\na: &a " + strings.Repeat("x", 100_000) + "\nb: [" + strings.Repeat("*a,", 10_000) + "*a]\n"
	for name, text := range map[string]string{
		"billion laughs": bomb,
		"long scalar":    wide,
		"own ancestor":   "apiVersion: v1\nkind: Pod\na: &a\n  b: *a\n",
		"deep":           "apiVersion: v1\nkind: Pod\na: " + strings.Repeat("[", 5000) + strings.Repeat("]", 5000),
	} {
		t.Run(name, func(t *testing.T) {
			limits := defaultLimits
			limits.Memory = 1 << 20
			raws, skipped := openLimited(t, limits, []byte(text))
			if len(raws) > 0 || len(skipped) != 1 {
				t.Errorf("read as %q, skipped %q, want one skip", raws, skipped)
			}
		})
	}
}

func TestAliasesAreFollowed(t *testing.T) {
	text := "apiVersion: v1\nkind: Pod\nmetadata: {name: api, labels: &l {a: b}, annotations: *l}\n"
	got := openText(t, text).Raws()[0].Pod.Annotations
	if diff := cmp.Diff(map[string]string{"a": "b"}, got); diff != "" {
		t.Errorf("annotations (-want +got):\n%s", diff)
	}
}

// lines is an endless log that is cut at a size.
func lines(size int64) io.Reader { return io.LimitReader(endless{}, size) }

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	const line = "2026-11-22T11:48:10Z INFO order accepted\n"
	n := 0
	for n+len(line) <= len(p) {
		n += copy(p[n:], line)
	}
	if n == 0 {
		n = copy(p, line[:len(p)-1]+"\n")
	}
	return n, nil
}

func TestLargeLogIsReadAsAStream(t *testing.T) {
	const size = 70 << 20 // more than is read of objects
	b, err := Open([]string{"-"}, io.MultiReader(lines(size), strings.NewReader("\npanic: boom\n")))
	if err != nil {
		t.Fatal(err)
	}
	log := b.Raws()[0].Logs[0]
	if len(log.Data) > defaultLimits.tail || !bytes.HasSuffix(log.Data, []byte("\npanic: boom\n")) {
		t.Errorf("kept %d bytes that end in %q", len(log.Data), log.Data[max(0, len(log.Data)-20):])
	}
	if log.Read.Bytes < size || log.Read.Crash == nil || log.Truncated {
		t.Errorf("read %d bytes, crash %v, truncated %t; want all, a crash, and not truncated", log.Read.Bytes, log.Read.Crash, log.Truncated)
	}
}
