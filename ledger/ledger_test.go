package ledger

import (
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestEachLineOnce(t *testing.T) {
	var l Ledger
	a := l.Open("paste.txt", true)
	a.Book(Lines{3, 5}, Part{What: "table"})
	log := a.Book(Lines{8, 9}, Part{What: "log"})
	a.Book(Lines{10, 10}, Part{What: "prose", Why: "says nothing"})
	a.Add(log, Lines{12, 12})
	a.Close(14, "")
	want := []Part{
		{Path: "paste.txt", Named: true, What: "table", Lines: []Lines{{1, 5}}},
		{Path: "paste.txt", Named: true, What: "log", Lines: []Lines{{6, 9}, {11, 14}}},
		{Path: "paste.txt", Named: true, What: "prose", Why: "says nothing", Lines: []Lines{{10, 10}}},
	}
	if diff := cmp.Diff(want, l.Parts()); diff != "" {
		t.Errorf("parts (-want +got):\n%s", diff)
	}
}

func TestObjectsThatFollowEachOtherAreOnePart(t *testing.T) {
	var l Ledger
	a := l.Open("list.json", false)
	for i := range 3 {
		a.Book(Lines{4 + 3*i, 6 + 3*i}, Part{What: "Pod", N: 1})
	}
	a.Book(Lines{13, 13}, Part{What: "Secret", N: 1, Why: "no evidence"})
	a.Close(15, "")
	want := []Part{
		{Path: "list.json", What: "Pod", N: 3, Lines: []Lines{{1, 12}}},
		{Path: "list.json", What: "Secret", N: 1, Why: "no evidence", Lines: []Lines{{13, 15}}},
	}
	if diff := cmp.Diff(want, l.Parts()); diff != "" {
		t.Errorf("parts (-want +got):\n%s", diff)
	}
}

func TestALineOfSeveralObjectsIsUsedIfOneIs(t *testing.T) {
	var l Ledger
	a := l.Open("x", false)
	a.Book(Lines{1, 1}, Part{What: "Secret", N: 1, Why: "no evidence"})
	a.Book(Lines{1, 1}, Part{What: "Pod", N: 1})
	a.Close(1, "")
	if diff := cmp.Diff([]Part{{Path: "x", What: "Pod", N: 1, Lines: []Lines{{1, 1}}, Whole: true}}, l.Parts()); diff != "" {
		t.Errorf("parts (-want +got):\n%s", diff)
	}
}

func TestNothingBooked(t *testing.T) {
	var l Ledger
	l.Open("x", false).Close(7, "nothing that is read")
	if diff := cmp.Diff([]Part{{Path: "x", Why: "nothing that is read", Lines: []Lines{{1, 7}}, Whole: true}}, l.Parts()); diff != "" {
		t.Errorf("parts (-want +got):\n%s", diff)
	}
}

// Whatever is booked, in whatever order, each line is in one part when the account is closed.
func TestEachLineOnceWhateverIsBooked(t *testing.T) {
	for seed := range uint64(2000) {
		random := rand.New(rand.NewPCG(seed, 1))
		var l Ledger
		a := l.Open("x", false)
		total := 1 + random.IntN(30)
		var parts []*Part
		for range random.IntN(8) {
			first := 1 + random.IntN(total)
			at := Lines{first, first + random.IntN(total-first+1)}
			p := Part{What: string(rune('a' + random.IntN(3))), N: random.IntN(2)}
			if random.IntN(2) == 0 {
				p.Why = "because"
			}
			if len(parts) > 0 && random.IntN(3) == 0 {
				a.Add(parts[random.IntN(len(parts))], at)
			} else {
				parts = append(parts, a.Book(at, p))
			}
		}
		a.Close(total, "nothing")
		times := make([]int, total+1)
		for _, p := range l.Parts() {
			for _, lines := range p.Lines {
				for n := lines.First; n <= lines.Last; n++ {
					times[n]++
				}
			}
		}
		for n := 1; n <= total; n++ {
			if times[n] != 1 {
				t.Fatalf("seed %d: line %d is in %d parts: %+v", seed, n, times[n], l.Parts())
			}
		}
	}
}
