package layout

// ownBundle is the layout that unloop capture writes (package bundle, write.go).
var ownBundle = program{"unloop capture", []pattern{
	{"{namespace}/logs/{pod}/{container}.previous.log", Place{Role: Log, Previous: true, Loose: true}},
	{"{namespace}/logs/{pod}/{container}.current.log", Place{Role: Log, Current: true, Loose: true}},
	{"{namespace}/logs/{pod}/{container}.log", Place{Role: Log, Loose: true}},
}, About{
	Program: "`unloop capture`",
	Known:   "`meta.yaml`",
	Tells:   "all that unloop reads from a cluster, redacted",
	Hides:   "what the person who captured it may not read",
	Source:  "bundle/write.go",
}}
