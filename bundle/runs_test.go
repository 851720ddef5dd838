package bundle

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/unloop-dev/unloop/crashlog"
	"github.com/unloop-dev/unloop/evidence"
)

// clock is a time of the day on which everything in these tests happens.
func clock(t *testing.T, text string) metav1.Time {
	t.Helper()
	at, err := time.Parse(time.TimeOnly, text)
	if err != nil {
		t.Fatal(err)
	}
	return metav1.NewTime(at.AddDate(2026, 0, 0))
}

func TestRunOfLog(t *testing.T) {
	ended := func(start, end string) *corev1.ContainerStateTerminated {
		return &corev1.ContainerStateTerminated{StartedAt: clock(t, start), FinishedAt: clock(t, end)}
	}
	waiting := &corev1.ContainerStatus{
		RestartCount: 3,
		State:        corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: "CrashLoopBackOff"}}, LastTerminationState: corev1.ContainerState{Terminated: ended("10:00:00", "10:00:05")},
	}
	running := &corev1.ContainerStatus{
		RestartCount:         4,
		State:                corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: clock(t, "10:02:45")}},
		LastTerminationState: corev1.ContainerState{Terminated: ended("10:00:00", "10:00:05")},
	}
	terminated := &corev1.ContainerStatus{
		RestartCount:         4,
		State:                corev1.ContainerState{Terminated: ended("10:02:45", "10:02:50")},
		LastTerminationState: corev1.ContainerState{Terminated: ended("10:00:00", "10:00:05")},
	}
	const (
		died, live, older, newer = evidence.RunDied, evidence.RunLive, evidence.RunOlder, evidence.RunNewer

		previous, current, unsaid = "previous", "current", ""
	)
	tests := map[string]struct {
		status       *corev1.ContainerStatus
		attempt      int
		since, until string // "" for none
		own          bool   // the times are the program's own
		named        string
		want         evidence.Run
		wantNamed    string
		why          string
	}{
		"number, waiting":                    {waiting, 3, "", "", false, unsaid, died, current, ""},
		"number before, waiting":             {waiting, 2, "", "", false, unsaid, older, previous, ""},
		"number, running":                    {running, 4, "", "", false, unsaid, live, current, ""},
		"number before, running":             {running, 3, "", "", false, unsaid, died, previous, ""},
		"number, terminated":                 {terminated, 4, "", "", false, unsaid, died, current, ""},
		"number before, terminated":          {terminated, 3, "", "", false, unsaid, older, previous, ""},
		"number later":                       {waiting, 4, "", "", false, unsaid, newer, current, "by its number, 4, it is newer than the pod's status, which knows of 3 restarts: the container was started again in between"},
		"times within the dead run":          {running, -1, "10:00:01", "10:00:06", false, unsaid, died, previous, ""},
		"times as named":                     {running, -1, "10:00:01", "10:00:04", false, previous, died, previous, ""},
		"named previous, times of the other": {running, -1, "10:02:46", "10:09:00", false, previous, live, current, `the log is named "previous", but by its time stamps it is of the run that was alive when the pod was read`},
		"named current, times of the other":  {running, -1, "10:00:01", "10:00:04", false, current, died, previous, `the log is named "current", but by its time stamps it is of the run that died last`},
		"named previous while terminated":    {terminated, -1, "10:02:46", "10:02:49", false, previous, died, current, `the log is named "previous", but by its time stamps it is of the run that died last`},
		"previous while terminated":          {terminated, -1, "10:00:01", "10:00:04", false, previous, older, previous, ""},
		"either word while waiting":          {waiting, -1, "10:00:01", "10:00:04", false, previous, died, previous, ""},
		"restarted in between":               {waiting, -1, "10:05:11", "10:05:14", false, current, newer, current, "by its time stamps it is newer than the pod's status, which knows of 3 restarts: the container was started again in between"},
		"long ago":                           {waiting, -1, "09:05:11", "09:05:14", false, unsaid, older, previous, ""},
		"over several runs":                  {running, -1, "09:05:11", "10:05:14", false, unsaid, "", unsaid, ""},
		"own times right behind the start":   {running, -1, "10:02:50", "10:05:14", true, previous, live, current, `the log is named "previous", but by its time stamps it is of the run that was alive when the pod was read`},
		"own times of another zone":          {running, -1, "12:00:01", "12:00:04", true, previous, "", previous, ""},
		"no times":                           {running, -1, "", "", false, previous, "", previous, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			read := &crashlog.Log{}
			if tt.since != "" {
				read.First, read.Last = clock(t, tt.since).Time, clock(t, tt.until).Time
				if !tt.own {
					read.Since, read.Until = read.First, read.Last
				}
			}
			log := evidence.RawLog{Read: read, Previous: tt.named == previous, PreviousKnown: tt.named != unsaid}
			settleRun(&log, tt.status, &logName{attempt: tt.attempt})
			want := evidence.RawLog{Read: read, Previous: tt.wantNamed == previous, PreviousKnown: tt.wantNamed != unsaid, Run: tt.want, Why: tt.why}
			if diff := cmp.Diff(want, log); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
