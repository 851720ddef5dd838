package cluster

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

const cgroupRoot = "/sys/fs/cgroup"

// labCgroup is the directory, in every hierarchy, under which each node of a lab has its own. Its name comes from the
// run directory, so that several labs can run at once.
func labCgroup(runDir string) string {
	return fmt.Sprintf("unloop-lab-%.4x", sha256.Sum256([]byte(runDir)))
}

// cgroups says how this machine's control groups are mounted.
type cgroups struct {
	lab     string   // the directory of the lab in each
	unified bool     // version 2 only
	names   []string // version 1: the hierarchies, by the name of their directory
}

// readCgroups looks at how the control groups are mounted. A kubelet wants every hierarchy that /proc/self/cgroup names.
func readCgroups(runDir string) (*cgroups, error) {
	if _, err := os.Stat(filepath.Join(cgroupRoot, "cgroup.controllers")); err == nil {
		return &cgroups{lab: labCgroup(runDir), unified: true}, nil
	}
	b, err := os.ReadFile("/proc/self/cgroup")
	if err != nil {
		return nil, err
	}
	g := &cgroups{lab: labCgroup(runDir), names: hierarchies(string(b))}
	for _, n := range g.names {
		if _, err := os.Stat(filepath.Join(cgroupRoot, n)); err != nil {
			return nil, fmt.Errorf("control group hierarchy %q isn't mounted under %s", n, cgroupRoot)
		}
	}
	if !slices.ContainsFunc(g.names, func(n string) bool { return slices.Contains(strings.Split(n, ","), "memory") }) {
		return nil, errors.New("this kernel has no memory control group, and so no OOM kill of a container")
	}
	return g, nil
}

// hierarchies are the version 1 hierarchies of a /proc/PID/cgroup, each as the directory it is mounted on.
func hierarchies(procCgroup string) []string {
	var names []string
	for line := range strings.Lines(procCgroup) {
		_, rest, _ := strings.Cut(line, ":")
		controllers, _, _ := strings.Cut(rest, ":")
		controllers = strings.TrimPrefix(controllers, "name=")
		if controllers != "" { // the version 2 line has none
			names = append(names, controllers)
		}
	}
	slices.Sort(names)
	return names
}

// join makes the cgroup of a node in every hierarchy and moves this process there.
func (g *cgroups) join(node string) error {
	if g.unified {
		return g.joinUnified(node)
	}
	for _, n := range g.names {
		root := filepath.Join(cgroupRoot, n)
		dir := filepath.Join(root, g.lab, node)
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
		if err := g.copyCpuset(root); err != nil {
			return err
		}
		if err := g.copyCpuset(filepath.Join(root, g.lab)); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, "cgroup.procs"), []byte("0"), 0); err != nil {
			return fmt.Errorf("enter control group %s: %w", dir, err)
		}
	}
	return nil
}

// copyCpuset gives dir's children dir's CPUs and memory nodes: version 1 refuses processes in a cpuset that has none.
func (g *cgroups) copyCpuset(dir string) error {
	for _, f := range []string{"cpuset.cpus", "cpuset.mems"} {
		v, err := os.ReadFile(filepath.Join(dir, f))
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		children, err := filepath.Glob(filepath.Join(dir, "*", f))
		if err != nil {
			return err
		}
		for _, c := range children {
			if filepath.Base(filepath.Dir(c)) == g.lab || filepath.Base(dir) == g.lab {
				if err := os.WriteFile(c, v, 0); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// joinUnified does the same with version 2. The namespace's root is where the process is when it is made, so it enters
// the node's own group; divide moves the processes one level down later.
func (g *cgroups) joinUnified(node string) error {
	dir := filepath.Join(cgroupRoot, g.lab, node)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, d := range []string{cgroupRoot, filepath.Join(cgroupRoot, g.lab)} {
		if err := handDown(d); err != nil {
			return err
		}
	}
	return os.WriteFile(filepath.Join(dir, "cgroup.procs"), []byte("0"), 0)
}

// leave takes this process out of the node's group again, once the node's first process is in its namespace.
func (g *cgroups) leave() error {
	if !g.unified {
		return nil
	}
	return enter(filepath.Join(cgroupRoot, g.lab, "outside"))
}

func enter(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "cgroup.procs"), []byte("0"), 0)
}

// divide lets the kubelet make groups below the node's: version 2 allows that only in a group without processes.
func (g *cgroups) divide() error {
	if !g.unified {
		return nil
	}
	if err := enter(filepath.Join(cgroupRoot, "init")); err != nil {
		return err
	}
	return eventually(5*time.Second, func() error { return handDown(cgroupRoot) })
}

func handDown(dir string) error {
	b, err := os.ReadFile(filepath.Join(dir, "cgroup.controllers"))
	if err != nil {
		return err
	}
	for c := range strings.FieldsSeq(string(b)) {
		// Best effort each: a controller that can't be handed down (rdma, misc) is one that no pod needs.
		if err := os.WriteFile(filepath.Join(dir, "cgroup.subtree_control"), []byte("+"+c), 0); err != nil && c == "memory" {
			return fmt.Errorf("hand the memory controller down from %s: %w", dir, err)
		}
	}
	return nil
}

// mount shows a node, which has a cgroup namespace of its own, its part of every hierarchy.
func (g *cgroups) mount() error {
	if g.unified {
		return mount("cgroup2", cgroupRoot, "cgroup2", 0, "")
	}
	if err := mount("tmpfs", cgroupRoot, "tmpfs", 0, "mode=755"); err != nil {
		return err
	}
	for _, n := range g.names {
		dir := filepath.Join(cgroupRoot, n)
		if err := os.Mkdir(dir, 0o755); err != nil {
			return err
		}
		options := n
		if n == "systemd" {
			options = "none,name=systemd"
		}
		if err := mount("cgroup", dir, "cgroup", 0, options); err != nil {
			return err
		}
	}
	return nil
}

// removeCgroups removes what a lab leaves behind: empty directories, deepest first. The last processes may need a moment
// to end after they are killed.
func removeCgroups(runDir string) error {
	lab := labCgroup(runDir)
	return eventually(20*time.Second, func() error {
		tryRemoveCgroups(lab)
		left, _ := filepath.Glob(filepath.Join(cgroupRoot, "*", lab))
		if len(left) > 0 {
			return fmt.Errorf("control groups are left, with processes in them: %s", strings.Join(left, " "))
		}
		return nil
	})
}

func tryRemoveCgroups(lab string) {
	roots, _ := filepath.Glob(filepath.Join(cgroupRoot, "*", lab))
	for _, root := range append(roots, filepath.Join(cgroupRoot, lab)) {
		var dirs []string
		_ = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err == nil && d.IsDir() {
				dirs = append(dirs, path)
			}
			return nil
		})
		for _, d := range slices.Backward(dirs) {
			_ = syscall.Rmdir(d)
		}
	}
}

func mount(source, target, kind string, flags uintptr, options string) error {
	if err := syscall.Mount(source, target, kind, flags, options); err != nil {
		return fmt.Errorf("mount %s on %s: %w", kind, target, err)
	}
	return nil
}
