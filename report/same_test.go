package report

import (
	"testing"

	"github.com/unloop-dev/unloop/diagnosis"
	"github.com/unloop-dev/unloop/evidence"
)

// A row of a table tells no cause. Beside a replica that was read in full it is not another answer.
func TestARowIsSaidToBeLikelyTheSame(t *testing.T) {
	whole, row := refused(), refused()
	row.Evidence.Form, row.Causes, row.Container.Name = evidence.FormRow, nil, ""
	row.Evidence.Pod.Name, row.Container.Restarts = "api-row", 5
	text := newText([]*diagnosis.Diagnosis{whole, row}, Options{})
	groups := text.groups([]*diagnosis.Diagnosis{whole, row})
	if len(groups) != 1 {
		t.Fatalf("%d are shown, want the whole one only", len(groups))
	}
	got := text.sameText(groups[0].Same)
	if want := "api-row (5 restarts, likely: only its row was read)"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
