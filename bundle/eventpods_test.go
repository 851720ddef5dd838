package bundle

import (
	"slices"
	"strings"
	"testing"

	"github.com/unloop-dev/unloop/evidence"
)

const eventHeader = "Events:\n  Type     Reason     Age   From     Message\n  ----     ------     ----   ----     -------\n"

// Where nothing but events is known of a pod, they tell which container it is about, and whether it loops.
func TestPodsOfEventsAlone(t *testing.T) {
	const (
		backOff  = "  Warning  BackOff    14m (x60 over 1h)  kubelet  Back-off restarting failed container\n"
		named    = "  Warning  BackOff    14m (x60 over 1h)  kubelet  Back-off restarting failed container cache in pod shop-0_web(5c6d)\n"
		probe    = "  Warning  Unhealthy  6m (x33 over 1h)   kubelet  Liveness probe failed: command \"redis-cli ping\" timed out\n"
		kill     = "  Normal   Killing    6m                 kubelet  Container cache failed liveness probe, will be restarted\n"
		kills    = "  Normal   Killing    6m (x11 over 1h)   kubelet  Container cache failed liveness probe, will be restarted\n"
		started  = "  Normal   Started    5m (x12 over 1h)   kubelet  Started container cache\n"
		sidecar  = "  Normal   Started    5m                 kubelet  Started container proxy\n"
		nameless = "  Normal   Started    5m (x12 over 1h)   kubelet  Container started\n"
		old      = "  Normal   Killing    4m (x3 over 30m)   kubelet, n1  Killing container with id docker://cache:Container failed liveness probe.. Container will be killed and recreated.\n"
		older    = "  Normal   Killing    4m (x3 over 30m)   kubelet, n1  Killing container with id docker://cache:pod \"web-1_shop(5c6d)\" container \"cache\" is unhealthy, it will be killed and re-created.\n"
		stop     = "  Normal   Killing    4m (x3 over 30m)   kubelet  Stopping container cache\n"
		evicted  = "  Warning  Evicted    3m                 kubelet  The node was low on resource: memory. Threshold quantity: 100Mi, available: 99152Ki.\n"
		noNode   = "  Warning  FailedScheduling  3m          default-scheduler  0/3 nodes are available: 3 Insufficient memory.\n"
		placed   = "  Normal   Scheduled  2m                 default-scheduler  Successfully assigned shop/web-0 to n1\n"
	)
	for _, tt := range []struct {
		name, events string
		container    string
		verdict      evidence.Verdict
		killer       evidence.Killer
	}{
		{"a back-off and a kill of the same container", backOff + probe + kills + started, "cache", evidence.CrashLooping, evidence.ByLiveness},
		{"a back-off that is named by a start", backOff + started, "cache", evidence.CrashLooping, ""},
		{"a back-off that two may be in", backOff + started + sidecar, "", evidence.CrashLooping, ""},
		{"a back-off that names its container, beside another", named + sidecar, "cache", evidence.CrashLooping, ""},
		{"eleven kills without a back-off", probe + kills, "cache", evidence.CrashLooping, evidence.ByLiveness},
		{"three kills, each by itself", kill + kill + kill, "cache", evidence.CrashLooping, evidence.ByLiveness},
		{"one kill", probe + kill, "cache", evidence.Unknown, evidence.ByLiveness},
		{"one kill of a container that was started twelve times", probe + kill + started, "cache", evidence.CrashLooping, evidence.ByLiveness},
		{"starts that name none, of the only one", probe + kill + nameless, "cache", evidence.CrashLooping, evidence.ByLiveness},
		{"kills in the words of 1.13", old, "cache", evidence.CrashLooping, evidence.ByLiveness},
		{"kills in the words of 1.9", older, "cache", evidence.CrashLooping, evidence.ByLiveness},
		{"a pod that is stopped does not loop", stop, "cache", evidence.Unknown, evidence.ByUnknown},
		{"evicted", started + evicted, "cache", evidence.Terminating, ""},
		{"no node takes it", noNode, "", evidence.Pending, ""},
		{"a node took it since", noNode + placed + kill, "cache", evidence.Unknown, evidence.ByLiveness},
	} {
		lines := slices.Collect(strings.Lines(tt.events))
		for _, order := range []string{"as printed", "reversed"} {
			t.Run(tt.name+", "+order, func(t *testing.T) {
				b, err := Open([]string{"-"}, strings.NewReader(eventHeader+strings.Join(lines, "")))
				if err != nil {
					t.Fatal(err)
				}
				raws := b.Raws()
				ev := evidence.Of(raws[0])
				if len(raws) != 1 || len(ev.Containers) != 1 {
					t.Fatalf("%d pods, containers %v", len(raws), evidence.ContainerNames(raws[0].Pod))
				}
				c := ev.Containers[0]
				if c.Name != tt.container || c.Verdict != tt.verdict || c.Kill.By != tt.killer {
					t.Errorf("%q is %s, killed by %q; want %q, %s, %q", c.Name, c.Verdict, c.Kill.By, tt.container, tt.verdict, tt.killer)
				}
			})
			slices.Reverse(lines)
		}
	}
}
