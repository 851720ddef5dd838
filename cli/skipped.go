package cli

import (
	"fmt"
	"io"

	"github.com/unloop-dev/unloop/bundle"
)

// namedSkips is how many files are named that were skipped for the same reason. What another program has collected may
// hold thousands of links, or of objects that are not read.
const namedSkips = 5

// writeSkipped says what could not be used.
func writeSkipped(w io.Writer, skipped []bundle.Skip) {
	count := map[string]int{}
	for _, s := range skipped {
		if count[s.Why]++; count[s.Why] <= namedSkips {
			verb := "skipped "
			if s.Partly {
				verb = ""
			}
			fmt.Fprintf(w, "unloop: %s%s: %s\n", verb, clean(s.Path), clean(s.Why))
		}
	}
	for _, s := range skipped {
		if n := count[s.Why] - namedSkips; n > 0 {
			fmt.Fprintf(w, "unloop: skipped %d more: %s\n", n, clean(s.Why))
			count[s.Why] = 0
		}
	}
}
