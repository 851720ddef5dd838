package bundle

// kubeletFiles are the kubelet's own files, as they are copied from a node by sos, "kind export logs", EKS's log
// collector and by hand (k8s.io/kubernetes, pkg/kubelet/kuberuntime: helpers.go BuildContainerLogsDirectory and
// buildContainerLogsPath; legacy.go legacyLogSymlink). A file's number is the run's. A file that was rotated away has a
// date behind its name (k8s.io/kubernetes, pkg/kubelet/logs/container_log_manager.go). The lines are in the format of
// the CRI: time, stream, tag, text.
var kubeletFiles = pathLayout{"kubelet's log files", []pathPattern{
	{"{namespace}_{pod}_{uid}/{container}/{attempt}.log", place{role: roleLog}},
	{"{namespace}_{pod}_{uid}/{container}/{attempt}.log.*", place{role: roleLog}},
	{"kubernetes-version.txt", place{role: roleNone}}, // of "kind export logs" (kubernetes-sigs/kind, pkg/cluster/internal/providers/common/logs.go)
	{"docker-info.txt", place{role: roleNone}},
	{"podman-info.txt", place{role: roleNone}},
	{"{pod}_{namespace}_{container}-{id}.log", place{role: roleLog}},
}}
