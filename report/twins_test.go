package report

import (
	"testing"

	"github.com/unloop-dev/unloop/diagnosis"
	"github.com/unloop-dev/unloop/evidence"
)

// A row of a table tells no cause. Beside a replica that was read in full it is not another answer.
func TestRowsAreFoldedIntoTheirReplica(t *testing.T) {
	whole, row, other := refused(), refused(), refused()
	for _, d := range []*diagnosis.Diagnosis{row, other} {
		d.Evidence.Form, d.Causes, d.Container.Name = evidence.FormRow, nil, ""
	}
	row.Evidence.Pod.Name, row.Container.Restarts = "api-row", 5
	other.Evidence.Workload.Name = "another"
	shown, twins := foldTwins([]*diagnosis.Diagnosis{whole, row, other})
	if len(shown) != 2 || shown[0] != whole || shown[1] != other {
		t.Fatalf("%d are shown, want the whole one and that of another workload", len(shown))
	}
	got := newText([]*diagnosis.Diagnosis{whole, row}, Options{}).twinText(twins[whole])
	if want := "api-row (5 restarts, likely: only its row was read)"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
