package wrapping_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unloop-dev/unloop/wrapping"
)

// kept are texts that are their program's own, whatever they look like.
var kept = map[string]string{
	"json log": `{"level":"info","ts":"2026-04-10T08:20:00Z","msg":"starting"}
{"level":"error","ts":"2026-04-10T08:20:01Z","msg":"no ledger","stack":"java.lang.X: y\n\tat parcels.A.b(A.java:1)\n\tat parcels.A.c(A.java:2)"}
{"level":"fatal","ts":"2026-04-10T08:20:02Z","msg":"Name: a\nNamespace: b\nStatus: c"}`,
	"klog": `I0410 08:20:00.123456       1 main.go:41] "Starting" version="v3"
E0410 08:20:01.123456       1 reflector.go:147] failed to list *v1.Pod: Unauthorized
F0410 08:20:02.123456       1 main.go:77] timed out`,
	"log with columns": `2026-04-10 08:20:00 | INFO     | parcels.main:run:12 - starting
2026-04-10 08:20:01 | ERROR    | parcels.main:run:14 - no ledger
2026-04-10 08:20:02 | INFO     | parcels.main:run:15 - stopping`,
	"log of threads": `main-1 | INFO  | starting
pool-2-thread-1 | ERROR | no ledger
pool-2-thread-2 | WARN  | no ledger
main-1 | INFO  | stopping`,
	"own stamps and a trace": `2026-04-10T08:20:00Z starting
2026-04-10T08:20:01Z Exception in thread "main" java.lang.IllegalStateException: a
	at parcels.Courier.main(Courier.java:41)
2026-04-10T08:20:02Z Exception in thread "main" java.lang.IllegalStateException: b
	at parcels.Courier.main(Courier.java:41)
2026-04-10T08:20:03Z Exception in thread "main" java.lang.IllegalStateException: c
	at parcels.Courier.main(Courier.java:41)
2026-04-10T08:20:04Z stopping`,
	"stamps of .NET": `2026-04-10T08:20:00.1234567Z starting
2026-04-10T08:20:01.1234567Z [error] no ledger
2026-04-10T08:20:02.1234567Z stopping`,
	"kubectl --timestamps": `2026-04-10T08:20:00.123456789Z starting
2026-04-10T08:20:01.123456789Z no ledger
2026-04-10T08:20:02.123456789Z stopping`,
	"kubectl --timestamps and a trace": `2026-04-10T08:20:00.123456789+08:00 2026-04-10 08:20:00 INFO starting
2026-04-10T08:20:01.123456789+08:00 2026-04-10 08:20:01 ERROR no ledger
2026-04-10T08:20:02.123456789+08:00 Exception in thread "main" java.lang.IllegalStateException: a
2026-04-10T08:20:02.123456789+08:00 	at parcels.Courier.main(Courier.java:41)
2026-04-10T08:20:02.123456789+08:00 	at parcels.Courier.main(Courier.java:42)
2026-04-10T08:20:02.123456789+08:00 Caused by: java.net.UnknownHostException: ledger.parcels
2026-04-10T08:20:02.123456789+08:00 2026-04-10 08:20:02 INFO stopping
2026-04-10T08:20:03.123456789+08:00 2026-04-10 08:20:03 INFO stopped`,
	"journal of a node": `Apr 10 08:20:00 node-1 systemd[1]: Started kubelet.service - kubelet: The Kubernetes Node Agent.
Apr 10 08:20:01 node-1 kubelet[812]: Flag --container-runtime-endpoint has been deprecated
Apr 10 08:20:02 node-1 kubelet[812]: E0410 08:20:02.123456     812 pod_workers.go:1301] "Error syncing pod, skipping" pod="parcels/courier-0"
Apr 10 08:20:02 node-1 kubelet[812]: E0410 08:20:02.123456     812 pod_workers.go:1301] "Error syncing pod, skipping" pod="parcels/courier-0"
Apr 10 08:20:02 node-1 kubelet[812]: E0410 08:20:02.123456     812 pod_workers.go:1301] "Error syncing pod, skipping" pod="parcels/courier-0"`,
	"SonarQube's days": `2024.05.06 10:00:00 WARN  app[] Process exited with exit value: 78
2024.05.06 10:00:00 INFO  app[] Process is stopped
2024.05.06 10:00:01 INFO  app[] stopped`,
	"prose, filled": `The reason is OOMKilled, but the exit code is not 137: the kernel killed a worker, and the first process
of the container ended later and by itself. Such a mark stays until the end, even if that is some hours
later and with another code, and then nobody knows any more which of the many processes was the one that
had too much. So look at the events first, and at the log of the node, where the kernel has it with the
name of the process. Fewer workers are the remedy, or more memory for all, since each has its own part.
Events:
  Warning  BackOff  62s (x90 over 21m)  kubelet  Back-off restarting failed container courier in pod a`,
	"prose with commands": `The pod of the courier restarts again and again since we gave it a new image, and nobody knows
why, since it has the memory that it had before and the node is well. I looked at it with these commands:

kubectl get pods -n parcels shows that it is in CrashLoopBackOff, and kubectl describe pod has nothing
but the back-off. What else can I try before I give the image back that it had before the upgrade?`,
	"SQL in a log": `2026-04-10 08:20:00 INFO the jobs:
+----+---------+---------------------+
| id | state   | since               |
+----+---------+---------------------+
|  1 | waiting | 2026-04-10 08:19:00 |
|  2 | running | 2026-04-10 08:19:30 |
+----+---------+---------------------+
2026-04-10 08:20:01 ERROR too many`,
	"SQL table": `| id | state   | since               |
|  1 | waiting | 2026-04-10 08:19:00 |
|  2 | running | 2026-04-10 08:19:30 |`,
	"YAML list": `apiVersion: v1
kind: Pod
spec:
  containers:
  - name: a
    args:
    - --x
    - "a\nb\nc"
    command: ["a", "b", "c"]
# a comment
# another
# a third`,
	"message in an object": `apiVersion: v1
kind: Pod
status:
  containerStatuses:
  - name: a
    lastState:
      terminated:
        exitCode: 1
        message: "Name: a\nNamespace: b\npanic: x\n\tgoroutine 1 [running]:\n"`,
	"prose": `# Why does it loop?

Since the upgrade the pod restarts. I tried:

* another node
* another image
* more memory

1. first
2. second
3. third

> it says so in the documentation

Thanks!`,
	"diff": `--- a/deploy.yaml
+++ b/deploy.yaml
@@ -1,4 +1,5 @@
 apiVersion: v1
-kind: Service
+kind: Pod
+metadata:
+  name: a
+  namespace: b
+status: {}`,
	"npm": `> parcels@1.0.0 start
> node server.js

npm ERR! code ELIFECYCLE
npm ERR! errno 1
npm ERR! parcels@1.0.0 start: node server.js`,
	"levels in brackets": `[INFO] starting
[ERROR] no ledger
[INFO] stopping`,
	"threads in brackets": `[main] INFO parcels.Main - starting
[main] ERROR parcels.Main - no ledger
[worker-1] INFO parcels.Main - stopping`,
	"numbers": `1 starting
2 connecting
3 stopping`,
	"banner": `  ____                _
 / ___|___  _   _ _ _(_) ___ _ __
| |   / _ \| | | | '__| |/ _ \ '__|
| |__| (_) | |_| | |  | |  __/ |
 \____\___/ \__,_|_|  |_|\___|_|
 :: Courier ::                (v3.1)

2026-04-10 08:20:00 INFO starting`,
	"Terraform's box": `╷
│ Error: no ledger
│
│   on main.tf line 3:
╵`,
	"equally long lines": `2026-04-10 08:20:00 INFO  request 17 handled in 12 ms, path /api/v1/items/4711 from 10.0.0.4
2026-04-10 08:20:01 INFO  request 18 handled in 13 ms, path /api/v1/items/4712 from 10.0.0.4
next step
2026-04-10 08:20:02 INFO  request 19 handled in 14 ms, path /api/v1/items/4713 from 10.0.0.4
other step`,
	"usage": `Usage: courier [flags]

Flags:
      --ledger string     the address of the ledger, with its port, for all of the shards that are in it
      --parcels int       how many parcels a courier carries at a time, of those that wait (default 12)
  -h, --help              help for courier`,
	"GNU's quotes":           "tar: unrecognized option ‘--courier’\nTry ‘tar --help’ for more information.",
	"no-break space in text": "Le service a redémarré\u00a0: délai dépassé\nfin",
	"pods by name":           "courier-6d9f7c8b5-m4x7q is waiting\nledger-7c8d9e6f5-x2y3z was restarted\nsorter-5f6e7d8c9-a1b2c has no image\n",
	"tree": `parcels
├── courier
│   ├── main.go
│   └── main_test.go
└── ledger`,
	"trace alone": "\tat parcels.Courier.main(Courier.java:41)\n\tat parcels.Ledger.open(Ledger.java:17)",
}

// TestWhatAProgramPrintedStays gives texts back as they are.
func TestWhatAProgramPrintedStays(t *testing.T) {
	for name, text := range kept {
		t.Run(name, func(t *testing.T) { unchanged(t, strings.Split(text, "\n")) })
	}
	for name, sample := range samples(t) {
		t.Run(name, func(t *testing.T) { unchanged(t, sample) })
	}
}

func unchanged(t *testing.T, lines []string) {
	t.Helper()
	texts := wrapping.Unwrap(lines, known)
	if len(texts) != 1 {
		t.Fatalf("%d texts: %q", len(texts), offs(texts))
	}
	if diff := cmp.Diff(lines, texts[0].Strings()); diff != "" || len(texts[0].Off) > 0 {
		t.Errorf("off %q (-want +got):\n%s", texts[0].Off, diff)
	}
}

// TestWritersAreToldApart gives each pod its lines.
func TestWritersAreToldApart(t *testing.T) {
	for name, tt := range map[string]struct{ text, want string }{
		"kubectl": {
			`$ kubectl logs -l app=courier --prefix
[pod/courier-a/courier] starting
[pod/courier-b/courier] starting
[pod/courier-a/courier] panic: no ledger
[pod/courier-b/courier] ready
a line that was wrapped
[pod/courier-a/courier] goroutine 1 [running]:`,
			`// 1:$ kubectl logs -l app=courier --prefix
/courier-a/courier mixed 2:starting 4:panic: no ledger 7:goroutine 1 [running]:
/courier-b/courier mixed 3:starting 5:ready 6:a line that was wrapped
`,
		},
		"prose around": {
			`It crashes, the log is

[pod/courier-a/courier] panic: no ledger
[pod/courier-a/courier] goroutine 1 [running]:

What may it be?`,
			`// 1:It crashes, the log is 2: 5: 6:What may it be?
/courier-a/courier 3:panic: no ledger 4:goroutine 1 [running]:
`,
		},
		"stern": {
			`+ courier-6d9f7c8b5-m4x7q › courier
courier-6d9f7c8b5-m4x7q courier starting
courier-6d9f7c8b5-m4x7q proxy ready
courier-6d9f7c8b5-m4x7q courier Exception in thread "main" X
courier-6d9f7c8b5-m4x7q courier 	at a.B.c(B.java:1)
courier-6d9f7c8b5-m4x7q proxy
courier-6d9f7c8b5-m4x7q proxy stopping`,
			`// 1:+ courier-6d9f7c8b5-m4x7q › courier
/courier-6d9f7c8b5-m4x7q/courier mixed 2:starting 4:Exception in thread "main" X 5:	at a.B.c(B.java:1)
/courier-6d9f7c8b5-m4x7q/proxy mixed 3:ready 6: 7:stopping
`,
		},
		"stern -o ppextjson": {
			`{
  "pod": "courier-0",
  "container": "courier",
  "message": "starting"
}
{
  "pod": "ledger-0",
  "container": "ledger",
  "message": {"level":"error"}
}`,
			`/courier-0/courier mixed 4:starting
/ledger-0/ledger mixed 9:{"level":"error"}
`,
		},
		"compose": {
			`web-1     | starting
ledger-1  | ready
web-1     | panic: no ledger`,
			`//web-1 mixed 1:starting 3:panic: no ledger
//ledger-1 mixed 2:ready
`,
		},
		"processes in turn": {
			`starting
(EngineCore pid=1) Traceback (most recent call last):
(EngineCore pid=1)   File "a.py", line 1, in <module>
(EngineCore pid=1) ValueError: x
(APIServer pid=2) RuntimeError: the engine died`,
			`// 1:starting 2:Traceback (most recent call last): 3:  File "a.py", line 1, in <module> 4:ValueError: x 5:RuntimeError: the engine died
`,
		},
		"processes mixed": {
			`(Worker_TP0 pid=1) Traceback (most recent call last):
(Worker_TP1 pid=2) Traceback (most recent call last):
(Worker_TP0 pid=1)   File "a.py", line 1, in <module>
(Worker_TP1 pid=2)   File "a.py", line 1, in <module>
(Worker_TP0 pid=1) ValueError: x
(Worker_TP1 pid=2) ValueError: x`,
			`// mixed 1:Traceback (most recent call last): 3:  File "a.py", line 1, in <module> 5:ValueError: x
// mixed 2:Traceback (most recent call last): 4:  File "a.py", line 1, in <module> 6:ValueError: x
`,
		},
		"k9s' title": {
			`┌──────────── Logs(parcels/courier-0:courier)[tail] ────────────┐
│ 2026-04-10 08:20:00 INFO starting                             │
│ 2026-04-10 08:20:01 ERROR no ledger                           │
│ 2026-04-10 08:20:02 INFO stopping                             │
└───────────────────────────────────────────────────────────────┘`,
			"parcels/courier-0/courier 1: 2:2026-04-10 08:20:00 INFO starting 3:2026-04-10 08:20:01 ERROR no ledger 4:2026-04-10 08:20:02 INFO stopping 5:\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := ""
			for _, text := range wrapping.Unwrap(strings.Split(tt.text, "\n"), known) {
				got += shape(text)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func shape(t wrapping.Text) string {
	s := t.Namespace + "/" + t.Pod + "/" + t.Container
	if t.Stream {
		s += " mixed"
	}
	for _, l := range t.Lines {
		s += fmt.Sprintf(" %d:%s", l.Number, l.Text)
	}
	return s + "\n"
}
