package diagnosis

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/unloop-dev/unloop/rule"
)

func finding(id string, confidence rule.Confidence, change func(*rule.Finding)) rule.Finding {
	f := rule.Finding{Rule: &rule.Rule{ID: id}, State: rule.Holds, Confidence: confidence}
	if change != nil {
		change(&f)
	}
	return f
}

func explaining(ids ...string) func(*rule.Finding) {
	return func(f *rule.Finding) { f.Rule.Explains = ids }
}

func generic(f *rule.Finding) { f.Rule.Generic = true }

func said(significance, line int) func(*rule.Finding) {
	return func(f *rule.Finding) { f.Significance, f.Line = significance, line }
}

// outline is what a test looks at: each root with its symptoms.
func outline(causes []Cause) []string {
	var out []string
	for _, c := range causes {
		line := c.Rule.ID
		for _, s := range c.Symptoms {
			line += " <" + s
		}
		out = append(out, line)
	}
	return out
}

func TestRank(t *testing.T) {
	for _, tt := range []struct {
		name string
		in   []rule.Finding
		want []string
	}{
		{"what another explains is its symptom", []rule.Finding{
			finding("b", rule.Certain, nil), finding("a", rule.Likely, explaining("b")),
		}, []string{"a <b"}},
		{"a possible cause does not explain a likely one", []rule.Finding{
			finding("b", rule.Likely, nil), finding("a", rule.Possible, explaining("b")),
		}, []string{"b", "a"}},
		{"a generic cause yields to a specific one", []rule.Finding{
			finding("app-panic", rule.Certain, generic), finding("dep-refused", rule.Likely, nil),
		}, []string{"dep-refused <app-panic"}},
		{"a generic cause does not yield to a guess", []rule.Finding{
			finding("app-panic", rule.Likely, generic), finding("dep-refused", rule.Possible, nil),
		}, []string{"app-panic", "dep-refused"}},
		{"symptoms of symptoms hang on the root", []rule.Finding{
			finding("c", rule.Certain, nil), finding("b", rule.Certain, explaining("c")), finding("a", rule.Certain, explaining("b")),
		}, []string{"a <b <c"}},
		{"the innermost cause in the log comes first", []rule.Finding{
			finding("headline", rule.Certain, said(2, 10)), finding("innermost", rule.Likely, said(1, 30)),
		}, []string{"innermost", "headline"}},
		{"then confidence, then the later line, then the id", []rule.Finding{
			finding("z", rule.Likely, said(0, 7)), finding("y", rule.Likely, said(0, 9)), finding("b", rule.Certain, nil), finding("a", rule.Certain, nil),
		}, []string{"a", "b", "y", "z"}},
		{"foreign rules that explain each other lose nothing", []rule.Finding{
			finding("a", rule.Certain, explaining("b")), finding("b", rule.Certain, explaining("a")),
		}, []string{"a <b"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if d := cmp.Diff(tt.want, outline(rank(tt.in))); d != "" {
				t.Error(d)
			}
		})
	}
}

// TestRankIsTotal holds rank to its promises for any findings: the order of the input does not matter, and every
// finding comes out exactly once, as a root or as a symptom.
func TestRankIsTotal(t *testing.T) {
	ids := []string{"a", "b", "c", "d", "e", "f"}
	rapid.Check(t, func(t *rapid.T) {
		var in []rule.Finding
		for i, id := range ids {
			if !rapid.Bool().Draw(t, "present") {
				continue
			}
			f := finding(id, rapid.SampledFrom(confidences).Draw(t, "confidence"), nil)
			f.Rule.Generic = rapid.Bool().Draw(t, "generic")
			f.Rule.Explains = rapid.SliceOfDistinct(rapid.SampledFrom(ids[i:]), rapid.ID[string]).Draw(t, "explains")
			f.Rule.Explains = slices.DeleteFunc(f.Rule.Explains, func(x string) bool { return x == id })
			f.Line = rapid.IntRange(0, 3).Draw(t, "line")
			f.Significance = rapid.IntRange(0, 3).Draw(t, "significance")
			in = append(in, f)
		}
		want := outline(rank(in))
		got := outline(rank(rapid.Permutation(in).Draw(t, "order")))
		if d := cmp.Diff(want, got); d != "" {
			t.Fatalf("the order of the findings matters:\n%s", d)
		}
		count := 0
		for _, c := range rank(in) {
			count += 1 + len(c.Symptoms)
		}
		if count != len(in) {
			t.Fatalf("%d findings went in, %d came out", len(in), count)
		}
	})
}
