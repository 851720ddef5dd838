package printed

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const sectionsText = `==> Audit <==
|---------|------|
| Command | Args |


==> container status <==
CONTAINER           IMAGE               CREATED             STATE               NAME                ATTEMPT             POD ID              POD
5be2a7c1904d5       9a8b7c6d5e4f3       2 minutes ago       Exited              gate                4                   1a2b3c4d5e6f7       toll-0
6be2a7c1904d5       8a8b7c6d5e4f3       5 hours ago         Running             etcd                0                   2a2b3c4d5e6f7       etcd-minikube


==> dmesg <==
[Feb14 06:10] gate invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=984
[  +0.000100] memory: usage 131072kB, limit 131072kB, failcnt 91
[  +0.000200] oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=` + tollScope + `,task_memcg=` + tollScope + `,task=gate,pid=811,uid=0


==> etcd [6be2a7c1904d] <==
{"level":"warn","msg":"slow"}


==> gate [5be2a7c1904d] <==
gate 4.1 starts
$ kubectl get pods

error: no tariffs


==> kubelet <==
Feb 14 06:10:32 minikube kubelet[1044]: ` + backoffRecord + `

==> Last Start <==
E0214 06:10:32.1 1 logs.go:195] command /bin/bash failed
`

func TestSections(t *testing.T) {
	for _, text := range []string{sectionsText, headed("* ", sectionsText)} {
		blocks := Split([]byte(text))
		if len(blocks) == 0 || blocks[0].Kind != BlockSections {
			t.Fatalf("%v", kindsOf(blocks))
		}
		o := Sections([]byte(text))
		want := []string{
			`roads/toll-0 Running: gateterminated  1 restarts=4 ended ""`, "etcd-minikube Running: etcdrunning restarts=0",
			`roads/toll-0 Running: gatewaiting CrashLoopBackOff restarts=3 limit 128Mi ended "OOMKilled"`,
		}
		if diff := cmp.Diff(want, told(o)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		lines := strings.Split(sectionsText, "\n")
		var names []string
		for _, l := range o.Logs {
			names = append(names, l.Namespace+"/"+l.Pod+"/"+l.Container)
			for i, line := range strings.Split(strings.TrimSuffix(string(l.Text), "\n"), "\n") {
				if lines[l.Numbers[i]-1] != line {
					t.Errorf("line %d is %q, not %q", l.Numbers[i], lines[l.Numbers[i]-1], line)
				}
			}
		}
		if diff := cmp.Diff([]string{"/etcd-minikube/etcd", "roads/toll-0/gate"}, names); diff != "" {
			t.Errorf("logs (-want +got):\n%s", diff)
		}
		if l := o.Logs[1]; !l.Previous || !l.PreviousKnown || o.Logs[0].Previous {
			t.Errorf("runs: %+v", o.Logs)
		}
	}
}

// TestTails reads what tail prints of several files of the kubelet's.
func TestTails(t *testing.T) {
	text := "==> /var/log/pods/roads_toll-0_" + tollUID + "/gate/4.log <==\n2026-02-14T06:10:32.1Z stderr F error: no tariffs\n\n" +
		"==> /var/log/containers/toll-1_roads_lamp-" + tollCID + ".log <==\ndark\n"
	var names []string
	for _, l := range Sections([]byte(text)).Logs {
		names = append(names, l.Namespace+"/"+l.Pod+"/"+l.Container+"/"+l.ContainerID+": "+strings.TrimSpace(string(l.Text)))
	}
	want := []string{"roads/toll-0/gate/: 2026-02-14T06:10:32.1Z stderr F error: no tariffs", "roads/toll-1/lamp/" + tollCID + ": dark"}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("logs (-want +got):\n%s", diff)
	}
	for _, other := range []string{"==> Downloading https://example.org/x.tgz\n", "==> Building image <==\nerror: no\n", "==> /var/log/syslog <==\nx\n"} {
		if b := Split([]byte(other)); b[0].Kind == BlockSections {
			t.Errorf("%q is read", other)
		}
	}
}

func FuzzSections(f *testing.F) {
	f.Add(sectionsText)
	f.Fuzz(func(t *testing.T, text string) {
		for _, l := range Sections([]byte(text)).Logs {
			if strings.Count(string(l.Text), "\n") != len(l.Numbers) {
				t.Fatalf("%d lines, %d numbers", strings.Count(string(l.Text), "\n"), len(l.Numbers))
			}
		}
	})
}
