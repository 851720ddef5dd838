package report

import (
	"strings"
	"testing"

	"github.com/unloop-dev/unloop/diagnosis"
	"github.com/unloop-dev/unloop/rule"
)

// past is a pod that is well again, with what it died of.
func past(name string) *diagnosis.Diagnosis {
	d := recovered()
	d.Evidence.Pod.Name = name
	d.Causes = []diagnosis.Cause{cause("oom-limit", rule.Likely, "Memory", "The kernel killed web because its memory reached its limit of 96Mi")}
	return d
}

func TestWhatHasRecoveredIsToldAsPast(t *testing.T) {
	const inFull, inALine = "LIKELY PAST CAUSE [oom-limit]  The kernel killed", "last exit 137 (OOMKilled) 2h ago, likely past cause [oom-limit]"
	open := past("cache-0")
	open.Container.Between = true
	for _, tt := range []struct {
		name string
		ds   []*diagnosis.Diagnosis
		wide bool
		want string
		not  string
	}{
		{"asked for alone", []*diagnosis.Diagnosis{past("cache-0")}, false, inFull, inALine},
		{"beside one that is well", []*diagnosis.Diagnosis{past("cache-0"), healthy("web-1")}, false, inFull, inALine},
		{"beside one in trouble", []*diagnosis.Diagnosis{refused(), past("cache-0")}, false, inALine, inFull},
		{"beside one in trouble, all asked for", []*diagnosis.Diagnosis{refused(), past("cache-0")}, true, inFull, inALine},
		{"many", []*diagnosis.Diagnosis{past("cache-0"), past("cache-1"), past("cache-2"), past("cache-3")}, false, inALine, inFull},
		{"who knows whether it has", []*diagnosis.Diagnosis{open}, false, "LIKELY CAUSE [oom-limit]", "PAST"},
	} {
		var b strings.Builder
		if err := Text(&b, tt.ds, Options{Width: 120, Wide: tt.wide}); err != nil {
			t.Fatal(err)
		}
		if got := b.String(); !strings.Contains(got, tt.want) || strings.Contains(got, tt.not) {
			t.Errorf("%s: want %q and not %q in\n%s", tt.name, tt.want, tt.not, got)
		}
	}
}
