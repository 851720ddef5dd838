// Package bundle reads and writes evidence as files.
//
// [Open] reads any mix of files, directories, archives and standard input. What a file is, is decided by its content: an
// object or a list of objects as YAML or JSON, a container log, an archive (tar, gzip, txtar), or something that is of no
// use and is named in [Bundle.Skipped]. A file's name is only a hint, for what a log does not say itself: whose it is and
// which run wrote it.
//
// [Write] writes evidence in unloop's own layout, redacted, as tar.gz or txtar. The same layout is bundle, test case and
// bug report:
//
//	meta.yaml                                when and where it was read, what is diagnosed, what could not be read
//	NAMESPACE/pods/NAME.yaml                 the pods, siblings too
//	NAMESPACE/events.yaml                    the events that were read; no file, not read
//	NAMESPACE/logs/POD/CONTAINER.previous.log
//	NAMESPACE/deployments/NAME.yaml          replicasets, statefulsets, daemonsets, jobs, cronjobs likewise
//	nodes/NAME.yaml
//
// Everything read is untrusted. Nothing outside a named directory is opened, nothing is unpacked to disk, and sizes,
// counts and depths are bounded; logs are read as a stream, so their size costs no memory.
package bundle

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/unloop-dev/unloop/evidence"
)

// ErrNothing says that the input held nothing to diagnose.
var ErrNothing = errors.New("nothing to diagnose: expected a pod as YAML or JSON (kubectl get pod NAME -o yaml), " +
	"a container log (kubectl logs NAME --previous), or a bundle (unloop capture)")

// Bundle is what was read from files.
type Bundle struct {
	raws    []*evidence.Raw
	skipped []Skip
}

// Skip is something in the input that was not used, and why.
type Skip struct {
	Path string
	Why  string
}

// Open reads paths: files, directories and archives; "-" is stdin. What can't be used is named in [Bundle.Skipped] and
// does not keep the rest from being read. The error is about a path that can't be read at all, or it is [ErrNothing];
// a Bundle is returned along with ErrNothing.
func Open(paths []string, stdin io.Reader) (*Bundle, error) {
	r := newReader(defaultLimits)
	for _, path := range paths {
		if err := r.open(path, stdin); err != nil {
			return nil, err
		}
	}
	sets := append(r.closed, r.set)
	b := &Bundle{}
	for _, set := range sets {
		raws, skipped := set.raws(strings.Join(paths, ", "))
		b.raws = append(b.raws, raws...)
		r.skipped = append(r.skipped, skipped...)
	}
	b.skipped = r.skipped
	if len(b.raws) == 0 {
		return b, nothing(r.unneeded)
	}
	return b, nil
}

func nothing(unneeded int) error {
	if unneeded > 0 {
		return fmt.Errorf("%w; %d objects of other kinds were read", ErrNothing, unneeded)
	}
	return ErrNothing
}

// Raws gives the evidence, one Raw for each pod to diagnose, in order of namespace and name. Without any pod it is one
// Raw that holds the logs.
func (b *Bundle) Raws() []*evidence.Raw { return b.raws }

// Skipped names what was not used, in order of appearance. Its text is foreign and not cleaned.
func (b *Bundle) Skipped() []Skip { return b.skipped }

// limits bound what a hostile input can cost.
type limits struct {
	files    int   // files and archive entries read
	depth    int   // archives within archives
	objects  int64 // bytes of a file with objects: it is read into memory
	document int64 // bytes of one YAML document, or of one item of a list; a tree of nodes is twenty times its size
	unpacked int64 // bytes that come out of archives, all together
	tail     int   // bytes of a log kept for writing it again
}

var defaultLimits = limits{
	files:    100_000,
	depth:    4,
	objects:  64 << 20,
	document: 16 << 20,
	unpacked: 8 << 30,
	tail:     1 << 20,
}
