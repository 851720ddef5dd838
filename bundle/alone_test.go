package bundle

import (
	"strings"
	"testing"
)

const loopingRow = "NAME    READY   STATUS             RESTARTS   AGE\nweb-0   0/1     CrashLoopBackOff   4          3m\n"

// What people write about a pod is not what it said.
func TestProseBesideAPodIsNoLog(t *testing.T) {
	for name, prose := range map[string]string{
		"a note":       "Hello team,\nplease look at this, it has been like that since noon.\n",
		"two":          "We deployed the new version this morning.\n\nSince then the service restarts all the time.\n",
		"not one, too": "",
	} {
		files := map[string]string{"pods.txt": loopingRow, "a.txt": prose}
		if prose == "" {
			files["a.txt"] = "panic: boom\n"
		}
		b := mustOpen(t, writeFiles(t, files))
		logs := 0
		for _, raw := range b.Raws() {
			logs += len(raw.Logs)
		}
		if (logs == 0) != (prose != "") {
			t.Errorf("%s: %d logs", name, logs)
		}
		if prose != "" && !strings.Contains(strings.Join(skips(b), ""), noEvidence) {
			t.Errorf("%s: skipped %v", name, skips(b))
		}
	}
}

// A table beside a log never costs the answer: a log of none of its pods, or of one of several, is answered by itself.
func TestLogOfNobodyIsAnsweredByItself(t *testing.T) {
	two := strings.Replace(loopingRow, "web-0 ", "api-x ", 1) + strings.SplitAfter(loopingRow, "\n")[1]
	for name, tt := range map[string]struct {
		table, file string
		alone       int
	}{
		"the only one":         {loopingRow, "log.txt", 0},
		"one of two":           {two, "log.txt", 1},
		"one that is not told": {loopingRow, "shop-7d9f8c6b5d-x2x4z.log", 1},
	} {
		b := mustOpen(t, writeFiles(t, map[string]string{"pods.txt": tt.table, tt.file: "starting\npanic: boom\n"}))
		alone := 0
		for _, raw := range b.Raws() {
			if raw.Pod == nil {
				alone++
			}
		}
		if alone != tt.alone {
			t.Errorf("%s: %d answers without a pod, want %d: %v", name, alone, tt.alone, skips(b))
		}
	}
}

// One of several replicas has written it, nobody knows which: it is evidence for each, and never for sure.
func TestReplicasShareALog(t *testing.T) {
	table := "NAME                    READY   STATUS             RESTARTS   AGE\n" +
		"edge-6d7c8b9f5d-4k2lm   0/1     CrashLoopBackOff   5          4m\nedge-6d7c8b9f5d-x8z7w   0/1     CrashLoopBackOff   5          4m\n"
	for _, file := range []string{"log.txt", "edge-6d7c8b9f5d-bcdfg.log"} {
		b := mustOpen(t, writeFiles(t, map[string]string{"pods.txt": table, file: "panic: boom\n"}))
		for _, raw := range b.Raws() {
			if raw.Pod == nil || len(raw.Logs) != 1 || raw.Logs[0].Run != "unknown" || raw.Logs[0].Why == "" {
				t.Errorf("%s: %+v", file, raw.Logs)
			}
		}
	}
}
