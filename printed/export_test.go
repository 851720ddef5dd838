package printed

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// exports are two lines of roads/toll-0, container gate, as log stores give them, newest first where they do.
var exports = map[string]string{
	"cloud logging": `[
  {
    "insertId": "b",
    "labels": {"k8s-pod/app": "toll"},
    "logName": "projects/p/logs/stderr",
    "resource": {
      "labels": {"cluster_name": "c", "container_name": "gate", "location": "l", "namespace_name": "roads", "pod_name": "toll-0"},
      "type": "k8s_container"
    },
    "severity": "ERROR",
    "textPayload": "error: no tariffs\n",
    "timestamp": "2026-02-14T06:10:32.2Z"
  },
  {
    "insertId": "a",
    "resource": {"labels": {"container_name": "gate", "namespace_name": "roads", "pod_name": "toll-0"}, "type": "k8s_container"},
    "textPayload": "gate 4.1\n",
    "timestamp": "2026-02-14T06:10:32.1Z"
  }
]
`,
	"fluent bit": `{"time":"2026-02-14T06:10:32.1Z","stream":"stderr","_p":"F","log":"gate 4.1\n","kubernetes":{"pod_name":"toll-0","namespace_name":"roads","container_name":"gate","labels":{"app":"x"}}}
{"time":"2026-02-14T06:10:32.2Z","stream":"stderr","_p":"F","log":"error: no tariffs\n","kubernetes":{"pod_name":"toll-0","namespace_name":"roads","container_name":"gate"}}
`,
	"elasticsearch": `{"took":3,"hits":{"total":{"value":2},"hits":[{"_index":"x","_source":{"@timestamp":"2026-02-14T06:10:32.2Z","message":"error: no tariffs","kubernetes":{"namespace":"roads","pod":{"name":"toll-0","uid":"u"},"container":{"name":"gate"},"node":{"name":"w1"}}}},{"_index":"x","_source":{"@timestamp":"2026-02-14T06:10:32.1Z","message":"gate 4.1","kubernetes":{"namespace":"roads","pod":{"name":"toll-0"},"container":{"name":"gate"}}}}]}}
`,
	"kibana, flat": `[{"@timestamp":"2026-02-14T06:10:32.1Z","message":"gate 4.1","kubernetes.pod.name":"toll-0","kubernetes.namespace":"roads","kubernetes.container.name":"gate"},
{"@timestamp":"2026-02-14T06:10:32.2Z","message":"error: no tariffs","kubernetes.pod.name":"toll-0","kubernetes.namespace":"roads","kubernetes.container.name":"gate"}]
`,
	"cloudwatch": `{
    "events": [
        {
            "logStreamName": "kubernetes.var.log.containers.toll-0_roads_gate-` + tollCID + `.log",
            "timestamp": 1771049432100,
            "message": "gate 4.1",
            "eventId": "1"
        },
        {
            "logStreamName": "kubernetes.var.log.containers.toll-0_roads_gate-` + tollCID + `.log",
            "timestamp": 1771049432200,
            "message": "error: no tariffs",
            "eventId": "2"
        }
    ]
}
`,
	"cloudwatch, by fluent bit": `{"events":[{"logStreamName":"w1-application","timestamp":1771049432100,"message":"{\"log\":\"gate 4.1\\n\",\"kubernetes\":{\"pod_name\":\"toll-0\",\"namespace_name\":\"roads\",\"container_name\":\"gate\"}}"},{"logStreamName":"w1-application","timestamp":1771049432200,"message":"{\"log\":\"error: no tariffs\",\"kubernetes\":{\"pod_name\":\"toll-0\",\"namespace_name\":\"roads\",\"container_name\":\"gate\"}}"}]}
`,
	"logcli": `{"labels":{"namespace":"roads","pod":"toll-0","container":"gate","stream":"stderr"},"line":"error: no tariffs","timestamp":"2026-02-14T06:10:32.2Z"}
{"labels":{"namespace":"roads","pod":"toll-0","container":"gate","stream":"stderr"},"line":"gate 4.1","timestamp":"2026-02-14T06:10:32.1Z"}
`,
	"grafana": `[
  {"line": "error: no tariffs", "timestamp": "1771049432200000000", "date": "2026-02-14T06:10:32.200Z", "fields": {"container": "gate", "namespace": "roads", "pod": "toll-0"}},
  {"line": "gate 4.1", "timestamp": "1771049432100000000", "date": "2026-02-14T06:10:32.100Z", "fields": {"container": "gate", "namespace": "roads", "pod": "toll-0"}}
]
`,
	"loki": `{"status":"success","data":{"resultType":"streams","result":[{"stream":{"namespace":"roads","pod":"toll-0","container":"gate"},"values":[["1771049432200000000","error: no tariffs"],["1771049432100000000","gate 4.1"]]}]}}
`,
	"datadog": `{"data":[{"id":"2","type":"log","attributes":{"timestamp":"2026-02-14T06:10:32.2Z","message":"error: no tariffs","service":"toll","tags":["env:prod","pod_name:toll-0","kube_namespace:roads","kube_container_name:gate"]}},{"id":"1","type":"log","attributes":{"timestamp":"2026-02-14T06:10:32.1Z","message":"gate 4.1","tags":["pod_name:toll-0","kube_namespace:roads","kube_container_name:gate"]}}]}
`,
	"splunk": `{"preview":false,"offset":0,"result":{"_raw":"error: no tariffs","_time":"2026-02-14T06:10:32.200Z","namespace":"roads","pod":"toll-0","container_name":"gate"}}
{"preview":false,"offset":1,"lastrow":true,"result":{"_raw":"gate 4.1","_time":"2026-02-14T06:10:32.100Z","namespace":"roads","pod":"toll-0","container_name":"gate"}}
`,
	"opentelemetry": `{"timestamp":"2026-02-14T06:10:32.1Z","body":"gate 4.1","resource":{"attributes":{"k8s.namespace.name":"roads","k8s.pod.name":"toll-0","k8s.container.name":"gate"}}}
{"timestamp":"2026-02-14T06:10:32.2Z","body":"error: no tariffs","resource":{"attributes":{"k8s.namespace.name":"roads","k8s.pod.name":"toll-0","k8s.container.name":"gate"}}}
`,
	"azure": `[{"TimeGenerated":"2026-02-14T06:10:32.1Z","PodName":"toll-0","PodNamespace":"roads","ContainerName":"gate","LogSource":"stderr","LogMessage":"gate 4.1"},{"TimeGenerated":"2026-02-14T06:10:32.2Z","PodName":"toll-0","PodNamespace":"roads","ContainerName":"gate","LogMessage":"error: no tariffs"}]
`,
}

func TestExport(t *testing.T) {
	for name, text := range exports {
		if b := Split([]byte(text)); len(b) != 1 || b[0].Kind != BlockExport {
			t.Errorf("%s: %v", name, kindsOf(b))
		}
		if !HoldsRecords([]byte(text)) {
			t.Errorf("%s is not known", name)
		}
		var got []string
		lines := strings.Split(text, "\n")
		for _, l := range Export([]byte(text)).Logs {
			got = append(got, fmt.Sprintf("%s/%s/%s: %s", l.Namespace, l.Pod, l.Container, strings.ReplaceAll(string(l.Text), "\n", "|")))
			for i, n := range l.Numbers { // the record begins there, and no later one
				if !strings.Contains(strings.Join(lines[n-1:], ""), []string{"gate 4.1", "error: no tariffs"}[i]) {
					t.Errorf("%s: line %d", name, n)
				}
			}
		}
		if diff := cmp.Diff([]string{"roads/toll-0/gate: gate 4.1|error: no tariffs|"}, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// TestExportedJSON keeps what a program wrote in JSON, and lines of one message together.
func TestExportedJSON(t *testing.T) {
	text := `{"resource":{"labels":{"container_name":"gate","namespace_name":"roads","pod_name":"toll-0"},"type":"k8s_container"},"jsonPayload":{"level":"fatal","msg":"no tariffs"},"timestamp":"2026-02-14T06:10:32.1Z"}
{"resource":{"labels":{"container_name":"gate","namespace_name":"roads","pod_name":"toll-0"},"type":"k8s_container"},"textPayload":"Traceback\n  File x\n","timestamp":"2026-02-14T06:10:32.2Z"}
{"resource":{"labels":{"container_name":"lamp","namespace_name":"roads","pod_name":"toll-0"},"type":"k8s_container"},"textPayload":"dark","timestamp":"2026-02-14T06:10:32.2Z"}
`
	logs := Export([]byte(text)).Logs
	if len(logs) != 2 || string(logs[0].Text) != "{\"level\":\"fatal\",\"msg\":\"no tariffs\"}\nTraceback\n  File x\n" || logs[1].Container != "lamp" {
		t.Fatalf("%+v", logs)
	}
	if diff := cmp.Diff([]int{1, 2, 2}, logs[0].Numbers); diff != "" {
		t.Error(diff)
	}
}

// TestExportedJournal reads "journalctl -o json".
func TestExportedJournal(t *testing.T) {
	text := fmt.Sprintf(`{"__REALTIME_TIMESTAMP":"1771049432100000","_HOSTNAME":"w1","SYSLOG_IDENTIFIER":"kubelet","MESSAGE":%q}`+"\n", backoffRecord)
	if b := Split([]byte(text)); len(b) != 1 || b[0].Kind != BlockExport {
		t.Errorf("%v", kindsOf(b))
	}
	want := []string{`roads/toll-0 Running: gatewaiting CrashLoopBackOff restarts=3 ended ""`}
	if diff := cmp.Diff(want, told(Export([]byte(text)))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestExportWithoutNames wants the lines of a store that knows no pods to be kept.
func TestExportWithoutNames(t *testing.T) {
	o := Export([]byte(`{"events":[{"logStreamName":"main/gate/17","timestamp":1771049432100,"message":"gate 4.1"},{"logStreamName":"main/gate/17","timestamp":1771049432200,"message":"error: no tariffs"}]}`))
	if len(o.Logs) != 1 || o.Logs[0].Pod != "" || string(o.Logs[0].Text) != "gate 4.1\nerror: no tariffs\n" {
		t.Errorf("Export() = %+v", o.Logs)
	}
}

// TestNotAnExport is of programs' own logs in JSON, which speak of pods.
func TestNotAnExport(t *testing.T) {
	for _, text := range []string{
		`{"level":"error","msg":"reconcile failed","pod":"toll-0","namespace":"roads","container":"gate"}`,
		`{"level":"info","line":12,"timestamp":"x","message":"pod is gone","pod":"toll-0"}`,
		`{"message":"kubernetes api is not there","kubernetes":"https://10.96.0.1"}`,
		`{"events":[1,2],"message":"done"}`, `[`, `{`, `{"a":`,
	} {
		for _, b := range Split([]byte(text + "\n")) {
			if b.Kind == BlockExport {
				t.Errorf("%s is taken for an export", text)
			}
		}
	}
}

func FuzzExport(f *testing.F) {
	for _, text := range exports {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		lines := strings.Count(text, "\n") + 1
		for _, l := range Export([]byte(text)).Logs {
			for _, n := range l.Numbers {
				if n < 1 || n > lines {
					t.Fatalf("line %d of %d", n, lines)
				}
			}
		}
	})
}
