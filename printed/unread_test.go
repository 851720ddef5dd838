package printed

import (
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/unloop-dev/unloop/fact"
)

const describedCrash = `Name:             api-0
Namespace:        shop
Node:             n1/10.0.0.1
Start Time:       Mon, 02 Nov 2026 08:00:00 +0000
Status:           Running
Containers:
  api:
    Container ID:   containerd://1
    Image:          a
    Image ID:       a@sha256:1
    Port:           8080/TCP
    Host Port:      0/TCP
    State:          Waiting
      Reason:       CrashLoopBackOff
    Last State:     Terminated
      Reason:       Error
      Exit Code:    137
      Started:      Mon, 02 Nov 2026 09:00:00 +0000
      Finished:     Mon, 02 Nov 2026 09:01:00 +0000
    Ready:          False
    Restart Count:  7
    Limits:
      memory:     128Mi
    Liveness:     http-get http://:80/ delay=5s timeout=1s period=10s #success=1 #failure=3
    Environment:  <none>
    Mounts:       <none>
Conditions:
  Type              Status
  Ready             False
Volumes:            <none>
QoS Class:          Burstable
`

func describedPod(t *testing.T, old, with string) (Pod, *corev1.ContainerStatus) {
	t.Helper()
	text := strings.Replace(describedCrash, old, with, 1)
	if text == describedCrash && old != "" {
		t.Fatalf("%q is not in the describe", old)
	}
	objects, err := Describe([]byte(text))
	if err != nil || len(objects.Pods) != 1 || len(objects.Pods[0].Pod.Status.ContainerStatuses) != 1 {
		t.Fatalf("%q: %v, %+v", with, err, objects)
	}
	p := objects.Pods[0]
	return p, &p.Pod.Status.ContainerStatuses[0]
}

func TestNotesBehindValuesAreNoPartOfThem(t *testing.T) {
	plain, _ := describedPod(t, "", "")
	for _, value := range []string{
		"Exit Code:    137", "Finished:     Mon, 02 Nov 2026 09:01:00 +0000", "Started:      Mon, 02 Nov 2026 09:00:00 +0000",
		"Restart Count:  7", "Ready:          False", "memory:     128Mi", "#failure=3",
	} {
		for _, note := range []string{" (SIGKILL)", "   <- here"} {
			p, s := describedPod(t, value, value+note)
			if !slices.Equal(p.Hidden, plain.Hidden) {
				t.Errorf("%s%s: unknown are %q, want %q", value, note, p.Hidden, plain.Hidden)
			}
			last, memory := s.LastTerminationState.Terminated, p.Pod.Spec.Containers[0].Resources.Limits["memory"]
			if last == nil || last.ExitCode != 137 || last.FinishedAt.Sub(last.StartedAt.Time).Minutes() != 1 || s.RestartCount != 7 ||
				memory.String() != "128Mi" || p.Pod.Spec.Containers[0].LivenessProbe == nil {
				t.Errorf("%s%s: read as %+v, limit %s", value, note, s, memory.String())
			}
		}
	}
}

func TestLineThatCannotBeReadIsUnknown(t *testing.T) {
	for _, tt := range []struct{ value, with, unknown string }{
		{"Exit Code:    137", "Exit Code:    many", "c.lastExit.code"},
		{"Exit Code:    137", "Exit Code:    4294967296", "c.lastExit.code"},
		{"Exit Code:    137", "Exit Code:    0x89", "c.lastExit.code"},
		{"Exit Code:    137", "Exit Code:    1e3", "c.lastExit.code"},
		{"      Reason:       Error\n      Exit Code:    137\n", "      Exit Code:    ???\n", "c.lastExit"},
		{"Finished:     Mon, 02 Nov 2026 09:01:00 +0000", "Finished:     Mon, 32 Nov 2026 09:01:00 +0000", "c.lastExit.finished"},
		{"Finished:     Mon, 02 Nov 2026 09:01:00 +0000", "Finished:     Fri, 31 Dec 9999 23:59:59 +0000", "c.lastExit.finished"},
		{"Started:      Mon, 02 Nov 2026 09:00:00 +0000", "Started:      yesterday", "c.lastExit.neverRan"},
		{"Ready:          False", "Ready:          maybe", "c.ready"},
		{"Restart Count:  7", "Restart Count:  a lot", "c.restarts"},
		{"Restart Count:  7", "Restart Count:  -7", "c.restarts"},
		{"memory:     128Mi", "memory:     lots", "c.memory.hasLimit"},
		{"period=10s", "period=99999999999s", "c.liveness"},
		{"Liveness:     http-get", "Liveness:     hxxp-get", "c.liveness"},
		{"Port:           8080/TCP", "Port:           many", "c.ports"},
	} {
		p, s := describedPod(t, tt.value, tt.with)
		if !slices.Contains(p.Hidden, fact.Name(tt.unknown)) {
			t.Errorf("%q: unknown are %q, want %s", tt.with, p.Hidden, tt.unknown)
		}
		if last := s.LastTerminationState.Terminated; last != nil && last.ExitCode == 0 {
			t.Errorf("%q: exit code 0", tt.with)
		}
	}
}

func TestCodeInATableThatCannotBeReadIsUnknown(t *testing.T) {
	for status, known := range map[string]bool{"ExitCode:3": true, "Signal:9": true, "ExitCode:4294967296": false, "Signal:900": false} {
		objects := Table([]byte("NAME    READY   STATUS     RESTARTS      AGE\napi-0   0/1     "+status+"   0   20m\n"), "")
		if len(objects.Pods) != 1 {
			t.Fatalf("%s: %+v", status, objects)
		}
		p := objects.Pods[0]
		if got := !slices.Contains(p.Hidden, "c.lastExit.code"); got != known {
			t.Errorf("%s: code known %v, want %v; %+v", status, got, known, p.Pod.Status)
		}
	}
}
