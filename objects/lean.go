package objects

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// lastApplied is kubectl's copy of the whole manifest. Like managedFields it is no evidence, package redact removes it
// from what is written, and both together can be larger than the rest of the object.
const lastApplied = "kubectl.kubernetes.io/last-applied-configuration"

// lean empties managedFields and the last applied configuration in the JSON of an object, in place, so that they need not
// be checked or decoded.
func lean(object []byte) []byte {
	EachMember(object, func(key, metadata []byte) bool {
		if string(key) != `"metadata"` {
			return true
		}
		// Later members first: what stands before them stays where it is.
		var cuts [][]byte
		EachMember(metadata, func(key, value []byte) bool {
			switch {
			case string(key) == `"managedFields"` && value[0] == '[':
				cuts = append(cuts, value)
			case string(key) == `"annotations"`:
				EachMember(value, func(key, value []byte) bool {
					if string(key) == `"`+lastApplied+`"` && value[0] == '"' {
						cuts = append(cuts, value)
					}
					return true
				})
			}
			return true
		})
		for i := len(cuts) - 1; i >= 0; i-- {
			object = hollow(object, cuts[i])
		}
		return false
	})
	return object
}

// hollow takes out what is between the brackets or quotes of a value, which is a part of object.
func hollow(object, value []byte) []byte {
	start := cap(object) - cap(value) // both end where their common array ends
	return append(object[:start+1], object[start+len(value)-1:]...)
}

// trim drops what [lean] has emptied.
func trim(o any) {
	meta, ok := o.(metav1.Object)
	if !ok {
		return
	}
	meta.SetManagedFields(nil)
	delete(meta.GetAnnotations(), lastApplied)
}
