package evidence

import "testing"

func TestStartFailureReadsTheCauseOfEachRuntime(t *testing.T) {
	const chain1 = "failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: "
	const chain2 = chain1 + "error during container init: "
	for _, tt := range []struct{ name, text, cause, what, inner string }{
		{"containerd 1, absolute path", chain1 + `exec: "/no/such/binary": stat /no/such/binary: no such file or directory: unknown`, "no-such-file", "/no/such/binary", `exec: "/no/such/binary": stat /no/such/binary: no such file or directory`},
		{"containerd 2, bare name", chain2 + `exec: "serve": executable file not found in $PATH`, "not-in-path", "serve", `exec: "serve": executable file not found in $PATH`},
		{"permission", chain1 + `exec: "/noexec": permission denied: unknown`, "permission", "/noexec", `exec: "/noexec": permission denied`},
		{"runc 1.0 eaccess", chain1 + `exec: "/app/run.sh": eaccess /app/run.sh: permission denied: unknown`, "permission", "/app/run.sh", `exec: "/app/run.sh": eaccess /app/run.sh: permission denied`},
		{"directory", chain2 + `exec: "/app": is a directory`, "is-directory", "/app", `exec: "/app": is a directory`},
		{"workdir chdir", chain2 + `chdir to cwd ("/srv/app") set in config.json failed: no such file or directory`, "workdir", "/srv/app", `chdir to cwd ("/srv/app") set in config.json failed: no such file or directory`},
		{"workdir is a file", chain2 + `mkdir /etc/passwd: not a directory: unknown`, "workdir", "/etc/passwd", `mkdir /etc/passwd: not a directory`},
		{"mount", chain2 + `error mounting "/var/lib/kubelet/pods/x/volume-subpaths/c/app/0" to rootfs at "/etc/app.conf": mount /x:/etc/app.conf: not a directory: unknown`, "mount", "/etc/app.conf", `error mounting "/var/lib/kubelet/pods/x/volume-subpaths/c/app/0" to rootfs at "/etc/app.conf": mount /x:/etc/app.conf: not a directory`},
		{"oom of init", chain1 + `container init was OOM-killed (memory limit too low?): unknown`, "oom-init", "", `container init was OOM-killed (memory limit too low?)`},
		{"memory limit", chain1 + `unable to apply cgroup configuration: unable to set memory limit to 4194304 (current usage: 6291456, peak usage: 6815744): unknown`, "memory-limit", "", `unable to apply cgroup configuration: unable to set memory limit to 4194304 (current usage: 6291456, peak usage: 6815744)`},
		{"crun", "container create failed: crun: executable file `serve` not found in $PATH: No such file or directory", "not-in-path", "serve", "executable file `serve` not found in $PATH: No such file or directory"},
		{"docker", `failed to start container "app": Error response from daemon: OCI runtime create failed: container_linux.go:349: starting container process caused "exec: \"/serve\": stat /serve: no such file or directory": unknown`, "no-such-file", "/serve", ""},
		{"name reserved", `failed to reserve container name "app_x_0": name "app_x_0" is reserved for "abc"`, "name-reserved", "", `failed to reserve container name "app_x_0": name "app_x_0" is reserved for "abc"`},
		{"no command", `failed to generate container "x" spec: no command specified`, "no-command", "", ""},
		{"foreign text", "something went wrong", "other", "", "something went wrong"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := startFailure(tt.text, "ref")
			if f.Cause != tt.cause || f.What != tt.what {
				t.Errorf("cause %q of %q, want %q of %q", f.Cause, f.What, tt.cause, tt.what)
			}
			if tt.inner != "" && f.Text != tt.inner {
				t.Errorf("innermost text %q, want %q", f.Text, tt.inner)
			}
			if !f.Set || f.Full != tt.text {
				t.Errorf("the full text is lost: %+v", f)
			}
		})
	}
	if f := startFailure(" \n", ""); f.Set {
		t.Errorf("an empty text is no failure: %+v", f)
	}
}

func FuzzStartFailure(f *testing.F) {
	f.Add("failed to create containerd task: exec: \"/x\": permission denied: unknown")
	f.Add("Error: Error: Error: ")
	f.Add("exec: \"\": ")
	f.Add(": unknown: unknown")
	f.Fuzz(func(t *testing.T, text string) {
		got := startFailure(text, "ref")
		if got.Set && got.Cause == "" {
			t.Errorf("a failure without a cause: %+v", got)
		}
		if len(got.Text) > len(text) {
			t.Errorf("the text grew: %q", got.Text)
		}
	})
}
