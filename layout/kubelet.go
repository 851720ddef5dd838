package layout

// kubeletFiles are the kubelet's own files, as they are copied from a node by sos, "kind export logs", EKS's log
// collector and by hand (k8s.io/kubernetes, pkg/kubelet/kuberuntime: helpers.go BuildContainerLogsDirectory and
// buildContainerLogsPath; legacy.go legacyLogSymlink). A file's number is the run's. A file that was rotated away has a
// date behind its name (k8s.io/kubernetes, pkg/kubelet/logs/container_log_manager.go). The lines are in the format of
// the CRI: time, stream, tag, text.
var kubeletFiles = program{"kubelet's log files", []pattern{
	{"{namespace}_{pod}_{uid}/{container}/{attempt}.log", Place{Role: Log}},
	{"{namespace}_{pod}_{uid}/{container}/{attempt}.log.*", Place{Role: Log}},
	{"{pod}_{namespace}_{container}-{id}.log", Place{Role: Log}},

	// Of "kind export logs" (kubernetes-sigs/kind, pkg/cluster/internal/providers/common/logs.go).
	{"kubernetes-version.txt", Place{Role: None}},
	{"docker-info.txt", Place{Role: None}},
	{"podman-info.txt", Place{Role: None}},
}, About{
	Program: "the kubelet's log files: `kind export logs`, EKS's log collector, a copy of `/var/log/pods` or `/var/log/containers`",
	Known:   "`NAMESPACE_POD_UID/CONTAINER/N.log`, `POD_NAMESPACE_CONTAINER-ID.log`",
	Tells:   "every log that the node still has, with its run's number",
	Hides:   "states, exit codes, events: without objects only how often a container was started again",
	Source:  "k8s.io/kubernetes, pkg/kubelet/kuberuntime/helpers.go and legacy.go",
}}
