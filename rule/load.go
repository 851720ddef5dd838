package rule

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// The files of a rule's folder.
const (
	causeFile = "cause.yaml"
	docFile   = "doc.md"
)

// Bounds on what is read: rules may come from people we do not know.
const (
	maxFile  = 1 << 20
	maxRules = 1000
)

// Load reads the rules below root: folders that hold cause.yaml and may hold doc.md, and files named <id>.yaml, as a
// mounted ConfigMap shows them. Root may also be one such folder or file.
//
// Load decodes strictly but compiles nothing, so that starting with all built-in rules costs little; expressions are
// compiled when first needed. [Set.Check] compiles them all. All mistakes are in the error, one a line.
func Load(fsys fs.FS, root string) (*Set, error) {
	l := &loader{fsys: fsys, shapes: shapesOf(reflect.TypeFor[Rule]())}
	if err := l.walk(root); err != nil {
		return nil, fmt.Errorf("read rules: %w", err)
	}
	if len(l.files) > maxRules {
		return nil, fmt.Errorf("read rules: %s holds %d rules, more than %d", root, len(l.files), maxRules)
	}
	rules, err := l.loadAll()
	set, taken := newSet(rules)
	if err := join(append(l.mistakes, err, taken)...); err != nil {
		return nil, err
	}
	return set, nil
}

// loader collects files and mistakes.
type loader struct {
	fsys     fs.FS
	shapes   shapes
	files    []string
	mistakes []error
}

// loadAll reads the files on all processors, since parsing YAML is nearly all that a start costs: 10 MB a second.
func (l *loader) loadAll() ([]*Rule, error) {
	rules, errs := make([]*Rule, len(l.files)), make([]error, len(l.files))
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(l.files)) {
		workers.Go(func() {
			for i := next.Add(1) - 1; int(i) < len(l.files); i = next.Add(1) - 1 {
				rules[i], errs[i] = l.load(l.files[i])
			}
		})
	}
	workers.Wait()
	return slices.DeleteFunc(rules, func(r *Rule) bool { return r == nil }), errors.Join(errs...)
}

// walk finds the rule files.
func (l *loader) walk(root string) error {
	info, err := fs.Stat(l.fsys, root)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		l.files = []string{root}
		return nil
	}
	if file := path.Join(root, causeFile); l.exists(file) {
		l.files = []string{file}
		return nil
	}
	entries, err := fs.ReadDir(l.fsys, root)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		name := entry.Name()
		// Hidden ones: .git, and ..data and its like, the kubelet's own copies in a ConfigMap mount.
		if strings.HasPrefix(name, ".") {
			continue
		}
		file := path.Join(root, name)
		// Stat follows the links that a ConfigMap mount is made of; the entry does not.
		info, err := fs.Stat(l.fsys, file)
		if err != nil {
			return err
		}
		switch {
		case !info.IsDir() && (path.Ext(name) == ".yaml" || path.Ext(name) == ".yml"):
			l.files = append(l.files, file)
		case info.IsDir() && l.exists(path.Join(file, causeFile)):
			l.files = append(l.files, path.Join(file, causeFile))
		case info.IsDir() && name != "testdata":
			l.mistakes = append(l.mistakes, &mistake{file: file, at: position{1, 1}, text: "folder without " + causeFile})
		}
	}
	return nil
}

func (l *loader) exists(file string) bool {
	_, err := fs.Stat(l.fsys, file)
	return err == nil
}

// load reads one rule; nil when it has mistakes.
func (l *loader) load(file string) (*Rule, error) {
	data, err := l.read(file)
	if err != nil {
		return nil, err
	}
	d := &decoder{src: &source{file: file, data: data}, shapes: l.shapes}
	r := d.decode()
	if r != nil {
		d.shape(r)
	}
	if len(d.mistakes) > 0 {
		return nil, errors.Join(d.mistakes...)
	}
	d.compile(r)
	if path.Base(file) == causeFile {
		doc, err := l.read(path.Join(path.Dir(file), docFile))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		r.Doc = string(doc)
	}
	return r, nil
}

// read gives the content of a file of bounded size.
func (l *loader) read(file string) ([]byte, error) {
	f, err := l.fsys.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", file, err)
	}
	if len(data) > maxFile {
		return nil, &mistake{file: file, at: position{1, 1}, text: "larger than 1 MiB"}
	}
	return data, nil
}
