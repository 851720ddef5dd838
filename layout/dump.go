package layout

// clusterDump is what "kubectl cluster-info dump --output-directory" writes (k8s.io/kubectl,
// pkg/cmd/clusterinfo/clusterinfo_dump.go, Run). Its lists have a type. A pod has one file of logs: those of its init
// containers and containers, each between two lines (sections.go), read without "previous"; what kubectl could not read
// stands there as "Request log error: …". Without a directory the same goes to standard output, in one stream.
var clusterDump = program{"kubectl cluster-info dump", []pattern{
	{"logs for container {container} of pod {namespace}/{pod}", Place{Role: Log, Current: true}}, // within a file
	{"{namespace}/{pod}/logs.txt", Place{Role: Sections, Loose: true}},
}, About{
	Program: "`kubectl cluster-info dump`, to a directory or to standard output",
	Known:   "`NAMESPACE/POD/logs.txt` with START and END lines; objects and such lines in one stream",
	Tells:   "pods, events, nodes, controllers but Jobs; the current log of each container",
	Hides:   "previous logs; Jobs and CronJobs",
	Source:  "k8s.io/kubectl, pkg/cmd/clusterinfo/clusterinfo_dump.go",
}}
