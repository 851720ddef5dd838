package printed

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unloop-dev/unloop/fact"
)

// endShape is how the container's last run ended, as far as a row tells.
func endShape(p Pod) string {
	status := statusIn(p.Pod)
	if status == nil || status.LastTerminationState.Terminated == nil {
		return ""
	}
	t := status.LastTerminationState.Terminated
	if slices.Contains(p.Hidden, fact.ExitReason) {
		return " after an unknown end"
	}
	if slices.Contains(p.Hidden, fact.ExitCode) {
		return " after " + t.Reason
	}
	return fmt.Sprintf(" after %s %d", t.Reason, t.ExitCode)
}

func TestTablesOfSomeColumns(t *testing.T) {
	for name, tt := range map[string]struct {
		text string
		want []string
	}{
		"without AGE": {
			"NAME     READY   STATUS             RESTARTS\nedge-0   0/1     CrashLoopBackOff   7 (3m ago)\n",
			[]string{"edge-0 Running: waiting CrashLoopBackOff restarts=7 after an unknown end"},
		},
		"without RESTARTS and AGE": {
			"NAME     READY   STATUS\nedge-0   0/1     CrashLoopBackOff\nedge-1   1/1     Running\n",
			[]string{"edge-0 Running: waiting CrashLoopBackOff restarts=1 after an unknown end", "edge-1 Running: running ready restarts=0"},
		},
		"without READY": {
			"NAMESPACE  NAME     STATUS     RESTARTS   AGE\nshop       edge-0   OOMKilled  2          3h\nshop       edge-1   Running    2          3h\n",
			[]string{"shop/edge-0 Running: terminated OOMKilled 1 restarts=2 after ", "shop/edge-1 Running: running ready restarts=2 after an unknown end"},
		},
		"cut off at the right": {
			"NAMESPACE   NAME   READY   STATUS   RESTARTS   AGE\nshop   edge-0   0/1   Error   0\n",
			[]string{"shop/edge-0 Running: terminated Error 1 restarts=0"},
		},
		"columns of somebody's own": {
			"POD      RESTARTS   LAST_REASON   EXIT_CODE\nedge-0   7          OOMKilled     137\nedge-1   0          <none>        <none>\n",
			[]string{"edge-0 : none restarts=7 after OOMKilled 137", "edge-1 : running ready restarts=0"},
		},
		"the reason of a wait": {
			"NAME     PHASE     REASON             RESTARTS\nedge-0   Running   CrashLoopBackOff   4\n",
			[]string{"edge-0 Running: waiting CrashLoopBackOff restarts=4 after an unknown end"},
		},
		"of several containers": {
			"NAME     RESTARTS   REASON       EXIT\nedge-0   3,1        Error,Error  1,2\n",
			[]string{"edge-0 : running ready restarts=4 after an unknown end"},
		},
		"rows alone": {
			"edge-0   0/1   CrashLoopBackOff   7 (12s ago)\npod/edge-1   0/2   Init:Error\n",
			[]string{"edge-0 Running: waiting CrashLoopBackOff restarts=7 after an unknown end", "edge-1 Pending: init terminated Error 1 restarts=0"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, b := range Split([]byte(tt.text)) {
				o, err := b.Read()
				if err != nil || o == nil || b.Kind != BlockTable {
					t.Fatalf("a block of kind %s: %v", b.Kind, err)
				}
				for _, p := range o.Pods {
					got = append(got, shape(p)+endShape(p))
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("pods (-want +got):\n%s", diff)
			}
		})
	}
}

// TestColumnsThatAreNotThereAreUnknown wants no fact of a column that a table doesn't have.
func TestColumnsThatAreNotThereAreUnknown(t *testing.T) {
	for header, hidden := range map[string][]fact.Name{
		"NAME STATUS RESTARTS AGE":  {fact.Ready},
		"NAME READY STATUS AGE":     {fact.Restarts},
		"NAME RESTARTS AGE":         {fact.Ready, fact.State, fact.WaitingReason, fact.Phase},
		"NAME READY STATUS":         {fact.Restarts},
		"NAME RESTARTS REASON EXIT": {fact.Ready, fact.Phase, fact.State},
	} {
		cells := strings.NewReplacer("NAME", "edge-0", "READY", "0/1", "STATUS", "CrashLoopBackOff", "RESTARTS", "5", "AGE", "3h", "REASON", "Error", "EXIT", "2")
		o := Table([]byte(header+"\n"+cells.Replace(header)+"\n"), "")
		if len(o.Pods) != 1 {
			t.Fatalf("%s: %d pods", header, len(o.Pods))
		}
		for _, f := range hidden {
			if !slices.Contains(o.Pods[0].Hidden, f) {
				t.Errorf("%s: %s is taken for known", header, f)
			}
		}
	}
}

func TestTablesOfOtherKindsAreNoPods(t *testing.T) {
	for _, text := range []string{
		"NAME      STATUS   AGE\ndefault   Active   3h\n",
		"NAME     STATUS    VOLUME   CAPACITY   ACCESS MODES   STORAGECLASS   AGE\ndata-0   Pending                                      fast           3h\n",
		"NAME    CPU(cores)   MEMORY(bytes)\nweb-0   3m           20Mi\n",
		"NAME    READY   AGE\nissuer  True    3h\n",
		"NAME    STATUS    AGE\nbuild   Running   3h\nother   Failed    3h\n",
		"NAME    READY   STATUS                AGE\ncert    True    Certificate is ready  3h\n",
	} {
		for _, p := range Table([]byte(text), "").Pods {
			t.Errorf("%q holds a pod: %s", text, shape(p))
		}
	}
}

func TestWatchTellsOfEarlierRows(t *testing.T) {
	const head = "NAME     READY   STATUS             RESTARTS      AGE\n"
	for name, tt := range map[string]struct {
		rows, want string
		waiting    string
		ends       int
	}{
		"killed twice and up again": {
			"edge-0   1/1   Running            0             3s\nedge-0   0/1   OOMKilled          0             9s\nedge-0   1/1   Running            1 (2s ago)    11s\n" +
				"edge-0   0/1   OOMKilled          1 (9s ago)    18s\nedge-0   0/1   CrashLoopBackOff   1 (12s ago)   29s\nedge-0   1/1   Running            2 (15s ago)   32s\n",
			"edge-0 Running: running ready restarts=2 after OOMKilled", "CrashLoopBackOff", 2,
		},
		"waits after an error": {
			"edge-0   0/1   Error              3 (50s ago)   5m\nedge-0   0/1   CrashLoopBackOff   3 (12s ago)   5m\n",
			"edge-0 Running: waiting CrashLoopBackOff restarts=3 after Error", "", 1,
		},
		"a row twice": {
			"edge-0   0/1   Error              3 (50s ago)   5m\nedge-0   0/1   Error              3 (51s ago)   5m\n",
			"edge-0 Running: terminated Error 1 restarts=3 after ", "", 1,
		},
		"ends that differ, and the newest was not seen": {
			"edge-0   0/1   OOMKilled   1   5m\nedge-0   0/1   Error   2   6m\nedge-0   1/1   Running   6 (2m ago)   9m\n",
			"edge-0 Running: running ready restarts=6 after an unknown end", "", 2,
		},
		"another pod of the same name": {
			"edge-0   0/1   OOMKilled   4   5m\nedge-0   0/1   Terminating   4   6m\nedge-0   0/1   ContainerCreating   0   1s\nedge-0   1/1   Running   0   4s\n",
			"edge-0 Running: running ready restarts=0", "", 0,
		},
		"a code": {
			"edge-0   0/1   ExitCode:3   1   5m\nedge-0   0/1   CrashLoopBackOff   1   6m\n",
			"edge-0 Running: waiting CrashLoopBackOff restarts=1 after  3", "", 1,
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := Table([]byte(head+tt.rows), "")
			if len(o.Pods) != 1 {
				t.Fatalf("%d pods", len(o.Pods))
			}
			p := o.Pods[0]
			if got := shape(p) + endShape(p); got != tt.want || p.WaitingSeen != tt.waiting || p.EndsSeen != tt.ends {
				t.Errorf("%s, waiting seen %q, ends %d; want %s, %q, %d", got, p.WaitingSeen, p.EndsSeen, tt.want, tt.waiting, tt.ends)
			}
		})
	}
}

func TestTableRightBelowProse(t *testing.T) {
	const table = "NAME     READY   STATUS             RESTARTS   AGE\nedge-0   0/1     CrashLoopBackOff   7          21m\n"
	for prose, tables := range map[string]int{
		"Hello,\nsince this morning it is down.\nWe rolled back.\nThe others say that all is well.\nI see this:\n":                                     1,
		"10:00:01 INFO started\n10:00:02 INFO listing\n10:00:02 INFO more\n10:00:02 INFO and more\n10:00:03 INFO what kubectl says in this program:\n": 0,
	} {
		n := 0
		for _, b := range Split([]byte(prose + table)) {
			if b.Kind == BlockTable {
				n++
			}
		}
		if n != tables {
			t.Errorf("below %q: %d tables, want %d", prose, n, tables)
		}
	}
}
