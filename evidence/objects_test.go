package evidence

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

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
