package objects

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	eventsv1 "k8s.io/api/events/v1"

	"github.com/unloop-dev/unloop/evidence"
)

// crashed is a pod whose container has died, with what the test puts in place of fields.
func crashed(replace ...string) string {
	return strings.NewReplacer(replace...).Replace(`{
  "apiVersion": "v1", "kind": "Pod",
  "metadata": {"name": "api-0", "namespace": "shop", "creationTimestamp": "2026-11-02T08:00:00Z"},
  "spec": {"nodeName": "n1", "restartPolicy": "Always",
    "containers": [{"name": "api", "image": "a", "resources": {"limits": {"memory": "128Mi"}},
      "livenessProbe": {"httpGet": {"port": 80}, "periodSeconds": 10}}]},
  "status": {"phase": "Running", "containerStatuses": [{"name": "api", "image": "a", "imageID": "", "ready": false, "restartCount": 7,
    "state": {"waiting": {"reason": "CrashLoopBackOff"}},
    "lastState": {"terminated": {"exitCode": 137, "reason": "Error", "startedAt": "2026-11-02T09:00:00Z", "finishedAt": "2026-11-02T09:01:00Z"}}}]}
}`)
}

// TestWrongTypesLoseFieldsOnly puts values of wrong types in the place of every value of a pod, one after the other: the
// pod is read all the same.
func TestWrongTypesLoseFieldsOnly(t *testing.T) {
	for _, wrong := range []any{nil, true, "x", json.Number("7"), json.Number("4294967296"), json.Number("-1e3"), []any{"x"}, map[string]any{"x": "y"}} {
		var tree any
		if err := json.Unmarshal([]byte(crashed()), &tree); err != nil {
			t.Fatal(err)
		}
		eachValue(tree, "", func(path string, set func(any), value any) {
			if path == ".kind" || path == ".apiVersion" {
				return
			}
			set(wrong)
			defer set(value)
			data, err := json.Marshal(tree)
			if err != nil {
				t.Fatal(err)
			}
			pod := &corev1.Pod{}
			lost, err := decode(data, pod)
			if err != nil {
				t.Errorf("%s: %v", path, err)
			}
			if path != ".metadata" && path != ".metadata.name" && pod.Name != "api-0" {
				t.Errorf("%s = %v: the pod's name is %q", path, wrong, pod.Name)
			}
			evidence.Of(&evidence.Raw{Pod: pod, Hidden: UnknownFacts("Pod", lost)})
		})
	}
}

// eachValue calls f for every value of a tree, with what puts another in its place.
func eachValue(tree any, path string, f func(path string, set func(any), value any)) {
	switch tree := tree.(type) {
	case map[string]any:
		for key, value := range tree {
			f(path+"."+key, func(v any) { tree[key] = v }, value)
			eachValue(value, path+"."+key, f)
		}
	case []any:
		for i, value := range tree {
			f(fmt.Sprintf("%s[%d]", path, i), func(v any) { tree[i] = v }, value)
			eachValue(value, fmt.Sprintf("%s[%d]", path, i), f)
		}
	}
}

// FuzzDecode feeds the decoder what no API server sends.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(crashed()))
	f.Add([]byte(crashed(`137`, `"137"`, `"2026-11-02T09:01:00Z"`, `{}`)))
	f.Add([]byte(`{"spec":{"containers":[{"livenessProbe":7}]},"STATUS":{"containerStatuses":[null,{"state":{"terminated":{}}}]}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if !json.Valid(data) {
			return
		}
		for kind, object := range map[string]any{
			"Pod": &corev1.Pod{}, "Node": &corev1.Node{}, "Event": &corev1.Event{}, "EventsEvent": &eventsv1.Event{}, "Job": &batchv1.Job{},
			"CronJob": &batchv1.CronJob{}, "Deployment": &appsv1.Deployment{}, "ReplicaSet": &appsv1.ReplicaSet{},
			"StatefulSet": &appsv1.StatefulSet{}, "DaemonSet": &appsv1.DaemonSet{},
		} {
			fields, err := decode(data, object)
			if trimmed := strings.TrimSpace(string(data)); err != nil && strings.HasPrefix(trimmed, "{") {
				t.Errorf("%s: %v", kind, err)
			}
			UnknownFacts(kind, fields)
		}
	})
}
