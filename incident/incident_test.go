package incident

import (
	"testing"

	"github.com/unloop-dev/unloop/diagnosis"
	"github.com/unloop-dev/unloop/evidence"
	"github.com/unloop-dev/unloop/rule"
)

// refused is a replica of a Deployment that was read in full.
func refused(pod string) *diagnosis.Diagnosis {
	c := &evidence.Container{Name: "api"}
	return &diagnosis.Diagnosis{
		Evidence: &evidence.Evidence{
			Pod: evidence.Pod{Namespace: "shop", Name: pod}, Workload: evidence.Workload{Kind: "Deployment", Name: "api"},
		},
		Container: c, Verdict: evidence.CrashLooping,
		Causes: []diagnosis.Cause{{Finding: rule.Finding{Rule: &rule.Rule{ID: "dep-refused"}, Container: c}}},
	}
}

// row is one of which a line of a table was read, which tells no cause and no container.
func row(pod string) *diagnosis.Diagnosis {
	d := refused(pod)
	d.Evidence.Form, d.Causes, d.Container.Name = evidence.FormRow, nil, ""
	return d
}

// silent is one whose node was away when its log was asked for.
func silent(pod string) *diagnosis.Diagnosis {
	d := refused(pod)
	d.Evidence.Node, d.Causes = &evidence.Node{Name: "n2", Away: true}, nil
	return d
}

func TestFold(t *testing.T) {
	change := func(d *diagnosis.Diagnosis, change func(*diagnosis.Diagnosis)) *diagnosis.Diagnosis {
		change(d)
		return d
	}
	tests := []struct {
		name  string
		other *diagnosis.Diagnosis
		same  bool
	}{
		{"a replica with the same cause", refused("b"), true},
		{"a row of a replica", row("b"), true},
		{"a replica on a node that is away", silent("b"), true},
		{"another cause", change(refused("b"), func(d *diagnosis.Diagnosis) { d.Causes[0].Rule = &rule.Rule{ID: "oom-limit"} }), false},
		{"no cause", change(refused("b"), func(d *diagnosis.Diagnosis) { d.Causes = nil }), false},
		{"another container", change(refused("b"), func(d *diagnosis.Diagnosis) { d.Container.Name = "proxy" }), false},
		{"another verdict", change(refused("b"), func(d *diagnosis.Diagnosis) { d.Verdict = evidence.Recovered }), false},
		{"another workload", change(refused("b"), func(d *diagnosis.Diagnosis) { d.Evidence.Workload.Name = "web" }), false},
		{"another namespace", change(refused("b"), func(d *diagnosis.Diagnosis) { d.Evidence.Pod.Namespace = "test" }), false},
		{"a bare pod", change(refused("b"), func(d *diagnosis.Diagnosis) { d.Evidence.Workload = evidence.Workload{} }), false},
		{"a row of another workload", change(row("b"), func(d *diagnosis.Diagnosis) { d.Evidence.Workload.Name = "web" }), false},
		{"a row of another kind", change(row("b"), func(d *diagnosis.Diagnosis) { d.Evidence.Workload.Kind = "Job" }), false},
		{"another container on a node that is away", change(silent("b"), func(d *diagnosis.Diagnosis) { d.Container.Name = "proxy" }), false},
		{"another workload on a node that is away", change(silent("b"), func(d *diagnosis.Diagnosis) { d.Evidence.Workload.Name = "web" }), false},
		{"a row with another verdict", change(row("b"), func(d *diagnosis.Diagnosis) { d.Verdict = evidence.Pending }), false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			first := refused("a")
			groups := Fold([]*diagnosis.Diagnosis{first, tt.other})
			switch {
			case groups[0].First != first:
				t.Error("the first one does not come first")
			case tt.same && (len(groups) != 1 || len(groups[0].Same) != 1 || groups[0].Same[0] != tt.other):
				t.Errorf("got %d groups, want one that tells both", len(groups))
			case !tt.same && (len(groups) != 2 || groups[1].First != tt.other):
				t.Errorf("got %d groups, want each on its own", len(groups))
			}
		})
	}
}

// What knows less can't stand for what was read in full.
func TestOnlyWhatIsKnownTellsOthers(t *testing.T) {
	for name, less := range map[string]*diagnosis.Diagnosis{"row": row("a"), "silent": silent("a")} {
		if groups := Fold([]*diagnosis.Diagnosis{less, refused("b")}); len(groups) != 2 {
			t.Errorf("%s: got %d groups, want 2", name, len(groups))
		}
	}
}
