package fill

import (
	"cmp"
	"fmt"
	"time"
)

type object = map[string]any

const (
	appContainer  = "app"
	initContainer = "migrate"

	nodeIP      = "10.99.0.1" // of the lab's control plane, where Kubelets listens
	kubeletPort = 10350
	closedPort  = 10351 // nobody listens there
)

// Node is a node that nobody runs.
type Node struct {
	Name string
	// Refuses says that the API server can't reach its kubelet, so that it has no logs to give.
	Refuses bool
}

func newNode(n int) Node { return Node{fmt.Sprintf("fake-%03d", n), n%20 == 3} }

func stamp(t time.Time) string { return t.Format(time.RFC3339) }

func meta(namespace, name string, labels object) object {
	m := object{"name": name}
	if namespace != "" {
		m["namespace"] = namespace
	}
	if labels != nil {
		m["labels"] = labels
	}
	return m
}

// object is the node as a kubelet would register it.
func (n Node) object(at time.Time) object {
	port := kubeletPort
	if n.Refuses {
		port = closedPort
	}
	var conditions []object
	for _, c := range [][3]string{
		{"MemoryPressure", "False", "KubeletHasSufficientMemory"},
		{"DiskPressure", "False", "KubeletHasNoDiskPressure"},
		{"PIDPressure", "False", "KubeletHasSufficientPID"},
		{"Ready", "True", "KubeletReady"},
	} {
		conditions = append(conditions, object{
			"type": c[0], "status": c[1], "reason": c[2],
			"lastHeartbeatTime": stamp(at), "lastTransitionTime": stamp(at.Add(-300 * time.Hour)),
		})
	}
	resources := object{"cpu": "16", "memory": "64Gi", "pods": "110", "ephemeral-storage": "200Gi"}
	return object{
		"apiVersion": "v1", "kind": "Node",
		"metadata": meta("", n.Name, object{"kubernetes.io/hostname": n.Name, "kubernetes.io/arch": "amd64", "kubernetes.io/os": "linux"}),
		"status": object{
			"conditions": conditions, "capacity": resources, "allocatable": resources,
			"addresses":       []object{{"type": "InternalIP", "address": nodeIP}, {"type": "Hostname", "address": n.Name}},
			"daemonEndpoints": object{"kubeletEndpoint": object{"Port": port}},
			"nodeInfo": object{
				"architecture": "amd64", "operatingSystem": "linux", "osImage": "Debian GNU/Linux 12 (bookworm)", "kernelVersion": "6.1.0",
				"kubeletVersion": "v1.35.4", "kubeProxyVersion": "", "containerRuntimeVersion": "containerd://2.1.4",
				"bootID": "", "machineID": n.Name, "systemUUID": n.Name,
			},
		},
	}
}

func (w *Workload) labels() object { return object{"app": w.Name} }

// podLabels are those of the pods, for the objects that find their pods by them.
func (w *Workload) podLabels() object {
	l := w.labels()
	if w.Kind == "Deployment" {
		l["pod-template-hash"] = w.templateHash()
	}
	return l
}

// fails is what makes the workload fail, as far as it stands in its template.
func (w *Workload) fails() template {
	if w.way == nil {
		return template{}
	}
	return w.way.template
}

func (w *Workload) image() string {
	return fmt.Sprintf("registry.example.com/shop/%s:%s", w.Name, cmp.Or(w.fails().tag, "1.4.2"))
}

// serverIP is the address of the Service that the program needs.
func (w *Workload) serverIP() string {
	return fmt.Sprintf("10.96.%d.%d", 128+w.number/250%120, 1+w.number%250)
}

func (w *Workload) podSpec() object {
	app := object{
		"name": appContainer, "image": w.image(), "imagePullPolicy": "IfNotPresent",
		"ports": []object{{"name": "http", "containerPort": 8080}},
		"resources": object{
			"requests": object{"cpu": "50m", "memory": "64Mi"},
			"limits":   object{"memory": cmp.Or(w.fails().limit, "512Mi")},
		},
		"env": w.env(),
	}
	if w.fails().probe {
		app["livenessProbe"] = object{"httpGet": object{"path": "/healthz", "port": "http"}, "periodSeconds": 10, "failureThreshold": 3}
	}
	spec := object{"containers": []object{app}, "restartPolicy": "Always"}
	if w.Kind == "Job" {
		spec["restartPolicy"] = "OnFailure"
	}
	if w.way != nil && w.way.init {
		spec["initContainers"] = []object{{"name": initContainer, "image": w.image(), "args": []string{"migrate"}}}
	}
	return spec
}

func (w *Workload) env() []object {
	env := []object{{"name": "LOG_LEVEL", "value": "info"}, {"name": "REGION", "value": "eu-1"}, {"name": "LISTEN", "value": ":8080"}}
	if w.fails().server {
		env = append(env, object{"name": "DATABASE_HOST", "value": w.Name + "-db"})
	}
	if w.fails().key {
		env = append(env, object{"name": "DATABASE_URL", "valueFrom": object{"configMapKeyRef": object{"name": w.Name, "key": "DATABASE_URL"}}})
	}
	return env
}

// needs are the objects that the program depends on, as far as it fails by them.
func (w *Workload) needs() []object {
	var needs []object
	if w.fails().key {
		needs = append(needs, object{
			"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta(w.Namespace, w.Name, w.labels()), "data": object{"DATABASE_HOST": "db"},
		})
	}
	if w.fails().server {
		needs = append(needs, object{
			"apiVersion": "v1", "kind": "Service", "metadata": meta(w.Namespace, w.Name+"-db", nil),
			"spec": object{"clusterIP": w.serverIP(), "selector": object{"app": w.Name + "-db"}, "ports": []object{{"port": 5432}}},
		}, object{
			"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "addressType": "IPv4", "endpoints": []object{},
			"metadata": meta(w.Namespace, w.Name+"-db-1", object{"kubernetes.io/service-name": w.Name + "-db"}),
		})
	}
	return needs
}

// objects are the workload's own, each the owner of the next, the last that of the pods.
func (w *Workload) objects() []object {
	selector := object{"matchLabels": w.labels()}
	template := object{"metadata": object{"labels": w.labels()}, "spec": w.podSpec()}
	main := object{
		"apiVersion": "apps/v1", "kind": w.Kind, "metadata": meta(w.Namespace, w.Name, w.labels()),
		"spec": object{"replicas": len(w.Pods), "selector": selector, "template": template},
	}
	spec := main["spec"].(object)
	switch w.Kind {
	case "Deployment":
		main["metadata"].(object)["annotations"] = object{"deployment.kubernetes.io/revision": "1"}
		return []object{main, w.replicaSetObject()}
	case "StatefulSet":
		spec["serviceName"] = w.Name
		spec["podManagementPolicy"] = "Parallel"
	case "DaemonSet":
		delete(spec, "replicas")
	case "Job":
		main["apiVersion"] = "batch/v1"
		main["spec"] = object{"parallelism": len(w.Pods), "completions": len(w.Pods), "template": template}
	}
	return []object{main}
}

func (w *Workload) replicaSetObject() object {
	m := meta(w.Namespace, w.replicaSet(), w.podLabels())
	m["annotations"] = object{"deployment.kubernetes.io/revision": "1"}
	return object{
		"apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": m,
		"spec": object{
			"replicas": len(w.Pods), "selector": object{"matchLabels": w.podLabels()},
			"template": object{"metadata": object{"labels": w.podLabels()}, "spec": w.podSpec()},
		},
	}
}

// status of the workload's objects, by kind.
func (w *Workload) status(kind string, at time.Time) object {
	all, ready := len(w.Pods), 0
	for _, p := range w.Pods {
		if !p.Loops {
			ready++
		}
	}
	switch kind {
	case "DaemonSet":
		return object{
			"observedGeneration": 1, "desiredNumberScheduled": all, "currentNumberScheduled": all, "numberMisscheduled": 0,
			"numberReady": ready, "numberAvailable": ready, "numberUnavailable": all - ready, "updatedNumberScheduled": all,
		}
	case "Job":
		return object{"active": all, "ready": ready, "startTime": stamp(at.Add(-2 * time.Hour))}
	case "ReplicaSet":
		return object{"observedGeneration": 1, "replicas": all, "fullyLabeledReplicas": all, "readyReplicas": ready, "availableReplicas": ready}
	case "StatefulSet":
		return object{
			"observedGeneration": 1, "replicas": all, "readyReplicas": ready, "availableReplicas": ready,
			"currentReplicas": all, "updatedReplicas": all,
		}
	}
	available := object{
		"type": "Available", "status": "True", "reason": "MinimumReplicasAvailable",
		"lastUpdateTime": stamp(at), "lastTransitionTime": stamp(at),
	}
	if ready < all {
		available["status"], available["reason"] = "False", "MinimumReplicasUnavailable"
	}
	return object{
		"observedGeneration": 1, "replicas": all, "updatedReplicas": all, "readyReplicas": ready, "availableReplicas": ready,
		"unavailableReplicas": all - ready, "conditions": []object{available},
	}
}
