package redact

import (
	"strings"
	"testing"
)

func rulesOf(t *testing.T, text string) *Rules {
	t.Helper()
	rules := &Rules{}
	if err := rules.Read("rules", strings.NewReader(text)); err != nil {
		t.Fatal(err)
	}
	return rules
}

func TestRulesOfTheUser(t *testing.T) {
	rules := rulesOf(t, "# customers\n\ncustomer-\\d+\n  tenant=(\\w+);region=(\\w+)  \n")
	for in, want := range map[string]string{
		"order of customer-4711 failed":      "order of [redacted] failed",
		"tenant=acme;region=eu x":            "tenant=[redacted];region=[redacted] x",
		"# customers":                        "# customers",
		"customer-1 password=hunter2x":       "[redacted] password=[redacted]",
		"cust\x1b[1momer-12\x1b[0m":          "[redacted]",
		"a\ncustomer-1\nb":                   "a\n[redacted]\nb",
		"customer-\n1":                       "customer-\n1",
		"customer-1customer-2 and customer-": "[redacted][redacted] and customer-",
	} {
		got := rules.Text(in)
		if got != want {
			t.Errorf("Text(%q) = %q, want %q", in, got, want)
		}
		if again := rules.Text(got); again != got {
			t.Errorf("twice, Text(%q) = %q", got, again)
		}
	}
	if got := rules.Args([]string{"run", "customer-7"}); got[1] != Marker {
		t.Errorf("Args = %q", got)
	}
	if got := rules.Value("X", "for customer-7"); got != "for "+Marker {
		t.Errorf("Value = %q", got)
	}
}

func TestARuleThatMatchesEverythingEnds(t *testing.T) {
	rules := rulesOf(t, ".+")
	if got := rules.Text("a b\nc"); got != Marker+"\n"+Marker {
		t.Errorf("got %q", got)
	}
}

func TestBadRulesAreErrorsWithTheirLine(t *testing.T) {
	for text, want := range map[string]string{
		"a\n(b":                          "rules:2: error parsing regexp",
		"a\n\n# x\nb*":                   "rules:4: b* matches an empty text",
		strings.Repeat("a\n", 201):       "rules:201: more than 200 patterns",
		"x\n" + strings.Repeat("a", 1e5): "rules:2: ",
		strings.Repeat("# c\n", 1<<19):   "rules: larger than",
	} {
		err := (&Rules{}).Read("rules", strings.NewReader(text))
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%.20q: %v, want %q", text, err, want)
		}
	}
}
