package bundle

import (
	"fmt"
	"strings"
	"testing"

	"github.com/unloop-dev/unloop/evidence"
)

// A describe of a container that runs: how long it has, only the ages of the events before its start tell.
func TestHowLongARunHasLastedByItsEvents(t *testing.T) {
	const text = `Name:             relay-0
Namespace:        mesh
Node:             w2/10.0.0.8
Status:           Running
Containers:
  relay:
    Image:          registry.example/relay:3
    State:          Running
      Started:      Tue, 10 Mar 2026 08:22:05 +0000
    Last State:     Terminated
      Reason:       Error
      Exit Code:    1
      Started:      Tue, 10 Mar 2026 08:20:40 +0000
      Finished:     Tue, 10 Mar 2026 08:20:43 +0000
    Ready:          True
    Restart Count:  7
Events:
  Type     Reason   Age                  From     Message
  ----     ------   ----                 ----     -------
`
	const row = "  Normal  %s  %s  kubelet  %s\n"
	started := func(age string) string { return fmt.Sprintf(row, "Started", age, "Started container relay") }
	backOff := func(age string) string {
		return fmt.Sprintf(row, "BackOff", age, "Back-off restarting failed container relay in pod relay-0_mesh(1b)")
	}
	other := fmt.Sprintf(row, "Started", "2s", "Started container proxy")
	unready := fmt.Sprintf(row, "Unhealthy", "2s", "Readiness probe failed: no")
	for _, tt := range []struct {
		name, events string
		verdict      evidence.Verdict
		dated, open  bool
	}{
		{"started seconds ago", started("4s (x7 over 34d)") + backOff("19s (x12 over 5m)"), evidence.CrashLooping, true, false},
		{"a back-off of seconds ago, the start was not written", started("31m (x4 over 34m)") + backOff("19s (x12 over 5m)"), evidence.CrashLooping, true, false},
		{"some minutes ago", started("8m (x7 over 34d)") + backOff("8m (x12 over 15m)"), evidence.CrashLooping, false, true},
		{"more than half an hour ago", started("44m (x7 over 34d)") + backOff("45m (x12 over 49m)"), evidence.Recovered, false, false},
		{"of another container", other, evidence.CrashLooping, false, true},
		{"an event of the run itself", unready, evidence.CrashLooping, false, true},
		{"the text says that there are none any more", "", evidence.Recovered, false, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b, err := Open([]string{"-"}, strings.NewReader(text+tt.events))
			if err != nil {
				t.Fatal(err)
			}
			ev := evidence.Of(b.Raws()[0])
			if c := ev.Containers[0]; c.Verdict != tt.verdict || ev.AtGuessed == tt.dated || c.Between != tt.open {
				t.Errorf("got %s, dated %v, open %v", c.Verdict, !ev.AtGuessed, c.Between)
			}
		})
	}
}
