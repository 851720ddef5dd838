package bundle

// ownBundle is the layout that Write writes (write.go).
var ownBundle = pathLayout{"unloop capture", []pathPattern{
	{"{namespace}/logs/{pod}/{container}.previous.log", place{role: roleLog, previous: true, loose: true}},
	{"{namespace}/logs/{pod}/{container}.current.log", place{role: roleLog, current: true, loose: true}},
	{"{namespace}/logs/{pod}/{container}.log", place{role: roleLog, loose: true}},
}}
