package bundle

// rancher is what Rancher's log collector writes on a node (rancherlabs/support-tools,
// collection/rancher/v2.x/logs-collector: rancher2_logs_collector.sh, k3s-k8s, rke2-k8s and kubeadm-k8s). What it asks
// kubectl and crictl for are tables and describe texts. The logs of all containers of a pod stand in one file, named
// NAMESPACE-POD, which can be taken apart only where the pod is known; on agents the kubelet's files are copied.
var rancher = pathLayout{"Rancher log collector", []pathPattern{
	{"rke2/podlogs/*-previous", place{role: roleLog, previous: true}},
	{"rke2/podlogs/*", place{role: roleLog, current: true}},
	{"k3s/podlogs/*-previous", place{role: roleLog, previous: true}},
	{"k3s/podlogs/*", place{role: roleLog, current: true}},
	{"kubeadm/podlogs/*-previous", place{role: roleLog, previous: true}},
	{"kubeadm/podlogs/*", place{role: roleLog, current: true}},
	{"rke2/kubectl/**", place{}},
	{"k3s/kubectl/**", place{}},
	{"kubeadm/kubectl/**", place{}},
}}
