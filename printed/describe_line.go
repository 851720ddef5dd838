package printed

import (
	"bytes"
	"slices"
	"strings"

	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

// line is one line of a describe text, blank ones left out.
type line struct {
	indent     int
	key, value string // of "Image:  nginx"; both empty for a line of another form
	text       string // without the space around it
	afterBlank bool
	more       []string // the further lines of a text that was printed as it is
}

// foundEvents is the key of "Pod 'x': error 'pods "x" not found', but found events." (PodDescriber.Describe).
const foundEvents = "\x00found events"

var foundEventsLine = lazyregexp.New(`^Pod '([^']*)': error '.*', but found events\.$`)

// Bounds of what is read. A describe of a thousand pods stays well below them.
const (
	maxLines  = 2_000_000
	tabWidth  = 8
	maxKeyLen = 64
	maxFold   = 4096 // the kubelet keeps as many bytes of a termination message
	// maxPodMessage is for the message of a pod, which controllers write: of a line or two.
	maxPodMessage = 50
)

// readLines takes a text apart. Tabs count as in a terminal; carriage returns are dropped.
func readLines(text []byte) []line {
	var lines []line
	blank := true
	for raw := range bytes.Lines(text) {
		l := readLine(strings.TrimRight(strings.ToValidUTF8(string(raw), "\uFFFD"), " \t\r\n"))
		if l.text == "" {
			blank = true
			continue
		}
		l.afterBlank, blank = blank, false
		if lines = append(lines, l); len(lines) == maxLines {
			break
		}
	}
	alignFirst(lines)
	return lines
}

func readLine(raw string) line {
	l := line{}
	start := 0
	for ; start < len(raw); start++ {
		switch raw[start] {
		case ' ':
			l.indent++
			continue
		case '\t':
			l.indent += tabWidth - l.indent%tabWidth
			continue
		}
		break
	}
	l.text = raw[start:]
	if strings.HasPrefix(l.text, "Pod '") {
		if m := foundEventsLine.FindStringSubmatch(l.text); m != nil {
			l.key, l.value = foundEvents, m[1]
			return l
		}
	}
	key, value, ok := strings.Cut(l.text, ":")
	if ok && len(key) <= maxKeyLen && (value == "" || value[0] == ' ' || value[0] == '\t') {
		l.key, l.value = key, strings.TrimSpace(value)
	}
	return l
}

// alignFirst gives the first line back the indentation that it loses when a text is copied from the middle of it: as much
// as the next line has that may stand beside it.
func alignFirst(lines []line) {
	if len(lines) < 2 || lines[0].indent > 0 {
		return
	}
	for _, beside := range [][]string{stateKeys, containerKeys} {
		if !slices.Contains(beside, lines[0].key) {
			continue
		}
		for _, l := range lines[1:min(len(lines), 200)] {
			if slices.Contains(beside, l.key) {
				lines[0].indent = l.indent
				return
			}
			if slices.Contains(podKeys, l.key) && l.indent == 0 {
				return
			}
		}
	}
}

// foldTexts takes the texts that are printed as they are, over as many lines as they have and from the first column, into
// the line that they belong to: the termination message (describeStatus), the pod's own (describePod), and a probe's
// command (DescribeProbe).
func foldTexts(lines []line) []line {
	stray := strayExitCodes(lines)
	folded := make([]line, 0, len(lines))
	for i := 0; i < len(lines); {
		end := i + 1
		switch l := lines[i]; {
		case l.key == "Message" && inTerminated(folded):
			end = terminatedEnd(lines, i, stray)
		case l.key == "Message" && len(folded) > 0 && slices.Contains([]string{"Status", "Reason", "Termination Grace Period"}, folded[len(folded)-1].key):
			end = keyAfter(lines[:min(len(lines), i+maxPodMessage)], i, afterPodMessage)
		case slices.Contains(probeKeys, l.key) && !probeEnd.MatchString(l.text):
			end = probeTextEnd(lines, i)
		}
		folded = append(folded, fold(lines[i:end]))
		i = end
	}
	return folded
}

// afterPodMessage is what follows the message of a pod.
var afterPodMessage = []string{"SeccompProfile", "IP", "IPs"}

func fold(lines []line) line {
	l := lines[0]
	for _, m := range lines[1:] {
		if m.afterBlank {
			l.more = append(l.more, "")
		}
		l.more = append(l.more, strings.Repeat(" ", min(m.indent, 200))+m.text)
	}
	return l
}

// full is the value with the lines that were folded into it.
func (l line) full() string {
	return strings.Join(append([]string{l.value}, l.more...), "\n")
}

// inTerminated says whether the lines end in a terminated state, before its exit code.
func inTerminated(lines []line) bool {
	if n := len(lines); n > 0 && lines[n-1].key == "Reason" {
		lines = lines[:n-1]
		if n == 1 {
			return true // the text begins there; a pod's own message comes before no exit code and is found again
		}
	}
	if len(lines) == 0 {
		return true
	}
	return isTerminated(lines[len(lines)-1])
}

func isTerminated(l line) bool {
	return (l.key == "State" || l.key == "Last State") && l.value == "Terminated"
}

// strayExitCodes tells, for each line, whether it is an exit code outside of a terminated state: then the message before
// it has pretended to be at its end.
func strayExitCodes(lines []line) []bool {
	stray := make([]bool, len(lines))
	open := true // a text may begin within a state
	for i, l := range lines {
		switch {
		case isTerminated(l):
			open = true
		case l.key == "Exit Code":
			stray[i], open = !open, false
		}
	}
	return stray
}

// terminatedEnd gives the line after a termination message: the exit code, which follows in all versions. In a text that
// was cut it is what else may follow.
func terminatedEnd(lines []line, start int, stray []bool) int {
	end := -1
	for i := start + 1; i < len(lines) && !isTerminated(lines[i]); i++ {
		if lines[i].key != "Exit Code" {
			continue
		}
		if end >= 0 && !stray[i] {
			break
		}
		end = i
	}
	if end >= 0 {
		return end
	}
	return keyAfter(lines, start, containerKeys)
}

// keyAfter gives the next line with one of the keys that stands further left than a nested one or at the same place.
func keyAfter(lines []line, start int, keys []string) int {
	for i := start + 1; i < min(len(lines), start+maxFold); i++ {
		if slices.Contains(keys, lines[i].key) && lines[i].indent <= lines[start].indent {
			return i
		}
	}
	return start + 1
}

var probeEnd = lazyregexp.New(`(#failure|failureThreshold)=\d+$`)

// probeTextEnd gives the line after a probe whose command has several lines.
func probeTextEnd(lines []line, start int) int {
	for i := start + 1; i < min(len(lines), start+maxFold); i++ {
		if probeEnd.MatchString(lines[i].text) {
			return i + 1
		}
		if slices.Contains(containerKeys, lines[i].key) && lines[i].indent == lines[start].indent {
			break
		}
	}
	return start + 1
}
