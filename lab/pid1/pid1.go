// Package pid1 is the first process of a pid namespace: it starts others and reaps whatever becomes its child.
//
// The kernel hands every orphan of a pid namespace to its first process, containerd's shims among them. Waiting for
// "any child" and waiting for a certain one exclude each other, so all waiting is done in one place, and nothing in such
// a process may call exec.Cmd's Wait, Run or Output.
package pid1

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"sync"
	"syscall"
)

// Init starts processes and reaps them.
type Init struct {
	mu      sync.Mutex
	waiting map[int]chan syscall.WaitStatus
	changed chan os.Signal
}

// New begins to reap. There may be only one Init in a process.
func New() *Init {
	p := &Init{waiting: map[int]chan syscall.WaitStatus{}, changed: make(chan os.Signal, 1)}
	signal.Notify(p.changed, syscall.SIGCHLD)
	go p.reap()
	return p
}

func (p *Init) reap() {
	for range p.changed {
		for p.reapOne() {
		}
	}
}

func (p *Init) reapOne() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	var status syscall.WaitStatus
	pid, err := syscall.Wait4(-1, &status, syscall.WNOHANG, nil)
	if errors.Is(err, syscall.EINTR) {
		return true
	}
	if err != nil || pid <= 0 {
		return false
	}
	if ended, ok := p.waiting[pid]; ok {
		ended <- status
		delete(p.waiting, pid)
	}
	return true
}

// Start starts c and tells on the channel how it ended. c's streams must be files: nobody copies for it.
func (p *Init) Start(c *exec.Cmd) (<-chan syscall.WaitStatus, error) {
	p.mu.Lock() // a child that ends at once must find its channel
	defer p.mu.Unlock()
	if err := c.Start(); err != nil {
		return nil, err
	}
	ended := make(chan syscall.WaitStatus, 1)
	p.waiting[c.Process.Pid] = ended
	return ended, nil
}

// Run starts c and waits until it has ended.
func (p *Init) Run(c *exec.Cmd) error {
	ended, err := p.Start(c)
	if err != nil {
		return err
	}
	if status := <-ended; status != 0 {
		return fmt.Errorf("%s: exit status %d, signal %d", c, status.ExitStatus(), status.Signal())
	}
	return nil
}
