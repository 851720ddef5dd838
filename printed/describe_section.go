package printed

import (
	"slices"
	"strings"
)

// podKeys are the lines of a pod at the left margin, in the order of describePod.
var podKeys = []string{
	"Name", "Namespace", "Priority", "Priority Class Name", "Runtime Class Name", "Service Account", "Node", "Start Time",
	"Labels", "Annotations", "Status", "Termination Grace Period", "Reason", "Message", "SeccompProfile", "LocalhostProfile",
	"IP", "IPs", "Controlled By", "NominatedNodeName", "Resources", "Init Containers", "Containers", "Ephemeral Containers",
	"Readiness Gates", "Conditions", "Volumes", "QoS Class", "Node-Selectors", "Tolerations", "Topology Spread Constraints",
	"WorkloadRef", "SchedulingGroup", "Events",
}

// otherKeys are those of the other kinds that are read here (describeNode, describeDeployment …).
var otherKeys = []string{
	"Roles", "CreationTimestamp", "Taints", "Unschedulable", "Lease", "Addresses", "Capacity", "Allocatable", "System Info",
	"PodCIDR", "PodCIDRs", "ProviderID", "Non-terminated Pods", "Pods", "Allocated resources", "Resource Slices",
	"Selector", "Replicas", "StrategyType", "MinReadySeconds", "RollingUpdateStrategy", "Pod Template", "OldReplicaSets",
	"NewReplicaSet", "Pods Status", "Pods Statuses", "Update Strategy", "Service Name", "Pod Management Policy",
	"Persistent Volume Claim Retention Policy", "Volume Claims", "Node-Selector", "Desired Number of Nodes Scheduled",
	"Current Number of Nodes Scheduled", "Number of Nodes Scheduled with Up-to-date Pods",
	"Number of Nodes Scheduled with Available Pods", "Number of Nodes Misscheduled", "Parallelism", "Completions",
	"Completion Mode", "Suspend", "Backoff Limit", "TTL Seconds After Finished", "Completed At", "Duration",
	"Active Deadline Seconds", "Completed Indexes", "Schedule", "Time Zone", "Concurrency Policy",
	"Successful Job History Limit", "Failed Job History Limit", "Starting Deadline Seconds", "Last Schedule Time",
	"Active Jobs", "Type", "Session Affinity", "Endpoints", "StorageClass", "Access Modes", "Used By",
	foundEvents,
}

// describeKeys are lines at the left margin of kinds that are not read here: they end no describe. Those without a describer
// of their own are printed by their keys (describe.go of k8s.io/kubectl/pkg/describe, printUnstructuredContent).
var describeKeys = setOf([]string{
	"API Version", "Kind", "Metadata", "Spec", "Status", "Data", "BinaryData", "Immutable",
	"IP Family Policy", "IP Families", "Port", "TargetPort", "NodePort", "External Traffic Policy", "Internal Traffic Policy", "LoadBalancer Ingress",
	"External IPs", "HealthCheck NodePort", "Volume", "Finalizers", "VolumeMode", "Mounted By", "Address", "Ingress Class", "Default backend", "TLS", "Rules",
	"Image pull secrets", "Mountable secrets", "Tokens", "Reference", "Metrics", "Min replicas", "Max replicas", "Deployment pods", "Behavior",
	"Claim", "Reclaim Policy", "Node Affinity", "Source", "Subsets", "Created on", "Provisioner", "Parameters", "IsDefaultClass", "AllowVolumeExpansion",
	"MountOptions", "ReclaimPolicy", "VolumeBindingMode", "Resource Quotas", "Value", "Preemption Policy", "Global Default", "Description", "Limits", "Role", "Subjects",
})

// marginKeys are all lines at the left margin.
var marginKeys = setOf(podKeys, otherKeys)

func setOf(lists ...[]string) map[string]bool {
	set := map[string]bool{}
	for _, key := range slices.Concat(lists...) {
		set[key] = true
	}
	return set
}

// kindKeys tell a kind by what only its describer prints.
var kindKeys = []struct{ key, kind string }{
	{foundEvents, "Pod"},
	{"Roles", "Node"},
	{"System Info", "Node"},
	{"Allocated resources", "Node"},
	{"Unschedulable", "Node"},
	{"StrategyType", "Deployment"},
	{"NewReplicaSet", "Deployment"},
	{"Desired Number of Nodes Scheduled", "DaemonSet"},
	{"Schedule", "CronJob"},
	{"Pods Statuses", "Job"},
	{"Update Strategy", "StatefulSet"},
	{"Volume Claims", "StatefulSet"},
	{"Session Affinity", "Service"},
	{"Endpoints", "Service"},
	{"StorageClass", "PersistentVolumeClaim"},
	{"Pods Status", "ReplicaSet"},
	{"Containers", "Pod"},
	{"Start Time", "Pod"},
	{"QoS Class", "Pod"},
	{"Node", "Pod"},
	{"Init Containers", "Pod"},
}

// section is a line at the left margin with those that stand below it.
type section struct {
	head line
	body []line
}

// sections are an object's, in their order. One without a key is what stands before the first.
type sections []section

// splitSections finds the lines at the left margin. Where the indentation is lost, every line is there; then only their
// names and order tell, and those of a container are left to it.
func splitSections(lines []line) sections {
	margin, flat := marginOf(lines)
	all, orphans := sections{}, orphansOf(lines)
	for i, l := range lines {
		begins := l.key != "" && l.indent <= margin && marginKeys[l.key]
		if begins && flat && len(all) > 0 {
			begins = !nestedWhenFlat(all[len(all)-1].head.key, l)
		}
		switch {
		case begins:
			all = append(all, section{head: l})
		case len(all) > 0 && orphans.begins(all[len(all)-1].head, i), len(all) == 0:
			all = append(all, section{body: []line{l}})
		default:
			last := &all[len(all)-1]
			last.body = append(last.body, l)
		}
	}
	return all
}

// marginOf gives the indentation of the leftmost known line, and whether all known ones have it although some are nested.
func marginOf(lines []line) (margin int, flat bool) {
	margin = -1
	nested := -1
	for _, l := range lines {
		switch {
		case l.key == "" || l.key == "SeccompProfile": // of the pod, or of a container
		case slices.Contains(containerKeys, l.key):
			if nested < 0 || l.indent < nested {
				nested = l.indent
			}
		case marginKeys[l.key] && !slices.Contains(stateKeys, l.key) && (margin < 0 || l.indent < margin):
			margin = l.indent
		}
	}
	return margin, nested >= 0 && nested == margin
}

// nestedWhenFlat says that a line without indentation belongs to the section although it is called like another one: the
// reason of a state, the name of a volume's ConfigMap.
func nestedWhenFlat(head string, l line) bool {
	switch head {
	case "Init Containers", "Containers", "Ephemeral Containers", "":
		return slices.Contains(stateKeys, l.key) || slices.Contains(containerKeys, l.key) || l.key == "LocalhostProfile"
	case "Volumes":
		return l.key == "Name" || l.key == "Type"
	}
	return false
}

// fields are the lines below a section, each as a section of its own.
func (sec *section) fields() sections { return fieldsOf(sec.body) }

func fieldsOf(lines []line) sections {
	s := make(sections, 0, len(lines))
	for _, l := range lines {
		s = append(s, section{head: l})
	}
	return s
}

func (s sections) find(key string) *section {
	for i := range s {
		if s[i].head.key == key {
			return &s[i]
		}
	}
	return nil
}

func (s sections) has(key string) bool { return s.find(key) != nil }

// value is the text of a line at the margin: "" when it is not there or says that there is none.
func (s sections) value(key string) string {
	if sec := s.find(key); sec != nil && key == sec.head.key {
		return none(sec.head.value)
	}
	return ""
}

func none(value string) string {
	switch value {
	case "<none>", "<unset>", "<nil>", "<unknown>":
		return ""
	}
	return value
}

// kind tells the kind of an object, "" for a part that has no name: that is mostly of a pod, and any log may have a line
// like "Schedule: daily".
func (s sections) kind() string {
	switch {
	case s.has(foundEvents):
		return "Pod"
	case s.has("System Info"), s.has("Allocated resources"):
		return "Node"
	case !s.has("Name"):
		return ""
	case s.quotes():
		return kindUnknown
	}
	for _, k := range kindKeys {
		if s.has(k.key) {
			return k.kind
		}
	}
	switch {
	case s.has("Status") && s.has("IP"), s.hasOrphans():
		return "Pod"
	case strings.Contains(s.value("Replicas"), "current /"):
		return "ReplicaSet"
	case s.has("Namespace"):
		return kindUnknown
	}
	return ""
}

// quotes says that the object is a ConfigMap or a Secret, whose texts are printed as they are (describeConfigMap).
func (s sections) quotes() bool {
	return slices.ContainsFunc(s, func(sec section) bool {
		return slices.ContainsFunc(sec.body, func(l line) bool { return l.text == "====" })
	})
}

// kindUnknown is the kind of a whole object that is none of those read here.
const kindUnknown = "Unknown"
