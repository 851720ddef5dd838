package bundle

// sos is what sosreport writes (sosreport/sos, sos/report/plugins/kubernetes.py): each file is the output of a command
// and is named after it.
var sos = pathLayout{"sosreport", []pathPattern{
	{"cluster-info/{namespace}/podlogs/{pod}/*_-c_{container}", place{role: roleLog, current: true}},
}}
