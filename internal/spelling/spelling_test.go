package spelling

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestNearest(t *testing.T) {
	names := []string{"deployment/web", "pod/web-5d4f-vwxyz", "pod/db-0", "oom-limit", "oom-heap"}
	for typed, want := range map[string][]string{
		"web":            {"deployment/web", "pod/web-5d4f-vwxyz"}, // the name itself, then what begins with it
		"wbe":            nil,                                      // two letters of three
		"oom-limt":       {"oom-limit"},                            // a letter is missing
		"oom":            {"oom-limit", "oom-heap"},
		"web-5d4f-abcde": {"pod/web-5d4f-vwxyz"}, // a pod that has been replaced
		"5d4f":           {"pod/web-5d4f-vwxyz"},
		"db":             {"pod/db-0"},
		"nothing":        nil,
	} {
		if diff := cmp.Diff(want, Nearest(typed, names)); diff != "" {
			t.Errorf("Nearest(%q) (-want +got):\n%s", typed, diff)
		}
	}
}

func TestHintNamesAtMostThree(t *testing.T) {
	if got, want := Hint("p", []string{"p1", "p2", "p3", "p4"}), "did you mean p1, p2, p3?"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := Hint("x", []string{"p1"}); got != "" {
		t.Errorf("got %q for a name that is near to none", got)
	}
}

func TestDistanceOfAbsurdNamesIsBounded(t *testing.T) {
	if got := editDistance(strings.Repeat("a", 1<<20), strings.Repeat("b", 1<<20)); got != 253 {
		t.Errorf("got %d", got)
	}
}
