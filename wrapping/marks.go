package wrapping

import (
	"slices"
	"strings"
)

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

// blankBehind says that a blank stands behind nearly all marks.
func blankBehind(lines []Line, mark string) bool {
	with, without := 0, 0
	for _, l := range lines {
		rest, ok := strings.CutPrefix(strings.TrimLeft(l.Text, " \t"), mark)
		switch {
		case !ok || rest == "":
		case rest[0] == ' ':
			with++
		default:
			without++
		}
	}
	return with >= 9*without
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
	return runs[0].has >= texts && texts >= leastRun
}

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
	if best == "" {
		return nil
	}
	blank := ""
	if blankBehind(lines, best) {
		blank = " "
	}
	return func(l string) (cut, bool) { return cutBorder(l, best, blank) }
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

// cutBorder takes a border off, at the left and where there is one at the right. A line that has one in its middle too is
// the row of a table.
func cutBorder(l, border, blank string) (cut, bool) {
	s := strings.TrimSpace(l)
	if isFrame(s) {
		return cut{none: true}, true
	}
	rest, ok := strings.CutPrefix(s, border)
	if !ok {
		return cut{}, false
	}
	if before, both := strings.CutSuffix(rest, border); both {
		rest = strings.TrimRight(before, " ")
	} else {
		rest = strings.TrimRight(strings.TrimSuffix(rest, "▐"), " ")
	}
	if border == "|" && strings.Contains(rest, "| ") || strings.Contains(rest, " "+border+" ") {
		return cut{}, false
	}
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

var bordered = prefix{learn: learnBorder, proof: likely, certain: drawn}

// border takes a border off, and reads its title.
func border(lines []Line, j judge) []Text {
	texts := bordered.off(lines, j)
	if len(texts) > 0 {
		texts[0].Writer = titled(lines)
	}
	return texts
}

// drawn says that all lines have a border that is no character of a keyboard.
func drawn(lines []Line, runs []run) bool {
	return entire(lines, runs) && !slices.ContainsFunc(lines, func(l Line) bool { return borderAt(l.Text) == "|" })
}

// numberEnds are what stands between the number of a line and the line: cat -n and nl have a tab, less -N and pagers a
// blank, web pages and grep -n a colon, bat and editors a bar.
var numberEnds = []string{"\t", " │ ", "│ ", " │", "│", " | ", "| ", " |", "|", ": ", ":", ". ", ") ", "] ", "  ", " "}

// learnNumbers finds what stands behind the number in most lines.
func learnNumbers(lines []Line) func(string) (cut, bool) {
	votes := map[string]int{}
	for _, l := range lines {
		if n := numberAt(l.Text); n > 0 {
			rest := l.Text[n:]
			for _, end := range numberEnds {
				if strings.HasPrefix(rest, end) {
					votes[end]++
				}
			}
		}
	}
	best := ""
	for _, end := range numberEnds {
		if votes[end] > votes[best] {
			best = end
		}
	}
	if votes[best] < leastRun {
		return nil
	}
	return func(l string) (cut, bool) {
		n := numberAt(l)
		if n == 0 {
			return cut{}, false
		}
		rest, ok := strings.CutPrefix(l[n:], best)
		if !ok && strings.TrimSpace(l[n:]) != strings.TrimSpace(best) && l[n:] != "" {
			return cut{}, false
		}
		return cut{rest: rest, number: lastNumber(l[:n])}, true
	}
}

// numberAt is the end of a number after indentation, 0 if a line begins with none.
func numberAt(l string) int {
	i := 0
	for i < len(l) && i < 12 && (l[i] == ' ' || l[i] == '[') {
		i++
	}
	n := digitsAt(l[i:min(len(l), i+9)])
	if n == 0 || n > 7 {
		return 0
	}
	return i + n
}

func lastNumber(s string) int {
	n := 0
	for i := range len(s) {
		if isDigit(s[i]) {
			n = n*10 + int(s[i]-'0')
		}
	}
	return n
}

// counting says that the numbers are of lines: each is one more than that above, over some lines.
func counting(_ []Line, runs []run) bool {
	for _, r := range runs {
		last, steps := -1, 0
		for i, c := range r.cuts {
			if r.left[i] {
				continue
			}
			if last >= 0 && c.number != last+1 {
				return false
			}
			last = c.number
			steps++
		}
		if steps < 5 {
			return false
		}
	}
	return true
}

// cutBracket takes "[build] " off, which many tools put before the lines of a part: tkn, concurrently, skaffold, Jenkins'
// parallel steps.
func cutBracket(l string) (cut, bool) {
	if !strings.HasPrefix(l, "[") {
		return cut{}, false
	}
	end := strings.IndexByte(l[:min(len(l), 120)], ']')
	if end < 2 || strings.ContainsAny(l[1:end], "[{\"") {
		return cut{}, false
	}
	rest := strings.TrimPrefix(l[end+1:], ":")
	if rest != "" && rest[0] != ' ' {
		return cut{}, false
	}
	return cut{rest: strings.TrimPrefix(rest, " ")}, true
}

// notNames are words with which each line of a log may begin: levels, and programs that say their own name.
var notNames = []string{"at", "in", "to", "the", "npm", "yarn", "pnpm", "goroutine", "main", "created", "and", "a", "more", "caused", "exec", "node", "name", "image", "pod", "failed", "kubectl", "oc", "helm", "docker"}

// learnName finds the word with which most lines begin: k9s writes the container's name so (derailed/k9s,
// internal/dao/log_item.go).
func learnName(lines []Line) func(string) (cut, bool) {
	votes := map[string]int{}
	best := ""
	for _, l := range lines {
		if l.Text == "" || !isNameByte(l.Text[0]) {
			continue
		}
		first, _ := word(l.Text)
		if len(first) > 63 || !isName(first) || strings.Contains(first, ".") || !strings.ContainsAny(first, letters) || len(votes) > 10000 {
			continue
		}
		votes[first]++
		if votes[first] > votes[best] || votes[first] == votes[best] && first < best {
			best = first
		}
	}
	if votes[best] < 2 || levelWords[best] || slices.Contains(notNames, best) {
		return nil
	}
	return func(l string) (cut, bool) {
		first, rest := word(l)
		return cut{rest: rest, from: Writer{Container: best}}, first == best
	}
}

// cutStamp takes a time off, in brackets or not.
func cutStamp(l string) (cut, bool) {
	s, bracket := strings.CutPrefix(l, "[")
	if s == "" || !isDigit(s[0]) && !isLetter(s[0]) {
		return cut{}, false
	}
	n := stampAt(s)
	if n == 0 || !bracket && isKubectlStamp(s[:n]) || isNodeLine(l) {
		return cut{}, false
	}
	rest := s[n:]
	if bracket {
		if !strings.HasPrefix(rest, "]") {
			return cut{}, false
		}
		rest = rest[1:]
	}
	if rest != "" && rest[0] != ' ' && rest[0] != '\t' {
		return cut{}, false
	}
	if rest != "" {
		rest = rest[1:]
	}
	return cut{rest: rest}, true
}

// isKubectlStamp knows the nine digits that kubectl logs --timestamps and container runtimes write.
func isKubectlStamp(stamp string) bool {
	return len(stamp) >= 30 && stamp[19] == '.' && stamp[10] == 'T'
}

// cutKubectlStamp takes "2026-04-10T08:22:00.123456789Z " off, and the stream that a runtime's file has behind it. The
// readers of logs know both.
func cutKubectlStamp(l string) (cut, bool) {
	n := dateAt(l)
	if n == 0 || !isKubectlStamp(l[:n]) || n < len(l) && l[n] != ' ' {
		return cut{}, false
	}
	rest := strings.TrimPrefix(l[n:], " ")
	for _, stream := range []string{"stdout F", "stderr F", "stdout P", "stderr P"} {
		if after, ok := strings.CutPrefix(rest, stream); ok {
			rest = strings.TrimPrefix(after, " ")
		}
	}
	return cut{rest: rest}, true
}

// isNodeLine says that a line is of a journal that is read as such.
func isNodeLine(l string) bool {
	if !isLetter(l[0]) && !strings.Contains(l[:min(len(l), 100)], "]: ") {
		return false
	}
	program, _, ok := journalAt(l)
	return ok && slices.Contains(nodePrograms, program)
}

func stampAt(s string) int {
	for _, at := range []func(string) int{dateAt, clockAt, slashedDateAt, monthAt} {
		if n := at(s); n > 0 {
			return n
		}
	}
	return 0
}

// cutJenkinsClock takes "08:22:00  " off, as Timestamper shows it on a page: two blanks stand behind it.
func cutJenkinsClock(l string) (cut, bool) {
	n := clockAt(l)
	if n == 0 || !strings.HasPrefix(l[n:], "  ") {
		return cut{}, false
	}
	return cut{rest: l[n+2:]}, true
}

// learnDashboard finds a time that a web page shows before each line. Copied, it may stand directly before the line, or up
// to two blanks.
func learnDashboard(lines []Line) func(string) (cut, bool) {
	blanks := "  "
	for _, l := range lines {
		if n := dashboardAt(l.Text); n > 0 {
			for rest := l.Text[n:]; rest != "" && !strings.HasPrefix(rest, blanks); {
				blanks = blanks[1:]
			}
		}
	}
	return func(l string) (cut, bool) {
		n := dashboardAt(l)
		return cut{rest: strings.TrimPrefix(l[n:], blanks)}, n > 0
	}
}

// nodePrograms write journals that are read as such, with their times.
var nodePrograms = []string{"kubelet", "systemd", "kernel", "containerd", "crio"}

// cutJournal takes "Apr 10 08:22:00 node-1 k3s[123]: " off, or the same with a time of RFC 3339 (journalctl's outputs "short"
// and "short-iso", syslog).
func cutJournal(l string) (cut, bool) {
	program, rest, ok := journalAt(l)
	return cut{rest: rest}, ok && !slices.Contains(nodePrograms, program)
}

// journalAt reads the head of a line of a journal.
func journalAt(l string) (name, text string, ok bool) {
	n := monthAt(l)
	if n == 0 {
		n = dateAt(l)
	}
	if n == 0 || n >= len(l) || l[n] != ' ' {
		return "", "", false
	}
	host, rest := word(l[n+1:])
	program, rest := word(rest)
	if host == "" || !strings.HasSuffix(program, "]:") && !strings.HasSuffix(program, ":") || strings.ContainsAny(program[:len(program)-1], ":\"'={") {
		return "", "", false
	}
	name, _, _ = strings.Cut(strings.TrimSuffix(program, ":"), "[")
	return name, rest, true
}
