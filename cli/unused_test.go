package cli

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unloop-dev/unloop/bundle"
	"github.com/unloop-dev/unloop/ledger"
)

func TestWriteUnused(t *testing.T) {
	lines := func(first, last int) []ledger.Lines { return []ledger.Lines{{First: first, Last: last}} }
	parts := []ledger.Part{
		{Path: "a.txt", Named: true, Whole: true, Lines: lines(1, 9), Why: "prose"},
		{Path: "b.txt", Named: true, Lines: lines(3, 3), Why: "prose"},
		{Path: "c.yaml", Why: "Pod api used without x", Partly: true},
	}
	for i := range 7 {
		parts = append(parts, ledger.Part{Path: fmt.Sprintf("l%d", i), Why: "a link"})
	}
	for i := range 4 {
		parts = append(parts, ledger.Part{Path: "d.yaml", Lines: lines(i*3+1, i*3+3), Why: bundle.OtherKinds, What: []string{"Secret", "Service"}[i%2], N: 10})
	}
	parts = append(parts, ledger.Part{Path: "x.bin", Why: "a binary file"})
	const want = `unloop: skipped a.txt: prose
unloop: skipped b.txt, line 3: prose
unloop: c.yaml: Pod api used without x
unloop: skipped l0 and 6 more: a link
unloop: skipped 40 objects of 2 kinds that say nothing about pods
unloop: skipped x.bin: a binary file
`
	var out strings.Builder
	writeUnused(&out, parts)
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
