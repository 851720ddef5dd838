package files

import (
	"io"
	"strconv"
	"strings"
)

// source is a file that the user named, or that stands in a folder, and that can be read more than once. So the reading of
// parts of it can be put off until all others have told which of them matter: the gigabytes of a dump that do not matter
// cost neither memory nor time, and it does not matter in which order an archive holds its files.
type source struct {
	name string
	root string // what of the name the user gave: the rest is a hint
	open func() (io.ReadCloser, error)
}

// Place is where something stands, for coming back to it.
type Place struct {
	source *source // nil for one that can be read only once
	within string  // where in it: the numbers of the archive entries that lead there
}

// from says which source is read from now on; nil for one that can be read only once.
func (r *Reader) from(s *source) { r.place = Place{source: s} }

// Place is that of what is being read.
func (r *Reader) Place() Place { return r.place }

// CanWait says that what is being read can be put off: it can be read again.
func (r *Reader) CanWait() bool { return r.place.source != nil }

// Passes says that what is being read comes out of a tar archive, which must be unpacked again to come back to it.
func (r *Reader) Passes() bool { return r.passing }

// Inside reads the i-th part of what is being read: an entry of an archive, or what a visitor takes a file apart into. It
// returns false when nothing more is to be read of the whole.
func (r *Reader) Inside(i int, read func() bool) bool {
	outer := r.place.within
	defer func() { r.place.within = outer }()
	r.place.within += "/" + strconv.Itoa(i)
	if r.again != nil {
		if len(r.again.wanted) == 0 {
			return false
		}
		if !r.again.within[r.place.within] {
			return true
		}
	}
	return read()
}

// AtOnce runs read as if what is being read could be read only once.
func (r *Reader) AtOnce(read func()) {
	source, again := r.place.source, r.again
	r.place.source, r.again = nil, nil
	read()
	r.place.source, r.again = source, again
}

// again is what is looked for when a source is read for the second time.
type again struct {
	wanted map[string]bool // the places within it that were not taken yet
	within map[string]bool // those and the places of the archives around them
}

func (a *again) want(place string) {
	a.wanted[place] = true
	for place != "" {
		a.within[place] = true
		place = place[:strings.LastIndexByte(place, '/')]
	}
}

// Again reads what stands in these places, each source once. What stands around them is visited, too: [Reader.Take] tells
// them apart. What an archive unpacks to is bounded again by itself.
func (r *Reader) Again(places []Place) {
	bySource := map[*source]*again{}
	var sources []*source // in order of appearance
	for _, p := range places {
		if bySource[p.source] == nil {
			bySource[p.source] = &again{wanted: map[string]bool{}, within: map[string]bool{}}
			sources = append(sources, p.source)
		}
		bySource[p.source].want(p.within)
	}
	r.unpacked = 0
	for _, from := range sources {
		r.readAgain(from, bySource[from])
	}
}

func (r *Reader) readAgain(from *source, wanted *again) {
	in, err := from.open()
	if err != nil {
		r.Skip(from.name, WithoutPath(err).Error())
		return
	}
	defer in.Close()
	r.from(from)
	r.root, r.again = from.root, wanted
	r.file(from.name, in, 0)
	r.from(nil)
	r.again = nil
}

// IsAgain says that what is being read is read for the second time.
func (r *Reader) IsAgain() bool { return r.again != nil }

// IsWanted says, of what is read for the second time, that it was asked for and not taken yet.
func (r *Reader) IsWanted() bool { return r.again != nil && r.again.wanted[r.place.within] }

// Take says the same, and strikes it off: an archive that has changed meanwhile must not give one twice. When all were
// taken, no more is read.
func (r *Reader) Take() bool {
	if !r.IsWanted() {
		return false
	}
	delete(r.again.wanted, r.place.within)
	return true
}
