package bundle

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/unloop-dev/unloop/evidence"
	"github.com/unloop-dev/unloop/scene"
)

// settle drops double objects and brings the rest in order. It is called once, when all objects are read.
func (s *set) settle() {
	s.pods, s.events, s.nodes = newest(s.pods), newest(s.events), newest(s.nodes)
	s.replicaSets, s.deployments, s.jobs, s.cronJobs = newest(s.replicaSets), newest(s.deployments), newest(s.jobs), newest(s.cronJobs)
	s.statefulSets, s.daemonSets = newest(s.statefulSets), newest(s.daemonSets)
	s.mergeSheets()
	s.podsOfLogs()
	slices.SortFunc(s.pods, func(a, b *corev1.Pod) int {
		return cmp.Or(strings.Compare(a.Namespace, b.Namespace), strings.Compare(a.Name, b.Name),
			a.CreationTimestamp.Compare(b.CreationTimestamp.Time))
	})
	slices.SortStableFunc(s.events, scene.CompareEvents)
	s.dropStrangers()
}

// manyPods is how many pods a dump has of which, with [Options.Lean], those that are well are not kept whole.
const manyPods = 1000

// entries deals out what was found to the pods to diagnose.
func (s *set) entries(source string) []entry {
	s.timeNodeLogs()
	objects := s.scene()
	raws := map[*corev1.Pod]*evidence.Raw{}
	var all []entry
	for _, pod := range s.pods {
		t, ok := s.meta.targetOf(pod.Namespace, pod.Name)
		if !ok || !s.wanted(pod) {
			continue
		}
		raw := s.raw(pod, t, objects)
		raws[pod] = raw
		all = append(all, entry{raw, objects.DealEvents})
	}
	slices.SortStableFunc(all, func(a, b entry) int { return rowsLast(a.raw) - rowsLast(b.raw) })
	if len(s.pods) == 0 {
		all = s.withoutPod()
	} else {
		all = append(all, s.alone(s.dealLogs(raws))...)
	}
	for _, e := range all {
		e.raw.Source, e.raw.Cluster = evidence.SourceFiles, source
		if e.raw.Pod == nil && len(all) > 1 && len(e.raw.Logs) > 0 { // which of the files it is about
			e.raw.Cluster = e.raw.Logs[0].Path
		}
		if s.meta != nil && s.meta.Cluster != "" {
			e.raw.Cluster = s.meta.Cluster
		}
	}
	return all
}

// newest drops all but the newest copy of each object: the same pod is often found in a list and by itself.
func newest[T metav1.Object](objects []T) []T {
	type key struct {
		namespace, name string
		uid             types.UID
	}
	at := map[key]int{}
	var kept []T
	for _, o := range objects {
		k := key{o.GetNamespace(), o.GetName(), o.GetUID()}
		i, seen := at[k]
		switch {
		case !seen || k.name == "":
			at[k] = len(kept)
			kept = append(kept, o)
		case version(o) >= version(kept[i]):
			kept[i] = o
		}
	}
	return kept
}

// version is the resourceVersion as a number, which it is for every API server that stores in etcd.
func version(o metav1.Object) uint64 {
	n, err := strconv.ParseUint(o.GetResourceVersion(), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// scene gives all objects to what says how they hang together.
func (s *set) scene() *scene.Scene {
	var objects scene.Scene
	addAll(&objects, s.pods)
	addAll(&objects, s.nodes)
	addAll(&objects, s.events)
	addAll(&objects, s.replicaSets)
	addAll(&objects, s.deployments)
	addAll(&objects, s.statefulSets)
	addAll(&objects, s.daemonSets)
	addAll(&objects, s.jobs)
	addAll(&objects, s.cronJobs)
	s.sayRead(&objects)
	return &objects
}

func addAll[T metav1.Object](to *scene.Scene, objects []T) {
	for _, o := range objects {
		to.Add(o)
	}
}

// raw is what was found about one pod.
func (s *set) raw(pod *corev1.Pod, t target, objects *scene.Scene) *evidence.Raw {
	raw := &evidence.Raw{
		Pod: pod, Missing: t.Missing,
		Form: t.Form, Hidden: t.Hidden,
		Conflicts: s.conflicts[pod],
	}
	objects.Deal(raw)
	if s.slim && evidence.AlwaysWell(pod, "") { // nobody asks what sets it apart from others, which takes time for each of them
		raw.Siblings, raw.SiblingsRead, raw.Family = nil, false, nil
	}
	if t.At != nil {
		raw.At = *t.At
	}
	if told := s.told[pod]; told != nil {
		raw.Form, raw.Hidden = told.Form, told.Hidden
		if raw.At.IsZero() {
			raw.At = told.at
		}
	}
	if raw.At.IsZero() {
		raw.Newest = s.newestOf(pod)
	}
	if raw.Job != nil {
		raw.Hidden = slices.Concat(raw.Hidden, s.unknown[raw.Job])
	}
	raw.Hidden = slices.Concat(raw.Hidden, s.unknown[pod])
	if raw.Node != nil {
		raw.Hidden = slices.Concat(raw.Hidden, s.unknown[raw.Node])
	}
	return raw
}
