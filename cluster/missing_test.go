package cluster

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"

	"github.com/unloop-dev/unloop/cluster/fakeapi"
	"github.com/unloop-dev/unloop/evidence"
)

func TestEveryRefusalIsALineOfTheReport(t *testing.T) {
	pod := Request{Targets: []Target{{"Pod", "web-new-1"}}}
	workload := Request{Targets: []Target{{"Deployment", "web"}}}
	for _, test := range []struct {
		name           string
		verb, resource string
		req            Request
		want           evidence.Missing
	}{
		{"pod/events", "list", "events", pod, evidence.Missing{
			What: "events", Why: "forbidden: this account may not list events in namespace shop",
			Ref: evidence.RefEvents,
		}},
		{"pod/node", "get", "nodes", pod, evidence.Missing{
			What: "node n1", Why: "forbidden: this account may not get nodes in the cluster", Ref: evidence.RefNode,
		}},
		{"pod/replicaset", "get", "replicasets", pod, evidence.Missing{
			What: "replicaset/web-new", Why: "forbidden: this account may not get replicasets in namespace shop",
			Ref: "owner:ReplicaSet/web-new:",
		}},
		{"pod/replicas", "list", "pods", pod, evidence.Missing{
			What: "replicas of deployment/web", Why: "forbidden: this account may not list pods in namespace shop",
			Ref: evidence.RefReplicas,
		}},
		{"pod/log", "get", "pods/log", pod, evidence.Missing{
			What: "previous log of app", Why: "forbidden: this account may not get pods/log in namespace shop",
			Ref: "logs/app/previous",
		}},
		{"workload/workload", "get", "deployments", workload, evidence.Missing{
			What: "deployment/web", Why: "forbidden: this account may not get deployments in namespace shop",
			Ref: "owner:Deployment/web:",
		}},
		{"workload/replicasets", "list", "replicasets", workload, evidence.Missing{
			What: "replicaset/web-new", Why: "forbidden: this account may not list replicasets in namespace shop",
			Ref: "owner:ReplicaSet/web-new:",
		}},
		{"namespace/nodes", "list", "nodes", Request{}, evidence.Missing{
			What: "node n1", Why: "forbidden: this account may not list nodes in the cluster", Ref: evidence.RefNode,
		}},
		{"namespace/events", "list", "events", Request{Selector: "app"}, evidence.Missing{
			What: "events", Why: "forbidden: this account may not list events in namespace shop",
			Ref: evidence.RefEvents,
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			api, c := startAPI(t, aDeployment()...)
			for _, name := range []string{"web-new-1", "web-new-2"} {
				api.SetLog("shop", name, "app", true, "panic\n")
			}
			api.Forbid(test.verb, test.resource)
			raws, err := c.Collect(t.Context(), test.req)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]evidence.Missing{test.want}, rawOf(t, raws, "web-new-1").Missing); diff != "" {
				t.Errorf("missing (-want +got):\n%s", diff)
			}
		})
	}
}

func TestPodsOfAForbiddenWorkloadAreKnownByTheirNames(t *testing.T) {
	api, c := startAPI(t, aDeployment()...)
	api.Misbehave(fakeapi.Rule{Resource: "deployments"}, fakeapi.Rule{Resource: "replicasets"})
	raws, err := c.Collect(t.Context(), Request{Targets: []Target{{"Deployment", "web"}}})
	if err != nil || len(raws) != 3 {
		t.Errorf("found %d pods of web, want 3 (%v)", len(raws), err)
	}
}

func TestWithoutTheRightToReadPodsThereIsNoAnswer(t *testing.T) {
	for _, test := range []struct {
		req  Request
		text string
		hint string
	}{
		{
			Request{Targets: []Target{{"Pod", "web-new-1"}}},
			"this account may not get pods in namespace shop, and nothing can be said without them",
			"check with: kubectl auth can-i get pods -n shop",
		},
		{
			Request{},
			"this account may not list pods in namespace shop, and nothing can be said without them",
			"check with: kubectl auth can-i list pods -n shop",
		},
		{
			Request{AllNamespaces: true},
			"this account may not list pods in any namespace, and nothing can be said without them",
			"check with: kubectl auth can-i list pods -A; with rights in one namespace, name it with -n",
		},
		{
			Request{Targets: []Target{{"Deployment", "web"}}},
			"this account may not list pods in namespace shop, and nothing can be said without them",
			"check with: kubectl auth can-i list pods -n shop",
		},
	} {
		api, c := startAPI(t, aDeployment()...)
		api.Forbid("", "")
		_, err := c.Collect(t.Context(), test.req)
		wantError(t, err, ErrForbidden, test.text, test.hint)
	}
}

func TestNotFoundNamesWhatIsNear(t *testing.T) {
	_, c := startAPI(t, aDeployment()...)
	for _, test := range []struct {
		target Target
		text   string
		hint   string
	}{
		{Target{"Pod", "web"}, `there is no pod "web" in namespace shop`, "did you mean deployment/web, pod/web-new-1, pod/web-new-2?"},
		{Target{"Pod", "web-new-9"}, `there is no pod "web-new-9" in namespace shop`, "did you mean pod/web-new-1, pod/web-new-2?"},
		{Target{"Pod", "zzz"}, `there is no pod "zzz" in namespace shop`, "another namespace? give it with -n"},
		{Target{"Deployment", "wev"}, `there is no deployment "wev" in namespace shop`, "did you mean deployment/web?"},
	} {
		_, err := c.Collect(t.Context(), Request{Targets: []Target{test.target}})
		wantError(t, err, ErrNotFound, test.text, test.hint)
	}
	_, err := c.Collect(t.Context(), Request{Namespace: "shp"})
	wantError(t, err, ErrNotFound, `there is no namespace "shp"`, "did you mean shop?")
	_, err = c.Collect(t.Context(), Request{Targets: []Target{{"Pod", "web-new-1"}}, Container: "ap"})
	wantError(t, err, ErrNotFound, `pod/web-new-1 has no container "ap"`, "its containers: app")
}

func TestWorkloadWithoutPods(t *testing.T) {
	_, c := startAPI(t, deployment()...)
	_, err := c.Collect(t.Context(), Request{Targets: []Target{{"Deployment", "web"}}})
	wantError(t, err, ErrNoPods, "deployment/web in namespace shop has no pods",
		"scaled to zero, or its pods cannot be created: kubectl describe deployment/web -n shop")
}

func TestWrongUsage(t *testing.T) {
	_, c := startAPI(t)
	for _, req := range []Request{
		{AllNamespaces: true, Targets: []Target{{"Pod", "p"}}},
		{Selector: "a=b", Targets: []Target{{"Pod", "p"}}},
		{Selector: "a=b="},
		{Targets: []Target{{"Service", "s"}}},
	} {
		if _, err := c.Collect(t.Context(), req); !errors.Is(err, ErrUsage) {
			t.Errorf("%+v: %v is no usage error", req, err)
		}
	}
	if c.Requests() > 0 {
		t.Errorf("wrong usage cost %d requests", c.Requests())
	}
}

func TestPodThatVanishesLeavesWhatWasRead(t *testing.T) {
	api, c := startAPI(t, looping("p", "n1", 1), node("n1", corev1.ConditionTrue))
	api.Vanish("shop", "p")
	raw := collectOne(t, c, Request{Targets: []Target{{"Pod", "p"}}})
	want := []evidence.Missing{{
		What: "previous log of app", Why: "not found: the pod is gone", Ref: "logs/app/previous",
	}}
	if diff := cmp.Diff(want, raw.Missing); diff != "" {
		t.Errorf("missing (-want +got):\n%s", diff)
	}
}

func TestNodeThatIsGoneIsMissing(t *testing.T) {
	_, c := startAPI(t, looping("p", "n1", 1), looping("q", "n2", 1), node("n1", corev1.ConditionTrue))
	raws, err := c.Collect(t.Context(), Request{})
	if err != nil {
		t.Fatal(err)
	}
	if m := rawOf(t, raws, "q").Missing; len(m) == 0 || m[0].What != "node n2" || m[0].Why != "not found" {
		t.Errorf("missing = %+v", m)
	}
}

// impatient are limits that a server which never answers reaches soon, and no other.
var impatient = Limits{Log: 50 * time.Millisecond, LogOfDeadNode: 50 * time.Millisecond}

func TestLogThatNeverComesIsNotWaitedFor(t *testing.T) {
	api, c := startAPI(t, looping("p", "n1", 1), node("n1", corev1.ConditionTrue))
	api.Hang("get", "pods/log")
	c.limits.Log = impatient.Log
	raw := collectOne(t, c, Request{Targets: []Target{{"Pod", "p"}}})
	if len(raw.Missing) != 1 || raw.Missing[0].Why != "timed out after 50ms" {
		t.Errorf("missing = %+v", raw.Missing)
	}
}

func TestSilentNodeIsNotAskedForEveryLog(t *testing.T) {
	pods := objects()
	for _, name := range []string{"a", "b", "c", "d", "e", "f", "g", "h"} {
		pods = append(pods, looping(name, "n2", 1))
	}
	api, c := startAPI(t, append(pods, looping("well", "n1", 1), node("n1", corev1.ConditionTrue), node("n2", corev1.ConditionUnknown))...)
	api.SetLog("shop", "well", "app", true, "panic\n")
	for _, name := range []string{"a", "b", "c", "d", "e", "f", "g", "h"} {
		api.Misbehave(fakeapi.Rule{Resource: "pods/log", Name: name, Hang: true})
	}
	c.limits.LogOfDeadNode = impatient.LogOfDeadNode
	raws, err := c.Collect(t.Context(), Request{})
	if err != nil {
		t.Fatal(err)
	}
	tried := 0
	for _, raw := range raws {
		if raw.Pod.Name == "well" {
			if len(raw.Logs) != 1 {
				t.Errorf("the log on the node that is well was not read: %+v", raw.Missing)
			}
			continue
		}
		why := raw.Missing[len(raw.Missing)-1].Why
		switch {
		case why == "node n2 is NotReady: timed out after 50ms":
			tried++
		case why != "not tried: node n2 did not answer another request":
			t.Errorf("%s: %q", raw.Pod.Name, why)
		}
	}
	if tried == 0 || tried > logsPerNode {
		t.Errorf("%d logs of a node that is not ready were tried, want 1 to %d", tried, logsPerNode)
	}
}

func TestCancelledCollectIsAnError(t *testing.T) {
	api, c := startAPI(t, looping("p", "n1", 1), node("n1", corev1.ConditionTrue))
	ctx, cancel := context.WithCancel(t.Context())
	api.Misbehave(fakeapi.Rule{Resource: "pods/log", Do: cancel, Hang: true})
	if _, err := c.Collect(ctx, Request{}); !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v, want context.Canceled", err)
	}
}

func rawOf(t *testing.T, raws []*evidence.Raw, pod string) *evidence.Raw {
	t.Helper()
	for _, raw := range raws {
		if raw.Pod.Name == pod {
			return raw
		}
	}
	t.Fatalf("%s was not collected", pod)
	return nil
}

func wantError(t *testing.T, err, about error, text, hint string) {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) {
		t.Errorf("err = %v, want an Error %q", err, text)
		return
	}
	if !errors.Is(err, about) || e.Text != text || e.Hint != hint {
		t.Errorf("error about %v: %s\n  hint: %s\nwant about %v: %s\n  hint: %s", e.About, e.Text, e.Hint, about, text, hint)
	}
	if strings.HasSuffix(e.Text, ".") {
		t.Errorf("%q ends in a full stop", e.Text)
	}
}
