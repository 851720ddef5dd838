package symptoms_test

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/unloop-dev/unloop/causes"
	"github.com/unloop-dev/unloop/symptoms"
)

// TestFind asks in the words that people and Kubernetes use.
func TestFind(t *testing.T) {
	for name, want := range map[string]string{
		"137": "exit-137", "exit-137": "exit-137", "exit 137": "exit-137", "Exit Code 137": "exit-137", "ExitCode:137": "exit-137",
		"exit status 137": "exit-137", "SIGKILL": "exit-137", "sigkill": "exit-137", "signal 9": "exit-137", "Signal:9": "exit-137",
		"exit-129": "exit-130", "131": "exit-130", "0": "exit-0", "Completed": "exit-0", "-1": "exit-255", "255": "exit-255",
		"42": "exit-other", "70": "exit-sysexits", "140": "exit-signal", "200": "exit-other", "4": "exit-other",
		"-1073741819": "exit-windows", "3221225477": "exit-windows", "0xC0000005": "exit-windows", "exit-256": "exit-windows",
		"Exit Code:    137": "exit-137", "exited with code 2": "exit-2", "exit -1": "exit-255", "exit--1": "exit-255", "exit code -1": "exit-255",
		"0137": "exit-137", "0XC0000005": "exit-windows",
		"503": "", "404": "", // HTTP
		"OOMKilled": "oom-killed", "oom-killed": "oom-killed", "oomkilled": "oom-killed",
		"CrashLoopBackOff": "crash-loop-back-off", "crash loop": "crash-loop-back-off", "Init:CrashLoopBackOff": "crash-loop-back-off",
		"Init:Error": "error", "Init:0/1": "container-creating", "StartError": "exit-128", "seccomp killed": "exit-159",
		"nonsense": "", "": "", "-": "", "exit": "", "99999999999999999999": "", "1e9": "",
	} {
		got := ""
		if p := symptoms.Find(name); p != nil {
			got = p.ID
		}
		if got != want {
			t.Errorf("Find(%q) = %q, want %q", name, got, want)
		}
	}
}

// TestEveryExitCodeHasAPage covers what a report may print as exit-N.
func TestEveryExitCodeHasAPage(t *testing.T) {
	for code := -2; code <= 300; code++ {
		if symptoms.Find(fmt.Sprintf("exit-%d", code)) == nil {
			t.Errorf("exit code %d has none", code)
		}
	}
	for _, code := range []int64{math.MinInt32, math.MaxInt32, math.MaxUint32} {
		if symptoms.Find(fmt.Sprintf("exit-%d", code)) == nil {
			t.Errorf("exit code %d has none", code)
		}
	}
}

// TestEveryReasonHasAPage covers the reasons that the kubelet and the runtimes give.
func TestEveryReasonHasAPage(t *testing.T) {
	for _, reason := range []string{
		"CrashLoopBackOff", "RunContainerError", "CreateContainerError", "CreateContainerConfigError", "PreCreateHookError",
		"PreStartHookError", "PostStartHookError", "ErrImagePull", "ImagePullBackOff", "ErrImageNeverPull", "InvalidImageName",
		"ImageInspectError", "RegistryUnavailable", "SignatureValidationFailed", "RestartingAllContainers", "ContainerCreating",
		"PodInitializing", "Completed", "Error", "OOMKilled", "StartError", "Unknown", "ContainerStatusUnknown",
		"ContainerCannotRun", "seccomp killed", "Preempting", "DeadlineExceeded", "Terminated", "OutOfcpu", "OutOfmemory",
		"UnexpectedAdmissionError", "NodeAffinity", "NodeLost", "Pending", "Terminating", "Unhealthy", "Killing", "BackOff",
	} {
		if symptoms.Find(reason) == nil {
			t.Errorf("%s has none", reason)
		}
	}
}

// TestWhatReportsPrintCanBeExplained looks at the recorded answers: what stands there as a symptom is a cause or has a page.
func TestWhatReportsPrintCanBeExplained(t *testing.T) {
	rules, err := causes.Rules()
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	printed := regexp.MustCompile(`(?m)^ +symptom (\S+)$`)
	for _, path := range glob(t, "../causes/*/testdata/*.txtar") {
		for _, m := range printed.FindAllStringSubmatch(read(t, path), -1) {
			if seen++; rules.Rule(m[1]) == nil && symptoms.Find(m[1]) == nil {
				t.Errorf("%s: %q can't be explained", path, m[1])
			}
		}
	}
	if seen == 0 {
		t.Error("no recorded answer has a symptom")
	}
}

// TestPagesAreComplete holds the pages to their form, and their links to causes that exist.
func TestPagesAreComplete(t *testing.T) {
	rules, err := causes.Rules()
	if err != nil {
		t.Fatal(err)
	}
	link := regexp.MustCompile(`\[([^\]]+)\]\(([^)]+)\)`)
	names := make(map[string]string)
	for _, p := range symptoms.Pages() {
		for _, part := range []string{"# ", "\n## What it can be\n", "\n## How to tell them apart\n"} {
			if p.ID != "crash-loop-back-off" && !strings.Contains(p.Doc, part) {
				t.Errorf("%s lacks %q", p.ID, strings.TrimSpace(part))
			}
		}
		links := link.FindAllStringSubmatch(p.Doc, -1)
		for _, m := range links {
			if r := rules.Rule(m[1]); r == nil || r.Deprecated != "" || m[2] != "../causes/"+m[1]+"/doc.md" {
				t.Errorf("%s: %s is no cause, or its link leads elsewhere", p.ID, m[0])
			}
		}
		if len(links) == 0 {
			t.Errorf("%s names no cause", p.ID)
		}
		for _, name := range append([]string{p.ID}, p.Names...) {
			if other := names[name]; other != "" {
				t.Errorf("%q is the name of %s and of %s", name, other, p.ID)
			}
			if rules.Rule(name) != nil {
				t.Errorf("%s: %q is a cause", p.ID, name)
			}
			if names[name] = p.ID; symptoms.Find(name) == nil || symptoms.Find(name).ID != p.ID {
				t.Errorf("%q does not lead to %s", name, p.ID)
			}
		}
	}
}

func glob(t *testing.T, pattern string) []string {
	t.Helper()
	paths, err := filepath.Glob(pattern)
	if err != nil {
		t.Fatal(err)
	}
	return paths
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
