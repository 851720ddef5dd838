package evidence

import (
	"strings"

	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

// startChain are the links that containerd, its shim, runc, crun and Docker put before the cause of a failed start
// (docs/kubernetes.md#start-errors). Each is optional and differs between versions, so they are only stripped, never
// required.
var startChain = []string{
	"Error: ",
	"failed to start container",
	"failed to create containerd task: ",
	"failed to create shim task: ",
	"failed to create shim: ",
	"failed to start containerd task",
	"OCI runtime create failed: ",
	"OCI runtime start failed: ",
	"container_linux.go:",
	"runc create failed: ",
	"runc did not terminate successfully: ",
	"crun: ",
	"container create failed: ",
	"unable to start container process: ",
	"starting container process caused: ",
	"error during container init: ",
	"process_linux.go:",
	"rootfs_linux.go:",
	"standard_init_linux.go:",
	"Error response from daemon: ",
}

// startCause pairs a text of a runtime with the cause it stands for. Order matters: the first match wins.
type startCause struct {
	cause string
	match *lazyregexp.Regexp // its first group, if any, is what it speaks of
}

// maxStartText bounds how much of a runtime's text is searched. Real ones are under 4 KiB
// (docs/kubernetes.md#termination-message).
const maxStartText = 16 << 10

var startCauses = []startCause{
	{"oom-init", lazyregexp.New(`container init was OOM-killed|container init caused: read init-p: connection reset by peer.*memory`)},
	{"memory-limit", lazyregexp.New(`unable to set memory limit to|[Mm]inimum memory limit allowed|memory limit too low`)},
	{"not-in-path", lazyregexp.New(`exec: \\?"([^"\\]*)\\?": executable file not found in \$PATH`)},
	{"not-in-path", lazyregexp.New("executable file `([^`]*)` not found in \\$PATH")}, // crun
	{"is-directory", lazyregexp.New(`exec: \\?"([^"\\]+)\\?": is a directory`)},
	{"no-such-file", lazyregexp.New(`exec: \\?"([^"\\]+)\\?": (?:stat [^:]*: )?no such file or directory`)},
	{"permission", lazyregexp.New(`exec: \\?"([^"\\]+)\\?": (?:eaccess [^:]*: |stat [^:]*: )?permission denied`)},
	{"exec-format", lazyregexp.New(`exec(?:ve)?:? \\?"?([^":\\]*)\\?"?: exec format error`)},
	{"no-such-file", lazyregexp.New("exec(?:utable)?(?: file)? `([^`]+)`: No such file or directory")}, // crun
	{"permission", lazyregexp.New("(?:open|exec(?:utable)?(?: file)?) `([^`]+)`: Permission denied")},  // crun
	{"workdir", lazyregexp.New(`chdir to cwd \(\\?"([^"\\]+)\\?"\) set in config\.json failed`)},
	{"workdir", lazyregexp.New("chdir to [`\"']?([^`\"':]+)[`\"']?: (?:No such file|no such file|not a directory|Permission denied|permission denied)")},
	{"workdir", lazyregexp.New(`error during container init: mkdir ([^:]+): (?:not a directory|permission denied|read-only file system|file exists)`)},
	{"workdir", lazyregexp.New(`[Cc]wd must be an absolute path`)},
	{"mount", lazyregexp.New(`error mounting \\?"[^"\\]*\\?" to rootfs at \\?"([^"\\]+)\\?"`)},
	{"mount", lazyregexp.New(`failed to (?:prepare|create) subPath[^"]*"?([^"]*)"?`)},
	{"mount", lazyregexp.New("(?:error )?(?:bind )?mount(?:ing)? .*? to rootfs(?: at)? [`\"']?([^`\"' ]+)")},
	{"no-command", lazyregexp.New(`no command specified|exec: \\?"\\?": `)},
	{"user", lazyregexp.New(`unable to find (?:user|group) ([^:]+): no matching entries`)},
	{"name-reserved", lazyregexp.New(`failed to reserve container name.*is reserved for`)},
	{"device", lazyregexp.New(`nvidia-container-cli|could not select device driver|error gathering device information|unresolvable CDI devices`)},
	{"seccomp", lazyregexp.New(`seccomp`)},
	{"apparmor", lazyregexp.New(`apparmor|AppArmor`)},
	{"cgroup", lazyregexp.New(`cgroup|systemd1`)},
	{"hook", lazyregexp.New(`error running (?:prestart|createRuntime|createContainer|startContainer) hook|error running hook`)},
	{"exec-format", lazyregexp.New(`exec format error`)},
	{"no-such-file", lazyregexp.New(`(?:stat|open|lstat) ([^:]+): no such file or directory`)},
	{"permission", lazyregexp.New(`permission denied`)},
}

// startFailure reads the error text of a runtime that could not start a container. It never fails: a text without a
// known cause has cause "other". An empty text gives the zero value.
func startFailure(text, ref string) StartFailure {
	text = strings.TrimSpace(text)
	if text == "" {
		return StartFailure{}
	}
	full := text
	if len(text) > maxStartText {
		text = text[:maxStartText]
	}
	f := StartFailure{Set: true, Cause: "other", Full: full, Ref: ref, Text: innermost(text)}
	for _, c := range startCauses {
		m := c.match.FindStringSubmatch(text)
		if m == nil {
			continue
		}
		f.Cause = c.cause
		if len(m) > 1 {
			f.What = m[1]
		}
		break
	}
	return f
}

// innermost strips the links of the chain and the ": unknown" that containerd 1.x appends (docs/kubernetes.md#start-errors).
func innermost(text string) string {
	for {
		before := text
		text = strings.TrimSpace(text)
		for _, link := range startChain {
			if at := strings.Index(text, link); at == 0 {
				text = text[len(link):]
			}
		}
		text = strings.TrimSuffix(text, ": unknown")
		if text == before {
			return text
		}
	}
}
