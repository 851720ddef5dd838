package crashlog

import "bytes"

// A log ends with its crash, so only the end is kept: at least the last pageLines lines or pageBytes bytes, at most
// twice that. Whatever failed further up was followed by that much work and is not what the run died of. Two
// exceptions: a crash report that is itself longer than the window ([dump]), and a record that gives up ([keptFatal]).
const (
	pageLines = 1000
	pageBytes = 256 << 10
	maxLine   = 64 << 10 // longer lines lose their middle
	maxText   = 4 << 10  // longer texts are cut in what is handed out
)

// rawLine is the place of one line in a page.
type rawLine struct {
	number     int
	start, end int
	words      wordSet
}

// page holds consecutive lines.
type page struct {
	data  []byte
	lines []rawLine
}

func (p *page) full() bool {
	return len(p.lines) >= pageLines || len(p.data) >= pageBytes
}

func (p *page) add(number int, line []byte, words wordSet) {
	start := len(p.data)
	p.data = append(p.data, line...)
	p.lines = append(p.lines, rawLine{number: number, start: start, end: len(p.data), words: words})
}

func (p *page) text(l rawLine) []byte { return p.data[l.start:l.end] }

func (p *page) reset() { p.data, p.lines = p.data[:0], p.lines[:0] }

// window keeps the last lines in two pages: when the newer one is full, the older one is emptied and takes its place.
// So no line is moved, and nothing is allocated once both have
// reached their size.
type window struct {
	older, newer page
	dump         dump
	fatal        keptFatal
}

func (w *window) add(number int, line []byte, words wordSet) {
	if w.newer.full() {
		w.dump.take(&w.older)
		w.fatal.take(&w.older)
		w.older.reset()
		w.older, w.newer = w.newer, w.older
	}
	w.newer.add(number, line, words)
}

// each calls f for every line that is kept, oldest first.
func (w *window) each(f func(number int, line []byte, words wordSet)) {
	for _, p := range append(w.kept(), &w.older, &w.newer) {
		for _, l := range p.lines {
			f(l.number, p.text(l), l.words)
		}
	}
}

// kept gives what is kept of what was dropped.
func (w *window) kept() []*page {
	var pages []*page
	if w.dump.alive {
		pages = append(pages, &w.dump.page)
	}
	if len(w.fatal.lines) == 0 {
		return pages
	}
	switch at := w.fatal.lines[0].number; {
	case len(pages) == 0 || at > w.dump.lines[len(w.dump.lines)-1].number:
		return append(pages, &w.fatal.page)
	case at < w.dump.lines[0].number:
		return []*page{&w.fatal.page, &w.dump.page}
	}
	return pages // it is part of the report
}

// dump is the beginning of a crash report that runs on past the window: a Go program with ten thousand goroutines
// writes its panic first and a hundred thousand lines after it. It lives as long as the lines after it look like more of
// the same.
type dump struct {
	page
	alive   bool
	strange int // lines since that do not belong to a report
}

const (
	dumpLines   = 200
	dumpBytes   = 32 << 10
	dumpStrange = 30
)

// take looks through a page that is about to be dropped.
func (d *dump) take(p *page) {
	for _, l := range p.lines {
		line := p.text(l)
		switch {
		case l.words&hintsDump != 0 && (!d.alive || !d.running(line)):
			d.reset()
			d.alive, d.strange = true, 0
			d.add(l.number, line[:min(len(line), maxText)], l.words)
		case !d.alive:
		case len(d.lines) < dumpLines && len(d.data) < dumpBytes:
			d.add(l.number, line[:min(len(line), maxText)], l.words)
			d.judge(line)
		default:
			d.judge(line)
		}
	}
}

func (d *dump) judge(line []byte) {
	if d.running(line) {
		return
	}
	if d.strange++; d.strange > dumpStrange {
		d.alive = false
	}
}

// running says whether a line looks like one inside a crash report.
func (d *dump) running(line []byte) bool {
	line = line[transportPrefix(line):]
	return len(line) == 0 || line[0] == ' ' || line[0] == '\t' || line[len(line)-1] == ')' ||
		bytes.HasPrefix(line, []byte("goroutine ")) || bytes.HasPrefix(line, []byte("created by "))
}
