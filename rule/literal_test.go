package rule

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestLiterals(t *testing.T) {
	for match, want := range map[string][]string{
		`connection refused`:                          {"CONNECTION REFUSED"},
		`dial tcp (?P<host>[^ :]+): connect: refused`: {": CONNECT: REFUSED"},
		`(?i)Connection Refused|ECONNREFUSED \d+`:     {"CONNECTION REFUSED", "ECONNREFUSED "},
		`(?P<what>no such (?:table|column))`:          {"NO SUCH "},
		`(?i:the )?(?i:env|variable) set`:             {" SET"},
		`connections?`:                                {"CONNECTION"},
		`(timeout)+`:                                  {"TIMEOUT"},
		`x{0,3}(timed out){2}`:                        {"TIMED OUT"},
		`timeout|.*`:                                  nil,
		`(timeout)?`:                                  nil,
		`\d+`:                                         nil,
		`(`:                                           nil,
		`(?i)größe`:                                   {"GRÖßE"},
		`(?i)σίσυφος`:                                 {fold("ΣΊΣΥΦΟΣ")},
	} {
		if diff := cmp.Diff(want, literals(match)); diff != "" {
			t.Errorf("%s: %s", match, diff)
		}
	}
}

// TestLiteralsLoseNoMatch: a text that a pattern matches has one of the pattern's literals.
func TestLiteralsLoseNoMatch(t *testing.T) {
	pieces := []string{
		"abc", "K", "s", "ſ", "x", " ", "é", ".", "\\.", "\\d", "\\b", "[^a-c]", "[]x]", "[[:alpha:]]", "(", "(?:", "(?i:", "(?P<n>",
		")", "|", "*", "+", "?", "{2}", "{0,2}", "{", "(?i)", "(?s)", "^", "$", "\\Q", "\\E", "\\x41", "\\pL", "\\(", "]", "}",
	}
	rapid.Check(t, func(t *rapid.T) {
		match := strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 1, 8).Draw(t, "pattern"), "")
		re, err := regexp.Compile(match)
		if err != nil {
			t.Skip("no regular expression")
		}
		text := rapid.OneOf(rapid.StringMatching(match), rapid.StringOf(rapid.SampledFrom([]rune("abcABCkKKsSſxé .1A(")))).Draw(t, "text")
		if re.MatchString(text) && !containsAny(fold(text), literals(match)) {
			t.Fatalf("%q matches %q but has none of %q", match, text, literals(match))
		}
	})
}
