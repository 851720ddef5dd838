package crashlog

// Rewrite gives a copy of the log in which f has replaced every text that stems from it. It serves to take secrets out
// before anything is judged, printed or kept. Nil in, nil out.
func (l *Log) Rewrite(f func(string) string) *Log {
	if l == nil {
		return nil
	}
	out := *l
	out.Tail = rewriteLines(l.Tail, f)
	out.Shutdown.Text, out.Ready.Text = f(l.Shutdown.Text), f(l.Ready.Text)
	out.Crash = l.Crash.rewrite(f)
	return &out
}

func (c *Crash) rewrite(f func(string) string) *Crash {
	if c == nil {
		return nil
	}
	out := *c
	for _, text := range []*string{&out.Message, &out.URL, &out.Path, &out.Var, &out.User, &out.Key} {
		*text = f(*text)
	}
	out.Said = make([]Statement, len(c.Said))
	for i, s := range c.Said {
		s.Text = f(s.Text)
		out.Said[i] = s
	}
	out.Excerpt = rewriteLines(c.Excerpt, f)
	return &out
}

func rewriteLines(lines []Line, f func(string) string) []Line {
	out := make([]Line, len(lines))
	for i, line := range lines {
		line.Text = f(line.Text)
		out[i] = line
	}
	return out
}
