package crashlog

import "testing"

func TestRenumber(t *testing.T) {
	l := ReadBytes([]byte("listening on :8080\nworking\npanic: boom\n\ngoroutine 1 [running]:\nmain.main()\n\t/src/main.go:3 +0x1\n"))
	l.Renumber(func(n int) int { return 100 + 2*n })
	if l.Ready.Number != 102 || l.Crash.Line != 106 || l.Crash.Said[0].Line != 106 || l.Crash.Excerpt[0].Number != 106 || l.Tail[0].Number != 102 {
		t.Errorf("numbers: ready %d, crash %d, said %d, excerpt %d, tail %d",
			l.Ready.Number, l.Crash.Line, l.Crash.Said[0].Line, l.Crash.Excerpt[0].Number, l.Tail[0].Number)
	}
	if l.Shutdown.Number != 0 {
		t.Errorf("a line that is not there got number %d", l.Shutdown.Number)
	}
}
