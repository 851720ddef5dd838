package printed

import (
	"slices"
	"sort"
	"strings"

	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

// foldTexts takes the texts that are printed as they are, over as many lines as they have and from the first column, into
// the line that they belong to: the termination message (describeStatus), the pod's own (describePod), and a probe's
// command (DescribeProbe).
func foldTexts(lines []line) []line {
	stray, next := strayExitCodes(lines), nextLines(lines)
	folded := make([]line, 0, len(lines))
	for i := 0; i < len(lines); {
		end := i + 1
		switch l := lines[i]; {
		case l.key == "Message" && inTerminated(folded):
			end = terminatedEnd(lines, i, stray, next)
		case l.key == "Message" && len(folded) > 0 && slices.Contains([]string{"Status", "Reason", "Termination Grace Period"}, folded[len(folded)-1].key):
			end = podMessageEnd(lines, i)
		case slices.Contains(probeKeys, l.key) && !probeEnd.MatchString(l.text):
			end = next.afterProbe(i)
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
func terminatedEnd(lines []line, start int, stray []bool, next next) int {
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
	return next.field(start)
}

// podMessageEnd gives the line after the message of a pod: what follows it stands no further right.
func podMessageEnd(lines []line, start int) int {
	for i := start + 1; i < min(len(lines), start+maxPodMessage); i++ {
		if slices.Contains(afterPodMessage, lines[i].key) && lines[i].indent <= lines[start].indent {
			return i
		}
	}
	return start + 1
}

// next says of each line where the next one is that may end a text which begins there, 0 for none. It is found for all
// lines in one go: a text may begin many texts that never end.
type next struct {
	out    []int // a line of a container that stands further left, or at the same place
	beside []int // one at the same place
	probe  []int // the end of a probe
}

func nextLines(lines []line) next {
	n := next{make([]int, len(lines)), make([]int, len(lines)), make([]int, len(lines))}
	probe, beside := 0, map[int]int{}
	var out []int // each further right than the one before it, the nearest last
	for i := len(lines) - 1; i >= 0; i-- {
		l := lines[i]
		right := sort.Search(len(out), func(k int) bool { return lines[out[k]].indent > l.indent })
		n.probe[i], n.beside[i] = probe, beside[l.indent]
		if right > 0 {
			n.out[i] = out[right-1]
		}
		if strings.Contains(l.text, "ailure") && probeEnd.MatchString(l.text) {
			probe = i
		}
		if slices.Contains(containerKeys, l.key) {
			beside[l.indent] = i
			out = append(out[:right], i) // no text above ends further right that doesn't end here
		}
	}
	return n
}

// field gives the next line of a container that stands no further right.
func (n next) field(start int) int {
	if end := n.out[start]; end > 0 && end < start+maxFold {
		return end
	}
	return start + 1
}

var probeEnd = lazyregexp.New(`(#failure|failureThreshold)=\d+$`)

// afterProbe gives the line after a probe whose command has several lines.
func (n next) afterProbe(start int) int {
	end, beside := n.probe[start], n.beside[start]
	if end > 0 && end < start+maxFold && (beside == 0 || end <= beside) {
		return end + 1
	}
	return start + 1
}
