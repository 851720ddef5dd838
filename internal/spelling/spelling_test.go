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
		"wbe":            {"deployment/web"},                       // two letters are swapped
		"bwe":            nil,                                      // two slips in three letters
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

func TestSlips(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"", "", 0},
		{"", "abc", 3},
		{"explain", "explain", 0},
		{"expalin", "explain", 1},
		{"captur", "capture", 1},
		{"dpeloy", "deploy", 1},
		{"vresoin", "version", 2},
		{"ab", "ba", 1},
		{"kitten", "sitting", 3},
	} {
		if got, back := Slips(c.a, c.b), Slips(c.b, c.a); got != c.want || back != c.want {
			t.Errorf("%q, %q: %d and %d, want %d", c.a, c.b, got, back, c.want)
		}
	}
}

func TestSlipsOfAbsurdNamesAreBounded(t *testing.T) {
	if got := Slips(strings.Repeat("a", 1<<20), strings.Repeat("b", 1<<20)); got != 253 {
		t.Errorf("got %d", got)
	}
}
