package report

import (
	"strings"

	"github.com/unloop-dev/unloop/diagnosis"
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

// foldTwins gives the diagnoses to show, and for each of them those that it also tells.
func foldTwins(ds []*diagnosis.Diagnosis) (shown []*diagnosis.Diagnosis, twins map[*diagnosis.Diagnosis][]*diagnosis.Diagnosis) {
	first := map[twin]*diagnosis.Diagnosis{}
	twins = map[*diagnosis.Diagnosis][]*diagnosis.Diagnosis{}
	for _, d := range ds {
		key, ok := twinOf(d)
		if ok && first[key] != nil {
			twins[first[key]] = append(twins[first[key]], d)
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
		names = append(names, t.name(d)+" ("+count(d.Container.Restarts, "restart")+")")
	}
	return strings.Join(names, ", ")
}
