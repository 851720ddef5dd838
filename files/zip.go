package files

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
)

// zip reads a zip archive. Its directory stands at its end, so it must be there as a whole: one in a stream is kept
// first.
func (r *Reader) zip(name string, in, head io.Reader, depth int) bool {
	at, size, err := readerAt(in)
	if err != nil {
		r.Skip(name, WithoutPath(err).Error())
		return true
	}
	if at == nil {
		kept, rest, err := r.spool(head, r.Limits.Nested)
		if err != nil {
			r.Skip(name, "cannot be kept while it is read: "+WithoutPath(err).Error())
			return !errors.Is(err, errLimit)
		}
		defer kept.Close()
		if rest != nil {
			r.Skip(name, fmt.Sprintf("a zip archive of more than %d MiB inside another one; unpack it first", r.Limits.Nested>>20))
			return true
		}
		at, size = kept.in, kept.size
	}
	directory := &bounded{at: at, left: r.Limits.Directory}
	archive, err := zip.NewReader(directory, size)
	if err != nil {
		r.Skip(name, "the zip archive is damaged: "+strings.TrimPrefix(err.Error(), "zip: "))
		return true
	}
	directory.left = -1
	more := true
	r.Enclosed(func() { more = r.zipEntries(name, archive, size, depth) })
	return more
}

// readerAt gives what is needed to read a zip archive in place, nil if in is a stream.
func readerAt(in io.Reader) (io.ReaderAt, int64, error) {
	switch in := in.(type) {
	case *os.File:
		info, err := in.Stat()
		if err != nil {
			return nil, 0, err
		}
		return in, info.Size(), nil
	case interface {
		io.ReaderAt
		Size() int64
	}:
		return in, in.Size(), nil
	}
	return nil, 0, nil
}

// bounded bounds what is read of an archive's directory: zip.NewReader holds all of it, however many entries the archive
// claims to have. Below zero nothing is bounded any more.
type bounded struct {
	at   io.ReaderAt
	left int64
}

func (b *bounded) ReadAt(p []byte, off int64) (int, error) {
	if b.left < 0 {
		return b.at.ReadAt(p, off)
	}
	if b.left -= int64(len(p)); b.left < 0 {
		b.left = 0
		return 0, errors.New("its directory is too large")
	}
	return b.at.ReadAt(p, off)
}

func (r *Reader) zipEntries(name string, archive *zip.Reader, size int64, depth int) bool {
	ratio := r.ratio(name, func() int64 { return size })
	for i, f := range archive.File {
		if !r.Inside(i, func() bool { return r.zipEntry(name, f, ratio, depth) }) {
			return false
		}
	}
	return true
}

func (r *Reader) zipEntry(name string, f *zip.File, ratio *ratio, depth int) bool {
	entry := strings.ReplaceAll(f.Name, `\`, "/") // as some programs on Windows write it
	display := name + ":" + entry
	why := refusal(entry)
	switch {
	case strings.HasSuffix(entry, "/"):
		return true
	case why != "":
		r.Skip(clip(display), why)
		return true
	case f.Mode()&fs.ModeSymlink != 0:
		r.Skip(display, "a link; links are not followed")
		return true
	case !f.Mode().IsRegular():
		r.Skip(display, "not a regular file")
		return true
	case f.Flags&1 != 0:
		r.Skip(display, "encrypted; unpack it first")
		return true
	}
	content, err := f.Open()
	if err != nil {
		r.Skip(display, strings.TrimPrefix(err.Error(), "zip: "))
		return true
	}
	defer content.Close()
	return r.file(display, ratio.of(content), depth+1)
}
