// Package incident says which diagnoses are of the same thing, so that it is told once.
package incident

import (
	"slices"

	"github.com/unloop-dev/unloop/diagnosis"
	"github.com/unloop-dev/unloop/evidence"
)

// Group is a diagnosis that tells others, too.
type Group struct {
	First *diagnosis.Diagnosis
	Same  []*diagnosis.Diagnosis // of replicas that fail in the same way; of some of them that is only likely
}

// Fold groups the diagnoses, in the order of the first of each group.
func Fold(ds []*diagnosis.Diagnosis) []Group {
	var groups []Group
	at := map[failure]int{}
	for _, d := range ds {
		key, known := failureOf(d)
		i, ok := at[key]
		if !ok {
			i = slices.IndexFunc(groups, func(g Group) bool { return standsFor(g.First, d) })
		}
		if i >= 0 {
			groups[i].Same = append(groups[i].Same, d)
			continue
		}
		if known {
			at[key] = len(groups)
		}
		groups = append(groups, Group{First: d})
	}
	return groups
}

// failure is what two diagnoses must share for one of them to tell both: the container of one workload that dies in the
// same way of the same cause.
type failure struct {
	namespace, kind, workload, container string

	verdict evidence.Verdict
	cause   string
}

func failureOf(d *diagnosis.Diagnosis) (failure, bool) {
	w := d.Evidence.Workload
	if w.Kind == "" || d.Container == nil || len(d.Causes) == 0 || d.Causes[0].Rule == nil {
		return failure{}, false
	}
	return failure{
		namespace: d.Evidence.Pod.Namespace, kind: w.Kind, workload: w.Name, container: d.Container.Name,
		verdict: d.Verdict, cause: d.Causes[0].Rule.ID,
	}, true
}

// standsFor says that d tells more of what other also shows: of a replica that fails in the same way, of which only a row
// was read, or whose node was away when it should have told why.
func standsFor(d, other *diagnosis.Diagnosis) bool {
	a, b := d.Evidence, other.Evidence
	if a.Workload.Kind == "" || a.Workload.Kind != b.Workload.Kind || a.Workload.Name != b.Workload.Name || a.Pod.Namespace != b.Pod.Namespace ||
		d.Verdict != other.Verdict || !d.Verdict.Trouble() || d.Container == nil || other.Container == nil {
		return false
	}
	return a.Form != evidence.FormRow && b.Form == evidence.FormRow ||
		len(d.Causes) > 0 && IsSilent(other) && d.Container.Name == other.Container.Name
}

// IsSilent says that nothing tells why the container crashes, and that its node is why.
func IsSilent(d *diagnosis.Diagnosis) bool {
	return len(d.Causes) == 0 && d.Container.Log == nil && d.Evidence.Node != nil && d.Evidence.Node.Away
}
