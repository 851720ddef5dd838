package evidence

import (
	"fmt"
	"time"
)

// setConflicts says where two sources of one pod cannot both be of the same moment. What rests on either is then not sure.
func (ev *Evidence) setConflicts(raw *Raw) {
	ev.Conflicts = append(ev.Conflicts, raw.Conflicts...)
	for i := range ev.Containers {
		c := &ev.Containers[i]
		for _, log := range []*Log{c.Log, c.LiveLog} {
			if log == nil || log.FromMessage {
				continue
			}
			if log.Why != "" {
				ev.Conflicts = append(ev.Conflicts, fmt.Sprintf("the log of %s: %s", c.called(), log.Why))
			} else if log == c.Log && c.outlives(log) {
				log.Sure = false
				ev.Conflicts = append(ev.Conflicts, fmt.Sprintf("the log of %s ends at %s, but the run that is taken to have written it at %s: one of the two is of another run",
					c.called(), log.Says.Last.UTC().Format(time.DateTime), c.LastExit.Finished.UTC().Format(time.DateTime)))
			}
		}
	}
}

// farOff is how far a log must reach beyond the end of its run to be another's. Clocks of a container and its node are
// the same; what programs write after the runtime has noted their end is not in the log.
const farOff = time.Minute

// outlives says that a log goes on after the end of the run that it is taken to be of. A program's own time stamps often
// carry no zone; differences that a zone would explain say nothing.
func (c *Container) outlives(log *Log) bool {
	e := c.LastExit
	if log.Says == nil || log.Says.Last.IsZero() || e == nil || e.Finished == nil {
		return false
	}
	beyond := log.Says.Last.Sub(*e.Finished)
	if beyond <= farOff || !log.Says.Until.IsZero() { // the runtime's own stamps have decided already
		return false
	}
	const quarter, widest = 15 * time.Minute, 14 * time.Hour
	zone := beyond.Round(quarter)
	return zone > widest || (beyond-zone).Abs() > farOff+c.length()
}

// length is how long the last run lasted, 0 when that is not known: a log's last line may come as much before its end.
func (c *Container) length() time.Duration {
	if c.LastExit == nil || c.LastExit.RanFor == nil {
		return 0
	}
	return *c.LastExit.RanFor
}
