package crashlog

import (
	"bytes"
	"slices"
)

// The container runtime cuts a line in its file where it is too long, and where its stream ends without a newline: what
// comes before the cut has the tag P, the end of the line F. containerd writes P for the last words of a program that ends
// them without a newline, and no F follows (containerd, internal/cri/io/logger.go, redirectLogs); conmon writes P whenever a
// program pauses within a line. The lines of the other stream may stand between the pieces.

// wholeLine is a line with all its pieces.
type wholeLine struct {
	number int    // of its first piece
	text   []byte // the transport's prefix of its last piece, then what the program wrote
	words  wordSet

	prefix int  // length of the transport's prefix
	apart  bool // lines before it were dropped
}

// wholeLines gives the lines of the window in the order in which they began. They are good until the window changes.
func (w *window) wholeLines() []wholeLine {
	lines := make([]wholeLine, 0, len(w.older.lines)+len(w.newer.lines))
	open := map[string]*wholeLine{} // by stream: a line whose end has not come yet
	joined, last := false, 0
	w.each(func(number int, raw []byte, words wordSet) {
		n := transportPrefix(raw)
		stream, partial := pieceOf(raw[:n])
		begun := open[string(stream)]
		l := wholeLine{number: number, text: raw, words: words, prefix: n, apart: last > 0 && number > last+1}
		last = number
		switch {
		case partial && begun == nil:
			open[string(stream)] = &l
		case partial:
			begun.join(raw, n, words)
		case begun != nil:
			begun.join(raw, n, words)
			lines = append(lines, *begun)
			joined = true
			delete(open, string(stream))
		default:
			lines = append(lines, l)
		}
	})
	for _, begun := range open {
		lines = append(lines, *begun)
	}
	if joined || len(open) > 0 {
		slices.SortFunc(lines, func(a, b wholeLine) int { return a.number - b.number })
	}
	return lines
}

// pieceOf says of which stream a line is, by the transport's prefix, and whether the runtime cut it.
func pieceOf(prefix []byte) (stream []byte, partial bool) {
	prefix = bytes.TrimRight(prefix, " ")
	rest, partial := bytes.CutSuffix(prefix, []byte(" P"))
	if !partial {
		rest, _ = bytes.CutSuffix(prefix, []byte(" F"))
	}
	return rest[bytes.LastIndexByte(rest, ' ')+1:], partial
}

// join adds a piece. Of a line that is too long the middle is lost, as of one that came whole.
func (l *wholeLine) join(raw []byte, n int, words wordSet) {
	text := slices.Concat(raw[:n], l.text[l.prefix:], raw[n:])
	if len(text) > n+maxLine {
		text = append(text[:n+maxLine/2], text[len(text)-maxLine/2:]...)
	}
	l.text, l.prefix, l.words = text, n, l.words|words
}
