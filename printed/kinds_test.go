package printed

import "testing"

// TestKindsAreThoseThatAreRecognised keeps what is said of the kinds with what the code does.
func TestKindsAreThoseThatAreRecognised(t *testing.T) {
	said := map[BlockKind]bool{}
	for _, k := range Kinds() {
		if said[k.Block] || k.Printed == "" || k.Tells == "" || k.Hides == "" {
			t.Errorf("%s is said twice or not wholly", k.Block)
		}
		said[k.Block] = true
	}
	for _, r := range recognisers() {
		if r.read != nil && !said[r.kind] {
			t.Errorf("nothing is said of %s", r.kind)
		}
		delete(said, r.kind)
	}
	for kind := range said {
		t.Errorf("%s is said and not recognised", kind)
	}
}
