package bundle

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/unloop-dev/unloop/evidence"
	"github.com/unloop-dev/unloop/fact"
)

// comparison holds the sources of each pod against the best one. Of several rows, as a watch prints them, one that agrees is
// enough: the others are what was before.
type comparison map[*told][]compared

// compared is what one other source says differently, "" when it agrees.
type compared struct{ form, says string }

func (c comparison) add(best, other *told) {
	c[best] = append(c[best], compared{other.Form, best.conflict(other)})
}

// conflicts are the sentences about each pod, one for each kind of source.
func (c comparison) conflicts() map[*corev1.Pod][]string {
	all := map[*corev1.Pod][]string{}
	for best, others := range c {
		last, agrees := map[string]string{}, map[string]bool{}
		var forms []string
		for _, o := range others {
			if _, seen := last[o.form]; !seen {
				forms = append(forms, o.form)
			}
			last[o.form] = o.says
			agrees[o.form] = agrees[o.form] || o.says == "" && o.form == evidence.FormRow
		}
		for _, form := range forms {
			if last[form] != "" && !agrees[form] {
				all[best.Pod.Pod] = append(all[best.Pod.Pod], last[form])
			}
		}
	}
	return all
}

// conflict says what the other source of the pod cannot have seen at the same moment, "" if nothing. Restart counts only
// grow, so they tell which is older.
func (t *told) conflict(other *told) string {
	mine, theirs := t.source(), other.source()
	if t.Form == other.Form {
		theirs = "another " + theirs
	}
	a, b := restarts(t.Pod.Pod), restarts(other.Pod.Pod)
	if a != b && t.counts() && other.counts() {
		older := mine
		switch {
		case b < a && t.Form == other.Form:
			older = "the other"
		case b < a:
			older = theirs
		}
		return fmt.Sprintf("%s counts %d restarts, %s %d: %s is older", mine, a, theirs, b, older)
	}
	one, two := onlyStatus(t.Pod.Pod), onlyStatus(other.Pod.Pod)
	switch {
	case one == nil || two == nil:
		return ""
	case one.ContainerID != "" && two.ContainerID != "" && !sameID(one.ContainerID, two.ContainerID):
		return fmt.Sprintf("%s names container %.12s, %s %.12s: one of the two is of another run", mine, bareID(one.ContainerID), theirs, bareID(two.ContainerID))
	}
	// Words that a waiting container takes turns with, like Error and CrashLoopBackOff, are no news.
	x, y := stateWord(one), stateWord(two)
	if x != "" && y != "" && x != y && (x == "Running" || y == "Running") {
		return fmt.Sprintf("%s says %s, %s %s: they are of different moments", mine, x, theirs, y)
	}
	return ""
}

// sameID compares ids of containers; tables cut them.
func sameID(a, b string) bool {
	a, b = bareID(a), bareID(b)
	return strings.HasPrefix(a, b) || strings.HasPrefix(b, a)
}

// source names the command whose output it is.
func (t *told) source() string { return cmp.Or(t.Form, "the pod's object") }

// counts says that the source shows how often all containers were restarted. Those of a runtime and of its node count
// otherwise; and of init containers a describe doesn't say which are sidecars, whose restarts a row adds.
func (t *told) counts() bool {
	if slices.ContainsFunc(t.Pod.Pod.Status.InitContainerStatuses, func(c corev1.ContainerStatus) bool { return c.RestartCount > 0 }) {
		return false
	}
	shows := slices.Contains([]string{"", "kubectl describe", "part of a kubectl describe", evidence.FormRow}, t.Form)
	return shows && !fact.Restarts.Among(t.Hidden) && len(t.Pod.Pod.Status.ContainerStatuses) > 0
}

// restarts is what the column RESTARTS shows once the init containers are done (printPod in
// pkg/printers/internalversion).
func restarts(pod *corev1.Pod) int32 {
	n := int32(0)
	for i := range pod.Status.ContainerStatuses {
		n += pod.Status.ContainerStatuses[i].RestartCount
	}
	return n
}

// onlyStatus is the status of a pod's only container, nil if it has several.
func onlyStatus(pod *corev1.Pod) *corev1.ContainerStatus {
	if len(pod.Status.ContainerStatuses) != 1 || len(pod.Status.InitContainerStatuses) > 0 {
		return nil
	}
	return &pod.Status.ContainerStatuses[0]
}

func stateWord(s *corev1.ContainerStatus) string {
	switch {
	case s.State.Running != nil:
		return "Running"
	case s.State.Waiting != nil:
		return s.State.Waiting.Reason
	case s.State.Terminated != nil:
		return cmp.Or(s.State.Terminated.Reason, "Terminated")
	}
	return ""
}
