package bundle

import (
	"bufio"
	"bytes"
	"errors"
	"io"

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
	for i := 0; ; i++ {
		if _, err := in.Peek(1); err != nil { // of a file that ends too early, objects and log tell
			return
		}
		if title, ok := nextSection(in); ok {
			log := sectionBody(in, title)
			if !r.inside(i, func() bool { r.log(name+":"+title, log); return true }) {
				return
			}
			log.rest()
			continue
		}
		objects := betweenSections(in)
		if kind == kindObjects && r.again == nil {
			r.objects(name, objects)
		}
		objects.rest()
	}
}

// nextSection reads the line before a log, if one comes next: "logs for container CONTAINER of pod NAMESPACE/POD".
func nextSection(in *bufio.Reader) (title string, ok bool) {
	head, _ := in.Peek(sectionHeadBytes)
	m := sectionHead.FindStringSubmatch(string(head))
	if m == nil {
		return "", false
	}
	title = m[1]
	_, _ = in.Discard(len(m[0])) // never fails: they have been peeked at
	return title, true
}

// sectionBody reads the log up to the line that ends it.
func sectionBody(in *bufio.Reader, title string) *until {
	return &until{in: in, mark: []byte("==== END " + title + " ====")}
}

// betweenSections reads what comes before the next section.
func betweenSections(in *bufio.Reader) *until {
	return &until{in: in, mark: []byte("\n" + sectionStart)}
}

// until reads up to a mark, however far away that is.
type until struct {
	in    *bufio.Reader
	mark  []byte
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
		if _, err := u.in.ReadSlice('\n'); !errors.Is(err, bufio.ErrBufferFull) {
			return
		}
	}
}
