package bundle

import (
	"bufio"
	"bytes"
	"errors"
	"io"

	"github.com/unloop-dev/unloop/ledger"

	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

// sectionStart begins the line before a container's log in a cluster-info dump (k8s.io/kubectl,
// pkg/cmd/clusterinfo/clusterinfo_dump.go, printContainer). The line after it says END. A log needn't end with a newline,
// so that line may stand behind the log's last text.
const sectionStart = "==== START logs for container "

// sectionHead is the line before a log. Names have no more than 63, 63 and 253 characters.
var sectionHead = lazyregexp.New(`^==== START (logs for container [a-z0-9-]+ of pod [a-z0-9-]+/[a-z0-9.-]+) ====\r?\n`)

const sectionHeadBytes = 512

// dump reads what "kubectl cluster-info dump" writes to standard output: objects, and between them the logs of the pods.
// In a file that has only the logs, nothing between them is taken for objects: a log could pretend to have ended.
func (r *reader) dump(name string, in *bufio.Reader, kind kind) {
	if !r.files.IsAgain() {
		defer r.accountOf(name, "nothing in it that is read")()
	}
	for i := 0; ; i++ {
		if _, err := in.Peek(1); err != nil { // of a file that ends too early, objects and log tell
			return
		}
		before := r.lines.ends
		title, ok := nextSection(in, &r.lines)
		if !ok {
			objects := betweenSections(in, &r.lines)
			if kind == kindObjects && !r.files.IsAgain() {
				r.objects(name, objects, func(n int) int { return n + before })
			}
			objects.rest()
			continue
		}
		log := sectionBody(in, title, &r.lines)
		part := r.bookSection(before)
		if !r.files.Inside(i, func() bool { r.log(name+":"+title, log, part, before+1); return true }) {
			return
		}
		log.rest()
		if part != nil {
			r.account.Add(part, ledger.Lines{First: before + 1, Last: r.lines.total()})
		}
	}
}

// bookSection books a log of which only the first line is known yet. Nil when the file is read for the second time.
func (r *reader) bookSection(before int) *ledger.Part {
	if r.account == nil {
		return nil
	}
	return r.account.Book(ledger.Lines{First: before + 1, Last: before + 1}, ledger.Part{What: "log"})
}

// nextSection reads the line before a log, if one comes next: "logs for container CONTAINER of pod NAMESPACE/POD".
func nextSection(in *bufio.Reader, lines *lineCount) (title string, ok bool) {
	head, _ := in.Peek(sectionHeadBytes)
	m := sectionHead.FindStringSubmatch(string(head))
	if m == nil {
		return "", false
	}
	title = m[1]
	_, _ = in.Discard(len(m[0])) // never fails: they have been peeked at
	lines.count([]byte("\n"))
	return title, true
}

// sectionBody reads the log up to the line that ends it.
func sectionBody(in *bufio.Reader, title string, lines *lineCount) *until {
	return &until{in: in, mark: []byte("==== END " + title + " ===="), lines: lines}
}

// betweenSections reads what comes before the next section.
func betweenSections(in *bufio.Reader, lines *lineCount) *until {
	return &until{in: in, mark: []byte("\n" + sectionStart), lines: lines}
}

// until reads up to a mark, however far away that is.
type until struct {
	in    *bufio.Reader
	mark  []byte
	lines *lineCount
	found bool
}

func (u *until) Read(p []byte) (int, error) {
	if u.found || len(p) == 0 {
		return 0, io.EOF
	}
	window, err := u.in.Peek(max(len(u.mark), u.in.Buffered()))
	n := len(window)
	switch i := bytes.Index(window, u.mark); {
	case i == 0:
		u.found = true
		return 0, io.EOF
	case i > 0:
		n = i
	case err == nil:
		n -= len(u.mark) - 1 // the mark may begin in the last of them
	case n == 0:
		return 0, err
	}
	n = copy(p, window[:n])
	u.lines.count(p[:n])
	_, _ = u.in.Discard(n) // never fails: they have been peeked at
	return n, nil
}

// rest reads on to the mark, and over the line that it ends or begins.
func (u *until) rest() {
	_, _ = io.Copy(io.Discard, u) // an error comes again when the file is read on
	if !u.found {
		return
	}
	for {
		_, err := u.in.ReadSlice('\n')
		if err == nil {
			u.lines.count([]byte("\n"))
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return
		}
	}
}

// lineCount counts lines as they are read.
type lineCount struct {
	ends int  // of lines
	open bool // the last line has not ended
}

func (l *lineCount) count(text []byte) {
	if n := len(text); n > 0 {
		l.ends += bytes.Count(text, []byte("\n"))
		l.open = text[n-1] != '\n'
	}
}

// total counts the last line without an end, too.
func (l *lineCount) total() int {
	if l.open {
		return l.ends + 1
	}
	return l.ends
}
