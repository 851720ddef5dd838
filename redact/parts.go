package redact

import (
	"slices"
	"strings"
)

// parts are lines that wait for the rest of them: the container runtime writes a long line in parts of 16 KiB, all but the
// last with the tag P. The lines of stdout and stderr come in between each other.
type parts struct {
	lines []part
	bytes int
	open  [2]bool // by stream: a part without its end is there
}

// part is one line.
type part struct{ prefix, body, end string }

// What waits at most. No runtime splits a line into more than this, and a program that died may have left a part alone.
const (
	maxParts     = 256
	maxPartBytes = 4 << 20
)

// take keeps a line if it is a part of one, or if one waits for its end. It says whether it did.
func (p *parts) take(prefix, body, end string) bool {
	stream, partial := streamOf(prefix)
	if !partial && len(p.lines) == 0 {
		return false
	}
	p.lines = append(p.lines, part{prefix, body, end})
	p.bytes += len(prefix) + len(body)
	if stream >= 0 {
		p.open[stream] = partial
	}
	return true
}

// waiting says that a line has not ended yet, and that it is worth to wait for it.
func (p *parts) waiting() bool {
	return (p.open[0] || p.open[1]) && len(p.lines) < maxParts && p.bytes < maxPartBytes
}

// join gives the lines with the whole text of a line that was split in the first of its parts, and nothing in the others:
// a secret may stand where the line was split.
func (p *parts) join() []part {
	joined := slices.Clone(p.lines)
	first := [2]int{-1, -1}
	var text [2]strings.Builder
	for i := range joined {
		stream, partial := streamOf(joined[i].prefix)
		if stream < 0 {
			continue
		}
		text[stream].WriteString(joined[i].body)
		if first[stream] < 0 {
			first[stream] = i
		} else {
			joined[i].body = ""
		}
		if !partial {
			joined[first[stream]].body = text[stream].String()
			first[stream] = -1
			text[stream].Reset()
		}
	}
	for stream, i := range first {
		if i >= 0 {
			joined[i].body = text[stream].String()
		}
	}
	return joined
}

// streamOf says to which stream a line belongs by what the runtime put in front, -1 for none, and whether it is a part.
func streamOf(prefix string) (stream int, partial bool) {
	switch {
	case strings.HasSuffix(prefix, "stdout P "):
		return 0, true
	case strings.HasSuffix(prefix, "stderr P "):
		return 1, true
	case strings.HasSuffix(prefix, "stdout F "):
		return 0, false
	case strings.HasSuffix(prefix, "stderr F "):
		return 1, false
	}
	return -1, false
}
