package bundle

// sos is what sosreport writes (sosreport/sos, sos/report/plugins: kubernetes.py, openshift.py, crio.py, containerd.py):
// each file below sos_commands is the output of a command and is named after it. The kubelet's own files are copied.
var sos = pathLayout{"sosreport", []pathPattern{
	{"cluster-info/{namespace}/podlogs/{pod}/*_-c_{container}", place{role: roleLog, current: true}},
	{"containers/logs/crictl_logs_-t_*", place{role: roleLog}},
	{"containers/crictl_logs_-t_*", place{role: roleLog}},
	{"sos_commands/**", place{}},
}}
