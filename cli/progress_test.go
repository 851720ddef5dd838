package cli

import (
	"bytes"
	"testing"
	"time"
)

func TestProgressIsShownAfterASecondAndErased(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	var out bytes.Buffer
	p := &progress{out: &out, now: func() time.Time { return now }, start: now}
	for _, step := range []time.Duration{0, 900 * time.Millisecond, 200 * time.Millisecond, 50 * time.Millisecond, 200 * time.Millisecond} {
		now = now.Add(step)
		p.read(int64(now.Sub(p.start)/time.Millisecond) << 20)
	}
	p.done()
	if got, want := out.String(), "\r\x1b[Kunloop: read 1100 MiB ...\r\x1b[Kunloop: read 1350 MiB ...\r\x1b[K"; got != want {
		t.Errorf("wrote %q, want %q", got, want)
	}
}

func TestNoProgressWhereItIsNotSeen(t *testing.T) {
	var out bytes.Buffer
	o := &diagnoseOptions{app: &app{Streams: Streams{Err: &out}, getenv: func(string) string { return "" }}}
	if p := o.newProgress(); p != nil {
		t.Error("progress is shown in a pipe")
	}
	short := &progress{out: &out, now: time.Now, start: time.Now()}
	short.read(1)
	short.done()
	if out.Len() > 0 {
		t.Errorf("wrote %q for a short wait", out.String())
	}
}
