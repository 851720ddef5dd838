package cli

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unloop-dev/unloop/bundle"
)

func TestWriteSkipped(t *testing.T) {
	var skipped []bundle.Skip
	for i := range 7 {
		skipped = append(skipped, bundle.Skip{Path: fmt.Sprintf("l%d", i), Why: "a link"})
	}
	skipped = append(skipped, bundle.Skip{Path: "x.bin", Why: "a binary file"})
	const want = "l0: a link\nl1: a link\nl2: a link\nl3: a link\nl4: a link\nx.bin: a binary file\n2 more: a link\n"
	var out strings.Builder
	writeSkipped(&out, skipped)
	if diff := cmp.Diff(want, strings.ReplaceAll(out.String(), "unloop: skipped ", "")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
