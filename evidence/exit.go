package evidence

import (
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/unloop-dev/unloop/fact"
)

// signals are the names of the Linux signals that end processes, by number. A runtime reports a death by signal n as
// exit code 128+n (docs/kubernetes.md#exit-codes).
var signals = map[int]string{
	1: "SIGHUP", 2: "SIGINT", 3: "SIGQUIT", 4: "SIGILL", 5: "SIGTRAP", 6: "SIGABRT", 7: "SIGBUS", 8: "SIGFPE",
	9: "SIGKILL", 10: "SIGUSR1", 11: "SIGSEGV", 12: "SIGUSR2", 13: "SIGPIPE", 14: "SIGALRM", 15: "SIGTERM",
	24: "SIGXCPU", 25: "SIGXFSZ", 31: "SIGSYS",
}

// exitOf reads one terminated state. Nil in, nil out.
func exitOf(t *corev1.ContainerStateTerminated, ref string) *Exit {
	if t == nil {
		return nil
	}
	code := int(t.ExitCode)
	e := &Exit{
		Code:     &code,
		Reason:   t.Reason,
		Message:  t.Message,
		OOM:      t.Reason == "OOMKilled",
		NeverRan: couldNotStart(t),
		ID:       t.ContainerID,
		Ref:      ref,
	}
	if !e.NeverRan {
		e.Signal = signalOf(t, code)
	}
	e.setTimes(t)
	return e
}

// forget takes out what the source cannot show: a table names the reason of an exit, not its code.
func (e *Exit) forget(raw *Raw) {
	if e == nil || len(raw.Hidden) == 0 {
		return
	}
	if raw.hides(fact.ExitCode) {
		e.Code, e.Signal = nil, ""
	}
	if raw.hides(fact.ExitReason) {
		e.Reason = ""
	}
}

// signalOf names the signal that ended a run. The signal field is practically never filled by CRI runtimes
// (docs/kubernetes.md#terminated-reasons), so the code decides; a program may also choose such a code itself.
func signalOf(t *corev1.ContainerStateTerminated, code int) string {
	if t.Signal != 0 {
		return signals[int(t.Signal)]
	}
	if t.Reason == "Completed" || code <= 128 {
		return ""
	}
	return signals[code-128]
}

// couldNotStart recognises the runs that no process of the image ever ran in. containerd says StartError with a start
// in 1970; Docker and cri-dockerd say ContainerCannotRun.
func couldNotStart(t *corev1.ContainerStateTerminated) bool {
	return t.Reason == "StartError" || t.Reason == "ContainerCannotRun" ||
		(t.ExitCode == 128 && neverStarted(t) && t.Message != "")
}

func (e *Exit) setTimes(t *corev1.ContainerStateTerminated) {
	if !t.FinishedAt.IsZero() && t.FinishedAt.Unix() > 0 {
		finished := t.FinishedAt.Time
		e.Finished = &finished
	}
	if e.NeverRan || neverStarted(t) {
		return
	}
	started := t.StartedAt.Time
	e.Started = &started
	if e.Finished != nil && !e.Finished.Before(started) {
		ran := e.Finished.Sub(started).Round(time.Second)
		e.RanFor = &ran
	}
}
