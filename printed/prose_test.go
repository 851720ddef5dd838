package printed

import (
	"slices"
	"strings"
	"testing"
)

const (
	tableAbove    = "NAME                     READY   STATUS             RESTARTS      AGE\nedge-7f6d5c4b9-m2n3p     0/1     CrashLoopBackOff   6 (48s ago)   9m12s\n"
	describeAbove = cutName + cutRest
)

// written is what people write beside evidence.
var written = []string{
	"Thanks!", "Any ideas?", "Any help is appreciated.", "I tried to delete the pod, but it comes back the same.", "The other replicas are fine.",
	"We moved to 4.2 of the chart yesterday and since then it fails with a permission error.", "It worked before the upgrade.", "Kubernetes 1.29, EKS, three nodes",
	"Kubernetes version: 1.29\nCloud provider: EKS\nHelm: 3.14", "Regards,\nAnna", "## Environment\nEKS 1.29, large nodes",
	"I think it's the volume: it is mounted read-only.\nCan that be?", "Steps to reproduce:\n1. install the chart\n2. wait two minutes",
	"Edit: solved, it was the wrong secret.", "Update 2: also with 3.1.0", "Dockerfile:\nFROM alpine\nRUN apk add curl\nENTRYPOINT [\"/app\"]",
	"values.yaml:\nimage:\n  tag: 3\nreplicas: 2\nresources:\n  limits:\n    memory: 128Mi", "resources:\n  limits:\n    cpu: 100m\n  requests:\n    cpu: 50m",
	"There are no logs.", "kubectl logs shows nothing.", "Logs are empty.", "This happens on each node, and only in this namespace.", "+1", "/kind bug",
	"The memory limit is 128Mi. Is that too low?", "Server: v1.29.4\nClient: v1.30.1", "https://example.com/tickets/12",
}

// logged is what programs print, in lines that don't begin as those of logs do.
var logged = []string{
	"=> Booting Puma\n=> Rails 7.2.1 application starting in production\nA server is already running. Check /srv/edge/tmp/pids/server.pid.\nExiting",
	"===> Configuring ...\n/etc/edge/store: cannot create directory: read-only file system", "no main manifest attribute, in edge.jar",
	"thread 'main' panicked at src/main.rs:12:42:\nEDGE_URL must be set: NotPresent", "nginx: [emerg] host not found in upstream \"stock\" in /etc/nginx/conf.d/edge.conf:9",
	"npm ERR! code ENOENT\nnpm ERR! path /usr/src/edge/package.json\nnpm ERR! errno -2", "The configuration file could not be found.",
	"\n***************************\nAPPLICATION FAILED TO START\n***************************\n\nDescription:\n\nThe server failed to start. Port 8080 was already in use.\n\nAction:\n\nStop the process that's listening on port 8080.",
	"You must specify EDGE_PASSWORD to a non-empty value.\n\nFor more information, try '--help'.", "AH00526: Syntax error on line 5 of /etc/apache2/sites-enabled/edge.conf:\nInvalid command 'Rewrite', perhaps misspelled",
	"Unhandled exception. System.IO.InvalidDataException: Failed to load configuration from file '/app/edge.json'.\n ---> System.FormatException: Could not parse the JSON file.",
	"The store will run as user 1001.\nThis container is running as user edge.\n/opt/edge/server: Error: The directory [/.edge] could not be created.",
	"/app/server: /lib/x86_64-linux-gnu/libc.so.6: version `GLIBC_2.34' not found (required by /app/server)",
	"2026-03-02 08:40:01 edge starting\n2026-03-02 08:40:02 fatal: cannot open /srv/edge/queue.db: permission denied", "sh: edge-server: not found",
	"waiting for the store\nwaiting for the store\nstore did not come up, giving up",
}

func logsOf(text string) (logs []Block) {
	for _, b := range Split([]byte(text)) {
		if b.Kind == BlockLog {
			logs = append(logs, b)
		}
	}
	return logs
}

func TestProseBelowEvidenceIsNoLog(t *testing.T) {
	for _, above := range []string{tableAbove + "\n", tableAbove, describeAbove + "\n", describeAbove + cutEvents + "\n"} {
		for _, text := range written {
			for _, log := range logsOf(above + text + "\n") {
				t.Errorf("%q, of %q, is taken for a log", log.Text, text)
			}
		}
	}
}

func TestLogBelowEvidence(t *testing.T) {
	heads := []string{
		"", "\n", "\nLog:\n", "Logs:\n\n", "\nThis is what it prints:\n", "\n## Logs\n\n", "and the last lines it wrote before it died:\n", "\nLogs of edge (previous):\n",
		"\n**Output**:\n", "\n--- logs ---\n", "\nI see in the log:\n",
	}
	for _, above := range []string{tableAbove, describeAbove, describeAbove + cutEvents} {
		for _, head := range heads {
			for _, text := range logged {
				logs := logsOf(above + head + text + "\n")
				if len(logs) != 1 || strings.TrimSpace(string(logs[0].Text)) != strings.TrimSpace(text) {
					t.Errorf("below %q, headed %q: %d logs %+v, want %q", above[:30], head, len(logs), logs, text)
				} else if wantHead := strings.Contains(head, ":") || strings.Contains(head, "ogs"); wantHead != (logs[0].Heading != "") {
					t.Errorf("headed %q: heading %q", head, logs[0].Heading)
				}
			}
		}
	}
}

func TestLogBetweenProse(t *testing.T) {
	for _, before := range []string{"", written[3] + "\n\n", written[5] + "\nThis is the log:\n"} {
		for _, after := range written[:6] {
			for _, text := range logged[:4] {
				logs := logsOf("Hello,\nsince today it is down.\n\n" + tableAbove + "\n" + before + text + "\n\n" + after + "\n")
				if len(logs) != 1 || !strings.Contains(string(logs[0].Text), text) || strings.Contains(string(logs[0].Text), "Hello") {
					t.Errorf("between %q and %q: %+v", before, after, logs)
				}
			}
		}
	}
}

// TestTextWithoutEvidenceStaysWhole wants a log that holds prose, tables of its own and headings to be one block.
func TestTextWithoutEvidenceStaysWhole(t *testing.T) {
	for _, text := range slices.Concat(logged, []string{
		"We are starting for you.\n\nLogs:\n\nI could not open the store\n", "Thanks for using edge!\n\nNAME  SIZE\na     1\n\nusage: edge [flags]\n",
	}) {
		if blocks := Split([]byte(text)); len(blocks) != 1 {
			t.Errorf("%q is divided: %+v", text, blocks)
		}
	}
}

func TestTwoLogsUnderTwoHeadings(t *testing.T) {
	logs := logsOf(tableAbove + "\nLogs of edge-a:\nedge: cannot bind 0.0.0.0:80\n\nLogs of edge-b:\nedge: no space left on device\n")
	if len(logs) != 2 || logs[0].Heading != "Logs of edge-a" || logs[1].Heading != "Logs of edge-b" || !logs[0].Sure {
		t.Errorf("%+v", logs)
	}
}

func TestHeadingNamesTheCommand(t *testing.T) {
	for head, want := range map[string]Command{
		"Output of kubectl logs edge-0 -c web --previous:":  {Program: "kubectl", Verb: "logs", Kind: "Pod", Name: "edge-0", Container: "web", Previous: true},
		"And `kubectl logs edge-0` says:":                   {Program: "kubectl", Verb: "logs", Kind: "Pod", Name: "edge-0"},
		"kubectl logs edge-0 shows this:":                   {Program: "kubectl", Verb: "logs", Kind: "Pod", Name: "edge-0"},
		"The logs that kubectl logs gives:":                 {Program: "kubectl", Verb: "logs"},
		"What kubectl logs deploy/edge -n shop prints now:": {Program: "kubectl", Verb: "logs", Kind: "Deployment", Name: "edge", Namespace: "shop"},
	} {
		logs := logsOf(tableAbove + "\n" + head + "\n" + logged[0] + "\n")
		if len(logs) != 1 || logs[0].Command != want {
			t.Errorf("%q: %+v, want %+v", head, logs, want)
		}
	}
}

// TestNotesAboveALog reads what kubectl logs says of its choice.
func TestNotesAboveALog(t *testing.T) {
	const log = "edge: cannot bind 0.0.0.0:80\n"
	for text, want := range map[string]Command{
		"$ kubectl logs deploy/edge -n shop\nFound 3 pods, using pod/edge-7f6d5c4b9-m2n3p\n" + log: {
			Program: "kubectl", Verb: "logs", Kind: "Pod", Name: "edge-7f6d5c4b9-m2n3p", Namespace: "shop",
		},
		"$ kubectl logs edge-0\nDefaulted container \"web\" out of: web, istio-proxy, istio-init (init)\n" + log: {
			Program: "kubectl", Verb: "logs", Kind: "Pod", Name: "edge-0", Container: "web",
		},
		"Found 2 pods, using pod/edge-x8z7w\nDefaulted container \"web\" out of: web, proxy\n" + log: {
			Program: "kubectl", Verb: "logs", Kind: "Pod", Name: "edge-x8z7w", Container: "web",
		},
		tableAbove + "\nlogs:\nDefaulting container name to web.\nUse 'kubectl describe pod/edge-0 -n shop' to see all of the containers in this pod.\n" + log: {
			Program: "kubectl", Verb: "logs", Kind: "Pod", Name: "edge-0", Namespace: "shop", Container: "web",
		},
		"$ kubectl logs deploy/edge\n" + log: {Program: "kubectl", Verb: "logs", Kind: "Deployment", Name: "edge"},
	} {
		logs := logsOf(text)
		if len(logs) != 1 || logs[0].Command != want || string(logs[0].Text) != log {
			t.Errorf("%q: %+v\nwant %+v", text, logs, want)
		}
	}
}

// TestNoLineIsLost wants each line of a paste in one block, but those that bound it.
func TestNoLineIsLost(t *testing.T) {
	for _, text := range slices.Concat(logged, written) {
		for _, above := range []string{"", tableAbove + "\n", describeAbove + "\nLog:\n", "Found 2 pods, using pod/edge-x8z7w\n"} {
			text := above + strings.Trim(text, "\n") + "\n\nThanks!\n\n" + tableAbove
			at := 1
			for _, b := range Split([]byte(text)) {
				if b.Line != at {
					t.Errorf("%q: a block begins at line %d, want %d", text, b.Line, at)
				}
				at += strings.Count(string(b.Text), "\n")
			}
			if lines := strings.Count(text, "\n"); at-1 != lines {
				t.Errorf("%q: %d lines in blocks, want %d", text, at-1, lines)
			}
		}
	}
}
