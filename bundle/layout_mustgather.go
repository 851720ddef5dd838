package bundle

// mustGather is what OpenShift's must-gather and "oc adm inspect" write (openshift/oc, pkg/cli/admin/inspect: pod.go,
// gatherPodData and gatherContainerLogs; namespace.go). All objects are YAML with a type. The logs carry time stamps
// (PodLogOptions.Timestamps). A log of a kubelet whose certificate could not be verified is named "insecure".
var mustGather = pathLayout{"must-gather", []pathPattern{
	{"namespaces/{namespace}/pods/{pod}/{container}/*/logs/current.log", place{role: roleLog, current: true}},
	{"namespaces/{namespace}/pods/{pod}/{container}/*/logs/current.insecure.log", place{role: roleLog, current: true}},
	{"namespaces/{namespace}/pods/{pod}/{container}/*/logs/previous.log", place{role: roleLog, previous: true}},
	{"namespaces/{namespace}/pods/{pod}/{container}/*/logs/previous.insecure.log", place{role: roleLog, previous: true}},
	{"namespaces/{namespace}/pods/{pod}/{container}/*/logs/rotated/*", place{role: roleLog}},
	{"namespaces/{namespace}/pods/{pod}/{container}/*/healthz/**", place{role: roleNone, why: "an answer of a health endpoint"}},
	{"namespaces/{namespace}/pods/{pod}/{container}/*/*", place{role: roleNone, why: "metrics or a profile of a container"}},
	{"audit_logs/**", place{role: roleNone, why: "an audit log of the API server"}},
	{"etcd_info/**", place{role: roleNone, why: "the state of etcd"}},
	{"monitoring/**", place{role: roleNone, why: "data of the monitoring"}},
	{"event-filter.html", place{role: roleNone, why: "a page that shows the events, which are in events.yaml, too"}},
	{"must-gather.log", place{role: roleNone, why: "what the collection itself has said"}},
	{"must-gather.logs", place{role: roleNone, why: "what the collection itself has said"}},
}}
