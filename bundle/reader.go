package bundle

import (
	"archive/tar"
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/unloop-dev/unloop/ledger"

	"golang.org/x/tools/txtar"
)

// headBytes is how much of a file is looked at to tell what it is.
const headBytes = 32 << 10

// reader collects what files hold. Files are read one after the other; nothing of it is safe for concurrent use.
type reader struct {
	ctx      context.Context // of the one call of Open that this reader is made for
	limits   limits
	options  Options
	set      *set   // of the directory or archive that is being read
	closed   []*set // of bundles with a meta.yaml of their own
	ledger   ledger.Ledger
	account  *ledger.Account   // of the file that is being read by lines
	lines    lineCount         // of what has been read of it
	unneeded int               // objects of kinds that evidence does not need
	packedAs map[string]string // the names of packed files by what they are called without their extension
	aside    map[string]bool   // why files were passed over that a layout says are no evidence

	named    string // the path that the user gave
	root     string // what the user named: the names of files are hints only from there on
	files    int
	unpacked int64
	read     int64
	buffers  []*bufio.Reader // one for each depth, used again

	source *source // what is being read, nil when it can be read only once
	place  string  // where in it: the numbers of the archive entries that lead there
	// passing says that what is read comes out of a tar archive, which must be unpacked again to come back to it.
	passing bool
	again   *again // what is looked for when a source is read for the second time
	closer  []io.Closer
}

func newReader(l limits) *reader { return &reader{ctx: context.Background(), limits: l, set: &set{}} }

// skip names something that is not used, and is not read by lines. What is wrong with an archive shows whenever it is read:
// it is named once.
func (r *reader) skip(path, why string) {
	if r.again != nil && r.ledger.Has(r.asGiven(path), why) {
		return
	}
	r.ledger.Book(ledger.Part{Path: r.asGiven(path), Why: why, Named: r.isNamed(path)})
}

// used names something that is used but for a part of it.
func (r *reader) used(path, why string) {
	r.ledger.Book(ledger.Part{Path: r.asGiven(path), Why: why, Partly: true})
}

// accountOf opens the account of a file that is read by lines. What it gives closes it.
func (r *reader) accountOf(name, unused string) (closed func()) {
	outer, lines := r.account, r.lines
	r.account, r.lines = r.ledger.Open(r.asGiven(name), r.isNamed(name)), lineCount{}
	return func() {
		r.account.Close(r.lines.total(), unused)
		r.account, r.lines = outer, lines
	}
}

// isNamed says that the user gave this very path.
func (r *reader) isNamed(path string) bool { return path == r.named }

var (
	errLimit = errors.New("too large") // ends all reading
	errBomb  = errors.New("refused")   // ends the reading of one archive
)

// open reads what the user named. A symbolic link or a pipe is fine here: the user asked for it.
func (r *reader) open(name string, stdin io.Reader) error {
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
		return fmt.Errorf("read %s: %w", name, unwrapPath(err))
	}
	if info.IsDir() {
		return r.openDir(name)
	}
	f, err := os.Open(name)
	if err != nil {
		return fmt.Errorf("read %s: %w", name, unwrapPath(err))
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
	r.enclosed(func() { r.file(display, f, 0) })
	return nil
}

// unwrapPath takes the path off an error of package os: the callers' errors name it.
func unwrapPath(err error) error {
	if pathErr, ok := errors.AsType[*fs.PathError](err); ok {
		return pathErr.Err
	}
	return err
}

// enclosed runs read with a set of its own. If read finds a meta.yaml, that set is a bundle that stands for itself;
// otherwise what it holds belongs to what is around it.
func (r *reader) enclosed(read func()) {
	if r.again != nil {
		read()
		return
	}
	outer := r.set
	r.set = &set{}
	read()
	inner := r.set
	inner.dateTogether()
	r.set = outer
	if inner.meta != nil {
		r.closed = append(r.closed, inner)
		return
	}
	outer.add(inner)
}

// openDir reads a directory as a whole. It goes through os.Root, so nothing outside is opened even if the directory
// changes meanwhile.
func (r *reader) openDir(name string) error {
	root, err := os.OpenRoot(name)
	if err != nil {
		return fmt.Errorf("read %s: %w", name, unwrapPath(err))
	}
	r.closer = append(r.closer, root) // logs are opened later
	display := path.Clean(filepath.ToSlash(name))
	r.named = display
	r.root = display + "/"
	defer r.from(nil)
	r.enclosed(func() {
		// The walk never fails: r.entry turns errors into skips.
		_ = fs.WalkDir(root.FS(), ".", func(p string, d fs.DirEntry, err error) error {
			return r.entry(root, path.Join(display, p), p, d, err)
		})
	})
	return nil
}

// entry reads one entry of a directory. Symbolic links are not followed: what they point to within the directory is
// read anyhow, and they may form a loop.
func (r *reader) entry(root *os.Root, display, name string, d fs.DirEntry, err error) error {
	switch {
	case err != nil:
		r.skip(display, unwrapPath(err).Error())
		return nil
	case d.IsDir() && d.Name() == ".git":
		return fs.SkipDir
	case d.IsDir():
		return nil
	case d.Type()&fs.ModeSymlink != 0:
		r.skip(display, "a symbolic link; links are not followed")
		return nil
	case !d.Type().IsRegular():
		r.skip(display, "not a regular file")
		return nil
	}
	f, err := root.Open(name)
	if err != nil {
		r.skip(display, unwrapPath(err).Error())
		return nil
	}
	defer f.Close()
	r.from(&source{name: display, root: r.root, open: func() (io.ReadCloser, error) { return root.Open(name) }})
	if !r.file(display, f, 0) {
		return fs.SkipAll
	}
	return nil
}

// buffer gives the reader of a depth: it is used for one file after the other.
func (r *reader) buffer(depth int, in io.Reader) *bufio.Reader {
	if depth == 0 {
		in = meter{in, r}
	}
	for len(r.buffers) <= depth {
		r.buffers = append(r.buffers, bufio.NewReaderSize(nil, headBytes))
	}
	r.buffers[depth].Reset(in)
	return r.buffers[depth]
}

// meter tells how much of what the user named was read, and ends with the context.
type meter struct {
	in io.Reader
	r  *reader
}

func (m meter) Read(p []byte) (int, error) {
	n, err := ended{m.r.ctx, m.in}.Read(p)
	m.r.read += int64(n)
	if m.r.options.Progress != nil {
		m.r.options.Progress(m.r.read)
	}
	return n, err
}

// file reads one file, whatever it is. It returns false when a limit or the end of the context says to stop.
func (r *reader) file(name string, in io.Reader, depth int) bool {
	if r.ctx.Err() != nil {
		return false
	}
	if r.again == nil {
		r.files++
	}
	if r.files > r.limits.files {
		r.skip(name, fmt.Sprintf("more than %d files; this one and the rest were not read", r.limits.files))
		return false
	}
	if depth > r.limits.depth {
		r.skip(name, fmt.Sprintf("archives more than %d deep", r.limits.depth))
		return true
	}
	br := r.buffer(depth, in)
	head, err := br.Peek(headBytes)
	if err != nil && !errors.Is(err, io.EOF) && len(head) == 0 {
		r.skip(name, "cut short: "+unwrapPath(err).Error())
		return !errors.Is(err, errLimit)
	}
	switch kind := r.kindAt(name, head); kind {
	case kindGzip, kindZstd, kindBzip2:
		return r.packed(name, kind, br, depth)
	case kindZip:
		return r.zip(name, in, br, depth)
	case kindUTF16:
		return r.file(name, newUTF16Reader(br), depth+1)
	case kindLatin1:
		return r.file(name, &latin1Reader{in: br}, depth+1)
	case kindTar:
		return r.tar(name, br, depth)
	case kindTxtar:
		r.txtar(name, br, depth)
	case kindSections:
		r.podLogs(name, br)
	case kindObjects:
		r.dump(name, br, kind)
	case kindMeta:
		r.meta(name, br)
	case kindText:
		r.text(name, br)
	case kindLog:
		r.log(name, br, nil, 0)
	case kindAside: // named already
	default:
		r.skip(name, kind.why())
	}
	return true
}

// all reads a file into memory. It returns false, and says so, when it is too large or can't be read to its end.
func (r *reader) all(name string, in io.Reader) ([]byte, bool) {
	data, err := io.ReadAll(io.LimitReader(in, r.limits.objects+1))
	switch {
	case err != nil:
		r.skip(name, "cut short: "+unwrapPath(err).Error())
		return nil, false
	case int64(len(data)) > r.limits.objects:
		r.skip(name, fmt.Sprintf("larger than %d MiB, the most that is read of such a file", r.limits.objects>>20))
		return nil, false
	}
	return bytes.TrimPrefix(data, []byte(utf8BOM)), true
}

// tar reads a tar archive.
func (r *reader) tar(name string, in io.Reader, depth int) bool {
	more := true
	outer := r.passing
	r.passing = true
	defer func() { r.passing = outer }()
	r.enclosed(func() {
		archive := tar.NewReader(in)
		for i := 0; more; i++ {
			header, err := archive.Next()
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				r.skip(name, "the archive is damaged or cut short: "+err.Error())
				more = !errors.Is(err, errLimit)
				return
			}
			more = r.inside(i, func() bool { return r.tarEntry(name, header, archive, depth) })
		}
	})
	return more
}

func (r *reader) tarEntry(name string, header *tar.Header, content io.Reader, depth int) bool {
	display := name + ":" + header.Name
	why := refusal(header.Name)
	switch {
	case header.Typeflag == tar.TypeDir || header.Typeflag == tar.TypeXGlobalHeader:
		return true
	case why != "":
		r.skip(clip(display), why)
		return true
	case header.Typeflag == tar.TypeSymlink || header.Typeflag == tar.TypeLink:
		r.skip(display, "a link; links are not followed")
		return true
	case header.Typeflag != tar.TypeReg:
		r.skip(display, "not a regular file")
		return true
	}
	return r.file(display, content, depth+1)
}

// txtar reads a text archive (golang.org/x/tools/txtar). The section "want" is what a test expects; it is no evidence.
func (r *reader) txtar(name string, in io.Reader, depth int) {
	data, ok := r.all(name, in)
	if !ok {
		return
	}
	r.enclosed(func() {
		for i, f := range txtar.Parse(data).Files {
			if f.Name == "want" {
				continue
			}
			if !r.inside(i, func() bool { return r.file(name+":"+f.Name, bytes.NewReader(f.Data), depth+1) }) {
				return
			}
		}
	})
}
