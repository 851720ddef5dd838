package printed

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const crictlText = "CONTAINER           IMAGE               CREATED              STATE               NAME                ATTEMPT             POD ID              POD\n" +
	"3fd1f4b1c2d3e       9db4cfe9bf8a0       14 seconds ago       Exited              app                 3                   7f0d1c2b3a4e5       oom\n" +
	"2cd1f4b1c2d3e       9db4cfe9bf8a0       About a minute ago   Exited              app                 2                   7f0d1c2b3a4e5       oom\n" +
	"9cd1f4b1c2d3e       6e38f40d628db       5 days ago           Running             proxy               0                   7f0d1c2b3a4e6       kube-proxy-x7k2p\n"

func TestCrictl(t *testing.T) {
	want := []string{"oom Running: appterminated  1 restarts=3", "kube-proxy-x7k2p Running: proxyrunning restarts=0"}
	if diff := cmp.Diff(want, shapes(Crictl([]byte(crictlText)).Pods)); diff != "" {
		t.Errorf("pods (-want +got):\n%s", diff)
	}
	// crictl before 1.23 did not name the pod: rows of one sandbox belong together.
	old := strings.ReplaceAll(strings.ReplaceAll(strings.ReplaceAll(crictlText, "       POD\n", "\n"), "       oom\n", "\n"), "       kube-proxy-x7k2p\n", "\n")
	if pods := Crictl([]byte(old)).Pods; len(pods) != 2 || pods[0].Pod.Name != "" || pods[0].Pod.Status.ContainerStatuses[0].RestartCount != 3 {
		t.Errorf("pods %v", shapes(pods))
	}
}

func TestInspect(t *testing.T) {
	o, err := Inspect([]byte(`{"status": {"id": "3fd1", "metadata": {"attempt": 3, "name": "app"}, "state": "CONTAINER_EXITED",
		"startedAt": "2026-11-22T11:48:32.2Z", "finishedAt": "2026-11-22T11:48:33.2Z", "exitCode": 137, "reason": "OOMKilled",
		"labels": {"io.kubernetes.container.name": "app", "io.kubernetes.pod.name": "oom", "io.kubernetes.pod.namespace": "default"}}}`))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"default/oom Running: appterminated OOMKilled 137 restarts=3"}, shapes(o.Pods)); diff != "" {
		t.Errorf("pods (-want +got):\n%s", diff)
	}
	ended := o.Pods[0].Pod.Status.ContainerStatuses[0].State.Terminated
	if ran := ended.FinishedAt.Sub(ended.StartedAt.Time); ran != time.Second {
		t.Errorf("ran for %v", ran)
	}
	for _, text := range []string{"", "{}", `{"status": {"id": 3}}`, `{"status": {"id": "x"`} {
		if _, err := Inspect([]byte(text)); err == nil {
			t.Errorf("%q is read", text)
		}
	}
}

// The lines are made after those of a kubelet 1.35; the last is of 1.17, before klog was structured.
const kubeletLog = `2026-11-22T11:48:33+0000 n2 kubelet[812]: I1122 11:48:33.101010     812 prober.go:120] "Probe failed" probeType="Liveness" pod="shop/api-1" podUID="f0a63747-b890-466d-a144-fe63d58d8ca9" containerName="app" probeResult="failure" output="HTTP probe failed with statuscode: 500"
2026-11-22T11:48:33+0000 n2 kubelet[812]: I1122 11:48:33.201010     812 kuberuntime_manager.go:1027] "Message for Container of pod" containerName="app" containerStatusID={"Type":"containerd","ID":"abc"} pod="shop/api-1" containerMessage="Container app failed liveness probe, will be restarted"
Nov 22 11:48:34 n2 kubelet[812]: I1122 11:48:34.201010     812 generic.go:334] "Generic (PLEG): container finished" podID="f0a63747-b890-466d-a144-fe63d58d8ca9" containerID="abc" exitCode=137
E1122 11:48:40.301010     812 pod_workers.go:1324] "Error syncing pod, skipping" err="failed to \"StartContainer\" for \"app\" with CrashLoopBackOff: \"back-off 5m0s restarting failed container=app pod=api-1_shop(f0a63747-b890-466d-a144-fe63d58d8ca9)\"" pod="shop/api-1" podUID="f0a63747-b890-466d-a144-fe63d58d8ca9"
E1122 11:48:40.301010     812 pod_workers.go:191] Error syncing pod 0aa63747-b890-466d-a144-fe63d58d8ca9 ("old-1_shop(0aa63747-b890-466d-a144-fe63d58d8ca9)"), skipping: failed to "StartContainer" for "web" with CrashLoopBackOff: "back-off 10s restarting failed container=web pod=old-1_shop(0aa63747-b890-466d-a144-fe63d58d8ca9)"
`

func TestJournal(t *testing.T) {
	for l := range strings.Lines(kubeletLog) {
		if !isJournalLine(strings.TrimSpace(l)) {
			t.Errorf("not known: %s", l)
		}
	}
	o := Journal([]byte(kubeletLog))
	want := []string{
		"shop/api-1 Running: appwaiting CrashLoopBackOff restarts=6",
		"shop/old-1 Running: webwaiting CrashLoopBackOff restarts=1",
	}
	if diff := cmp.Diff(want, shapes(o.Pods)); diff != "" {
		t.Errorf("pods (-want +got):\n%s", diff)
	}
	app := o.Pods[0].Pod.Status.ContainerStatuses[0]
	if m := app.State.Waiting.Message; m != "back-off 5m0s restarting failed container=app pod=api-1_shop(f0a63747-b890-466d-a144-fe63d58d8ca9)" {
		t.Errorf("message %q", m)
	}
	if code := app.LastTerminationState.Terminated.ExitCode; code != 137 {
		t.Errorf("exit code %d", code)
	}
	var events []string
	for _, e := range o.Events {
		events = append(events, e.Event.LastTimestamp.UTC().Format(time.TimeOnly)+" "+e.Event.Reason+": "+e.Event.Message)
	}
	wantEvents := []string{
		"11:48:33 Unhealthy: Liveness probe failed: HTTP probe failed with statuscode: 500",
		"11:48:33 Killing: Container app failed liveness probe, will be restarted",
	}
	if diff := cmp.Diff(wantEvents, events); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	if isJournalLine("I1122 11:48:33.101010       1 main.go:120] \"Starting\" version=\"1.2\"") {
		t.Error("another program's klog is taken for the kubelet's")
	}
}
