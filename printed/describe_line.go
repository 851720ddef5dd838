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
