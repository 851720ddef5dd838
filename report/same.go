package report

import (
	"fmt"
	"strings"

	"github.com/unloop-dev/unloop/diagnosis"
	"github.com/unloop-dev/unloop/evidence"
	"github.com/unloop-dev/unloop/incident"
)

// groups are the diagnoses to show, with those that each of them also tells; -o wide tells each.
func (t *text) groups(ds []*diagnosis.Diagnosis) []incident.Group {
	if !t.options.Wide {
		return incident.Fold(ds)
	}
	return mapped(ds, func(d *diagnosis.Diagnosis) incident.Group { return incident.Group{First: d} })
}

// sameText names the pods that a diagnosis also tells.
func (t *text) sameText(same []*diagnosis.Diagnosis) string {
	var names []string
	for _, d := range same {
		text := count(d.Container.Restarts, "restart")
		if d.Evidence.Form == evidence.FormRow {
			text += ", likely: only its row was read"
		} else if incident.IsSilent(d) {
			text += fmt.Sprintf(", likely: node %s is NotReady, so its log cannot be read", d.Evidence.Node.Name)
		}
		names = append(names, t.name(d)+" ("+text+")")
	}
	return strings.Join(names, ", ")
}
