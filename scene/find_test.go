package scene

import (
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// The index must give what going through all gives.
func TestReferenceMeansOneObject(t *testing.T) {
	object := func(mark, name, uid string, created time.Time) *corev1.Pod {
		p := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: name, UID: types.UID(uid), CreationTimestamp: metav1.NewTime(created)}}
		p.Spec.NodeName = mark
		return p
	}
	all := []*corev1.Pod{
		object("first", "a", "u1", noon), object("second", "a", "u2", noon.Add(time.Hour)), object("third", "a", "u3", noon),
		object("row", "b", "", time.Time{}), object("described", "b", "", time.Time{}), object("of the API", "c", "u4", noon), object("text", "c", "", time.Time{}),
	}
	var index finder[*corev1.Pod]
	for _, p := range all {
		index.add(p)
	}
	for _, tt := range []struct{ uid, name, want string }{
		{"u1", "a", "first"},
		{"", "a", "second"}, // the newest
		{"u9", "a", ""},
		{"u9", "b", "described"}, // texts tell no UID; the last
		{"", "c", "of the API"},
		{"u9", "c", "text"},
		{"", "nobody", ""},
	} {
		for _, got := range []*corev1.Pod{Find(all, types.UID(tt.uid), "shop", tt.name), index.find(types.UID(tt.uid), "shop", tt.name)} {
			if got == nil && tt.want == "" {
				continue
			}
			if got == nil || got.Spec.NodeName != tt.want {
				t.Errorf("%q %s: %v, want %s", tt.uid, tt.name, got, tt.want)
			}
		}
		if got := index.find(types.UID(tt.uid), "test", tt.name); got != nil && tt.uid != "u1" {
			t.Errorf("%q %s is found in another namespace", tt.uid, tt.name)
		}
	}
}
