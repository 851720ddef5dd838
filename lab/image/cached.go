package image

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/unloop-dev/unloop/lab/turns"
)

// inTurn runs build while no other lab makes images in this cache: apt-get fails at once when another one has locked the
// folder, and layers of one name would be written over each other.
func inTurn(ctx context.Context, cache string, build func() error) error {
	lock := turns.Lock{Path: filepath.Join(cache, "images.lock"), For: "makes images", Limit: 15 * time.Minute, Notice: os.Stderr}
	return lock.Do(ctx, build)
}

// cached gives the archive, and has it built if the cache hasn't got it.
func cached(ctx context.Context, cache, archive string, build func() error) (string, error) {
	if _, err := os.Stat(archive); !errors.Is(err, fs.ErrNotExist) {
		return archive, err
	}
	return archive, inTurn(ctx, cache, func() error {
		if _, err := os.Stat(archive); !errors.Is(err, fs.ErrNotExist) {
			return err // the lab that was waited for has made it, or it can't be seen
		}
		return build()
	})
}
