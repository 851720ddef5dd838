package cli

import (
	"fmt"
	"io"

	"github.com/unloop-dev/unloop/answer"
	"github.com/unloop-dev/unloop/bundle"
	"github.com/unloop-dev/unloop/internal/term"
	"github.com/unloop-dev/unloop/ledger"
)

// writeUnused says what of the input was not used: what the user named each by itself, all else folded by the reason. What
// another program has collected may hold thousands of files that are of no use here.
func writeUnused(w io.Writer, parts []ledger.Part) {
	say := func(format string, args ...any) { fmt.Fprintf(w, "unloop: "+format+"\n", args...) }
	folded := map[string][]ledger.Part{}
	for _, p := range parts {
		if !p.Named && !p.Partly {
			folded[p.Why] = append(folded[p.Why], p)
		}
	}
	for _, p := range parts {
		more := folded[p.Why]
		switch {
		case p.Partly:
			say("%s: %s", clean(p.Path), clean(p.Why))
		case p.Named:
			say("skipped %s: %s", clean(where(p)), clean(p.Why))
		case len(more) == 0: // said before
		case p.Why == bundle.OtherKinds:
			objects, kinds := count(more)
			say("skipped %s of %s that say nothing about pods", plural(objects, "object"), plural(kinds, "kind"))
		case len(more) == 1:
			say("skipped %s: %s", clean(where(p)), clean(p.Why))
		default:
			say("skipped %s and %d more: %s", clean(where(p)), len(more)-1, clean(p.Why))
		}
		if !p.Named && !p.Partly {
			delete(folded, p.Why)
		}
	}
}

// where names a part, with its lines if it is not all of the file.
func where(p ledger.Part) string {
	switch {
	case len(p.Lines) == 0 || p.Whole:
		return p.Path
	case len(p.Lines) == 1 && p.Lines[0].First == p.Lines[0].Last:
		return p.Path + ", line " + p.Where()
	}
	return p.Path + ", lines " + p.Where()
}

// count counts the objects of some parts, and their kinds.
func count(parts []ledger.Part) (objects, kinds int) {
	seen := map[string]bool{}
	for _, p := range parts {
		objects += p.N
		seen[p.What] = true
	}
	return objects, len(seen)
}

func plural(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}

// unusedOf gives the same for programs.
func unusedOf(parts []ledger.Part) []answer.Unused {
	var unused []answer.Unused
	for _, p := range parts {
		u := answer.Unused{Path: term.Clean(p.Path), Lines: p.Where(), Why: term.CleanLines(p.Why)}
		if p.Whole {
			u.Lines = ""
		}
		unused = append(unused, u)
	}
	return unused
}
