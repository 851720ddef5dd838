package image

import (
	"archive/tar"
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// Names of the static image: an application, its next version (which has a file /release), and the sandbox that containerd wants.
const (
	AppTag   = "lab.local/app:v1"
	nextTag  = "lab.local/app:v2"
	pauseTag = "lab.local/pause:v1"
)

// Static builds the test program and writes the images that hold nothing else to dir.
func Static(ctx context.Context, source, dir string) (string, error) {
	archive := filepath.Join(dir, "static.tar")
	return archive, inTurn(ctx, dir, func() error { return buildStatic(ctx, source, dir, archive) })
}

func buildStatic(ctx context.Context, source, dir, archive string) error {
	bin := filepath.Join(dir, "crasher")
	c := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", bin, "./crasher")
	c.Dir = source
	c.Env = append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off")
	c.Stderr = os.Stderr
	if err := c.Run(); err != nil {
		return fmt.Errorf("build the test program: %w", err)
	}
	app, err := os.ReadFile(bin)
	if err != nil {
		return err
	}
	layer := filepath.Join(dir, "app.tar")
	if err := writeLayer(layer, staticFiles(app)); err != nil {
		return err
	}
	release := filepath.Join(dir, "release.tar")
	if err := writeLayer(release, []file{{"release", []byte("2\n"), 0o644}}); err != nil {
		return err
	}
	var images []Image
	for tag, layers := range map[string][]string{AppTag: {layer}, pauseTag: {layer}, nextTag: {layer, release}} {
		images = append(images, Image{Tag: tag, Entrypoint: []string{"/app"}, Env: []string{"PATH=/"}, Layers: layers})
	}
	slices.SortFunc(images, func(a, b Image) int { return strings.Compare(a.Tag, b.Tag) })
	return WriteArchive(archive, images)
}

type file struct {
	name string
	data []byte
	mode int64
}

// staticFiles are the program, and files that can't be run, each for another reason.
func staticFiles(app []byte) []file {
	return []file{
		{"tmp/", nil, 0o1777},
		{"etc/", nil, 0o755},
		{"etc/passwd", []byte("root:x:0:0:root:/:/app\napp:x:1000:1000::/:/app\n"), 0o644},
		{"etc/group", []byte("root:x:0:\napp:x:1000:\n"), 0o644},
		{"app", app, 0o755},
		{"noexec", app[:4096], 0o644},
		{"badformat", []byte("this is no program\n"), 0o755},
		{"wrongarch", forOtherMachine(app[:4096]), 0o755},
		{"crlf.sh", []byte("#!/app\r\n"), 0o755},
		{"nointerpreter.sh", []byte("#!/usr/bin/env python3\nprint('hello')\n"), 0o755},
	}
}

// forOtherMachine says in an ELF header that the program is for 64-bit ARM.
func forOtherMachine(elf []byte) []byte {
	const machine, aarch64 = 18, 0xb7
	other := bytes.Clone(elf)
	other[machine], other[machine+1] = aarch64, 0
	return other
}

func writeLayer(path string, files []file) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	w := tar.NewWriter(f)
	for _, e := range files {
		if err := writeFile(w, e.name, e.data, e.mode); err != nil {
			return err
		}
	}
	if err := w.Close(); err != nil {
		return err
	}
	return f.Close()
}
