package fill

import (
	"encoding/json"
	"math"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"
)

func plan(t *testing.T, s Spec) *Plan {
	t.Helper()
	if s.At.IsZero() {
		s.At = time.Date(2026, 11, 22, 12, 0, 0, 123, time.UTC)
	}
	p, err := New(s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// everything of a plan as the API server would get it, and the pods' status.
func everything(p *Plan) []object {
	var all []object
	for _, n := range p.Nodes {
		all = append(all, n.object(p.At))
	}
	for _, n := range p.Namespaces {
		for _, w := range n.Workloads {
			all = append(all, w.needs()...)
			for _, o := range w.objects() {
				o["status"] = w.status(o["kind"].(string), p.At)
				all = append(all, o)
			}
			for _, pod := range w.Pods {
				all = append(all, whole(p, pod))
				all = append(all, pod.events(p.At, "uid-"+pod.PodName)...)
			}
		}
	}
	return all
}

func whole(p *Plan, pod *Pod) object {
	o := pod.object(object{"apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": object{"name": "owner", "uid": "u"}})
	o["status"] = pod.podStatus(p.At, "uid-"+pod.PodName)
	return o
}

func TestSameNumbersGiveTheSameCluster(t *testing.T) {
	text := func(s Spec) string {
		b, err := json.Marshal(everything(plan(t, s)))
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	a := text(Spec{Pods: 700, Looping: 4, Seed: 1})
	if a != text(Spec{Pods: 700, Looping: 4, Seed: 1}) {
		t.Error("the same numbers gave another cluster")
	}
	if a == text(Spec{Pods: 700, Looping: 4, Seed: 2}) {
		t.Error("another seed gave the same cluster")
	}
}

func TestAsManyAsAsked(t *testing.T) {
	for _, s := range []Spec{{Pods: 1, Looping: 100}, {Pods: 59, Looping: 4}, {Pods: 101}, {Pods: 5000, Looping: 4}, {Pods: 20_000, Looping: 4}} {
		p := plan(t, s)
		pods, looping, looping2 := 0, 0, 0
		for pod := range p.pods() {
			pods++
			if pod.Loops {
				looping++
			}
		}
		for _, n := range p.LoopingBy() {
			looping2 += n
		}
		want := int(math.Round(float64(s.Pods) * s.Looping / 100))
		if pods != s.Pods || looping != want || looping2 != want {
			t.Errorf("%+v: %d pods, %d loop (%d by their ways), want %d", s, pods, looping, looping2, want)
		}
	}
}

func TestEveryWayOccurs(t *testing.T) {
	p := plan(t, Spec{Pods: 5000, Looping: 4, Seed: 3})
	by := p.LoopingBy()
	if len(by) != 8 {
		t.Errorf("%d ways: %v", len(by), by)
	}
	for name, n := range by {
		if n < 200/8/4 {
			t.Errorf("only %d of 200 loop by %s", n, name)
		}
	}
}

func TestRefusedNumbers(t *testing.T) {
	for _, s := range []Spec{{}, {Pods: -1}, {Pods: maxPods + 1}, {Pods: 10, Looping: -1}, {Pods: 10, Looping: 101}} {
		if _, err := New(s); err == nil {
			t.Errorf("%+v was accepted", s)
		}
	}
}

// TestObjectsFitTogether holds what an API server and controllers would check.
func TestObjectsFitTogether(t *testing.T) {
	p := plan(t, Spec{Pods: 1000, Looping: 20, Seed: 5})
	name := regexp.MustCompile(`^[a-z0-9]([-a-z0-9.]{0,61}[a-z0-9])?$`)
	seen := map[string]bool{}
	for _, o := range everything(p) {
		m := o["metadata"].(object)
		namespace, _ := m["namespace"].(string)
		key := o["kind"].(string) + " " + namespace + "/" + m["name"].(string)
		if seen[key] {
			t.Errorf("%s occurs twice", key)
		}
		seen[key] = true
		if !name.MatchString(m["name"].(string)) {
			t.Errorf("%s: no name of an object", key)
		}
	}
	addresses := map[string]string{}
	for pod := range p.pods() {
		o := whole(p, pod)
		checkPod(t, pod, o)
		ip := o["status"].(object)["podIP"].(string)
		if addresses[ip] != "" {
			t.Errorf("%s and %s have the address %s", pod.PodName, addresses[ip], ip)
		}
		addresses[ip] = pod.PodName
		if !seen["Node /"+pod.Node] {
			t.Errorf("%s is on node %q, which isn't there", pod.PodName, pod.Node)
		}
	}
}

func checkPod(t *testing.T, pod *Pod, o object) {
	t.Helper()
	owned := pod.objects()
	owner := owned[len(owned)-1]
	spec := owner["spec"].(object)
	labels := o["metadata"].(object)["labels"].(object)
	if pod.Kind != "Job" { // the API server makes a Job's selector
		for k, v := range spec["selector"].(object)["matchLabels"].(object) {
			if labels[k] != v || spec["template"].(object)["metadata"].(object)["labels"].(object)[k] != v {
				t.Errorf("%s: %s doesn't select it by %s=%s", pod.PodName, owner["kind"], k, v)
			}
		}
	}
	status, podSpec := o["status"].(object), o["spec"].(object)
	for list, statuses := range map[string]string{"containers": "containerStatuses", "initContainers": "initContainerStatuses"} {
		containers, _ := podSpec[list].([]object)
		states, _ := status[statuses].([]object)
		if len(containers) != len(states) {
			t.Fatalf("%s: %d %s, %d %s", pod.PodName, len(containers), list, len(states), statuses)
		}
		for i, s := range states {
			if s["name"] != containers[i]["name"] || len(s["state"].(object)) != 1 {
				t.Errorf("%s: status %v of container %v", pod.PodName, s, containers[i]["name"])
			}
		}
	}
	ready := status["containerStatuses"].([]object)[0]["ready"] == true
	if ready == pod.Loops {
		t.Errorf("%s: ready is %v though it loops is %v", pod.PodName, ready, pod.Loops)
	}
	text, err := json.Marshal(o)
	if err != nil || holes.Match(text) {
		t.Errorf("%s: a hole was left open: %s", pod.PodName, text)
	}
}

var holes = regexp.MustCompile(`\{(container|pod|namespace|name|uid|image)\}`)

// TestLogs asks the stand-in for kubelets about pods that loop in each way, and about well ones.
func TestLogs(t *testing.T) {
	p := plan(t, Spec{Pods: 5000, Looping: 4, Seed: 7})
	kubelets := NewKubelets(p)
	ask := func(path string) (int, string) {
		w := httptest.NewRecorder()
		kubelets.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		return w.Code, w.Body.String()
	}
	tests := []struct {
		way, container, query string
		code                  int
		want                  string
	}{
		{"panic", "app", "previous=true", 200, "goroutine 1 [running]:"},
		{"panic", "app", "", 200, "goroutine 1 [running]:"}, // it waits: both requests give the run that died
		{"refused", "app", "previous=true&tailLines=1", 200, ":5432: connect: connection refused\n"},
		{"oom", "app", "previous=true&timestamps=true&tailLines=1", 200, "2026-11-22T"},
		{"probe", "app", "previous=true", 200, "received SIGTERM"},
		{"missing-key", "app", "", 400, "is waiting to start: CreateContainerConfigError"},
		{"missing-key", "app", "previous=true", 400, "previous terminated container"},
		{"image-pull", "app", "", 400, "is waiting to start: trying and failing to pull image"},
		{"init", "migrate", "previous=true", 200, "already exists"},
		{"init", "app", "", 400, "is waiting to start: PodInitializing"},
		{"config", "app", "previous=true", 200, "invalid configuration"},
		{"config", "migrate", "", 404, `container "migrate" not found`},
		{"", "app", "", 200, "accepted by worker"},
		{"", "app", "previous=true", 400, "previous terminated container"},
		{"", "app", "limitBytes=7", 200, "INFO or"},
	}
	for _, tt := range tests {
		t.Run(tt.way+" "+tt.container+" "+tt.query, func(t *testing.T) {
			pod := onePod(p, tt.way)
			code, body := ask("/containerLogs/" + pod.Namespace + "/" + pod.PodName + "/" + tt.container + "?" + tt.query)
			if code != tt.code || !strings.Contains(body, tt.want) {
				t.Errorf("%d %q, want %d and %q", code, body, tt.code, tt.want)
			}
		})
	}
	for _, path := range []string{"/containerLogs/team-000/no-such/app", "/containerLogs/", "/containerLogs/a/b/c/d", "/exec/a/b/c"} {
		if code, _ := ask(path); code != 404 {
			t.Errorf("%s: %d", path, code)
		}
	}
}

// onePod is one that loops in a way, or one that never crashed for "".
func onePod(p *Plan, name string) *Pod {
	for pod := range p.pods() {
		if pod.Loops && pod.way.name == name || name == "" && !pod.Loops && pod.restarts == 0 {
			return pod
		}
	}
	return nil
}

func TestSomeNodesRefuseLogs(t *testing.T) {
	refuse := 0
	for _, n := range plan(t, Spec{Pods: 6000}).Nodes {
		port := n.object(time.Time{})["status"].(object)["daemonEndpoints"].(object)["kubeletEndpoint"].(object)["Port"]
		if n.Refuses != (port == closedPort) {
			t.Errorf("%s: refuses is %v and its port %v", n.Name, n.Refuses, port)
		}
		if n.Refuses {
			refuse++
		}
	}
	if refuse != 5 {
		t.Errorf("%d of 100 nodes refuse, want one in twenty", refuse)
	}
}
