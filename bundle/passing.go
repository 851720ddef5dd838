package bundle

import (
	"github.com/unloop-dev/unloop/evidence"
	"github.com/unloop-dev/unloop/ledger"
)

// passing is what is known while a tar archive passes by, of its pods so far.
type passing struct {
	seen   int             // of the set's pods
	unwell map[string]bool // the names of those that are not well
	putOff map[string]bool // the names of pods of which a log has passed already
}

// seenUnwell says that a pod of this name was seen and is not well. It is no more than a hint: another namespace may have
// one of the same name.
func (s *set) seenUnwell(name string) bool {
	p := &s.passing
	if p.unwell == nil {
		p.unwell, p.putOff = map[string]bool{}, map[string]bool{}
	}
	for ; p.seen < len(s.pods); p.seen++ {
		if pod := s.pods[p.seen]; !evidence.AlwaysWell(pod, "") {
			p.unwell[pod.Name] = true
		}
	}
	return p.unwell[name]
}

// putOff notes a log that is read when all objects are known. In an archive that has a pod before its logs, as most
// programs write them, those of a pod in trouble are read as they pass by, and nothing may be left to come back for;
// whether they are wanted is decided with the others. All logs of a pod are read in one go or the other: their order tells.
func (r *reader) putOff(name string, part *ledger.Part, read func(*ledger.Part)) {
	if part == nil {
		part = r.bookLog(name)
	}
	l := laterLog{part: part, place: r.files.Place(), given: r.files.Given(name), said: readLogName(r.files.Hint(name))}
	if pod := l.said.place.Pod; r.files.Passes() && pod != "" {
		if r.set.seenUnwell(pod) && !r.set.passing.putOff[pod] {
			l.read = r.asItPasses(func() { read(part) })
		} else {
			r.set.passing.putOff[pod] = true
		}
	}
	r.set.later = append(r.set.later, l)
}

// asItPasses gives the logs that read finds. It is not nil: an empty list needs no second look either.
func (r *reader) asItPasses(read func()) []foundLog {
	outer := r.set
	r.set = &set{logs: []foundLog{}}
	defer func() { r.set = outer }()
	r.files.AtOnce(read)
	return r.set.logs
}
