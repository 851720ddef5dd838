package objects

import (
	"slices"
	"strings"

	"github.com/unloop-dev/unloop/fact"
	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

// fieldFacts are the facts that hang on a field of an object: they are unknown when it was lost, or what it is in, or, where
// no other row is more exact, a part of it.
type fieldFacts struct {
	field string
	facts []fact.Name
}

// factsOfPod are those of a pod. C stands for its containers of any sort, S for their statuses.
var factsOfPod = []fieldFacts{
	{"metadata.creationTimestamp", []fact.Name{fact.Created, fact.Age}},
	{"metadata.deletionTimestamp", []fact.Name{fact.Deleting}},
	{"metadata.labels", []fact.Name{fact.Revision}},
	{"metadata.ownerReferences", []fact.Name{fact.WorkloadKind, fact.WorkloadName, fact.WorkloadJob}},
	{"spec.nodeName", []fact.Name{fact.NodeName, fact.Scheduled}},
	{"spec.restartPolicy", []fact.Name{fact.PodRestartPolicy, fact.RestartPolicy}},
	{"spec.terminationGracePeriodSeconds", []fact.Name{fact.PodGrace}},
	{"spec.hostNetwork", []fact.Name{fact.HostNetwork}},
	{"spec.serviceAccountName", []fact.Name{fact.ServiceAccount}},
	{"spec.securityContext", []fact.Name{fact.Security}},
	{"spec.volumes", []fact.Name{fact.Volumes, fact.Mounts, fact.MemoryVolumes, fact.ShmMounted}},
	{"status.phase", []fact.Name{fact.Phase}},
	{"status.reason", []fact.Name{fact.PodReason}},
	{"status.message", []fact.Name{fact.PodMessage}},
	{"status.conditions", []fact.Name{fact.Disruption, fact.Unschedulable}},
	{"status.qosClass", []fact.Name{fact.QoSClass}},

	{"spec.C.image", []fact.Name{fact.Image}},
	{"spec.C.imagePullPolicy", []fact.Name{fact.PullPolicy}},
	{"spec.C.command", append([]fact.Name{fact.Command, fact.Shell}, fact.Heap()...)},
	{"spec.C.args", append([]fact.Name{fact.Args}, fact.Heap()...)},
	{"spec.C.workingDir", []fact.Name{fact.WorkingDir}},
	{"spec.C.stdin", []fact.Name{fact.Stdin}},
	{"spec.C.tty", []fact.Name{fact.TTY}},
	{"spec.C.env", append([]fact.Name{fact.Env, fact.EnvNames}, fact.Heap()...)},
	{"spec.C.envFrom", []fact.Name{fact.EnvFrom}},
	{"spec.C.ports", []fact.Name{fact.Ports}},
	{"spec.C.resources.limits", fact.Limits()},
	{"spec.C.resources.requests", []fact.Name{fact.MemoryRequest}},
	{"spec.C.livenessProbe", []fact.Name{fact.Liveness}},
	{"spec.C.readinessProbe", []fact.Name{fact.Readiness}},
	{"spec.C.startupProbe", []fact.Name{fact.Startup}},
	{"spec.C.lifecycle.postStart", []fact.Name{fact.PostStart}},
	{"spec.C.lifecycle.preStop", []fact.Name{fact.PreStop}},
	{"spec.C.securityContext", []fact.Name{fact.Security}},
	{"spec.C.volumeMounts", []fact.Name{fact.Mounts, fact.MemoryVolumes, fact.ShmMounted}},
	{"spec.C.restartPolicy", []fact.Name{fact.RestartPolicy, fact.Kind}},
	{"spec.C.restartPolicyRules", []fact.Name{fact.RestartRules}},

	{"status.S.ready", []fact.Name{fact.Ready, fact.Started}},
	{"status.S.started", []fact.Name{fact.Started}},
	{"status.S.restartCount", []fact.Name{fact.Restarts}},
	{"status.S.imageID", []fact.Name{fact.Digest}},
	{"status.S.resources", fact.Limits()},
	{"status.S.state", []fact.Name{fact.PrevExit}},
	{"status.S.state.waiting", []fact.Name{fact.State}},
	{"status.S.state.waiting.reason", []fact.Name{fact.WaitingReason}},
	{"status.S.state.waiting.message", []fact.Name{fact.WaitingMessage}},
	{"status.S.state.running", []fact.Name{fact.State}},
	{"status.S.state.running.startedAt", []fact.Name{fact.RunningFor}},
	{"status.S.state.terminated", append([]fact.Name{fact.State}, exitFacts...)},
	{"status.S.state.terminated.exitCode", codeFacts},
	{"status.S.state.terminated.signal", []fact.Name{fact.ExitSignal}},
	{"status.S.state.terminated.reason", reasonFacts},
	{"status.S.state.terminated.message", []fact.Name{fact.ExitMessage}},
	{"status.S.state.terminated.startedAt", startFacts},
	{"status.S.state.terminated.finishedAt", []fact.Name{fact.ExitFinished, fact.KilledSoon}},
	{"status.S.lastState", []fact.Name{fact.PrevExit}},
	{"status.S.lastState.terminated", exitFacts},
	{"status.S.lastState.terminated.exitCode", codeFacts},
	{"status.S.lastState.terminated.signal", []fact.Name{fact.ExitSignal}},
	{"status.S.lastState.terminated.reason", reasonFacts},
	{"status.S.lastState.terminated.message", []fact.Name{fact.ExitMessage}},
	{"status.S.lastState.terminated.startedAt", startFacts},
	{"status.S.lastState.terminated.finishedAt", []fact.Name{fact.ExitFinished, fact.KilledSoon}},
}

var (
	exitFacts   = []fact.Name{fact.LastExit, fact.Exited}
	codeFacts   = []fact.Name{fact.ExitCode, fact.ExitSignal, fact.PrevExit}
	reasonFacts = []fact.Name{fact.ExitReason, fact.ExitOOM, fact.NeverRan}
	startFacts  = []fact.Name{fact.ExitStarted, fact.ExitRanFor, fact.NeverRan, fact.KilledSoon}
)

// factsOfNode and factsOfJob are the same for the other objects that have facts.
var (
	factsOfNode = []fieldFacts{
		{"status.conditions", []fact.Name{"node.ready", "node.notReadyWhy", "node.memoryPressure", "node.diskPressure", "node.pidPressure"}},
		{"spec.taints", []fact.Name{"node.taints"}},
		{"status.capacity", []fact.Name{"node.memoryBytes"}},
	}
	factsOfJob = []fieldFacts{
		{"spec.backoffLimit", []fact.Name{"workload.job.backoffLimit"}},
		{"status.failed", []fact.Name{"workload.job.failed"}},
		{"status.conditions", []fact.Name{"workload.job.failedReason"}},
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

// UnknownFacts gives the facts that hang on fields that were lost, of an object of this kind.
func UnknownFacts(kind string, fields []Lost) []fact.Name {
	table := map[string][]fieldFacts{"Pod": factsOfPod, "Node": factsOfNode, "Job": factsOfJob}[kind]
	var facts []fact.Name
	for _, l := range fields {
		path := generic(l.Path)
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
