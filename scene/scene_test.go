package scene

import (
	"fmt"
	"math/rand/v2"
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
	"k8s.io/apimachinery/pkg/types"

	"github.com/unloop-dev/unloop/evidence"
)

var noon = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)

func meta(name string, owner ...metav1.OwnerReference) metav1.ObjectMeta {
	return metav1.ObjectMeta{Namespace: "shop", Name: name, UID: types.UID("uid-" + name), OwnerReferences: owner}
}

// by is the reference of a controller: "apps/v1 StatefulSet db", with another UID than its own "apps/v1 StatefulSet db u2".
func by(text string) metav1.OwnerReference {
	words, yes := strings.Fields(text), true
	uid := "uid-" + words[2]
	if len(words) > 3 {
		uid = words[3]
	}
	return metav1.OwnerReference{APIVersion: words[0], Kind: words[1], Name: words[2], UID: types.UID(uid), Controller: &yes}
}

func pod(name, node string, owner ...metav1.OwnerReference) *corev1.Pod {
	return &corev1.Pod{ObjectMeta: meta(name, owner...), Spec: corev1.PodSpec{NodeName: node}}
}

// hashed is a pod of a Deployment's ReplicaSet.
func hashed(p *corev1.Pod, hash string) *corev1.Pod {
	p.Labels = map[string]string{appsv1.DefaultDeploymentUniqueLabelKey: hash}
	return p
}

func node(name string) *corev1.Node {
	return &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: name, UID: types.UID("uid-" + name)}}
}

// event is about an object: "v1 Pod web-0", with a UID "v1 Pod web-0 u1".
func event(name, about string) *corev1.Event {
	words := strings.Fields(about)
	e := &corev1.Event{ObjectMeta: meta(name), LastTimestamp: metav1.NewTime(noon)}
	e.InvolvedObject = corev1.ObjectReference{APIVersion: words[0], Kind: words[1], Namespace: "shop", Name: words[2]}
	if len(words) > 3 {
		e.InvolvedObject.UID = types.UID(words[3])
	}
	if words[1] == "Node" {
		e.Namespace, e.InvolvedObject.Namespace = metav1.NamespaceDefault, ""
	}
	return e
}

func sceneOf(objects ...metav1.Object) *Scene {
	s := &Scene{}
	for _, o := range objects {
		s.Add(o)
	}
	return s
}

func (s *Scene) rawOf(p *corev1.Pod) *evidence.Raw {
	raw := &evidence.Raw{Pod: p}
	s.Deal(raw)
	s.DealEvents(raw)
	return raw
}

// names are those of all that was dealt to a pod: "ReplicaSet/web-1", its siblings as "beside web-b".
func names(raw *evidence.Raw) string {
	var all []string
	for _, o := range raw.Objects() {
		switch o := o.(type) {
		case *corev1.Pod:
			if o != raw.Pod {
				all = append(all, "beside "+o.Name)
			}
		case *corev1.Node:
			all = append(all, o.Name)
		case metav1.Object:
			all = append(all, strings.TrimPrefix(fmt.Sprintf("%T/%s", o, o.GetName()), "*v1."))
		}
	}
	for _, e := range raw.Events {
		all = append(all, e.Name)
	}
	slices.Sort(all)
	return strings.Join(slices.Compact(all), ", ")
}

func TestPodGetsWhatBelongsToIt(t *testing.T) {
	const rs, deploy, sts, job, cron = "apps/v1 ReplicaSet web-1", "apps/v1 Deployment web", "apps/v1 StatefulSet db", "batch/v1 Job load-7", "batch/v1 CronJob load"
	tests := []struct {
		name    string
		pod     *corev1.Pod
		objects []metav1.Object
		want    string
	}{
		{
			"the controllers above it",
			hashed(pod("web-1-a", "", by(rs)), "1"),
			[]metav1.Object{
				&appsv1.ReplicaSet{ObjectMeta: meta("web-1", by(deploy))}, &appsv1.ReplicaSet{ObjectMeta: meta("web-2", by(deploy))},
				&appsv1.Deployment{ObjectMeta: meta("web")}, &appsv1.StatefulSet{ObjectMeta: meta("web")},
			},
			"Deployment/web, ReplicaSet/web-1",
		},
		{
			"the Deployment that its label tells, without the ReplicaSet",
			hashed(pod("web-1-a", "", by(rs)), "1"),
			[]metav1.Object{&appsv1.Deployment{ObjectMeta: meta("web")}, event("scaled", deploy)},
			"Deployment/web, scaled",
		},
		{
			"no Deployment above a ReplicaSet that has none",
			hashed(pod("web-1-a", "", by(rs)), "1"),
			[]metav1.Object{&appsv1.ReplicaSet{ObjectMeta: meta("web-1")}, &appsv1.Deployment{ObjectMeta: meta("web")}},
			"ReplicaSet/web-1",
		},
		{
			"the CronJob above its Job",
			pod("load-7-a", "", by(job)),
			[]metav1.Object{&batchv1.Job{ObjectMeta: meta("load-7", by(cron))}, &batchv1.CronJob{ObjectMeta: meta("load")}, event("created", cron)},
			"CronJob/load, Job/load-7, created",
		},
		{
			"not a later controller of the same name",
			pod("db-0", "", by(sts+" uid-of-the-first")),
			[]metav1.Object{&appsv1.StatefulSet{ObjectMeta: meta("db")}},
			"",
		},
		{
			"the controller of its name, where a text tells no UID",
			pod("db-0", "", metav1.OwnerReference{Kind: "StatefulSet", Name: "db", Controller: by(sts).Controller}),
			[]metav1.Object{&appsv1.StatefulSet{ObjectMeta: meta("db")}},
			"StatefulSet/db",
		},
		{
			"not what only shares the name of a foreign kind",
			pod("load-7-a", "", by("batch.volcano.sh/v1alpha1 Job load-7")),
			[]metav1.Object{
				&batchv1.Job{ObjectMeta: meta("load-7")}, pod("load-7-b", "", by(job)),
				event("ours", job), event("theirs", "batch.volcano.sh/v1alpha1 Job load-7"),
			},
			"theirs",
		},
		{
			"the others of its workload, of every revision, and their nodes",
			hashed(pod("web-1-a", "n1", by(rs)), "1"),
			[]metav1.Object{
				hashed(pod("web-2-b", "n2", by("apps/v1 ReplicaSet web-2")), "2"), pod("db-0", "n3", by(sts)), pod("alone", "n1"),
				node("n1"), node("n2"), node("n3"),
			},
			"beside web-2-b, n1, n2",
		},
		{
			"no siblings without a controller, and those of a node are none",
			pod("alone", "n1"),
			[]metav1.Object{pod("alone-too", "n1"), pod("mirror", "n1", by("v1 Node n1"))},
			"",
		},
		{
			"the events of the one of its name that it is",
			pod("db-0", "n1", by(sts)),
			[]metav1.Object{
				event("mine", "v1 Pod db-0 uid-db-0"), event("of the one before", "v1 Pod db-0 u0"), event("of another", "v1 Pod db-1"),
				event("of the node", "v1 Node n1"), event("of another node", "v1 Node n2"), event("of the set", sts),
			},
			"mine, of the node, of the set",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := names(sceneOf(append(tt.objects, tt.pod)...).rawOf(tt.pod)); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

// What was read and is not there is not the same as what nobody read.
func TestEventsCountAsRead(t *testing.T) {
	tests := []struct {
		name        string
		fill        func(*Scene)
		pods, nodes bool
	}{
		{"nothing was", func(*Scene) {}, false, false},
		{"those of the pod", func(s *Scene) { s.ReadEventsOf(ThePod("shop", "db-0")) }, true, false},
		{"those of another pod", func(s *Scene) { s.ReadEventsOf(ThePod("shop", "db-1")) }, false, false},
		{"those of a pod of that name in another namespace", func(s *Scene) { s.ReadEventsOf(ThePod("test", "db-0")) }, false, false},
		{"those of its node", func(s *Scene) { s.ReadEventsOf(TheNode("n1")) }, false, true},
		{"those of its namespace", func(s *Scene) { s.ReadEventsIn("shop") }, true, false},
		{"those of the namespace of nodes", func(s *Scene) { s.ReadEventsIn("default") }, false, true},
		{"all", func(s *Scene) { s.ReadEventsIn("") }, true, true},
		{"one of the pod is there", func(s *Scene) { s.Add(event("e", "v1 Pod db-0")) }, true, false},
		{"one of an earlier pod is there", func(s *Scene) { s.Add(event("e", "v1 Pod db-0 u0")) }, false, false},
		{"one of its node is there", func(s *Scene) { s.Add(event("e", "v1 Node n1")) }, false, true},
		{"one of its node is there, which names a namespace", func(s *Scene) {
			e := event("e", "v1 Node n1")
			e.InvolvedObject.Namespace = "default"
			s.Add(e)
		}, false, true},
		{"one of its controller is there", func(s *Scene) { s.Add(event("e", "apps/v1 StatefulSet db")) }, false, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := pod("db-0", "n1", by("apps/v1 StatefulSet db"))
			s := sceneOf(p)
			tt.fill(s)
			if raw := s.rawOf(p); raw.EventsRead != tt.pods || raw.NodeEventsRead != tt.nodes {
				t.Errorf("events read: %v, of the node: %v", raw.EventsRead, raw.NodeEventsRead)
			}
		})
	}
}

func TestSiblingsCountAsRead(t *testing.T) {
	p, alone, sibling := pod("db-0", "", by("apps/v1 StatefulSet db")), pod("alone", ""), pod("db-1", "", by("apps/v1 StatefulSet db"))
	for _, tt := range []struct {
		name     string
		pod      *corev1.Pod
		others   []metav1.Object
		searched bool
		want     bool
	}{
		{"nobody looked", p, nil, false, false},
		{"there are none", p, nil, true, true},
		{"one is there", p, []metav1.Object{sibling}, false, true},
		{"a pod without a controller has none to read", alone, []metav1.Object{sibling}, true, false},
	} {
		s := sceneOf(append(tt.others, tt.pod)...)
		if tt.searched {
			s.ReadSiblingsOf(tt.pod)
		}
		if raw := s.rawOf(tt.pod); raw.SiblingsRead != tt.want || (raw.Family != nil) != tt.want {
			t.Errorf("%s: read %v, family %v", tt.name, raw.SiblingsRead, raw.Family != nil)
		}
	}
}

func TestSiblingsAreTheOthersOfTheFamilyInTurn(t *testing.T) {
	db := by("apps/v1 StatefulSet db")
	pods := []*corev1.Pod{pod("db-0", "", db), pod("db-1", "", db), pod("db-2", "", db), pod("alone", "")}
	s := sceneOf(pods[0], pods[1], pods[2], pods[3])
	for i, want := range [][]string{{"db-1", "db-2"}, {"db-2", "db-0"}, {"db-0", "db-1"}, nil} {
		var got []string
		for _, p := range s.rawOf(pods[i]).Siblings {
			got = append(got, p.Name)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("siblings of %s (-want +got):\n%s", pods[i].Name, diff)
		}
	}
}

// Families are of one kind, group and namespace.
func TestFamilyIsThatOfTheWorkload(t *testing.T) {
	s := sceneOf(&appsv1.ReplicaSet{ObjectMeta: meta("web-1", by("apps/v1 Deployment web"))})
	web := s.FamilyOf(pod("web-1-a", "", by("apps/v1 ReplicaSet web-1")))
	for _, tt := range []struct {
		name string
		pod  *corev1.Pod
		same bool
	}{
		{"of another revision, whose ReplicaSet was not read", hashed(pod("web-2-b", "", by("apps/v1 ReplicaSet web-2")), "2"), true},
		{"of the old API group", hashed(pod("web-2-b", "", by("extensions/v1beta1 ReplicaSet web-2")), "2"), true},
		{"of a Rollout of that name", pod("web-3", "", by("argoproj.io/v1alpha1 Rollout web")), false},
		{"of a StatefulSet of that name", pod("web-0", "", by("apps/v1 StatefulSet web")), false},
		{"without a controller", pod("web", ""), false},
	} {
		if got := s.FamilyOf(tt.pod); (got == web) != tt.same {
			t.Errorf("%s: %q, the other is %q", tt.name, got, web)
		}
	}
	if a, b := s.FamilyOf(pod("a", "", by("argoproj.io/v1alpha1 Rollout web"))), s.FamilyOf(pod("b", "", by("apps/v1 Rollout web"))); a == b {
		t.Errorf("of two groups: %q", a)
	}
	elsewhere := hashed(pod("web-2-b", "", by("apps/v1 ReplicaSet web-2")), "2")
	elsewhere.Namespace = "test"
	if got := s.FamilyOf(elsewhere); got == web {
		t.Errorf("in another namespace: %q", got)
	}
}

// The order in which objects are read is chance: lists come in pages, files in the order of their names.
func TestOrderOfReadingDoesNotShow(t *testing.T) {
	var objects []metav1.Object
	var pods []*corev1.Pod
	for i := range 6 {
		p := hashed(pod(fmt.Sprintf("web-%d", i), fmt.Sprintf("n%d", i%3), by(fmt.Sprintf("apps/v1 ReplicaSet web-%d", i%2))), fmt.Sprint(i%2))
		pods = append(pods, p)
		objects = append(objects, p, event(fmt.Sprintf("e%d", i), "v1 Pod "+p.Name), event(fmt.Sprintf("n%d.e%d", i%3, i), fmt.Sprintf("v1 Node n%d", i%3)))
	}
	again := pod("db-0", "n1", by("apps/v1 StatefulSet db u1")) // a StatefulSet and its pod were made anew
	again.UID = "uid-again"
	again.CreationTimestamp = metav1.NewTime(noon)
	pods = append(pods, pod("db-0", "n1", by("apps/v1 StatefulSet db")), again)
	objects = append(objects, pods[6], again, &appsv1.StatefulSet{ObjectMeta: meta("db")},
		&appsv1.ReplicaSet{ObjectMeta: meta("web-0", by("apps/v1 Deployment web"))}, &appsv1.Deployment{ObjectMeta: meta("web")},
		node("n0"), node("n1"), node("n2"), event("scaled", "apps/v1 Deployment web"))
	rawsOf := func(s *Scene) (raws []*evidence.Raw) {
		for _, p := range pods {
			raws = append(raws, s.rawOf(p))
		}
		return raws
	}
	want := rawsOf(sceneOf(objects...))
	random := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		random.Shuffle(len(objects), func(i, k int) { objects[i], objects[k] = objects[k], objects[i] })
		if diff := cmp.Diff(want, rawsOf(sceneOf(objects...)), cmpopts.IgnoreFields(evidence.Raw{}, "Family")); diff != "" {
			t.Fatal(diff)
		}
	}
}
