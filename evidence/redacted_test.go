package evidence

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/unloop-dev/unloop/redact"
)

// TestNoSecretLeavesOf plants a secret in all free text that a Raw may hold, that of siblings as well, and looks for it in
// all that is drawn from it.
func TestNoSecretLeavesOf(t *testing.T) {
	secret := "hunter2" + "xQ9"
	text := "cannot connect postgres://app:" + secret + "@db:5432/x"
	pod := func(name string) *corev1.Pod {
		return &corev1.Pod{
			ObjectMeta: metav1.ObjectMeta{
				Namespace: "shop", Name: name, Annotations: map[string]string{"a": text}, Labels: map[string]string{"token": secret},
				OwnerReferences: []metav1.OwnerReference{{APIVersion: "apps/v1", Kind: "ReplicaSet", Name: "api", UID: "rs", Controller: new(true)}},
			},
			Spec: corev1.PodSpec{Containers: []corev1.Container{{
				Name: "api", Image: "bob:" + secret + "@registry.example/api:1", Command: []string{"mysql", "-p" + secret},
				Env:           []corev1.EnvVar{{Name: "DB_PASSWORD", Value: secret}},
				LivenessProbe: &corev1.Probe{ProbeHandler: corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Path: "/h?token=" + secret}}},
			}}},
			Status: corev1.PodStatus{
				Phase: corev1.PodRunning, Message: text, Conditions: []corev1.PodCondition{{Type: corev1.PodReady, Message: text}},
				ContainerStatuses: []corev1.ContainerStatus{{
					Name: "api", RestartCount: 4, Image: "bob:" + secret + "@registry.example/api:1",
					State: corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: "CrashLoopBackOff", Message: text}},
					LastTerminationState: corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{
						ExitCode: 1, Message: text, StartedAt: metav1.Unix(100, 0), FinishedAt: metav1.Unix(101, 0),
					}},
				}},
			},
		}
	}
	raw := &Raw{
		At: time.Unix(200, 0), Cluster: "https://app:" + secret + "@cluster", Pod: pod("api-1"), Siblings: []*corev1.Pod{pod("api-2")}, SiblingsRead: true,
		ReplicaSet: &appsv1.ReplicaSet{ObjectMeta: metav1.ObjectMeta{Name: "api", UID: "rs"}, Spec: appsv1.ReplicaSetSpec{Template: corev1.PodTemplateSpec{Spec: pod("x").Spec}}},
		Node:       &corev1.Node{Status: corev1.NodeStatus{Conditions: []corev1.NodeCondition{{Type: corev1.NodeReady, Status: "False", Message: text}}}},
		Events:     []corev1.Event{{Message: text, InvolvedObject: corev1.ObjectReference{Kind: "Pod", Namespace: "shop", Name: "api-1"}}},
		EventsRead: true, Missing: []Missing{{What: text, Why: text}}, Conflicts: []string{text},
		Logs: []RawLog{{Container: "api", Previous: true, PreviousKnown: true, Data: []byte("password: |\n  " + secret + "\nFATAL: " + text + "\n")}},
	}
	before := pod("api-1")
	if out := dump(reflect.ValueOf(Of(raw)), 0); strings.Contains(out, secret) {
		t.Errorf("the evidence holds a secret:\n%s", out)
	}
	if diff := cmp.Diff(before, raw.Pod); diff != "" {
		t.Errorf("Of changed its argument:\n%s", diff)
	}
}

// dump prints all that v holds, what is behind pointers as well.
func dump(v reflect.Value, depth int) string {
	if depth > 12 {
		return ""
	}
	var out strings.Builder
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			out.WriteString(dump(v.Elem(), depth+1))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			out.WriteString(dump(v.Field(i), depth+1))
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			out.WriteString(dump(v.Index(i), depth+1))
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			out.WriteString(dump(key, depth+1) + dump(v.MapIndex(key), depth+1))
		}
	case reflect.String:
		fmt.Fprintln(&out, v.String())
	}
	return out.String()
}

func TestOfRedactsWhatTheUserCallsSecret(t *testing.T) {
	rules := &redact.Rules{}
	if err := rules.Read("rules", strings.NewReader(`customer-\d+`)); err != nil {
		t.Fatal(err)
	}
	raw := &Raw{Redact: rules, Logs: []RawLog{{Container: "api", Data: []byte("FATAL: no customer-4711\n")}}, Missing: []Missing{{What: "events", Why: "customer-4711"}}}
	if out := dump(reflect.ValueOf(Of(raw)), 0); strings.Contains(out, "4711") || !strings.Contains(out, redact.Marker) {
		t.Errorf("the evidence holds what the user calls secret:\n%s", out)
	}
}
