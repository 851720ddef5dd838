package crashlog

import (
	"bytes"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/unloop-dev/unloop/redact"
)

// Options say how a log is read. The zero value is fine.
type Options struct {
	// Redact are the user's patterns of what is secret, beside those that package redact knows.
	Redact *redact.Rules
	// Kubectl says that the log went through kubectl, whose own errors may stand in its place: "Unable to connect to the
	// server". Elsewhere such a line is one of the log: of a Job that runs kubectl.
	Kubectl bool
}

// Read reads a log to its end. Secrets are taken out of the stream before anything else looks at it. Its memory does not
// grow with the log. When r fails, the Log of what was read up to then is returned along with the error.
func Read(r io.Reader) (*Log, error) { return Options{}.Read(r) }

// ReadBytes reads a log that is in memory, as [Read] does.
func ReadBytes(b []byte) *Log { return Options{}.ReadBytes(b) }

// Read is [Read] with options.
func (o Options) Read(r io.Reader) (*Log, error) {
	s := newScan()
	s.kubectl = o.Kubectl
	given := &counter{from: r}
	err := s.readFrom(redact.NewReader(given, o.Redact))
	if err != nil {
		err = fmt.Errorf("read log: %w", err)
	}
	s.bytes = given.bytes
	return s.log(), err
}

// ReadBytes is [ReadBytes] with options.
func (o Options) ReadBytes(b []byte) *Log {
	s := newScan()
	s.kubectl = o.Kubectl
	if rest := s.lines(o.Redact.Bytes(b)); len(rest) > 0 {
		s.line(rest)
	}
	s.bytes = int64(len(b))
	return s.log()
}

// counter counts the bytes of the log as it was given.
type counter struct {
	from  io.Reader
	bytes int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.from.Read(p)
	c.bytes += int64(max(n, 0))
	return n, err
}

// The automatons are built on first use and read-only after that.
var (
	streamWords = sync.OnceValue(func() *automaton { return newAutomaton(streamHints) })
	failWords   = sync.OnceValue(func() *automaton { return newAutomaton(failHints) })
)

// scan is the state of reading one log.
type scan struct {
	kubectl bool // see Options
	hints   *automaton
	window  window
	facts   facts
	bytes   int64
	number  int       // of the last line
	first   time.Time // stamp of the first line that has one
	since   time.Time // the runtime's stamp of the first line
	// opening are the first lines that hold text, normalized: where they come again, a new run begins.
	opening []string
	long    []byte // the kept parts of a line longer than the buffer
	text    bool   // some line is not blank
	notes   int    // closer looks at lines so far
	noted   int    // number of the last line looked at
}

func newScan() *scan {
	return &scan{hints: streamWords()}
}

const (
	firstBytes  = 8 << 10 // most logs are short, and an input may hold thousands
	bufferBytes = 256 << 10
	emptyReads  = 100 // as in bufio: a reader that returns nothing this often is broken
)

func (s *scan) readFrom(r io.Reader) error {
	buf := make([]byte, firstBytes)
	have, idle := 0, 0
	for {
		n, err := r.Read(buf[have:])
		if n < 0 || n > len(buf)-have {
			return fmt.Errorf("reader returned impossible count %d", n)
		}
		have += n
		if have == len(buf) && have < bufferBytes {
			buf = append(buf, make([]byte, min(3*have, bufferBytes-have))...)
		}
		have = copy(buf, s.lines(buf[:have]))
		if have == len(buf) {
			s.part(buf)
			have = 0
		}
		if idle++; n > 0 {
			idle = 0
		}
		if err == nil && idle >= emptyReads {
			err = io.ErrNoProgress
		}
		if err != nil {
			if have > 0 || len(s.long) > 0 {
				s.line(buf[:have])
			}
			if err == io.EOF {
				return nil
			}
			return err
		}
	}
}

// lines takes all whole lines of b and returns the rest.
func (s *scan) lines(b []byte) []byte {
	for {
		i := bytes.IndexByte(b, '\n')
		if i < 0 {
			return b
		}
		s.line(b[:i])
		b = b[i+1:]
	}
}

// part takes a piece of a line that is longer than the buffer: the beginning of the first piece and the end of the last
// one are kept, since a progress bar's line says most at its end, and any other line at its beginning.
func (s *scan) part(b []byte) {
	if len(s.long) == 0 {
		s.long = append(s.long, b[:maxLine/2]...)
	}
	s.long = append(s.long[:maxLine/2], b[len(b)-min(len(b), maxLine/2):]...)
}

// line takes one line, without its newline.
func (s *scan) line(b []byte) {
	s.number++
	if len(s.long) > 0 {
		s.long = append(s.long, b...)
		b = s.long
		s.long = s.long[:0]
	}
	if len(b) > maxLine {
		b = append(b[:maxLine/2:maxLine/2], b[len(b)-maxLine/2:]...)
	}
	words := find(s.hints, b[:min(len(b), maxText)])
	if words&(hintsReady|hintsStop) != 0 {
		s.note(b, words)
	}
	s.text = s.text || len(bytes.TrimSpace(b)) > 0
	if s.number <= pageLines && (s.first.IsZero() || len(s.opening) < openingLines) {
		s.begin(b)
	}
	s.window.add(s.number, b, words)
}

// maxNotes bounds the closer looks while the log streams by. A server says early that it serves, and says last that it
// stops; a log in which thousands of lines merely might ("Started GET /cart") is not worth more time in its middle.
const maxNotes = 2000

// note looks closer at a line that may say that the program serves or stops.
func (s *scan) note(b []byte, words wordSet) {
	if s.notes >= maxNotes {
		return
	}
	s.notes++
	s.noted = s.number
	s.facts.note(parseLine(s.number, string(b[:min(len(b), maxText)])), words)
}

// catchUp looks closer at the lines of the window that note had to leave out.
func (s *scan) catchUp(entries []entry) {
	for i := range entries {
		if e := &entries[i]; e.number > s.noted && s.notes >= maxNotes {
			s.facts.note(*e, e.words)
		}
	}
}

// begin learns from the first lines of the log.
func (s *scan) begin(b []byte) {
	e := parseLine(s.number, string(b))
	if s.first.IsZero() {
		s.first = e.at
	}
	if s.since.IsZero() {
		s.since = e.taken
	}
	if e.text != "" && len(s.opening) < openingLines {
		s.opening = append(s.opening, normalize(e.text))
	}
}

// log draws up the result.
func (s *scan) log() *Log {
	l := &Log{Bytes: s.bytes, Lines: s.number, Empty: !s.text}
	entries := readEntries(&s.window)
	if l.Empty || blank(entries) && s.number <= pageLines {
		l.Empty = true
		return l
	}
	if l.NotALog = notALog(entries, s.number, s.kubectl); l.NotALog != "" {
		l.Empty = true
		return l
	}
	l.First, l.Last = span(s.first, entries)
	l.Since, l.Until = s.since, until(entries)
	l.Tail = tail(entries)
	s.catchUp(entries)
	s.facts.fill(l)
	l.Crash = findCrash(entries, s.opening, s.facts.ready.Number)
	return l
}

// span returns the oldest and the newest time stamp. Lines are nearly in order, so that of the first stamped line and
// those at the end decide.
func span(first time.Time, entries []entry) (oldest, newest time.Time) {
	oldest, newest = first, first
	for _, e := range entries {
		if e.at.IsZero() {
			continue
		}
		if oldest.IsZero() || e.at.Before(oldest) {
			oldest = e.at
		}
		if e.at.After(newest) {
			newest = e.at
		}
	}
	return oldest, newest
}

// until returns the runtime's stamp of the line that came last: a line that came in pieces stands where it began.
func until(entries []entry) time.Time {
	var last time.Time
	for i := range entries {
		if taken := entries[i].taken; taken.After(last) {
			last = taken
		}
	}
	return last
}

func blank(entries []entry) bool {
	for _, e := range entries {
		if e.text != "" {
			return false
		}
	}
	return true
}

// tail returns the last lines, without the blank ones after them.
func tail(entries []entry) []Line {
	var lines []Line
	for i := len(entries) - 1; i >= 0 && len(lines) < TailLines; i-- {
		e := entries[i]
		if e.inner || e.line == "" && len(lines) == 0 {
			continue
		}
		lines = append(lines, e.asLine())
	}
	for i, j := 0, len(lines)-1; i < j; i, j = i+1, j-1 {
		lines[i], lines[j] = lines[j], lines[i]
	}
	return lines
}
