package printed

import (
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/util/duration"
)

// TestAgeHoldsWhatWasPrinted prints durations as kubectl does and did, and sees that they lie in what is read back.
func TestAgeHoldsWhatWasPrinted(t *testing.T) {
	for d := time.Duration(0); d < 9*365*24*time.Hour; d += d/50 + 300*time.Millisecond {
		for _, text := range []string{duration.HumanDuration(d), duration.ShortHumanDuration(d)} {
			age, ok := ParseAge(text)
			if !ok || !age.Known || d < age.Min || d >= age.Max {
				t.Fatalf("%v is printed as %q, read as %v", d, text, age)
			}
		}
	}
}

func TestParseAge(t *testing.T) {
	const day = 24 * time.Hour
	for text, want := range map[string]Age{
		"0s":        {Min: 0, Max: time.Second, Known: true},
		"118s":      {Min: 118 * time.Second, Max: 119 * time.Second, Known: true},
		"2m11s":     {Min: 131 * time.Second, Max: 132 * time.Second, Known: true},
		"64m":       {Min: 64 * time.Minute, Max: 65 * time.Minute, Known: true},
		"5h12m":     {Min: 312 * time.Minute, Max: 313 * time.Minute, Known: true},
		"26h":       {Min: 26 * time.Hour, Max: 27 * time.Hour, Known: true},
		"5d3h":      {Min: 5*day + 3*time.Hour, Max: 5*day + 4*time.Hour, Known: true},
		"5d":        {Min: 5 * day, Max: 6 * day, Known: true},
		"2y10d":     {Min: 740 * day, Max: 741 * day, Known: true},
		"<unknown>": {},
		"<invalid>": {},
	} {
		if got, ok := ParseAge(text); !ok || got != want {
			t.Errorf("ParseAge(%q) = %v, %v; want %v", text, got, ok, want)
		}
	}
	for _, text := range []string{"", "s", "5", "5x", "-5s", "5s3m", "1.5h", "3m 4s", "+3m", "999999999999y", "300y", "<none>", "5m5m"} {
		if got, ok := ParseAge(text); ok {
			t.Errorf("ParseAge(%q) = %v, which is no age", text, got)
		}
	}
}

func TestParseEventAge(t *testing.T) {
	last, count, first, ok := ParseEventAge("21s (x3 over 61s)")
	if !ok || count != 3 || last.Min != 21*time.Second || first.Min != 61*time.Second {
		t.Errorf("got %v, %d, %v, %v", last, count, first, ok)
	}
	if last, count, first, ok = ParseEventAge("4m45s"); !ok || count != 0 || first.Known || last.Min != 285*time.Second {
		t.Errorf("got %v, %d, %v, %v", last, count, first, ok)
	}
	for _, text := range []string{"21s (x3)", "21s (xa over 61s)", "Normal", "21s (x3 over"} {
		if _, _, _, ok := ParseEventAge(text); ok {
			t.Errorf("ParseEventAge(%q): is none", text)
		}
	}
}
