package wrapping

import "strings"

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
	if votes[best] < min(leastRun, len(lines)) {
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

// counting says that the numbers are of lines: each is one more than that above, over some lines; fewer where a tab or a bar
// stands behind it and the first line is 1.
func counting(lines []Line, runs []run) bool {
	for _, r := range runs {
		least := 5
		if n := numberAt(lines[r.from].Text); r.cuts[0].number == 1 && beginsWithBar(lines[r.from].Text[n:]) {
			least = 2
		}
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
		if steps < least {
			return false
		}
	}
	return true
}

func beginsWithBar(l string) bool {
	l = strings.TrimLeft(l, " ")
	return strings.HasPrefix(l, "\t") || strings.HasPrefix(l, "|") || strings.HasPrefix(l, "│")
}
