package diagnosis

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unloop-dev/unloop/rule"
)

func TestGenericCauseIsDoubted(t *testing.T) {
	open := finding("readonly-fs", rule.Certain, func(f *rule.Finding) {
		f.State, f.Line, f.Needs = rule.Undecided, 7, []string{"c.security.readOnlyRoot"}
	})
	unread := finding("env-missing", rule.Certain, func(f *rule.Finding) { f.State, f.Needs = rule.Undecided, []string{"c.log"} })
	for _, tt := range []struct {
		name  string
		level rule.Confidence
		with  rule.Finding
		want  rule.Confidence
	}{
		{"a specific cause has found its words but lacks a fact", rule.Likely, open, rule.Possible},
		{"a specific cause lacks its log", rule.Likely, unread, rule.Likely},
		{"what is certain stays so", rule.Certain, open, rule.Certain},
	} {
		d := &Diagnosis{}
		d.add([]rule.Finding{finding("app-panic", tt.level, generic), tt.with})
		if len(d.Causes) != 1 || d.Causes[0].Confidence != tt.want {
			t.Errorf("%s: %s", tt.name, cmp.Diff(tt.want, d.Causes))
		}
	}
}
