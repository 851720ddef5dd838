package printed

import "testing"

func TestSilentLogs(t *testing.T) {
	const row = "NAME   READY   STATUS   RESTARTS   AGE\napi-1   0/1   CrashLoopBackOff   3   60s\n"
	for name, tt := range map[string]struct {
		paste string
		want  bool
	}{
		"another command follows": {"$ kubectl logs api-1 --previous\n$ kubectl get pods\n" + row, true},
		"a blank line between":    {"$ kubectl logs api-1 --previous\n\n$ kubectl get pods\n" + row, true},
		"a bare prompt follows":   {"$ kubectl get pods\n" + row + "$ kubectl logs api-1 -p\n$ \n", true},
		"a long prompt follows":   {"me@host:~$ kubectl get pods\n" + row + "me@host:~$ kubectl logs api-1 -p\nme@host:~$ \n", true},
		"the end of the paste":    {"$ kubectl get pods\n" + row + "$ kubectl logs api-1 -p\n", false},
		"blank lines at the end":  {"$ kubectl get pods\n" + row + "$ kubectl logs api-1 -p\n\n\n", false},
		"the end of a fence":      {"```\n$ kubectl get pods\n" + row + "$ kubectl logs api-1 -p\n```\n", false},
		"a list of commands":      {"$ kubectl logs api-1 -p\n$ kubectl describe pod api-1\n$ kubectl get pods\n" + row, false},
		"what grep found":         {"$ kubectl logs api-1 -p | grep ERROR\n$ kubectl get pods\n" + row, false},
		"the last minutes":        {"$ kubectl logs api-1 --since=5m\n$ kubectl get pods\n" + row, false},
		"with errors shown":       {"$ kubectl logs api-1 2>&1\n$ kubectl get pods\n" + row, true},
	} {
		t.Run(name, func(t *testing.T) {
			got := false
			for _, b := range Split([]byte(tt.paste)) {
				got = got || b.Kind == BlockLog && b.Command.Name == "api-1"
			}
			if got != tt.want {
				t.Errorf("an empty log: %v, want %v", got, tt.want)
			}
		})
	}
}
