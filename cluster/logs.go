package cluster

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strconv"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/unloop-dev/unloop/crashlog"
	"github.com/unloop-dev/unloop/evidence"
	"github.com/unloop-dev/unloop/internal/tail"
)

// How much of a log is read. The API server counts limitBytes from the start of the lines that tailLines selects, so it
// cannot bound what matters, the end: it is only a net for absurd lines, and the second try asks for fewer lines.
const (
	tailLines    = 2000     // as many as package crashlog looks back
	fewLines     = 50       // of a log that did not end within limitBytes
	limitBytes   = 16 << 20 // the kubelet rotates at 10 MiB (docs/kubernetes.md#log-retention)
	keepLogBytes = 1 << 20  // the end of what was read is kept
)

// logRequest is one log that is wanted, and what came of it.
type logRequest struct {
	raw       *evidence.Raw
	container string
	of        run // that it is wanted of
	state     string
	previous  bool
	// either says that the request without previous gives the same run: the container waits
	// (docs/kubernetes.md#which-runs-log).
	either bool

	log     *evidence.RawLog
	missing *evidence.Missing
	removed bool // the runtime had removed the container that the status names
	// unknownPod says that the kubelet, or the API server, knows no such pod.
	unknownPod bool
	// nextStart is when the run may have a successor at the earliest, as the kubelet says; zero when nothing does.
	nextStart time.Time
	// lost says that the status does not show the run that died, as happens for a moment after the next start. There is
	// no log to ask for until it does.
	lost bool
}

// logsOf are the logs that tell about the pod's containers in trouble. container limits them to one, if it is not "".
func logsOf(raw *evidence.Raw, container string) []*logRequest {
	ev := evidence.Of(&evidence.Raw{At: raw.At, Pod: raw.Pod})
	var wanted []*logRequest
	for i := range ev.Containers {
		c := &ev.Containers[i]
		if container != "" && c.Name != container {
			continue
		}
		if l := wantedLog(c); l != nil {
			l.raw, l.container, l.state = raw, c.Name, c.State
			l.of = runIn(raw.Pod, c.Name, l.previous)
			if c.State == "waiting" && c.Backoff != nil && !c.Backoff.Guessed {
				l.nextStart = c.Backoff.Earliest
			}
			wanted = append(wanted, l)
		}
	}
	return wanted
}

// wantedLog chooses the log that tells why a container is in trouble: that of the run that died last or, when none did,
// that of the run that does not become ready. Which request gives which run depends on the state
// (docs/kubernetes.md#which-runs-log). Nil means that no log can tell anything.
func wantedLog(c *evidence.Container) *logRequest {
	died := c.LastExit != nil && !c.LastExit.NeverRan
	switch {
	case !c.Verdict.Trouble() || c.BlockedBy != "" || c.Kind == evidence.KindEphemeral:
		return nil
	case c.State == "terminated":
		if !died {
			return nil
		}
		return &logRequest{}
	case c.State == "waiting":
		if !died {
			return nil
		}
		return &logRequest{previous: true, either: true}
	case c.State != "running":
		return nil
	case died:
		return &logRequest{previous: true}
	case c.Verdict == evidence.CrashLooping && c.Restarts > 0:
		return &logRequest{previous: true, lost: true}
	case c.Verdict == evidence.Terminating || c.Restarts > 0:
		return nil // being deleted, or the run that died has left no trace
	}
	return &logRequest{}
}

// deliver puts the result where it belongs. What the log says is kept in any case, its text when keep says so: a sweep over
// thousands of pods does not.
func (l *logRequest) deliver(keep bool) {
	if l.missing != nil {
		l.raw.Missing = append(l.raw.Missing, *l.missing)
	}
	if l.log == nil {
		return
	}
	if !keep {
		l.log.Data = nil
	}
	l.raw.Logs = append(l.raw.Logs, *l.log)
}

// run is the word for what is asked for.
func (l *logRequest) run() string {
	if l.previous {
		return "previous"
	}
	return "current"
}

func (l *logRequest) miss(why string) {
	l.missing = &evidence.Missing{What: l.run() + " log of " + l.container, Why: why, Ref: evidence.RefLog(l.container, l.previous)}
}

// errNotALog is the kubelet's error text in place of a log.
type errNotALog struct{ text string }

func (e errNotALog) Error() string { return e.text }

func isNotALog(err error) bool {
	_, ok := errors.AsType[errNotALog](err)
	return ok
}

// readLog reads one log. When the kubelet has none for previous although the container waits, the plain request is
// tried: it gives the same run.
func (c *Client) readLog(ctx context.Context, l *logRequest) error {
	log, err := c.fetchLog(ctx, l, l.previous)
	if err != nil && l.either && ctx.Err() == nil && !apierrors.IsForbidden(err) && !apierrors.IsNotFound(err) {
		if plain, err := c.fetchLog(ctx, l, false); err == nil {
			l.log = plain
			return nil
		}
	}
	l.log = log
	return err
}

func (c *Client) fetchLog(ctx context.Context, l *logRequest, previous bool) (*evidence.RawLog, error) {
	data, cut, err := c.logEnd(ctx, l, previous, tailLines)
	if err == nil && cut == cutByServer {
		data, cut, err = c.logEnd(ctx, l, previous, fewLines)
	}
	if err != nil {
		return nil, err
	}
	says := crashlog.Options{Redact: l.raw.Redact}.ReadBytes(data)
	if says.NotALog != "" {
		return nil, errNotALog{says.NotALog}
	}
	return &evidence.RawLog{
		Container: l.container, Previous: previous, PreviousKnown: true,
		Truncated: cut != whole, Read: says, Data: data,
	}, nil
}

// The ways in which a log that was read may not be whole.
type cutKind int

const (
	whole cutKind = iota
	cutAtStart
	cutByServer // limitBytes cut the end off
)

var newline = []byte("\n")

// logEnd reads the last lines of a log and keeps the end of them. It asks for one more, by which a log that is longer is
// told from one that is just as long.
func (c *Client) logEnd(ctx context.Context, l *logRequest, previous bool, lines int) ([]byte, cutKind, error) {
	pod := l.raw.Pod
	request := c.request("").Namespace(pod.Namespace).Resource("pods").Name(pod.Name).SubResource("log").
		Param("container", l.container).
		Param("tailLines", strconv.Itoa(lines+1)).
		Param("limitBytes", strconv.Itoa(limitBytes)).
		SetHeader("Accept", "application/json, */*") // a log is text; this is what kubectl asks for
	if previous {
		request.Param("previous", "true")
	}
	body, err := request.Stream(ctx)
	if err != nil {
		return nil, whole, err
	}
	defer body.Close()
	kept := tail.Writer{Max: keepLogBytes}
	if _, err := io.Copy(&kept, io.LimitReader(body, limitBytes)); err != nil {
		return nil, whole, err
	}
	end := kept.Bytes()
	switch {
	case kept.Total >= limitBytes:
		return end, cutByServer, nil
	case int64(len(end)) < kept.Total:
		return end, cutAtStart, nil
	case bytes.Count(bytes.TrimSuffix(end, newline), newline) >= lines:
		_, end, _ = bytes.Cut(end, newline)
		return end, cutAtStart, nil
	}
	return end, whole, nil
}
