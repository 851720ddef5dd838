package wrapping

import "strings"

// glance is what a look at the lines shows. It tells nearly all texts that have no wrapping from those that may have one,
// at the cost of reading them once.
type glance struct {
	lines  int      // that are not blank
	raw    [256]int // how many begin with this byte
	begins [256]int // how many have it first after their indentation
	holds  uint     // what some line holds: has…
}

const (
	hasEscape  = 1 << iota // ESC
	hasReturn              // a carriage return
	hasForeign             // a byte that is not ASCII
	hasPipe                // "|"
	hasTag                 // "<" or "{" anywhere, or "&"
	hasSlashN              // a backslash before an n
	hasTab
)

// look reads each line once.
func look(lines []Line) *glance {
	g := &glance{}
	for i := range lines {
		l := lines[i].Text
		g.holds |= holdings(l)
		j := 0
		for j < len(l) && (l[j] == ' ' || l[j] == '\t') {
			j++
		}
		if j == len(l) {
			continue
		}
		g.lines++
		g.raw[l[0]]++
		g.begins[l[j]]++
	}
	return g
}

// marks says of each byte what it means for holdings.
var marks = func() (m [256]uint8) {
	for c := 0x80; c < 0x100; c++ {
		m[c] = hasForeign
	}
	m[0x1b], m['\r'], m['|'], m['<'], m['{'], m['&'], m['\\'], m['\t'] = hasEscape, hasReturn, hasPipe, hasTag, hasTag, hasTag, hasSlashN, hasTab
	return m
}()

func holdings(l string) uint {
	var all uint8
	for i := range len(l) {
		all |= marks[l[i]]
	}
	if all&hasSlashN != 0 && !strings.Contains(l, `\n`) {
		all &^= hasSlashN
	}
	return uint(all)
}

// may says whether a wrapping can be there at all.
func (g *glance) may(w *wrapping) bool {
	if w.holds != 0 && g.holds&w.holds == 0 {
		return false
	}
	if w.begins == "" {
		return true
	}
	for i := range len(w.begins) {
		if g.begins[w.begins[i]] > 0 {
			return true
		}
	}
	return false
}
