package cluster

import (
	"slices"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/unloop-dev/unloop/cluster/fakeapi"
	"github.com/unloop-dev/unloop/evidence"
)

func saying(e *corev1.Event, kind, message string, since time.Duration) *corev1.Event {
	e.Type, e.Message, e.LastTimestamp = kind, message, ago(since)
	return e
}

func TestDeletedPodIsToldByItsEvents(t *testing.T) {
	_, c := startAPI(t, append(aDeployment(),
		saying(event("g1", "Pod", "web-6d5f8-abcde", "gone", "Scheduled"), "Normal", "assigned to n1", 20*time.Second),
		saying(event("g2", "Pod", "web-6d5f8-abcde", "gone", "BackOff"), "Warning", "Back-off restarting failed container app", 2*time.Minute),
		saying(event("g3", "Pod", "web-6d5f8-abcde", "gone", "Killing"), "Normal", "Stopping container\napp", time.Minute),
		saying(event("g4", "Pod", "web-6d5f8-abcde", "gone", "Pulled"), "Normal", "image is there", 10*time.Minute),
	)...)
	_, err := c.Collect(t.Context(), Request{Targets: []Target{{"Pod", "web-6d5f8-abcde"}}})
	wantError(t, err, ErrNotFound,
		`pod "web-6d5f8-abcde" in namespace shop is gone; its last events say: Killing (Stopping container app, 1m0s ago); `+
			`BackOff (Back-off restarting failed container app, 2m0s ago); Scheduled (assigned to n1, 20s ago)`,
		"its workload deployment/web has pods: web-new-1, web-new-2, web-old-1; diagnose it with: unloop deployment/web -n shop\n"+
			"its events: kubectl get events -n shop --field-selector involvedObject.name=web-6d5f8-abcde")
}

// A Job's pods are made anew under other letters, and so are a DaemonSet's.
func TestDeletedPodIsFoundByHowItsNameWasMade(t *testing.T) {
	other := ofJob(looping("report-zzzzz", "n1", 1), "report")
	other.GenerateName = "report-"
	_, c := startAPI(t, other, saying(event("g1", "Pod", "report-abcde", "gone", "BackOff"), "Warning", "x", 0))
	_, err := c.Collect(t.Context(), Request{Targets: []Target{{"Pod", "report-abcde"}}})
	wantError(t, err, ErrNotFound, `pod "report-abcde" in namespace shop is gone; its last events say: BackOff (x, 0s ago)`,
		"its workload job/report has pods: report-zzzzz; diagnose it with: unloop job/report -n shop\n"+
			"its events: kubectl get events -n shop --field-selector involvedObject.name=report-abcde")
}

func TestDeletedPodOfNobody(t *testing.T) {
	_, c := startAPI(t, healthy("other", "n1"), saying(event("g1", "Pod", "tool", "gone", "Killing"), "Normal", "x", 0))
	_, err := c.Collect(t.Context(), Request{Targets: []Target{{"Pod", "tool"}}})
	wantError(t, err, ErrNotFound, `pod "tool" in namespace shop is gone; its last events say: Killing (x, 0s ago)`,
		"its events: kubectl get events -n shop --field-selector involvedObject.name=tool")
}

// Without the right to get a pod, that to list pods gives it.
func TestPodIsReadByThoseWhoMayListIt(t *testing.T) {
	api, c := startAPI(t, looping("p", "n1", 1), healthy("q", "n1"), node("n1", corev1.ConditionTrue))
	api.SetLog("shop", "p", "app", true, "panic\n")
	api.Forbid("get", "pods")
	if raw := collectOne(t, c, podP); raw.Pod.Name != "p" || len(raw.Missing) > 0 {
		t.Errorf("%s, missing %+v", raw.Pod.Name, raw.Missing)
	}
	_, err := c.Collect(t.Context(), Request{Targets: []Target{{"Pod", "p9"}}})
	wantError(t, err, ErrNotFound, `there is no pod "p9" in namespace shop`, "did you mean pod/p?")
	api.Forbid("list", "pods")
	_, err = c.Collect(t.Context(), podP)
	wantError(t, err, ErrForbidden, "this account may not get pods in namespace shop, and nothing can be said without them",
		"check with: kubectl auth can-i get pods -n shop")
}

// The kubelet of a node that comes up again knows none of its pods for some seconds.
func TestPodThatTheKubeletDoesNotKnowYetIsThere(t *testing.T) {
	api, c := startAPI(t, looping("p", "n1", 1), node("n1", corev1.ConditionTrue))
	api.Misbehave(fakeapi.Rule{Resource: "pods/log", Status: 404, Reason: metav1.StatusReasonNotFound, Message: `pod "p" does not exist`})
	raw := collectOne(t, c, podP)
	want := "not found: the pod is there, but the kubelet of node n1 does not know it; it may have just started"
	if len(raw.Missing) != 1 || raw.Missing[0].Why != want {
		t.Errorf("missing = %+v, want %q", raw.Missing, want)
	}
}

func TestPodThatWasMadeAnewIsGone(t *testing.T) {
	again := looping("p", "n1", 1)
	again.UID = "uid-of-the-second"
	api, c := startAPI(t, looping("p", "n1", 1), node("n1", corev1.ConditionTrue))
	api.Misbehave(fakeapi.Rule{Resource: "pods/log", Status: 404, Reason: metav1.StatusReasonNotFound, Do: func() { api.Add(again) }})
	raw := collectOne(t, c, podP)
	if len(raw.Missing) != 1 || raw.Missing[0].Why != podGone || raw.Pod.UID != "uid-p" {
		t.Errorf("missing = %+v of %s", raw.Missing, raw.Pod.UID)
	}
}

// What other controllers call Job or StatefulSet is not Kubernetes' own.
func TestForeignKindsAreNotOurs(t *testing.T) {
	for _, owner := range []metav1.OwnerReference{
		{APIVersion: "batch.volcano.sh/v1alpha1", Kind: "Job"},
		{APIVersion: "apps.kruise.io/v1beta1", Kind: "StatefulSet"},
		{APIVersion: "apps.kruise.io/v1alpha1", Kind: "DaemonSet"},
		{APIVersion: "argoproj.io/v1alpha1", Kind: "Rollout"},
	} {
		yes := true
		owner.Name, owner.UID, owner.Controller = "train", "u9", &yes
		foreign, ours := looping("train-0", "n1", 1), owned(looping("train-1", "n1", 1), owner.Kind, "train")
		foreign.OwnerReferences = []metav1.OwnerReference{owner}
		foreignEvent := event("e1", owner.Kind, "train", "u9", "FailedCreate")
		foreignEvent.InvolvedObject.APIVersion = owner.APIVersion
		oursEvent := event("e2", owner.Kind, "train", "uid-train", "FailedCreate")
		oursEvent.InvolvedObject.APIVersion = ours.OwnerReferences[0].APIVersion
		_, c := startAPI(t, foreign, ours, foreignEvent, oursEvent, node("n1", corev1.ConditionTrue))
		raws, err := c.Collect(t.Context(), Request{})
		if err != nil {
			t.Fatal(err)
		}
		raw := rawOf(t, raws, "train-0")
		ev := evidence.Of(raw)
		if ev.Workload.Job.Set || len(raw.Siblings) > 0 {
			t.Errorf("%s %s: workload %+v with %d siblings", owner.APIVersion, owner.Kind, ev.Workload, len(raw.Siblings))
		}
		if owner.Kind != "Rollout" && (ev.Workload.Kind == owner.Kind || !slices.Equal(eventNames(raw.Events), []string{"e1"})) {
			t.Errorf("%s %s: told as %s, events %v", owner.APIVersion, owner.Kind, ev.Workload.Kind, eventNames(raw.Events))
		}
		for _, m := range ev.Missing {
			if m.Why == "not found" {
				t.Errorf("%s %s: %q is said to be not found: another API group was asked", owner.APIVersion, owner.Kind, m.What)
			}
		}
		if raws, err := c.Collect(t.Context(), Request{Targets: []Target{{"Pod", "train-0"}}}); err != nil || c.RequestsByKind()["get jobs"]+c.RequestsByKind()["get statefulsets"] > 0 {
			t.Errorf("%d pods (%v); requests %v", len(raws), err, c.RequestsByKind())
		}
	}
}

func TestWholeLogIsNotCut(t *testing.T) {
	for n, cut := range map[int]bool{tailLines - 1: false, tailLines: false, tailLines + 1: true} {
		for _, end := range []string{"x\n", "x"} {
			log := ""
			for range n - 1 {
				log += "x\n"
			}
			api, c := startAPI(t, looping("p", "n1", 1), node("n1", corev1.ConditionTrue))
			api.SetLog("shop", "p", "app", true, log+end)
			got := collectOne(t, c, podP).Logs[0]
			if got.Truncated != cut || len(got.Data) != len(log+end)-2*max(0, n-tailLines) {
				t.Errorf("%d lines that end in %q: truncated %v, %d bytes", n, end, got.Truncated, len(got.Data))
			}
		}
	}
}
