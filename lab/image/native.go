package image

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// native is a program in a language with a compiler of its own. The image lab.local/NAME:v1 holds nothing else.
type native struct {
	name, source string
	compiler     []string // asked with -o PROGRAM SOURCE
}

func natives() []native {
	return []native{
		{"c", "c.c", []string{"gcc", "-static", "-O0", "-fstack-protector-all"}},
		{"rust", "rust.rs", []string{"rustc", "-C", "target-feature=+crt-static", "--edition", "2021", "--remap-path-prefix"}},
	}
}

// Missing says which of the images can't be made here, for want of a compiler, and why.
func Missing(names []string) map[string]string {
	missing := map[string]string{}
	for _, n := range natives() {
		for _, name := range names {
			if _, err := exec.LookPath(n.compiler[0]); err != nil && name == n.name {
				missing[name] = "this machine has no " + n.compiler[0]
			}
		}
	}
	return missing
}

// archive gives the archive of the program's image.
func (n native) archive(ctx context.Context, source, cache string) (string, error) {
	dir := filepath.Join(source, "native")
	code, err := os.ReadFile(filepath.Join(dir, n.source))
	if err != nil {
		return "", err
	}
	key := fmt.Sprintf("%x", sha256.Sum256(fmt.Appendf(code, "%s %v", layout, n)))[:12]
	archive := filepath.Join(cache, fmt.Sprintf("image-%s-%s.tar", n.name, key))
	return cached(ctx, cache, archive, func() error { return n.build(ctx, dir, cache, archive) })
}

// build compiles the program, whose source is in dir.
func (n native) build(ctx context.Context, dir, cache, archive string) error {
	program := filepath.Join(cache, "native-"+n.name)
	defer os.Remove(program)
	args := n.compiler[1:]
	if args[len(args)-1] == "--remap-path-prefix" { // a panic's line names the source, not this machine's folder
		args = append(args, dir+"=src")
	}
	args = append(args, "-o", program, filepath.Join(dir, n.source))
	if out, err := exec.CommandContext(ctx, n.compiler[0], args...).CombinedOutput(); err != nil {
		return fmt.Errorf("compile %s: %w: %s", n.source, err, strings.TrimSpace(string(out)))
	}
	data, err := os.ReadFile(program)
	if err != nil {
		return err
	}
	layer := filepath.Join(cache, "layer-"+n.name+".tar")
	defer os.Remove(layer)
	if err := writeLayer(layer, append(skeleton(), file{"usr/bin/" + n.name, data, 0o755})); err != nil {
		return err
	}
	return WriteArchive(archive, []Image{{
		Tag: "lab.local/" + n.name + ":v1", Entrypoint: []string{"/usr/bin/" + n.name}, Env: []string{"PATH=/usr/bin"}, Layers: []string{layer},
	}})
}
