package bundle

// kubeletFiles are the kubelet's own files, as they are copied from a node by sos, "kind export logs", EKS's log
// collector and by hand (k8s.io/kubernetes, pkg/kubelet/kuberuntime: helpers.go BuildContainerLogsDirectory and
// buildContainerLogsPath; legacy.go legacyLogSymlink). A file's number is the run's. A file that was rotated away has a
// date behind its name (k8s.io/kubernetes, pkg/kubelet/logs/container_log_manager.go). The lines are in the format of
// the CRI: time, stream, tag, text.
var kubeletFiles = pathLayout{"kubelet's log files", []pathPattern{
	{"{namespace}_{pod}_{uid}/{container}/{attempt}.log", place{role: roleLog}},
	{"{namespace}_{pod}_{uid}/{container}/{attempt}.log.*", place{role: roleLog}},
	{"{pod}_{namespace}_{container}-{id}.log", place{role: roleLog}},

	// Of "kind export logs" (kubernetes-sigs/kind, pkg/cluster/internal/providers/common/logs.go).
	{"kubernetes-version.txt", place{role: roleNone}},
	{"docker-info.txt", place{role: roleNone}},
	{"podman-info.txt", place{role: roleNone}},
}}

// olderParts finds the logs of which a newer part is there, too. The kubelet rotates the log of a run that writes much,
// and its end is what tells how the run died.
func olderParts(logs []foundLog) map[int]bool {
	type run struct {
		namespace, pod, uid, container string
		attempt                        int
	}
	var older map[int]bool
	newest := map[run]int{}
	for i := range logs {
		p := &logs[i].name.place
		if p.role != roleLog || p.attempt < 0 || logs[i].log.Read == nil {
			continue
		}
		key := run{p.namespace, p.pod, p.uid, p.container, p.attempt}
		at, seen := newest[key]
		if !seen {
			newest[key] = i
			continue
		}
		if older == nil {
			older = map[int]bool{}
		}
		if logs[i].log.Read.Until.After(logs[at].log.Read.Until) {
			at, i = i, at
		}
		newest[key], older[i] = at, true
		logs[at].log.Truncated = true
	}
	return older
}
