package bundle

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/unloop-dev/unloop/crashlog"
	"github.com/unloop-dev/unloop/files"
	"github.com/unloop-dev/unloop/layout"
	"github.com/unloop-dev/unloop/ledger"
	"github.com/unloop-dev/unloop/objects"
	"github.com/unloop-dev/unloop/printed"
	"github.com/unloop-dev/unloop/wrapping"
)

// textBytes is how much of a text is held to tell what it is; one that is longer and not recognised by then is a log.
const textBytes = 1 << 20

// text reads a text. Its content says what it is: what programs print for people, alone or several of it in a paste, in
// whatever was put around it on the way; else a log. Its name is a hint: a file that is named like a log is one, unless
// every line of it is known to be something else.
func (r *reader) text(name string, in *bufio.Reader) {
	if r.files.IsAgain() {
		r.logAgain(name, in)
		return
	}
	place, collected := layout.Of(name)
	namedLog := place.Role == layout.Log || promisesLog(baseName(name)) && !collected
	if namedLog && !mayBePrinted(in) {
		r.log(name, in, nil, 0)
		return
	}
	var seen bytes.Buffer
	_, err := io.CopyN(&seen, in, textBytes)
	rest := io.MultiReader(&seen, in)
	pieces := piecesOf(seen.Bytes())
	evidence := recognised(pieces) && (!namedLog || wholly(pieces))
	switch {
	case evidence && err == nil: // there is more
		r.longText(name, rest, namedLog)
	case evidence:
		r.pieces(name, seen.Bytes(), pieces, namedLog)
	case !namedLog && otherKind(name) != "":
		r.skip(name, otherKind(name).why())
	case !namedLog && !changed(pieces) && isOtherJSON(seen.Bytes()):
		r.skip(name, kindJSON.why())
	case err == nil:
		r.log(name, unwrapped(seen.Bytes(), rest), nil, 0)
	case changed(pieces):
		r.unwrappedLog(name, pieces, len(linesOf(seen.Bytes())))
	default:
		r.log(name, rest, nil, 0)
	}
}

// logAgain reads a text for the second time, if it is a log that was put off: all others were kept at the first reading.
func (r *reader) logAgain(name string, in *bufio.Reader) {
	if !r.files.IsWanted() {
		return
	}
	if head, _ := in.Peek(files.HeadBytes); len(head) == files.HeadBytes {
		r.log(name, unwrapped(head, in), nil, 0)
		return
	}
	r.log(name, in, nil, 0)
}

// longText reads a text that is known to hold evidence, whatever its size.
func (r *reader) longText(name string, in io.Reader, namedLog bool) {
	data, ok := r.files.All(name, in)
	if !ok {
		return
	}
	pieces := piecesOf(data)
	if namedLog && !wholly(pieces) {
		r.log(name, bytes.NewReader(data), nil, 0)
		return
	}
	r.pieces(name, data, pieces, namedLog)
}

// unwrapped takes off a long log what goes line by line, as far as its beginning shows it.
func unwrapped(head []byte, in io.Reader) io.Reader {
	if f := wrapping.Detect(linesOf(head[:min(len(head), files.HeadBytes)]), known{}.lines); f != nil {
		return f.Reader(in)
	}
	return in
}

// unwrappedLog keeps a log that stood in a wrapping. It is read at once: what the wrapping was takes all of it to tell.
func (r *reader) unwrappedLog(name string, pieces []piece, lines int) {
	var text []byte
	var numbers []int
	for _, p := range pieces {
		text, numbers = append(text, p.Text...), append(numbers, p.numbers...)
	}
	l := r.asLog(name, text)
	if l == nil {
		return
	}
	l.log.Read.Renumber(func(n int) int { return numbers[n-1] })
	l.part = r.bookLog(name)
	l.part.Lines, l.part.Whole = []ledger.Lines{{First: 1, Last: lines}}, true
	r.set.logs = append(r.set.logs, *l)
}

// piece is a piece of a text that one program has printed, with what was put around it taken off.
type piece struct {
	printed.Block
	numbers []int // of its lines, in the text that was given
	writer  wrapping.Writer
	off     []string
}

// piecesOf takes a text apart. What stands below a command that prints logs is taken apart by itself: the command says what
// it is.
func piecesOf(text []byte) []piece {
	lines := linesOf(text)
	known := known{}
	texts := wrapping.Unwrap(lines, known.lines)
	if !slices.ContainsFunc(texts, func(t wrapping.Text) bool { return t.Stream }) {
		return piecesIn(texts)
	}
	blocks := printed.Split(text)
	if !slices.ContainsFunc(blocks, func(b printed.Block) bool { return b.Command.Program != "" }) {
		return piecesIn(texts)
	}
	var pieces []piece
	for _, b := range blocks {
		inner := piecesIn(wrapping.Unwrap(linesOf(b.Text), known.lines))
		for i := range inner {
			inner[i].Command = b.Command
			inner[i].Sure = inner[i].Sure || b.Sure
			for k, n := range inner[i].numbers {
				inner[i].numbers[k] = n + b.Line - 1
			}
		}
		pieces = append(pieces, inner...)
	}
	return pieces
}

func piecesIn(texts []wrapping.Text) []piece {
	var pieces []piece
	for _, t := range texts {
		blocks := printed.Split([]byte(strings.Join(t.Strings(), "\n") + "\n"))
		if t.Writer != (wrapping.Writer{}) && !printed.Recognised(blocks) {
			blocks = []printed.Block{{Kind: printed.BlockLog, Text: []byte(strings.Join(t.Strings(), "\n") + "\n"), Line: 1, Sure: true}}
		}
		for _, b := range blocks {
			p := piece{Block: b, writer: t.Writer, off: t.Off}
			for i := range bytes.Count(b.Text, []byte("\n")) {
				p.numbers = append(p.numbers, t.Lines[b.Line-1+i].Number)
			}
			pieces = append(pieces, p)
		}
	}
	return pieces
}

// linesOf are the lines of a text without their ends.
func linesOf(text []byte) []string {
	if len(text) == 0 {
		return nil
	}
	return strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
}

// known counts the lines of what programs print, and of how a program dies. The same lines are asked about again and again.
type known map[string]int

func (k known) lines(lines []string) int {
	text := strings.Join(lines, "\n") + "\n"
	n, seen := k[text]
	if !seen {
		n = countKnown(text, lines)
		k[text] = n
	}
	return n
}

func countKnown(text string, lines []string) int {
	n := 0
	for _, b := range printed.Split([]byte(text)) {
		switch {
		case b.Command.Verb == "logs":
			n++ // what stands below the command may be anything
		case b.Command.Program != "":
			n += knownIn(printed.Split(b.Text)) // what the command promises may be hidden behind a prefix
		default:
			n += knownIn([]printed.Block{b})
		}
	}
	if isData(lines) {
		return n
	}
	switch c := crashlog.ReadBytes([]byte(text)).Crash; {
	case c == nil:
	case c.Kind == crashlog.KindTrace:
		n += c.End - c.Line + 1
	case c.Kind == crashlog.KindFatal:
		n++
	}
	return n
}

// knownIn counts the lines of evidence.
func knownIn(blocks []printed.Block) int {
	n := 0
	for _, b := range blocks {
		if b.Kind != printed.BlockOther && b.Kind != printed.BlockLog {
			n += bytes.Count(b.Text, []byte("\n"))
		}
	}
	return n
}

// isData says that most lines are those of YAML or JSON: they are no end of a program.
func isData(lines []string) bool {
	data, all := 0, 0
	for _, l := range lines {
		l = strings.TrimLeft(l, " \t")
		if l == "" {
			continue
		}
		all++
		key, value, colon := strings.Cut(strings.TrimPrefix(l, "- "), ":")
		if colon && !strings.ContainsAny(key, " \t(") && (value == "" || value[0] == ' ') || strings.HasPrefix(l, "- ") || strings.Trim(l, "{}[],") == "" {
			data++
		}
	}
	return all > 3 && data*3 > all*2
}

// recognised says whether a text has a part that is known: evidence, or a log of which a command or a prefix says whose it
// is.
func recognised(pieces []piece) bool {
	return slices.ContainsFunc(pieces, func(p piece) bool {
		return p.writer != (wrapping.Writer{}) || printed.Recognised([]printed.Block{p.Block})
	})
}

// ownBytes are wrappings that a program may well have written itself, and that whoever reads its log takes off.
var ownBytes = []string{"Windows line ends", "zero-width characters", "escape sequences"}

// changed says that something was taken off that the reader of a log would not take off itself.
func changed(pieces []piece) bool {
	return slices.ContainsFunc(pieces, func(p piece) bool {
		return slices.ContainsFunc(p.off, func(name string) bool { return !slices.Contains(ownBytes, name) })
	})
}

// mayBePrinted says whether a text that is named like a log may be something else after all, or the logs of several: its
// first lines tell.
func mayBePrinted(in *bufio.Reader) bool {
	const enough = 4 << 10
	head, _ := in.Peek(enough)
	if len(head) == enough {
		head = head[:bytes.LastIndexByte(head, '\n')+1]
	}
	pieces := piecesOf(head)
	if len(pieces) == 0 {
		return false
	}
	first := pieces[0]
	return first.Kind != printed.BlockOther && first.Kind != printed.BlockLog || startsWithCommand(pieces) || changed(pieces)
}

// startsWithCommand says that a text begins with a command behind a prompt: it is a session.
func startsWithCommand(pieces []piece) bool {
	return len(pieces) > 0 && pieces[0].Command.Program != ""
}

// wholly says that all of a text is something that programs print: nothing of it may be a log's. What stands below commands
// is told apart by them, and what has a prefix by that.
func wholly(pieces []piece) bool {
	if startsWithCommand(pieces) {
		return true
	}
	for _, p := range pieces {
		if p.writer == (wrapping.Writer{}) && (p.Kind == printed.BlockLog || p.Kind == printed.BlockOther && strings.TrimSpace(string(p.Text)) != "") {
			return false
		}
	}
	return len(pieces) > 0
}

// isOtherJSON says that a text is an object in JSON that is set out over several lines and is no record of a log.
func isOtherJSON(text []byte) bool {
	return bytes.HasPrefix(text, []byte("{\n")) && json.Valid(text) && objects.Sniff(text) != objects.Records
}

// otherKind is what a text of which nothing is recognised is by the extension of its name, "" if that does not say.
func otherKind(name string) kind {
	switch strings.ToLower(path.Ext(baseName(name))) {
	case ".yaml", ".yml":
		return kindYAML
	case ".json":
		return kindJSON
	case ".md", ".html", ".csv", ".xml":
		return kindOther
	}
	return ""
}
