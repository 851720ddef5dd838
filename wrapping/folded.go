package wrapping

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// The widths at which a terminal or a mail program breaks lines.
const (
	leastWidth = 50
	mostWidth  = 400
)

// folded joins lines that a terminal broke at its width, or a mail program before it. Where a line was broken is not
// written anywhere: all long lines end at one column, and what is recognised must say that the joined ones are better.
func folded(lines []Line, j judge) []Text {
	width, full := fullWidth(lines)
	if full == 0 {
		return nil
	}
	for _, join := range []func([]Line, int) []Line{joinCut, joinWords} {
		some := around(lines, width)
		now := join(some, width)
		if now == nil || full < 2 && len(some)-len(now) < 2 || !j.clearer(some, now) {
			continue
		}
		if len(some) < len(lines) {
			now = join(lines, width)
		}
		return asText(now)
	}
	return nil
}

// A long text is judged by what stands around its first long lines.
const (
	fewFolds   = 120
	foldWindow = 10
	maxFolds   = 6
)

// around gives the lines by which a text is judged: all, or those around some long ones that may go on.
func around(lines []Line, width int) []Line {
	if len(lines) <= fewFolds {
		return lines
	}
	var some []Line
	next, found := 0, 0
	for i := 0; i+1 < len(lines) && found < maxFolds; i++ {
		if len(lines[i].Text) < width-20 || i < next || startsRecord(lines[i+1].Text) || !mayGoOn(lines[i+1].Text) {
			continue
		}
		from := max(i-foldWindow, next)
		next = min(len(lines), i+2*foldWindow)
		some = append(append(some, lines[from:next]...), Line{Number: lines[next-1].Number})
		found++
	}
	return some
}

// maxFolded is how long a joined line may get.
const maxFolded = 16 << 10

// fullWidth is the width of the longest lines, and how many there are of it. A mail program breaks before the width, so
// that is then the longest line's.
func fullWidth(lines []Line) (width, full int) {
	for _, l := range lines {
		if len(l.Text) < leastWidth || isRule(l.Text) || isFrame(strings.TrimSpace(l.Text)) {
			continue
		}
		if len(l.Text) > 4*mostWidth {
			return 0, 0
		}
		switch n := columns(l.Text); {
		case n > width:
			width, full = n, 1
		case n == width:
			full++
		}
	}
	if width < leastWidth || width > mostWidth {
		return 0, 0
	}
	return width, full
}

// joinCut joins each line of the full width with the one below: it was cut between two characters. One that is a character
// shorter ended in a blank, which was lost when it was copied.
func joinCut(lines []Line, width int) []Line {
	var out []Line
	joined := 0
	for i := 0; i < len(lines); i++ {
		l := lines[i]
		for n := columns(l.Text); i+1 < len(lines) && mayGoOn(lines[i+1].Text); {
			if n == width-1 && !startsRecord(lines[i+1].Text) && lines[i+1].Text[0] != ' ' && joined > 0 {
				l.Text += " "
			} else if n != width || startsRecord(lines[i+1].Text) {
				break
			}
			i++
			n = columns(lines[i].Text)
			l.Text += lines[i].Text
			joined++
			if len(l.Text) > maxFolded {
				break
			}
		}
		out = append(out, l)
	}
	if joined == 0 {
		return nil
	}
	return out
}

// mayGoOn says that a line can be the rest of one: it has words, and sets nothing apart.
func mayGoOn(l string) bool {
	return strings.ContainsFunc(l, unicode.IsLetter) && !strings.HasPrefix(l, "```") && !setsApart([]Line{{Text: l}})
}

// joinWords joins a line with the one below if that one's first word had no room on it.
func joinWords(lines []Line, width int) []Line {
	var out []Line
	joined := 0
	for i := 0; i < len(lines); i++ {
		l := lines[i]
		last := l.Text
		for i+1 < len(lines) && broken(last, lines[i+1].Text, width) && len(l.Text) < maxFolded {
			i++
			last = lines[i].Text
			l.Text = strings.TrimRight(l.Text, " ") + " " + strings.TrimLeft(last, " \t")
			joined++
		}
		out = append(out, l)
	}
	if joined == 0 {
		return nil
	}
	return out
}

func broken(l, next string, width int) bool {
	if isBlank(l) || !mayGoOn(next) || startsRecord(next) || columns(l) < width/2 {
		return false
	}
	first := strings.Fields(next[:min(len(next), 1<<10)])[0]
	return columns(l)+1+columns(first) > width
}

// startsRecord says that a line is none that goes on.
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

// clearer says that the joined lines are recognised to a greater part, and that no line is lost by it that was recognised.
// Some line must have been cut within a word, or in a sentence: two lines that are equally long may be so by chance.
func (j judge) clearer(before, after []Line) bool {
	old, now := j.score(textsOf(before)), j.score(textsOf(after))
	oldTexts, nowTexts := countTexts(before), countTexts(after)
	if now.known < old.known || now.known+now.logs == 0 || now.logs < old.logs {
		return false
	}
	if now.known > old.known {
		return true
	}
	if now.known == 0 && !goesOn(before, after) {
		return false
	}
	return (now.known+now.logs)*oldTexts > (old.known+old.logs)*nowTexts && oldTexts-nowTexts > 0
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

// goesOn says that lines of a log go on in the middle of a word, in more than one place: small letters stand before and
// behind the end of a line that begins as one of a log.
func goesOn(before, after []Line) bool {
	cuts, at := 0, 0
	for _, l := range after {
		for at < len(before) && before[at].Number < l.Number {
			at++
		}
		if at+1 >= len(before) || before[at].Number != l.Number || len(before[at].Text) == len(l.Text) || !beginsLog(l.Text) {
			continue
		}
		last, _ := utf8.DecodeLastRuneInString(before[at].Text)
		first, _ := utf8.DecodeRuneInString(before[at+1].Text)
		if unicode.IsLower(last) && unicode.IsLower(first) {
			cuts++
		}
	}
	return cuts >= 2
}
