package bundle

import "strings"

// mustGather is what OpenShift's must-gather and "oc adm inspect" write (openshift/oc, pkg/cli/admin/inspect: pod.go,
// gatherPodData and gatherContainerLogs; namespace.go). All objects are YAML with a type. The logs carry time stamps
// (PodLogOptions.Timestamps). A log of a kubelet whose certificate could not be verified is named "insecure".
var mustGather = pathLayout{"must-gather", []pathPattern{
	{"namespaces/{namespace}/pods/{pod}/{container}/*/logs/current.log", place{role: roleLog, current: true}},
	{"namespaces/{namespace}/pods/{pod}/{container}/*/logs/current.insecure.log", place{role: roleLog, current: true}},
	{"namespaces/{namespace}/pods/{pod}/{container}/*/logs/previous.log", place{role: roleLog, previous: true}},
	{"namespaces/{namespace}/pods/{pod}/{container}/*/logs/previous.insecure.log", place{role: roleLog, previous: true}},
	{"namespaces/{namespace}/pods/{pod}/{container}/*/logs/rotated/{attempt}.log.*", place{role: roleLog}},
	{"namespaces/{namespace}/pods/{pod}/{container}/*/healthz/*", place{role: roleNone, why: "an answer of a health endpoint"}},
	{"namespaces/{namespace}/pods/{pod}/{container}/*/*", place{role: roleNone, why: "metrics or a profile of a container"}},
	{"audit_logs/**", place{role: roleNone, why: "an audit log of the API server"}},
	{"etcd_info/**", place{role: roleNone, why: "the state of etcd"}},
	{"monitoring/prometheus/**", place{role: roleNone, why: "data of the monitoring"}},
	{"monitoring/alertmanager/**", place{role: roleNone, why: "data of the monitoring"}},
	{"monitoring/metrics/**", place{role: roleNone, why: "data of the monitoring"}},
	{"event-filter.html", place{role: roleNone, why: "a page that shows the events, which are in events.yaml, too"}},
	{"version", place{role: roleNone}},
	{"timestamp", place{role: roleNone}},
	{"must-gather.log", place{role: roleNone, why: "what the collection itself has said"}},
	{"must-gather.logs", place{role: roleNone, why: "what the collection itself has said"}},
}}

// refusedRequests finds the files that are empty because there was no log. "oc adm inspect" makes the file first, then
// asks the kubelet, and when that fails asks again without verifying its certificate, into a file named "insecure".
func refusedRequests(logs []foundLog) map[string]bool {
	var refused map[string]bool
	asked := map[string]*foundLog{}
	for i := range logs {
		if l := &logs[i]; l.name.place.layout == mustGather.name {
			asked[l.log.Path] = l
		}
	}
	for path := range asked {
		first, again := strings.CutSuffix(path, ".insecure.log")
		if !again {
			continue
		}
		for _, p := range []string{path, first + ".log"} {
			if l := asked[p]; l != nil && l.log.Read != nil && l.log.Read.Empty {
				if refused == nil {
					refused = map[string]bool{}
				}
				refused[p] = true
			}
		}
	}
	return refused
}
