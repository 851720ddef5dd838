package printed

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unloop-dev/unloop/fact"
)

const (
	tollUID = "6f1c0b52-3d0e-4c7a-9a51-0c2f7d8e9b10"
	tollCID = "5be2a7c1904d5be2a7c1904d5be2a7c1904d5be2a7c1904d5be2a7c1904d5be2"
)

const backoffRecord = `E0214 06:10:32.123456    1044 pod_workers.go:1301] "Error syncing pod, skipping" err="failed to \"StartContainer\" for \"gate\" with CrashLoopBackOff: \"back-off 40s restarting failed container=gate pod=toll-0_roads(` + tollUID + `)\"" pod="roads/toll-0" podUID="` + tollUID + `"`

// told says what of a node's log was read: pods with the facts about their last exit, and events.
func told(o *Objects) []string {
	var all []string
	for _, p := range o.Pods {
		line := shape(p)
		for i, c := range p.Pod.Status.ContainerStatuses {
			if limit := p.Pod.Spec.Containers[i].Resources.Limits.Memory(); !limit.IsZero() {
				line += " limit " + limit.String()
			}
			if t := c.LastTerminationState.Terminated; t != nil {
				line += fmt.Sprintf(" ended %q", t.Reason)
				if !fact.ExitCode.Among(p.Hidden) {
					line += fmt.Sprintf(" with %d", t.ExitCode)
				}
			}
		}
		all = append(all, line)
	}
	for _, e := range o.Events {
		ref := e.Event.InvolvedObject
		all = append(all, fmt.Sprintf("%s/%s %s ×%d: %s", ref.Namespace, ref.Name, e.Event.Reason, e.Event.Count, e.Event.Message))
	}
	return all
}

// TestHeadsOfJournals reads the record of a back-off behind the heads that journalctl, syslog and others put before it.
func TestHeadsOfJournals(t *testing.T) {
	for _, head := range []string{
		"Feb 14 06:10:32 w1 kubelet[1044]: ", "Feb 14 06:10:32.123456 w1.example.org kubenswrapper[1044]: ", "Feb  4 06:10:32 kubelet[1044]: ",
		"2026-02-14T06:10:32+0100 w1 kubelet[1044]: ", "2026-02-14T06:10:32.123456+01:00 w1 kubelet[1044]: ",
		"Sat 2026-02-14 06:10:32 UTC w1 kubelet.service[1044]: ", "1771049432.123456 w1 kubelet[1044]: ", "[  812.123456] w1 kubelet[1044]: ",
		"Feb 14 06:10:32 w1 k3s[1044]: ", "Feb 14 06:10:32 w1 microk8s.daemon-kubelite[1044]: ", "Feb 14 06:10:32 w1 rke2[9]: ", "Feb 14 06:10:32 w1 hyperkube[9]: ",
		"<27>Feb 14 06:10:32 w1 kubelet[1044]: ", "",
	} {
		text := head + backoffRecord + "\n"
		blocks := Split([]byte(text))
		if len(blocks) != 1 || blocks[0].Kind != BlockJournal {
			t.Errorf("%q: %v", head, kindsOf(blocks))
			continue
		}
		want := []string{`roads/toll-0 Running: gatewaiting CrashLoopBackOff restarts=3 ended ""`}
		if diff := cmp.Diff(want, told(Journal([]byte(text)))); diff != "" {
			t.Errorf("%q (-want +got):\n%s", head, diff)
		}
	}
}

func kindsOf(blocks []Block) []BlockKind {
	var all []BlockKind
	for _, b := range blocks {
		all = append(all, b.Kind)
	}
	return all
}

// TestJournalIsOneBlock reads journals in which other lines stand before, between and behind those of the kubelet.
func TestJournalIsOneBlock(t *testing.T) {
	head := "Feb 14 06:10:32 w1 "
	others := []string{
		"-- Logs begin at Mon 2026-02-02 10:00:00 UTC, end at Sat 2026-02-14 06:11:00 UTC. --",
		head + "systemd[1]: Started kubelet.service - Kubernetes Kubelet.",
		head + "kubelet[1044]: Flag --pod-infra-container-image has been deprecated, will be removed in a future release.",
		head + `containerd[700]: time="2026-02-14T06:10:32.1Z" level=info msg="StopPodSandbox for \"ab\" returns successfully"`,
		head + `crio[700]: time="2026-02-14 06:10:32.1Z" level=warning msg="cannot find config"`,
		head + "kernel: audit: type=1400 audit(1771049432.1:7): apparmor=\"STATUS\"",
		head + "sshd[99]: Accepted publickey for core from 10.0.0.9 port 5122 ssh2",
		head + `kubelet[1044]: I0214 06:10:31.1 1044 scope.go:117] "RemoveContainer" containerID="ab"`,
		"                              a second line of a message",
		"",
	}
	for i := range others {
		lines := append(append(append([]string{}, others[i:]...), head+"kubelet[1044]: "+backoffRecord), others[:i]...)
		for _, text := range []string{strings.Join(lines, "\n"), strings.Join(others, "\n") + "\n" + backoffRecord} {
			blocks := Split([]byte(text))
			journals := 0
			for _, b := range blocks {
				if b.Kind == BlockJournal {
					journals++
				} else if b.Kind != BlockOther {
					t.Errorf("from %d: %v", i, kindsOf(blocks))
				}
			}
			if journals != 1 {
				t.Errorf("from %d: %v", i, kindsOf(blocks))
			}
		}
	}
}

// TestFilesOfKubelets reads the files that the kubelet and the runtime write where there is no journal.
func TestFilesOfKubelets(t *testing.T) {
	logrus := `time="2026-02-14T06:10:00Z" level=info msg="Starting k3s v1.31.4+k3s1"` + "\n"
	klog := "I0214 06:10:31.123456    1044 server.go:205] \"x\"\nFlag --cloud-provider has been deprecated\n"
	sandbox := `time="2026-02-14T06:10:30.1Z" level=error msg="RunPodSandbox for &PodSandboxMetadata{Name:toll-0,Uid:` + tollUID + `,Namespace:roads,Attempt:3,} failed, error" error="no IPs left"` + "\n"
	for _, text := range []string{logrus + klog + backoffRecord + "\n" + klog, klog + backoffRecord + "\n", logrus + sandbox + logrus} {
		blocks := Split([]byte(text))
		if blocks[0].Kind != BlockJournal || len(Journal(blocks[0].Text).Pods) != 1 {
			t.Errorf("%q: %v", text, kindsOf(blocks))
		}
	}
	for _, text := range []string{logrus + klog, "I0214 06:10:31.123456       1 log.go:194] http: TLS handshake error\n", "E0214 06:10:31.123456       1 generic.go:12] \"no\" err=\"x\"\n"} {
		if blocks := Split([]byte(text)); blocks[0].Kind == BlockJournal {
			t.Errorf("%q is taken for a node's log", text)
		}
	}
}

// TestNotAJournal is of logs of other programs that have times, hosts and process ids, or that speak of what the kubelet
// says.
func TestNotAJournal(t *testing.T) {
	for name, text := range map[string]string{
		"syslog without a word of pods": "Feb 14 06:10:32 w1 sshd[9]: Accepted\nFeb 14 06:10:33 w1 cron[10]: (root) CMD\n",
		"another program's klog":        "I0214 06:10:31.1 1 main.go:12] \"Starting\"\nE0214 06:10:31.1 1 leader.go:330] error retrieving lock\n",
		"quoted":                        `{"level":"error","msg":"oom-kill:constraint=CONSTRAINT_MEMCG seen"}` + "\n",
		"mentioned":                     "2026-02-14 06:10:32 INFO watcher: the kernel said Memory cgroup out of memory: Killed process 4 (x)\n",
		"node-problem-detector":         "I0214 06:10:31.1    9 log_monitor.go:159] New status generated: &{Source:kernel-monitor Message:Memory cgroup out of memory: Killed process 4 (x)}\n",
		"postgres":                      "2026-02-14 06:10:32.123 UTC [1] LOG:  starting PostgreSQL 17.2\n2026-02-14 06:10:32.123 UTC [1] FATAL:  out of memory\n",
		"dmesg without a kill":          "[    0.000000] Linux version 6.8.0\n[    1.234567] e1000: eth0 NIC Link is Up\n",
	} {
		for _, b := range Split([]byte(text)) {
			if b.Kind == BlockJournal {
				t.Errorf("%s is taken for a node's log", name)
			}
		}
	}
}

// TestKubeletRecords reads what the kubelet says in the words of its versions.
func TestKubeletRecords(t *testing.T) {
	pod, old := `pod="roads/toll-0" podUID="`+tollUID+`"`, "toll-0_roads("+tollUID+")"
	cni := `rpc error: code = Unknown desc = failed to setup network for sandbox "5be2": plugin type="flannel" failed (add): loadFlannelSubnetEnv failed: open /run/flannel/subnet.env: no such file or directory`
	quoted := strings.ReplaceAll(cni, `"`, `\\\"`)
	stuck, sandbox := "roads/toll-0 Running: waiting ContainerCreating restarts=0", "roads/toll-0 FailedCreatePodSandBox ×1: Failed to create pod sandbox: "+cni
	tests := []struct {
		name, text string
		want       []string
	}{
		{"a sandbox, of all that say so", `pod_workers.go:1301] "Error syncing pod, skipping" err="failed to \"CreatePodSandbox\" for \"` + old + `\" with CreatePodSandboxError: \"Failed to create sandbox for pod \\\"` + old + `\\\": ` + quoted + `\"" ` + pod + "\n" +
			`kuberuntime_sandbox.go:72] "Failed to create sandbox for pod" err="` + strings.ReplaceAll(cni, `"`, `\"`) + `" ` + pod + "\n" +
			`kuberuntime_manager.go:1237] "CreatePodSandbox for pod failed" err="` + strings.ReplaceAll(cni, `"`, `\"`) + `" pod="roads/toll-0"`, []string{stuck, sandbox}},
		{"a sandbox, before 1.19", `pod_workers.go:191] Error syncing pod ` + tollUID + ` ("` + old + `"), skipping: failed to "CreatePodSandbox" for "` + old + `" with CreatePodSandboxError: "CreatePodSandbox for pod \"` + old + `\" failed: ` + strings.ReplaceAll(cni, `"`, `\"`) + `"`, []string{stuck, sandbox}},
		{"a sandbox, said by its maker alone, before 1.19", `kuberuntime_sandbox.go:68] CreatePodSandbox for pod "` + old + `" failed: ` + cni, []string{stuck, sandbox}},
		{
			"no network", `pod_workers.go:1301] "Error syncing pod, skipping" err="network is not ready: container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized" ` + pod,
			[]string{stuck, "roads/toll-0 NetworkNotReady ×1: network is not ready: container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized"},
		},
		{
			"no volume", `kubelet.go:1889] "Unable to attach or mount volumes for pod; skipping pod" err="unmounted volumes=[tariffs], unattached volumes=[], failed to process volumes=[]: timed out waiting for the condition" pod="roads/toll-0"` + "\n" +
				`pod_workers.go:1301] "Error syncing pod, skipping" err="unmounted volumes=[tariffs], unattached volumes=[], failed to process volumes=[]: timed out waiting for the condition" ` + pod,
			[]string{stuck, "roads/toll-0 FailedMount ×1: Unable to attach or mount volumes: unmounted volumes=[tariffs], unattached volumes=[], failed to process volumes=[]: timed out waiting for the condition"},
		},
		{
			"a volume, by its operation, twice", strings.Repeat(`nestedpendingoperations.go:348] Operation for "{volumeName:kubernetes.io/configmap/`+tollUID+`-tariffs podName:`+tollUID+` nodeName:}" failed. No retries permitted until 2026-02-14 06:12:34.1 +0000 UTC m=+9.1 (durationBeforeRetry 2m2s). Error: MountVolume.SetUp failed for volume "tariffs" (UniqueName: "kubernetes.io/configmap/`+tollUID+`-tariffs") pod "toll-0" (UID: "`+tollUID+`") : configmap "tariffs" not found`+"\n", 2),
			[]string{"toll-0 Running: waiting ContainerCreating restarts=0", `/toll-0 FailedMount ×2: MountVolume.SetUp failed for volume "tariffs" : configmap "tariffs" not found`},
		},
		{
			"two containers in one record", `pod_workers.go:1301] "Error syncing pod, skipping" err="[failed to \"StartContainer\" for \"gate\" with CrashLoopBackOff: \"back-off 10s restarting failed container=gate pod=` + old + `\", failed to \"StartContainer\" for \"lamp\" with ImagePullBackOff: \"Back-off pulling image \\\"lamp:9\\\"\"]" ` + pod,
			[]string{`roads/toll-0 Running: gatewaiting CrashLoopBackOff restarts=1, lampwaiting ImagePullBackOff restarts=0 ended ""`},
		},
		{
			"a probe and a kill, before 1.21", `prober.go:117] Liveness probe for "` + old + `:gate" failed (failure): Get http://10.1.0.7:80/: dial tcp 10.1.0.7:80: connect: connection refused` + "\n" +
				`kuberuntime_manager.go:650] Container "gate" ({"docker" "5be2"}) of pod ` + old + `: Container gate failed liveness probe, will be restarted`,
			[]string{`roads/toll-0 Running: gatenone restarts=1 ended ""`, "roads/toll-0 Unhealthy ×1: Liveness probe failed: Get http://10.1.0.7:80/: dial tcp 10.1.0.7:80: connect: connection refused", "roads/toll-0 Killing ×1: Container gate failed liveness probe, will be restarted"},
		},
		{
			"an end, by the id of one of two containers", `kuberuntime_container.go:808] "Killing container with a grace period" ` + pod + ` containerName="gate" containerID="containerd://` + tollCID + `" gracePeriod=30` + "\n" +
				`generic.go:334] "Generic (PLEG): container finished" podID="` + tollUID + `" containerID="` + tollCID + `" exitCode=143` + "\n" + backoffRecord[len("E0214 06:10:32.123456    1044 "):],
			[]string{`roads/toll-0 Running: gatewaiting CrashLoopBackOff restarts=3 ended "" with 143`},
		},
	}
	for _, tt := range tests {
		var text strings.Builder
		for l := range strings.Lines(tt.text) {
			text.WriteString("Feb 14 06:10:32 w1 kubelet[1044]: E0214 06:10:32.123456    1044 " + l)
		}
		if diff := cmp.Diff(tt.want, told(Journal([]byte(text.String())))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

// TestKubeletInOtherRecords reads what the kubelet says where another program carries it, or it writes JSON.
func TestKubeletInOtherRecords(t *testing.T) {
	message := `failed to "StartContainer" for "gate" with CrashLoopBackOff: "back-off 40s restarting failed container=gate pod=toll-0_roads(` + tollUID + `)"`
	for name, text := range map[string]string{
		"k0s":  `Feb 14 06:10:32 w1 k0s[7]: time="2026-02-14 06:10:32" level=info msg=` + fmt.Sprintf("%q", backoffRecord) + " component=kubelet stream=stderr",
		"json": `{"ts":1771049432123.4,"caller":"kubelet/pod_workers.go:1301","msg":"Error syncing pod, skipping","pod":{"name":"toll-0","namespace":"roads"},"podUID":"` + tollUID + `","err":` + fmt.Sprintf("%q", message) + `}`,
	} {
		if b := Split([]byte(text + "\n")); len(b) != 1 || b[0].Kind != BlockJournal {
			t.Errorf("%s: %v", name, kindsOf(b))
		}
		want := []string{`roads/toll-0 Running: gatewaiting CrashLoopBackOff restarts=3 ended ""`}
		if diff := cmp.Diff(want, told(Journal([]byte(text)))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// TestRuntimeRecords reads containerd's and CRI-O's own logs, with and without heads.
func TestRuntimeRecords(t *testing.T) {
	for _, head := range []string{"Feb 14 06:10:32 w1 containerd[700]: ", ""} {
		for name, tt := range map[string]struct {
			text string
			want []string
		}{
			"containerd 1.7": {
				head + `time="2026-02-14T06:10:30.1Z" level=info msg="RunPodSandbox for &PodSandboxMetadata{Name:toll-0,Uid:` + tollUID + `,Namespace:roads,Attempt:0,} returns sandbox id \"ab12\""` + "\n" +
					head + `time="2026-02-14T06:10:31.1Z" level=info msg="CreateContainer within sandbox \"ab12\" for &ContainerMetadata{Name:gate,Attempt:2,} returns container id \"` + tollCID + `\""` + "\n" +
					head + `time="2026-02-14T06:10:32.1Z" level=info msg="TaskOOM event container_id:\"` + tollCID + `\""` + "\n" +
					head + `time="2026-02-14T06:10:32.2Z" level=info msg="received exit event container_id:\"` + tollCID + `\"  id:\"` + tollCID + `\"  pid:811  exit_status:137  exited_at:{seconds:1771049432  nanos:9}"` + "\n",
				[]string{`roads/toll-0 Running: gatenone restarts=1 ended "OOMKilled" with 137`},
			},
			"containerd, no sandbox": {
				head + `time="2026-02-14T06:10:30.1Z" level=error msg="RunPodSandbox for &PodSandboxMetadata{Name:toll-0,Uid:` + tollUID + `,Namespace:roads,Attempt:3,} failed, error" error="failed to setup network for sandbox \"cd\": no IPs left"` + "\n",
				[]string{"roads/toll-0 Running: waiting ContainerCreating restarts=0", `roads/toll-0 FailedCreatePodSandBox ×1: Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox "cd": no IPs left`},
			},
		} {
			if b := Split([]byte(tt.text)); head != "" && (len(b) != 1 || b[0].Kind != BlockJournal) {
				t.Errorf("%s: %v", name, kindsOf(b))
			}
			if diff := cmp.Diff(tt.want, told(Journal([]byte(tt.text)))); diff != "" {
				t.Errorf("%s, head %q (-want +got):\n%s", name, head, diff)
			}
		}
	}
}

func FuzzJournal(f *testing.F) {
	f.Add(backoffRecord)
	f.Add("Feb 14 06:10:32 w1 kernel: " + oomNew)
	f.Add(`Feb 14 06:10:32 w1 containerd[7]: time="x" level=info msg="TaskOOM event container_id:\"ab\""`)
	f.Add(`{"ts":1,"caller":"a/b.go:1","msg":"x","pod":{"name":"a","namespace":"b"}}`)
	f.Fuzz(func(t *testing.T, text string) {
		for _, p := range Journal([]byte(text)).Pods {
			if p.Pod == nil || p.Form == "" || len(p.Hidden) == 0 || len(p.Pod.Spec.Containers) != len(p.Pod.Status.ContainerStatuses) {
				t.Fatalf("an incomplete pod: %+v", p)
			}
		}
		Split([]byte(text))
	})
}
