package printed

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestEventList(t *testing.T) {
	text := "2026-02-14 06:10:32\nBack-off restarting failed container gate in pod toll-0_roads(" + tollUID + ")\n" +
		"2026-02-14 06:10:31\nContainer gate failed liveness probe, will be restarted\n2026-02-14 06:10:30\nLiveness probe failed: HTTP probe failed with statuscode: 503\n" +
		"2026-02-14 06:10:20\nAdd eth0 [172.16.0.9/16] from ix-net\n2026-02-14 06:10:20\nCreated pod: toll-0\n2026-02-14 06:10:20\nSuccessfully assigned roads/toll-0 to w1\n"
	blocks := Split([]byte("Events\n\n" + text + "\nwhat now?\n"))
	if len(blocks) != 3 || blocks[1].Kind != BlockEventList {
		t.Fatalf("%v", kindsOf(blocks))
	}
	var got []string
	for _, e := range EventList(blocks[1].Text).Events {
		got = append(got, e.Event.Type+" "+e.Event.Reason+": "+e.Event.Message)
	}
	want := []string{
		"Normal Scheduled: Successfully assigned roads/toll-0 to w1",
		"Warning Unhealthy: Liveness probe failed: HTTP probe failed with statuscode: 503",
		"Normal Killing: Container gate failed liveness probe, will be restarted",
		"Warning BackOff: Back-off restarting failed container gate in pod toll-0_roads(" + tollUID + ")",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, other := range []string{"2026-02-14 06:10:32\nstarting\n2026-02-14 06:10:33\nError at line 3\n", "2026-02-14 06:10:32\n", "2026-02-14 06:10:32\n\nBack-off\n"} {
		for _, b := range Split([]byte(other)) {
			if b.Kind == BlockEventList {
				t.Errorf("%q is taken for events", other)
			}
		}
	}
}
