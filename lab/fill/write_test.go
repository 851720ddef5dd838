package fill

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path"
	"strings"
	"sync"
	"testing"

	"github.com/unloop-dev/unloop/lab/kube"
)

// apiServer keeps objects by path, gives each a uid, and drops a status that comes with a new object, except a node's.
type apiServer struct {
	mu      sync.Mutex
	objects map[string]object
	fail    string // a path that can't be written to
}

func (s *apiServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var o object
	if r.Method != http.MethodGet {
		if err := json.NewDecoder(r.Body).Decode(&o); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
	}
	switch {
	case s.fail != "" && strings.HasPrefix(r.URL.Path, s.fail):
		http.Error(w, "out of disk", http.StatusInternalServerError)
		return
	case r.Method == http.MethodGet:
		o = object{"resources": kinds[r.URL.Path]}
	case r.Method == http.MethodPost:
		m := o["metadata"].(object)
		key := r.URL.Path + "/" + m["name"].(string)
		if s.objects[key] != nil {
			http.Error(w, key+" is there", http.StatusConflict)
			return
		}
		m["uid"] = fmt.Sprintf("uid-%d", len(s.objects))
		if o["kind"] == "Node" {
			o["spec"] = object{"taints": []object{{"key": "node.kubernetes.io/not-ready"}}}
		} else {
			delete(o, "status")
		}
		s.objects[key] = o
	case r.Method == http.MethodPut && path.Base(r.URL.Path) == "status":
		s.objects[path.Dir(r.URL.Path)]["status"] = o["status"]
	case r.Method == http.MethodPut:
		s.objects[r.URL.Path] = o
	}
	_ = json.NewEncoder(w).Encode(o)
}

var kinds = map[string][]object{
	"/api/v1": {
		{"name": "nodes", "kind": "Node"},
		{"name": "namespaces", "kind": "Namespace"},
		{"name": "pods", "kind": "Pod", "namespaced": true},
		{"name": "events", "kind": "Event", "namespaced": true},
		{"name": "serviceaccounts", "kind": "ServiceAccount", "namespaced": true},
		{"name": "configmaps", "kind": "ConfigMap", "namespaced": true},
		{"name": "services", "kind": "Service", "namespaced": true},
	},
	"/apis/apps/v1": {
		{"name": "deployments", "kind": "Deployment", "namespaced": true},
		{"name": "replicasets", "kind": "ReplicaSet", "namespaced": true},
		{"name": "statefulsets", "kind": "StatefulSet", "namespaced": true},
		{"name": "daemonsets", "kind": "DaemonSet", "namespaced": true},
	},
	"/apis/batch/v1":            {{"name": "jobs", "kind": "Job", "namespaced": true}},
	"/apis/discovery.k8s.io/v1": {{"name": "endpointslices", "kind": "EndpointSlice", "namespaced": true}},
}

func TestWrite(t *testing.T) {
	api := &apiServer{objects: map[string]object{}}
	server := httptest.NewServer(api)
	defer server.Close()
	p := plan(t, Spec{Pods: 150, Looping: 20, Seed: 9})
	var mu sync.Mutex
	told := map[int]bool{}
	err := p.Write(t.Context(), kube.New(server.URL, "token"), func(pods int) {
		mu.Lock()
		defer mu.Unlock()
		told[pods] = true
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(told) != p.Spec.Pods || !told[p.Spec.Pods] {
		t.Errorf("told %d times how many pods there are", len(told))
	}
	uids := map[any]string{}
	for key, o := range api.objects {
		uids[o["metadata"].(object)["uid"]] = key
	}
	for key, o := range api.objects {
		m, _ := json.Marshal(o["metadata"])
		var meta struct {
			OwnerReferences []struct{ Kind, Name, UID string }
		}
		if err := json.Unmarshal(m, &meta); err != nil {
			t.Fatal(err)
		}
		for _, owner := range meta.OwnerReferences {
			if !strings.HasSuffix(uids[owner.UID], "/"+strings.ToLower(owner.Kind)+"s/"+owner.Name) {
				t.Errorf("%s is owned by %v, which is %q", key, owner, uids[owner.UID])
			}
		}
		switch kind := o["kind"]; {
		case kind == "Pod" && (len(meta.OwnerReferences) != 1 || o["status"].(object)["phase"] == nil):
			t.Errorf("%s has %d owners and status %v", key, len(meta.OwnerReferences), o["status"])
		case kind == "Node" && o["spec"].(object)["taints"] != nil:
			t.Errorf("%s is tainted", key)
		}
	}
}

func TestWriteEndsAtTheFirstError(t *testing.T) {
	api := &apiServer{objects: map[string]object{}, fail: "/api/v1/namespaces/team-001/pods"}
	server := httptest.NewServer(api)
	defer server.Close()
	err := plan(t, Spec{Pods: 400}).Write(t.Context(), kube.New(server.URL, "token"), func(int) {})
	if err == nil || !strings.Contains(err.Error(), "out of disk") || !strings.Contains(err.Error(), "team-001/") {
		t.Errorf("error %v", err)
	}
}

func TestWriteIsInterrupted(t *testing.T) {
	server := httptest.NewServer(&apiServer{objects: map[string]object{}})
	defer server.Close()
	ctx, interrupt := context.WithCancel(t.Context())
	err := plan(t, Spec{Pods: 2000}).Write(ctx, kube.New(server.URL, "token"), func(int) { interrupt() })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}
