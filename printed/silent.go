package printed

import (
	"slices"
	"strings"
)

// silentLog says that nothing stands under a command that prints all of a log. That the log is empty it only means where
// another prompt follows: at the end of a paste, or of a fence, the rest may not have been copied.
func (s *segment) silentLog() bool {
	return s.command.prints() == BlockLog && !s.command.Filtered && !slices.ContainsFunc(s.lines, func(l string) bool { return strings.TrimSpace(l) != "" })
}

// keepSilent keeps an empty log, now that a prompt follows. Commands that always print something, and printed nothing, are
// those of a list of commands: nothing says that they were run.
func (c *cutter) keepSilent() {
	switch s := &c.current; {
	case s.silentLog():
		c.done = append(c.done, *s)
	case len(s.lines) == 0 && (s.command.Verb == "get" || s.command.Verb == "describe"):
		c.listed = true
	}
}

// said are the segments, without what a list of commands would say.
func (c *cutter) said() []segment {
	if c.listed {
		return slices.DeleteFunc(c.done, func(s segment) bool { return s.silentLog() })
	}
	return c.done
}

// filtered says that a command line shows only a part of what the command prints: the rest goes to another or to a file.
func filtered(line string) bool {
	return strings.ContainsAny(strings.ReplaceAll(line, "2>&1", ""), "|>")
}
