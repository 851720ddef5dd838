package bundle

import (
	"slices"
	"strings"

	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

// fieldFacts are the facts that hang on a field of an object: they are unknown when it was lost, or what it is in, or, where
// no other row is more exact, a part of it.
type fieldFacts struct {
	field string
	facts []string
}

// factsOfPod are those of a pod. C stands for its containers of any sort, S for their statuses.
var factsOfPod = []fieldFacts{
	{"metadata.creationTimestamp", []string{"pod.created", "pod.age"}},
	{"metadata.deletionTimestamp", []string{"pod.deleting"}},
	{"metadata.labels", []string{"pod.revision"}},
	{"metadata.ownerReferences", []string{"workload.kind", "workload.name", "workload.job"}},
	{"spec.nodeName", []string{"pod.nodeName", "pod.scheduled"}},
	{"spec.restartPolicy", []string{"pod.restartPolicy", "c.restartPolicy"}},
	{"spec.terminationGracePeriodSeconds", []string{"pod.grace"}},
	{"spec.hostNetwork", []string{"pod.hostNetwork"}},
	{"spec.serviceAccountName", []string{"pod.serviceAccount"}},
	{"spec.securityContext", []string{"c.security"}},
	{"spec.volumes", []string{"pod.volumes", "c.mounts", "c.memory.memoryVolumes", "c.memory.shmMounted"}},
	{"status.phase", []string{"pod.phase"}},
	{"status.reason", []string{"pod.reason"}},
	{"status.message", []string{"pod.message"}},
	{"status.conditions", []string{"pod.disruption", "pod.unschedulable"}},
	{"status.qosClass", []string{"pod.qosClass"}},

	{"spec.C.image", []string{"c.image"}},
	{"spec.C.imagePullPolicy", []string{"c.pullPolicy"}},
	{"spec.C.command", append([]string{"c.command", "c.shell"}, heapFacts...)},
	{"spec.C.args", append([]string{"c.args"}, heapFacts...)},
	{"spec.C.workingDir", []string{"c.workingDir"}},
	{"spec.C.stdin", []string{"c.stdin"}},
	{"spec.C.tty", []string{"c.tty"}},
	{"spec.C.env", append([]string{"c.env", "c.envNames"}, heapFacts...)},
	{"spec.C.envFrom", []string{"c.envFrom"}},
	{"spec.C.ports", []string{"c.ports"}},
	{"spec.C.resources.limits", limitFacts},
	{"spec.C.resources.requests", []string{"c.memory.request"}},
	{"spec.C.livenessProbe", []string{"c.liveness"}},
	{"spec.C.readinessProbe", []string{"c.readiness"}},
	{"spec.C.startupProbe", []string{"c.startup"}},
	{"spec.C.lifecycle.postStart", []string{"c.postStart"}},
	{"spec.C.lifecycle.preStop", []string{"c.preStop"}},
	{"spec.C.securityContext", []string{"c.security"}},
	{"spec.C.volumeMounts", []string{"c.mounts", "c.memory.memoryVolumes", "c.memory.shmMounted"}},
	{"spec.C.restartPolicy", []string{"c.restartPolicy", "c.kind"}},
	{"spec.C.restartPolicyRules", []string{"c.restartRules"}},

	{"status.S.ready", []string{"c.ready", "c.started"}},
	{"status.S.started", []string{"c.started"}},
	{"status.S.restartCount", []string{"c.restarts"}},
	{"status.S.imageID", []string{"c.digest"}},
	{"status.S.resources", limitFacts},
	{"status.S.state", []string{"c.prevExit"}},
	{"status.S.state.waiting", []string{"c.state"}},
	{"status.S.state.waiting.reason", []string{"c.waitingReason"}},
	{"status.S.state.waiting.message", []string{"c.waitingMessage"}},
	{"status.S.state.running", []string{"c.state"}},
	{"status.S.state.running.startedAt", []string{"c.runningFor"}},
	{"status.S.state.terminated", append([]string{"c.state"}, exitFacts...)},
	{"status.S.state.terminated.exitCode", codeFacts},
	{"status.S.state.terminated.signal", []string{"c.lastExit.signal"}},
	{"status.S.state.terminated.reason", reasonFacts},
	{"status.S.state.terminated.message", []string{"c.lastExit.message"}},
	{"status.S.state.terminated.startedAt", startFacts},
	{"status.S.state.terminated.finishedAt", []string{"c.lastExit.finished", "c.kill.soon"}},
	{"status.S.lastState", []string{"c.prevExit"}},
	{"status.S.lastState.terminated", exitFacts},
	{"status.S.lastState.terminated.exitCode", codeFacts},
	{"status.S.lastState.terminated.signal", []string{"c.lastExit.signal"}},
	{"status.S.lastState.terminated.reason", reasonFacts},
	{"status.S.lastState.terminated.message", []string{"c.lastExit.message"}},
	{"status.S.lastState.terminated.startedAt", startFacts},
	{"status.S.lastState.terminated.finishedAt", []string{"c.lastExit.finished", "c.kill.soon"}},
}

var (
	heapFacts  = []string{"c.memory.heapSet", "c.memory.heapBytes", "c.memory.heapText", "c.memory.heapRuntime", "c.memory.heapPercent"}
	limitFacts = []string{
		"c.memory.limit", "c.memory.hasLimit", "c.memory.limitText", "c.memory.specLimit", "c.memory.tiny", "c.memory.heapPercent",
		"c.cpuLimit", "c.hasCPULimit",
	}
	exitFacts   = []string{"c.lastExit", "c.exited"}
	codeFacts   = []string{"c.lastExit.code", "c.lastExit.signal", "c.prevExit"}
	reasonFacts = []string{"c.lastExit.reason", "c.lastExit.oom", "c.lastExit.neverRan"}
	startFacts  = []string{"c.lastExit.started", "c.lastExit.ranFor", "c.lastExit.neverRan", "c.kill.soon"}
)

// factsOfNode and factsOfJob are the same for the other objects that have facts.
var (
	factsOfNode = []fieldFacts{
		{"status.conditions", []string{"node.ready", "node.notReadyWhy", "node.memoryPressure", "node.diskPressure", "node.pidPressure"}},
		{"spec.taints", []string{"node.taints"}},
		{"status.capacity", []string{"node.memoryBytes"}},
	}
	factsOfJob = []fieldFacts{
		{"spec.backoffLimit", []string{"workload.job.backoffLimit"}},
		{"status.failed", []string{"workload.job.failed"}},
		{"status.conditions", []string{"workload.job.failedReason"}},
	}
)

var (
	listIndex  = lazyregexp.New(`\[\d+\]`)
	containers = lazyregexp.New(`^spec\.(?:initContainers|containers|ephemeralContainers)\b`)
	statuses   = lazyregexp.New(`^status\.(?:initContainerStatuses|containerStatuses|ephemeralContainerStatuses)\b`)
)

// generic gives the path of a field as the tables have it.
func generic(path string) string {
	path = listIndex.ReplaceAllString(path, "")
	path = containers.ReplaceAllString(path, "spec.C")
	return statuses.ReplaceAllString(path, "status.S")
}

// unknownFacts gives the facts that hang on fields that were lost, of an object of this kind.
func unknownFacts(kind string, fields []lost) []string {
	table := map[string][]fieldFacts{"Pod": factsOfPod, "Node": factsOfNode, "Job": factsOfJob}[kind]
	var facts []string
	for _, l := range fields {
		path := generic(l.path)
		var around fieldFacts // the row that says most exactly what the field is about
		for _, row := range table {
			switch {
			case isIn(row.field, path):
				facts = append(facts, row.facts...)
			case (path == row.field || isIn(path, row.field)) && len(row.field) > len(around.field):
				around = row
			}
		}
		facts = append(facts, around.facts...)
	}
	slices.Sort(facts)
	return slices.Compact(facts)
}

func isIn(inner, outer string) bool { return strings.HasPrefix(inner, outer+".") }
