package bundle

import (
	"github.com/unloop-dev/unloop/files"
	"github.com/unloop-dev/unloop/ledger"
)

// laterLog is a log that was seen and not read yet: the objects must tell first which logs matter.
type laterLog struct {
	place files.Place
	given string // its name, for people
	said  logName
	part  *ledger.Part
	read  []foundLog // what it holds, if it was read as it passed by
}

// wantedLog is whose a log is that is read at last, and its part of the input.
type wantedLog struct {
	set  *set
	part *ledger.Part
}

// fewLogs is how many logs of containers that are well are read all the same: somebody who gives a pod and its log wants
// both looked at, since they may contradict each other.
const fewLogs = 16

// readLogs reads the logs that the sets want.
func (r *reader) readLogs(sets []*set) {
	r.wanted = map[files.Place]wantedLog{}
	var places []files.Place
	for _, s := range sets {
		wanted, spare := s.wantedLogs()
		if len(spare) <= fewLogs {
			wanted, spare = append(wanted, spare...), nil
		}
		for _, l := range spare {
			l.part.Why = "logs of containers that have never failed"
		}
		for _, l := range wanted {
			if l.read != nil {
				s.logs = append(s.logs, l.read...)
				continue
			}
			r.wanted[l.place] = wantedLog{s, l.part}
			places = append(places, l.place)
		}
	}
	r.files.Again(places)
}

// take gives whose the log is that is being read for the second time, if it was asked for.
func (r *reader) take() (wantedLog, bool) {
	if !r.files.Take() {
		return wantedLog{}, false
	}
	return r.wanted[r.files.Place()], true
}
