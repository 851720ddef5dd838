package printed

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
)

// shape is a pod in one line: what a row has told.
func shape(p Pod) string {
	var parts []string
	for _, s := range p.Pod.Status.InitContainerStatuses {
		parts = append(parts, "init "+stateShape(&s))
	}
	for _, s := range p.Pod.Status.ContainerStatuses {
		parts = append(parts, s.Name+stateShape(&s))
	}
	name := strings.TrimPrefix(p.Pod.Namespace+"/"+p.Pod.Name, "/")
	text := fmt.Sprintf("%s %s", name, p.Pod.Status.Phase)
	if p.Pod.Status.Reason != "" {
		text += " " + p.Pod.Status.Reason
	}
	if p.Pod.DeletionTimestamp != nil {
		text += " deleted"
	}
	if p.Pod.Spec.NodeName != "" {
		text += " on " + p.Pod.Spec.NodeName
	}
	return text + ": " + strings.Join(parts, ", ")
}

func stateShape(s *corev1.ContainerStatus) string {
	state := "none"
	switch {
	case s.State.Waiting != nil:
		state = "waiting " + s.State.Waiting.Reason
	case s.State.Running != nil:
		state = "running"
	case s.State.Terminated != nil:
		state = fmt.Sprintf("terminated %s %d", s.State.Terminated.Reason, s.State.Terminated.ExitCode)
	}
	if s.Ready {
		state += " ready"
	}
	return fmt.Sprintf("%s restarts=%d", state, s.RestartCount)
}

func shapes(pods []Pod) []string {
	var all []string
	for _, p := range pods {
		all = append(all, shape(p))
	}
	return all
}

// TestPodTables reads the column sets that kubectl has had. Their texts are of kubectl 1.10, 1.20 and 1.36, and of the
// watch of the last.
func TestPodTables(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string
	}{
		{"narrow", "NAME    READY   STATUS             RESTARTS      AGE\n" +
			"oom     0/1     CrashLoopBackOff   3 (16s ago)   59s\n" +
			"up      1/1     Running            0             59s\n", []string{
			"oom Running: waiting CrashLoopBackOff restarts=3",
			"up Running: running ready restarts=0",
		}},
		{"wide, of all namespaces, with labels", "NAMESPACE   NAME    READY   STATUS        RESTARTS   AGE   IP            NODE   NOMINATED NODE   READINESS GATES   LABELS\n" +
			"shop        db-0    0/1     Terminating   0          59s   10.244.1.12   n1     <none>           <none>            app=db\n" +
			"shop        new-0   0/1     Pending       0          59s   <none>        <none>   <none>           <none>            app=db\n", []string{
			"shop/db-0 Running deleted on n1: running restarts=0",
			"shop/new-0 Pending: ",
		}},
		{"of kubectl 1.10", "NAME      READY     STATUS              RESTARTS   AGE       IP           NODE\n" +
			"oom       0/1       OOMKilled           25         1h        172.17.0.5   minikube\n" +
			"code      0/1       ExitCode:3          1          1h        172.17.0.5   minikube\n", []string{
			"oom Running on minikube: terminated OOMKilled 1 restarts=25",
			"code Running on minikube: terminated  3 restarts=1",
		}},
		{"init", "NAME   READY   STATUS                  RESTARTS      AGE\n" +
			"a      0/2     Init:0/2                0             59s\n" +
			"b      0/1     Init:CrashLoopBackOff   3 (22s ago)   60s\n" +
			"c      0/1     Init:Error              3 (22s ago)   60s\n" +
			"d      0/1     Init:Signal:9           3 (22s ago)   60s\n" +
			"e      0/1     PodInitializing         0             60s\n", []string{
			"a Pending: init running restarts=0",
			"b Pending: init waiting CrashLoopBackOff restarts=3",
			"c Pending: init terminated Error 1 restarts=3",
			"d Pending: init terminated  137 restarts=3",
			"e Pending: waiting PodInitializing restarts=0",
		}},
		{"the pod's own reasons", "NAME   READY   STATUS     RESTARTS   AGE\n" +
			"a      0/1     Evicted    0          5d3h\nb      0/1     NodeLost   0          5d3h\nc      1/1     Unknown    0          5d3h\nd      0/1     Completed  0          5d3h\n", []string{
			"a Failed Evicted: ",
			"b Failed NodeLost: ",
			"c Unknown: ",
			"d Succeeded: terminated Completed 0 restarts=0",
		}},
		{"a watch, wider than its header", "NAME   READY   STATUS    RESTARTS   AGE\n" +
			"api    1/1     Running   0          5s\napi    0/1     Error     0          8s\napi    0/1     CrashLoopBackOff   1 (14s ago)   23s\n", []string{
			"api Running: waiting CrashLoopBackOff restarts=1",
		}},
		{"a row alone", "api-7d4f8c9b5d-x2x4z   1/2   CrashLoopBackOff   7 (2m3s ago)   13m\n", []string{
			"api-7d4f8c9b5d-x2x4z Running: waiting CrashLoopBackOff restarts=7",
		}},
		{"blanks collapsed", "NAMESPACE NAME READY STATUS RESTARTS AGE IP NODE NOMINATED NODE READINESS GATES\nshop api 0/1 Error 7 (2m3s ago) 13m 10.0.0.1 n2 <none> <none>\n", []string{
			"shop/api Running on n2: terminated Error 1 restarts=7",
		}},
		{"all kinds", "NAME      READY   STATUS    RESTARTS   AGE\npod/api   1/1     Running   0          13m\n\n" +
			"NAME          TYPE        CLUSTER-IP   EXTERNAL-IP   PORT(S)   AGE\nservice/api   ClusterIP   10.96.0.14   <none>        80/TCP    13m\n", []string{
			"api Running: running ready restarts=0",
		}},
		{"not pods", "NAME   READY   UP-TO-DATE   AVAILABLE   AGE\napi    0/1     1            0           13m\nI ate 3/4 of Cake 5 minutes ago\n", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, shapes(Table([]byte(tt.text), "").Pods)); diff != "" {
				t.Errorf("pods (-want +got):\n%s", diff)
			}
		})
	}
}

func TestRowKnowsItsAgesAndOwner(t *testing.T) {
	p := Table([]byte("api-7d4f8c9b5d-x2x4z   0/1   Error   7 (2m3s ago)   13m\n"), "").Pods[0]
	want := Age{Min: 123 * time.Second, Max: 124 * time.Second, Known: true}
	if p.Restarted != want || p.Age.Min != 13*time.Minute || !p.Row {
		t.Errorf("restarted %v ago, made %v ago, row %v", p.Restarted, p.Age, p.Row)
	}
	owner := p.Pod.OwnerReferences
	if len(owner) != 1 || owner[0].Name != "api-7d4f8c9b5d" || p.Pod.Labels["pod-template-hash"] != "7d4f8c9b5d" {
		t.Errorf("owner %v, labels %v", owner, p.Pod.Labels)
	}
}

// eventShape is an event in one line.
func eventShape(e Event) string {
	return fmt.Sprintf("%v..%v x%d %s %s %s/%s/%s %s: %s", e.Last.Min, e.First.Min, e.Event.Count, e.Event.Type, e.Event.Reason,
		e.Event.InvolvedObject.Kind, e.Event.InvolvedObject.Namespace, e.Event.InvolvedObject.Name, e.Event.InvolvedObject.FieldPath, e.Event.Message)
}

func TestEventTables(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string
	}{
		{"kubectl get events", "LAST SEEN   TYPE      REASON      OBJECT    MESSAGE\n" +
			"58m         Normal    Scheduled   pod/oom   Successfully assigned default/oom to n2\n" +
			"2s          Warning   BackOff     pod/oom   Back-off  restarting\n", []string{
			"58m0s..58m0s x1 Normal Scheduled Pod//oom : Successfully assigned default/oom to n2",
			"2s..2s x1 Warning BackOff Pod//oom : Back-off  restarting",
		}},
		{"kubectl events -A", "NAMESPACE   LAST SEEN               TYPE      REASON    OBJECT        MESSAGE\n" +
			"shop        3m30s (x256 over 58m)   Warning   BackOff   Pod/api-1     Back-off restarting failed container\n", []string{
			"3m30s..58m0s x256 Warning BackOff Pod/shop/api-1 : Back-off restarting failed container",
		}},
		{"wide", "LAST SEEN   TYPE      REASON      OBJECT    SUBOBJECT              SOURCE              MESSAGE             FIRST SEEN   COUNT   NAME\n" +
			"32s         Normal    Scheduled   pod/oom                          default-scheduler   Successfully        32s          1       oom.18ba\n" +
			"11s         Normal    Started     pod/oom   spec.containers{app}   kubelet, n2         Container started   27s          3       oom.18bb\n", []string{
			"32s..32s x1 Normal Scheduled Pod//oom : Successfully",
			"11s..27s x3 Normal Started Pod//oom spec.containers{app}: Container started",
		}},
		{"of kubectl 1.10", "LAST SEEN   FIRST SEEN   COUNT     NAME       KIND      SUBOBJECT              TYPE      REASON    SOURCE        MESSAGE\n" +
			"3m          1h           25        oom.15ba   Pod       spec.containers{app}   Warning   BackOff   kubelet, n2   Back-off restarting failed container\n", []string{
			"3m0s..1h0m0s x25 Warning BackOff Pod//oom spec.containers{app}: Back-off restarting failed container",
		}},
		{"blanks collapsed, no header", "shop 2m11s Warning BackOff pod/api-1 Back-off restarting failed container\n", []string{
			"2m11s..2m11s x1 Warning BackOff Pod/shop/api-1 : Back-off restarting failed container",
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, e := range Table([]byte(tt.text), "Event").Events {
				got = append(got, eventShape(e))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("events (-want +got):\n%s", diff)
			}
		})
	}
}

func TestOtherTables(t *testing.T) {
	o := Table([]byte("NAME   STATUS                        ROLES    AGE   VERSION\nn1     Ready                         <none>   12d   v1.35.4\nn2     NotReady,SchedulingDisabled   <none>   12d   v1.35.4\n"), "Node")
	if len(o.Nodes) != 2 || o.Nodes[0].Status.Conditions[0].Status != corev1.ConditionTrue || !o.Nodes[1].Spec.Unschedulable ||
		o.Nodes[1].Status.NodeInfo.KubeletVersion != "v1.35.4" {
		t.Errorf("nodes %v", o.Nodes)
	}
	o = Table([]byte("NAME                  READY   UP-TO-DATE   AVAILABLE   AGE\ndeployment.apps/api   1/3     3            1           13m\n"), "")
	if len(o.Deployments) != 1 || *o.Deployments[0].Spec.Replicas != 3 || o.Deployments[0].Status.ReadyReplicas != 1 {
		t.Errorf("deployments %v", o.Deployments)
	}
	o = Table([]byte("NAME      COMPLETIONS   DURATION   AGE\nmigrate   0/1           13m        13m\n"), "Job")
	if len(o.Jobs) != 0 {
		t.Errorf("jobs %v: a row tells too little of one", o.Jobs)
	}
	o = Table([]byte("NAME             DESIRED   CURRENT   READY   AGE\napi-7d4f8c9b5d   3         3         1       13m\n"), "")
	if len(o.ReplicaSets) != 1 || *o.ReplicaSets[0].Spec.Replicas != 3 {
		t.Errorf("replica sets %v", o.ReplicaSets)
	}
}

func FuzzTable(f *testing.F) {
	f.Add("NAME   READY   STATUS   RESTARTS   AGE\napi    0/1     Error    3 (21s ago)   59s\n")
	f.Add("LAST SEEN   TYPE   REASON   OBJECT   MESSAGE\n2s   Warning   BackOff   pod/oom   x\n")
	f.Add("CONTAINER  IMAGE  CREATED  STATE  NAME  ATTEMPT  POD ID\na  b  c ago  Exited  app  3  p\n")
	f.Add("NAME  STATUS  ROLES  AGE  VERSION\nn\xff1\u4e16  Ready  <none>  1d  v1\n")
	f.Fuzz(func(t *testing.T, text string) {
		for _, o := range []*Objects{Table([]byte(text), "StatefulSet"), Crictl([]byte(text)), Journal([]byte(text))} {
			for _, p := range o.Pods {
				if p.Pod == nil || p.Form == "" || len(p.Hidden) == 0 {
					t.Fatalf("an incomplete pod: %+v", p)
				}
			}
		}
		_, _ = Inspect([]byte(text))
	})
}
