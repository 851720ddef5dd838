package cluster

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/fields"

	"github.com/unloop-dev/unloop/evidence"
	"github.com/unloop-dev/unloop/internal/spelling"
)

// podNotFound says that there is no such pod. Where its events are still there, it was deleted: then it says what they say,
// and which pods its workload has now. Else it names what there is by a similar name, if it may list that.
func (c *Client) podNotFound(ctx context.Context, namespace, name string, cause error) error {
	e := &Error{
		About: ErrNotFound, Err: cause, Text: fmt.Sprintf("there is no pod %q in namespace %s", name, namespace),
		Hint: "another namespace? give it with -n",
	}
	s := newSurroundings(c, namespace, nil)
	pods, err := s.listPods(ctx, "")
	if events := c.eventsOfGone(ctx, namespace, name); len(events) > 0 {
		e.Text = fmt.Sprintf("pod %q in namespace %s is gone; its last events say: %s", name, namespace, sayEvents(events, c.now()))
		e.Hint = hintOfGone(name, namespace, pods)
		return e
	}
	if err != nil {
		return e
	}
	var names []string
	for _, pod := range pods {
		if w := workloadOf(pod); w.Name != "" {
			names = append(names, w.String())
		}
		names = append(names, "pod/"+pod.Name)
	}
	slices.Sort(names)
	e.Hint = cmp.Or(spelling.Hint(name, slices.Compact(names)), e.Hint)
	return e
}

// eventsOfGone are the events about a pod that is not there, none when they cannot be read.
func (c *Client) eventsOfGone(ctx context.Context, namespace, name string) []corev1.Event {
	about := fields.Set{"involvedObject.kind": "Pod", "involvedObject.name": name}.AsSelector().String()
	q := query{resource: "events", namespace: namespace, fields: about, page: pageOfEvents}
	events, err := readList(ctx, c, q, func(l *corev1.EventList) []corev1.Event { return l.Items })
	if err != nil {
		return nil
	}
	return events
}

// lastWords is how many events of a pod that is gone are told.
const lastWords = 3

// sayEvents tells the newest events, the newest first. Warnings go before the rest: that a pod was scheduled and its image
// pulled is no news.
func sayEvents(events []corev1.Event, now time.Time) string {
	slices.SortStableFunc(events, func(a, b corev1.Event) int {
		return cmp.Or(warningFirst(&a)-warningFirst(&b), evidence.EventTime(&b).Compare(evidence.EventTime(&a)), strings.Compare(a.Name, b.Name))
	})
	var said []string
	for i := range events[:min(lastWords, len(events))] {
		e := &events[i]
		when := ""
		if at := evidence.EventTime(e); !at.IsZero() {
			when = fmt.Sprintf(", %s ago", max(0, now.Sub(at)).Round(time.Second))
		}
		said = append(said, fmt.Sprintf("%s (%s%s)", e.Reason, shorten(e.Message), when))
	}
	return strings.Join(said, "; ")
}

func warningFirst(e *corev1.Event) int {
	if e.Type == corev1.EventTypeWarning || e.Reason == "Killing" {
		return 0
	}
	return 1
}

// hintOfGone says where to look on: at the workload of the pods that were made from the same name.
func hintOfGone(name, namespace string, pods []*corev1.Pod) string {
	workload := ""
	var others []string
	for _, pod := range pods {
		w := workloadOf(pod)
		if w.Name == "" || !sharesOwner(name, pod) && !isOfDeployment(name, w) || workload != "" && w.String() != workload {
			continue
		}
		workload = w.String()
		others = append(others, pod.Name)
	}
	all := fmt.Sprintf("its events: kubectl get events -n %s --field-selector involvedObject.name=%s", namespace, name)
	if workload == "" {
		return all
	}
	more := ""
	if n := len(others) - lastWords; n > 0 {
		others, more = others[:lastWords], fmt.Sprintf(" and %d more", n)
	}
	return fmt.Sprintf("its workload %s has pods: %s%s; diagnose it with: unloop %s -n %s\n%s",
		workload, strings.Join(others, ", "), more, workload, namespace, all)
}

// randomSuffix is the length of what the API server appends to generateName
// (k8s.io/apiserver/pkg/storage/names.SimpleNameGenerator).
const randomSuffix = 5

// sharesOwner says that a name was made as the pod's was: by its controller, with other letters at the end.
func sharesOwner(name string, pod *corev1.Pod) bool {
	return pod.GenerateName != "" && strings.HasPrefix(name, pod.GenerateName) && len(name) == len(pod.GenerateName)+randomSuffix
}

// isOfDeployment says that a name is made as those of a Deployment's pods are, of any revision: DEPLOYMENT-HASH-SUFFIX.
func isOfDeployment(name string, w Target) bool {
	rest, ok := strings.CutPrefix(name, w.Name+"-")
	hash, suffix, two := strings.Cut(rest, "-")
	return ok && two && w.Kind == "Deployment" && len(suffix) == randomSuffix && len(hash) >= 5 && len(hash) <= 10
}
