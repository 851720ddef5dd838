package crashlog

// traceForm says how the lines of one runtime's traces look, so that a trace is followed across the lines of others: those
// of stdout and of other threads arrive between the lines of a trace.
type traceForm struct {
	// within says of an entry that it stands only in a trace that has begun before it: a frame, "Caused by: …".
	within func(es []entry, i int) bool
	// begins says of a line that a trace may begin with it.
	begins func(s string) bool
	// speaks says of a line that begins or continues a trace that lines of a message may come after it. Only a record of a
	// logger can be told from those.
	speaks func(s string) bool
	// own says of a line after a frame that it may belong to the trace although nothing else says so. Nil: none does.
	own func(s string) bool
}

// traceForms are those of the runtimes whose traces can be told line by line.
var traceForms = []traceForm{pythonForm, javaForm, springForm, nodeForm, goForm, rubyForm, dotnetForm, phpForm, perlForm, rustForm, rustChainForm, nativeForm}

const (
	maxStray    = 3  // lines of others between two lines of a trace
	frameReach  = 8  // how far below a frame the next line of the trace may be
	speaksReach = 20 // the same below a line with a message
)

// withoutStrays gives the entries without those that stand in the middle of a trace and are no part of it, and the index
// that each had. It gives es itself when there is none.
func withoutStrays(es []entry) (kept []entry, at []int) {
	stray := map[int]bool{}
	for i := range es {
		if es[i].text == "" || es[i].calm() {
			continue
		}
		for f := range traceForms {
			for _, j := range traceForms[f].strays(es, i) {
				stray[j] = true
			}
		}
	}
	if len(stray) == 0 {
		return es, nil
	}
	for i := range es {
		if !stray[i] {
			kept, at = append(kept, es[i]), append(at, i)
		}
	}
	return kept, at
}

// strays gives the entries between i and the line after it that continues the same trace. It gives none where no line
// does, or where a line between tells of a failure: it may be what the next frames are about.
func (f *traceForm) strays(es []entry, i int) []int {
	s := es[i].text
	if i+1 >= len(es) || !f.within(es, i) && !f.begins(s) {
		return nil
	}
	speaks, reach := f.speaks(s), frameReach
	if speaks {
		reach = speaksReach
	}
	var between []int
	for j := i + 1; j < len(es) && j <= i+reach; j++ {
		e := &es[j]
		switch {
		case f.within(es, j):
			return between
		case e.text == "":
		case !e.headed && (speaks || e.indent > 0): // may be the trace's own: of a message, or a line of source code
		case !e.headed && (f.begins(e.text) || f.own != nil && f.own(e.text)):
			return nil
		case len(between) == maxStray || e.level == levelError || e.level == levelFatal || e.failed() || e.inner:
			return nil
		default:
			between = append(between, j)
		}
	}
	return nil
}

// restore gives the trace, which was read from entries without strays, the indexes of all entries.
func (t *trace) restore(at []int) {
	if at == nil {
		return
	}
	t.start, t.end, t.head = at[t.start], at[t.end], at[t.head]
	for i := range t.causes {
		t.causes[i].at = at[t.causes[i].at]
	}
}
