package crashlog

// candidate is something that may be the crash: a trace, or a record with what belongs to it.
type candidate struct {
	kind       Kind
	start, end int
	trace      *trace // nil for records
	strong     bool   // nobody goes on after this: an uncaught trace or a fatal line
	wrapper    bool   // only says that something else failed
}

// verdict finds the crash among the candidates.
//
// The rule: the run died of the last sign of failure after which it did no more real work. How much may still follow is
// bounded by patience and not by zero, since the lines of stdout and stderr arrive in no fixed order, other threads
// still write, and programs tell of their shutdown. A line that says the program serves, written after the sign, proves
// that the program got over it; so does the beginning of another run in the same log that fails in its own way.
type verdict struct {
	es         []entry
	classes    []class
	candidates []candidate
	restarts   []int // indexes at which the log's opening lines come again
	ready      int   // number of the last line that says that the program serves, 0 when none does
}

const (
	// patience is how many lines of work may follow the crash: a strong sign is believed over more of them.
	strongPatience = 50
	weakPatience   = 20
	// readyPatience is how many lines may follow a "listening on" that comes after a strong sign. stdout that was
	// buffered arrives at exit, all at once; a program that lives writes more.
	readyPatience = 3
	// near is how far apart two records may stand and still tell of the same failure.
	near = 40
	// adjacent is the same for a trace and the record that sums it up.
	adjacent = 3
)

// judge lists the candidates, oldest first.
func judge(es []entry, ts []trace, opening []string) *verdict {
	v := &verdict{es: es, classes: classify(es, ts)}
	next := 0
	for i := 0; i < len(es); i++ {
		if next < len(ts) && i == ts[next].start {
			t := &ts[next]
			v.candidates = append(v.candidates, candidate{kind: KindTrace, start: i, end: t.end, trace: t, strong: t.lethal})
			i = t.end
			next++
			continue
		}
		c := candidate{kind: KindError, start: i, end: v.recordEnd(i)}
		switch v.classes[i] {
		case classFatal:
			c.kind, c.strong = KindFatal, true
		case classFailure:
		case classWrapper:
			c.wrapper = true
		default:
			continue
		}
		if v.record(&c) == "" {
			continue // the head of a trace that was found by its frames
		}
		v.candidates = append(v.candidates, c)
	}
	v.findRestart(opening)
	return v
}

// recordEnd returns the last entry of the record that starts at i.
func (v *verdict) recordEnd(i int) int {
	end := i
	for j := i + 1; j < len(v.es) && (v.classes[j] == classMore || v.es[j].blank()) && j < i+usageLines; j++ {
		if v.classes[j] == classMore {
			end = j
		}
	}
	return end
}

// openingLines is how many lines must come again for a log to begin again. One alone may be a line like any other.
const openingLines = 2

func (v *verdict) findRestart(opening []string) {
	if len(opening) < openingLines || opening[0] == opening[1] {
		return
	}
	for i := range v.es {
		if v.es[i].number <= openingLines || v.es[i].text == "" || normalize(v.es[i].text) != opening[0] {
			continue
		}
		for j := i + 1; j < len(v.es) && j < i+4; j++ {
			if v.es[j].text != "" {
				if normalize(v.es[j].text) == opening[1] {
					v.restarts = append(v.restarts, i)
				}
				break
			}
		}
	}
}

// run returns the number of the run, counted in the window, that wrote entry i.
func (v *verdict) run(i int) int {
	n := 0
	for n < len(v.restarts) && v.restarts[n] <= i {
		n++
	}
	return n
}

// choose returns the candidate that is the crash, nil when none is.
func (v *verdict) choose() *candidate {
	alive := v.alive(false)
	if len(alive) == 0 {
		if c := v.lastFatal(); c != nil {
			return c
		}
		alive = v.alive(true)
	}
	alive = v.lastRun(alive)
	var strong, line, logged, failed *candidate
	for i := range alive {
		switch c := &alive[i]; {
		case c.trace != nil && c.strong:
			strong = c
		case c.kind == KindFatal:
			line = c
		case c.trace != nil:
			logged = c
		default:
			failed = c
		}
	}
	switch {
	case strong != nil:
		return strong
	case line != nil && logged != nil && v.gap(line, logged) <= adjacent:
		return logged
	case line != nil:
		return line
	case logged != nil && (failed == nil || failed.start < logged.start || v.gap(logged, failed) <= near):
		return logged
	}
	return failed
}

// gap counts the lines between two candidates.
func (v *verdict) gap(a, b *candidate) int {
	if b.start < a.start {
		a, b = b, a
	}
	n := 0
	for i := a.end + 1; i < b.start; i++ {
		if v.classes[i] != classSilent && v.classes[i] != classMore {
			n++
		}
	}
	return n
}

// alive returns the candidates that the program did not get over. Wrappers count only when asked for: the real error
// stands above them.
func (v *verdict) alive(wrappers bool) []candidate {
	var alive []candidate
	for _, c := range v.candidates {
		if c.wrapper == wrappers && !v.overcome(c) {
			alive = append(alive, c)
		}
	}
	return alive
}

// overcome says whether the program went on to work after the candidate.
func (v *verdict) overcome(c candidate) bool {
	patience := weakPatience
	if c.strong {
		patience = strongPatience
	}
	work, served := 0, -1
	for i := c.end + 1; i < len(v.es); i++ {
		if v.classes[i] != classWork && v.classes[i] != classReady || v.earlier(i, c) || v.closing(i, c) {
			continue
		}
		work++
		if v.classes[i] == classReady {
			served = work
		}
	}
	if served >= 0 && (!c.strong || work-served > readyPatience) && !v.sameRunOver(c) {
		return true
	}
	return work > patience || v.servedUnseen(c)
}

// servedUnseen says whether a line that says that the program serves stood among those that were dropped after the candidate.
func (v *verdict) servedUnseen(c candidate) bool {
	for i := c.end + 1; i < len(v.es); i++ {
		if v.es[i].apart {
			return v.ready > v.es[c.end].number && v.ready < v.es[i].number
		}
	}
	return false
}

// served says whether the program came up before the candidate and went on serving after it: an error of one request
// out of many, of which it need not have died.
func (v *verdict) served(c *candidate) bool {
	up := false
	for i := range c.start {
		up = up || v.classes[i] == classReady && v.run(i) == v.run(c.start)
	}
	work := 0
	for i := c.end + 1; up && i < len(v.es); i++ {
		if (v.classes[i] == classWork || v.classes[i] == classReady) && !v.earlier(i, *c) {
			work++
		}
	}
	return work >= readyPatience
}

// sameRunOver says whether the candidate belongs to a run that ended: the ready line after it is then another run's.
func (v *verdict) sameRunOver(c candidate) bool {
	return c.strong && c.trace != nil && v.run(c.end) < len(v.restarts)
}

// earlier says whether entry i was written before the candidate although it arrived after it. Only the program's own
// stamps can tell.
func (v *verdict) earlier(i int, c candidate) bool {
	e, head := &v.es[i], &v.es[c.start]
	return e.own && head.own && !e.at.IsZero() && !head.at.IsZero() && e.at.Before(head.at)
}

// lastRun keeps the candidates of the last run that has any.
func (v *verdict) lastRun(alive []candidate) []candidate {
	for i, c := range alive {
		if v.run(c.start) == v.run(alive[len(alive)-1].start) {
			return alive[i:]
		}
	}
	return alive
}
