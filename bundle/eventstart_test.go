package bundle

import (
	"slices"
	"strings"
	"testing"

	"github.com/unloop-dev/unloop/evidence"
)

// What the newest events say of a pod that was not started, when nothing else is known of it.
func TestWaitingStatesOfEvents(t *testing.T) {
	const (
		header    = "Events:\n  Type     Reason     Age   From     Message\n  ----     ------     ----   ----     -------\n"
		scheduled = "  Normal   Scheduled  58s   default-scheduler  Successfully assigned shop/api-1 to n2\n"
		mount     = "  Warning  FailedMount  26s (x7 over 58s)  kubelet  MountVolume.SetUp failed for volume \"c\" : configmap \"nosuch\" not found\n"
		config    = "  Warning  Failed  1s (x3 over 5s)  kubelet  Error: configmap \"nosuch\" not found\n"
	)
	tests := []struct {
		name, events string
		verdict      evidence.Verdict
		reason       string
	}{
		{"a ConfigMap is missing", scheduled + config, evidence.NotStarted, "CreateContainerConfigError"},
		{"root is refused", scheduled + "  Warning  Failed  3s  kubelet  Error: container has runAsNonRoot and image will run as root (pod: \"api-1_shop(b6de1c34)\", container: app)\n", evidence.NotStarted, "CreateContainerConfigError"},
		{"a pull fails", scheduled + "  Warning  Failed  3s  kubelet  Failed to pull image \"x\": not found\n  Warning  Failed  3s  kubelet  Error: ErrImagePull\n  Normal  BackOff  1s  kubelet  Back-off pulling image \"x\"\n", evidence.NotStarted, "ImagePullBackOff"},
		{"a mount fails", scheduled + mount, evidence.NotStarted, "ContainerCreating"},
		{"a mount of a pod that may run", mount, evidence.Unknown, ""},
		{"a mount of a pod that runs", scheduled + "  Normal  Created  50s  kubelet  Container created\n" + mount, evidence.Unknown, ""},
		{"it was started since", scheduled + config + "  Normal  Started  1s  kubelet  Container started\n", evidence.Unknown, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b, err := Open([]string{"-"}, strings.NewReader(header+tt.events))
			if err != nil {
				t.Fatal(err)
			}
			ev := evidence.Of(slices.Collect(b.All())[0])
			verdict, reason := evidence.Unknown, ""
			for _, c := range ev.Containers {
				verdict, reason = c.Verdict, c.WaitingReason
			}
			if verdict != tt.verdict || reason != tt.reason {
				t.Errorf("got %s %q, want %s %q", verdict, reason, tt.verdict, tt.reason)
			}
			if strings.Contains(tt.events, "Scheduled") && ev.Pod.Name != "api-1" {
				t.Errorf("pod %q, want the one that was scheduled", ev.Pod.Name)
			}
		})
	}
}
