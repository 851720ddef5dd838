package layout

// supportBundle is what Replicated's troubleshoot writes (replicatedhq/troubleshoot, pkg/collect: cluster_resources.go,
// logs.go savePodLogs). Its lists of objects have no type in bundles of 2023 and before: the items of client-go's typed
// lists carry none. Each list has a file of errors beside it. Logs are there twice: where the collector's name says, and
// under cluster-resources, where the former is a link.
var supportBundle = program{"troubleshoot support bundle", []pattern{
	{"cluster-resources/pods/logs/{namespace}/{pod}/{container}-previous.log", Place{Role: Log, Previous: true}},
	{"cluster-resources/pods/logs/{namespace}/{pod}/{container}.log", Place{Role: Log, Current: true}},
	{"cluster-resources/pods/logs/{namespace}/{pod}/*-logs-errors.log", Place{Role: None, Why: "what the collection itself has said"}},
	{"cluster-resources/*-errors.json", Place{Role: None, Why: "what the collection could not read"}},
	{"cluster-resources/pods/{namespace}.json", listed("v1", "Pod")},
	{"cluster-resources/events/{namespace}.json", listed("v1", "Event")},
	{"cluster-resources/deployments/{namespace}.json", listed("apps/v1", "Deployment")},
	{"cluster-resources/replicasets/{namespace}.json", listed("apps/v1", "ReplicaSet")},
	{"cluster-resources/statefulsets/{namespace}.json", listed("apps/v1", "StatefulSet")},
	{"cluster-resources/daemonsets/{namespace}.json", listed("apps/v1", "DaemonSet")},
	{"cluster-resources/jobs/{namespace}.json", listed("batch/v1", "Job")},
	{"cluster-resources/cronjobs/{namespace}.json", listed("batch/v1", "CronJob")},
	{"cluster-resources/nodes.json", listed("v1", "Node")},
	{"cluster-resources/custom-resources/**", Place{Role: None, Why: "objects of other kinds"}},
	{"cluster-resources/**", Place{Role: None}}, // lists of other kinds, of other shapes, too
	{"host-collectors/**", Place{Role: None}},
	{"cluster-info/cluster_version.json", Place{Role: None}},
	{"analysis.json", Place{Role: None}},
}, About{
	Program: "Replicated's troubleshoot (support bundles)",
	Known:   "`cluster-resources/`",
	Tells:   "objects, current and previous logs (the last 10,000 lines)",
	Hides:   "logs of pods that no collector names, but for those that were not well",
	Source:  "replicatedhq/troubleshoot, pkg/collect/cluster_resources.go and logs.go",
}}

// listed is the place of a list of objects that may lack their type.
func listed(apiVersion, kind string) Place {
	return Place{Role: Objects, APIVersion: apiVersion, Kind: kind}
}
