package bundle

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"strconv"
	"strings"

	"github.com/unloop-dev/unloop/ledger"
)

// source is a file that can be read more than once. First its objects are read; then, when they have told which logs
// matter, those logs. So the gigabytes of logs in a dump cost neither memory nor time, and it does not matter in which
// order an archive holds its files.
type source struct {
	name string
	root string // what of the name the user gave: the rest is a hint
	open func() (io.ReadCloser, error)
}

// from says which source is read from now on; nil for one that can be read only once.
func (r *reader) from(s *source) { r.source, r.place = s, "" }

// inside reads the i-th entry of an archive.
func (r *reader) inside(i int, read func() bool) bool {
	outer := r.place
	defer func() { r.place = outer }()
	r.place += "/" + strconv.Itoa(i)
	if r.again != nil {
		if r.again.left == 0 {
			return false
		}
		if !r.again.within[r.place] {
			return true
		}
	}
	return read()
}

// laterLog is a log that was seen and not read yet.
type laterLog struct {
	source *source
	place  string
	name   string
	given  string // the same for people
	said   logName
	part   *ledger.Part
	read   []foundLog // what it holds, if it was read as it passed by
}

// again is what is looked for when a source is read for the second time.
type again struct {
	logs   map[string]wantedLog // by place
	within map[string]bool      // the places of the logs, and of the archives around them
	left   int
}

// wantedLog is whose a log is that is looked for, and its part of the input.
type wantedLog struct {
	set  *set
	part *ledger.Part
}

func newAgain() *again { return &again{logs: map[string]wantedLog{}, within: map[string]bool{}} }

func (a *again) want(place string, l wantedLog) {
	a.logs[place] = l
	a.left++
	for place != "" {
		a.within[place] = true
		place = place[:strings.LastIndexByte(place, '/')]
	}
}

// take says whether the log at place is wanted and gives the set it belongs to.
func (a *again) take(place string) (wantedLog, bool) {
	l, ok := a.logs[place]
	if ok {
		delete(a.logs, place) // an archive that has changed meanwhile must not give one twice
		a.left--
	}
	return l, ok
}

// fewLogs is how many logs of containers that are well are read all the same: somebody who gives a pod and its log wants
// both looked at, since they may contradict each other.
const fewLogs = 16

// readLogs reads the logs that the sets want, each source once. What an archive unpacks to is bounded again by itself.
func (r *reader) readLogs(sets []*set) {
	bySource := map[*source]*again{}
	var sources []*source // in order of appearance
	for _, s := range sets {
		wanted, spare := s.wantedLogs()
		if len(spare) <= fewLogs {
			wanted, spare = append(wanted, spare...), nil
		}
		for _, l := range spare {
			l.part.Why = "logs of containers that have never failed"
		}
		for _, l := range wanted {
			if l.read != nil {
				s.logs = append(s.logs, l.read...)
				continue
			}
			if bySource[l.source] == nil {
				bySource[l.source] = newAgain()
				sources = append(sources, l.source)
			}
			bySource[l.source].want(l.place, wantedLog{s, l.part})
		}
	}
	r.unpacked = 0
	for _, from := range sources {
		r.readAgain(from, bySource[from])
	}
}

func (r *reader) readAgain(from *source, wanted *again) {
	in, err := from.open()
	if err != nil {
		r.skip(from.name, unwrapPath(err).Error())
		return
	}
	defer in.Close()
	r.from(from)
	r.root, r.again = from.root, wanted
	r.file(from.name, in, 0)
	r.from(nil)
	r.again = nil
}

// once reads what can be read only once: standard input, a pipe. An archive is kept while it is read, so that its
// objects can be read before its logs; anything else is a stream.
func (r *reader) once(name string, in io.Reader) {
	head := bufio.NewReaderSize(ended{r.ctx, in}, headBytes)
	start, _ := head.Peek(headBytes) // file finds the error again
	if !sniffBytes(start).archive() {
		r.enclosed(func() { r.file(name, head, 0) })
		return
	}
	kept, rest, err := r.spool(head, r.limits.spool)
	if err != nil {
		r.skip(name, "cannot be kept while it is read: "+unwrapPath(err).Error())
		return
	}
	r.closer = append(r.closer, kept)
	if rest != nil { // too large: its logs are read as they pass
		r.enclosed(func() { r.file(name, io.MultiReader(kept.reader(), rest), 0) })
		return
	}
	r.from(&source{name: name, root: r.root, open: func() (io.ReadCloser, error) { return kept.reader(), nil }})
	defer r.from(nil)
	r.enclosed(func() { r.file(name, kept.reader(), 0) })
}

// ended is a reader that ends with the context.
type ended struct {
	ctx context.Context
	in  io.Reader
}

func (e ended) Read(p []byte) (int, error) {
	if err := e.ctx.Err(); err != nil {
		return 0, err
	}
	return e.in.Read(p)
}

// close gives back what was kept open for [reader.readLogs].
func (r *reader) close() {
	for _, c := range r.closer {
		c.Close()
	}
}

// memorySpool is what is kept in memory of a stream that must be read twice; a larger one goes to a temporary file.
const memorySpool = 8 << 20

// spool keeps a stream. What it holds is never unpacked to disk: the file holds the same bytes as the stream, has no
// name where the system allows that, and is removed.
type spool struct {
	in   io.ReaderAt
	size int64
	file io.Closer // nil in memory
}

// spool keeps at most limit bytes of in; rest is what comes after them, nil at the end of in.
func (r *reader) spool(in io.Reader, limit int64) (kept *spool, rest io.Reader, err error) {
	memory, err := io.ReadAll(io.LimitReader(in, min(memorySpool, limit)))
	if err != nil {
		return nil, nil, err
	}
	kept = &spool{in: bytes.NewReader(memory), size: int64(len(memory))}
	if kept.size < memorySpool && kept.size < limit {
		return kept, nil, nil
	}
	if limit > memorySpool {
		if kept, err = spoolToFile(memory, in, limit); err != nil {
			return nil, nil, err
		}
	}
	if kept.size < limit {
		return kept, nil, nil
	}
	return kept, in, nil
}

// reader reads what was kept from its beginning.
func (s *spool) reader() spoolReader { return spoolReader{io.NewSectionReader(s.in, 0, s.size)} }

// Close removes the file. Readers are of no use afterwards.
func (s *spool) Close() error {
	if s.file == nil {
		return nil
	}
	return s.file.Close()
}

// spoolReader can be closed, which does nothing, and read at any place.
type spoolReader struct{ *io.SectionReader }

func (spoolReader) Close() error { return nil }
