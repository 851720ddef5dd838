package bundle

import (
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/unloop-dev/unloop/evidence"
	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

// linkRows makes rows siblings of the pods whose controller is known, where their names are made by the same rule: the
// controller's, a dash and five letters, or an ordinal.
func (s *set) linkRows() {
	owners := map[types.NamespacedName]*metav1.OwnerReference{}
	for _, pod := range s.pods {
		if owner := metav1.GetControllerOf(pod); owner != nil && !s.isRow(pod) {
			owners[types.NamespacedName{Namespace: pod.Namespace, Name: owner.Name}] = owner
		}
	}
	for _, row := range s.pods {
		if !s.isRow(row) {
			continue
		}
		dash := strings.LastIndexByte(row.Name, '-')
		if dash < 0 || !podSuffix.MatchString(row.Name[dash+1:]) {
			continue
		}
		if owner := owners[types.NamespacedName{Namespace: row.Namespace, Name: row.Name[:dash]}]; owner != nil {
			row.OwnerReferences = []metav1.OwnerReference{*owner}
		}
	}
}

var podSuffix = lazyregexp.New(`^(?:\d{1,5}|[bcdfghjklmnpqrstvwxz2456789]{5})$`)

// isRow says that a pod is known only as a row of a table.
func (s *set) isRow(pod *corev1.Pod) bool {
	t := s.told[pod]
	return t != nil && t.Row
}

// rowsLast orders pods so that what is known only as a row comes behind what tells more: it is mostly a replica of that.
func rowsLast(raw *evidence.Raw) int {
	if raw.Form == evidence.FormRow {
		return 1
	}
	return 0
}

// wanted says whether a pod is to be diagnosed. Rows stand beside the others: those that are well, or don't fail, tell
// something of their siblings only. A table alone is asked about all that is not well in it.
func (s *set) wanted(pod *corev1.Pod) bool {
	switch {
	case !s.isRow(pod):
		return true
	case !s.rowsAlone:
		return hasCrashed(pod) && !s.allReady(pod)
	}
	return s.rowsWell || !s.allReady(pod)
}

// seeRows notes what the choice among rows hangs on.
func (s *set) seeRows() {
	s.rowsAlone, s.rowsWell = true, true
	for _, pod := range s.pods {
		s.rowsAlone = s.rowsAlone && s.isRow(pod)
		s.rowsWell = s.rowsWell && s.allReady(pod)
	}
}

// allReady says that a row tells of nothing to do: it runs and is ready, and not only between two crashes, or is done.
func (s *set) allReady(pod *corev1.Pod) bool {
	if pod.Status.Phase == corev1.PodSucceeded {
		return true
	}
	if t := s.told[pod]; t != nil && t.Row && evidence.Troubled(pod, t.at) {
		return false
	}
	known := false
	for c := range evidence.Statuses(pod) {
		known = true
		if !c.Ready {
			return false
		}
	}
	return known && pod.DeletionTimestamp == nil
}
