package e2e

import (
	"slices"
	"time"

	"github.com/unloop-dev/unloop/answer"
)

// The moments of a crash loop, by the state in which the API shows the container.
const (
	momentRunning    = "running"
	momentTerminated = "terminated"
	momentBackoff    = "backoff"
)

// moments are those at which unloop has to give the same answer. A run that ends within a second or so never shows as
// running, and a program that can't be started never runs: these moments don't exist then, and none is waited for longer
// than one turn of the loop.
var moments = []string{momentRunning, momentTerminated, momentBackoff}

// loops says that the scenario is a crash loop that goes on by itself.
func (a *attempt) loops() bool { return a.Expect.Verdict == "crash-looping" && a.Until.State != "none" }

// waitsForMoments says that the loop has not yet turned once since Until was reached, and that there is time to wait for
// it. Every moment that shows meanwhile is looked at.
func (a *attempt) waitsForMoments(pods []*pod) bool {
	if !a.loops() || time.Since(a.applied) > a.Limit/2 || !slices.ContainsFunc(moments, func(m string) bool { return !slices.Contains(a.seen, m) }) {
		return false
	}
	for _, p := range pods {
		if !a.matches(p) || p.Metadata.Name != a.podName {
			continue
		}
		c := p.container(a.Expect.Container)
		if c == nil {
			return false
		}
		turned := c.RestartCount > a.until+1 || c.RestartCount > a.until && p.moment(c.Name) == momentBackoff
		return !turned
	}
	return false
}

// momentOf is the one at which unloop met the container.
func momentOf(d *answer.Diagnosis) string {
	state := containerOf(d).State
	if state == "waiting" {
		return momentBackoff
	}
	return state
}

// met counts the scenarios whose answer was right at a moment.
func (r *Runner) met(moment string) {
	if r.seen == nil {
		r.seen = map[string]int{}
	}
	r.seen[moment]++
}

// Moments says at how many scenarios each moment was met.
func (r *Runner) Moments() {
	r.say("asked while running: %d scenarios, just terminated: %d, in back-off: %d",
		r.seen[momentRunning], r.seen[momentTerminated], r.seen[momentBackoff])
}
