package crashlog

import (
	"fmt"
	"strings"
	"testing"
)

const gaveUp = `{"level":"fatal","ts":"2026-03-02T10:00:00Z","msg":"cannot open the ledger","error":"open /data/ledger.db: permission denied"}` + "\n"

func repeat(n int, line string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, line+"\n", i)
	}
	return b.String()
}

func TestFatalRecordOutlastsTheShutdown(t *testing.T) {
	starting := `{"level":"info","ts":"2026-03-02T09:59:58Z","msg":"starting"}` + "\n"
	serving := `{"level":"info","ts":"2026-03-02T09:59:58Z","msg":"listening on :8080"}` + "\n"
	closed := `{"level":"info","ts":"2026-03-02T10:00:01Z","msg":"closed connection %d"}`
	other := `{"level":"info","ts":"2026-03-02T10:00:01Z","msg":"pool at size %d"}`
	for name, log := range map[string]string{
		"after a start":           starting + gaveUp + repeat(60, closed),
		"after it has served":     starting + serving + gaveUp + repeat(60, closed),
		"further than the window": starting + serving + gaveUp + repeat(5*pageLines, closed),
		"in other words":          starting + gaveUp + repeat(5*pageLines, other),
		"plain lines":             starting + gaveUp + repeat(5*pageLines, "worker %d is gone"),
		"logfmt":                  "level=info msg=starting\nlevel=fatal msg=\"cannot open the ledger\" err=\"open /data/ledger.db: permission denied\"\n" + repeat(60, "level=info msg=\"stopped worker %d\""),
		"pino":                    strings.Replace(gaveUp, `"fatal"`, "60", 1) + repeat(3*pageLines, strings.Replace(closed, `"info"`, "30", 1)),
		"errors while it closes":  starting + gaveUp + repeat(60, closed) + `{"level":"error","msg":"close connection: already closed"}` + "\n",
	} {
		c := ReadBytes([]byte(log)).Crash
		if c.Kind != KindFatal || c.Path != "/data/ledger.db" || c.Message != "cannot open the ledger: open /data/ledger.db: permission denied" {
			t.Errorf("%s: %s %q at line %d", name, c.Kind, c.Message, c.Line)
		}
	}
}

func TestFatalRecordIsForgottenWhereTheProgramWentOn(t *testing.T) {
	serving := `{"level":"info","ts":"2026-03-02T09:59:58Z","msg":"listening on :8080"}` + "\n"
	served := `{"level":"info","ts":"2026-03-02T10:00:01Z","msg":"served request %d"}`
	for name, log := range map[string]string{
		"it served before":        serving + gaveUp + repeat(60, served),
		"it served after":         gaveUp + serving + repeat(60, served),
		"it served long after":    gaveUp + serving + repeat(5*pageLines, served),
		"a session of a database": "2026-03-02 10:00:00 UTC [7] FATAL:  password authentication failed for user \"x\"\n" + repeat(60, "2026-03-02 10:00:00 UTC [7] LOG:  checkpoint %d complete"),
	} {
		if c := ReadBytes([]byte(log)).Crash; c.Kind != KindLast {
			t.Errorf("%s: %s %q at line %d", name, c.Kind, c.Message, c.Line)
		}
	}
}
