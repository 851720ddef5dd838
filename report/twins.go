package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/unloop-dev/unloop/diagnosis"
	"github.com/unloop-dev/unloop/evidence"
)

// twin is what two diagnoses must share for one of them to tell both: the container of one workload that dies in the
// same way of the same cause.
type twin struct {
	namespace, kind, workload, container, verdict, cause string
}

func twinOf(d *diagnosis.Diagnosis) (twin, bool) {
	w := d.Evidence.Workload
	if w.Kind == "" || d.Container == nil || len(d.Causes) == 0 {
		return twin{}, false
	}
	return twin{
		namespace: d.Evidence.Pod.Namespace, kind: w.Kind, workload: w.Name, container: d.Container.Name,
		verdict: string(d.Verdict), cause: findingID(d.Causes[0].Finding),
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
		len(d.Causes) > 0 && isSilent(other) && d.Container.Name == other.Container.Name
}

// isSilent says that nothing tells why the container crashes, and that its node is why.
func isSilent(d *diagnosis.Diagnosis) bool {
	return len(d.Causes) == 0 && d.Container.Log == nil && d.Evidence.Node != nil && d.Evidence.Node.Away
}

// foldTwins gives the diagnoses to show, and for each of them those that it also tells: of a row that has nothing but its
// word it is likely.
func foldTwins(ds []*diagnosis.Diagnosis) (shown []*diagnosis.Diagnosis, twins map[*diagnosis.Diagnosis][]*diagnosis.Diagnosis) {
	first := map[twin]*diagnosis.Diagnosis{}
	twins = map[*diagnosis.Diagnosis][]*diagnosis.Diagnosis{}
	for _, d := range ds {
		key, ok := twinOf(d)
		if ok && first[key] != nil {
			twins[first[key]] = append(twins[first[key]], d)
			continue
		}
		if i := slices.IndexFunc(shown, func(other *diagnosis.Diagnosis) bool { return standsFor(other, d) }); i >= 0 {
			twins[shown[i]] = append(twins[shown[i]], d)
			continue
		}
		if ok {
			first[key] = d
		}
		shown = append(shown, d)
	}
	return shown, twins
}

// twinText names the pods that a diagnosis also tells.
func (t *text) twinText(twins []*diagnosis.Diagnosis) string {
	var names []string
	for _, d := range twins {
		text := count(d.Container.Restarts, "restart")
		if d.Evidence.Form == evidence.FormRow {
			text += ", likely: only its row was read"
		} else if isSilent(d) {
			text += fmt.Sprintf(", likely: node %s is NotReady, so its log cannot be read", d.Evidence.Node.Name)
		}
		names = append(names, t.name(d)+" ("+text+")")
	}
	return strings.Join(names, ", ")
}
