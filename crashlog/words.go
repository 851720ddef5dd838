package crashlog

// wordSet says which groups of words a line holds.
type wordSet uint8

const (
	hintsReady wordSet = 1 << iota // may say that the program serves
	hintsStop                      // may say that the program stops
	hintsDump                      // may be the head of a crash report too long for the window
)

// hints are the words that are looked for in every line of a log, whatever its size. They only decide which lines get a
// closer look, so they may be too broad but not too narrow. Lower case; matched without regard to case. All words
// together must need fewer than 256 states.
var hints = []struct {
	group wordSet
	words []string
}{
	{hintsReady, []string{"listen", " ready", "serving", "started", "running on", "running at", "accepting", "server on", "server at"}},
	{hintsStop, []string{"shut", "sigterm", "sigint", "sigquit", "graceful", "terminat", "stopping", "signal"}},
	{hintsDump, []string{"panic: ", "fatal error", "traceback (", "in thread ", "terminate called", "sanitizer: "}},
}

// automaton finds all words in one pass over a line (Aho and Corasick), at a cost of one table look-up per byte and
// without allocation. That pass is nearly all the work that an ordinary line of a large log costs.
type automaton struct {
	next [1 << 16]uint16 // state<<8 | byte to state<<8
	says [1 << 8]wordSet // by state
}

// newAutomaton builds the automaton for the hints.
func newAutomaton() *automaton {
	a := &automaton{}
	states := 1
	for _, h := range hints {
		for _, word := range h.words {
			state := uint16(0)
			for _, b := range []byte(word) {
				step := &a.next[state|uint16(b)]
				if *step == 0 {
					*step = uint16(states) << 8
					states++
				}
				state = *step
			}
			a.says[state>>8] |= h.group
		}
	}
	a.link()
	a.foldCase()
	return a
}

// link turns the trie into an automaton: where a word breaks off, the state is that of the longest suffix that some
// word starts with. It goes breadth first, so that the suffix's row is complete before it is copied.
func (a *automaton) link() {
	type node struct{ state, suffix uint16 }
	var queue []node
	for b := range 256 {
		if s := a.next[b]; s != 0 {
			queue = append(queue, node{s, 0})
		}
	}
	for len(queue) > 0 {
		n := queue[0]
		queue = queue[1:]
		a.says[n.state>>8] |= a.says[n.suffix>>8]
		for b := range uint16(256) {
			after := a.next[n.suffix|b]
			if s := a.next[n.state|b]; s != 0 {
				queue = append(queue, node{s, after})
			} else {
				a.next[n.state|b] = after
			}
		}
	}
}

// foldCase makes capital letters act as small ones.
func (a *automaton) foldCase() {
	for row := 0; row < len(a.next); row += 256 {
		for b := 'A'; b <= 'Z'; b++ {
			a.next[row+int(b)] = a.next[row+int(b)+'a'-'A']
		}
	}
}

// find says which groups of words the line holds.
func (a *automaton) find(line []byte) wordSet {
	var found wordSet
	state := uint16(0)
	for _, b := range line {
		state = a.next[state|uint16(b)]
		found |= a.says[state>>8]
	}
	return found
}
