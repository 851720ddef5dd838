package wrapping

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// The widths at which a terminal or a mail program breaks lines, and how long a line may get again.
const (
	leastWidth = 50
	mostWidth  = 400
	maxFolded  = 16 << 10
)

// folded joins lines that a terminal broke at its width, or a mail program before it. Where a line was broken is not
// written anywhere. But all long lines end at one column, and what goes on below begins anyhow, mostly within a word.
func folded(lines []Line, j judge) []Text {
	f := fold{width: fullWidth(lines), known: j.known}
	if f.width == 0 {
		return nil
	}
	f.begins = commonBegins(lines)
	some := f.around(lines)
	for _, ends := range []func(l, next string) (glue string, ok bool){f.cut, f.words} {
		now := f.join(some, ends)
		if now.joined == 0 || !j.clearer(some, now) {
			continue
		}
		if len(some) < len(lines) {
			now = f.join(lines, ends)
		}
		return asText(now.lines)
	}
	return nil
}

// fold is how a text was broken.
type fold struct {
	width  int
	begins map[string]int // how often lines begin so
	known  Known
}

// fullWidth is the width of the longest lines, 0 if lines are not broken there.
func fullWidth(lines []Line) int {
	width := 0
	for _, l := range lines {
		switch n := len(l.Text); {
		case n > 4*mostWidth:
			return 0
		case n <= width || n < leastWidth || isRule(l.Text):
		default:
			width = max(width, columns(l.Text))
		}
	}
	if width < leastWidth || width > mostWidth {
		return 0
	}
	return width
}

// A line that begins as several others do is one of its own. The first lines show how they begin.
const (
	beginLength = 3
	beginLines  = 2000
	beginOften  = 4
)

func commonBegins(lines []Line) map[string]int {
	begins := map[string]int{}
	for _, l := range lines[:min(len(lines), beginLines)] {
		begins[beginOf(l.Text)]++
	}
	return begins
}

func beginOf(l string) string { return l[:min(len(l), beginLength)] }

// A long text is judged by what stands around its first long lines.
const (
	fewFolds   = 120
	foldWindow = 10
	maxFolds   = 6
)

// around gives the lines by which a text is judged: all, or those around some long ones that may go on.
func (f fold) around(lines []Line) []Line {
	if len(lines) <= fewFolds {
		return lines
	}
	var some []Line
	next, found := 0, 0
	for i := 0; i+1 < len(lines) && found < maxFolds; i++ {
		if i < next || len(lines[i].Text) < f.width-20 || !f.mayGoOn(lines[i+1].Text) {
			continue
		}
		from := max(i-foldWindow, next)
		next = min(len(lines), i+2*foldWindow)
		some = append(append(some, lines[from:next]...), Line{Number: lines[next-1].Number})
		found++
	}
	return some
}

// mayGoOn says that a line can be the rest of one: it has words, begins no record, and sets nothing apart.
func (f fold) mayGoOn(l string) bool {
	return strings.ContainsFunc(l, unicode.IsLetter) && f.begins[beginOf(l)] < beginOften && !startsRecord(l) && !setsApart([]Line{{Text: l}})
}

// isEncoded says that a line is nothing but a piece of base64 or of hex: keys and certificates are written in lines of one
// width, which nobody has broken.
func isEncoded(l string) bool {
	const least = 16
	return len(l) >= least && strings.Trim(l, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=_-") == ""
}

// startsRecord says that a line is one of its own.
func startsRecord(l string) bool {
	if beginsLog(l) {
		return true
	}
	trimmed := strings.TrimLeft(l, " \t")
	for _, begin := range []string{"Normal ", "Warning ", "at ", "Caused by: ", "- "} {
		if strings.HasPrefix(trimmed, begin) {
			return true
		}
	}
	return false
}

// joining is what becomes of some lines.
type joining struct {
	lines  []Line
	joined int // lines that went on another
	within int // of them, those that were cut within a word
	exact  int // and those that were cut at the full width
	loose  int // lines on which others went and that are not recognised themselves
	full   int // lines that have the full width, and on which none went
	near   int // lines that are nearly as long and are followed by what could go on: as in prose that was filled
}

// nearWidth is how much shorter than the full width a line of prose may be, for the next word had no room on it.
const nearWidth = 16

// maxAlone is of how many lines it is asked whether they are recognised alone, and so are the rest of none.
const maxAlone = 20

// join puts lines together where ends says so, and what stands between.
func (f fold) join(lines []Line, ends func(l, next string) (string, bool)) joining {
	var out joining
	for i := 0; i < len(lines); i++ {
		first := lines[i]
		last := first.Text
		var b strings.Builder
		b.WriteString(last)
		for ; i+1 < len(lines) && b.Len() < maxFolded; i++ {
			next := lines[i+1].Text
			glue, ok := "", false
			if len(last) >= f.width/2 && f.mayGoOn(next) && !(isEncoded(last) && isEncoded(next)) {
				glue, ok = ends(last, next)
			}
			// Cut within a word or behind one: the rest can tell of a failure by itself.
			mid := ok && glue == "" && isSentence(next) && (withinWord(last, next) || next[0] == ' ')
			if !ok || !mid && out.joined < maxAlone && f.known([]string{next}) > 0 {
				break
			}
			switch {
			case glue == " ":
				next = strings.TrimLeft(next, " \t")
			case withinWord(last, next):
				out.within++
				out.exact++
			default:
				out.exact++
			}
			b.WriteString(glue)
			b.WriteString(next)
			out.joined++
			last = lines[i+1].Text
		}
		if last != first.Text && out.loose == 0 && f.known([]string{first.Text}) == 0 {
			out.loose++
		}
		switch n := columns(last); {
		case n == f.width:
			out.full++
		case n > f.width-nearWidth && i+1 < len(lines) && f.mayGoOn(lines[i+1].Text) && isSentence(last):
			out.near++
		}
		first.Text = b.String()
		out.lines = append(out.lines, first)
	}
	return out
}

// cut says that a line fills the width: it was cut between two characters. One that is a character shorter ended in a
// blank, which was lost when it was copied.
func (f fold) cut(l, next string) (string, bool) {
	switch n := columns(l); {
	case n == f.width:
		return "", !strings.HasPrefix(next, "  ") || strings.HasSuffix(l, " ")
	case n == f.width-1 && next[0] != ' ' && isSentence(next):
		return " ", true
	}
	return "", false
}

// isSentence says that a line has no columns.
func isSentence(l string) bool { return !strings.Contains(strings.TrimSpace(l), "  ") }

// words says that the first word of the next line had no room on a line. Prose is always broken so, and may stay: only what
// is recognised, such as an event, goes on.
func (f fold) words(l, next string) (string, bool) {
	n := columns(l)
	if n <= f.width/2 || !isSentence(next) {
		return "", false
	}
	fields := strings.Fields(next[:min(len(next), 1<<10)])
	return " ", n+1+columns(fields[0]) > f.width && f.known([]string{l}) > 0
}

func withinWord(l, next string) bool {
	last, _ := utf8.DecodeLastRuneInString(l)
	first, _ := utf8.DecodeRuneInString(next)
	return isWordRune(last) && isWordRune(first)
}

func isWordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// clearer says that the joined lines are recognised to a greater part, and that none is lost by it that was recognised
// itself. Where what is recognised does not tell, as in a log or within a describe, several lines must have been cut
// within a word, and hardly any full one may be without a line that goes on.
func (j judge) clearer(before []Line, now joining) bool {
	old, after := j.score(textsOf(before)), j.score(textsOf(now.lines))
	if after.logs < old.logs || after.known < old.known-now.joined || after.known+after.logs == 0 {
		return false
	}
	switch {
	case now.exact > 0 && (now.joined > 2*now.exact || now.near > now.exact || now.exact == 1 && now.loose > 0):
		return false
	case after.known > old.known:
		return true
	case (now.within >= 2 || now.within == 1 && now.exact > 1 && after.known > 0) && now.full*3 <= now.joined:
		return true
	case now.joined < 2 || after.known < old.known || after.known == 0:
		return false
	}
	return after.known*countTexts(before) > old.known*countTexts(now.lines)
}

func countTexts(lines []Line) int {
	n := 0
	for _, l := range lines {
		if !isBlank(l.Text) {
			n++
		}
	}
	return n
}
