package bundle

import (
	"bytes"

	"github.com/unloop-dev/unloop/files"
	"github.com/unloop-dev/unloop/layout"
	"github.com/unloop-dev/unloop/objects"
)

// kindAt tells what a file is from its beginning and from its place: the content decides, but for what it cannot say.
func (r *reader) kindAt(f files.File) kind {
	kind := kindOf(f)
	p, known := layout.Of(f.Name)
	if !known {
		return kind
	}
	switch p.Role {
	case layout.None:
		if p.Why != "" {
			r.passOver(f.Name, p.Why)
		} else if kind == kindObjects {
			return kind
		}
		return kindAside
	case layout.Objects:
		if kind == kindJSON {
			return kindObjects
		}
	case layout.Sections:
		if bytes.HasPrefix(f.Head, []byte(sectionStart)) {
			return kindSections
		}
	case layout.Log:
		if p.Loose && kind == kindText {
			return kind // it may stand in a wrapping
		}
		switch kind {
		case kindEmpty, kindTxtar, kindObjects, kindText, kindJSON, kindYAML, kindOther:
			return kindLog // whatever the program printed
		}
	}
	return kind
}

// typeAt is the type of an object, or of a list of objects, that does not say its own: what stands in such a place is
// of one kind.
func typeAt(name string, list bool) objects.Type {
	p, _ := layout.Of(name)
	if list && p.Kind != "" {
		p.Kind += "List"
	}
	return objects.Type{APIVersion: p.APIVersion, Kind: p.Kind}
}

// passOver names the first of the files that are passed over for the same reason. There may be thousands.
func (r *reader) passOver(name, why string) {
	if r.aside == nil {
		r.aside = map[string]bool{}
	}
	if !r.aside[why] {
		r.aside[why] = true
		r.skip(name, why+"; such files are passed over")
	}
}
