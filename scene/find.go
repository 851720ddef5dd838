package scene

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// Find gives the object that a reference means, nil for none: the one with its UID or, where either side knows no UID, the
// one with its name. Of several with that name it is the one that was created last, and of those as old the last.
func Find[T metav1.Object](objects []T, uid types.UID, namespace, name string) T {
	var found T
	var created metav1.Time
	for _, o := range objects {
		if uid != "" && o.GetUID() == uid {
			return o
		}
		if o.GetName() != name || o.GetNamespace() != namespace || uid != "" && o.GetUID() != "" {
			continue
		}
		if at := o.GetCreationTimestamp(); !at.Time.Before(created.Time) {
			found, created = o, at
		}
	}
	return found
}

// finder finds objects as [Find] does, without going through all of them: a dump has thousands.
type finder[T metav1.Object] struct {
	byUID  map[types.UID]T
	byName map[types.NamespacedName][]T
}

func (f *finder[T]) add(o T) {
	if f.byName == nil {
		f.byUID, f.byName = map[types.UID]T{}, map[types.NamespacedName][]T{}
	}
	if _, known := f.byUID[o.GetUID()]; !known && o.GetUID() != "" {
		f.byUID[o.GetUID()] = o
	}
	name := types.NamespacedName{Namespace: o.GetNamespace(), Name: o.GetName()}
	f.byName[name] = append(f.byName[name], o)
}

func (f *finder[T]) find(uid types.UID, namespace, name string) T {
	if o, ok := f.byUID[uid]; ok && uid != "" {
		return o
	}
	return Find(f.byName[types.NamespacedName{Namespace: namespace, Name: name}], uid, namespace, name)
}
