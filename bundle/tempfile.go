package bundle

import (
	"bytes"
	"io"
	"os"
)

// tempFile is a temporary file that is gone when it is closed, and where the system allows it already before: then not
// even a kill leaves it behind.
type tempFile struct {
	*os.File
	removed bool
}

func newTempFile() (*tempFile, error) {
	f, err := os.CreateTemp("", "unloop-*") // mode 0600
	if err != nil {
		return nil, err
	}
	return &tempFile{f, os.Remove(f.Name()) == nil}, nil
}

func (f *tempFile) Close() error {
	err := f.File.Close()
	if !f.removed {
		err = os.Remove(f.Name())
	}
	return err
}

// spoolToFile keeps start and then in, together at most limit bytes, in a temporary file.
func spoolToFile(start []byte, in io.Reader, limit int64) (*spool, error) {
	f, err := newTempFile()
	if err != nil {
		return nil, err
	}
	size, err := io.Copy(f, io.LimitReader(io.MultiReader(bytes.NewReader(start), in), limit))
	if err != nil {
		f.Close()
		return nil, err
	}
	return &spool{in: f, size: size, file: f}, nil
}
