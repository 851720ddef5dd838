package bundle

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSourcesThatContradictEachOther(t *testing.T) {
	const header = "NAME    READY   STATUS             RESTARTS   AGE\n"
	describe, object := captured(t, "exit1/exit1.describe.txt"), captured(t, "exit1/exit1.yaml")
	older := strings.Replace(describe, "Restart Count:  2", "Restart Count:  1", 1)
	row := func(status, restarts string) string {
		return header + "exit1   0/1     " + status + "   " + restarts + "          60s\n"
	}
	tests := []struct {
		name, paste string
		want        []string
	}{
		{"they agree", "$ kubectl get pods\n" + row("CrashLoopBackOff", "2") + "$ kubectl describe pod exit1\n" + describe, nil},
		{
			"a newer row", "$ kubectl get pods\n" + row("CrashLoopBackOff", "7") + "$ kubectl describe pod exit1\n" + describe,
			[]string{"kubectl describe counts 2 restarts, kubectl get pods 7: kubectl describe is older"},
		},
		{
			"an older describe", "$ kubectl get pod exit1 -o yaml\n" + object + "$ kubectl describe pod exit1\n" + older,
			[]string{"the pod's object counts 2 restarts, kubectl describe 1: kubectl describe is older"},
		},
		{
			"two describes", "$ kubectl describe pod exit1\n" + older + "$ kubectl describe pod exit1\n" + describe,
			[]string{"kubectl describe counts 2 restarts, another kubectl describe 1: the other is older"},
		},
		{
			"it ran in between", "$ kubectl get pods\n" + row("Running", "2") + "$ kubectl describe pod exit1\n" + describe,
			[]string{"kubectl describe says CrashLoopBackOff, kubectl get pods Running: they are of different moments"},
		},
		{"a word that takes turns", "$ kubectl get pods\n" + row("Error", "2") + "$ kubectl describe pod exit1\n" + describe, nil},
		{"a watch", "$ kubectl get pods -w\n" + row("CrashLoopBackOff", "1") + "exit1   0/1     CrashLoopBackOff   2          70s\n$ kubectl describe pod exit1\n" + describe, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b, err := Open([]string{"-"}, strings.NewReader(tt.paste))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, slices.Collect(b.All())[0].Conflicts); diff != "" {
				t.Errorf("conflicts (-want +got):\n%s", diff)
			}
		})
	}
}
