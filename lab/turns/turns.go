// Package turns lets labs that share a cache folder take turns at what only one of them can make at a time.
package turns

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
	"time"
)

// A Lock is a file that one process holds at a time. The kernel releases it when its holder ends, however that happens.
type Lock struct {
	Path   string
	For    string        // what its holder does, in words for those who wait
	Limit  time.Duration // of waiting
	Notice io.Writer     // is told once what is waited for
}

// Do runs f while the lock is held.
func (l Lock) Do(ctx context.Context, f func() error) error {
	file, err := os.OpenFile(l.Path, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return err
	}
	defer file.Close() // releases it
	if err := l.wait(ctx, file); err != nil {
		return err
	}
	return f()
}

// wait tries again and again, since a process that sleeps in flock can't be interrupted.
func (l Lock) wait(ctx context.Context, file *os.File) error {
	limited, cancel := context.WithTimeout(ctx, l.Limit)
	defer cancel()
	for told := false; ; {
		err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return nil
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) && !errors.Is(err, syscall.EINTR) {
			return fmt.Errorf("lock %s: %w", l.Path, err)
		}
		if !told {
			fmt.Fprintf(l.Notice, "lab: another lab %s; waiting for it, up to %v (%s)\n", l.For, l.Limit, l.Path)
			told = true
		}
		select {
		case <-limited.Done(): // with ctx, too
			if ctx.Err() != nil {
				return ctx.Err()
			}
			return fmt.Errorf("another lab still %s after %v (%s)", l.For, l.Limit, l.Path)
		case <-time.After(200 * time.Millisecond):
		}
	}
}
