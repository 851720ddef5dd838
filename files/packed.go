package files

import (
	"compress/bzip2"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/klauspost/compress/gzip" // twice as fast as the standard library's
	"github.com/klauspost/compress/zstd"
)

// maxRatio is how much larger than itself an archive may become, once it has become suspiciousSize: text that repeats
// itself is packed a hundred times smaller, a bomb a thousand times and more.
const (
	maxRatio       = 500
	suspiciousSize = 128 << 20
)

// ratio watches how much comes out of one packed file, and of all of them together.
type ratio struct {
	r      *Reader
	name   string
	packed func() int64 // bytes that went in so far
	out    int64
}

func (r *Reader) ratio(name string, packed func() int64) *ratio {
	return &ratio{r: r, name: name, packed: packed}
}

// of watches one stream that comes out.
func (u *ratio) of(from io.Reader) io.Reader { return unpack{from, u} }

// unpack is what comes out of a packed file.
type unpack struct {
	from  io.Reader
	ratio *ratio
}

func (u unpack) Read(p []byte) (int, error) {
	r := u.ratio.r
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	if r.unpacked >= r.Limits.Unpacked {
		return 0, fmt.Errorf("%w: more than %d MiB unpacked", errLimit, r.Limits.Unpacked>>20)
	}
	if u.ratio.out > suspiciousSize && u.ratio.out/maxRatio > u.ratio.packed() {
		return 0, fmt.Errorf("%w: %s unpacks to more than %d times its size", errBomb, u.ratio.name, maxRatio)
	}
	n, err := u.from.Read(p)
	r.unpacked += int64(n)
	u.ratio.out += int64(n)
	return n, err
}

// counted counts what is read from it.
type counted struct {
	from io.Reader
	n    int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.from.Read(p)
	c.n += int64(n)
	return n, err
}

// packed reads what is in a packed file.
func (r *Reader) packed(name string, k Kind, in io.Reader, depth int) bool {
	count := &counted{from: in}
	out, suffix, err := r.unpacker(k, count)
	if err != nil {
		r.Skip(name, fmt.Sprintf("looks like %s, but: %v", k, err))
		return true
	}
	defer out.Close()
	watch := r.ratio(name, func() int64 { return count.n })
	inner := strings.TrimSuffix(name, suffix)
	if inner != name {
		if r.packedAs == nil {
			r.packedAs = map[string]string{}
		}
		r.packedAs[inner] = name
	}
	return r.file(inner, watch.of(out), depth+1)
}

// unpacker unpacks, and gives the extension that such a file has.
func (r *Reader) unpacker(k Kind, in io.Reader) (io.ReadCloser, string, error) {
	switch k {
	case Gzip:
		z, err := gzip.NewReader(in) // one member after the other, as several runs of gzip leave them in one file
		return z, ".gz", err
	case Zstd:
		// One goroutine, and a window as large as the memory allows: its default is a sixteenth of that.
		z, err := zstd.NewReader(in, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
			zstd.WithDecoderMaxWindow(r.Limits.Window), zstd.WithDecoderMaxMemory(r.Limits.Window))
		if err != nil {
			return nil, "", err
		}
		return zstdReader{z, r.Limits.Window}, ".zst", nil
	case Bzip2:
		return io.NopCloser(bzip2.NewReader(in)), ".bz2", nil
	}
	return nil, "", errors.New("not packed")
}

// zstdReader closes, and names the limit where the library says only that there is one.
type zstdReader struct {
	*zstd.Decoder
	window uint64
}

func (z zstdReader) Read(p []byte) (int, error) {
	n, err := z.Decoder.Read(p)
	if errors.Is(err, zstd.ErrWindowSizeExceeded) {
		err = fmt.Errorf("it needs a window of more than %d MiB; unpack it first (zstd -d --long=31)", z.window>>20)
	}
	return n, err
}

func (z zstdReader) Close() error {
	z.Decoder.Close()
	return nil
}
