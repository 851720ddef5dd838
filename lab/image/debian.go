package image

import (
	"archive/tar"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// A runtime is an image lab.local/NAME:v1 made of Debian packages and all that they depend on.
type runtime struct {
	name     string
	packages []string
	links    map[string]string // what a package's postinst would have made
}

// layout counts up whenever this file makes other layers out of the same packages.
const layout = "1"

var base = runtime{
	name:     "debian",
	packages: []string{"bash", "coreutils", "dash", "findutils", "grep", "sed", "libc-bin", "procps"},
	links:    map[string]string{"usr/bin/sh": "dash", "usr/bin/awk": "mawk"},
}

func runtimes() []runtime {
	return []runtime{
		{name: "python", packages: []string{"python3", "python3-psycopg2", "python3-yaml"}},
		{name: "node", packages: []string{"nodejs"}},
		{name: "java", packages: []string{"openjdk-17-jdk-headless"}}, // with the compiler: `java Main.java`
		{name: "ruby", packages: []string{"ruby"}},
		{name: "perl", packages: []string{"perl"}},
		{name: "php", packages: []string{"php-cli"}, links: map[string]string{"usr/bin/php": "php8.2"}},
		{name: "postgres", packages: []string{"postgresql-15"}},
		{name: "redis", packages: []string{"redis-server"}},
		{name: "nginx", packages: []string{"nginx-light"}},
	}
}

// Used lists the runtime images that a manifest names.
func Used(manifest string) []string {
	var names []string
	for _, r := range append(runtimes(), base) {
		if strings.Contains(manifest, "lab.local/"+r.name+":v1") {
			names = append(names, r.name)
		}
	}
	for _, n := range natives() {
		if strings.Contains(manifest, "lab.local/"+n.name+":v1") {
			names = append(names, n.name)
		}
	}
	return names
}

// Runtime gives the archive of a runtime image, and makes it if the cache hasn't got it. source is the lab's folder.
func Runtime(ctx context.Context, source, cache, name string) (string, error) {
	for _, n := range natives() {
		if n.name == name {
			return n.archive(ctx, source, cache)
		}
	}
	return debian(ctx, cache, name)
}

// debian makes an image of packages.
func debian(ctx context.Context, cache, name string) (string, error) {
	all := append(runtimes(), base)
	i := slices.IndexFunc(all, func(r runtime) bool { return r.name == name })
	if i < 0 {
		return "", fmt.Errorf("no image %q", name)
	}
	r := all[i]
	archive := filepath.Join(cache, fmt.Sprintf("image-%s-%s.tar", name, r.key()))
	return cached(ctx, cache, archive, func() error { return r.build(ctx, cache, archive) })
}

func (r runtime) build(ctx context.Context, cache, archive string) error {
	if _, err := exec.LookPath("apt-get"); err != nil {
		return errors.New("images with real runtimes are made of Debian packages, and this machine has no apt-get")
	}
	below, err := fetch(ctx, cache, base.packages)
	if err != nil {
		return err
	}
	layers := []string{filepath.Join(cache, "layer-debian-"+base.key()+".tar")}
	if _, err := os.Stat(layers[0]); err != nil {
		if err := writeDebs(layers[0], below, base.links, skeleton()); err != nil {
			return err
		}
	}
	if r.name != base.name {
		debs, err := fetch(ctx, cache, append(slices.Clone(base.packages), r.packages...))
		if err != nil {
			return err
		}
		own := slices.DeleteFunc(debs, func(d string) bool { return slices.Contains(below, d) })
		layers = append(layers, filepath.Join(cache, "layer-"+r.name+".tar"))
		defer os.Remove(layers[1])
		if err := writeDebs(layers[1], own, r.links, nil); err != nil {
			return err
		}
	}
	path := "PATH=/usr/bin:/usr/sbin:/usr/lib/jvm/java-17-openjdk-amd64/bin:/usr/lib/postgresql/15/bin"
	return WriteArchive(archive, []Image{{Tag: "lab.local/" + r.name + ":v1", Env: []string{path, "LANG=C.UTF-8"}, Layers: layers}})
}

// key names what an image is made from. Newer packages of the same names don't count: a cache that outlives them is
// what a cache is for.
func (r runtime) key() string {
	h := sha256.New()
	fmt.Fprintln(h, layout, base, r)
	return fmt.Sprintf("%x", h.Sum(nil))[:12]
}

// fetch downloads packages with all that they depend on, as if nothing were installed, and gives their files.
func fetch(ctx context.Context, cache string, packages []string) ([]string, error) {
	dir := filepath.Join(cache, "debs")
	if err := os.MkdirAll(filepath.Join(dir, "partial"), 0o755); err != nil {
		return nil, err
	}
	nothing := filepath.Join(dir, "nothing-installed")
	if err := os.WriteFile(nothing, nil, 0o644); err != nil {
		return nil, err
	}
	args := []string{
		"install", "-qq", "-y", "--no-install-recommends", "-o", "Dir::State::status=" + nothing,
		"-o", "Dir::Cache::archives=" + dir, "-o", "APT::Sandbox::User=root",
	}
	// What has to be downloaded is printed only as long as it isn't there: ask with an empty archive first.
	list := exec.CommandContext(ctx, "apt-get", append(append(args, "--print-uris", "-o", "Dir::Cache::archives=/nonexistent"), packages...)...)
	out, err := list.Output()
	if err != nil {
		return nil, fmt.Errorf("ask apt-get for %v (is its list of packages there? apt-get update): %w", packages, err)
	}
	download := exec.CommandContext(ctx, "apt-get", append(append(args, "--download-only"), packages...)...)
	download.Stderr = os.Stderr
	if err := download.Run(); err != nil {
		return nil, fmt.Errorf("download %v: %w", packages, err)
	}
	var debs []string
	for line := range strings.Lines(string(out)) {
		if f := strings.Fields(line); len(f) >= 3 && strings.HasPrefix(f[0], "'") {
			debs = append(debs, filepath.Join(dir, f[1]))
		}
	}
	slices.Sort(debs)
	return debs, nil
}

// skeleton is what no package brings: merged /usr, users, directories to write to.
func skeleton() []file {
	users := "root:x:0:0:root:/root:/bin/bash\nwww-data:x:33:33::/var/www:/bin/sh\nredis:x:105:105::/tmp:/bin/sh\n" +
		"postgres:x:106:106::/tmp:/bin/sh\napp:x:1000:1000::/tmp:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\n"
	groups := "root:x:0:\nwww-data:x:33:\nredis:x:105:\npostgres:x:106:\napp:x:1000:\nnogroup:x:65534:\n"
	return []file{
		{"usr/", nil, 0o755},
		{"usr/bin/", nil, 0o755},
		{"usr/sbin/", nil, 0o755},
		{"usr/lib/", nil, 0o755},
		{"usr/lib64/", nil, 0o755},
		{"etc/", nil, 0o755},
		{"etc/passwd", []byte(users), 0o644},
		{"etc/group", []byte(groups), 0o644},
		{"etc/nsswitch.conf", []byte("passwd: files\ngroup: files\nhosts: files dns\n"), 0o644},
		{"tmp/", nil, 0o1777},
		{"var/", nil, 0o755},
		{"var/tmp/", nil, 0o1777},
		{"run/", nil, 0o777},
		{"root/", nil, 0o700},
	}
}

// writeDebs writes the files of packages as one layer.
func writeDebs(path string, debs []string, links map[string]string, first []file) error {
	f, err := os.Create(path + ".new")
	if err != nil {
		return err
	}
	defer f.Close()
	l := &debLayer{w: tar.NewWriter(f), seen: map[string]bool{}}
	for _, e := range first {
		l.seen[strings.TrimSuffix(e.name, "/")] = true
		if err := writeFile(l.w, e.name, e.data, e.mode); err != nil {
			return err
		}
	}
	if first != nil {
		for _, d := range []string{"bin", "sbin", "lib", "lib64"} {
			if err := l.link(d, "usr/"+d); err != nil {
				return err
			}
		}
	}
	for _, d := range debs {
		if err := l.deb(d); err != nil {
			return fmt.Errorf("unpack %s: %w", d, err)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(links)) {
		if err := l.link(name, links[name]); err != nil {
			return err
		}
	}
	if err := l.w.Close(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

type debLayer struct {
	w    *tar.Writer
	seen map[string]bool
}

func (l *debLayer) link(name, to string) error {
	if l.seen[name] {
		return nil
	}
	l.seen[name] = true
	return l.w.WriteHeader(&tar.Header{Name: name, Linkname: to, Typeflag: tar.TypeSymlink, Mode: 0o777, ModTime: time.Unix(0, 0)})
}

func (l *debLayer) deb(path string) error {
	c := exec.Command("dpkg-deb", "--fsys-tarfile", path)
	c.Stderr = os.Stderr
	out, err := c.StdoutPipe()
	if err != nil {
		return err
	}
	if err := c.Start(); err != nil {
		return err
	}
	if err := l.copy(tar.NewReader(out)); err != nil {
		return err
	}
	_, _ = io.Copy(io.Discard, out)
	return c.Wait()
}

func (l *debLayer) copy(r *tar.Reader) error {
	for {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		name := merged(h.Name)
		if name == "" || l.seen[name] || unwanted(name) {
			continue
		}
		l.seen[name] = true
		h.Name = name
		if h.Typeflag == tar.TypeLink {
			h.Linkname = merged(h.Linkname)
		}
		if err := l.w.WriteHeader(h); err != nil {
			return err
		}
		if _, err := io.Copy(l.w, r); err != nil {
			return err
		}
	}
}

// merged is a package's path in a system whose /bin, /sbin and /lib are links to those of /usr.
func merged(name string) string {
	name = strings.Trim(strings.TrimPrefix(name, "."), "/")
	top, _, _ := strings.Cut(name, "/")
	switch top {
	case "bin", "sbin", "lib", "lib64":
		return "usr/" + name
	}
	return name
}

func unwanted(name string) bool {
	for _, dir := range []string{"doc", "man", "info", "locale", "lintian", "bug", "doc-base", "i18n"} {
		if strings.HasPrefix(name, "usr/share/"+dir+"/") {
			return true
		}
	}
	return false
}
