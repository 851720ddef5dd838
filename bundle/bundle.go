// Package bundle reads and writes evidence as files.
//
// [Open] reads any mix of files, directories, archives and standard input. What a file is, is decided by its content: an
// object or a list of objects as YAML or JSON, a container log, what a command printed for people (package printed), an
// archive, or something that is of no use and is named in [Bundle.Unused]. A file's name is only a hint, for what a log
// does not say itself: whose it is and which run wrote it. But a file whose name says that it is a log is one, whatever
// it holds besides objects: programs print anything. Of a pod that comes in several forms, the API's own object beats a
// describe, and that a row of a table. Trees that known programs write (cluster-info dump, must-gather, support bundles and others, see
// layout*.go) are recognised by their paths.
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
// Everything read is untrusted, and bounded; logs are read as a stream, so their size costs no memory. How files, archives
// and encodings are read is the business of package files.
package bundle

//go:generate go run ./tools/geninputs ../docs/inputs.md

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"

	"github.com/unloop-dev/unloop/evidence"
	"github.com/unloop-dev/unloop/files"
	"github.com/unloop-dev/unloop/ledger"
	"github.com/unloop-dev/unloop/redact"
)

// ErrNothing says that the input held nothing to diagnose.
var ErrNothing = errors.New("nothing to diagnose: expected a pod as YAML or JSON (kubectl get pod NAME -o yaml) " +
	"or as text (kubectl describe pod NAME, kubectl get pods), a container log (kubectl logs NAME --previous), or a bundle (unloop capture)")

// Bundle is what was read from files.
type Bundle struct {
	entries []entry
	parts   []ledger.Part
}

// entry is the evidence about one pod, but for its events: there are many, and each belongs to several pods.
type entry struct {
	raw    *evidence.Raw
	events func(*evidence.Raw) // fills them in; nil when they are there
}

// Options say how files are read. The zero value is good.
type Options struct {
	// Lean keeps only what a diagnosis is drawn from: no text of logs, which [Write] needs, and of the pods in a large
	// dump that are well only how they are.
	Lean bool
	// Redact are the user's patterns of what is secret, beside those that package redact knows.
	Redact *redact.Rules
	// Progress is called now and then, with how much was read so far; once the context has ended perhaps even after Open
	// has returned. Nil is fine.
	Progress func(bytes int64)
}

// Open reads paths: files, directories and archives; "-" is stdin. What can't be used is named in [Bundle.Unused] and
// does not keep the rest from being read. The error is about a path that can't be read at all, or it is [ErrNothing];
// a Bundle is returned along with ErrNothing.
func Open(paths []string, stdin io.Reader) (*Bundle, error) {
	return Options{}.Open(context.Background(), paths, stdin)
}

// Open is [Open] with options. It returns as soon as the context ends, whatever it waits for: nothing else ends a read from
// a terminal, a pipe or a file system that hangs. What it has begun then ends by itself, at the latest with that read.
func (o Options) Open(ctx context.Context, paths []string, stdin io.Reader) (*Bundle, error) {
	type opened struct {
		bundle *Bundle
		err    error
	}
	done := make(chan opened, 1)
	go func() {
		b, err := o.read(ctx, paths, stdin)
		done <- opened{b, err}
	}()
	select {
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	case o := <-done:
		if ctx.Err() != nil { // it may be half of what is there
			return nil, context.Cause(ctx)
		}
		return o.bundle, o.err
	}
}

func (o Options) read(ctx context.Context, paths []string, stdin io.Reader) (*Bundle, error) {
	r := newReader(defaultLimits)
	r.options, r.files.Progress = o, o.Progress
	defer r.files.Close()
	for _, path := range paths {
		if err := r.files.Open(ctx, path, stdin); err != nil {
			return nil, err
		}
	}
	b := r.bundle(strings.Join(paths, ", "))
	if len(b.entries) == 0 {
		return b, r.set.withoutTheirPods(nothing(r.unneeded))
	}
	return b, nil
}

// bundle makes evidence of what was read. Only now that the objects are known are the logs read.
func (r *reader) bundle(name string) *Bundle {
	sets := append(r.closed, r.set)
	for _, set := range sets {
		r.unpackEvents(set)
		set.settle()
	}
	r.readLogs(sets)
	b := &Bundle{}
	for _, set := range sets {
		entries := set.entries(name)
		for _, e := range entries {
			e.raw.Redact = r.options.Redact
		}
		b.entries = append(b.entries, entries...)
	}
	b.parts = r.ledger.Parts()
	for i, p := range b.parts { // an error may quote what it could not read
		b.parts[i].Why = r.options.Redact.Text(p.Why)
	}
	return b
}

func nothing(unneeded int) error {
	if unneeded > 0 {
		return fmt.Errorf("%w; %d objects of other kinds were read", ErrNothing, unneeded)
	}
	return ErrNothing
}

// Raws gives the evidence, one Raw for each pod to diagnose, in order of namespace and name. Without any pod it is one
// Raw that holds the logs.
func (b *Bundle) Raws() []*evidence.Raw { return slices.Collect(b.All()) }

// All gives the same one by one, so that a large dump needs not be in memory with all its events for each pod.
func (b *Bundle) All() iter.Seq[*evidence.Raw] {
	return func(yield func(*evidence.Raw) bool) {
		for _, e := range b.entries {
			raw := *e.raw
			if e.events != nil {
				e.events(&raw)
			}
			if !yield(&raw) {
				return
			}
		}
	}
}

// Ledger says what became of each part of the input, in order of appearance. Its texts are foreign and not cleaned.
func (b *Bundle) Ledger() []ledger.Part { return b.parts }

// Unused are the parts that were not used, or not wholly.
func (b *Bundle) Unused() []ledger.Part {
	return slices.DeleteFunc(slices.Clone(b.parts), func(p ledger.Part) bool { return p.Why == "" })
}

// limits bound what a hostile input can cost.
type limits struct {
	files.Limits // Memory bounds a paste, too, and the items of a list until it says what they are

	document int64 // bytes of one YAML document, or of one item of a list; a tree of nodes is twenty times its size
	tail     int   // bytes of a log kept for writing it again
	events   int   // events kept unpacked until all objects are known
}

var defaultLimits = limits{
	Limits: files.Limits{
		Files:  100_000,
		Depth:  4,
		Memory: 64 << 20,

		Unpacked:  16 << 30,
		Spool:     4 << 30,
		Nested:    1 << 30,
		Directory: 32 << 20,
		Window:    64 << 20,
	},
	document: 16 << 20,
	tail:     1 << 20,
	events:   10_000,
}
