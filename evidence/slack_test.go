package evidence

import (
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// aged is an event whose age was printed: it was at the moment at, or up to slack earlier.
func aged(message string, at time.Time, slack time.Duration, count int) Event {
	e := killingEvent(message, at)
	e.Slack, e.Count = slack, count
	return e
}

func TestEventTimesWithSlack(t *testing.T) {
	events := eventsOf([]corev1.Event{
		{Reason: "B", Message: "printed first"},
		{Reason: "A", Message: "printed second"},
		{Reason: "C", LastTimestamp: metav1.NewTime(crashTime), ObjectMeta: metav1.ObjectMeta{Annotations: map[string]string{SlackAnnotation: "1m0s"}}},
		{Reason: "D", ObjectMeta: metav1.ObjectMeta{Annotations: map[string]string{SlackAnnotation: "1m0s"}}},
		{Reason: "E", LastTimestamp: metav1.NewTime(crashTime), ObjectMeta: metav1.ObjectMeta{Annotations: map[string]string{SlackAnnotation: "-9s"}}},
	})
	var order strings.Builder
	for _, e := range events {
		order.WriteString(e.Reason)
		if want := map[string]time.Duration{"C": time.Minute}[e.Reason]; e.Slack != want {
			t.Errorf("%s has slack %s, want %s", e.Reason, e.Slack, want)
		}
	}
	if got := order.String(); got != "BADCE" {
		t.Errorf("order %s: those without a time come first, as they were printed", got)
	}
}

func TestKillByAgedEvent(t *testing.T) {
	for _, tt := range []struct {
		name         string
		restarts     int
		after, slack time.Duration // of the event, counted from the start of a run of 40s
		count        int
		by           Killer
		sure         bool
	}{
		{"surely in the run", 9, sec(30), sec(20), 1, ByLiveness, true},
		{"perhaps in the run before", 9, sec(30), sec(60), 1, ByLiveness, false},
		{"as many kills as runs", 9, sec(30), sec(60), 10, ByLiveness, true},
		{"the first run cannot be taken for another", 0, sec(30), sec(60), 1, ByLiveness, true},
		{"perhaps just after the run", 9, sec(60), sec(40), 1, ByLiveness, false},
		{"surely before the run", 9, -sec(30), sec(20), 1, "", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := probed(death(143, sec(40)))
			c.State, c.Restarts = "waiting", tt.restarts
			c.Liveness = probeOf("liveness", &corev1.Probe{FailureThreshold: 100}, nil, nil, "") // so that only the event tells
			k := killOf(c, &Pod{}, []Event{aged(livenessKill, c.LastExit.Started.Add(tt.after), tt.slack, tt.count)}, specOfAPI())
			by := k.By
			if k.How != howEvent {
				by = ""
			}
			if by != tt.by || k.Sure != tt.sure {
				t.Errorf("by %q by %s, sure %v; want %q, %v: %s", by, k.How, k.Sure, tt.by, tt.sure, k.Text)
			}
			if strings.Contains(k.Text, "about -") || strings.Contains(k.Text, "about 1m") {
				t.Errorf("a kill outside of the run: %s", k.Text)
			}
		})
	}
}

func TestKillByEventWithoutTime(t *testing.T) {
	for _, tt := range []struct {
		code, restarts, count int
		by                    Killer
		sure                  bool
	}{
		{137, 9, 3, ByLiveness, false},
		{137, 9, 10, ByLiveness, true},
		{1, 9, 10, "", false}, // no answer to a stop
	} {
		c := probed(death(tt.code, 5*time.Minute))
		c.State, c.Restarts = "waiting", tt.restarts
		k := killOf(c, &Pod{}, []Event{aged(livenessKill, time.Time{}, 0, tt.count)}, specOfAPI())
		if k.By != tt.by || k.Sure != tt.sure {
			t.Errorf("exit %d, %d kills in %d restarts: by %q, sure %v: %s", tt.code, tt.count, tt.restarts, k.By, k.Sure, k.Text)
		}
		if strings.Contains(k.Text, "after its start") {
			t.Errorf("a time that is not known was counted with: %s", k.Text)
		}
	}
}

func TestGraceThatIsNotShown(t *testing.T) {
	// The default probe decides 20–31 s after the start. With a grace period of 2 s SIGKILL may come after 22 s.
	for _, tt := range []struct {
		ranFor   time.Duration
		assumed  bool
		excluded bool
		by       Killer
	}{
		{sec(25), false, true, ByUnknown},
		{sec(25), true, false, ByLiveness},
		{sec(10), true, true, ByUnknown},
	} {
		c := probed(death(137, tt.ranFor))
		c.Liveness.GraceAssumed = tt.assumed
		k := killOf(c, &Pod{}, nil, specOfAPI())
		if (k.Excluded != "") != tt.excluded || k.By != tt.by || k.Sure {
			t.Errorf("%s, assumed %v: by %q, sure %v, excluded %q", tt.ranFor, tt.assumed, k.By, k.Sure, k.Excluded)
		}
	}
}

func TestFailureAtTheEndWithSlack(t *testing.T) {
	for _, tt := range []struct {
		before, slack time.Duration // of the newest failure, counted back from a death by SIGKILL after 60 s
		assumed       bool
		may, surely   bool
	}{
		{sec(30), 0, false, true, true},
		{sec(10), sec(30), false, true, false},
		{sec(10), sec(10), false, false, false},
		{sec(10), 0, true, true, true},
		{sec(50), 0, true, true, false}, // with a longer grace period than the default only
		{sec(50), 0, false, false, false},
	} {
		c := probed(death(137, sec(60)))
		at := c.LastExit.Finished.Add(-tt.before)
		c.Liveness.FailedAt, c.Liveness.FailedSlack, c.Liveness.GraceAssumed = &at, tt.slack, tt.assumed
		if may, surely := c.Liveness.failedAtEndOf(c.LastExit); may != tt.may || surely != tt.surely {
			t.Errorf("%s before the end, slack %s, grace assumed %v: %v, %v", tt.before, tt.slack, tt.assumed, may, surely)
		}
	}
}

func TestSoonKill(t *testing.T) {
	for _, tt := range []struct {
		name   string
		ranFor time.Duration
		event  *Event
		want   bool
	}{
		{"the run is short", sec(60), nil, true},
		{"the run is long", sec(120), nil, false},
		{"the run is short but its kill was late", sec(60), &Event{Slack: 0}, false},
	} {
		c := probed(death(137, tt.ranFor))
		var kills []killing
		if tt.event != nil {
			e := killingEvent(livenessKill, c.LastExit.Started.Add(sec(55)))
			kills = append(kills, killing{by: ByLiveness, event: &e})
		}
		if soon := c.killedSoon(ByLiveness, kills); soon == nil || *soon != tt.want {
			t.Errorf("%s: %v", tt.name, soon)
		}
	}
	if soon := probed(death(137, sec(60))).killedSoon(ByOOM, nil); soon != nil {
		t.Errorf("a kill by no probe: %v", *soon)
	}
}
