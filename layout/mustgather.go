package layout

// MustGather is the layout of OpenShift's must-gather.
const MustGather = "must-gather"

// mustGather is what OpenShift's must-gather and "oc adm inspect" write (openshift/oc, pkg/cli/admin/inspect: pod.go,
// gatherPodData and gatherContainerLogs; namespace.go). All objects are YAML with a type. The logs carry time stamps
// (PodLogOptions.Timestamps). A log of a kubelet whose certificate could not be verified is named "insecure".
var mustGather = program{MustGather, []pattern{
	{"namespaces/{namespace}/pods/{pod}/{container}/*/logs/current.log", Place{Role: Log, Current: true}},
	{"namespaces/{namespace}/pods/{pod}/{container}/*/logs/current.insecure.log", Place{Role: Log, Current: true}},
	{"namespaces/{namespace}/pods/{pod}/{container}/*/logs/previous.log", Place{Role: Log, Previous: true}},
	{"namespaces/{namespace}/pods/{pod}/{container}/*/logs/previous.insecure.log", Place{Role: Log, Previous: true}},
	{"namespaces/{namespace}/pods/{pod}/{container}/*/logs/rotated/{attempt}.log.*", Place{Role: Log}},
	{"namespaces/{namespace}/pods/{pod}/{container}/*/healthz/*", Place{Role: None, Why: "an answer of a health endpoint"}},
	{"namespaces/{namespace}/pods/{pod}/{container}/*/*", Place{Role: None, Why: "metrics or a profile of a container"}},
	{"audit_logs/**", Place{Role: None, Why: "an audit log of the API server"}},
	{"etcd_info/**", Place{Role: None, Why: "the state of etcd"}},
	{"monitoring/prometheus/**", Place{Role: None, Why: "data of the monitoring"}},
	{"monitoring/alertmanager/**", Place{Role: None, Why: "data of the monitoring"}},
	{"monitoring/metrics/**", Place{Role: None, Why: "data of the monitoring"}},
	{"event-filter.html", Place{Role: None, Why: "a page that shows the events, which are in events.yaml, too"}},
	{"version", Place{Role: None}},
	{"timestamp", Place{Role: None}},
	{"must-gather.log", Place{Role: None, Why: "what the collection itself has said"}},
	{"must-gather.logs", Place{Role: None, Why: "what the collection itself has said"}},
}, About{
	Program: "OpenShift `oc adm must-gather`, `oc adm inspect`",
	Known:   "`namespaces/NS/pods/POD/CONTAINER/CONTAINER/logs/`",
	Tells:   "objects, current and previous logs with time stamps, nodes",
	Hides:   "previous logs of containers that the kubelet has removed",
	Source:  "openshift/oc, pkg/cli/admin/inspect/pod.go",
}}
