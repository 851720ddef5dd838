package bundle

// clusterDump is what "kubectl cluster-info dump --output-directory" writes (k8s.io/kubectl,
// pkg/cmd/clusterinfo/clusterinfo_dump.go, Run). Its lists have a type. A pod has one file of logs: those of its init
// containers and containers, each between two lines (sections.go), read without "previous"; what kubectl could not read
// stands there as "Request log error: …". Without a directory the same goes to standard output, in one stream.
var clusterDump = pathLayout{"kubectl cluster-info dump", []pathPattern{
	{"logs for container {container} of pod {namespace}/{pod}", place{role: roleLog, current: true}}, // within a file
	{"{namespace}/{pod}/logs.txt", place{role: roleSections, loose: true}},
}}
