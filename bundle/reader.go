package bundle

import (
	"github.com/unloop-dev/unloop/files"
	"github.com/unloop-dev/unloop/ledger"
)

// reader makes evidence of files. They come one after the other; nothing of it is safe for concurrent use.
type reader struct {
	files    *files.Reader
	limits   limits
	options  Options
	set      *set   // of the directory or archive that is being read
	closed   []*set // of bundles with a meta.yaml of their own
	ledger   ledger.Ledger
	account  *ledger.Account           // of the file that is being read by lines
	lines    lineCount                 // of what has been read of it
	unneeded int                       // objects of kinds that evidence does not need
	aside    map[string]bool           // why files were passed over that a layout says are no evidence
	wanted   map[files.Place]wantedLog // the logs that were put off and are read now
}

func newReader(l limits) *reader {
	r := &reader{limits: l, set: &set{}}
	r.files = &files.Reader{Limits: l.Limits, Visit: r.visit, Enclosed: r.enclosed, Skip: r.skip}
	return r
}

// visit reads one file, whatever it is, but for one that holds others or must be decoded.
func (r *reader) visit(f files.File) files.Kind {
	switch kind := r.kindAt(f); kind {
	case kindEncoded:
		return f.Kind
	case kindTxtar:
		return files.TextArchive
	case kindSections:
		r.podLogs(f.Name, f.In)
	case kindObjects:
		r.dump(f.Name, f.In, kind)
	case kindMeta:
		r.meta(f.Name, f.In)
	case kindText:
		r.text(f.Name, f.In)
	case kindLog:
		r.log(f.Name, f.In, nil, 0)
	case kindAside: // named already
	default:
		r.skip(f.Name, kind.why())
	}
	return files.Text
}

// enclosed runs read with a set of its own. If read finds a meta.yaml, that set is a bundle that stands for itself;
// otherwise what it holds belongs to what is around it.
func (r *reader) enclosed(read func()) {
	if r.files.IsAgain() {
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

// skip names something that is not used, and is not read by lines. What is wrong with an archive shows whenever it is read:
// it is named once.
func (r *reader) skip(path, why string) {
	if r.files.IsAgain() && r.ledger.Has(r.files.Given(path), why) {
		return
	}
	r.ledger.Book(ledger.Part{Path: r.files.Given(path), Why: why, Named: r.files.IsNamed(path)})
}

// used names something that is used but for a part of it.
func (r *reader) used(path, why string) {
	r.ledger.Book(ledger.Part{Path: r.files.Given(path), Why: why, Partly: true})
}

// accountOf opens the account of a file that is read by lines. What it gives closes it.
func (r *reader) accountOf(name, unused string) (closed func()) {
	outer, lines := r.account, r.lines
	r.account, r.lines = r.ledger.Open(r.files.Given(name), r.files.IsNamed(name)), lineCount{}
	return func() {
		r.account.Close(r.lines.total(), unused)
		r.account, r.lines = outer, lines
	}
}
