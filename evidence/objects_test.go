package evidence

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

func TestSiblingsAreTheOthersOfTheFamilyInTurn(t *testing.T) {
	family := func(p *corev1.Pod) string { return p.Labels["family"] }
	var pods []*corev1.Pod
	for i := range 3 {
		name := fmt.Sprint("p", i)
		pods = append(pods, &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{"family": "d"}}})
	}
	pods = append(pods, &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "alone"}})

	families, siblings := Families(pods, family)

	if len(families) != 1 || len(families["d"]) != 3 {
		t.Errorf("families: %v, want one of 3 pods", families)
	}
	for i, want := range [][]string{{"p1", "p2"}, {"p2", "p0"}, {"p0", "p1"}, nil} {
		var got []string
		for _, p := range siblings[pods[i]] {
			got = append(got, p.Name)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("siblings of %s (-want +got):\n%s", pods[i].Name, diff)
		}
	}
}

func TestEventIsAboutThePodOfItsUID(t *testing.T) {
	mirror := map[string]string{corev1.MirrorPodAnnotationKey: "hash-of-the-file"}
	for _, tt := range []struct {
		name  string
		event types.UID
		pod   metav1.ObjectMeta
		want  bool
	}{
		{"the pod", "uid-1", metav1.ObjectMeta{UID: "uid-1"}, true},
		{"an earlier pod of that name", "uid-0", metav1.ObjectMeta{UID: "uid-1"}, false},
		{"an event printed without its uid", "", metav1.ObjectMeta{UID: "uid-1"}, true},
		{"a pod printed without its uid", "uid-1", metav1.ObjectMeta{}, true},
		{"a static pod", "hash-of-the-file", metav1.ObjectMeta{UID: "uid-1", Annotations: mirror}, true},
		{"an earlier static pod", "other", metav1.ObjectMeta{UID: "uid-1", Annotations: mirror}, false},
	} {
		e := &corev1.Event{InvolvedObject: corev1.ObjectReference{UID: tt.event}}
		if got := IsAbout(e, &corev1.Pod{ObjectMeta: tt.pod}); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}
