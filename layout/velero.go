package layout

// velero is a backup of Velero (vmware-tanzu/velero, pkg/archive/filesystem.go GetVersionedItemFilePath;
// pkg/backup/item_backupper.go): one object in each file, with its type and its status as it was at the backup. The
// preferred version of each stands there twice; logs are none.
var velero = program{"Velero backup", []pattern{
	{"metadata/version", Place{Role: None}},
	{"resources/pods/namespaces/{namespace}/*.json", listed("v1", "Pod")},
}, About{
	Program: "Velero backup",
	Known:   "`resources/pods/namespaces/NS/NAME.json`",
	Tells:   "objects with their status at the time of the backup",
	Hides:   "logs; events, unless they were backed up",
	Source:  "vmware-tanzu/velero, pkg/archive and pkg/backup/item_backupper.go",
}}
