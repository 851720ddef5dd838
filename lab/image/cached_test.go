package image

import (
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// builders have each archive built by a lab of its own, all in one cache and at once, and give how often each was built.
func builders(t *testing.T, archives ...string) map[string]int {
	t.Helper()
	cache := t.TempDir()
	built := map[string]int{}
	synctest.Test(t, func(t *testing.T) {
		var labs sync.WaitGroup
		var inside atomic.Int32
		for _, name := range archives {
			archive := filepath.Join(cache, name)
			labs.Go(func() {
				_, err := cached(t.Context(), cache, archive, func() error {
					if n := inside.Add(1); n != 1 {
						t.Errorf("%d labs build at once", n)
					}
					defer inside.Add(-1)
					time.Sleep(time.Minute) // of the bubble's clock
					built[name]++
					return os.WriteFile(archive, nil, 0o600)
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		labs.Wait()
	})
	return built
}

func TestLabsOfOneCacheBuildInTurn(t *testing.T) {
	if built := builders(t, "python.tar", "java.tar"); built["python.tar"] != 1 || built["java.tar"] != 1 {
		t.Errorf("built %v, want each once", built)
	}
}

func TestLabThatWaitedTakesWhatTheOtherBuilt(t *testing.T) {
	if built := builders(t, "python.tar", "python.tar"); built["python.tar"] != 1 {
		t.Errorf("built %d times, want once", built["python.tar"])
	}
}
