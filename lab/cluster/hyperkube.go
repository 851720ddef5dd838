package cluster

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/unloop-dev/unloop/lab/turns"
)

// DefaultVersion of Kubernetes: 1.35 wakes a pod's worker when its back-off ends, so that a crash is seen at once;
// 1.34 sleeps 10 to 15 s after every failure, and 1.36 behaves as 1.35.
const DefaultVersion = "1.35.4"

// pins are the module files for a version of Kubernetes: go.mod and go.sum for the default, VERSION.mod and .sum else.
func pins(source, version string) (mod, sum string) {
	dir := filepath.Join(source, "hyperkube")
	if version == DefaultVersion {
		return filepath.Join(dir, "go.mod"), filepath.Join(dir, "go.sum")
	}
	return filepath.Join(dir, version+".mod"), filepath.Join(dir, version+".sum")
}

// Hyperkube gives the binary that is all of Kubernetes, and builds it if this machine hasn't got it.
// The file's name says what it was built from, so that it outlives the clone and Go's build cache.
func Hyperkube(ctx context.Context, source, version string) (string, error) {
	mod, sum := pins(source, version)
	if _, err := os.Stat(mod); errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("Kubernetes %s isn't pinned: run 'lab pin %s' and commit what it writes", version, version)
	}
	goFiles, err := filepath.Glob(filepath.Join(source, "hyperkube", "*.go"))
	if err != nil {
		return "", err
	}
	key, err := hashFiles(append(goFiles, mod, sum))
	if err != nil {
		return "", err
	}
	cache, err := CacheDir()
	if err != nil {
		return "", err
	}
	bin := filepath.Join(cache, "hyperkube-"+version+"-"+key)
	return bin, built(ctx, bin, func() error { return buildHyperkube(ctx, mod, version, bin) })
}

// built has a binary of the cache built if it isn't there, while no other lab builds the same.
func built(ctx context.Context, bin string, build func() error) error {
	if _, err := os.Stat(bin); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(bin), 0o755); err != nil {
		return err
	}
	lock := turns.Lock{Path: bin + ".lock", For: "builds " + filepath.Base(bin), Limit: time.Hour, Notice: os.Stderr}
	return lock.Do(ctx, func() error {
		if _, err := os.Stat(bin); !errors.Is(err, fs.ErrNotExist) {
			return err // the lab that was waited for has built it
		}
		return build()
	})
}

// Kubectl gives the real kubectl, and builds it if this machine hasn't got it.
func Kubectl(ctx context.Context, source string) (string, error) {
	dir := filepath.Join(source, "kubectl")
	key, err := hashFiles([]string{filepath.Join(dir, "main.go"), filepath.Join(dir, "go.mod"), filepath.Join(dir, "go.sum")})
	if err != nil {
		return "", err
	}
	cache, err := CacheDir()
	if err != nil {
		return "", err
	}
	bin := filepath.Join(cache, "kubectl-"+key)
	return bin, built(ctx, bin, func() error { return buildKubectl(ctx, dir, bin) })
}

func buildKubectl(ctx context.Context, dir, bin string) error {
	c := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", bin+".new", ".")
	c.Dir = dir
	c.Env = append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off")
	c.Stderr = os.Stderr
	if err := c.Run(); err != nil {
		return fmt.Errorf("build kubectl: %w", err)
	}
	return os.Rename(bin+".new", bin)
}

func buildHyperkube(ctx context.Context, mod, version, bin string) error {
	fmt.Fprintf(os.Stderr, "lab: building Kubernetes %s: about 15 minutes of CPU time, once (%s)\n", version, bin)
	const v = "k8s.io/component-base/version"
	minor := strings.Split(version, ".")[1]
	ldflags := fmt.Sprintf("-s -w -X %s.gitVersion=v%s -X %s.gitMajor=1 -X %s.gitMinor=%s", v, version, v, v, minor)
	c := exec.CommandContext(ctx, "go", "build", "-trimpath", "-modfile", mod, "-ldflags", ldflags, "-o", bin+".new", ".")
	c.Dir = filepath.Dir(mod)
	c.Env = append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off")
	c.Stderr = os.Stderr
	if err := c.Run(); err != nil {
		return fmt.Errorf("build Kubernetes %s: %w", version, err)
	}
	return os.Rename(bin+".new", bin)
}

// hashFiles is a short name for the content of files, whatever the directory they lie in.
func hashFiles(paths []string) (string, error) {
	slices.Sort(paths)
	h := sha256.New()
	for _, p := range paths {
		b, err := os.ReadFile(p)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(h, "%s %x\n", filepath.Base(p), sha256.Sum256(b))
	}
	return fmt.Sprintf("%x", h.Sum(nil))[:16], nil
}

// Pin writes the module files for a version of Kubernetes.
func Pin(ctx context.Context, source, version string) error {
	if !regexp.MustCompile(`^1\.\d+\.\d+$`).MatchString(version) {
		return fmt.Errorf("version %q isn't like %s", version, DefaultVersion)
	}
	upstream, err := kubernetesMod(ctx, version)
	if err != nil {
		return err
	}
	mod, _ := pins(source, version)
	if err := os.WriteFile(mod, []byte(pinnedMod(upstream, version)), 0o644); err != nil {
		return err
	}
	c := exec.CommandContext(ctx, "go", "mod", "tidy", "-modfile", mod)
	c.Dir = filepath.Dir(mod)
	c.Env = append(os.Environ(), "GOWORK=off")
	c.Stderr = os.Stderr
	return c.Run()
}

// kubernetesMod is the go.mod of k8s.io/kubernetes.
func kubernetesMod(ctx context.Context, version string) (string, error) {
	c := exec.CommandContext(ctx, "go", "mod", "download", "-json", "k8s.io/kubernetes@v"+version)
	c.Dir = os.TempDir()
	out, err := c.Output()
	if err != nil {
		return "", fmt.Errorf("download k8s.io/kubernetes %s: %w", version, err)
	}
	var module struct{ GoMod string }
	if err := json.Unmarshal(out, &module); err != nil {
		return "", err
	}
	b, err := os.ReadFile(module.GoMod)
	return string(b), err
}

// pinnedMod requires one release of Kubernetes. Its go.mod requires the staging repositories at v0.0.0 and replaces
// them by directories that only its own tree has: here each is replaced by its published tag of the same release.
func pinnedMod(upstream, version string) string {
	first := func(pattern string) string {
		return regexp.MustCompile(pattern).FindString(upstream)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "module github.com/unloop-dev/unloop/lab/hyperkube\n\n%s\n\n%s\n\n", first(`(?m)^go .*$`), first(`(?m)^godebug .*$`))
	fmt.Fprintf(&b, "require (\n\t%s\n\tk8s.io/kubernetes v%s\n)\n\n", first(`go\.etcd\.io/etcd/server/v3 v\S+`), version)
	b.WriteString("// k8s.io/kubernetes requires its staging repositories at v0.0.0: pin them to the tags of the same release.\nreplace (\n")
	staging := regexp.MustCompile(`(?m)^\s*(k8s\.io/[a-z-]+) => \./staging`)
	for _, m := range staging.FindAllStringSubmatch(upstream, -1) {
		fmt.Fprintf(&b, "\t%s => %s v0.%s\n", m[1], m[1], strings.TrimPrefix(version, "1."))
	}
	b.WriteString(")\n")
	return b.String()
}
