package wrapping

import "strings"

// learnMark finds a mark that stands before each line, after any indentation: that of a quotation, a comment, a diff. One
// blank behind it is its own if most lines have it.
func learnMark(mark string) func([]Line) func(string) (cut, bool) {
	return func(lines []Line) func(string) (cut, bool) {
		blank := ""
		if blankBehind(lines, mark) {
			blank = " "
		}
		return func(l string) (cut, bool) {
			rest, ok := strings.CutPrefix(strings.TrimLeft(l, " \t"), mark)
			return cut{rest: strings.TrimPrefix(rest, blank)}, ok
		}
	}
}

// blankBehind says that a blank stands behind all marks, but where a tab or another mark does.
func blankBehind(lines []Line, mark string) bool {
	with, without := 0, 0
	for _, l := range lines {
		rest, ok := strings.CutPrefix(strings.TrimLeft(l.Text, " \t"), mark)
		switch {
		case !ok || rest == "" || rest[0] == '\t' || strings.HasPrefix(rest, mark):
		case rest[0] == ' ':
			with++
		default:
			without++
		}
	}
	return with > 0 && without == 0
}

// entire says that all lines of a text have the prefix.
func entire(lines []Line, runs []run) bool {
	if len(runs) != 1 {
		return false
	}
	texts := 0
	for _, l := range lines {
		if !isBlank(l.Text) {
			texts++
		}
	}
	return runs[0].has >= texts && texts > 1
}

// commented says the same of some lines more: a prompt has the mark of a comment too.
func commented(lines []Line, runs []run) bool { return entire(lines, runs) && runs[0].has >= leastRun }

// learnDiff gives the cut of a "+", if the text is no diff: that is read by people.
func learnDiff(lines []Line) func(string) (cut, bool) {
	for _, l := range lines {
		if strings.HasPrefix(l.Text, "@@ ") || strings.HasPrefix(l.Text, "+++ ") || strings.HasPrefix(l.Text, "diff --git") || strings.HasPrefix(l.Text, "-") {
			return nil
		}
	}
	return learnMark("+")(lines)
}

// borders are the lines that programs draw at the left and at the right.
var borders = []string{"│", "┃", "║", "▏", "▕", "▌", "|"}

// framing is what the other lines of a frame consist of.
const framing = "─━═┄┈╌-=+┌┐└┘├┤┬┴┼╭╮╰╯╔╗╚╝╠╣╦╩╬┏┓┗┛┣┫│┃║| \t"

// learnBorder finds which border most lines have at the left, and whether at the right too.
func learnBorder(lines []Line) func(string) (cut, bool) {
	left := map[string]int{}
	for _, l := range lines {
		if b := borderAt(l.Text); b != "" {
			left[b]++
		}
	}
	best := ""
	for _, b := range borders {
		if left[b] > left[best] {
			best = b
		}
	}
	if best == "" || inColumns(lines, best) {
		return nil
	}
	blank := ""
	if blankBehind(lines, best) {
		blank = " "
	}
	right := ""
	if closed(lines, best) {
		right = best
	}
	return func(l string) (cut, bool) { return cutBorder(l, best, right, blank) }
}

// inColumns says that many lines have the border in their middle too: they are rows of a table.
func inColumns(lines []Line, border string) bool {
	rows, all := 0, 0
	for _, l := range lines {
		s := strings.TrimSpace(l.Text)
		if !strings.HasPrefix(s, border) || isFrame(s) {
			continue
		}
		all++
		if strings.Contains(s[len(border):], border+" ") || strings.Contains(s[len(border):], border+"-") {
			rows++
		}
	}
	return rows*5 > all
}

// closed says that most lines end with the border too.
func closed(lines []Line, border string) bool {
	left, right := 0, 0
	for _, l := range lines {
		if s := strings.TrimSpace(l.Text); strings.HasPrefix(s, border) {
			left++
			if len(s) > len(border) && strings.HasSuffix(s, border) {
				right++
			}
		}
	}
	return right*5 >= left*4
}

func borderAt(l string) string {
	s := strings.TrimLeft(l, " \t")
	if s == "" || s[0] != '|' && s[0] < 0x80 {
		return ""
	}
	for _, b := range borders {
		if strings.HasPrefix(s, b) {
			return b
		}
	}
	return ""
}

// cutBorder takes a border off, at the left and where there is one at the right.
func cutBorder(l, border, right, blank string) (cut, bool) {
	s := strings.TrimSpace(l)
	if isFrame(s) {
		return cut{none: true}, true
	}
	rest, ok := strings.CutPrefix(s, border)
	if !ok {
		return cut{}, false
	}
	rest = strings.TrimRight(strings.TrimSuffix(rest, right), " ")
	return cut{rest: strings.TrimPrefix(rest, blank)}, true
}

// isFrame says that a line is a part of a frame: it is drawn, with or without a title in it.
func isFrame(s string) bool {
	if len(s) < 6 || s[0] < 0x80 && s[0] != '+' || !strings.ContainsAny(s[:3], "┌└├╭╰╔╚╠┏┗┣+") {
		return false
	}
	if s[0] == '+' {
		return strings.Trim(s, "+-=") == ""
	}
	title := strings.Trim(s, framing)
	return len(title) < 200 && len(s)-len(title) > 6
}

// titled reads the title of a frame that k9s draws around a log: "Logs(shop/api-0:api)[tail]"
// (derailed/k9s, internal/view/log.go).
func titled(lines []Line) Writer {
	for _, l := range lines[:min(len(lines), 20)] {
		_, rest, ok := strings.Cut(l.Text[:min(len(l.Text), 1<<10)], "Logs(")
		inner, _, closed := strings.Cut(rest, ")")
		namespace, pod, ok2 := strings.Cut(inner, "/")
		if !ok || !closed || !ok2 || !isFrame(strings.TrimSpace(l.Text)) {
			continue
		}
		pod, container, _ := strings.Cut(pod, ":")
		if isName(namespace) && isName(pod) && (container == "" || isName(container)) {
			return Writer{Namespace: namespace, Pod: pod, Container: container}
		}
	}
	return Writer{}
}

var bordered = prefix{learn: learnBorder, proof: likely, certain: entire}

// border takes a border off, and reads its title.
func border(lines []Line, j judge) []Text {
	texts := bordered.off(lines, j)
	if len(texts) > 0 {
		texts[0].Writer = titled(lines)
	}
	return texts
}
