package printed

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestEventsOfAnyColumns(t *testing.T) {
	for name, tt := range map[string]struct {
		text string
		want []string
	}{
		"shortened by hand": {
			"Warning  Unhealthy  (x61 over 52m)  Startup probe failed: HTTP probe failed with statuscode: 404\nNormal   Killing    (x9 over 50m)   Container web failed startup probe, will be restarted\n",
			[]string{
				"0s..52m0s x61 Warning Unhealthy Pod// : Startup probe failed: HTTP probe failed with statuscode: 404",
				"0s..50m0s x9 Normal Killing Pod// : Container web failed startup probe, will be restarted",
			},
		},
		"below their heading": {
			"Events:\n  Warning  BackOff  Back-off restarting failed container web in pod edge-0_shop(7c3e2a90-1111-4222-8333-0123456789ad)\n",
			[]string{"0s..0s x1 Warning BackOff Pod/shop/edge-0 : Back-off restarting failed container web in pod edge-0_shop(7c3e2a90-1111-4222-8333-0123456789ad)"},
		},
		"a list of another program": {
			"Pod edge-0: Pulling - Pulling image \"reg/edge:8\"\nPod edge-0: BackOff - Back-off restarting failed container web\n",
			[]string{"0s..0s x1 Normal Pulling Pod//edge-0 : Pulling image \"reg/edge:8\"", "0s..0s x1 Warning BackOff Pod//edge-0 : Back-off restarting failed container web"},
		},
		"in brackets": {
			"[Warning] [edge-0] Unhealthy: Liveness probe failed: connection refused\n- Warning FailedScheduling: 0/3 nodes are available: 3 Insufficient memory.\n",
			[]string{"0s..0s x1 Warning Unhealthy Pod//edge-0 : Liveness probe failed: connection refused", "0s..0s x1 Warning FailedScheduling Pod// : 0/3 nodes are available: 3 Insufficient memory."},
		},
		"with a stamp": {
			"2026-03-02T08:40:00Z Warning BackOff pod/edge-0 Back-off restarting failed container\n", []string{"0s..0s x1 Warning BackOff Pod//edge-0 : Back-off restarting failed container"},
		},
		"of kubectl 1.10 without its header": {
			"2m    40m   12   edge-0.15ab3c   Pod   spec.containers{web}   Warning   BackOff   kubelet, n1   Back-off restarting failed container\n",
			[]string{"2m0s..40m0s x12 Warning BackOff Pod//edge-0 spec.containers{web}: Back-off restarting failed container"},
		},
		"three columns": {
			"REASON      OBJECT       MESSAGE\nBackOff     pod/edge-0   Back-off restarting failed container web\n", []string{"0s..0s x1  BackOff Pod//edge-0 : Back-off restarting failed container web"},
		},
		"type and message": {
			"Warning   MountVolume.SetUp failed for volume \"x\" : secret \"y\" not found\n", []string{"0s..0s x1 Warning FailedMount Pod// : MountVolume.SetUp failed for volume \"x\" : secret \"y\" not found"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, b := range Split([]byte(tt.text)) {
				if o, err := b.Read(); err == nil && o != nil {
					for _, e := range o.Events {
						got = append(got, eventShape(e))
					}
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("events (-want +got):\n%s", diff)
			}
		})
	}
}

// TestRowsOfADescribeMayLackColumns wants shortened rows beside whole ones.
func TestRowsOfADescribeMayLackColumns(t *testing.T) {
	o, err := Describe([]byte(cutName + cutRest + cutEvents + "  Warning  Unhealthy  (x21 over 19m)  Liveness probe failed: HTTP probe failed with statuscode: 503\n"))
	if err != nil || len(o.Events) != 3 || o.Events[2].Event.Count != 21 || o.Events[2].Event.InvolvedObject.Name != "media-5d9c7b6f84-zx2lp" {
		t.Errorf("%v: %+v", err, o)
	}
}

// TestRowsWithoutSourceOrPod wants all of the message where the source is left out, and one pod for rows of which one names it.
func TestRowsWithoutSourceOrPod(t *testing.T) {
	o := Table([]byte("Warning Unhealthy 30s (x12 over 4m) Liveness probe failed: HTTP probe failed with statuscode: 500\n"+
		"Normal Killing 30s (x4 over 4m) Container kiln failed liveness probe, will be restarted\n"+
		"Warning BackOff 9s (x4 over 4m) Back-off restarting failed container kiln in pod kiln-0_clay(1b4c2a8e-6f0d-4a3b-9c5e-7d8f9a0b1c2d)\n"), "")
	want := []string{"Liveness probe failed: HTTP", "Container kiln failed", "Back-off restarting"}
	if len(o.Events) != len(want) {
		t.Fatalf("%d events", len(o.Events))
	}
	for i, e := range o.Events {
		ref := e.Event.InvolvedObject
		if !strings.HasPrefix(e.Event.Message, want[i]) || ref.Name != "kiln-0" || ref.Namespace != "clay" {
			t.Errorf("event %d is of %s/%s: %q", i, ref.Namespace, ref.Name, e.Event.Message)
		}
	}
	if d, err := Describe([]byte("Events:\n  Warning Unhealthy 30s (x12 over 4m) Liveness probe failed: no\n")); err != nil || d.Events[0].Event.Message != "Liveness probe failed: no" {
		t.Errorf("%v: %+v", err, d)
	}
}

func TestLinesOfLogsAreNoEvents(t *testing.T) {
	for _, l := range []string{
		"2026-03-02 08:40:01 INFO Started container web", "INFO Pulling image \"x\"", "Started container web", "Container web failed liveness probe",
		"Warning: Container started", "WARNING Error: no such file", "time=\"2026-03-02\" level=warning msg=\"Liveness probe failed\"", "Failed to pull image \"x\"",
		"Killing: Pulling image \"x\"", "the Warning BackOff means Back-off restarting failed container", "level=info reason=BackOff msg=\"Back-off restarting failed container\"",
		"Normal operation: Container started", "Pod edge-0 is in BackOff: Back-off restarting failed container",
	} {
		if e, ok := looseEvent(l); ok {
			t.Errorf("%q is an event: %s", l, eventShape(e))
		}
	}
}
