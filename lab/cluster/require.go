package cluster

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
)

// ErrCannotRun marks a machine that a lab can't run on at all: no Linux, or not root.
var ErrCannotRun = errors.New("the lab can't run here")

// need is a program or file and the Debian package that brings it.
type need struct{ what, pkg string }

func needs() []need {
	return []need{
		{"containerd", "containerd"},
		{"ctr", "containerd"},
		{"runc", "runc"},
		{"/usr/lib/cni/bridge", "containernetworking-plugins"},
		{"iptables", "iptables"},
		{"nft", "nftables"},
		{"ip", "iproute2"},
		{"mount", "mount"},
	}
}

// Require says what this machine lacks, and the command that brings it.
func Require() error {
	if runtime.GOOS != "linux" {
		return fmt.Errorf("%w: it needs Linux, this is %s", ErrCannotRun, runtime.GOOS)
	}
	if os.Geteuid() != 0 {
		return fmt.Errorf("%w: it makes namespaces, mounts and cgroups, and needs root for it", ErrCannotRun)
	}
	if missing := missingPackages(); len(missing) > 0 {
		return fmt.Errorf("packages are missing; on Debian:\n  apt-get update && apt-get install -y --no-install-recommends %s",
			strings.Join(missing, " "))
	}
	_, err := readCgroups(RunDir())
	return err
}

func missingPackages() []string {
	var missing []string
	for _, n := range needs() {
		_, err := exec.LookPath(n.what)
		if err != nil && (len(missing) == 0 || missing[len(missing)-1] != n.pkg) {
			missing = append(missing, n.pkg)
		}
	}
	return missing
}
