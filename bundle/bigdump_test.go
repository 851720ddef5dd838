package bundle

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"

	"github.com/klauspost/compress/zstd"

	"github.com/unloop-dev/unloop/internal/bigdump"
)

// benchmarked is a tenth of the dump of docs/performance.md.
var benchmarked = bigdump.Dump{Pods: 500, Trouble: 20, LogBytes: 360_000, Managed: true}

// form is a dump in one of its forms, and how its objects are read from it once without anything else.
type form struct {
	name, path string
	decode     func(b *testing.B, path string)
}

// forms writes the dump in all forms.
func forms(b *testing.B) []form {
	b.Helper()
	dir := b.TempDir()
	if err := benchmarked.WriteDir(filepath.Join(dir, "dir")); err != nil {
		b.Fatal(err)
	}
	packed := func(w io.WriteCloser, err error) error {
		if err == nil {
			err = benchmarked.WriteTar(w)
		}
		if err != nil {
			return err
		}
		return w.Close()
	}
	for name, write := range map[string]func(io.Writer) error{
		"tar.gz":  func(w io.Writer) error { return packed(gzip.NewWriter(w), nil) },
		"tar.zst": func(w io.Writer) error { z, err := zstd.NewWriter(w); return packed(z, err) },
		"zip":     benchmarked.WriteZip, "json": benchmarked.WriteJSON, "yaml": benchmarked.WriteYAML,
	} {
		f, err := os.Create(filepath.Join(dir, name))
		if err != nil {
			b.Fatal(err)
		}
		if err := write(f); err != nil {
			b.Fatal(err)
		}
		if err := f.Close(); err != nil {
			b.Fatal(err)
		}
	}
	return []form{
		{"dir", filepath.Join(dir, "dir"), decodeDir},
		{"tar.gz", filepath.Join(dir, "tar.gz"), decodeTar},
		{"tar.zst", filepath.Join(dir, "tar.zst"), decodeTar},
		{"zip", filepath.Join(dir, "zip"), decodeZip},
		{"json", filepath.Join(dir, "json"), decodeFile},
		{"yaml", filepath.Join(dir, "yaml"), decodeFile},
	}
}

// BenchmarkOpenBig opens a dump, and beside it reads and decodes its objects once: what any reader must do at least.
func BenchmarkOpenBig(b *testing.B) {
	for _, f := range forms(b) {
		b.Run(f.name+"/decode", func(b *testing.B) {
			for b.Loop() {
				f.decode(b, f.path)
			}
		})
		b.Run(f.name+"/open", func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(sizeOf(b, f.path))
			for b.Loop() {
				opened, err := Options{Lean: true}.Open(b.Context(), []string{f.path}, nil)
				if err != nil {
					b.Fatal(err)
				}
				n := 0
				for range opened.All() {
					n++
				}
				if n != benchmarked.Pods {
					b.Fatalf("%d pods", n)
				}
			}
			b.ReportMetric(float64(benchmarked.Pods*b.N)/b.Elapsed().Seconds(), "pods/s")
		})
	}
}

func sizeOf(b *testing.B, path string) int64 {
	b.Helper()
	var size int64
	err := filepath.WalkDir(path, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			size += info.Size()
		}
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return size
}

// decodeObjects decodes a file of objects as their types; logs are not read.
func decodeObjects(b *testing.B, name string, in io.Reader) {
	b.Helper()
	if strings.HasSuffix(name, ".txt") {
		return
	}
	data, err := io.ReadAll(in)
	if err != nil {
		b.Fatal(err)
	}
	var list any = &corev1.PodList{}
	switch filepath.Base(name) {
	case "events.json":
		list = &corev1.EventList{}
	case "nodes.json":
		list = &corev1.NodeList{}
	case "replicasets.json", "deployments.json":
		list = &appsv1.DeploymentList{}
	}
	if bytes.HasPrefix(data, []byte("apiVersion:")) {
		err = yaml.Unmarshal(data, list)
	} else {
		err = json.Unmarshal(data, list)
	}
	if err != nil {
		b.Fatal(err)
	}
}

func decodeFile(b *testing.B, path string) {
	f, err := os.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	decodeObjects(b, path, f)
}

func decodeDir(b *testing.B, path string) {
	err := filepath.WalkDir(path, func(name string, d fs.DirEntry, err error) error {
		if err == nil && filepath.Ext(name) == ".json" {
			decodeFile(b, name)
		}
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
}

func decodeTar(b *testing.B, path string) {
	f, err := os.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	var in io.Reader
	if strings.HasSuffix(path, "gz") {
		in, err = gzip.NewReader(f)
	} else {
		in, err = zstd.NewReader(f, zstd.WithDecoderConcurrency(1))
	}
	if err != nil {
		b.Fatal(err)
	}
	archive := tar.NewReader(in)
	for {
		header, err := archive.Next()
		if err == io.EOF {
			return
		}
		if err != nil {
			b.Fatal(err)
		}
		decodeObjects(b, header.Name, archive)
	}
}

func decodeZip(b *testing.B, path string) {
	archive, err := zip.OpenReader(path)
	if err != nil {
		b.Fatal(err)
	}
	defer archive.Close()
	for _, f := range archive.File {
		in, err := f.Open()
		if err != nil {
			b.Fatal(err)
		}
		decodeObjects(b, f.Name, in)
		in.Close()
	}
}
