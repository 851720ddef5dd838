package wrapping_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unloop-dev/unloop/wrapping"
)

// TestBrokenLinesAreJoined breaks each sample as a terminal does, between characters, and as mail does, between words.
func TestBrokenLinesAreJoined(t *testing.T) {
	for _, width := range []int{72, 80, 100, 120} {
		for name, sample := range samples(t) {
			broken := breakAt(sample, width)
			if len(broken) < len(sample)+2 {
				continue // hardly any line is that long
			}
			t.Run(fmt.Sprint(width, " ", name), func(t *testing.T) {
				texts := wrapping.Unwrap(broken, known)
				if diff := cmp.Diff(sample, texts[0].Strings()); diff != "" {
					t.Errorf("off %q (-want +got):\n%s", offs(texts), diff)
				}
			})
		}
	}
}

func breakAt(lines []string, width int) []string {
	var out []string
	for _, l := range lines {
		for len(l) > width {
			out = append(out, l[:width])
			l = l[width:]
		}
		out = append(out, l)
	}
	return out
}

// TestTextsAreSetOutAsTheirProgramsDo wants one text, line by line.
func TestTextsAreSetOutAsTheirProgramsDo(t *testing.T) {
	for name, tt := range map[string]struct{ text, want string }{
		"Markdown table": {
			"The pods:\n\n| NAME | READY | STATUS | RESTARTS | AGE |\n|---|---|---|---|---|\n| courier-0 | 0/1 | CrashLoopBackOff | 7 (62s ago) | 21m |\n\nbye",
			"1:The pods:\n2:\n3:NAME        READY   STATUS             RESTARTS      AGE\n5:courier-0   0/1     CrashLoopBackOff   7 (62s ago)   21m\n6:\n7:bye\n",
		},
		"Markdown table without outer bars": {
			"NAME | READY | STATUS | RESTARTS | AGE\n--- | :-: | --- | --- | ---\n`courier-0` | 0/1 | **CrashLoopBackOff** | 7 (62s ago) | 21m",
			"1:NAME        READY   STATUS             RESTARTS      AGE\n3:courier-0   0/1     CrashLoopBackOff   7 (62s ago)   21m\n",
		},
		"Jira table": {
			"||NAME||READY||STATUS||RESTARTS||AGE||\n|courier-0|0/1|CrashLoopBackOff|7|21m|",
			"1:NAME        READY   STATUS             RESTARTS   AGE\n2:courier-0   0/1     CrashLoopBackOff   7          21m\n",
		},
		"comma-separated values": {
			"NAME,READY,STATUS,RESTARTS,AGE\n\"courier-0\",0/1,CrashLoopBackOff,7 (62s ago),21m\nbye",
			"1:NAME        READY   STATUS             RESTARTS      AGE\n2:courier-0   0/1     CrashLoopBackOff   7 (62s ago)   21m\n3:bye\n",
		},
		"a word cut where the rest reads like a failure": {
			"LAST SEEN   TYPE      REASON   OBJECT                        MESSAGE\n62s         Warning   BackOff  pod/courier-6d9f7c8b5-m4x7q   Back-off restarting failed containe\nr courier in pod courier-6d9f7c8b5-m4x7q_parcels(0a1b2c3d-0000-4000-8000-000000000001)\n3m          Warning   Failed   pod/courier-6d9f7c8b5-m4x7q   Error: runc create failed: unable t\no start container process: exec: \"/srv/courier\": stat /srv/courier: no such file or directory",
			"1:LAST SEEN   TYPE      REASON   OBJECT                        MESSAGE\n2:62s         Warning   BackOff  pod/courier-6d9f7c8b5-m4x7q   Back-off restarting failed container courier in pod courier-6d9f7c8b5-m4x7q_parcels(0a1b2c3d-0000-4000-8000-000000000001)\n4:3m          Warning   Failed   pod/courier-6d9f7c8b5-m4x7q   Error: runc create failed: unable to start container process: exec: \"/srv/courier\": stat /srv/courier: no such file or directory\n",
		},
		"box": {
			"╭───────────┬───────┬──────────────────┬──────────┬─────╮\n│ NAME      │ READY │ STATUS           │ RESTARTS │ AGE │\n├───────────┼───────┼──────────────────┼──────────┼─────┤\n│ courier-0 │ 0/1   │ CrashLoopBackOff │ 7        │ 21m │\n╰───────────┴───────┴──────────────────┴──────────┴─────╯",
			"2:NAME        READY   STATUS             RESTARTS   AGE\n4:courier-0   0/1     CrashLoopBackOff   7          21m\n",
		},
		"HTML table": {
			"<table>\n<tr><th>NAME</th><th>READY</th><th>STATUS</th><th>RESTARTS</th><th>AGE</th></tr>\n<tr>\n <td>courier-0</td>\n <td>0/1</td>\n <td><b>CrashLoopBackOff</b></td><td>7 (62s&nbsp;ago)</td><td>21m</td>\n</tr>\n</table>\nbye",
			"2:NAME        READY   STATUS             RESTARTS      AGE\n3:courier-0   0/1     CrashLoopBackOff   7 (62s ago)   21m\n9:bye\n",
		},
		"quoted in prose": {
			"It is\n\n> Last State:   Terminated\n>   Reason:     OOMKilled\n>   Exit Code:  137\n\n> as I think\n\nbye",
			"1:It is\n2:\n3:Last State:   Terminated\n4:  Reason:     OOMKilled\n5:  Exit Code:  137\n6:\n7:as I think\n8:\n9:bye\n",
		},
		"quoted table": {
			"> | NAME | READY | STATUS | RESTARTS | AGE |\n> |---|---|---|---|---|\n> | courier-0 | 0/1 | CrashLoopBackOff | 7 | 21m |",
			"1:NAME        READY   STATUS             RESTARTS   AGE\n3:courier-0   0/1     CrashLoopBackOff   7          21m\n",
		},
		"rows cut by a terminal": {
			"LAST SEEN   TYPE      REASON   OBJECT                        MESSAGE\n62s         Warning   BackOff  pod/courier-6d9f7c8b5-m4x7q   Back-off restarting failed containe\nr courier in pod courier-6d9f7c8b5-m4x7q_parcels(0a1b2c3d-0000-4000-8000-000000000001)\n3m          Warning   Failed   pod/courier-6d9f7c8b5-m4x7q   Error: failed to create containerd \ntask: failed to create shim task: OCI runtime create failed: runc create failed: unable to start\n container process: exec: \"/srv/courier\": stat /srv/courier: no such file or directory: unknown",
			"1:LAST SEEN   TYPE      REASON   OBJECT                        MESSAGE\n2:62s         Warning   BackOff  pod/courier-6d9f7c8b5-m4x7q   Back-off restarting failed container courier in pod courier-6d9f7c8b5-m4x7q_parcels(0a1b2c3d-0000-4000-8000-000000000001)\n4:3m          Warning   Failed   pod/courier-6d9f7c8b5-m4x7q   Error: failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: \"/srv/courier\": stat /srv/courier: no such file or directory: unknown\n",
		},
		"commands of a runner": {
			"2026-04-10T08:22:00.1234567Z ##[group]Run kubectl get pods\n2026-04-10T08:22:00.1234567Z \x1b[36;1mkubectl get pods\x1b[0m\n2026-04-10T08:22:00.1234567Z shell: /usr/bin/bash -e {0}\n2026-04-10T08:22:00.1234567Z ##[endgroup]\n2026-04-10T08:22:00.1234567Z No resources found\n2026-04-10T08:22:00.1234567Z [command]/usr/bin/kubectl get nodes\n2026-04-10T08:22:00.1234567Z ##[error]Process completed with exit code 1.",
			"1:\n2:\n3:\n4:$ kubectl get pods\n5:No resources found\n6:$ /usr/bin/kubectl get nodes\n7:Process completed with exit code 1.\n",
		},
		"several commands of a runner": {
			"##[group]Run kubectl get pods\nkubectl get pods\nkubectl logs a\nshell: bash\n##[endgroup]\nx",
			"1:\n2:kubectl get pods\n3:kubectl logs a\n4:shell: bash\n5:\n6:x\n",
		},
		"a part of a line in GitLab": {
			"2024-05-22T12:43:46.962646Z 00O starting\n2024-05-22T12:43:46.962646Z 00O+ up\n2024-05-22T12:43:47.962646Z 01E failed",
			"1:starting up\n3:failed\n",
		},
		"typographic quotes": {
			"t=2026-03-02T08:40:15+0000 lvl=eror msg=“no ledger” logger=server",
			"1:t=2026-03-02T08:40:15+0000 lvl=eror msg=\"no ledger\" logger=server\n",
		},
		"typographic quotes around a path": {
			"Error: EACCES: permission denied, open ‘/srv/parcels/meta’",
			"1:Error: EACCES: permission denied, open '/srv/parcels/meta'\n",
		},
		"typographic quotes around a name": {
			"FATAL:  lock file “parcels.pid” already exists",
			"1:FATAL:  lock file \"parcels.pid\" already exists\n",
		},
		"a log in a list of a page": {
			"        2026-03-02 08:40:20+00:00 [Note] started.\n        2026-03-02 08:40:22+00:00 [ERROR] no password\n            You need to specify one:\n            - A_PASSWORD",
			"1:2026-03-02 08:40:20+00:00 [Note] started.\n2:2026-03-02 08:40:22+00:00 [ERROR] no password\n3:    You need to specify one:\n4:    - A_PASSWORD\n",
		},
		"a log in prose, indented": {
			"It says this:\n\n    2026-03-02 08:40:20 starting\n    2026-03-02 08:40:22 no ledger\n\nWhy?",
			"1:It says this:\n2:\n3:2026-03-02 08:40:20 starting\n4:2026-03-02 08:40:22 no ledger\n5:\n6:Why?\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := ""
			texts := wrapping.Unwrap(strings.Split(tt.text, "\n"), known)
			for _, text := range texts {
				for _, l := range text.Lines {
					got += fmt.Sprintf("%d:%s\n", l.Number, l.Text)
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("off %q (-want +got):\n%s", offs(texts), diff)
			}
		})
	}
}
