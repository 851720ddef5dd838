package report

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/unloop-dev/unloop/diagnosis"
	"github.com/unloop-dev/unloop/evidence"
	"github.com/unloop-dev/unloop/internal/term"
)

// moment is one line of a timeline.
type moment struct {
	at   time.Time
	text string
}

// timeline tells what happened to the container, oldest first: when the pod came, how runs ended, and the newest events
// of trouble, at most events of them. Times that are not known make no line.
func timeline(d *diagnosis.Diagnosis, events int) []moment {
	var out []moment
	add := func(at *time.Time, text string) {
		if at != nil && !at.IsZero() {
			out = append(out, moment{*at, term.Clean(text)})
		}
	}
	add(d.Evidence.Pod.Created, "pod created")
	if c := d.Container; c != nil {
		for _, e := range []*evidence.Exit{c.PrevExit, c.LastExit} {
			if e != nil {
				add(e.Finished, "run ended: "+runText(e, time.Time{}))
			}
		}
		if c.RunningFor != nil && !d.Evidence.At.IsZero() {
			started := d.Evidence.At.Add(-*c.RunningFor)
			add(&started, "the present run began")
		}
	}
	for _, e := range troubleEvents(d, events) {
		add(&e.Last, eventText(e))
	}
	slices.SortStableFunc(out, func(a, b moment) int { return a.at.Compare(b.at) })
	return out
}

// troubleEvents are the newest warnings and kills that concern the diagnosis, oldest first. BackOff is left out: it only repeats that
// there is a loop.
func troubleEvents(d *diagnosis.Diagnosis, limit int) []evidence.Event {
	var out []evidence.Event
	for _, e := range d.Evidence.Events {
		mine := d.Container == nil || e.Container == "" || e.Container == d.Container.Name
		if mine && e.Reason != "BackOff" && (e.Type == "Warning" || e.Reason == "Killing") {
			out = append(out, e)
		}
	}
	slices.SortStableFunc(out, func(a, b evidence.Event) int {
		return cmp.Or(a.Last.Compare(b.Last), a.First.Compare(b.First))
	})
	return out[max(0, len(out)-limit):]
}

func eventText(e evidence.Event) string {
	text := e.Reason
	if e.Kind == "Node" {
		text = "node: " + text
	}
	if e.Count > 1 {
		text += fmt.Sprintf(", %d times", e.Count)
		if !e.First.IsZero() && e.First.Before(e.Last) {
			text += " in " + span(e.Last.Sub(e.First))
		}
	}
	if e.Message != "" {
		text += ": " + e.Message
	}
	return text
}

// stamp formats a moment of a timeline, with the date when the timeline spans more than the day of at.
func stamp(t, at time.Time) string {
	if t.UTC().Format(time.DateOnly) == at.UTC().Format(time.DateOnly) {
		return t.UTC().Format(time.TimeOnly)
	}
	return t.UTC().Format("Jan _2 15:04:05")
}
