package e2e

import (
	"fmt"
	"time"

	"github.com/unloop-dev/unloop/answer"
)

// prediction is when unloop said that the container would be started again.
type prediction struct {
	container        string
	restarts         int
	earliest, latest time.Time
}

// predictionOf gives the predicted restart, if it is one to wait for.
func predictionOf(d *answer.Diagnosis) *prediction {
	if d.Backoff == nil || d.Backoff.Next == nil || time.Until(d.Backoff.Next.Latest) > time.Minute {
		return nil
	}
	next := d.Backoff.Next
	return &prediction{containerOf(d).Name, restartsOf(d), next.Earliest, next.Latest}
}

// checkPrediction compares with the restart, once it has happened. The API's times are whole seconds.
func (a *attempt) checkPrediction(p *pod) {
	c := p.container(a.predicts.container)
	if c == nil || c.RestartCount <= a.predicts.restarts {
		return
	}
	started := c.startedAt()
	early, late := a.predicts.earliest.Add(-time.Second), a.predicts.latest.Add(time.Second)
	next := c.RestartCount == a.predicts.restarts+1 && !started.IsZero()
	switch {
	case next && started.Before(early), next && started.After(late) && a.late > 0:
		a.end(fmt.Errorf("started again at %s, predicted between %s and %s", clock(started), clock(a.predicts.earliest), clock(a.predicts.latest)))
		return
	case next && started.After(late):
		// A busy machine's kubelet comes late. It isn't believed twice: the next back-off is predicted, too.
		a.late++
		a.todo = append(a.todo, "backoff")
		a.seen = append(a.seen, "restarted late by "+started.Sub(late).Round(time.Second).String())
	default:
		a.seen = append(a.seen, "restart as predicted")
	}
	a.predicts = nil
}

func clock(t time.Time) string { return t.UTC().Format(time.TimeOnly) }

// startedAt is when the latest run of the container began; a run that never began has the year 1970.
func (c *containerStatus) startedAt() time.Time {
	for _, s := range []state{c.State, c.LastState} {
		if s.Running != nil {
			return s.Running.StartedAt
		}
		if s.Terminated != nil && s.Terminated.StartedAt.Year() > 1970 {
			return s.Terminated.StartedAt
		}
	}
	return time.Time{}
}
