package wrapping

import (
	"slices"
	"strings"
)

// prefix is a wrapping that stands before each line, or around it.
type prefix struct {
	// cut takes it off a line; ok is false where it isn't there.
	cut func(line string) (cut cut, ok bool)
	// learn finds the cut where it depends on the text, nil where that has none.
	learn func(lines []Line) func(line string) (cut cut, ok bool)
	// proof is what it takes. certain may find that it takes nothing.
	proof   proof
	certain func(lines []Line, runs []run) bool
	// names says that it names the writer of the line, whose lines are told apart.
	names bool
	// ascends says that its numbers must ascend.
	ascends bool
	// least is how many lines must have it, if they are not the whole text. 0 is the usual: leastRun.
	least int
	// inline finishes what was found: how a CI system's marks are read.
	inline func(lines []Line) []Line
	gap    bool // lines between may be without it
}

// cut is a line without its prefix.
type cut struct {
	rest   string
	from   Writer
	number int
	more   bool // it goes on the line above
	none   bool // nothing but the wrapping stood there: a border
}

// leastRun is how many lines in a row must have a prefix.
const leastRun = 3

// run is a run of lines that have a prefix.
type run struct {
	span
	cuts []cut // of the lines of the span
	has  int   // lines that have it
	left []bool
}

// off takes the prefix off the runs of lines where that is better.
func (p prefix) off(lines []Line, j judge) []Text {
	if _, runs := p.find(lines, j); len(runs) > 0 {
		return p.apart(lines, runs)
	}
	return nil
}

// find gives the runs of lines off which the prefix is to be taken, and how.
func (p prefix) find(lines []Line, j judge) (take func(string) (cut, bool), runs []run) {
	take = p.cut
	if p.learn != nil {
		if take = p.learn(lines); take == nil {
			return nil, nil
		}
	}
	runs, texts := p.runs(lines, take)
	if len(runs) == 0 {
		return nil, nil
	}
	whole := len(runs) == 1 && runs[0].has >= texts
	if p.proof != sure && (p.certain == nil || !p.certain(lines, runs)) {
		runs = p.judged(lines, runs, j, whole)
	}
	return take, runs
}

// runs finds the runs of lines with the prefix, and counts the lines that are not blank.
func (p prefix) runs(lines []Line, take func(string) (cut, bool)) (runs []run, texts int) {
	var current run
	number := -1
	end := func() {
		if current.has > 0 {
			runs = append(runs, current)
		}
		current, number = run{}, -1
	}
	for i, l := range lines {
		blank := isBlank(l.Text)
		if !blank {
			texts++
		}
		c, ok := take(l.Text)
		if ok && p.ascends {
			if number >= 0 && c.number <= number {
				end()
			}
			number = c.number
		}
		switch {
		case ok && current.has == 0:
			current.span = span{i, i + 1}
			current.has = 1
		case ok:
			current.has++
		case blank && current.has > 0:
			continue
		default:
			end()
			continue
		}
		current.to = i + 1
	}
	end()
	if p.gap {
		runs = joined(lines, runs)
	}
	runs = p.longEnough(runs, texts)
	for i := range runs {
		runs[i].fill(lines, take)
	}
	return runs, texts
}

// longEnough drops what is too short to agree on anything.
func (p prefix) longEnough(runs []run, texts int) []run {
	least := p.least
	if least == 0 {
		least = leastRun
	}
	var long []run
	for _, r := range runs {
		if r.has >= min(least, max(texts, 1)) {
			long = append(long, r)
		}
	}
	return long
}

// fill keeps the cuts of a run's lines.
func (r *run) fill(lines []Line, take func(string) (cut, bool)) {
	r.cuts = make([]cut, r.to-r.from)
	r.left = make([]bool, r.to-r.from)
	for i := r.from; i < r.to; i++ {
		c, ok := take(lines[i].Text)
		if !ok {
			c.rest = lines[i].Text
			r.left[i-r.from] = true
		}
		r.cuts[i-r.from] = c
	}
}

// maxGap is how many lines without a prefix may stand between lines that have it, in a row.
const maxGap = 20

// joined takes runs together between which only a few lines stand that nothing sets apart: what a writer printed without
// its prefix, or what a terminal wrapped.
func joined(lines []Line, runs []run) []run {
	var all []run
	for _, r := range runs {
		if n := len(all) - 1; n >= 0 && r.from-all[n].to <= maxGap && !setsApart(lines[all[n].to:r.from]) {
			all[n].to, all[n].has = r.to, all[n].has+r.has
			continue
		}
		all = append(all, r)
	}
	for i := range all {
		end := len(lines)
		if i+1 < len(all) {
			end = all[i+1].from
		}
		for all[i].to < min(end, all[i].to+maxGap) && !isBlank(lines[all[i].to].Text) && !setsApart(lines[all[i].to:all[i].to+1]) {
			all[i].to++
		}
	}
	return all
}

// setsApart says that a prompt or a fence is among the lines.
func setsApart(lines []Line) bool {
	for _, l := range lines {
		t := strings.TrimSpace(l.Text)
		if strings.HasPrefix(t, "```") || strings.HasPrefix(t, "~~~") || strings.HasPrefix(t, "$ ") || strings.HasPrefix(t, "# ") ||
			strings.Contains(t, "kubectl ") {
			return true
		}
	}
	return false
}

// maxJudged bounds the runs of one text that are judged.
const maxJudged = 50

// judged gives the runs that are better without the prefix.
func (p prefix) judged(lines []Line, runs []run, j judge, whole bool) []run {
	var taken []run
	for i, r := range runs {
		if i >= maxJudged {
			break
		}
		if p.proof >= own && len(r.cuts) > fewLines && !slices.ContainsFunc(r.cuts, func(c cut) bool { return structural(c.rest) }) {
			continue
		}
		before, after := r.texts(lines)
		if j.better(p.proof, before, after, whole) || p.proof == likely && j.evident(before, after) {
			taken = append(taken, r)
		}
	}
	return taken
}

// texts are the lines of a run with the prefix and without.
func (r run) texts(lines []Line) (before, after []string) {
	before, after = make([]string, len(r.cuts)), make([]string, len(r.cuts))
	for i, c := range r.cuts {
		before[i], after[i] = lines[r.from+i].Text, c.rest
	}
	return before, after
}

// apart gives the lines without the prefix: as one text, or as one for each writer.
func (p prefix) apart(lines []Line, runs []run) []Text {
	s := splitter{at: map[Writer]int{}}
	if !p.names {
		s.one = true
	}
	next := 0
	for _, r := range runs {
		s.outside(lines[next:r.from])
		s.inside(lines, r)
		next = r.to
	}
	s.outside(lines[next:])
	return s.done(p.inline)
}

// splitter sorts lines by who wrote them.
type splitter struct {
	one   bool // they are one text
	at    map[Writer]int
	texts []Text
	now   Writer
}

func (s *splitter) text(w Writer) *Text {
	i, ok := s.at[w]
	if !ok {
		if len(s.texts) >= maxTexts {
			return &s.texts[len(s.texts)-1]
		}
		i = len(s.texts)
		s.at[w] = i
		s.texts = append(s.texts, Text{Writer: w})
	}
	return &s.texts[i]
}

func (s *splitter) outside(lines []Line) {
	if len(lines) > 0 {
		t := s.text(Writer{})
		t.Lines = append(t.Lines, lines...)
	}
}

func (s *splitter) inside(lines []Line, r run) {
	for i, c := range r.cuts {
		if c.none {
			c.rest = ""
		}
		if !r.left[i] {
			s.now = c.from
		}
		w := s.now
		if s.one {
			w = Writer{}
		}
		t := s.text(w)
		if n := len(t.Lines); c.more && n > 0 && len(t.Lines[n-1].Text) < maxFolded {
			t.Lines[n-1].Text += c.rest
			continue
		}
		t.Lines = append(t.Lines, Line{lines[r.from+i].Number, c.rest})
	}
}

// done gives the texts. What stands outside is none if it is blank.
func (s *splitter) done(inline func([]Line) []Line) []Text {
	var texts []Text
	writers := 0
	for _, t := range s.texts {
		if t.Writer == (Writer{}) && len(s.texts) > 1 && blankLines(t.Lines) {
			continue
		}
		if t.Writer != (Writer{}) {
			writers++
		} else if !s.one {
			t.outside = true
		}
		if inline != nil {
			t.Lines = inline(t.Lines)
		}
		texts = append(texts, t)
	}
	for i := range texts {
		texts[i].Stream = writers > 1 && texts[i].Writer != (Writer{})
	}
	return texts
}

func blankLines(lines []Line) bool {
	for _, l := range lines {
		if !isBlank(l.Text) {
			return false
		}
	}
	return true
}
