package objects

import (
	"reflect"
	"slices"
	"strings"
	"sync"

	corev1 "k8s.io/api/core/v1"
)

// podField are the names of all fields that stand anywhere in a pod, in lower case.
var podField = sync.OnceValue(func() map[string]bool {
	names, seen := map[string]bool{}, map[reflect.Type]bool{}
	var walk func(t reflect.Type)
	walk = func(t reflect.Type) {
		for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
			t = t.Elem()
		}
		written := strings.HasPrefix(t.Name(), "Time") || t.Name() == "MicroTime" || t.Name() == "Quantity" || t.Name() == "FieldsV1" // as a text
		if t.Kind() != reflect.Struct || seen[t] || written {
			return
		}
		seen[t] = true
		for key, f := range fieldsOf(t) {
			names[key] = names[key] || key != ""
			walk(f.typ)
		}
	}
	walk(reflect.TypeFor[corev1.Pod]())
	for _, resource := range []corev1.ResourceName{corev1.ResourceCPU, corev1.ResourceMemory, corev1.ResourceEphemeralStorage} {
		names[string(resource)] = true
	}
	return names
})

// isRestOfPod says that an object, or a list of such, can be the rest of something in a pod that was cut off above it: of an owner, a volume, a
// mount.
func (t *tree) isRestOfPod() bool {
	if t.list {
		return len(t.items) > 0 && !slices.ContainsFunc(t.items, func(item *tree) bool { return !item.isRestOfPod() })
	}
	for key := range t.members {
		if !podField()[strings.ToLower(key)] {
			return false
		}
	}
	return t.isObject() && len(t.members) > 0
}
