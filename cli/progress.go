package cli

import (
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/unloop-dev/unloop/internal/term"
)

const (
	progressAfter = time.Second            // shorter waits are nobody's worry
	progressEvery = 200 * time.Millisecond // often enough to be seen moving
)

// progress says on a terminal how much was read, in one line that is gone in the end.
type progress struct {
	out         io.Writer
	now         func() time.Time
	start, last time.Time

	mu    sync.Mutex // a read that was interrupted may end after the command
	ended bool
}

// newProgress gives nil, which is fine, where nobody looks: in a pipe, and on a terminal that cannot erase.
func (o *diagnoseOptions) newProgress() *progress {
	if o.getenv("TERM") == "dumb" || !term.IsTerminal(o.Err) {
		return nil
	}
	return &progress{out: o.Err, now: time.Now, start: time.Now()}
}

// read is called while files are read.
func (p *progress) read(bytes int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	if p.ended || now.Sub(p.start) < progressAfter || now.Sub(p.last) < progressEvery {
		return
	}
	p.last = now
	fmt.Fprintf(p.out, "\r\x1b[Kunloop: read %d MiB ...", bytes>>20)
}

// done erases the line.
func (p *progress) done() {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ended = true
	if !p.last.IsZero() {
		fmt.Fprint(p.out, "\r\x1b[K")
	}
}
