package files

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var small = Limits{
	Files: 100, Depth: 4, Memory: 1 << 20,
	Unpacked: 1 << 20, Spool: 1 << 20, Nested: 1 << 20, Directory: 64 << 10, Window: 1 << 20,
}

// readerOf gives a Reader that decodes and calls use for each text.
func readerOf(use func(File)) *Reader {
	return &Reader{
		Limits:   small,
		Enclosed: func(read func()) { read() },
		Skip:     func(_, _ string) {},
		Visit: func(f File) Kind {
			switch {
			case f.Kind != Text:
				return f.Kind
			case bytes.HasPrefix(f.Head, []byte("-- ")):
				return TextArchive
			}
			use(f)
			return Text
		},
	}
}

func tarOf(t testing.TB, namesAndTexts ...string) string {
	t.Helper()
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	for i := 0; i < len(namesAndTexts); i += 2 {
		text := namesAndTexts[i+1]
		if err := w.WriteHeader(&tar.Header{Name: namesAndTexts[i], Typeflag: tar.TypeReg, Size: int64(len(text)), Mode: 0o644}); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, text); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func zipOf(t testing.TB, name, text string) string {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	f, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(f, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func gzipOf(t testing.TB, text string) string {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// mixed is a folder with all that a Reader opens by itself.
func mixed(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"a.txt":     "plain",
		"b.log.gz":  gzipOf(t, "packed"),
		"c.tar":     tarOf(t, "x/one", "first", "two.zip", zipOf(t, `y\in`, "inner"), "three", "third"),
		"d.txtar":   "-- in --\nsection\n-- want --\nno evidence\n",
		"e.txt":     "\xff\xfeu\x00\x07\x26",
		"f.txt":     "it is f\xfcr alle",
		"g/h/i.txt": "deep",
	} {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestEachFileIsVisitedOnce(t *testing.T) {
	var got []string
	var r *Reader
	r = readerOf(func(f File) {
		text, err := io.ReadAll(f.In)
		if err != nil {
			t.Error(err)
		}
		got = append(got, r.Hint(f.Name)+" "+r.Hint(r.Given(f.Name))+" "+string(text))
	})
	defer r.Close()
	if err := r.Open(t.Context(), mixed(t), nil); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"a.txt a.txt plain", "b.log b.log.gz packed",
		"c.tar:x/one c.tar:x/one first", "c.tar:two.zip:y/in c.tar:two.zip:y/in inner", "c.tar:three c.tar:three third",
		"d.txtar:in d.txtar:in section\n", "e.txt e.txt u☇", "f.txt f.txt it is für alle", "g/h/i.txt g/h/i.txt deep",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestPlacesAreReadAgain comes back to some places, and to those alone.
func TestPlacesAreReadAgain(t *testing.T) {
	var places []Place
	var got []string
	var r *Reader
	r = readerOf(func(f File) {
		text, err := io.ReadAll(f.In)
		switch {
		case err != nil:
			t.Error(err)
		case r.IsAgain():
			if r.Take() {
				got = append(got, string(text))
			}
			if r.Take() {
				t.Errorf("%s is taken twice", f.Name)
			}
		case !r.CanWait():
			t.Errorf("%s cannot be put off", f.Name)
		case strings.Contains("inner packed deep", string(text)):
			places = append(places, r.Place())
		case string(text) == "third":
			r.AtOnce(func() {
				if r.CanWait() {
					t.Error("what is read at once can be put off")
				}
			})
		}
	})
	defer r.Close()
	if err := r.Open(t.Context(), mixed(t), nil); err != nil {
		t.Fatal(err)
	}
	r.Again(places)
	if diff := cmp.Diff([]string{"packed", "inner", "deep"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestStandardInput can be read again only if it is an archive, which is kept.
func TestStandardInput(t *testing.T) {
	for text, want := range map[string]bool{"a log": false, tarOf(t, "a", "a log"): true} {
		visited := false
		var r *Reader
		r = readerOf(func(f File) {
			visited = true
			if r.CanWait() != want || r.Passes() != want {
				t.Errorf("%s can be put off: %t, want %t; passes: %t", f.Name, r.CanWait(), want, r.Passes())
			}
		})
		if err := r.Open(t.Context(), "-", strings.NewReader(text)); err != nil || !visited {
			t.Errorf("error %v, visited %t", err, visited)
		}
		r.Close()
	}
}

// TestRatio packs what repeats itself so often that nothing honest does.
func TestRatio(t *testing.T) {
	r := readerOf(nil)
	r.ctx = t.Context()
	w := &ratio{r: r, name: "a.gz", packed: func() int64 { return 1000 }, out: suspiciousSize + 1}
	_, err := w.of(strings.NewReader("x")).Read(make([]byte, 10))
	if !errors.Is(err, errBomb) || !strings.Contains(err.Error(), "a.gz unpacks to more than 500 times its size") {
		t.Errorf("error %v", err)
	}
}

// FuzzArchiveEntry packs anything under any name. Names that lead outside are not read.
func FuzzArchiveEntry(f *testing.F) {
	f.Add("../up.yaml", []byte("kind: Pod\n"))
	f.Add("a/b.log.gz", []byte("\x1f\x8b\x08"))
	f.Add("a\\..\\..\\b", []byte("panic: boom\n"))
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		if len(name) > 2*maxName || strings.HasSuffix(name, "/") { // a folder has no content
			return
		}
		for _, packed := range []string{zipOf(t, name, string(data)), gzipOf(t, string(data))} {
			r := readerOf(func(f File) {
				if why := refusal(strings.TrimPrefix(f.Name, "stdin:")); why != "" && !strings.Contains(why, "more than") {
					t.Errorf("%q was read", f.Name)
				}
			})
			if err := r.Open(t.Context(), "-", strings.NewReader(packed)); err != nil {
				t.Fatal(err)
			}
			r.Close()
		}
	})
}
