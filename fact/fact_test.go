package fact

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWords(t *testing.T) {
	for name, want := range map[Name]string{
		"c.security.runAsUser": "the security context", "c.lastExit.code": "exit codes", "c.restartPolicy": "the restart policy",
		"c.memory.nodeOOM": "the node's events", "c.memory.tiny": "memory limits", "node.kubelet": "the node", "c.made.up": "c.made.up",
	} {
		if got := name.Words(); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func TestSource(t *testing.T) {
	for name, want := range map[Name]Source{
		"c.security.runAsUser": Pod, "c.liveness.port": Pod, "c.liveness.failure": Events, "c.memory.nodeOOM": NodeEvents,
		"workload.job.failed": Job, "workload.job.name": Pod, "node.kubelet": Node, "c.log.crash.kind": DiedLog, "c.made.up": Pod,
	} {
		if got := name.Source(); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func TestPartsAreNotNames(t *testing.T) {
	if Name("c.envNames").In("c.env") || !EnvNames.In("c.envNames") || !ExitCode.In(LastExit) || LastExit.In(ExitCode) {
		t.Error("a longer name is not a part")
	}
}

// Who shows one part shows no other, and of what is hidden as a whole no part is named.
func TestHidden(t *testing.T) {
	hidden := Hidden(LastExit, ExitCode, Memory+".request", Liveness+PartPort, PodName)
	for _, name := range []Name{ExitReason, HasMemoryLimit, Liveness + PartPath, Startup, Security, UID} {
		if !slices.Contains(hidden, name) {
			t.Errorf("%s is not hidden", name)
		}
	}
	for _, name := range []Name{
		LastExit, ExitCode, Memory, MemoryRequest, Liveness, Liveness + PartPort, Startup + PartPort, PodName, // shown, or part of others
		NodeOOM, Liveness + ".failed", Log, "node", Start, // what others tell is no business of a pod's form
	} {
		if slices.Contains(hidden, name) {
			t.Errorf("%s is hidden", name)
		}
	}
	if all := Hidden(); !slices.Contains(all, LastExit) || slices.Contains(all, ExitCode) {
		t.Errorf("hidden of nothing: %q", all)
	}
}

func TestTold(t *testing.T) {
	for _, tt := range []struct {
		of   Name
		by   Source
		want []Name
	}{
		{PostStart, Pod, []Name{"c.postStart.set", "c.postStart.text"}},
		{PostStart, Events, []Name{"c.postStart.failed", "c.postStart.message"}},
		{LastExit, Pod, []Name{LastExit}},
		{Security, Pod, []Name{Security}},
		{Start, Pod, []Name{Start}},
		{KilledSoon, Pod, []Name{KilledSoon}},
		{Liveness + PartGrace, Pod, []Name{"c.liveness.grace"}},
		{Kill, Events, []Name{"c.kill.by", "c.kill.how", "c.kill.sure", "c.kill.text", "c.kill.ref", "c.kill.count", "c.kill.counted"}},
	} {
		if d := cmp.Diff(tt.want, tt.of.Told(tt.by)); d != "" {
			t.Errorf("%s by %s: %s", tt.of, tt.by, d)
		}
	}
}
