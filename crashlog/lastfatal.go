package crashlog

import (
	"strings"

	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

// Loggers that write structured lines end the program with a record of level fatal (zap, logrus, zerolog), or programs do
// so right after it (pino, winston). What still follows is their shutdown, which may be long: it does not refute the
// record. Other programs mean less by the word: PostgreSQL ends a session, Rails a request.

// givesUp says whether the entry is a structured record with which a program ends itself.
func (e *entry) givesUp() bool {
	switch strings.ToLower(e.fields[fieldLevel]) {
	case "fatal", "panic", "60":
		return e.level == levelFatal && !aboutOthers.MatchString(e.text)
	}
	return false
}

var shutdownWords = lazyregexp.New(`(?i)\b(?:clos(?:e|ed|ing)|stop(?:ped|ping)?|shut(?:ting)?[- ]?down|drain(?:ed|ing)?|flush(?:ed|ing)?|disconnect(?:ed|ing)?|` +
	`releas(?:ed|ing)|(?:de|un)regist(?:er|ering|ered)|unsubscrib(?:ed|ing)|exit(?:ed|ing)|terminat(?:ed|ing)|cancel(?:l?ed|l?ing)|clean(?:ed|ing)?[- ]?up|` +
	`teardown|tearing down|finished|goodbye|bye|waiting for)\b`)

// closing says whether entry i, after a record that gives up, is of the program's shutdown.
func (v *verdict) closing(i int, c candidate) bool {
	return v.es[c.start].givesUp() && shutdownWords.MatchString(v.es[i].text)
}

// lastFatal is the last record with which the last run gave up, however many lines follow. Nil for a program that has
// served: it may have gone on.
func (v *verdict) lastFatal() *candidate {
	if v.ready > 0 {
		return nil
	}
	for i := len(v.candidates) - 1; i >= 0; i-- {
		if c := &v.candidates[i]; v.es[c.start].givesUp() && v.run(c.start) == len(v.restarts) {
			return c
		}
	}
	return nil
}

// keptFatal is the last line of a log that gives up and that the window has dropped.
type keptFatal struct{ page }

// fatalLooks bounds how many lines of a page that hold the word are taken apart.
const fatalLooks = 50

// take looks through a page that is about to be dropped.
func (k *keptFatal) take(p *page) {
	looks := 0
	for i := len(p.lines) - 1; i >= 0 && looks < fatalLooks; i-- {
		l := p.lines[i]
		if l.words&hintsFatal == 0 {
			continue
		}
		looks++
		line := p.text(l)
		if e := parseLine(l.number, string(line)); e.givesUp() {
			k.reset()
			k.add(l.number, line, l.words)
			return
		}
	}
}
