package printed

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	alertWebhook = `{
  "receiver": "chat",
  "status": "firing",
  "alerts": [
    {
      "status": "firing",
      "labels": {"alertname": "KubePodCrashLooping", "container": "gate", "namespace": "roads", "pod": "toll-0", "reason": "CrashLoopBackOff", "severity": "warning", "uid": "` + tollUID + `"},
      "annotations": {"description": "Pod roads/toll-0 (gate) is in waiting state (reason: \"CrashLoopBackOff\").", "summary": "Pod is crash looping."},
      "startsAt": "2026-02-14T06:10:32Z"
    },
    {"status": "resolved", "labels": {"alertname": "KubePodCrashLooping", "container": "lamp", "namespace": "roads", "pod": "toll-1"}},
    {"status": "firing", "labels": {"alertname": "KubeContainerWaiting", "container": "mast", "namespace": "roads", "pod": "toll-2", "reason": "CreateContainerConfigError"}},
    {"status": "firing", "labels": {"alertname": "Watchdog", "pod": "toll-3"}}
  ],
  "version": "4"
}
`
	alertText = `[FIRING:1] KubePodCrashLooping
Labels:
 - alertname = KubePodCrashLooping
 - container = gate
 - endpoint = http
 - namespace = roads
 - pod = toll-0
 - reason = CrashLoopBackOff
 - uid = ` + tollUID + `
Annotations:
 - summary = Pod is crash looping.
`
)

func TestAlerts(t *testing.T) {
	loops := `roads/toll-0 Running: gatewaiting CrashLoopBackOff restarts=1 ended ""`
	for name, tt := range map[string]struct {
		text string
		want []string
	}{
		"webhook":    {alertWebhook, []string{loops, "roads/toll-2 Running: mastwaiting CreateContainerConfigError restarts=0"}},
		"amtool":     {`[{"annotations":{},"labels":{"alertname":"KubePodCrashLooping","container":"gate","namespace":"roads","pod":"toll-0"},"status":{"state":"active"}}]` + "\n", []string{loops}},
		"prometheus": {`{"status":"success","data":{"alerts":[{"labels":{"alertname":"PodCrashLooping","container":"gate","namespace":"roads","pod":"toll-0"},"state":"firing"}]}}` + "\n", []string{loops}},
		"mail":       {alertText, []string{loops}},
		"chat":       {"🏷 Labels:\n• alertname=KubePodCrashLooping\n• container=gate\n• namespace=roads\n• pod=toll-0\n", []string{loops}},
		"bold":       {"*alertname:* KubePodCrashLooping\n*container:* gate\n*namespace:* roads\n*pod:* toll-0\n", []string{loops}},
		"a series":   {`ALERTS{alertname="KubePodCrashLooping", alertstate="firing", container="gate", namespace="roads", pod="toll-0"} 1` + "\n", []string{loops}},
		"for memory": {`{alertname="ContainerOOMKilled", container="gate", namespace="roads", pod="toll-0", reason="OOMKilled"}` + "\n", []string{`roads/toll-0 Unknown: gatenone restarts=0 ended "OOMKilled"`}},
		"others":     {`{alertname="KubePodNotReady", container="gate", namespace="roads", pod="toll-0"}` + "\n", nil},
	} {
		var got []string
		known := false
		for _, b := range Split([]byte(tt.text)) {
			if o, _ := b.Read(); o != nil && b.Kind == BlockAlerts {
				known = true
				got = append(got, told(o)...)
			}
		}
		if diff := cmp.Diff(tt.want, got); diff != "" || !known {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	for _, text := range []string{
		`{"level":"info","msg":"alertname is not set","pod":"toll-0"}`, "alertname = X\n\npod = toll-0\n",
		`2026-02-14T06:10:32Z INFO notify alertname="KubePodCrashLooping" pod="toll-0"`, "alertname\n",
	} {
		for _, b := range Split([]byte(text + "\n")) {
			if b.Kind == BlockAlerts {
				t.Errorf("%q is taken for alerts", text)
			}
		}
	}
}

func FuzzAlerts(f *testing.F) {
	f.Add(alertWebhook)
	f.Add(alertText)
	f.Fuzz(func(t *testing.T, text string) {
		for _, p := range Alerts([]byte(text)).Pods {
			if p.Pod.Name == "" || len(p.Hidden) == 0 {
				t.Fatalf("an incomplete pod: %+v", p)
			}
		}
		Split([]byte(text))
	})
}
