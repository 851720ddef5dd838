package bundle

import (
	"bytes"
	"io"
	"strings"

	"github.com/unloop-dev/unloop/crashlog"
	"github.com/unloop-dev/unloop/evidence"
)

// foundLog is a log and what its name says.
type foundLog struct {
	name logName
	log  evidence.RawLog
}

// log reads a container log as a stream; only its end is kept. A body that is an error of kubectl or the kubelet is
// kept too: package crashlog marks it (Log.NotALog), and package evidence makes it a thing that is missing.
func (r *reader) log(name string, in io.Reader) {
	end := tail{max: r.limits.tail}
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
			Name: said.file, Path: name, Read: read, Data: end.bytes(),
		},
	})
}

// tail keeps the last bytes written to it.
type tail struct {
	max int
	buf []byte
	cut bool
}

// Write lets the buffer grow to twice what is kept, so that each byte is moved once on average.
func (t *tail) Write(p []byte) (int, error) {
	t.buf = append(t.buf, p...)
	if len(t.buf) > 2*t.max {
		t.buf = append(t.buf[:0], t.buf[len(t.buf)-t.max:]...)
		t.cut = true
	}
	return len(p), nil
}

// bytes gives the end, from the start of a line.
func (t *tail) bytes() []byte {
	end := t.buf
	if len(end) > t.max {
		end, t.cut = end[len(end)-t.max:], true
	}
	if t.cut {
		if i := bytes.IndexByte(end, '\n'); i >= 0 {
			end = end[i+1:]
		}
	}
	return bytes.Clone(end)
}
