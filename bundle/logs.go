package bundle

import (
	"io"
	"strings"

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
	end := tail.Writer{Max: r.limits.tail}
	read, err := crashlog.Read(io.TeeReader(in, &end))
	if err != nil {
		r.skip(name, "cut short: "+unwrapPath(err).Error())
	}
	if read == nil {
		return
	}
	said := readLogName(strings.TrimPrefix(name, r.root))
	r.set.logs = append(r.set.logs, foundLog{
		name: said,
		log: evidence.RawLog{
			Previous: said.previous, PreviousKnown: said.previous || said.current,
			Path: name, Read: read, Data: end.Bytes(),
		},
	})
}
