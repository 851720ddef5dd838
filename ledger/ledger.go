// Package ledger keeps account of what was given: each line of it was used for something, or was not, for a reason.
//
// Who reads a file opens an [Account] for it and books what its lines are as they come to light. Closing it gives each line
// to exactly one [Part]. Whether a part was used may show later, when all is known: a booked part can still be changed.
package ledger

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Lines are lines of a file, counted from 1, the last one included.
type Lines struct{ First, Last int }

// String is "12-40", or "12" for a single line.
func (l Lines) String() string {
	if l.First == l.Last {
		return strconv.Itoa(l.First)
	}
	return fmt.Sprintf("%d-%d", l.First, l.Last)
}

// Part is a part of what was given, and what became of it.
type Part struct {
	Path string
	// Lines are in their order, and no two touch. None for what is not read by lines: an archive, a binary file, a file that
	// was not read at all.
	Lines  []Lines
	What   string // what it is: "log", "describe", "Pod"; "" where nobody can tell
	N      int    // how many it holds, of objects
	For    string // what it was used for: the pod, and perhaps the container, that it tells of; "" for several or for all
	Why    string // why it was not used; "" for what was
	Partly bool   // it was used, but for what Why says
	Named  bool   // its path is one that the user gave
	Whole  bool   // it is all of the file
}

// Used says that the part served for something.
func (p *Part) Used() bool { return p.Why == "" || p.Partly }

// Where names the lines, "12-40, 51"; "" for a part without.
func (p *Part) Where() string {
	var where []string
	for _, l := range p.Lines {
		where = append(where, l.String())
	}
	return strings.Join(where, ", ")
}

// Ledger is all parts, in the order in which they were booked. The zero Ledger is empty.
type Ledger struct{ parts []*Part }

// Book adds a part that is no lines of an account.
func (l *Ledger) Book(p Part) *Part {
	l.parts = append(l.parts, &p)
	return &p
}

// Has says whether a part of this path was booked for this reason.
func (l *Ledger) Has(path, why string) bool {
	return slices.ContainsFunc(l.parts, func(p *Part) bool { return p.Path == path && p.Why == why })
}

// Parts gives all parts.
func (l *Ledger) Parts() []Part {
	var parts []Part
	for _, p := range l.parts {
		if p.Path != "" {
			parts = append(parts, *p)
		}
	}
	return parts
}

// Open begins the account of a file that is read by lines.
func (l *Ledger) Open(path string, named bool) *Account {
	return &Account{ledger: l, path: path, named: named}
}

// Account is what the lines of one file are.
type Account struct {
	ledger *Ledger
	path   string
	named  bool
	last   *Part
	booked []booking
	total  int
}

// booking is lines that a part claims.
type booking struct {
	Lines
	part *Part
}

// Book books lines. What is the same as the part before, and follows it, becomes one with it.
func (a *Account) Book(at Lines, p Part) *Part {
	if last := a.last; last != nil && last.What == p.What && last.Why == p.Why && last.For == p.For && last.N > 0 && p.N > 0 {
		last.N += p.N
		a.booked = append(a.booked, booking{at, last})
		a.seen(at.Last)
		a.join()
		return last
	}
	p.Path, p.Named = a.path, a.named
	a.last = a.ledger.Book(p)
	a.Add(a.last, at)
	return a.last
}

// Add books further lines of a part: those of several writers may be mixed.
func (a *Account) Add(p *Part, at Lines) {
	a.booked = append(a.booked, booking{at, p})
	a.seen(at.Last)
}

// join makes one booking of the last two: they are of one part, with nothing else between.
func (a *Account) join() {
	n := len(a.booked)
	if n < 2 || a.booked[n-2].part != a.booked[n-1].part {
		return
	}
	a.booked[n-2].Last = max(a.booked[n-2].Last, a.booked[n-1].Last)
	a.booked = a.booked[:n-1]
}

func (a *Account) seen(line int) { a.total = max(a.total, line) }

// Close gives each line from 1 to total to exactly one part: lines that nobody has booked to the part below, since they are
// its command, its heading or the bracket before it, at the end to the last one. A line that several have booked, as where
// several objects stand in one, goes to the first of them, which is used if one of them is. Where nothing was booked the
// whole is one part that was not used, for the reason why.
func (a *Account) Close(total int, why string) {
	total = max(total, a.total)
	if total == 0 {
		return
	}
	if len(a.booked) == 0 {
		a.Book(Lines{1, total}, Part{Why: why})
	}
	slices.SortStableFunc(a.booked, func(x, y booking) int { return cmp.Compare(x.First, y.First) })
	covered, owner := 0, a.booked[0].part
	for _, b := range a.booked {
		first := covered + 1
		if b.Last <= covered {
			if owner.absorb(b.part) {
				b.part.Path = ""
			}
			continue
		}
		owner, covered = b.part, b.Last
		owner.take(Lines{first, covered})
	}
	if covered < total {
		owner.take(Lines{covered + 1, total})
	}
	for _, b := range a.booked {
		if len(b.part.Lines) > 0 {
			b.part.Path = a.path
		}
		b.part.Whole = len(b.part.Lines) == 1 && b.part.Lines[0] == Lines{1, total}
	}
	a.booked = nil
}

// Empty says that nothing has been booked.
func (a *Account) Empty() bool { return len(a.booked) == 0 }

// take adds lines behind those that the part has.
func (p *Part) take(l Lines) {
	if n := len(p.Lines); n > 0 && p.Lines[n-1].Last+1 >= l.First {
		p.Lines[n-1].Last = max(p.Lines[n-1].Last, l.Last)
		return
	}
	p.Lines = append(p.Lines, l)
}

// absorb takes over what is known of a part that stands in lines of this one, and says whether nothing is left of it: why
// something else was not used is not forgotten.
func (p *Part) absorb(other *Part) bool {
	switch {
	case p == other:
		return false
	case !p.Used() && other.Used():
		p.Why, p.What, p.For, p.N = "", other.What, other.For, other.N
		return true
	}
	return other.Used() || other.N > 0 || other.Why == p.Why
}
