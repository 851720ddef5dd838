package layout

// sos is what sosreport writes (sosreport/sos, sos/report/plugins: kubernetes.py, openshift.py, crio.py, containerd.py):
// each file below sos_commands is the output of a command and is named after it. The kubelet's own files are copied.
var sos = program{"sosreport", []pattern{
	{"cluster-info/{namespace}/podlogs/{pod}/*_-c_{container}", Place{Role: Log, Current: true}},
	{"containers/logs/crictl_logs_-t_*", Place{Role: Log}},
	{"containers/crictl_logs_-t_*", Place{Role: Log}},
	{"sos_commands/**", Place{}},
}, About{
	Program: "sosreport",
	Known:   "`sos_commands/`",
	Tells:   "what kubectl and crictl have printed, the kubelet's files of one node",
	Hides:   "pods of other nodes; objects, unless the node can ask the API server",
	Source:  "sosreport/sos, sos/report/plugins/kubernetes.py and crio.py",
}}
