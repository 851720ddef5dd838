// Package files reads bytes from wherever they stand: in files, folders, archives, archives within archives, on standard
// input, packed or not, in UTF-8 or in an older encoding. It gives one file after the other and knows nothing of what is
// in them.
//
// All of it is untrusted. Nothing outside a named directory is opened, nothing is unpacked to disk, and sizes, counts and
// depths are bounded ([Limits]). Files are given as streams, so their size costs no memory.
//
// A text's way is this: [Reader.Open] opens what the user named (reader.go) or keeps what comes but once (spool.go); each
// file is looked at and either read on, if it is an archive (tar.go, zip.go, packed.go) or in another encoding
// (encoding.go), or given to [Reader.Visit] (file.go). What was put off then is read by [Reader.Again] (again.go).
package files

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// Reader reads files one after the other. Nothing of it is safe for concurrent use. What is exported is set before
// [Reader.Open]; Progress may be nil.
type Reader struct {
	Limits   Limits
	Progress func(bytes int64) // called now and then, with how much was read so far

	// Visit uses a file that is no archive by its bytes. It returns as what the file is to be read on: the [UTF16] or
	// [Latin1] that [File.Kind] says, to be decoded first; [TextArchive]; [Text] when nothing is left to do. What is decoded
	// or taken out of an archive is visited in turn.
	Visit func(File) Kind
	// Enclosed runs read, which reads the whole of a folder, of an archive, or of a file that stands by itself.
	Enclosed func(read func())
	// Skip names something that is not read, and why. What is read for the second time is named again.
	Skip func(name, why string)

	ctx      context.Context   // of the call of Open, and of what is read again after it
	packedAs map[string]string // the names of packed files by what they are called without their extension
	named    string            // the path that the user gave
	root     string            // what the user named: the names of files are hints only from there on
	count    int               // of files
	unpacked int64
	read     int64
	buffers  []*bufio.Reader // one for each depth, used again

	place   Place  // of what is being read
	passing bool   // it comes out of a tar archive
	again   *again // what is looked for when a source is read for the second time
	closer  []io.Closer
}

// HeadBytes is how much of a file is looked at to tell what it is.
const HeadBytes = 32 << 10

// File is a file that holds no others. It is of use only until [Reader.Visit] returns.
type File struct {
	Name string        // with those of the archives around it, "a.tar:b.zip:c", and without the extensions of packed ones
	Kind Kind          // by its bytes; none of those of archives
	Head []byte        // the first [HeadBytes]
	In   *bufio.Reader // all of it
}

// Limits bound what a hostile input can cost.
type Limits struct {
	Files     int    // files and archive entries read
	Depth     int    // archives within archives
	Memory    int64  // bytes of what is read into memory ([Reader.All]), a text archive among it
	Unpacked  int64  // bytes that come out of archives, all together
	Spool     int64  // bytes kept of an archive that can be read only once
	Nested    int64  // bytes kept of a zip archive inside another archive
	Directory int64  // bytes of the directory of a zip archive: it is read into memory
	Window    uint64 // bytes that zstd looks back: they are kept in memory
}

var (
	errLimit = errors.New("too large") // ends all reading
	errBomb  = errors.New("refused")   // ends the reading of one archive
)

// Open reads what the user named: a file, a directory, an archive; "-" is stdin. A symbolic link or a pipe is fine here:
// the user asked for it. The error is about a path that can't be read at all.
func (r *Reader) Open(ctx context.Context, name string, stdin io.Reader) error {
	r.ctx = ctx
	if name == "-" {
		if stdin == nil {
			return errors.New("read standard input: there is none")
		}
		r.named = "stdin"
		r.once(r.named, stdin)
		return nil
	}
	info, err := os.Stat(name)
	if err != nil {
		return fmt.Errorf("read %s: %w", name, WithoutPath(err))
	}
	if info.IsDir() {
		return r.openDir(name)
	}
	f, err := os.Open(name)
	if err != nil {
		return fmt.Errorf("read %s: %w", name, WithoutPath(err))
	}
	defer f.Close()
	display := filepath.ToSlash(name)
	r.named = display
	r.root = display[:strings.LastIndexByte(display, '/')+1]
	if !info.Mode().IsRegular() {
		r.once(display, f)
		return nil
	}
	r.from(&source{name: display, root: r.root, open: func() (io.ReadCloser, error) { return os.Open(name) }})
	defer r.from(nil)
	r.Enclosed(func() { r.file(display, f, 0) })
	return nil
}

// openDir reads a directory as a whole. It goes through os.Root, so nothing outside is opened even if the directory
// changes meanwhile.
func (r *Reader) openDir(name string) error {
	root, err := os.OpenRoot(name)
	if err != nil {
		return fmt.Errorf("read %s: %w", name, WithoutPath(err))
	}
	r.closer = append(r.closer, root) // logs are opened later
	display := path.Clean(filepath.ToSlash(name))
	r.named = display
	r.root = display + "/"
	defer r.from(nil)
	r.Enclosed(func() {
		// The walk never fails: r.entry turns errors into skips.
		_ = fs.WalkDir(root.FS(), ".", func(p string, d fs.DirEntry, err error) error {
			return r.entry(root, path.Join(display, p), p, d, err)
		})
	})
	return nil
}

// entry reads one entry of a directory. Symbolic links are not followed: what they point to within the directory is
// read anyhow, and they may form a loop.
func (r *Reader) entry(root *os.Root, display, name string, d fs.DirEntry, err error) error {
	switch {
	case err != nil:
		r.Skip(display, WithoutPath(err).Error())
		return nil
	case d.IsDir() && d.Name() == ".git":
		return fs.SkipDir
	case d.IsDir():
		return nil
	case d.Type()&fs.ModeSymlink != 0:
		r.Skip(display, "a symbolic link; links are not followed")
		return nil
	case !d.Type().IsRegular():
		r.Skip(display, "not a regular file")
		return nil
	}
	f, err := root.Open(name)
	if err != nil {
		r.Skip(display, WithoutPath(err).Error())
		return nil
	}
	defer f.Close()
	r.from(&source{name: display, root: r.root, open: func() (io.ReadCloser, error) { return root.Open(name) }})
	if !r.file(display, f, 0) {
		return fs.SkipAll
	}
	return nil
}

// WithoutPath takes the path off an error of package os: the callers' errors name it.
func WithoutPath(err error) error {
	if pathErr, ok := errors.AsType[*fs.PathError](err); ok {
		return pathErr.Err
	}
	return err
}

// Given is a name as the user finds it: with the extensions of packed files, which are no part of what a name tells.
func (r *Reader) Given(name string) string {
	for end := len(name); end > 0; end = strings.LastIndexByte(name[:end], ':') {
		if given, ok := r.packedAs[name[:end]]; ok {
			name = given + name[end:]
		}
	}
	return name
}

// Hint is what of a name may tell something: what is above the path that the user gave does not.
func (r *Reader) Hint(name string) string { return strings.TrimPrefix(name, r.root) }

// IsNamed says that the user gave this very path.
func (r *Reader) IsNamed(name string) bool { return name == r.named }

// Close gives back what was kept open for [Reader.Again].
func (r *Reader) Close() {
	for _, c := range r.closer {
		c.Close()
	}
}
