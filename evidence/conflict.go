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
				ev.Conflicts = append(ev.Conflicts, fmt.Sprintf("the log of %s ends at %s, but the run that would have written it ended at %s: one of the two is of another run",
					c.called(), log.Says.Last.UTC().Format(time.DateTime), c.LastExit.Finished.UTC().Format(time.DateTime)))
			}
		}
	}
}

// How far a log must reach beyond the end of its run to be another's. A container and its node have one clock, but a
// program's own time stamps often carry no zone.
const (
	farOff     = time.Minute
	farOffZone = 5 * time.Minute // and as far from what a zone would explain
	zoneStep   = 30 * time.Minute
	widestZone = 14 * time.Hour
)

// outlives says that a log goes on after the end of the run that it is taken to be of.
func (c *Container) outlives(log *Log) bool {
	e := c.LastExit
	if log.Says == nil || log.Says.Last.IsZero() || e == nil || e.Finished == nil {
		return false
	}
	beyond := log.Says.Last.Sub(*e.Finished)
	if beyond <= farOff || !log.Says.Until.IsZero() { // the runtime's own stamps have decided already
		return false
	}
	zone := beyond.Round(zoneStep)
	return zone == 0 || zone > widestZone || (beyond-zone).Abs() > farOffZone+c.length()
}

// length is how long the last run lasted, 0 when that is not known: a log's last line may come as much before its end.
func (c *Container) length() time.Duration {
	if c.LastExit == nil || c.LastExit.RanFor == nil {
		return 0
	}
	return *c.LastExit.RanFor
}
