package bundle

// rancher is what Rancher's log collector writes on a node (rancherlabs/support-tools,
// collection/rancher/v2.x/logs-collector/rancher2_logs_collector.sh). What it asks kubectl for is printed as tables.
var rancher = pathLayout{"Rancher log collector", []pathPattern{
	{"etcd/**", place{role: roleNone, why: "the state of etcd"}},
}}
