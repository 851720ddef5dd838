package layout

// rancher is what Rancher's log collector writes on a node (rancherlabs/support-tools,
// collection/rancher/v2.x/logs-collector: rancher2_logs_collector.sh, k3s-k8s, rke2-k8s and kubeadm-k8s). What it asks
// kubectl and crictl for are tables and describe texts. The logs of all containers of a pod stand in one file, named
// NAMESPACE-POD, which can be taken apart only where the pod is known; on agents the kubelet's files are copied.
var rancher = program{"Rancher log collector", []pattern{
	{"rke2/podlogs/*-previous", Place{Role: Log, Previous: true}},
	{"rke2/podlogs/*", Place{Role: Log, Current: true}},
	{"k3s/podlogs/*-previous", Place{Role: Log, Previous: true}},
	{"k3s/podlogs/*", Place{Role: Log, Current: true}},
	{"kubeadm/podlogs/*-previous", Place{Role: Log, Previous: true}},
	{"kubeadm/podlogs/*", Place{Role: Log, Current: true}},
	{"rke2/kubectl/**", Place{}},
	{"k3s/kubectl/**", Place{}},
	{"kubeadm/kubectl/**", Place{}},
}, About{
	Program: "Rancher's log collector",
	Known:   "`rke2/`, `k3s/` or `kubeadm/` with `kubectl/` and `podlogs/`",
	Tells:   "tables, describe texts of system namespaces, logs of their pods",
	Hides:   "objects; which container of a pod wrote a line",
	Source:  "rancherlabs/support-tools, collection/rancher/v2.x/logs-collector",
}}
