package files

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
)

// file reads one file, whatever it is. It returns false when a limit or the end of the context says to stop.
func (r *Reader) file(name string, in io.Reader, depth int) bool {
	if r.ctx.Err() != nil {
		return false
	}
	if r.again == nil {
		r.count++
	}
	if r.count > r.Limits.Files {
		r.Skip(name, fmt.Sprintf("more than %d files; this one and the rest were not read", r.Limits.Files))
		return false
	}
	if depth > r.Limits.Depth {
		r.Skip(name, fmt.Sprintf("archives more than %d deep", r.Limits.Depth))
		return true
	}
	br := r.buffer(depth, in)
	head, err := br.Peek(HeadBytes)
	if err != nil && !errors.Is(err, io.EOF) && len(head) == 0 {
		r.Skip(name, "cut short: "+WithoutPath(err).Error())
		return !errors.Is(err, errLimit)
	}
	kind := KindOf(head)
	if !kind.IsArchive() {
		kind = r.Visit(File{Name: name, Kind: kind, Head: head, In: br})
	}
	return r.readOn(name, kind, in, br, depth)
}

// readOn reads what is in a file that holds others, or that must be decoded. br has all of in.
func (r *Reader) readOn(name string, kind Kind, in io.Reader, br *bufio.Reader, depth int) bool {
	switch kind {
	case Gzip, Zstd, Bzip2:
		return r.packed(name, kind, br, depth)
	case Tar:
		return r.tar(name, br, depth)
	case Zip:
		return r.zip(name, in, br, depth)
	case UTF16:
		return r.file(name, newUTF16Reader(br), depth+1)
	case Latin1:
		return r.file(name, &latin1Reader{in: br}, depth+1)
	case TextArchive:
		r.textArchive(name, br, depth)
	}
	return true
}

// All reads a text into memory, without a byte order mark. It returns false, and says so, when it is too large or can't be
// read to its end.
func (r *Reader) All(name string, in io.Reader) ([]byte, bool) {
	data, err := io.ReadAll(io.LimitReader(in, r.Limits.Memory+1))
	switch {
	case err != nil:
		r.Skip(name, "cut short: "+WithoutPath(err).Error())
		return nil, false
	case int64(len(data)) > r.Limits.Memory:
		r.Skip(name, fmt.Sprintf("larger than %d MiB, the most that is read of such a file", r.Limits.Memory>>20))
		return nil, false
	}
	return bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")), true
}

// buffer gives the reader of a depth: it is used for one file after the other.
func (r *Reader) buffer(depth int, in io.Reader) *bufio.Reader {
	if depth == 0 {
		in = meter{in, r}
	}
	for len(r.buffers) <= depth {
		r.buffers = append(r.buffers, bufio.NewReaderSize(nil, HeadBytes))
	}
	r.buffers[depth].Reset(in)
	return r.buffers[depth]
}

// meter tells how much of what the user named was read, and ends with the context.
type meter struct {
	in io.Reader
	r  *Reader
}

func (m meter) Read(p []byte) (int, error) {
	n, err := ended{m.r.ctx, m.in}.Read(p)
	m.r.read += int64(n)
	if m.r.Progress != nil {
		m.r.Progress(m.r.read)
	}
	return n, err
}

// ended is a reader that ends with the context.
type ended struct {
	ctx context.Context
	in  io.Reader
}

func (e ended) Read(p []byte) (int, error) {
	if err := e.ctx.Err(); err != nil {
		return 0, err
	}
	return e.in.Read(p)
}
