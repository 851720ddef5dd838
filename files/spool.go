package files

import (
	"bufio"
	"bytes"
	"io"
	"os"
)

// once reads what can be read only once: standard input, a pipe. An archive is kept while it is read, so that it can
// be read again; anything else is a stream.
func (r *Reader) once(name string, in io.Reader) {
	head := bufio.NewReaderSize(ended{r.ctx, in}, HeadBytes)
	start, _ := head.Peek(HeadBytes) // file finds the error again
	if !KindOf(start).IsArchive() {
		r.Enclosed(func() { r.file(name, head, 0) })
		return
	}
	kept, rest, err := r.spool(head, r.Limits.Spool)
	if err != nil {
		r.Skip(name, "cannot be kept while it is read: "+WithoutPath(err).Error())
		return
	}
	r.closer = append(r.closer, kept)
	if rest != nil { // too large: nothing of it can be put off
		r.Enclosed(func() { r.file(name, io.MultiReader(kept.reader(), rest), 0) })
		return
	}
	r.from(&source{name: name, root: r.root, open: func() (io.ReadCloser, error) { return kept.reader(), nil }})
	defer r.from(nil)
	r.Enclosed(func() { r.file(name, kept.reader(), 0) })
}

// memorySpool is what is kept in memory of a stream that must be read twice; a larger one goes to a temporary file.
const memorySpool = 8 << 20

// spool keeps a stream. What it holds is never unpacked to disk: the file holds the same bytes as the stream, has no
// name where the system allows that, and is removed.
type spool struct {
	in   io.ReaderAt
	size int64
	file io.Closer // nil in memory
}

// spool keeps at most limit bytes of in; rest is what comes after them, nil at the end of in.
func (r *Reader) spool(in io.Reader, limit int64) (kept *spool, rest io.Reader, err error) {
	memory, err := io.ReadAll(io.LimitReader(in, min(memorySpool, limit)))
	if err != nil {
		return nil, nil, err
	}
	kept = &spool{in: bytes.NewReader(memory), size: int64(len(memory))}
	if kept.size < memorySpool && kept.size < limit {
		return kept, nil, nil
	}
	if limit > memorySpool {
		if kept, err = spoolToFile(memory, in, limit); err != nil {
			return nil, nil, err
		}
	}
	if kept.size < limit {
		return kept, nil, nil
	}
	return kept, in, nil
}

// reader reads what was kept from its beginning.
func (s *spool) reader() spoolReader { return spoolReader{io.NewSectionReader(s.in, 0, s.size)} }

// Close removes the file. Readers are of no use afterwards.
func (s *spool) Close() error {
	if s.file == nil {
		return nil
	}
	return s.file.Close()
}

// spoolReader can be closed, which does nothing, and read at any place.
type spoolReader struct{ *io.SectionReader }

func (spoolReader) Close() error { return nil }

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
