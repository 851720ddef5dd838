package crashlog

// Renumber gives each line that l speaks of the number that it has elsewhere: in the text that the log was taken out of.
// number is asked for numbers from 1 to l.Lines, which becomes that of the last line.
func (l *Log) Renumber(number func(int) int) {
	line := func(n *int) {
		if *n > 0 {
			*n = number(*n)
		}
	}
	lines := func(lines []Line) {
		for i := range lines {
			line(&lines[i].Number)
		}
	}
	lines(l.Tail)
	line(&l.Lines)
	line(&l.Shutdown.Number)
	line(&l.Ready.Number)
	if l.Crash == nil {
		return
	}
	line(&l.Crash.Line)
	line(&l.Crash.End)
	lines(l.Crash.Excerpt)
	for i := range l.Crash.Said {
		line(&l.Crash.Said[i].Line)
	}
}
