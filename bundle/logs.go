package bundle

import (
	"bufio"
	"io"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/unloop-dev/unloop/crashlog"
	"github.com/unloop-dev/unloop/evidence"
	"github.com/unloop-dev/unloop/internal/tail"
)

// foundLog is a log and what its name says.
type foundLog struct {
	name logName
	log  evidence.RawLog
}

// log reads a container log as a stream; only its end is kept. A body that is an error of kubectl or the kubelet is
// kept too: package crashlog marks it (Log.NotALog), and package evidence makes it a thing that is missing.
func (r *reader) log(name string, in io.Reader) {
	set := r.set
	switch {
	case r.again != nil:
		var wanted bool
		if set, wanted = r.again.take(r.place); !wanted {
			return
		}
	case r.source != nil:
		r.putOff(name, func() { r.log(name, in) })
		return
	}
	end := tail.Writer{Max: r.limits.tail}
	if !r.options.Lean {
		in = io.TeeReader(in, &end)
	}
	read, err := crashlog.Options{Redact: r.options.Redact}.Read(in)
	if err != nil {
		r.skip(name, "cut short: "+unwrapPath(err).Error())
	}
	if read == nil {
		return
	}
	said := readLogName(strings.TrimPrefix(name, r.root))
	log := evidence.RawLog{Previous: said.previous, PreviousKnown: said.previous || said.current, Path: r.asGiven(name), Read: read}
	if !r.options.Lean {
		log.Data = end.Bytes()
	}
	set.logs = append(set.logs, foundLog{said, log})
}

// podLogs reads a file that holds the logs of several containers. If its path says whose they are, NAMESPACE/POD/logs.txt,
// it is put off as a whole: even finding out where one log ends and the next one starts means reading all of it.
func (r *reader) podLogs(name string, in *bufio.Reader) {
	said := readLogName(strings.TrimPrefix(name, r.root))
	switch {
	case r.source == nil || said.place.Pod == "":
		r.dump(name, in, kindSections)
	case r.again == nil:
		r.putOff(name, func() { r.dump(name, in, kindSections) })
	default:
		wanted, ok := r.again.take(r.place)
		if !ok {
			return
		}
		source, again, outer := r.source, r.again, r.set
		r.source, r.again, r.set = nil, nil, wanted
		r.dump(name, in, kindSections)
		r.source, r.again, r.set = source, again, outer
	}
}

// wantedLogs picks the logs that can tell something. Those of containers that have never failed can not, and most of a
// dump is such logs: they are spare. One whose pod is not known is named by [set.dealLogs], and not read either.
func (s *set) wantedLogs() (wanted, spare []laterLog) {
	for _, l := range s.later {
		said := l.said
		pod, _, _ := s.writerOf(&said)
		switch {
		case len(s.pods) == 0:
			wanted = append(wanted, l)
		case pod == nil:
			s.logs = append(s.logs, foundLog{name: said, log: evidence.RawLog{Path: l.given}})
		case !s.isTarget(pod):
		case evidence.AlwaysWell(pod, said.container(pod)):
			spare = append(spare, l)
		default:
			wanted = append(wanted, l)
		}
	}
	s.later = nil
	return wanted, spare
}

func (s *set) isTarget(pod *corev1.Pod) bool {
	_, ok := s.meta.targetOf(pod.Namespace, pod.Name)
	return ok
}
