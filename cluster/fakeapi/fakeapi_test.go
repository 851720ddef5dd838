package fakeapi

import (
	"io"
	"net/http"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/unloop-dev/unloop/evidence"
)

func get(t *testing.T, s *Server, path string) (int, string) {
	t.Helper()
	resp, err := http.Get(s.URL + path)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

func pod(state, last corev1.ContainerState) *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "p", Labels: map[string]string{"app": "web"}},
		Spec:       corev1.PodSpec{NodeName: "n1", Containers: []corev1.Container{{Name: "app"}}},
		Status: corev1.PodStatus{ContainerStatuses: []corev1.ContainerStatus{{
			Name: "app", State: state, LastTerminationState: last,
		}}},
	}
}

// The texts are those of a real kubelet and API server (docs/kubernetes.md#which-runs-log).
func TestLogErrorsAreTheKubelets(t *testing.T) {
	none := corev1.ContainerState{}
	dead := corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{ContainerID: "containerd://dead"}}
	running := corev1.ContainerState{Running: &corev1.ContainerStateRunning{}}
	creating := corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: "ContainerCreating"}}
	for _, test := range []struct {
		state, last corev1.ContainerState
		query       string
		code        int
		text        string
	}{
		{running, none, "previous=true", 400, `previous terminated container \"app\" in pod \"p\" not found`},
		{creating, none, "", 400, `container \"app\" in pod \"p\" is waiting to start: ContainerCreating`},
		{running, none, "container=x", 400, `container x is not valid for pod p`},
		{running, dead, "previous=true", 200, "unable to retrieve container logs for containerd://dead"},
		{running, none, "", 200, "one\ntwo\nthree\n"},
		{running, none, "tailLines=2&limitBytes=5", 200, "two\nt"},
	} {
		s := Start(pod(test.state, test.last))
		s.SetLog("shop", "p", "app", false, "one\ntwo\nthree\n")
		code, text := get(t, s, "/api/v1/namespaces/shop/pods/p/log?"+test.query)
		s.Close()
		if code != test.code || !strings.Contains(text, test.text) {
			t.Errorf("?%s: %d %s, want %d %s", test.query, code, text, test.code, test.text)
		}
	}
}

func TestObjectsOfEvidenceAreServed(t *testing.T) {
	raw := &evidence.Raw{
		Pod:    pod(corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{}}, corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{}}),
		Node:   &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "n1"}},
		Events: []corev1.Event{{ObjectMeta: metav1.ObjectMeta{Namespace: "shop"}, InvolvedObject: corev1.ObjectReference{Name: "p"}, Reason: "BackOff"}},
		Logs:   []evidence.RawLog{{Container: "app", Previous: true, Data: []byte("panic\n")}},
	}
	s := Start()
	defer s.Close()
	s.AddRaw(raw)
	for path, want := range map[string]string{
		"/api/v1/namespaces/shop/pods/p":                                       `"kind":"Pod"`,
		"/api/v1/namespaces/shop/pods?labelSelector=app%3Dweb":                 `"name":"p"`,
		"/api/v1/namespaces/shop/pods?labelSelector=app%3Ddb":                  `"items":[]`,
		"/api/v1/namespaces/shop/events?fieldSelector=involvedObject.name%3Dp": `"reason":"BackOff"`,
		"/api/v1/namespaces/shop/events?fieldSelector=involvedObject.name%3Dq": `"items":[]`,
		"/api/v1/nodes/n1":   `"kind":"Node"`,
		"/api/v1/namespaces": `"name":"shop"`,
		"/api/v1/namespaces/shop/pods/p/log?previous=true": "panic\n",
		"/api/v1/namespaces/shop/pods/q":                   `"reason":"NotFound"`,
		"/apis/apps/v1/namespaces/shop/pods":               `"reason":"NotFound"`,
	} {
		if _, text := get(t, s, path); !strings.Contains(text, want) {
			t.Errorf("%s: %s, want %s in it", path, text, want)
		}
	}
}

func TestForbiddenTextIsTheAPIServers(t *testing.T) {
	s := Start()
	defer s.Close()
	s.Forbid("list", "nodes")
	code, text := get(t, s, "/api/v1/nodes")
	if code != 403 || !strings.Contains(text, `User \"system:serviceaccount:default:tester\" cannot list resource \"nodes\"`) {
		t.Errorf("%d %s", code, text)
	}
	if got := s.Requests(); len(got) != 1 || got[0].Verb != "list" || got[0].Resource != "nodes" {
		t.Errorf("requests = %+v", got)
	}
}
