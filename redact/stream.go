package redact

import (
	"bytes"
	"io"
	"slices"
	"strings"

	"github.com/unloop-dev/unloop/internal/ansi"
)

// NewReader gives what r gives without its secrets. rules may be nil.
func NewReader(r io.Reader, rules *Rules) io.Reader {
	return &reader{from: r, lines: lines{rules: rules}}
}

// reader redacts what it reads from another. Its memory is bounded by the longest line, and that by maxLine.
type reader struct {
	from  io.Reader
	lines lines
	buf   []byte // what was read; buf[used:have] is not redacted yet
	used  int
	have  int
	out   []byte // what is ready to be handed out; it may be a part of buf
	err   error
}

const (
	firstBytes  = 8 << 10 // most logs are short, and an input may hold thousands
	bufferBytes = 256 << 10
	emptyReads  = 100 // as in bufio: a reader that returns nothing this often is broken
)

func (r *reader) Read(p []byte) (int, error) {
	for idle := 0; len(r.out) == 0; {
		if r.err != nil {
			return 0, r.err
		}
		if n := r.fill(); n > 0 {
			idle = 0
		} else if idle++; r.err == nil && idle >= emptyReads {
			r.err = io.ErrNoProgress
		}
		var used int
		r.out, used = r.lines.redact(r.buf[r.used:r.have], r.err != nil)
		r.used += used
	}
	n := copy(p, r.out)
	r.out = r.out[n:]
	return n, nil
}

// fill reads once. It makes room first: more of it when a line fills the buffer.
func (r *reader) fill() int {
	if r.used > 0 {
		r.have = copy(r.buf, r.buf[r.used:r.have])
		r.used = 0
	}
	if r.have == len(r.buf) {
		r.grow(max(firstBytes, 2*len(r.buf)))
	}
	n, err := r.from.Read(r.buf[r.have:])
	if n < 0 || n > len(r.buf)-r.have {
		n, err = 0, io.ErrNoProgress
	}
	if r.have += n; r.have == len(r.buf) && r.have < bufferBytes { // there is more, which larger pieces give faster
		r.grow(min(4*r.have, bufferBytes))
	}
	r.err = err
	return n
}

func (r *reader) grow(size int) {
	grown := make([]byte, size)
	copy(grown, r.buf)
	r.buf = grown
}

// lines redacts text line by line. What a line means may depend on those before it.
type lines struct {
	rules *Rules
	state state
	parts parts
	hits  hits
	out   []byte // of the block before, whose memory the next one takes
}

// maxLine bounds what is taken for one line. A longer one is looked at in pieces.
const maxLine = 1 << 20

// redact redacts the whole lines of in, and with last all of it. It says how much of in was used. The result is a part of
// in where nothing had to change.
func (l *lines) redact(in []byte, last bool) (out []byte, used int) {
	whole := wholeLines(in, last)
	theFinder().scan(&l.hits, in[:whole])
	hits := l.hits // hintsOf takes them away, and the memory is for the next block
	kept := 0      // in[kept:used] stays as it is
	quiet := l.quiet()
	for used < whole {
		start := used
		used += lineEnd(in[used:whole])
		has := theFinder().hintsOf(&hits, in, start, used)
		line := in[start:used]
		if quiet && !deserves(line, has) {
			continue
		}
		text := string(line)
		if clean := l.next(text); clean != text {
			if out == nil {
				out = slices.Grow(l.out[:0], whole)
			}
			out = append(out, in[kept:start]...)
			out = append(out, clean...)
			kept = used
		}
		quiet = l.quiet()
	}
	var held string
	if last {
		held = l.release()
	}
	if out == nil && held == "" && kept == 0 {
		return in[:used], used
	}
	out = append(out, in[kept:used]...)
	out = append(out, held...)
	l.out = out
	return out, used
}

// wholeLines is how much of in is whole lines, or pieces of lines that are too long.
func wholeLines(in []byte, last bool) int {
	if last {
		return len(in)
	}
	whole := bytes.LastIndexByte(in, '\n') + 1
	for len(in)-whole > maxLine {
		whole += lineEnd(in[whole:])
	}
	return whole
}

// quiet says that a line means what it says by itself.
func (l *lines) quiet() bool { return l.rules.empty() && l.state == state{} && len(l.parts.lines) == 0 }

// lineEnd is where the first line of in ends, with its newline, or the first piece of it.
func lineEnd(in []byte) int {
	n := bytes.IndexByte(in[:min(len(in), maxLine)], '\n') + 1
	switch {
	case n > 0:
		return n
	case len(in) > maxLine:
		if blank := bytes.LastIndexAny(in[maxLine-maxPlain:maxLine], " ,;&"); blank >= 0 {
			return maxLine - maxPlain + blank + 1
		}
		return maxLine
	}
	return len(in)
}

// next redacts a line with its newline. It gives "" for one that must wait for its other parts, and those that waited
// along with the last of them.
func (l *lines) next(line string) string {
	prefix, body, end := splitLine(line)
	if l.parts.take(prefix, body, end) {
		if l.parts.waiting() {
			return ""
		}
		return l.release()
	}
	return prefix + l.overwritten(body) + end
}

// release redacts the lines that waited. They stay as they were split if there is no secret in them.
func (l *lines) release() string {
	var before, after strings.Builder
	secret := false
	joined := l.parts.join()
	for i, p := range l.parts.lines {
		before.WriteString(p.prefix + p.body + p.end)
		clean := l.overwritten(joined[i].body)
		secret = secret || clean != joined[i].body
		after.WriteString(p.prefix + clean + p.end)
	}
	l.parts = parts{}
	if secret {
		return after.String()
	}
	return before.String()
}

// overwritten redacts a line of which parts may overwrite others on a terminal, as progress bars do: each is a line.
func (l *lines) overwritten(line string) string {
	if strings.IndexByte(line, '\r') < 0 {
		return l.shown(line)
	}
	pieces := strings.Split(line, "\r")
	for i, piece := range pieces {
		pieces[i] = l.shown(piece)
	}
	return strings.Join(pieces, "\r")
}

// shown redacts what a terminal shows of a line. Where that holds a secret, or the part that is not shown does, what is not
// shown is left out.
func (l *lines) shown(line string) string {
	if has := find(theFinder(), line); has&hintHidden == 0 {
		return l.state.redact(line, has, l.rules)
	}
	shown := strings.Map(func(r rune) rune {
		if r != '\t' && ansi.Hidden(r) {
			return -1
		}
		return r
	}, ansi.Strip(line))
	clean := l.state.redact(shown, find(theFinder(), shown), l.rules)
	if clean == shown && l.rules.line(line) == line {
		return line
	}
	return clean
}

// splitLine takes a line apart: what kubectl and the container runtime put in front, what the program wrote, the newline.
func splitLine(line string) (prefix, body, end string) {
	body = strings.TrimSuffix(line, "\n")
	body = strings.TrimSuffix(body, "\r")
	n := transportPrefix(body)
	return line[:n], body[n:], line[len(body):]
}

// transportPrefix is the length of "[pod/NAME/CONTAINER] " (kubectl --prefix), of a time stamp (kubectl --timestamps) and
// of "stdout F " (a log file of the container runtime), as far as they are there, in this order.
func transportPrefix(line string) int {
	n := 0
	if strings.HasPrefix(line, "[pod/") {
		i := len("[pod/")
		for i < len(line) && (dotted[line[i]] || line[i] == '/') {
			i++
		}
		if strings.HasPrefix(line[i:], "] ") {
			n = i + len("] ")
		}
	}
	stamp := stampLength(line[n:])
	if stamp == 0 {
		return n
	}
	n += stamp
	if tag := line[n:]; strings.HasPrefix(tag, "stdout ") || strings.HasPrefix(tag, "stderr ") {
		if strings.HasPrefix(tag[len("stdout "):], "F ") || strings.HasPrefix(tag[len("stdout "):], "P ") {
			n += len("stdout F ")
		}
	}
	return n
}

// stampLength is the length of a time stamp as of RFC 3339 with the blank after it.
func stampLength(line string) int {
	const layout = "0000-00-00T00:00:00"
	if len(line) <= len(layout) {
		return 0
	}
	for i := range len(layout) {
		if digit := layout[i] == '0'; digit != isDigit(line[i]) || !digit && layout[i] != line[i] {
			return 0
		}
	}
	i := len(layout)
	for i < len(line) && i < 40 && (isDigit(line[i]) || strings.IndexByte(".Z+-:", line[i]) >= 0) {
		i++
	}
	if i == len(line) || line[i] != ' ' {
		return 0
	}
	return i + 1
}
