package printed

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"
)

// source is what the texts of testdata/describe/VERSION were printed from, by the kubectl of that version.
type source struct {
	pods         []*corev1.Pod
	nodes        []*corev1.Node
	deployments  []*appsv1.Deployment
	replicaSets  []*appsv1.ReplicaSet
	statefulSets []*appsv1.StatefulSet
	daemonSets   []*appsv1.DaemonSet
	jobs         []*batchv1.Job
	cronJobs     []*batchv1.CronJob
	events       map[string][]*corev1.Event // by kind and name
}

func readSource(t *testing.T, path string) *source {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	src := &source{events: map[string][]*corev1.Event{}}
	for doc := range bytes.SplitSeq(data, []byte("\n---\n")) {
		var kind metav1.TypeMeta
		decode(t, doc, &kind)
		switch kind.Kind {
		case "Pod":
			src.pods = append(src.pods, decode(t, doc, &corev1.Pod{}))
		case "Node":
			src.nodes = append(src.nodes, decode(t, doc, &corev1.Node{}))
		case "Deployment":
			src.deployments = append(src.deployments, decode(t, doc, &appsv1.Deployment{}))
		case "ReplicaSet":
			src.replicaSets = append(src.replicaSets, decode(t, doc, &appsv1.ReplicaSet{}))
		case "StatefulSet":
			src.statefulSets = append(src.statefulSets, decode(t, doc, &appsv1.StatefulSet{}))
		case "DaemonSet":
			src.daemonSets = append(src.daemonSets, decode(t, doc, &appsv1.DaemonSet{}))
		case "Job":
			src.jobs = append(src.jobs, decode(t, doc, &batchv1.Job{}))
		case "CronJob":
			src.cronJobs = append(src.cronJobs, decode(t, doc, &batchv1.CronJob{}))
		case "Event":
			e := decode(t, doc, &corev1.Event{})
			key := e.InvolvedObject.Kind + "/" + e.InvolvedObject.Name
			src.events[key] = append(src.events[key], e)
		}
	}
	return src
}

// forget takes out what the version of kubectl that printed the text did not know.
func (src *source) forget(text string) {
	if !strings.Contains(text, "\nSchedule:") { // kubectl 1.20 knows CronJobs as v1beta1
		src.cronJobs = nil
	}
	for _, p := range src.pods {
		if !strings.Contains(text, "\nService Account:") {
			p.Spec.ServiceAccountName = ""
		}
		for _, c := range p.Spec.InitContainers {
			if c.StartupProbe != nil && !strings.Contains(text, "grpc <pod>") {
				c.StartupProbe.GRPC = nil
			}
		}
		for _, c := range p.Spec.Containers {
			for i := range c.Ports {
				if !strings.Contains(text, "("+c.Ports[i].Name+")") {
					c.Ports[i].Name = ""
				}
			}
		}
	}
	for _, events := range src.events {
		for _, e := range events {
			if !strings.Contains(text, "(x4 over") { // nor series: it prints when the first was
				e.Series = nil
			}
		}
	}
}

func decode[T any](t *testing.T, doc []byte, into *T) *T {
	t.Helper()
	if err := yaml.Unmarshal(doc, into); err != nil {
		t.Fatal(err)
	}
	return into
}

// compared are the options of all comparisons: lists without items are the same as none, and of texts that may have tabs
// the words count, since tabs are printed as columns.
var compared = cmp.Options{
	cmpopts.EquateEmpty(),
	cmp.Comparer(func(a, b metav1.Time) bool { return a.Unix() == b.Unix() }),
}

func spaced(text string) string { return strings.Join(strings.Fields(text), " ") }

// TestDescribeOfVersions reads what five versions of kubectl printed and compares it, field by field, with the objects
// that they printed.
func TestDescribeOfVersions(t *testing.T) {
	texts, err := filepath.Glob(filepath.Join("testdata", "describe", "*", "*.txt"))
	if err != nil || len(texts) == 0 {
		t.Fatalf("no texts: %v", err)
	}
	for _, path := range texts {
		name := strings.TrimPrefix(path, filepath.Join("testdata", "describe")+string(filepath.Separator))
		t.Run(name, func(t *testing.T) {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			dir, base := filepath.Split(path)
			src := readSource(t, filepath.Join(dir, "..", strings.TrimSuffix(base, ".txt")+".yaml"))
			got, err := Describe(text)
			if err != nil {
				t.Fatal(err)
			}
			src.forget(string(text))
			comparePods(t, src, got)
			compareWorkloads(t, src, got, string(text))
			compareEvents(t, src, got)
		})
	}
}

func comparePods(t *testing.T, src *source, got *Objects) {
	t.Helper()
	if len(got.Pods) != len(src.pods) {
		t.Fatalf("%d pods, want %d", len(got.Pods), len(src.pods))
	}
	for i, want := range src.pods {
		want := shown(want)
		if diff := cmp.Diff(want, shown(got.Pods[i].Pod), compared); diff != "" {
			t.Errorf("pod %s (-printed +read):\n%s", want.Name, diff)
		}
		if got.Pods[i].Form != formDescribe {
			t.Errorf("pod %s: form %q", want.Name, got.Pods[i].Form)
		}
	}
}

func compareWorkloads(t *testing.T, src *source, got *Objects, text string) {
	t.Helper()
	compare(t, src.nodes, got.Nodes, func(n *corev1.Node) {
		n.Spec.PodCIDRs = nil
		//lint:ignore SA1019 old versions of Kubernetes fill it
		n.Status.NodeInfo.KubeProxyVersion = ""
	})
	compare(t, src.deployments, got.Deployments, func(d *appsv1.Deployment) {
		d.Spec.Strategy.RollingUpdate = nil
		cleanTemplate(&d.Spec.Template, text)
	})
	compare(t, src.replicaSets, got.ReplicaSets, func(rs *appsv1.ReplicaSet) {
		cleanTemplate(&rs.Spec.Template, text)
		rs.OwnerReferences = shownMeta(&rs.ObjectMeta).OwnerReferences
	})
	compare(t, src.statefulSets, got.StatefulSets, func(s *appsv1.StatefulSet) {
		s.Spec.UpdateStrategy.RollingUpdate, s.Spec.VolumeClaimTemplates, s.Spec.ServiceName = nil, nil, ""
		cleanTemplate(&s.Spec.Template, text)
	})
	compare(t, src.daemonSets, got.DaemonSets, func(d *appsv1.DaemonSet) {
		d.Namespace = "" // not printed by the oldest
		cleanTemplate(&d.Spec.Template, text)
	})
	compare(t, src.jobs, got.Jobs, func(j *batchv1.Job) {
		cleanJob(&j.Spec, text)
		j.Status.Ready = nil
		j.OwnerReferences = shownMeta(&j.ObjectMeta).OwnerReferences
	})
	compare(t, src.cronJobs, got.CronJobs, func(c *batchv1.CronJob) { cleanJob(&c.Spec.JobTemplate.Spec, text) })
}

// compare compares two lists of objects after clean has taken out of both what not all versions print.
func compare[T any](t *testing.T, want, got []*T, clean func(*T)) {
	t.Helper()
	if len(want) != len(got) {
		t.Errorf("%d of %T, want %d", len(got), new(T), len(want))
		return
	}
	for i := range want {
		clean(want[i])
		clean(got[i])
		if diff := cmp.Diff(want[i], got[i], compared, cmpopts.IgnoreTypes(metav1.TypeMeta{})); diff != "" {
			t.Errorf("%T %d (-printed +read):\n%s", want[i], i, diff)
		}
	}
}

// compareEvents compares the events, and checks that there is one moment at which all of them and all anchors were as old
// as they say.
func compareEvents(t *testing.T, src *source, got *Objects) {
	t.Helper()
	earliest, latest := time.Time{}, time.Now().AddDate(1000, 0, 0)
	narrow := func(at time.Time, age Age) {
		if from := at.Add(age.Min); from.After(earliest) {
			earliest = from
		}
		if to := at.Add(age.Max); to.Before(latest) {
			latest = to
		}
	}
	for _, e := range got.Events {
		key := e.Event.InvolvedObject.Kind + "/" + e.Event.InvolvedObject.Name
		want := findEvent(src.events[key], e.Event.Reason)
		if want == nil {
			t.Errorf("%s: no event %s", key, e.Event.Reason)
			continue
		}
		if spaced(want.Message) != spaced(e.Event.Message) || want.Type != e.Event.Type || max(1, want.Count, series(want)) != e.Event.Count {
			t.Errorf("%s: %+v, want %s ×%d: %s", key, e, want.Reason, want.Count, want.Message)
		}
		narrow(lastTime(want), e.Last)
	}
	for _, a := range got.Anchors {
		narrow(a.Time, a.Age)
	}
	if earliest.After(latest) {
		t.Errorf("no moment fits all ages: from %s to %s", earliest, latest)
	}
	for key, events := range src.events {
		for _, e := range events {
			if !slices.ContainsFunc(got.Events, func(g Event) bool {
				return g.Event.InvolvedObject.Name == e.InvolvedObject.Name && g.Event.Reason == e.Reason
			}) {
				t.Errorf("%s: event %s is missing", key, e.Reason)
			}
		}
	}
}

func findEvent(events []*corev1.Event, reason string) *corev1.Event {
	for _, e := range events {
		if e.Reason == reason {
			return e
		}
	}
	return nil
}

func series(e *corev1.Event) int32 {
	if e.Series == nil {
		return 0
	}
	return e.Series.Count
}

func lastTime(e *corev1.Event) time.Time {
	switch {
	case e.Series != nil:
		return e.Series.LastObservedTime.Time
	case !e.EventTime.IsZero():
		return e.EventTime.Time
	}
	return e.LastTimestamp.Time
}
