// Package spelling finds the names that somebody meant who typed another one.
package spelling

import (
	"cmp"
	"slices"
	"strings"
)

// Hint asks whether one of the names was meant, "" when none is near: "did you mean web-0, web-1?"
func Hint(typed string, names []string) string {
	near := Nearest(typed, names)
	if len(near) == 0 {
		return ""
	}
	return "did you mean " + strings.Join(near, ", ") + "?"
}

// Nearest gives at most three of the names that somebody may have meant who typed another one, the likeliest first: those
// that begin with it, those that differ in a few letters, those that contain it. Names may be TYPE/NAME.
func Nearest(typed string, names []string) []string {
	type candidate struct {
		name string
		rank int
	}
	var found []candidate
	for _, n := range names {
		_, bare, hasType := strings.Cut(n, "/")
		if !hasType {
			bare = n
		}
		if rank, ok := likeness(typed, bare); ok {
			found = append(found, candidate{n, rank})
		}
	}
	slices.SortStableFunc(found, func(a, b candidate) int { return cmp.Compare(a.rank, b.rank) })
	var out []string
	for _, c := range found[:min(3, len(found))] {
		if c.rank >= vague && found[0].rank < vague {
			break
		}
		out = append(out, c.name)
	}
	return out
}

// vague is the rank from which on a name is only offered when there is no better one.
const vague = 100

func likeness(typed, name string) (rank int, ok bool) {
	distance := Slips(typed, name)
	switch {
	case typed == name:
		return 0, true
	case strings.HasPrefix(name, typed):
		return 1, true
	case distance <= max(1, len(typed)/4):
		return 1 + distance, true
	case len(typed) >= 3 && strings.Contains(name, typed):
		return vague, true
	}
	// The name of a pod that has been replaced: web-5d4f-abcde is now web-5d4f-vwxyz.
	if i := strings.LastIndexByte(typed, '-'); i > 0 && strings.HasPrefix(name, typed[:i+1]) {
		return vague + 1, true
	}
	return 0, false
}

// Slips counts the slips of the finger between two names: letters left out, added or replaced, and neighbours swapped (the
// optimal string alignment distance). Names of Kubernetes objects are at most 253 bytes; longer ones are far away.
func Slips(a, b string) int {
	const longest = 253
	if len(a) > longest || len(b) > longest {
		return longest
	}
	before, above, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range above {
		above[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			change := above[j-1]
			if a[i-1] != b[j-1] {
				change++
			}
			row[j] = min(change, above[j]+1, row[j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, above, row = above, row, before
	}
	return above[len(b)]
}
