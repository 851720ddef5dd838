package remedy

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unloop-dev/unloop/evidence"
)

func TestTheCommandNestsThePatchWhereTheWorkloadKeepsItsTemplate(t *testing.T) {
	whole := map[string]any{"spec": map[string]any{"enableServiceLinks": false}}
	inner := map[string]any{"enableServiceLinks": "it's"}
	tests := []struct {
		kind  string
		patch map[string]any
		want  string
	}{
		{"Deployment", whole, `kubectl patch deployment api -n shop -p '{"spec":{"template":{"spec":{"enableServiceLinks":false}}}}'`},
		{"StatefulSet", whole, `kubectl patch statefulset api -n shop -p '{"spec":{"template":{"spec":{"enableServiceLinks":false}}}}'`},
		{"DaemonSet", inner, `kubectl patch daemonset api -n shop -p '{"spec":{"template":{"spec":{"enableServiceLinks":"it'\''s"}}}}'`},
		{"CronJob", whole, `kubectl patch cronjob api -n shop -p '{"spec":{"jobTemplate":{"spec":{"template":{"spec":{"enableServiceLinks":false}}}}}}'`},
		{"Job", whole, ""},
		{"", whole, ""},
		{"Deployment", nil, ""},
	}
	for _, tt := range tests {
		ev := &evidence.Evidence{Pod: evidence.Pod{Namespace: "shop"}, Workload: evidence.Workload{Kind: tt.kind, Name: "api"}}
		plan := Of(ev, nil, tt.patch)
		if got := plan.Command.String(); got != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", tt.kind, got, tt.want)
		}
		if diff := cmp.Diff(tt.patch, plan.Template); diff != "" {
			t.Errorf("%s changes the patch:\n%s", tt.kind, diff)
		}
	}
}

// TestInitContainersStandInAListOfTheirOwn: a rule says "containers", of whatever kind its container is.
func TestInitContainersStandInAListOfTheirOwn(t *testing.T) {
	patch := func(list string) map[string]any {
		return map[string]any{"spec": map[string]any{list: []any{map[string]any{"name": "migrate", "tty": true}}, "hostNetwork": false}}
	}
	for kind, list := range map[evidence.ContainerKind]string{
		evidence.KindMain: "containers", evidence.KindInit: "initContainers", evidence.KindSidecar: "initContainers",
		evidence.KindEphemeral: "containers",
	} {
		got := Of(&evidence.Evidence{}, &evidence.Container{Kind: kind}, patch("containers")).Template
		if diff := cmp.Diff(patch(list), got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", kind, diff)
		}
	}
	if diff := cmp.Diff(patch("containers"), Of(&evidence.Evidence{}, nil, patch("containers")).Template); diff != "" {
		t.Errorf("the pod as a whole (-want +got):\n%s", diff)
	}
}

// TestATextThatIsNotFitToBePrintedMakesNoPatch: without the odd character it would be another patch.
func TestATextThatIsNotFitToBePrintedMakesNoPatch(t *testing.T) {
	ev := &evidence.Evidence{Workload: evidence.Workload{Kind: "Deployment", Name: "api"}}
	for _, patch := range []map[string]any{
		{"a": "x\x1b[2J"}, {"a\u202e": "x"}, {"a": []any{map[string]any{"b": "\u200b"}}},
	} {
		if plan := Of(ev, nil, patch); plan.Template != nil || plan.Command != nil {
			t.Errorf("%q gives %v", patch, plan)
		}
	}
}
