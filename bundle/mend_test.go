package bundle

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/unloop-dev/unloop/ledger"

	"github.com/unloop-dev/unloop/evidence"
	"github.com/unloop-dev/unloop/fact"
)

// crashed is a pod whose container has died, with what the test puts in place of fields.
func crashed(replace ...string) string {
	return strings.NewReplacer(replace...).Replace(`{
  "apiVersion": "v1", "kind": "Pod",
  "metadata": {"name": "api-0", "namespace": "shop", "creationTimestamp": "2026-11-02T08:00:00Z"},
  "spec": {"nodeName": "n1", "restartPolicy": "Always", "terminationGracePeriodSeconds": 30,
    "containers": [{"name": "api", "image": "a", "resources": {"limits": {"memory": "128Mi"}},
      "livenessProbe": {"httpGet": {"port": 80}, "periodSeconds": 10, "failureThreshold": 3, "timeoutSeconds": 1}}]},
  "status": {"phase": "Running", "containerStatuses": [{"name": "api", "image": "a", "imageID": "", "ready": false, "restartCount": 7,
    "state": {"waiting": {"reason": "CrashLoopBackOff"}},
    "lastState": {"terminated": {"exitCode": 137, "reason": "Error", "startedAt": "2026-11-02T09:00:00Z", "finishedAt": "2026-11-02T09:01:00Z"}}}]}
}`)
}

// opened reads one pod.
func opened(t *testing.T, object string) (*evidence.Evidence, []ledger.Part) {
	t.Helper()
	b, err := Open([]string{"-"}, strings.NewReader(object))
	if err != nil {
		t.Fatalf("%v: %+v", err, b.Unused())
	}
	raws := b.Raws()
	if len(raws) != 1 || raws[0].Pod == nil {
		t.Fatalf("%d pods", len(raws))
	}
	return evidence.Of(raws[0]), b.Unused()
}

func TestNumbersAreReadHoweverTheyAreWritten(t *testing.T) {
	for _, written := range []string{`"137"`, `" 137 "`, `137.0`, `1.37e2`, `"+137"`} {
		ev, skipped := opened(t, crashed(`"exitCode": 137`, `"exitCode": `+written, `"restartCount": 7`, `"restartCount": "7"`, `"ready": false`, `"ready": "False"`,
			`"periodSeconds": 10`, `"periodSeconds": "10"`, `"memory": "128Mi"`, `"memory": 134217728`))
		c := ev.Containers[0]
		if c.LastExit == nil || c.LastExit.Code == nil || *c.LastExit.Code != 137 || c.Restarts != 7 || c.Liveness.Period != 10*time.Second || len(ev.Hidden) > 0 || len(skipped) > 0 {
			t.Errorf("%s: exit %+v, restarts %d, unknown %q, %+v", written, c.LastExit, c.Restarts, ev.Hidden, skipped)
		}
	}
}

// TestFieldThatCannotBeReadIsUnknown says of fields what becomes unknown with them; nothing else must.
func TestFieldThatCannotBeReadIsUnknown(t *testing.T) {
	for _, tt := range []struct{ field, with, path, unknown string }{
		{`"exitCode": 137`, `"exitCode": "many"`, "status.containerStatuses[0].lastState.terminated.exitCode", "c.lastExit.code"},
		{`"exitCode": 137`, `"exitCode": 4294967296`, "status.containerStatuses[0].lastState.terminated.exitCode", "c.lastExit.code"},
		{`"exitCode": 137`, `"exitCode": 1e99`, "status.containerStatuses[0].lastState.terminated.exitCode", "c.lastExit.code"},
		{`"exitCode": 137`, `"exitCode": 1.5`, "status.containerStatuses[0].lastState.terminated.exitCode", "c.lastExit.code"},
		{`"exitCode": 137`, `"exitCode": [137]`, "status.containerStatuses[0].lastState.terminated.exitCode", "c.lastExit.code"},
		{`"exitCode": 137`, `"exitCode": null`, "status.containerStatuses[0].lastState.terminated.exitCode", "c.lastExit.code"},
		{`"exitCode": 137, `, ``, "status.containerStatuses[0].lastState.terminated.exitCode", "c.lastExit.code"},
		{`"exitCode": 137, "reason": "Error"`, `"exitCode": true`, "status.containerStatuses[0].lastState.terminated", "c.lastExit"},
		{`"finishedAt": "2026-11-02T09:01:00Z"`, `"finishedAt": "soon"`, "status.containerStatuses[0].lastState.terminated.finishedAt", "c.lastExit.finished"},
		{`"startedAt": "2026-11-02T09:00:00Z"`, `"startedAt": "2026-13-02T09:00:00Z"`, "status.containerStatuses[0].lastState.terminated.startedAt", "c.lastExit.neverRan"},
		{`"restartCount": 7`, `"restartCount": "7 (3m ago)"`, "status.containerStatuses[0].restartCount", "c.restarts"},
		{`"ready": false`, `"ready": "no idea"`, "status.containerStatuses[0].ready", "c.ready"},
		{`"memory": "128Mi"`, `"memory": "lots"`, "spec.containers[0].resources.limits.memory", "c.memory.hasLimit"},
		{`"memory": "128Mi"`, `"memory": "1e-999999999"`, "spec.containers[0].resources.limits.memory", "c.memory.hasLimit"},
		{`"periodSeconds": 10`, `"periodSeconds": "often"`, "spec.containers[0].livenessProbe", "c.liveness"},
		{`"terminationGracePeriodSeconds": 30`, `"terminationGracePeriodSeconds": {}`, "spec.terminationGracePeriodSeconds", "pod.grace"},
		{`"creationTimestamp": "2026-11-02T08:00:00Z"`, `"creationTimestamp": 7`, "metadata.creationTimestamp", "pod.age"},
		{`"finishedAt": "2026-11-02T09:01:00Z"`, `"finishedAt": "9999-12-31T23:59:59-12:00"`, "status.containerStatuses[0].lastState.terminated.finishedAt", "c.lastExit.finished"},
		{`"lastState": {`, `"lastState": 7, "x": {`, "status.containerStatuses[0].lastState", "c.lastExit"},
	} {
		object := crashed(tt.field, tt.with)
		if !json.Valid([]byte(object)) {
			t.Fatalf("%s: not JSON", tt.with)
		}
		ev, skipped := opened(t, object)
		if !slices.Contains(ev.Hidden, fact.Name(tt.unknown)) {
			t.Errorf("%s: unknown are %q, want %s", tt.with, ev.Hidden, tt.unknown)
		}
		named := slices.ContainsFunc(skipped, func(s ledger.Part) bool {
			return s.Partly && strings.Contains(s.Why, "Pod shop/api-0 used without "+tt.path+": ")
		})
		if !named {
			t.Errorf("%s: said %+v, want %s named", tt.with, skipped, tt.path)
		}
		c := ev.Containers[0]
		if e := c.LastExit; strings.HasSuffix(tt.path, "exitCode") && (e == nil || e.Code != nil || e.Reason != "Error" || e.Signal != "") {
			t.Errorf("%s: last exit %+v", tt.with, e)
		}
		if c.Verdict != evidence.CrashLooping {
			t.Errorf("%s: verdict %s", tt.with, c.Verdict)
		}
	}
}

func TestNodeAndJobLoseFieldsOnly(t *testing.T) {
	pod := crashed(`"namespace": "shop"`, `"namespace": "shop", "ownerReferences": [{"apiVersion": "batch/v1", "kind": "Job", "name": "j", "uid": "u", "controller": "true"}]`)
	node := `{"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n1"}, "spec": {"unschedulable": 3}, "status": {"capacity": {"memory": "much"}, "conditions": "none"}}`
	job := `{"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "j", "namespace": "shop", "uid": "u"}, "spec": {"backoffLimit": "six"}, "status": {"failed": "2"}}`
	event := `{"apiVersion": "v1", "kind": "Event", "metadata": {"name": "e", "namespace": "shop"}, "involvedObject": {"kind": "Pod", "namespace": "shop", "name": "api-0"}, "reason": "BackOff", "message": "m", "count": "9", "lastTimestamp": "never"}`
	ev, skipped := opened(t, pod+node+job+event)
	if ev.Node == nil || ev.Workload.Name != "j" || ev.Workload.Job.Failed == nil || *ev.Workload.Job.Failed != 2 || len(ev.Events) != 1 || ev.Events[0].Count != 9 {
		t.Errorf("node %+v, workload %+v, events %+v", ev.Node, ev.Workload, ev.Events)
	}
	for _, name := range []fact.Name{"node.ready", "node.memoryPressure", "node.memoryBytes", "workload.job.backoffLimit"} {
		if !slices.Contains(ev.Hidden, name) {
			t.Errorf("%s is not unknown: %q, %+v", name, ev.Hidden, skipped)
		}
	}
}

func TestBundleKeepsWhatIsUnknown(t *testing.T) {
	for _, text := range []string{crashed(`"exitCode": 137`, `"exitCode": "many"`), "NAME    READY   STATUS             RESTARTS      AGE\napi-0   0/1     CrashLoopBackOff   7 (2m ago)   20m\n"} {
		b, err := Open([]string{"-"}, strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		raw := b.Raws()[0]
		again := rewritten(t, b.Raws(), Txtar)[0]
		if len(raw.Hidden) == 0 || !slices.Equal(again.Hidden, raw.Hidden) || again.Form != raw.Form {
			t.Errorf("%s %q, from the bundle %s %q", raw.Form, raw.Hidden, again.Form, again.Hidden)
		}
	}
}
