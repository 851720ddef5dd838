package bundle

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/unloop-dev/unloop/fact"
	"github.com/unloop-dev/unloop/printed"
	"github.com/unloop-dev/unloop/scene"
)

// told is what is known of a pod's source when that is a text.
type told struct {
	printed.Pod
	at     time.Time // when it was printed; zero when not known
	lasted time.Time // what lies before that; zero when nothing is known to
}

// mergeSheets turns what texts tell into objects, beside those of the API. The API's own beat them: of a pod that came as
// YAML and as text, the text only adds events.
func (s *set) mergeSheets() {
	s.unmask()
	if len(s.sheets) == 0 {
		return
	}
	if s.told == nil {
		s.told = map[*corev1.Pod]*told{}
	}
	s.eventsOf = map[scene.Object]bool{}
	s.fillNames()
	for _, sheet := range s.sheets {
		sheet.date(s.whole())
	}
	s.takePods()
	s.takeEvents()
	s.podsOfEvents()
	s.takeControllers()
	s.linkRows()
	s.seeRows()
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
	namespaces := map[string]string{}
	for _, pod := range whole {
		namespaces[pod.Name] = cmp.Or(pod.Namespace, namespaces[pod.Name])
	}
	fill := func(inNamespace, inName *string) {
		*inName = cmp.Or(*inName, name)
		*inNamespace = cmp.Or(*inNamespace, namespaces[*inName], namespace)
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

// onlyName is the name of the only pod, or of the only row that tells of a crash when there are but rows.
func (s *set) onlyName(whole []*corev1.Pod) string {
	var names []string
	for _, pod := range whole {
		names = append(names, pod.Name)
	}
	for _, sheet := range s.sheets {
		for _, p := range sheet.objects.Pods {
			if len(whole) == 0 && p.Row && hasCrashed(p.Pod) {
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
	forms := []string{
		"kubectl describe", "part of a pod's YAML", "crictl inspect", "docker inspect", "part of a kubectl describe", "the kubelet's log", "crictl ps",
		"docker ps", "kubectl get pods",
	}
	if i := slices.Index(forms, p.Form); i >= 0 {
		return i
	}
	return len(forms)
}

// takePods takes the best source of each pod, with what only the others know.
func (s *set) takePods() {
	var all []*told
	for _, sheet := range s.sheets {
		for _, p := range sheet.objects.Pods {
			sheet.dateRow(&p)
			all = append(all, &told{p, sheet.at, sheet.lasted(&p)})
		}
		for _, pod := range sheet.read {
			s.eventsOf[scene.ThePod(pod.Namespace, pod.Name)] = true
		}
	}
	slices.SortStableFunc(all, func(a, b *told) int { // of two describes, the newer
		return cmp.Or(rank(&a.Pod)-rank(&b.Pod), int(restarts(b.Pod.Pod)-restarts(a.Pod.Pod)))
	})
	taken, compared := map[scene.Object]*told{}, comparison{}
	for _, pod := range s.pods {
		taken[scene.ThePod(pod.Namespace, pod.Name)] = &told{Pod: printed.Pod{Pod: pod}}
	}
	for _, t := range all {
		key := scene.ThePod(t.Pod.Pod.Namespace, t.Pod.Pod.Name)
		switch best, seen := taken[key]; {
		case !seen:
			taken[key] = t
			s.told[t.Pod.Pod] = t
			s.pods = append(s.pods, t.Pod.Pod)
		default:
			compared.add(best, t)
			best.complete(t)
		}
	}
	s.conflicts = compared.conflicts()
}

// complete adds what a second source knows of a pod and the first doesn't: a describe prints no message of a waiting
// state, which the kubelet's log has; a fragment often lacks the restart count, which the row has.
func (t *told) complete(other *told) {
	if t.Form == "" {
		return // the API told all
	}
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
				t.Reveal(fact.WaitingMessage)
			}
			if fact.Restarts.Among(t.Hidden) && !fact.Restarts.Among(other.Hidden) {
				mine[i].RestartCount = theirs[k].RestartCount
				t.Reveal(fact.Restarts)
			}
		}
	}
}

// takeControllers takes over the other objects. Of several with one name, find takes the last: those of the API come
// after the printed, and nodes that were described after those that are rows.
func (s *set) takeControllers() {
	slices.SortStableFunc(s.sheets, func(a, b *sheet) int { return b.described() - a.described() })
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

// described counts the nodes that a sheet shows in full.
func (s *sheet) described() int {
	n := 0
	for _, node := range s.objects.Nodes {
		if len(node.Status.Capacity) > 0 {
			n++
		}
	}
	return n
}

// withoutTheirPods adds to an error which controllers were read: it is their pods that are missing.
func (s *set) withoutTheirPods(err error) error {
	var names []string
	add := func(kind string, o metav1.Object) { names = append(names, kind+"/"+o.GetName()) }
	for _, o := range s.deployments {
		add("deployment", o)
	}
	for _, o := range s.statefulSets {
		add("statefulset", o)
	}
	for _, o := range s.daemonSets {
		add("daemonset", o)
	}
	for _, o := range s.jobs {
		add("job", o)
	}
	if len(names) == 0 {
		return err
	}
	more := ""
	if len(names) > 3 {
		names, more = names[:3], " and others"
	}
	return fmt.Errorf("%w; the input has %s%s but none of their pods: add the output of kubectl describe pods", err, strings.Join(names, ", "), more)
}
