package bundle

import (
	"bufio"
	"io"
	"slices"

	"github.com/unloop-dev/unloop/files"
	"github.com/unloop-dev/unloop/ledger"

	corev1 "k8s.io/api/core/v1"

	"github.com/unloop-dev/unloop/crashlog"
	"github.com/unloop-dev/unloop/evidence"
	"github.com/unloop-dev/unloop/internal/tail"
)

// foundLog is a log and what is said of whose it is: by the text itself or by the command that printed it, and by the name
// of its file.
type foundLog struct {
	claim claim
	name  logName
	log   evidence.RawLog
	part  *ledger.Part // of the input
}

// claim is what a text says of who wrote a log. It beats what the name of a file says.
type claim struct {
	namespace, name string
	workload        bool // name is that of a workload: kubectl logs deployment/api
	container       string
	sure            bool // that it is a log, and no note
}

// container finds the container of a pod that a log is said to be of, "" when none is named.
func (l *foundLog) container(pod *corev1.Pod) string {
	if l.claim.container != "" && slices.Contains(evidence.ContainerNames(pod), l.claim.container) {
		return l.claim.container
	}
	return l.name.container(pod)
}

// mayBeNotes says that nothing but its looks makes a text a log.
func (l *foundLog) mayBeNotes() bool { return !l.claim.sure && !isLogName(l.name.file) }

// unread says that a log was seen and not read.
func (l *foundLog) unread() bool { return l.log.Read == nil && l.log.Data == nil }

// log reads a container log as a stream; only its end is kept. A body that is an error of kubectl or the kubelet is
// kept too: package crashlog marks it (Log.NotALog), and package evidence makes it a thing that is missing.
//
// part is its part of the input, nil where it is a file of its own; before is how many lines of the file stand before it.
func (r *reader) log(name string, in io.Reader, part *ledger.Part, before int) {
	set := r.set
	switch {
	case r.files.IsAgain():
		wanted, ok := r.take()
		if !ok {
			return
		}
		set, part = wanted.set, wanted.part
	case r.files.CanWait():
		r.putOff(name, part, func(part *ledger.Part) { r.log(name, in, part, before) })
		return
	}
	if part == nil {
		part = r.bookLog(name)
	}
	end := tail.Writer{Max: r.limits.tail}
	if !r.options.Lean {
		in = io.TeeReader(in, &end)
	}
	said := readLogName(r.files.Hint(name))
	read, err := crashlog.Options{Redact: r.options.Redact, Kubectl: said.place.ByKubectl()}.Read(in)
	if err != nil {
		r.skip(name, "cut short: "+files.WithoutPath(err).Error())
	}
	if read == nil {
		return
	}
	if read.Lines > 0 && before == 0 {
		part.Lines, part.Whole = []ledger.Lines{{First: 1, Last: read.Lines}}, true
	} else if before > 0 {
		read.Renumber(func(n int) int { return n + before })
	}
	log := evidence.RawLog{Previous: said.previous, PreviousKnown: said.previous || said.current, Path: r.files.Given(name), Read: read}
	if !r.options.Lean {
		log.Data = end.Bytes()
	}
	set.logs = append(set.logs, foundLog{name: said, log: log, part: part})
}

// bookLog books a log that is a file of its own. Its lines are known when it has been read.
func (r *reader) bookLog(name string) *ledger.Part {
	return r.ledger.Book(ledger.Part{Path: r.files.Given(name), What: "log", Named: r.files.IsNamed(name)})
}

// podLogs reads a file that holds the logs of several containers. If its path says whose they are, NAMESPACE/POD/logs.txt,
// it is put off as a whole: even finding out where one log ends and the next one starts means reading all of it.
func (r *reader) podLogs(name string, in *bufio.Reader) {
	said := readLogName(r.files.Hint(name))
	switch {
	case !r.files.CanWait() || said.place.Pod == "":
		r.dump(name, in, kindSections)
	case !r.files.IsAgain():
		r.putOff(name, nil, func(*ledger.Part) { r.dump(name, in, kindSections) })
	default:
		wanted, ok := r.take()
		if !ok {
			return
		}
		outer := r.set
		r.set = wanted.set
		wanted.part.Path = "" // the dump books its own
		r.files.AtOnce(func() { r.dump(name, in, kindSections) })
		r.set = outer
	}
}

// wantedLogs picks the logs that can tell something. Those of containers that have never failed can not, and most of a
// dump is such logs: they are spare. One whose pod is not known may tell something by itself, but not one of many, and not
// one of a tree that a program has collected: those are named by [set.dealLogs] and not read.
func (s *set) wantedLogs() (wanted, spare []laterLog) {
	var lost []laterLog
	for _, l := range s.later {
		found := foundLog{name: l.said}
		o := s.ownerOf(&found)
		switch {
		case len(s.pods) == 0:
			wanted = append(wanted, l)
		case len(o.pods) == 0:
			lost = append(lost, l)
		case !slices.ContainsFunc(o.pods, s.isTarget):
			l.part.Why = "a log of a pod that is here for comparison only"
		case len(o.pods) == 1 && evidence.AlwaysWell(o.pods[0], l.said.container(o.pods[0])):
			spare = append(spare, l)
		default:
			wanted = append(wanted, l)
		}
	}
	for _, l := range lost {
		if len(lost) <= fewLogs && !l.said.place.Strict() {
			wanted = append(wanted, l)
		} else {
			s.logs = append(s.logs, foundLog{name: l.said, log: evidence.RawLog{Path: l.given}, part: l.part})
		}
	}
	s.later = nil
	return wanted, spare
}

func (s *set) isTarget(pod *corev1.Pod) bool {
	_, ok := s.meta.targetOf(pod.Namespace, pod.Name)
	return ok
}
