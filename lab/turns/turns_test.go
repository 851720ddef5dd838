package turns

import (
	"bytes"
	"context"
	"errors"
	"io"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestOneAtATime(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	synctest.Test(t, func(t *testing.T) {
		var builders sync.WaitGroup
		var mu sync.Mutex
		inside, done := 0, 0
		for range 5 {
			builders.Go(func() {
				lock := Lock{Path: path, For: "builds", Limit: time.Hour, Notice: io.Discard}
				err := lock.Do(t.Context(), func() error {
					mu.Lock()
					inside++
					if inside != 1 {
						t.Errorf("%d hold the lock", inside)
					}
					mu.Unlock()
					time.Sleep(time.Minute) // of the bubble's clock: the others try meanwhile
					mu.Lock()
					inside--
					done++
					mu.Unlock()
					return nil
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		builders.Wait()
		if done != 5 {
			t.Errorf("%d of 5 had their turn", done)
		}
	})
}

// held runs test while somebody else holds the lock, for as long as the test takes.
func held(t *testing.T, test func(t *testing.T, path string)) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "lock")
	synctest.Test(t, func(t *testing.T) {
		holder := Lock{Path: path, Limit: time.Second, Notice: io.Discard}
		err := holder.Do(t.Context(), func() error {
			test(t, path)
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
}

func never(t *testing.T) func() error {
	return func() error {
		t.Error("the work was done without the lock")
		return nil
	}
}

func TestWaitingIsToldOnceAndBounded(t *testing.T) {
	held(t, func(t *testing.T, path string) {
		var notice bytes.Buffer
		begin := time.Now()
		err := Lock{Path: path, For: "makes images", Limit: 10 * time.Minute, Notice: &notice}.Do(t.Context(), never(t))
		if err == nil || !strings.Contains(err.Error(), "another lab still makes images after 10m0s") {
			t.Errorf("error %v", err)
		}
		if waited := time.Since(begin); waited != 10*time.Minute {
			t.Errorf("waited for %v", waited)
		}
		if strings.Count(notice.String(), "another lab makes images; waiting for it") != 1 {
			t.Errorf("told: %q", notice.String())
		}
	})
}

func TestWaitingIsInterrupted(t *testing.T) {
	held(t, func(t *testing.T, path string) {
		ctx, interrupt := context.WithCancel(t.Context())
		time.AfterFunc(time.Minute, interrupt)
		err := Lock{Path: path, Limit: time.Hour, Notice: io.Discard}.Do(ctx, never(t))
		if !errors.Is(err, context.Canceled) {
			t.Errorf("error %v, want that of the context", err)
		}
	})
}

func TestFailureOfTheWorkReleases(t *testing.T) {
	lock := Lock{Path: filepath.Join(t.TempDir(), "lock"), Limit: time.Second, Notice: io.Discard}
	failed := errors.New("no space left on device")
	if err := lock.Do(t.Context(), func() error { return failed }); !errors.Is(err, failed) {
		t.Errorf("error %v, want the work's", err)
	}
	if err := lock.Do(t.Context(), func() error { return nil }); err != nil {
		t.Errorf("the lock is still held: %v", err)
	}
}
