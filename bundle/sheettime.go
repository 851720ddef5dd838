package bundle

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/unloop-dev/unloop/evidence"
	"github.com/unloop-dev/unloop/fact"
	"github.com/unloop-dev/unloop/printed"
	"github.com/unloop-dev/unloop/scene"
)

// vague is how roughly the moment of printing may be known to be of use. The age of a pod of weeks leaves it open by a
// day, and no event lives as long.
const vague = 5 * time.Minute

// date finds out when the sheet was printed, from times that it gives both as a moment and as an age, else from ages of
// things whose moments others know: the pods in whole.
func (s *sheet) date(whole []*corev1.Pod) {
	anchors := s.objects.Anchors
	if len(anchors) == 0 {
		anchors = s.borrowed(whole)
	}
	anchors = append(slices.Clone(anchors), s.startAnchors()...)
	anchors = slices.DeleteFunc(anchors, func(a printed.Anchor) bool { return !a.Age.Known || a.Time.IsZero() })
	slices.SortStableFunc(anchors, func(a, b printed.Anchor) int { return cmp.Compare(a.Age.Max-a.Age.Min, b.Age.Max-b.Age.Min) })
	var low, high time.Time
	for _, a := range anchors {
		from, to := a.Time.Add(a.Age.Min), a.Time.Add(a.Age.Max)
		switch {
		case low.IsZero():
			low, high = from, to
		case from.Before(high) && low.Before(to): // one that contradicts the more exact ones says nothing
			low, high = latest(low, from), earliest(high, to)
		}
	}
	if !low.IsZero() && high.Sub(low) <= vague {
		s.at, s.slack = high, high.Sub(low)
	}
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earliest(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// startLag is how long after its creation or scheduling the kubelet notes a pod's start when nothing keeps it.
const startLag = 3 * time.Second

// borrowed are anchors of which the sheet has the age, and another source the moment: a row's AGE and the pod's creation,
// its last restart and the end of that run, the Scheduled event and the pod's start.
func (s *sheet) borrowed(whole []*corev1.Pod) []printed.Anchor {
	var anchors []printed.Anchor
	for _, p := range s.objects.Pods {
		if pod := scene.Find(whole, "", p.Pod.Namespace, p.Pod.Name); p.Row && pod != nil {
			anchors = append(anchors, rowAnchors(&p, pod)...)
		}
	}
	for _, events := range s.events {
		for i := range events {
			e := &events[i]
			ref := e.Event.InvolvedObject
			if e.Event.Reason != "Scheduled" || ref.Kind != "Pod" {
				continue
			}
			if pod := scene.Find(whole, "", ref.Namespace, ref.Name); pod != nil && pod.Status.StartTime != nil {
				anchors = append(anchors, after(pod.Status.StartTime.Time, e.Last))
			}
		}
	}
	return anchors
}

func rowAnchors(row *printed.Pod, pod *corev1.Pod) []printed.Anchor {
	var anchors []printed.Anchor
	switch {
	case !pod.CreationTimestamp.IsZero():
		anchors = append(anchors, printed.Anchor{Time: pod.CreationTimestamp.Time, Age: row.Age})
	case pod.Status.StartTime != nil:
		anchors = append(anchors, after(pod.Status.StartTime.Time, row.Age))
	}
	count, newest := int32(0), time.Time{}
	for c := range evidence.Statuses(pod) {
		count += c.RestartCount
		if t := c.LastTerminationState.Terminated; t != nil {
			newest = latest(newest, t.FinishedAt.Time)
		}
	}
	for c := range evidence.Statuses(row.Pod) {
		if c.RestartCount == count && !newest.IsZero() && row.Restarted.Known {
			anchors = append(anchors, printed.Anchor{Time: newest, Age: row.Restarted})
		}
	}
	return anchors
}

// after is an anchor whose age was counted from a moment shortly before start.
func after(start time.Time, age printed.Age) printed.Anchor {
	age.Min = max(0, age.Min-startLag)
	return printed.Anchor{Time: start, Age: age}
}

// when gives the newest moment that something of this age can have been at, and how much earlier it may have been.
func (s *sheet) when(age printed.Age) (newest metav1.Time, slack time.Duration) {
	if s.at.IsZero() || !age.Known {
		return metav1.Time{}, 0
	}
	return metav1.NewTime(s.at.Add(-age.Min)), age.Max - age.Min + s.slack
}

// dateEvent turns an event's ages into times, as far as the moment of printing is known.
func (s *sheet) dateEvent(e *printed.Event) *corev1.Event {
	event := e.Event.DeepCopy()
	last, slack := s.when(e.Last)
	if last.IsZero() {
		return event
	}
	event.LastTimestamp, event.FirstTimestamp = last, last
	if first, _ := s.when(e.First); !first.IsZero() && event.Count > 1 {
		event.FirstTimestamp = first
	}
	event.Annotations = map[string]string{evidence.SlackAnnotation: slack.String()}
	return event
}

// dateRow turns a row's ages into times. What stays unknown is hidden.
func (s *sheet) dateRow(p *printed.Pod) {
	if !p.Row {
		return
	}
	if created, _ := s.when(p.Age); !created.IsZero() && p.Age.Max-p.Age.Min <= vague {
		p.Pod.CreationTimestamp = created
	} else {
		p.Hide(fact.Created, fact.Age)
	}
	ended, _ := s.when(p.Restarted)
	for c := range evidence.Statuses(p.Pod) {
		if t := c.LastTerminationState.Terminated; t != nil {
			t.FinishedAt = ended
			if ended.IsZero() {
				p.Hide(fact.ExitFinished)
				noteAges(p)
			}
		}
	}
}

// noteAges keeps the ages of a row that cannot be turned into times: how far its last crash and its creation lie apart, and how
// far behind the moment of printing, tells a loop as well.
func noteAges(p *printed.Pod) {
	if p.Pod.Annotations == nil {
		p.Pod.Annotations = map[string]string{}
	}
	for key, age := range map[string]printed.Age{evidence.AnnotationAge: p.Age, evidence.AnnotationCrashed: p.Restarted} {
		if age.Known {
			p.Pod.Annotations[key] = age.Min.String()
		}
	}
	if p.WaitingSeen != "" {
		p.Pod.Annotations[evidence.AnnotationEnds] = strconv.Itoa(p.EndsSeen)
	}
}

// takeEvents takes over the events of all sheets. The same event is often there twice, in a describe and in a table, or
// as an object of the API, which knows its times: those are kept once.
func (s *set) takeEvents() {
	type key struct {
		about           scene.Object
		reason, message string
		nth             int // the same may have happened several times
	}
	seen := map[key]*corev1.Event{}
	keep := func(e *corev1.Event, count map[key]int) (twin *corev1.Event) {
		k := key{about: scene.Subject(&e.InvolvedObject), reason: e.Reason, message: strings.TrimSpace(e.Message)}
		k.nth, count[k] = count[k], count[k]+1
		if twin = seen[k]; twin == nil {
			seen[k] = e
		}
		return twin
	}
	count := map[key]int{}
	for _, e := range s.events {
		keep(e, count)
	}
	for _, sheet := range s.sheets {
		for _, part := range sheet.events {
			count := map[key]int{}
			for i := range part {
				e := sheet.dateEvent(&part[i])
				if twin := keep(e, count); twin == nil {
					s.events = append(s.events, e)
				} else if twin.LastTimestamp.IsZero() && twin.EventTime.IsZero() && !e.LastTimestamp.IsZero() {
					*twin = *e
				}
			}
		}
	}
}
