package bundle

import (
	"encoding/json"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/unloop-dev/unloop/evidence"
)

// The objects of one list, one directory or one archive were read together. So the newest time that any of them carries is as
// good as the pod's own for saying when it was read, and mostly better: a pod that is well does not change for weeks, while
// some other does, and leases are renewed every few seconds.

// see takes a time into account.
func (s *set) see(t time.Time) {
	if t.After(s.newest) {
		s.newest = t
	}
}

// seeObject takes the times of an object into account, before what nobody else reads is dropped.
func (s *set) seeObject(o any) {
	if object, ok := o.(metav1.Object); ok {
		evidence.SeeTimes(object, s.see)
	}
}

// seeLease takes the time at which a lease was renewed into account: a node renews its own every ten seconds
// (pkg/kubelet/apis/config/v1beta1/defaults.go, NodeLeaseDurationSeconds), a leader every few.
func (s *set) seeLease(raw []byte) {
	var lease struct {
		Spec struct {
			RenewTime metav1.MicroTime `json:"renewTime"`
		} `json:"spec"`
	}
	if json.Unmarshal(raw, &lease) == nil {
		s.see(lease.Spec.RenewTime.Time)
	}
}

// dateTogether notes of the pods what was read together with them. It is called when all of a directory or an archive, or a file
// beside others, has been read.
func (s *set) dateTogether() {
	for _, e := range s.events {
		s.see(evidence.EventTime(e))
	}
	for _, pod := range s.pods {
		if _, known := s.readWith[pod]; known || s.newest.IsZero() {
			continue
		}
		if s.readWith == nil {
			s.readWith = map[*corev1.Pod]time.Time{}
		}
		s.readWith[pod] = s.newest
	}
}
