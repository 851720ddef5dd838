package printed

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	tollGroup = "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod6f1c0b52_3d0e_4c7a_9a51_0c2f7d8e9b10.slice"
	tollScope = tollGroup + "/cri-containerd-" + tollCID + ".scope"
	oomNew    = "gate invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=984\n" +
		"CPU: 1 PID: 811 Comm: gate Not tainted 6.8.0-45-generic #45-Ubuntu\n" +
		"Call Trace:\n <TASK>\n dump_stack_lvl+0x76/0xa0\n" +
		"memory: usage 131072kB, limit 131072kB, failcnt 91\n" +
		"swap: usage 0kB, limit 9007199254740988kB, failcnt 0\n" +
		"Memory cgroup stats for " + tollScope + ":\nanon 133169152\nfile 0\n" +
		"Tasks state (memory values in pages):\n" +
		"[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name\n" +
		"[    811]     0   811   398112    32768   409600        0           984 gate\n" +
		"oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=cri-containerd-" + tollCID + ".scope,mems_allowed=0,oom_memcg=" + tollScope + ",task_memcg=" + tollScope + ",task=gate,pid=811,uid=0\n" +
		"Memory cgroup out of memory: Killed process 811 (gate) total-vm:1592448kB, anon-rss:130120kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:400kB oom_score_adj:984\n"
	oomWhole = "Tasks in " + tollScope + " are going to be killed due to memory.oom.group set\n" +
		"Memory cgroup out of memory: Killed process 811 (gate) total-vm:1592448kB, anon-rss:130120kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:400kB oom_score_adj:984\n" +
		"Memory cgroup out of memory: Killed process 830 (lamp) total-vm:1592448kB, anon-rss:120kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:400kB oom_score_adj:984\n"
	oomOld = "gate invoked oom-killer: gfp_mask=0x14000c0(GFP_KERNEL), nodemask=(null), order=0, oom_score_adj=984\n" +
		"Task in /kubepods/burstable/pod" + tollUID + "/" + tollCID + " killed as a result of limit of /kubepods/burstable/pod" + tollUID + "/" + tollCID + "\n" +
		"memory: usage 131072kB, limit 131072kB, failcnt 91\n" +
		"memory+swap: usage 131072kB, limit 9007199254740988kB, failcnt 0\n" +
		"Memory cgroup out of memory: Kill process 811 (gate) score 1971 or sacrifice child\n" +
		"Killed process 811 (gate) total-vm:1592448kB, anon-rss:130120kB, file-rss:0kB, shmem-rss:0kB\n"
)

func headed(head, text string) string {
	var b strings.Builder
	for l := range strings.Lines(text) {
		b.WriteString(head + l)
	}
	return b.String()
}

func TestKernel(t *testing.T) {
	limit, all := ` Unknown: none restarts=0 limit 128Mi ended "OOMKilled"`, ` Unknown: none restarts=0 limit 128Mi ended "OOMKilled" with 137`
	short := oomNew[strings.Index(oomNew, "oom-kill:"):]
	for _, tt := range []struct {
		name, text string
		want       []string
	}{
		{"new", oomNew, []string{limit}},
		{"the whole group", oomNew + oomWhole, []string{all}},
		{"old", oomOld, []string{limit}},
		{"the last two lines", short, []string{` Unknown: none restarts=0 ended "OOMKilled"`}},
		{"without the pod", "Memory cgroup out of memory: Killed process 811 (gate) total-vm:1592448kB, anon-rss:130120kB\n", []string{` Unknown: none restarts=0 ended "OOMKilled"`}},
		{"the limit of the pod, not of the container", strings.Replace(oomNew, "oom_memcg="+tollScope, "oom_memcg="+tollGroup, 1), []string{` Unknown: none restarts=0 ended "OOMKilled"`}},
		{"the limit of all pods", strings.Replace(oomNew, "oom_memcg="+tollScope, "oom_memcg=/kubepods.slice", 1), []string{` Unknown: none restarts=0 ended ""`}},
		{"the node", strings.ReplaceAll(strings.ReplaceAll(short, "CONSTRAINT_MEMCG", "CONSTRAINT_NONE"), "oom_memcg="+tollScope, "global_oom"), []string{` Unknown: none restarts=0 ended ""`}},
		{"a service of the node", strings.ReplaceAll(short, tollScope, "/system.slice/backup.service"), nil},
	} {
		for _, head := range []string{"", "[12345.678901] ", "[Sat Feb 14 06:10:32 2026] ", "kern  :info  : [ 12345.678901] ", "[12345.678901][ T811] ", "10.0.0.4: kern:     err: [2026-02-14T06:10:32.5Z]: ", "6,305,3816544225424,-;", "Feb 14 06:10:32 w1 kernel: ", "Feb 14 06:10:32 w1 kernel: [12345.678901] "} {
			want := tt.want
			if tt.name == "the node" && strings.Contains(head, "w1") {
				want = append(want, "/w1 SystemOOM ×1: System OOM encountered, victim process: gate, pid: 811")
			}
			text := headed(head, tt.text)
			if b := Split([]byte(text)); len(b) != 1 || b[0].Kind != BlockJournal {
				t.Errorf("%s, %q: %v", tt.name, head, kindsOf(b))
			}
			if diff := cmp.Diff(want, told(Journal([]byte(text)))); diff != "" {
				t.Errorf("%s, %q (-want +got):\n%s", tt.name, head, diff)
			}
		}
	}
}

// TestPodsOfGroups reads whose a control group is, as kubelets and runtimes name them.
func TestPodsOfGroups(t *testing.T) {
	for path, want := range map[string]cgroup{
		"/kubepods/besteffort/pod" + tollUID + "/" + tollCID: {uid: tollUID, container: tollCID},
		"/kubepods/pod" + tollUID:                            {uid: tollUID},
		tollGroup + "/crio-" + tollCID + ".scope/container":  {uid: tollUID, container: tollCID},
		tollGroup + "/crio-conmon-" + tollCID + ".scope":     {},
		tollGroup + "/docker-" + tollCID + ".scope":          {uid: tollUID, container: tollCID},
		"/docker/0a0b/kubelet" + tollScope:                   {uid: tollUID, container: tollCID},
		"/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-pod" + strings.ReplaceAll(tollUID, "-", "_") + ".slice/cri-containerd-" + tollCID + ".scope": {uid: tollUID, container: tollCID},
		"/system.slice/containerd.service/kubepods-burstable-pod" + strings.ReplaceAll(tollUID, "-", "_") + ".slice:cri-containerd:" + tollCID:               {uid: tollUID, container: tollCID},
		"/kubepods/burstable/pod195c6eb0710264975dcc1fdb4bd52a20/" + tollCID:                                                                                 {uid: "195c6eb0710264975dcc1fdb4bd52a20", container: tollCID},
		"/system.slice/podman.service": {}, "/kubepods.slice": {}, "/": {}, "": {},
	} {
		want.path = path
		if got := readCgroup(path); got != want {
			t.Errorf("%s: %+v", path, got)
		}
	}
}

// TestKillJoinsTheKubelet reads a kill beside what the kubelet says of the pod: the uid is the same.
func TestKillJoinsTheKubelet(t *testing.T) {
	text := headed("Feb 14 06:10:31 w1 kernel: ", oomNew+oomWhole) + "Feb 14 06:10:32 w1 kubelet[1044]: " + backoffRecord + "\n"
	want := []string{`roads/toll-0 Running: gatewaiting CrashLoopBackOff restarts=3 limit 128Mi ended "OOMKilled" with 137`}
	if diff := cmp.Diff(want, told(Journal([]byte(text)))); diff != "" {
		t.Errorf("pods (-want +got):\n%s", diff)
	}
}
