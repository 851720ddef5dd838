package objects

import (
	"fmt"
	"strings"
	"testing"

	"github.com/unloop-dev/unloop/fact"
)

// inShort says what a part tells of each container: what is hidden is "?".
func inShort(parts []Part) string {
	var all []string
	for _, p := range parts {
		show := func(name fact.Name, value any) string {
			if name.Among(p.Hidden) {
				return "?"
			}
			return fmt.Sprint(value)
		}
		text := fmt.Sprintf("%s/%s", p.Pod.Namespace, p.Pod.Name)
		if p.Pod.Status.Reason != "" {
			text += " " + show(fact.PodReason, p.Pod.Status.Reason)
		}
		for _, s := range append(p.Pod.Status.InitContainerStatuses, p.Pod.Status.ContainerStatuses...) {
			text += fmt.Sprintf(" %q %s×", s.Name, show(fact.Restarts, s.RestartCount))
			if e := endOf(s); e != nil {
				text += fmt.Sprintf(" exit %s %s", show(fact.ExitCode, e.ExitCode), show(fact.ExitReason, e.Reason))
			}
			if w := waitOf(s); w.Reason != "" {
				text += " " + show(fact.WaitingReason, w.Reason)
			}
		}
		all = append(all, text)
	}
	return strings.Join(all, "; ")
}

// TestPieces reads pieces as people paste them.
func TestPieces(t *testing.T) {
	const oom = "exitCode: 137\nfinishedAt: \"2026-02-03T04:05:06Z\"\nreason: OOMKilled\nstartedAt: \"2026-02-03T04:05:01Z\"\n"
	const wait = "message: back-off 2m40s restarting failed container=etl pod=etl-0_jobs(7a0b6c1e-1111-4222-8333-944455556666)\nreason: CrashLoopBackOff\n"
	indent := func(n int, text string) string {
		return strings.ReplaceAll(strings.Repeat(" ", n)+strings.TrimSuffix(text, "\n"), "\n", "\n"+strings.Repeat(" ", n)) + "\n"
	}
	for _, tt := range []struct{ name, text, want string }{
		{"an end", oom, `/ "" ?× exit 137 OOMKilled`},
		{"an end under its name", "terminated:\n" + indent(2, oom), `/ "" ?× exit 137 OOMKilled`},
		{"a last state", "lastState:\n  terminated:\n" + indent(4, oom), `/ "" ?× exit 137 OOMKilled`},
		{"a last state, indented", indent(6, "lastState:\n  terminated:\n"+indent(4, oom)), `/ "" ?× exit 137 OOMKilled`},
		{"below the rest of an owner", "    controller: true\n    uid: 7a0b\nspec:\n  nodeName: n1\nstatus:\n  containerStatuses:\n  - name: etl\n    restartCount: 4\n    lastState:\n      terminated:\n" + indent(8, oom), `/ "etl" 4× exit 137 OOMKilled`},
		{"below the rest of a volume", "      defaultMode: 420\n      secretName: keys\nstatus:\n  phase: Running\n  containerStatuses:\n  - name: etl\n    restartCount: 4\n    lastState:\n      terminated:\n" + indent(8, oom), `/ "etl" 4× exit 137 OOMKilled`},
		{"a waiting state", "state:\n  waiting:\n" + indent(4, wait), `jobs/etl-0 "etl" ?× CrashLoopBackOff`},
		{"of the old kubelet", "    state:\n      waiting:\n        reason: CrashLoopBackOff\n", `/ "" ?× CrashLoopBackOff`},
		{"both states", "lastState:\n  terminated:\n" + indent(4, oom) + "state:\n  waiting:\n" + indent(4, wait), `jobs/etl-0 "etl" ?× exit 137 OOMKilled CrashLoopBackOff`},
		{"found by grep", indent(4, "lastState:\n  terminated:\n"+indent(4, oom)) + "--\n" + indent(4, "state:\n  waiting:\n"+indent(4, wait)), `jobs/etl-0 "etl" ?× exit 137 OOMKilled CrashLoopBackOff`},
		{"the end cut off from its container", indent(8, oom) + "    name: etl\n    ready: false\n    restartCount: 4\n", `/ "etl" 4× exit 137 OOMKilled`},
		{"an item", "- name: etl\n  restartCount: 4\n  ready: false\n  state:\n    terminated:\n" + indent(6, oom), `/ "etl" 4× exit 137 OOMKilled`},
		{"items below a status", "  - lastState: {}\n    name: web\n    ready: true\n    restartCount: 0\n  hostIP: 10.0.0.1\n  phase: Running\n", `/ "web" 0×`},
		{"shortened by hand", "status:\n  ...\n  containerStatuses:\n  - name: etl\n    ...\n    restartCount: 4\n    lastState:\n      terminated:\n        exitCode: 2\n        ...\n  phase: Running\n", `/ "etl" 4× exit 2 ?`},
		{"no code", "lastState:\n  terminated:\n    reason: Error\n    startedAt: \"2026-02-03T04:05:01Z\"\n    finishedAt: \"2026-02-03T04:05:06Z\"\n", `/ "" ?× exit ? Error`},
		{"code in quotes", "lastState:\n  terminated:\n    exitCode: \"3\"\n    reason: Error\n", `/ "" ?× exit 3 Error`},
		{"cut in a line", "status:\n  containerStatuses:\n  - name: etl\n    restartCount: 9\n    lastState:\n      terminated:\n        exitCode: 1\n        reason: Err\n        star", `/ "etl" 9× exit 1 Err`},
		{"an evicted pod", "status:\n  message: 'The node was low on resource: memory. '\n  phase: Failed\n  reason: Evicted\n", "/ Evicted"},
		{"without status:", "message: Pod was rejected\nphase: Failed\nreason: OutOfcpu\nstartTime: \"2026-02-03T04:05:01Z\"\n", "/ OutOfcpu"},
		{"a message over several lines", "status:\n  message: 'Pod ephemeral local storage usage exceeds the total limit of\n    containers 1Gi. '\n  phase: Failed\n  reason: Evicted\n", "/ Evicted"},
		{"an array", "[{\"name\":\"etl\",\"ready\":false,\"restartCount\":4,\"lastState\":{\"terminated\":{\"exitCode\":1,\"reason\":\"Error\",\"startedAt\":null,\"finishedAt\":null}}}]", `/ "etl" 4× exit 1 Error`},
		{"jsonpath", `{"terminated":{"containerID":"containerd://1","exitCode":2,"finishedAt":"2026-02-03T04:05:06Z","reason":"Error","startedAt":"2026-02-03T04:05:01Z"}}`, `/ "" ?× exit 2 Error`},
		{"jsonpath, both states", `{"waiting":{"message":"back-off 10s restarting failed container=etl pod=etl-0_jobs(7a0b)","reason":"CrashLoopBackOff"}} {"terminated":{"exitCode":2,"finishedAt":"2026-02-03T04:05:06Z","reason":"Error","startedAt":"2026-02-03T04:05:01Z"}}`, `jobs/etl-0 "etl" ?× exit 2 Error CrashLoopBackOff`},
		{"jsonpath, two containers", `{"terminated":{"exitCode":2,"finishedAt":"2026-02-03T04:05:06Z","reason":"Error"}} {"terminated":{"exitCode":3,"finishedAt":"2026-02-03T04:05:06Z","reason":"Error"}}`, ""},
		{"jsonpath, one of two has died", `{} {"terminated":{"exitCode":2,"finishedAt":"2026-02-03T04:05:06Z","reason":"Error"}}`, `/ "" ?× exit 2 Error`},
		{"a member with a comma", "\"lastState\": {\n  \"terminated\": {\n    \"exitCode\": 2,\n    \"reason\": \"Error\"\n  }\n},\n", `/ "" ?× exit 2 Error`},
		{"json, cut on both sides", "        \"exitCode\": 2,\n        \"reason\": \"Error\"\n      }\n    },\n    \"name\": \"etl\",\n    \"ready\": false,\n    \"restartCount\": 8,\n    \"state\": {\n      \"wait", `/ "etl" 8× exit 2 Error`},
		{"the statuses of two pods", `{"phase":"Running","qosClass":"Burstable","containerStatuses":[{"name":"a","restartCount":1,"ready":true}]}` + "\n" + `{"phase":"Running","qosClass":"Burstable","containerStatuses":[{"name":"a","restartCount":2,"ready":true}]}`, `/ "a" 1×; / "a" 2×`},
		{"typeless", "metadata:\n  name: etl-0\n  namespace: jobs\nstatus:\n  phase: Running\n  containerStatuses:\n  - name: etl\n    restartCount: 3\n    lastState:\n      terminated:\n        exitCode: 9\n        reason: Error\n", `jobs/etl-0 "etl" 3× exit 9 Error`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := inShort(Parts(tt.text)); got != tt.want {
				t.Errorf("%s\ngot  %s\nwant %s", tt.text, got, tt.want)
			}
		})
	}
}

// TestOthersAreNoPieces gives what looks a little like one.
func TestOthersAreNoPieces(t *testing.T) {
	for name, text := range map[string]string{
		"empty":             "",
		"values of Helm":    "image:\n  repository: registry.example/web\n  tag: \"3\"\nreplicaCount: 2\nresources:\n  limits: {memory: 1Gi}\nstatus:\n  enabled: true\nlastState: {}\nphase: Running\n",
		"docker-compose":    "version: '3'\nservices:\n  web:\n    image: web:1\n    restart: always\n    ports: ['80:80']\n",
		"GitHub workflow":   "name: build\non: [push]\njobs:\n  test:\n    runs-on: ubuntu-latest\n    container: {image: 'golang:1.26'}\n    steps:\n    - name: test\n      run: make test\n      env: {reason: Error}\n",
		"GitLab CI":         "test:\n  image: golang\n  services:\n  - name: postgres:16\n    alias: db\n  script:\n  - make test\n  retry: {max: 2, when: [runner_system_failure], exit_codes: 137}\n",
		"status of another": "status:\n  phase: Running\n  conditions:\n  - type: Ready\n    status: 'True'\n    reason: Reconciled\n    message: done\n",
		"status of a flow":  "status:\n  phase: Failed\n  message: child failed\n  startedAt: \"2026-02-03T04:05:01Z\"\n  finishedAt: \"2026-02-03T04:05:06Z\"\n",
		"a claim's status":  "status:\n  phase: Pending\n  accessModes: [ReadWriteOnce]\n",
		"another kind":      "apiVersion: example.com/v1\nkind: Sandbox\nmetadata: {name: x}\nstatus:\n  containerStatuses:\n  - name: a\n    restartCount: 3\n    ready: false\n",
		"log record":        `{"level":"error","msg":"pod failed","status":{"containerStatuses":[{"name":"a","restartCount":3,"ready":false}]}}`,
		"record with state": `{"time":"2026-02-03T04:05:06Z","state":{"terminated":{"exitCode":1,"reason":"Error"}},"message":"seen"}`,
		"state of an app":   "state: running\nphase: Running\nreason: none\n",
		"state machine":     "{\"state\":{\"running\":true,\"waiting\":0,\"terminated\":3}}",
		"exit of a task":    `{"exitCode":1,"reason":"lint failed","message":"x"}`,
		"terraform":         "{\n  \"terminated\": {\"reason\": \"spot\", \"exitCode\": null}\n}",
		"a spec":            "spec:\n  containers:\n  - name: a\n    image: b\n    resources: {}\n    env: [{name: reason, value: x}]\n",
		"a patch":           "spec:\n  template:\n    spec:\n      containers:\n      - name: a\n        image: b\n        resources: {}\n        lastState: {}\n",
		"prose":             "status: it keeps restarting\nreason: no idea\nexitCode: 137 I think\n",
		"front matter":      "---\ntitle: exitCode 137\ntags: [terminated, waiting]\n---\nThe pod is waiting.\n",
	} {
		if parts := Parts(text); len(parts) > 0 {
			t.Errorf("%s is taken for %s", name, inShort(parts))
		}
	}
}

// FuzzParts reads anything.
func FuzzParts(f *testing.F) {
	f.Add(running)
	f.Add("\"lastState\": {\"terminated\": {\"exitCode\": 2,")
	f.Add("        exitCode: 1\n        reason: Error\n    name: x\n...\n--\n- lastState: {}\n")
	f.Fuzz(func(_ *testing.T, text string) { Parts(text) })
}
