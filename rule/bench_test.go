package rule

import (
	"fmt"
	"testing"
	"testing/fstest"

	"github.com/unloop-dev/unloop/crashlog"
	"github.com/unloop-dev/unloop/evidence"
)

// benchRules is about what ships: a hundred rules of the usual length, two thirds of them about logs.
func benchRules() fstest.MapFS {
	const body = `id: %[1]s
title: "{{c.name}} cannot reach %[4]s"
class: dependency
%[2]sconfidence: certain
levels:
- {when: c.restarts > 3 && c.lastExit.code == %[3]d, confidence: likely}
summary: "{{c.name}} exits with {{c.lastExit.code}} after {{human(c.lastExit.ranFor)}} since nothing listens."
because:
- text: "exit code {{c.lastExit.code}}, the run lasted {{c.lastExit.ranFor}}"
  ref: c.lastExit.ref
- text: "{{c.restarts}} restarts"
  when: c.restarts > 1
  ref: c.ref
explains: []
ruledOut:
- {when: c.lastExit.code == 0 && c.restarts > 2, text: "exit code {{c.lastExit.code}}"}
settle: "kubectl logs {{pod.name}} -c {{c.name}} --previous"
fix:
- text: "Look whether the service of {{c.name}} has endpoints"
  risk: none
  command: "kubectl get endpointslices -n {{pod.namespace}}"
- text: Give startup its own budget with a startupProbe
  risk: restart
  patch: |
    spec:
      containers:
      - name: "{{c.name}}"
        startupProbe: {failureThreshold: 30, periodSeconds: 5}
since: "0.1"
`
	const logs = `logs:
- match: '(?i)dial tcp (?P<host>[^ :]+):(?P<port>\d+): connect: connection refused %[1]d'
  hit:
  - "panic: dial tcp 10.96.14.3:5432: connect: connection refused %[1]d"
  - "failed to connect to database: dial tcp db:5432: connect: connection refused %[1]d"
  miss: ["retrying: connection refused (attempt 3 of 10)"]
- match: 'Error: connect ECONNREFUSED (?P<address>[0-9.]+:\d+) %[1]d'
  hit: ["Error: connect ECONNREFUSED 10.96.14.3:6379 %[1]d"]
- match: 'Connection to (?P<host2>\S+) refused\. Check that the (hostname|port|postmaster) .* %[1]d'
  hit: ["org.postgresql.util.PSQLException: Connection to db:5432 refused. Check that the hostname and port are correct %[1]d"]
when: c.exited && c.lastExit.code != 0 && c.kind != "ephemeral"
`
	const condition = `when: |
  c.exited && c.lastExit.code == %[1]d && c.restartPolicy == "Always" && c.lastExit.ranFor < duration("10m")
  && !c.mounts.exists(x, x.path.startsWith("/data") && x.readOnly)
`
	fsys := fstest.MapFS{}
	for i := range 100 {
		id, conditions, what := fmt.Sprintf("rule-%d", i), fmt.Sprintf(logs, i), "{{m.host}}"
		if i%3 == 0 {
			conditions, what = fmt.Sprintf(condition, i), "it"
		}
		fsys[id+"/cause.yaml"] = &fstest.MapFile{Data: fmt.Appendf(nil, body, id, conditions, i, what)}
	}
	return fsys
}

// benchEvidence is one crash-looping container whose log has a trace of four statements; two rules hold.
func benchEvidence() *evidence.Evidence {
	return crashing(
		cause("panic: dial tcp db:5432: connect: connection refused 40", 120),
		cause("open database: giving up after 5 attempts", 118),
		crashlog.Statement{Text: "worker 3 stopped", Line: 117, Strength: crashlog.StrengthError},
		crashlog.Statement{Text: "shutting down", Line: 121, Strength: crashlog.StrengthLast},
	)
}

func BenchmarkLoad(b *testing.B) {
	fsys := benchRules()
	for b.Loop() {
		if _, err := Load(fsys, "."); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkLoadAndMatch is what one run of the command does.
func BenchmarkLoadAndMatch(b *testing.B) {
	fsys, ev := benchRules(), benchEvidence()
	for b.Loop() {
		set, err := Load(fsys, ".")
		if err != nil {
			b.Fatal(err)
		}
		set.Match(ev)
	}
}

// BenchmarkMatch is what each further pod costs.
func BenchmarkMatch(b *testing.B) {
	ev := benchEvidence()
	set, err := Load(benchRules(), ".")
	if err != nil {
		b.Fatal(err)
	}
	set.Match(ev)
	for b.Loop() {
		set.Match(ev)
	}
}

func BenchmarkCheck(b *testing.B) {
	fsys := benchRules()
	for b.Loop() {
		set, err := Load(fsys, ".")
		if err == nil {
			err = set.Check()
		}
		if err != nil {
			b.Fatal(err)
		}
	}
}
