package crashlog

import "testing"

// klogr quotes the keys of its fields, and may write the message as one of them.
func TestFieldsOfKlogr(t *testing.T) {
	for line, want := range map[string]string{
		`E0302 08:40:26.325409       1 start.go:138] "manager goroutine exited" "error"="leader election lost" "worker"=3`: "manager goroutine exited: leader election lost",
		`E0302 08:40:26.325409       1 main.go:88] "msg"="problem running manager" "error"="leader election lost"`:         "problem running manager: leader election lost",
		`E0302 08:40:26.325409       1 main.go:88] "problem running manager" err="leader election lost"`:                   "problem running manager: leader election lost",
		`E0302 08:40:26.325409       1 main.go:88] "a" is no flag`:                                                         `"a" is no flag`,
	} {
		got := ReadBytes([]byte(line + "\n")).Crash
		if got == nil || got.Message != want {
			t.Errorf("%s: %+v, want %q", line, got, want)
		}
	}
}
