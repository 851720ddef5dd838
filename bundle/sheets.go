package bundle

import (
	"cmp"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/unloop-dev/unloop/evidence"
	"github.com/unloop-dev/unloop/internal/lazyregexp"
	"github.com/unloop-dev/unloop/printed"
)

// told is what is known of a pod's source when that is a text.
type told struct {
	printed.Pod
	at time.Time // when it was printed; zero when not known
}

// mergeSheets turns what texts tell into objects, beside those of the API. The API's own beat them: of a pod that came as
// YAML and as text, the text only adds events.
func (s *set) mergeSheets() {
	if len(s.sheets) == 0 {
		return
	}
	s.told, s.eventsOf = map[*corev1.Pod]*told{}, map[object]bool{}
	s.fillNames()
	for _, sheet := range s.sheets {
		sheet.date(s.whole())
	}
	s.takePods()
	s.takeEvents()
	s.podsOfEvents()
	s.takeControllers()
	s.linkRows()
	s.sheets = nil
}

// whole are the pods that are more than a row: of the API, or described.
func (s *set) whole() []*corev1.Pod {
	pods := slices.Clone(s.pods)
	for _, sheet := range s.sheets {
		for _, p := range sheet.objects.Pods {
			if !p.Row && p.Pod.Name != "" {
				pods = append(pods, p.Pod)
			}
		}
	}
	return pods
}

// fillNames gives names and namespaces to what has none: a table of one namespace doesn't say which, and a fragment
// doesn't say whose it is. Both are taken from the only one that is known.
func (s *set) fillNames() {
	whole := s.whole()
	name := s.onlyName(whole)
	namespace := onlyNamespace(whole)
	fill := func(inNamespace, inName *string) {
		if *inName == "" {
			*inName = name
		}
		if *inNamespace != "" {
			return
		}
		*inNamespace = namespace
		for _, pod := range whole {
			if pod.Name == *inName && pod.Namespace != "" {
				*inNamespace = pod.Namespace
			}
		}
	}
	for _, sheet := range s.sheets {
		for _, p := range sheet.objects.Pods {
			fill(&p.Pod.Namespace, &p.Pod.Name)
		}
		for _, events := range sheet.events {
			for i := range events {
				if ref := &events[i].Event.InvolvedObject; ref.Kind == "Pod" {
					fill(&ref.Namespace, &ref.Name)
				}
			}
		}
	}
}

// onlyName is the name of the only pod, or of the only row in trouble when there are but rows.
func (s *set) onlyName(whole []*corev1.Pod) string {
	var names []string
	for _, pod := range whole {
		names = append(names, pod.Name)
	}
	for _, sheet := range s.sheets {
		for _, p := range sheet.objects.Pods {
			if len(whole) == 0 && p.Row && inTrouble(p.Pod) {
				names = append(names, p.Pod.Name)
			}
		}
	}
	return onlyOne(names)
}

func onlyNamespace(pods []*corev1.Pod) string {
	var namespaces []string
	for _, pod := range pods {
		namespaces = append(namespaces, pod.Namespace)
	}
	return onlyOne(namespaces)
}

func onlyOne(names []string) string {
	slices.Sort(names)
	names = slices.DeleteFunc(slices.Compact(names), func(name string) bool { return name == "" })
	if len(names) != 1 {
		return ""
	}
	return names[0]
}

// rank orders the forms of a pod, the one that tells most first.
func rank(p *printed.Pod) int {
	forms := []string{"kubectl describe", "crictl inspect", "part of a kubectl describe", "the kubelet's log", "crictl ps", "kubectl get pods"}
	if i := slices.Index(forms, p.Form); i >= 0 {
		return i
	}
	return len(forms)
}

// takePods takes the best source of each pod, with what only the others know.
func (s *set) takePods() {
	type entry struct {
		told
		sheet *sheet
	}
	var entries []entry
	for _, sheet := range s.sheets {
		for _, p := range sheet.objects.Pods {
			sheet.dateRow(&p)
			entries = append(entries, entry{told{p, sheet.at}, sheet})
		}
		for _, pod := range sheet.read {
			s.eventsOf[object{"Pod", pod.Namespace, pod.Name}] = true
		}
	}
	slices.SortStableFunc(entries, func(a, b entry) int { return rank(&a.Pod) - rank(&b.Pod) })
	taken := map[object]*told{}
	for _, pod := range s.pods {
		taken[object{"Pod", pod.Namespace, pod.Name}] = nil
	}
	for i := range entries {
		t := &entries[i].told
		key := object{"Pod", t.Pod.Pod.Namespace, t.Pod.Pod.Name}
		switch best, seen := taken[key]; {
		case !seen:
			taken[key] = t
			s.told[t.Pod.Pod] = t
			s.pods = append(s.pods, t.Pod.Pod)
		case best != nil:
			best.complete(t)
		}
	}
}

// complete adds what a second source knows of a pod and the first doesn't: a describe prints no message of a waiting
// state, which the kubelet's log has; a fragment often lacks the restart count, which the row has.
func (t *told) complete(other *told) {
	mine, theirs := t.Pod.Pod.Status.ContainerStatuses, other.Pod.Pod.Status.ContainerStatuses
	t.Pod.Pod.Spec.NodeName = cmp.Or(t.Pod.Pod.Spec.NodeName, other.Pod.Pod.Spec.NodeName)
	for i := range mine {
		for k := range theirs {
			if mine[i].Name != theirs[k].Name && (theirs[k].Name != "" || len(mine) > 1) {
				continue
			}
			a, b := mine[i].State.Waiting, theirs[k].State.Waiting
			if a != nil && b != nil && a.Reason == b.Reason && a.Message == "" && b.Message != "" {
				a.Message = b.Message
				t.see("c.waitingMessage")
			}
			if slices.Contains(t.Blind, "c.restarts") && !slices.Contains(other.Blind, "c.restarts") {
				mine[i].RestartCount = theirs[k].RestartCount
				t.see("c.restarts")
			}
		}
	}
}

// see takes a fact off those that the source cannot show.
func (t *told) see(fact string) {
	t.Blind = slices.DeleteFunc(slices.Clone(t.Blind), func(b string) bool { return b == fact })
}

// takeControllers takes over the other objects. They stand before those of the API, which are found first then: see find.
// Rows of a table say so little of them that they are left out where a describe of the same object is there.
func (s *set) takeControllers() {
	for _, sheet := range s.sheets {
		o := &sheet.objects
		s.nodes = slices.Concat(o.Nodes, s.nodes)
		s.replicaSets = slices.Concat(o.ReplicaSets, s.replicaSets)
		s.deployments = slices.Concat(o.Deployments, s.deployments)
		s.statefulSets = slices.Concat(o.StatefulSets, s.statefulSets)
		s.daemonSets = slices.Concat(o.DaemonSets, s.daemonSets)
		s.jobs = slices.Concat(o.Jobs, s.jobs)
		s.cronJobs = slices.Concat(o.CronJobs, s.cronJobs)
	}
}

// eventsOfTrouble are reasons of events that are about a container of a pod that ran or was to run.
var eventsOfTrouble = []string{"BackOff", "Unhealthy", "Failed", "Killing", "FailedPostStartHook", "FailedMount", "FailedCreatePodSandBox"}

var containerInEvent = lazyregexp.New(`\b[Cc]ontainer:? ([a-z0-9](?:[-a-z0-9]*[a-z0-9])?)(?:\s|$)`)

// eventsForm is Form of a pod of which only events tell.
const eventsForm = "kubectl get events"

// podsOfEvents makes pods of events that speak of one in trouble, when no other source of a pod is there. All of such a
// pod is unknown but its name and that the kubelet waits before it restarts a container.
func (s *set) podsOfEvents() {
	if len(s.pods) > 0 {
		return
	}
	for _, e := range s.events {
		ref := e.InvolvedObject
		if ref.Kind != "Pod" || !slices.Contains(eventsOfTrouble, e.Reason) {
			continue
		}
		pod := find(s.pods, "", ref.Namespace, ref.Name)
		if pod == nil {
			pod = &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: ref.Namespace, Name: ref.Name}}
			pod.Status.Phase = corev1.PodRunning
			s.pods = append(s.pods, pod)
			s.told[pod] = &told{Pod: printed.Pod{Pod: pod, Form: eventsForm, Blind: printed.BlindOfEvents()}}
			for _, sheet := range s.sheets {
				s.told[pod].at = sheet.at
			}
		}
		addContainer(pod, e)
	}
	for _, e := range s.events {
		pod := find(s.pods, "", e.InvolvedObject.Namespace, e.InvolvedObject.Name)
		if pod == nil || e.Reason != "Started" || len(pod.Status.ContainerStatuses) != 1 {
			continue
		}
		if status := &pod.Status.ContainerStatuses[0]; status.RestartCount > 0 {
			status.RestartCount = max(status.RestartCount, e.Count-1)
		}
	}
}

// addContainer adds the container that an event names. "Back-off restarting failed container" says that it waits after
// having ended; kubectl says the same of a pull, with another text.
func addContainer(pod *corev1.Pod, e *corev1.Event) {
	name := ""
	if m := containerInEvent.FindStringSubmatch(e.Message); m != nil && m[1] != "in" {
		name = m[1]
	}
	loops := e.Reason == "BackOff" && strings.HasPrefix(e.Message, "Back-off restarting failed container")
	if name == "" && (!loops || len(pod.Spec.Containers) > 0) {
		return
	}
	at := slices.IndexFunc(pod.Spec.Containers, func(c corev1.Container) bool { return c.Name == name })
	if at < 0 {
		at = len(pod.Spec.Containers)
		pod.Spec.Containers = append(pod.Spec.Containers, corev1.Container{Name: name})
		pod.Status.ContainerStatuses = append(pod.Status.ContainerStatuses, corev1.ContainerStatus{Name: name})
	}
	if loops {
		pod.Status.ContainerStatuses[at].State.Waiting = &corev1.ContainerStateWaiting{Reason: "CrashLoopBackOff"}
		pod.Status.ContainerStatuses[at].RestartCount = 1 // at least; the fact is blind
	}
}

// linkRows makes rows siblings of the pods whose controller is known, where their names are made by the same rule: the
// controller's, a dash and five letters, or an ordinal.
func (s *set) linkRows() {
	for _, row := range s.pods {
		if !s.isRow(row) || len(row.OwnerReferences) > 0 {
			continue
		}
		for _, pod := range s.pods {
			owner := metav1.GetControllerOf(pod)
			if owner == nil || s.isRow(pod) || pod.Namespace != row.Namespace {
				continue
			}
			if suffix, ok := strings.CutPrefix(row.Name, owner.Name+"-"); ok && podSuffix.MatchString(suffix) {
				row.OwnerReferences = []metav1.OwnerReference{*owner}
				break
			}
		}
	}
}

var podSuffix = lazyregexp.New(`^(?:\d{1,5}|[bcdfghjklmnpqrstvwxz2456789]{5})$`)

// isRow says that a pod is known only as a row of a table.
func (s *set) isRow(pod *corev1.Pod) bool {
	t := s.told[pod]
	return t != nil && t.Row
}

// wanted says whether a pod is to be diagnosed. Rows stand beside the others: those that are well, or don't fail, tell
// something of their siblings only. A table alone is asked about all that is not well in it.
func (s *set) wanted(pod *corev1.Pod) bool {
	if !s.isRow(pod) {
		return true
	}
	others := slices.ContainsFunc(s.pods, func(p *corev1.Pod) bool { return !s.isRow(p) })
	if others {
		return inTrouble(pod) && !allReady(pod)
	}
	return !allReady(pod) || !slices.ContainsFunc(s.pods, func(p *corev1.Pod) bool { return !allReady(p) })
}

// allReady says that a row tells of nothing to do: it runs and is ready, or is done.
func allReady(pod *corev1.Pod) bool {
	if pod.Status.Phase == corev1.PodSucceeded {
		return true
	}
	known := false
	for c := range evidence.Statuses(pod) {
		known = true
		if !c.Ready {
			return false
		}
	}
	return known && pod.DeletionTimestamp == nil
}
