package evidence

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// TestTailAgainstCounting compares the formula with counting every way to choose who crashes.
func TestTailAgainstCounting(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := rapid.IntRange(1, 12).Draw(t, "all")
		crashing := rapid.IntRange(0, all).Draw(t, "crashing")
		size := rapid.IntRange(0, all).Draw(t, "size")
		hits := rapid.IntRange(0, size).Draw(t, "hits")
		ways, fitting := 0, 0
		for set := range 1 << all {
			total, inGroup := 0, 0
			for i := range all {
				if set>>i&1 == 1 {
					total++
					if i < size {
						inGroup++
					}
				}
			}
			if total == crashing {
				ways++
				if inGroup >= hits {
					fitting++
				}
			}
		}
		want := float64(fitting) / float64(ways)
		if got := tail(all, crashing, size, hits); math.Abs(got-want) > 1e-9 {
			t.Fatalf("tail(%d, %d, %d, %d) = %v, counted %v", all, crashing, size, hits, got, want)
		}
	})
}

// TestChanceRarelyLooksUnlikely draws who crashes at random: at most one draw in twenty may look like a pattern.
func TestChanceRarelyLooksUnlikely(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sizes := rapid.SliceOfN(rapid.IntRange(1, 4), 2, 4).Draw(t, "sizes")
		all := 0
		for _, n := range sizes {
			all += n
		}
		crashing := rapid.IntRange(1, all).Draw(t, "crashing")
		ways, unlikely := 0, 0
		for set := range 1 << all {
			if groups, total := deal(set, sizes); total == crashing {
				ways++
				if anyUnlikely(groups) {
					unlikely++
				}
			}
		}
		if share := float64(unlikely) / float64(ways); share >= significant {
			t.Fatalf("sizes %v, %d crashing: %v of all draws look like a pattern", sizes, crashing, share)
		}
	})
}

// deal makes groups of the given sizes in which the members of set crash.
func deal(set int, sizes []int) (groups []Group, crashing int) {
	at := 0
	for _, n := range sizes {
		g := Group{Total: n}
		for range n {
			g.Crashing += set >> at & 1
			at++
		}
		g.Healthy = n - g.Crashing
		crashing += g.Crashing
		groups = append(groups, g)
	}
	return groups, crashing
}

// anyUnlikely puts each group into the suspect's place.
func anyUnlikely(groups []Group) bool {
	for i := range groups {
		groups[0], groups[i] = groups[i], groups[0]
		found := unlikelyChance(groups)
		groups[0], groups[i] = groups[i], groups[0]
		if found {
			return true
		}
	}
	return false
}
