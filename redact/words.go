package redact

import (
	"bytes"
	"strings"
	"sync"
)

// hints say what a line may hold. They decide which of the slower looks at a line are taken, so they may be too many
// but not too few.
type hints uint64

const (
	hintName    hints = 1 << iota // a word that secrets stand behind
	hintAt                        // "@"
	hintToken                     // the prefix of a vendor's tokens
	hintKey                       // the header or footer of a private key
	hintCommand                   // a program that takes a secret in a short flag
	hintHidden                    // escapes and other characters that are not shown
	hintPart                      // a part of a line that the container runtime split
	hintPercent                   // an assignment within an encoded URL
	hintHash                      // a password as crypt(3) and its like keep it
	hintNumber                    // a one-time code, a card
	hintForm                      // a literal part of one of the forms
	hintFlag                      // a short flag that may take a password

	hintWeak // a word behind which only what looks random is a secret

	// What find looks at more closely before it becomes one of the others: no letter may follow.
	hintShortName
	hintShortWeak
)

// word is something to look for. ASCII letters are small and match without regard to case.
type word struct {
	text string
	hint hints
}

// finder finds all words in one pass over a line (Aho and Corasick), at a cost of two table look-ups per byte and without
// allocation. That pass is nearly all the work that an ordinary line costs.
type finder struct {
	class [256]uint8 // bytes that no word tells apart are one class
	width uint32     // number of classes
	// next gives, by state*width+class, the state after the byte, times width, times two; plus one where a word ends.
	next []uint32
	says []ending // by state
}

// ending is what it means that words end at a byte.
type ending struct {
	hint  hints
	words []word
}

// newFinder takes well under a millisecond for all the words there are: a run that reads a few lines must not feel it.
func newFinder(words []word) *finder {
	f := &finder{width: 1}
	states := 1
	for _, w := range words {
		for _, b := range []byte(w.text) {
			if b = alike(b); f.class[b] == 0 {
				f.class[b] = uint8(f.width)
				f.width++
			}
		}
		states += len(w.text)
	}
	for b := range f.class {
		f.class[b] = f.class[alike(byte(b))]
	}
	f.next = make([]uint32, 0, states*int(f.width))
	f.says = make([]ending, 0, states)
	f.link(f.trie(words))
	return f
}

// alike gives one byte for all that mean the same to every word: control characters, a letter small or capital.
func alike(b byte) byte {
	switch {
	case b < ' ' && b != '\t' && b != '\n' && b != '\r':
		return 0
	case isUpper(b):
		return b | 0x20
	}
	return b
}

// edge leads from a state to the next one of a word.
type edge struct{ from, class, to uint32 }

// trie makes the states, and gives the edges between them.
func (f *finder) trie(words []word) []edge {
	var edges []edge
	f.add()
	for _, w := range words {
		state := uint32(0)
		for _, b := range []byte(w.text) {
			class := uint32(f.class[b])
			to := f.row(state)[class]
			if to == 0 {
				to = uint32(len(f.says))
				f.row(state)[class] = to
				edges = append(edges, edge{state, class, to})
				f.add()
			}
			state = to
		}
		says := &f.says[state]
		says.hint |= w.hint
		says.words = append(says.words, w)
	}
	return edges
}

// add adds a state that no word goes on from.
func (f *finder) add() {
	f.next = f.next[:len(f.next)+int(f.width)]
	f.says = append(f.says, ending{})
}

func (f *finder) row(state uint32) []uint32 { return f.next[state*f.width:][:f.width] }

// link makes the trie an automaton: where a word breaks off, the state is that of the longest suffix that some word
// starts with. It takes the states by their depth, so that the suffix's row is complete before it is copied.
func (f *finder) link(edges []edge) {
	suffix := make([]uint32, len(f.says))
	first, after := make([]int, len(f.says)), make([]int, len(edges)+1) // the edges of a state as a list, counted from 1
	for i, e := range edges {
		first[e.from], after[i+1] = i+1, first[e.from]
	}
	queue := append(make([]uint32, 0, len(f.says)), 0)
	for len(queue) > 0 {
		state := queue[0]
		queue = queue[1:]
		row := f.row(state)
		if state != 0 {
			copy(row, f.row(suffix[state]))
		}
		for i := first[state]; i != 0; i = after[i] {
			e := edges[i-1]
			if state != 0 {
				suffix[e.to] = row[e.class] >> 1 / f.width
			}
			says, shorter := &f.says[e.to], &f.says[suffix[e.to]]
			says.hint |= shorter.hint
			says.words = append(says.words, shorter.words...)
			row[e.class] = e.to * f.width << 1
			if says.hint != 0 {
				row[e.class] |= 1
			}
			queue = append(queue, e.to)
		}
	}
}

// find says what the line may hold.
func find[T string | []byte](f *finder, line T) hints {
	var found hints
	next, class := f.next, &f.class
	state := uint32(0)
	for i := range len(line) {
		state = next[state>>1+uint32(class[line[i]])]
		if state&1 != 0 {
			found |= confirm(&f.says[state>>1/f.width], line, i)
		}
	}
	return found
}

// holds says which words are in the line, if only a blank stands before it. It sees letters that are small or capital
// outside of ASCII as well.
func (f *finder) holds(line string) hints {
	if strings.ContainsFunc(line, func(r rune) bool { return r >= 0x80 }) {
		line = strings.ToLower(line)
	}
	var found hints
	state := f.next[f.class[' ']]
	for i := range len(line) {
		state = f.next[state>>1+uint32(f.class[line[i]])]
		if state&1 != 0 {
			found |= f.says[state>>1/f.width].hint
		}
	}
	return found
}

// hit is a place where words may end.
type hit struct {
	at    int
	state uint32
}

// lanes are how many parts of a text are looked at in turns. A step of the automaton waits for the one before it; steps in
// different parts do not wait for each other.
const lanes = 4

// hits are where words end in many lines, by the parts of the text, in order.
type hits [lanes][]hit

// scan finds where words end in many lines at once. No word goes on over a newline.
func (f *finder) scan(h *hits, text []byte) {
	var ends [lanes + 1]int
	for i := 1; i < lanes; i++ {
		from := max(ends[i-1], i*len(text)/lanes)
		ends[i] = len(text)
		if n := bytes.IndexByte(text[from:], '\n'); n >= 0 {
			ends[i] = from + n + 1
		}
	}
	ends[lanes] = len(text)
	together := len(text)
	for i := range lanes {
		together = min(together, ends[i+1]-ends[i])
		h[i] = h[i][:0]
	}
	next, class := f.next, &f.class
	var s0, s1, s2, s3 uint32
	a, b, c, d := text[ends[0]:][:together], text[ends[1]:][:together], text[ends[2]:][:together], text[ends[3]:][:together]
	for i := range together {
		s0 = next[s0>>1+uint32(class[a[i]])]
		s1 = next[s1>>1+uint32(class[b[i]])]
		s2 = next[s2>>1+uint32(class[c[i]])]
		s3 = next[s3>>1+uint32(class[d[i]])]
		if (s0|s1|s2|s3)&1 != 0 {
			for lane, state := range [lanes]uint32{s0, s1, s2, s3} {
				if state&1 != 0 {
					h[lane] = append(h[lane], hit{ends[lane] + i, state})
				}
			}
		}
	}
	for lane, state := range [lanes]uint32{s0, s1, s2, s3} {
		for i := ends[lane] + together; i < ends[lane+1]; i++ {
			if state = next[state>>1+uint32(class[text[i]])]; state&1 != 0 {
				h[lane] = append(h[lane], hit{i, state})
			}
		}
	}
}

// hintsOf are what the line text[start:end] may hold by the hits, which begin with the first of that line. It takes them away.
func (f *finder) hintsOf(h *hits, text []byte, start, end int) hints {
	var found hints
	for lane := range h {
		for len(h[lane]) > 0 && h[lane][0].at < end {
			found |= confirm(&f.says[h[lane][0].state>>1/f.width], text[start:end], h[lane][0].at-start)
			h[lane] = h[lane][1:]
		}
	}
	return found
}

// confirm looks at what stands around words that end at i.
func confirm[T string | []byte](e *ending, line T, i int) hints {
	found := e.hint &^ (hintShortName | hintShortWeak | hintToken | hintCommand)
	if e.hint&(hintShortName|hintShortWeak) != 0 && (i+1 == len(line) || !isLetter(line[i+1])) {
		if e.hint&hintShortName != 0 {
			found |= hintName
		}
		if e.hint&hintShortWeak != 0 {
			found |= hintWeak
		}
	}
	if e.hint&hintToken != 0 && goesOn(line, i+1) && beginsAWord(line, i, e.words, hintToken) {
		found |= hintToken
	}
	if e.hint&hintCommand != 0 && (i+1 == len(line) || isBlank(line[i+1]) || isQuote(line[i+1])) && beginsAWord(line, i, e.words, hintCommand) {
		found |= hintCommand
	}
	return found
}

// goesOn says whether what stands at i looks like the rest of a token.
func goesOn[T string | []byte](line T, i int) bool {
	if len(line)-i < 4 {
		return false
	}
	for _, c := range []byte(line[i : i+4]) {
		if !isTokenByte(c) {
			return false
		}
	}
	return true
}

// beginsAWord says whether one of the words that have the hint and end at i is not the end of a longer word.
func beginsAWord[T string | []byte](line T, i int, words []word, hint hints) bool {
	for _, w := range words {
		if start := i + 1 - len(w.text); w.hint == hint && (start == 0 || !isWordByte(line[start-1]) || !isWordByte(line[start])) {
			return true
		}
	}
	return false
}

// theFinder looks for everything that a line may hold. It is built on first use and read-only after that.
var theFinder = sync.OnceValue(func() *finder { return newFinder(allWords()) })

func allWords() []word {
	all := []word{
		{"@", hintAt},
		{"-----begin", hintKey},
		{"-----end", hintKey},
		{"private-lines:", hintKey},
		{"stdout p", hintPart},
		{"stderr p", hintPart},
		{"%3a", hintPercent},
		{"%3d", hintPercent},
		{"card", hintNumber},
		{"your ", hintNumber},
		{"verification", hintNumber},
		{"one-time", hintNumber},
		{" 2fa", hintNumber},
		{" -p", hintFlag},
		{" -u", hintFlag},
		{" --user", hintFlag},
		{`"-p`, hintFlag},
		{`"-u`, hintFlag},
		{`"--user`, hintFlag},
	}
	all = append(all, word{"\x00", hintHidden}, word{"\x7f", hintHidden}, word{"\xc2\x80", hintHidden}) // the first of them for all control characters
	for r := rune(0x81); r < 0xa0; r++ {
		all = append(all, word{string(r), hintHidden})
	}
	for _, r := range "\u200b\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff" {
		all = append(all, word{string(r), hintHidden})
	}
	all = appendWords(all, hintName, longNames)
	all = appendWords(all, hintShortName, shortNames)
	all = appendWords(all, hintShortWeak, weakNames)
	for kind := range keyKinds {
		all = append(all, word{kind + "key", hintName}, word{kind + " key", hintName})
	}
	for program := range commands {
		all = append(all, word{program, hintCommand})
	}
	for i := range tokens {
		all = appendWords(all, hintToken, strings.ToLower(tokens[i].prefixes))
	}
	for i := range forms {
		for _, need := range forms[i].needs {
			all = append(all, word{need, forms[i].hint})
		}
	}
	return all
}

func appendWords(all []word, hint hints, list string) []word {
	for text := range strings.FieldsSeq(list) {
		all = append(all, word{text, hint})
	}
	return all
}

func isLetter(c byte) bool   { return isLower(c | 0x20) }
func isWordByte(c byte) bool { return isAlnum(c) || c == '_' }
func isTokenByte(c byte) bool {
	return isWordByte(c) || c == '-' || c == '.' || c == '+' || c == '/' || c == '='
}
