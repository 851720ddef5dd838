// Package image makes container images without a registry: a static one with a single program, and images with real
// runtimes out of Debian packages. The result is what `ctr images import` reads.
package image

import (
	"archive/tar"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// Image is one image of an archive.
type Image struct {
	Tag        string
	Entrypoint []string
	Env        []string
	Layers     []string // tar files, lowest first
}

// WriteArchive writes images that may share layers to one file. The same images give the same bytes.
func WriteArchive(path string, images []Image) error {
	f, err := os.Create(path + ".new")
	if err != nil {
		return err
	}
	defer f.Close()
	a := &archive{w: tar.NewWriter(f), digests: map[string]string{}}
	for _, i := range images {
		if err := a.add(i); err != nil {
			return fmt.Errorf("write image %s: %w", i.Tag, err)
		}
	}
	if err := a.finish(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

type archive struct {
	w        *tar.Writer
	digests  map[string]string // of layers that are written, by file
	manifest []manifest
}

type manifest struct {
	Config   string
	RepoTags []string
	Layers   []string
}

func (a *archive) add(i Image) error {
	type object = map[string]any
	m := manifest{RepoTags: []string{i.Tag}}
	var diffIDs []string
	var history []object
	for _, l := range i.Layers {
		digest, err := a.layer(l)
		if err != nil {
			return err
		}
		diffIDs = append(diffIDs, "sha256:"+digest)
		history = append(history, object{"created": "1970-01-01T00:00:00Z", "created_by": filepath.Base(l)})
		m.Layers = append(m.Layers, digest+".tar")
	}
	config, err := json.Marshal(object{
		"architecture": "amd64", "os": "linux", "created": "1970-01-01T00:00:00Z",
		"config":  object{"Entrypoint": i.Entrypoint, "WorkingDir": "/", "Env": i.Env},
		"rootfs":  object{"type": "layers", "diff_ids": diffIDs},
		"history": history,
	})
	if err != nil {
		return err
	}
	m.Config = fmt.Sprintf("%x.json", sha256.Sum256(config))
	a.manifest = append(a.manifest, m)
	return writeFile(a.w, m.Config, config, 0o644)
}

// layer writes a layer, unless an image before has it too, and gives its digest.
func (a *archive) layer(path string) (string, error) {
	if d, ok := a.digests[path]; ok {
		return d, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	size, err := io.Copy(h, f)
	if err != nil {
		return "", err
	}
	digest := fmt.Sprintf("%x", h.Sum(nil))
	a.digests[path] = digest
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return "", err
	}
	header := &tar.Header{Name: digest + ".tar", Mode: 0o644, Size: size, Typeflag: tar.TypeReg, ModTime: time.Unix(0, 0)}
	if err := a.w.WriteHeader(header); err != nil {
		return "", err
	}
	_, err = io.Copy(a.w, f)
	return digest, err
}

func (a *archive) finish() error {
	b, err := json.Marshal(a.manifest)
	if err != nil {
		return err
	}
	if err := writeFile(a.w, "manifest.json", b, 0o644); err != nil {
		return err
	}
	return a.w.Close()
}

// writeFile adds a file, or a directory if the name ends in a slash.
func writeFile(w *tar.Writer, name string, data []byte, mode int64) error {
	h := &tar.Header{Name: name, Mode: mode, Size: int64(len(data)), Typeflag: tar.TypeReg, ModTime: time.Unix(0, 0)}
	if name[len(name)-1] == '/' {
		h.Typeflag = tar.TypeDir
	}
	if err := w.WriteHeader(h); err != nil {
		return err
	}
	_, err := w.Write(data)
	return err
}
