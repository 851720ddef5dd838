package evidence

import (
	"fmt"
	"strings"
	"time"

	"github.com/unloop-dev/unloop/crashlog"
)

// The two ways to ask the API for a container's log.
const (
	runPrevious = "previous"
	runCurrent  = "current"
)

// setLogs gives each container the log of its last dead run and, when it runs, of the run that is alive.
func (ev *Evidence) setLogs(raw *Raw) {
	read := crashlog.Options{Redact: raw.Redact}
	for i := range ev.Containers {
		c := &ev.Containers[i]
		if c.neverWrote() {
			c.Log = &Log{
				Run: runPrevious, Ref: logRef(c.Name, runPrevious), Empty: true, Sure: true,
				Says: &crashlog.Log{Empty: true}, Crash: &crashlog.Crash{},
			}
		}
	}
	for i := range raw.Logs {
		r := &raw.Logs[i]
		says := r.Read
		if says == nil {
			says = read.ReadBytes(r.Data)
		}
		c, sure := ev.writerOf(r)
		if c == nil {
			continue
		}
		if says.NotALog != "" {
			ev.noteNotALog(c, r, says.NotALog)
			continue
		}
		c.addLog(r, says, sure)
	}
	for i := range ev.Containers {
		c := &ev.Containers[i]
		c.fallBackToMessage()
		if c.Log != nil {
			c.Log.Said = c.Log.Called()
		}
		c.Threw = c.threw()
	}
}

// threw recognises .NET's and Rust's ends: .NET calls abort() for every exception that nobody caught, Rust for a panic
// when it is built so. As first process of a container that is 139 instead of 134 (docs/kubernetes.md#signals-and-pid-1). A
// broken access to memory is an exception to .NET, too, but one of native code.
func (c *Container) threw() bool {
	if c.Log == nil || !c.Log.Sure || c.Log.Crash == nil || c.Log.Crash.Kind != crashlog.KindTrace {
		return false
	}
	crash := c.Log.Crash
	return crash.Runtime == "rust" || crash.Runtime == "dotnet" && crash.Type != "" && !strings.Contains(crash.Type, "AccessViolation")
}

// neverWrote says that no process of the container has ever run, so that there is no log to miss.
func (c *Container) neverWrote() bool {
	if c.LastExit != nil {
		return c.LastExit.NeverRan
	}
	return c.Verdict == Pending || (c.State == "waiting" && c.Restarts == 0)
}

// writerOf finds the container that wrote a log. A log without a name belongs to the only container that died, or to
// the one in the worst state; sure is false when that was a choice.
func (ev *Evidence) writerOf(r *RawLog) (c *Container, sure bool) {
	var candidates []*Container
	for i := range ev.Containers {
		c := &ev.Containers[i]
		if r.Container != "" && c.Name == r.Container {
			return c, true
		}
		if c.LastExit != nil && !c.LastExit.NeverRan && c.Verdict.Trouble() {
			candidates = append(candidates, c)
		}
	}
	switch {
	case r.Container != "":
		return nil, false
	case len(candidates) > 0:
		return candidates[0], len(candidates) == 1
	case len(ev.Containers) > 0:
		return &ev.Containers[0], len(ev.Containers) == 1
	}
	return nil, false
}

// addLog files a log under the run that wrote it (docs/kubernetes.md#which-runs-log): previous is the run before the dead
// one while the state is terminated, and the dead one otherwise; current is the dead one unless the container runs.
func (c *Container) addLog(r *RawLog, says *crashlog.Log, sure bool) {
	run := runCurrent
	if r.Previous {
		run = runPrevious
	}
	log := &Log{
		Run: run, Ref: logRef(c.Name, run), Empty: says.Empty, Truncated: r.Truncated,
		Says: says, Crash: crashOf(says), Sure: sure, Why: r.Why,
	}
	switch {
	case c.State == "": // no status: a log alone
		log.Sure = false
		c.Log = better(c.Log, log)
	case r.Run == RunLive:
		c.LiveLog = log
	case r.Run == RunDied:
		c.Log = better(c.Log, log)
	case r.Run != "": // of another run that died
		log.Sure, log.Wrote = false, r.Run
		c.Log = better(c.Log, log)
	case !r.PreviousKnown && c.State == "running" && !c.endedBy(says.Last):
		log.Sure = false
		c.Log = better(c.Log, log)
	case run == runCurrent && c.waitsSinceUnknown():
		log.Sure = false
		c.Log = better(c.Log, log)
	case run == runCurrent && c.State == "running":
		c.LiveLog = log
	case run == runPrevious && c.State == "terminated":
		log.Sure, log.Wrote = false, RunOlder
		c.Log = better(c.Log, log)
	case c.LastExit == nil || c.LastExit.NeverRan:
		c.LiveLog = log
	default:
		c.Log = better(c.Log, log)
	}
}

// waitsSinceUnknown says of an init container that its pod is known to wait for it, and nothing else: the counter of a row,
// "Init:0/1", stands for one that runs and for one between two runs, and no rule can tell by its time that it hangs. What
// its log says is then why it does not end.
func (c *Container) waitsSinceUnknown() bool {
	return c.Kind == KindInit && c.State == "running" && c.RunningFor == nil
}

// endedBy says that a log whose newest line has this time stamp can only be of the run that died.
func (c *Container) endedBy(newest time.Time) bool {
	if newest.IsZero() || c.LastExit == nil || c.LastExit.Finished == nil {
		return false
	}
	return !newest.After(c.LastExit.Finished.Add(time.Second))
}

// better prefers the log that is surely the right one, then one that says something, then of two of the same run the one
// that tells of a failure: the other may be no log at all.
func better(a, b *Log) *Log {
	switch {
	case a == nil:
		return b
	case a.Sure != b.Sure:
		if a.Sure {
			return a
		}
		return b
	case a.Empty != b.Empty:
		if b.Empty {
			return a
		}
		return b
	case a.Run == b.Run && a.Wrote == b.Wrote && a.tells() != b.tells():
		if b.tells() {
			return b
		}
		return a
	case b.Run == runPrevious:
		return b // while it waits both are the same; this is what one asks kubectl for whatever the state
	}
	return a
}

// tells says that a log tells of a failure, and does not just end.
func (l *Log) tells() bool { return l.Says.Crash != nil && l.Says.Crash.Kind != crashlog.KindLast }

// fallBackToMessage reads the termination message in place of a log: it survives the log and needs no right to read
// logs (docs/kubernetes.md#termination-message). A runtime's start error stands there too; that is no log.
func (c *Container) fallBackToMessage() {
	if c.LastExit == nil || c.LastExit.NeverRan || strings.TrimSpace(c.LastExit.Message) == "" {
		return
	}
	if c.Log != nil && !c.Log.Empty && (c.Log.Sure || c.Log.Wrote == "") {
		return
	}
	if strings.HasPrefix(c.LastExit.Reason, "ContainerStatusUnknown") {
		return // the kubelet's own words
	}
	says := crashlog.ReadBytes([]byte(c.LastExit.Message))
	c.Log = &Log{
		Run: runPrevious, Ref: c.LastExit.Ref + ".message", Empty: says.Empty, Sure: true,
		Says: says, Crash: crashOf(says), FromMessage: true,
	}
}

// Called is how a sentence names the log, or the message in its place. It never names a run that did not write it.
func (l *Log) Called() string {
	switch {
	case l.FromMessage:
		return "the termination message of the last run"
	case l.Wrote == RunOlder:
		return "the log of an earlier run"
	case l.Wrote == RunNewer:
		return "the log of a later run"
	case l.Sure:
		return "the log of the last run"
	}
	return "the log"
}

func (ev *Evidence) noteNotALog(c *Container, r *RawLog, text string) {
	run := runCurrent
	if r.Previous {
		run = runPrevious
	}
	if c.neverWrote() || c.LastExit == nil {
		return // the text only says that it never ran
	}
	ev.miss(fmt.Sprintf("%s log of %s", run, c.Name), text, logRef(c.Name, run))
}

func logRef(container, run string) string {
	return "logs/" + container + "/" + run
}

// crashOf is what the log says of the crash. An empty log is known to say nothing, which is not the same as not known.
func crashOf(says *crashlog.Log) *crashlog.Crash {
	if says.Crash == nil {
		return &crashlog.Crash{}
	}
	return says.Crash
}
