package crashlog

import "testing"

func TestWhatKubectlPrintsInThePlaceOfALog(t *testing.T) {
	for _, text := range []string{
		"Request log error: an error on the server (\"unknown\") has prevented the request from succeeding (get pods edge-0)",
		"Create log request error: pods \"edge-0\" not found",
		"Request log error: the server has asked for the client to provide credentials ( pods/log edge-0)",
		"Unable to connect to the server: dial tcp 192.0.2.7:6443: i/o timeout",
		"Unable to connect to the server: net/http: TLS handshake timeout",
		"Unable to connect to the server: x509: certificate signed by unknown authority",
		"The connection to the server localhost:8080 was refused - did you specify the right host or port?",
		"E0302 08:40:01.123456   12871 memcache.go:265] \"Unhandled Error\" err=\"couldn't get current server API group list: Get \\\"https://192.0.2.7:6443/api?timeout=32s\\\": dial tcp 192.0.2.7:6443: connect: connection refused\"\n" +
			"The connection to the server 192.0.2.7:6443 was refused - did you specify the right host or port?",
		"error: You must be logged in to the server (Unauthorized)",
		"error: You must be logged in to the server (the server has asked for the client to provide credentials ( pods/log edge-0))",
		"Error from server (BadRequest): container \"web\" in pod \"edge-0\" is waiting to start: CreateContainerConfigError",
		"Error from server (BadRequest): a container name must be specified for pod edge-0, choose one of: [web proxy]",
		"error: a container name must be specified for pod edge-0, choose one of: [web proxy] or one of the init containers: [wait]",
		"Error from server (NotFound): pods \"edge-0\" not found",
		"Error from server (NotFound): namespaces \"shop\" not found",
		"Error from server (NotFound): deployments.apps \"edge\" not found",
		"Error from server: Get \"https://192.0.2.7:10250/containerLogs/shop/edge-0/web\": dial tcp 192.0.2.7:10250: connect: no route to host",
		"Error from server (ServiceUnavailable): the server is currently unable to handle the request (get pods edge-0)",
		"Error from server (Forbidden): pods \"edge-0\" is forbidden: User \"anna\" cannot get resource \"pods/log\" in API group \"\" in the namespace \"shop\"",
		"Error from server (Forbidden): pods \"edge-0\" is forbidden: User \"anna\" cannot get resource \"pods\" in API group \"\" in the namespace \"shop\"",
		"error: timed out waiting for the condition", "error: timed out waiting for the condition on pods/edge-0",
		"unable to retrieve container logs for containerd://3b1f", "Unable to retrieve container logs for cri-o://3b1f",
		"Found 3 pods, using pod/edge-x8z7w\nError from server (BadRequest): previous terminated container \"web\" in pod \"edge-x8z7w\" not found",
		"Defaulted container \"web\" out of: web, istio-proxy, istio-init (init)",
		"Defaulting container name to web.\nUse 'kubectl describe pod/edge-0 -n shop' to see all of the containers in this pod.",
		"No resources found in shop namespace.",
		"Error from server: etcdserver: request timed out",
		"Failed to get logs: Get \"https://192.0.2.7:10250/containerLogs/shop/edge-0/web\": context deadline exceeded",
		"Get \"https://192.0.2.7:10250/containerLogs/shop/edge-0/web\": remote error: tls: internal error",
		"error: unable to upgrade connection: container not found (\"web\")",
		"Waiting for deployment \"edge\" rollout to finish: 0 of 1 updated replicas are available...\nerror: deployment \"edge\" exceeded its progress deadline",
	} {
		if l := (Options{Kubectl: true}).ReadBytes([]byte(text + "\n")); l.NotALog == "" || !l.Empty || l.Crash != nil {
			t.Errorf("%q is taken for a log", text)
		}
	}
}

// TestWhatAProgramPrintsOfAnAPIServer wants the log of a program that calls an API server, or runs kubectl, to stay one.
func TestWhatAProgramPrintsOfAnAPIServer(t *testing.T) {
	for _, text := range []string{
		"Error from server (Forbidden): configmaps \"flags\" is forbidden: User \"system:serviceaccount:shop:edge\" cannot get resource \"configmaps\" in API group \"\" in the namespace \"shop\"",
		"Error from server (Forbidden): pods \"edge-0\" is forbidden: User \"system:serviceaccount:shop:edge\" cannot get resource \"pods\" in API group \"\" in the namespace \"shop\"",
		"Error from server (NotFound): secrets \"edge\" not found",
		"Error from server (InternalError): error when creating \"edge.yaml\": Internal error occurred: failed calling webhook \"check.example.com\"",
		"2026-03-02T08:40:01Z ERROR Unable to connect to the server: dial tcp 10.96.0.1:443: i/o timeout",
		"starting edge\nThe connection to the server localhost:8080 was refused - did you specify the right host or port?",
		"E0302 08:40:01.123456       1 memcache.go:265] couldn't get current server API group list: Get \"https://10.96.0.1:443/api\": dial tcp 10.96.0.1:443: connect: connection refused",
		"Get \"https://10.96.0.1:443/api\": dial tcp 10.96.0.1:443: connect: connection refused",
		"Defaulted container \"web\" out of: web, istio-proxy\npanic: cannot open /srv/edge/store",
		"error: cannot open /srv/edge/store", "error: unexpected EOF", "timed out waiting for the condition",
		"panic: error: timed out waiting for the condition",
	} {
		if l := (Options{Kubectl: true}).ReadBytes([]byte(text + "\n")); l.NotALog != "" || l.Crash == nil {
			t.Errorf("%q is not taken for a log: %q", text, l.NotALog)
		}
	}
}
