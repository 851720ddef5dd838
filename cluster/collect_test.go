package cluster

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/unloop-dev/unloop/cluster/fakeapi"
	"github.com/unloop-dev/unloop/evidence"
)

// aDeployment is web, whose new revision loops beside a healthy pod of the old one, and the noise around it.
func aDeployment() []runtime.Object {
	return objects(deployment("old", "new"), []runtime.Object{
		ofRevision(healthy("web-old-1", "n1"), "old"),
		ofRevision(looping("web-new-1", "n1", 1), "new"),
		ofRevision(looping("web-new-2", "n2", 1), "new"),
		owned(healthy("other-1", "n1"), "ReplicaSet", "other-5d4f"), // the same labels, another workload
		node("n1", corev1.ConditionTrue), node("n2", corev1.ConditionTrue),
		event("e1", "Pod", "web-new-1", "uid-web-new-1", "BackOff"),
		event("e2", "Pod", "web-new-1", "uid-of-an-earlier-one", "Killing"),
		event("e3", "Pod", "web-new-2", "uid-web-new-2", "BackOff"),
		event("e4", "ReplicaSet", "web-new", "uid-web-new", "FailedCreate"),
	})
}

func TestPodCostsAtMostSixRequests(t *testing.T) {
	api, c := startAPI(t, aDeployment()...)
	api.SetLog("shop", "web-new-1", "app", true, "panic: no config\n")

	raw := collectOne(t, c, Request{Targets: []Target{{"Pod", "web-new-1"}}})

	want := map[string]int{
		"get pods": 1, "get replicasets": 1, "get nodes": 1, "get pods/log": 1, "list pods": 1, "list events": 1,
	}
	if diff := cmp.Diff(want, c.RequestsByKind()); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
	if c.Requests() != len(api.Requests()) || c.Requests() > 6 {
		t.Errorf("the client counts %d requests, the server %d; want at most 6", c.Requests(), len(api.Requests()))
	}
	if raw.ReplicaSet == nil || raw.ReplicaSet.Name != "web-new" || raw.Node == nil || raw.Node.Name != "n1" {
		t.Errorf("ReplicaSet %v and node %v are not the pod's", raw.ReplicaSet, raw.Node)
	}
	if diff := cmp.Diff([]string{"web-new-2", "web-old-1"}, sorted(podNames(raw.Siblings))); diff != "" || !raw.SiblingsRead {
		t.Errorf("siblings (-want +got):\n%s", diff)
	}
	if len(raw.Events) != 1 || raw.Events[0].Name != "e1" || !raw.EventsRead {
		t.Errorf("events = %v, want e1 alone", eventNames(raw.Events))
	}
	if len(raw.Logs) != 1 || string(raw.Logs[0].Data) != "panic: no config\n" || !raw.Logs[0].Previous {
		t.Errorf("logs = %+v", raw.Logs)
	}
	if !raw.At.Equal(now) || raw.Cluster != "fake-cluster" || raw.Source != evidence.SourceLive {
		t.Errorf("at %v from %s %s", raw.At, raw.Source, raw.Cluster)
	}
	if len(raw.Missing) > 0 {
		t.Errorf("missing: %+v", raw.Missing)
	}
}

func TestSecondLoopingContainerCostsOneMoreLog(t *testing.T) {
	pod := ofRevision(looping("web-new-1", "n1", 1), "new")
	second := pod.Status.ContainerStatuses[0].DeepCopy()
	second.Name = "sidekick"
	pod.Spec.Containers = append(pod.Spec.Containers, corev1.Container{Name: "sidekick"})
	pod.Status.ContainerStatuses = append(pod.Status.ContainerStatuses, *second)
	api, c := startAPI(t, append(deployment("new"), pod, node("n1", corev1.ConditionTrue))...)
	api.SetLog("shop", "web-new-1", "app", true, "a\n")
	api.SetLog("shop", "web-new-1", "sidekick", true, "b\n")

	raw := collectOne(t, c, Request{Targets: []Target{{"Pod", "web-new-1"}}})
	if c.Requests() != 7 || len(raw.Logs) != 2 {
		t.Errorf("%d requests, %d logs; want 7 and 2", c.Requests(), len(raw.Logs))
	}

	_, c = startAPI(t, append(deployment("new"), pod, node("n1", corev1.ConditionTrue))...)
	if _, err := c.Collect(t.Context(), Request{Targets: []Target{{"Pod", "web-new-1"}}, Container: "app"}); err != nil {
		t.Fatal(err)
	}
	if n := c.RequestsByKind()["get pods/log"]; n > 2 {
		t.Errorf("%d log reads with -c app", n)
	}
}

func TestNakedPodHasNoFamily(t *testing.T) {
	_, c := startAPI(t, looping("lonely", "n1", 1), node("n1", corev1.ConditionTrue))
	raw := collectOne(t, c, Request{Targets: []Target{{"Pod", "lonely"}}})
	if raw.SiblingsRead || c.RequestsByKind()["list pods"] > 0 {
		t.Error("pods beside a pod without a controller were read")
	}
}

func TestStatefulSetPodIgnoresEventsOfItsPredecessor(t *testing.T) {
	_, c := startAPI(t,
		owned(looping("db-0", "n1", 1), "StatefulSet", "db"), node("n1", corev1.ConditionTrue),
		event("old", "Pod", "db-0", "uid-of-the-first-db-0", "Killing"), event("new", "Pod", "db-0", "uid-db-0", "BackOff"))
	raw := collectOne(t, c, Request{Targets: []Target{{"Pod", "db-0"}}})
	if diff := cmp.Diff([]string{"new"}, eventNames(raw.Events)); diff != "" {
		t.Error(diff)
	}
	if len(raw.Missing) == 0 || raw.Missing[0].What != "statefulset/db" || raw.Missing[0].Why != "not found" {
		t.Errorf("missing = %+v, want the StatefulSet, which is not there", raw.Missing)
	}
}

func TestDeploymentReadsItsPodsOfAllRevisions(t *testing.T) {
	api, c := startAPI(t, aDeployment()...)
	api.SetLog("shop", "web-new-1", "app", true, "one\n")
	api.SetLog("shop", "web-new-2", "app", true, "two\n")

	raws, err := c.Collect(t.Context(), Request{Targets: []Target{{"Deployment", "web"}}})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]int{
		"get deployments": 1, "list pods": 1, "list events": 1, "list replicasets": 1, "list nodes": 1, "get pods/log": 2,
	}
	if diff := cmp.Diff(want, c.RequestsByKind()); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
	if len(raws) != 3 {
		t.Fatalf("collected %d pods, want the 3 of web", len(raws))
	}
	for _, raw := range raws {
		if len(raw.Siblings) != 2 || raw.Deployment == nil || raw.ReplicaSet == nil || len(raw.Nodes) != 2 || len(raw.Missing) > 0 {
			t.Errorf("%s: siblings %v, nodes %d, missing %+v", raw.Pod.Name, podNames(raw.Siblings), len(raw.Nodes), raw.Missing)
		}
	}
	if diff := cmp.Diff([]string{"e1", "e4"}, eventNames(raws[0].Events)); diff != "" {
		t.Errorf("events of %s (-want +got):\n%s", raws[0].Pod.Name, diff)
	}
}

func TestCronJobReadsThePodsOfItsJobs(t *testing.T) {
	_, c := startAPI(t,
		cronJob("report"), job("report-1", controller("CronJob", "report")), job("report-2", controller("CronJob", "report")), job("other", nil),
		ofJob(looping("report-1-a", "n1", 1), "report-1"), ofJob(looping("report-2-a", "n1", 1), "report-2"),
		ofJob(looping("other-a", "n1", 1), "other"), node("n1", corev1.ConditionTrue))
	raws, err := c.Collect(t.Context(), Request{Targets: []Target{{"CronJob", "report"}}})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, raw := range raws {
		names = append(names, raw.Pod.Name)
		if raw.Job == nil || raw.CronJob == nil {
			t.Errorf("%s: job %v, cron job %v", raw.Pod.Name, raw.Job, raw.CronJob)
		}
	}
	if diff := cmp.Diff([]string{"report-1-a", "report-2-a"}, names); diff != "" {
		t.Errorf("pods (-want +got):\n%s", diff)
	}
}

func TestEveryKindOfWorkloadFindsItsPods(t *testing.T) {
	for _, kind := range []string{"StatefulSet", "DaemonSet", "ReplicaSet", "Job"} {
		t.Run(kind, func(t *testing.T) {
			api, c := startAPI(t, owned(looping("x-0", "n1", 1), kind, "x"), owned(healthy("y-0", "n1"), kind, "y"), node("n1", corev1.ConditionTrue))
			api.Add(workload(kind, "x"))
			raw := collectOne(t, c, Request{Targets: []Target{{kind, "x"}}})
			if raw.Pod.Name != "x-0" {
				t.Errorf("found %s", raw.Pod.Name)
			}
		})
	}
}

func TestNamespaceCostsSixRequestsAndOneLogPerLoop(t *testing.T) {
	all := deployment("new")
	for i := range 200 {
		pod := healthy(fmt.Sprintf("web-new-%03d", i), fmt.Sprintf("n%d", i%5))
		if i%10 == 0 {
			pod = looping(pod.Name, pod.Spec.NodeName, 137)
		}
		all = append(all, ofRevision(pod, "new"), event("e"+pod.Name, "Pod", pod.Name, pod.UID, "Pulled"))
	}
	for i := range 5 {
		all = append(all, node(fmt.Sprintf("n%d", i), corev1.ConditionTrue))
	}
	all = append(all, ofJob(looping("report-a", "n1", 1), "report"), job("report", nil))
	api, c := startAPI(t, all...)
	for _, o := range all {
		if pod, ok := o.(*corev1.Pod); ok {
			api.SetLog("shop", pod.Name, "app", true, "FATAL: out of luck\n")
		}
	}

	raws, err := c.Collect(t.Context(), Request{})
	if err != nil {
		t.Fatal(err)
	}
	requests := c.RequestsByKind()
	want := map[string]int{
		"list pods": 1, "list events": 2, "list nodes": 1, "list replicasets": 1, "list jobs": 1, // two: the nodes' own
		"get pods/log": 21,
	}
	if diff := cmp.Diff(want, requests); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
	if len(raws) != 201 {
		t.Fatalf("%d pods, want 201", len(raws))
	}
	loop := raws[1] // behind report-a
	if len(loop.Siblings) != 199 || len(loop.Nodes) != 5 || loop.ReplicaSet == nil || len(loop.Missing) > 0 {
		t.Errorf("%s: %d siblings, %d nodes, ReplicaSet %v, missing %+v",
			loop.Pod.Name, len(loop.Siblings), len(loop.Nodes), loop.ReplicaSet, loop.Missing)
	}
	if len(loop.Logs) != 1 || loop.Logs[0].Read == nil || loop.Logs[0].Data != nil {
		t.Errorf("logs = %+v, want one that was read and not kept", loop.Logs)
	}
}

func TestHealthyNamespaceCostsOneRequest(t *testing.T) {
	_, c := startAPI(t, append(deployment("new"), ofRevision(healthy("web-new-1", "n1"), "new"))...)
	raws, err := c.Collect(t.Context(), Request{})
	if err != nil || len(raws) != 1 || c.Requests() != 1 {
		t.Errorf("%d pods with %d requests (%v), want 1 with 1", len(raws), c.Requests(), err)
	}
}

func TestAllNamespacesAndSelector(t *testing.T) {
	here, there := healthy("here", "n1"), healthy("there", "n1")
	there.Namespace, there.Labels = "elsewhere", map[string]string{"app": "db"}
	_, c := startAPI(t, here, there)
	for _, test := range []struct {
		req  Request
		want string
	}{
		{Request{}, "here"},
		{Request{Namespace: "elsewhere"}, "there"},
		{Request{AllNamespaces: true, Selector: "app=db"}, "there"},
	} {
		if raw := collectOne(t, c, test.req); raw.Pod.Name != test.want {
			t.Errorf("%+v found %s, want %s", test.req, raw.Pod.Name, test.want)
		}
	}
	if raws, err := c.Collect(t.Context(), Request{AllNamespaces: true}); len(raws) != 2 {
		t.Errorf("found %d pods in all namespaces, want 2 (%v)", len(raws), err)
	}
}

func TestLongListsAreReadPageByPage(t *testing.T) {
	var all []runtime.Object
	for i := range 1100 {
		all = append(all, healthy(fmt.Sprintf("p%04d", i), "n1"))
	}
	api, c := startAPI(t, all...)
	raws, err := c.Collect(t.Context(), Request{})
	if err != nil || len(raws) != 1100 || c.Requests() != 3 {
		t.Errorf("%d pods with %d requests (%v), want 1100 with 3", len(raws), c.Requests(), err)
	}

	api.Misbehave(fakeapi.Rule{
		Verb: "list", Resource: "pods", Continue: true, Times: 1, Status: 410, Reason: metav1.StatusReasonExpired,
	})
	raws, err = c.Collect(t.Context(), Request{})
	if err != nil || len(raws) != 1100 {
		t.Errorf("%d pods after an expired continue token (%v), want 1100", len(raws), err)
	}
}

func TestBusyServerIsMissingOrAnError(t *testing.T) {
	api, c := startAPI(t, looping("p", "n1", 1))
	api.Misbehave(fakeapi.Rule{Resource: "events", Status: 429, Reason: metav1.StatusReasonTooManyRequests})
	raw := collectOne(t, c, Request{Targets: []Target{{"Pod", "p"}}})
	if len(raw.Missing) == 0 || raw.Missing[0].Why != "refused: the API server is too busy (429)" {
		t.Errorf("missing = %+v", raw.Missing)
	}
	api.Misbehave(fakeapi.Rule{Resource: "pods", Status: 429, Reason: metav1.StatusReasonTooManyRequests, Message: "too many"})
	if _, err := c.Collect(t.Context(), Request{}); err == nil || !strings.Contains(err.Error(), "too many") {
		t.Errorf("err = %v", err)
	}
}

func TestClientSaysWhoItIsAndAsksForProtobuf(t *testing.T) {
	api, c := startAPI(t, healthy("p", "n1"))
	collectOne(t, c, Request{})
	r := api.Requests()[0]
	if r.UserAgent != "unloop/test" || !strings.HasPrefix(r.Accept, "application/vnd.kubernetes.protobuf,application/json") {
		t.Errorf("User-Agent %q, Accept %q", r.UserAgent, r.Accept)
	}
}

func TestTwoTargetsOfOnePodGiveItOnce(t *testing.T) {
	_, c := startAPI(t, aDeployment()...)
	raws, err := c.Collect(t.Context(), Request{Targets: []Target{{"Deployment", "web"}, {"Pod", "web-new-1"}, {"Pod", "nope"}}})
	if len(raws) != 3 {
		t.Errorf("%d pods, want 3", len(raws))
	}
	if !errors.Is(err, ErrNotFound) {
		t.Errorf("err = %v, want that nope was not found", err)
	}
}

func TestNodeEventsAreReadWhenTheNodeMayBeTheCause(t *testing.T) {
	oom := event("oom", "Node", "n1", "n1", "SystemOOM")
	oom.Namespace = "default"
	_, c := startAPI(t, append(aDeployment(), ofRevision(looping("web-new-3", "n1", 137), "new"), oom)...)
	raws, err := c.Collect(t.Context(), Request{Targets: []Target{{"Deployment", "web"}}})
	if err != nil {
		t.Fatal(err)
	}
	for _, raw := range raws {
		if got, want := slices.Contains(eventNames(raw.Events), "oom"), raw.Pod.Spec.NodeName == "n1"; got != want {
			t.Errorf("%s on %s: has the event of n1 = %v", raw.Pod.Name, raw.Pod.Spec.NodeName, got)
		}
	}
}

func TestLabelsOfOneRevisionDoNotSelect(t *testing.T) {
	got := selectorFromLabels(map[string]string{
		"app": "web", "pod-template-hash": "abc", "controller-revision-hash": "abc", "statefulset.kubernetes.io/pod-name": "web-0",
		"apps.kubernetes.io/pod-index": "0", "topology.kubernetes.io/zone": "a",
	})
	if got != "app=web" {
		t.Errorf("selector %q", got)
	}
}

func sorted(s []string) []string {
	slices.Sort(s)
	return s
}

func eventNames(events []corev1.Event) []string {
	var names []string
	for i := range events {
		names = append(names, events[i].Name)
	}
	return names
}
