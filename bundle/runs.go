package bundle

import (
	"fmt"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/unloop-dev/unloop/crashlog"
	"github.com/unloop-dev/unloop/evidence"
)

// runSlack is how far a line's time may lie outside of its run's: the times of a status are whole seconds, cut off, and
// the runtime notes an end a little before or after it has taken the last line.
const runSlack = 2 * time.Second

// startSlack is how long after the start of a run its first line may come for the program's own time stamps to be
// believed. They may be of another zone; that they fall right behind a start by chance is unlikely.
const startSlack = 30 * time.Second

// knownRun is a run of a container that its status tells of.
type knownRun struct {
	run        evidence.Run
	id         string    // of the container that the runtime made for it
	start, end time.Time // no end: it is alive
}

// knownRuns are the runs that a status tells of, the newest first. Zero times are not known; a run that was created and
// never started has them, and so has one whose container the kubelet has lost (reason ContainerStatusUnknown).
func knownRuns(s *corev1.ContainerStatus) []knownRun {
	var runs []knownRun
	died := evidence.RunDied
	if s.State.Running != nil {
		runs = append(runs, knownRun{run: evidence.RunLive, id: bareID(s.ContainerID), start: s.State.Running.StartedAt.Time})
	}
	for _, ended := range []*corev1.ContainerStateTerminated{s.State.Terminated, s.LastTerminationState.Terminated} {
		if ended != nil {
			runs = append(runs, knownRun{died, bareID(ended.ContainerID), ended.StartedAt.Time, ended.FinishedAt.Time})
			died = evidence.RunOlder
		}
	}
	return runs
}

// bareID is a container's id without the name of the runtime: containerd://ID.
func bareID(id string) string { return id[strings.LastIndexByte(id, '/')+1:] }

// statusOfID finds the container of which a run has this id.
func statusOfID(pod *corev1.Pod, id string) *corev1.ContainerStatus {
	if id == "" {
		return nil
	}
	for s := range evidence.Statuses(pod) {
		if bareID(s.ContainerID) == id || slices.ContainsFunc(knownRuns(s), func(r knownRun) bool { return r.id == id }) {
			return s
		}
	}
	return nil
}

// holds says that lines from since to until can be of the run.
func (r *knownRun) holds(since, until time.Time) bool {
	if r.start.IsZero() || r.run != evidence.RunLive && r.end.IsZero() {
		return false
	}
	return !since.Before(r.start.Add(-runSlack)) && (r.end.IsZero() || !until.After(r.end.Add(runSlack)))
}

// runOf finds out which run wrote a log, by the number that the kubelet gave its file, the id that the runtime gave its
// container, else by time stamps. "" when nothing but the name tells.
func runOf(s *corev1.ContainerStatus, n *logName, log *crashlog.Log) evidence.Run {
	runs := knownRuns(s)
	switch {
	case len(runs) == 0 || log == nil:
		return ""
	case n.attempt >= 0:
		return runOfNumber(s, n.attempt)
	}
	if i := slices.IndexFunc(runs, func(r knownRun) bool { return n.id != "" && r.id == n.id }); i >= 0 {
		return runs[i].run
	}
	if !log.Since.IsZero() {
		return runOfTimes(runs, log.Since, log.Until)
	}
	for i := range runs {
		if r := &runs[i]; r.holds(log.First, log.Last) && log.First.Before(r.start.Add(startSlack)) {
			return r.run
		}
	}
	return ""
}

// runOfNumber knows the run by its number, which is that of the restarts before it (k8s.io/kubernetes,
// pkg/kubelet/kuberuntime/kuberuntime_container.go, startContainer: the restart count names the log file). The status
// counts the restarts of the newest run, alive or dead.
func runOfNumber(s *corev1.ContainerStatus, attempt int) evidence.Run {
	back := int(s.RestartCount) - attempt
	switch {
	case back < 0:
		return evidence.RunNewer
	case s.State.Running != nil && back == 0:
		return evidence.RunLive
	case s.State.Running != nil && back == 1, s.State.Running == nil && back == 0:
		return evidence.RunDied
	}
	return evidence.RunOlder
}

// runOfTimes knows the run by the node's clock. A log that goes over several runs is of none.
func runOfTimes(runs []knownRun, since, until time.Time) evidence.Run {
	for i := range runs {
		if runs[i].holds(since, until) {
			return runs[i].run
		}
	}
	newest, oldest := runs[0], runs[len(runs)-1]
	switch {
	case newest.run == evidence.RunDied && !newest.end.IsZero() && since.After(newest.end.Add(runSlack)):
		return evidence.RunNewer
	case !oldest.start.IsZero() && until.Before(oldest.start.Add(-runSlack)):
		return evidence.RunOlder
	}
	return ""
}

// settleRun makes a log's Run, Previous and Why agree with the evidence. The name is what the user may wonder about, so
// what contradicts it is said.
func settleRun(log *evidence.RawLog, s *corev1.ContainerStatus, n *logName) {
	run := runOf(s, n, log.Read)
	if run == "" {
		if n.attempt >= 0 { // the status was cut: it does not say whether the newest run is alive
			log.Previous, log.PreviousKnown = n.attempt < int(s.RestartCount), true
		}
		return
	}
	named, known := log.Previous, log.PreviousKnown
	log.Run, log.PreviousKnown = run, true
	switch run {
	case evidence.RunLive, evidence.RunNewer:
		log.Previous = false
	case evidence.RunOlder:
		log.Previous = true
	case evidence.RunDied:
		// While the container waits to be started both words mean this run (docs/kubernetes.md#which-runs-log).
		log.Previous = s.State.Terminated == nil && (s.State.Running != nil || named)
	}
	log.Why = whyRun(log, s, n, known && named != log.Previous)
}

// whyRun says what told the run of a log, where its name says something else or nothing objects know of.
func whyRun(log *evidence.RawLog, s *corev1.ContainerStatus, n *logName, contradicts bool) string {
	told := "by its time stamps"
	if n.attempt >= 0 {
		told = fmt.Sprintf("by its number, %d,", n.attempt)
	}
	switch {
	case log.Run == evidence.RunNewer:
		return fmt.Sprintf("%s it is newer than the pod's status, which knows of %d restarts: the container was started again in between", told, s.RestartCount)
	case !contradicts:
		return ""
	}
	name := "previous"
	if log.Previous {
		name = "current"
	}
	return fmt.Sprintf("the log is named %q, but %s it is of %s", name, told, runWords(log.Run))
}

func runWords(run evidence.Run) string {
	switch run {
	case evidence.RunLive:
		return "the run that was alive when the pod was read"
	case evidence.RunDied:
		return "the run that died last"
	}
	return "a run before the one that died last"
}
