package crashlog

// wordSet says which groups of words a line holds.
type wordSet uint8

const (
	hintsReady wordSet = 1 << iota // may say that the program serves
	hintsStop                      // may say that the program stops
	hintsDump                      // may be the head of a crash report too long for the window
	hintsFatal                     // may be a structured record of level fatal
	hintsFail                      // may tell of a failure
)

// hint is a group of words that decide which lines get a closer look: they may be too broad but not too narrow. Lower
// case; matched without regard to case.
type hint struct {
	group wordSet
	words []string
}

// streamHints are looked for in every line of a log, whatever its size.
var streamHints = []hint{
	{hintsReady, []string{"listen", " ready", "serving", "started", "running on", "running at", "accepting", "server on", "server at"}},
	{hintsStop, []string{"shut", "sigterm", "sigint", "sigquit", "graceful", "terminat", "stopping", "signal 1", "signal 2", "signal: ", "signal t", "signal i", "signal q"}},
	{hintsDump, []string{"panic: ", "fatal error", "traceback (", "in thread ", "terminate called", "sanitizer: "}},
	{hintsFatal, []string{"fatal", `panic"`, "=panic", `"level":60`}},
}

// failHints are looked for in the lines of the window, before the patterns of classify are tried on them. They are the
// beginnings of the words there.
var failHints = []hint{{hintsFail, []string{
	"err", "fail", "exce", "fatal", "pani", "abor", "cras", "cann", "can'", "can n", "coul", "unab", "refu", "deni", "deny", "forb", "unau", "reje", "no s", "not ", "n't ",
	"inva", "ille", "malf", "miss", "unde", "unkn", "unre", "unex", "unsu", "unse", "requ", "must", "time", "expi", "no r", "alre", "in u", "too ", "corr",
	"mism", "inco", "conf", "out of", "insu", "exha", "kill", "givi", "gave", "bad", "brok", "lost", "read-", "unha", "unca", "asse", "viol", "synt", "pars", "no m",
	"dire", "dead", "over", "segf", "segm", "faul", "exit", "npm", "elif", "pnpm", "node.", "info v", "stop", "quit", "term", "fini", "died", "unbo", "exec", "env:",
	"flag", "vers", "supp", "lead", "bye", "ambi", "see ", "try ", "run ", "for ",
}}}

// maxStates is what fits the table below. newAutomaton fails a test, not a run, when the words need more.
const maxStates = 256

// automaton finds all words in one pass over a line (Aho and Corasick), at a cost of one table look-up per byte and
// without allocation. That pass is nearly all the work that an ordinary line of a large log costs.
type automaton struct {
	next [1 << 16]uint16 // state<<8 | byte to state<<8
	says [1 << 8]wordSet // by state
}

// newAutomaton builds the automaton for some hints.
func newAutomaton(hints []hint) *automaton {
	a := &automaton{}
	states := 1
	for _, h := range hints {
		for _, word := range h.words {
			state := uint16(0)
			for _, b := range []byte(word) {
				step := &a.next[state|uint16(b)]
				if *step == 0 && states < maxStates {
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
func find[T string | []byte](a *automaton, line T) wordSet {
	var found wordSet
	state := uint16(0)
	for i := range len(line) {
		state = a.next[state|uint16(line[i])]
		found |= a.says[state>>8]
	}
	return found
}
