package printed

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// coverage tells which lines of a fixed order a text shows. A line that is not there, between two that are, was not printed
// since there was nothing to print; before the first and after the last it may have been cut off.
type coverage struct {
	order []string
	at    []int // places in order of the lines that are there
	gaps  []int // places in at before which something was left out
	// headless says that the first line was cut off, and is known by those below it.
	headless bool
	// open says that the text ends within the last line's list, or may do.
	open bool
}

// see notes a line. One that goes on below may have been cut there.
func (c *coverage) see(l line) {
	c.at = append(c.at, slices.Index(c.order, l.key))
	c.open = l.value == "" || l.key == "Labels" || l.key == "Annotations"
}

func (c *coverage) gap() { c.gaps = append(c.gaps, len(c.at)) }

func (c *coverage) any() bool { return len(c.at) > 0 }

func (c *coverage) cut() bool { return len(c.gaps) > 0 }

func (c *coverage) saw(key string) bool {
	return slices.Contains(c.at, slices.Index(c.order, key))
}

// knows says that the text shows the line, or that it was not printed.
func (c *coverage) knows(key string) bool {
	if c.saw(key) {
		return !c.open || c.at[len(c.at)-1] != slices.Index(c.order, key)
	}
	place := slices.Index(c.order, key)
	for i := 1; i < len(c.at); i++ {
		if c.at[i-1] < place && place < c.at[i] {
			return !slices.Contains(c.gaps, i)
		}
	}
	return false
}

func podCoverage(s sections) coverage {
	seen := coverage{order: podKeys}
	for _, sec := range s {
		if slices.Contains(podKeys, sec.head.key) {
			seen.see(sec.head)
		}
		if slices.ContainsFunc(sec.body, isGap) {
			seen.gap()
		}
	}
	return seen
}

// neverShown are the facts that no describe of a pod shows, of any version up to kubectl 1.37 (describePod,
// describeContainers): it prints no security context but its seccomp profile, no hooks and no policies.
var neverShown = []string{
	"pod.uid", "pod.created", "pod.age", "pod.restartPolicy", "pod.grace",
	"c.restartPolicy", "c.restartRules", "c.pullPolicy", "c.workingDir", "c.stdin", "c.tty", "c.security", "c.postStart", "c.preStop",
	"c.liveness.grace", "c.startup.grace", "c.lastExit.id",
}

// podFacts are the facts that hang on a line of the pod.
var podFacts = []struct {
	key   string
	facts []string
}{
	{"Name", []string{"pod.name"}},
	{"Namespace", []string{"pod.namespace"}},
	{"Node", []string{"pod.nodeName", "pod.scheduled"}},
	{"Labels", []string{"pod.revision"}},
	{"Annotations", []string{"pod.static"}},
	{"Status", []string{"pod.phase", "pod.deleting"}},
	{"Reason", []string{"pod.reason"}},
	{"Message", []string{"pod.message"}},
	{"Controlled By", []string{"workload.kind", "workload.name", "workload.job"}},
	{"Conditions", []string{"pod.disruption", "pod.unschedulable"}},
	{"Volumes", []string{"pod.volumes", "c.mounts", "c.memory.memoryVolumes", "c.memory.shmMounted"}},
	{"QoS Class", []string{"pod.qosClass"}},
}

var (
	heapFacts  = []string{"c.memory.heapSet", "c.memory.heapBytes", "c.memory.heapText", "c.memory.heapRuntime", "c.memory.heapPercent"}
	limitFacts = []string{
		"c.memory.limit", "c.memory.hasLimit", "c.memory.limitText", "c.memory.specLimit", "c.memory.tiny", "c.memory.heapPercent",
		"c.cpuLimit", "c.hasCPULimit",
	}
)

// containerFacts are the facts that hang on a line of a container. State and Last State are looked at apart.
var containerFacts = []struct {
	key   string
	facts []string
}{
	{"Image", []string{"c.image"}},
	{"Image ID", []string{"c.digest"}},
	{"Port", []string{"c.ports"}},
	{"Host Port", []string{"c.ports"}},
	{"Command", append([]string{"c.command", "c.shell"}, heapFacts...)},
	{"Args", append([]string{"c.args"}, heapFacts...)},
	{"Ready", []string{"c.ready", "c.started"}},
	{"Restart Count", []string{"c.restarts"}},
	{"Limits", limitFacts},
	{"Requests", []string{"c.memory.request"}},
	{"Liveness", []string{"c.liveness"}},
	{"Readiness", []string{"c.readiness"}},
	{"Startup", []string{"c.startup"}},
	{"Environment Variables from", []string{"c.envFrom"}},
	{"Environment", append([]string{"c.env", "c.envNames"}, heapFacts...)},
	{"Mounts", []string{"c.mounts", "c.memory.memoryVolumes", "c.memory.shmMounted"}},
}

// blind names what the text cannot or does not show, in order and once.
func (v *view) blind() []string {
	facts := slices.Clone(neverShown)
	for _, f := range podFacts {
		if !v.seen.knows(f.key) {
			facts = append(facts, f.facts...)
		}
	}
	if !v.seen.saw("Service Account") { // kubectl 1.24 does not print it yet
		facts = append(facts, "pod.serviceAccount")
	}
	facts = append(facts, v.blindOfPod()...)
	all := slices.Concat(v.init, v.main)
	for _, c := range all {
		facts = append(facts, c.blind()...)
	}
	if v.startUnknown() {
		facts = append(facts, "c.start")
	}
	if v.kindUnsure() || (len(all) > 0 && !v.seen.saw("Containers") && !v.seen.saw("Init Containers")) {
		facts = append(facts, "c.kind")
	}
	slices.Sort(facts)
	return slices.Compact(facts)
}

// blindOfPod are the facts of the pod that hang on what a line says.
func (v *view) blindOfPod() []string {
	var facts []string
	if v.pod.DeletionTimestamp != nil {
		facts = append(facts, "pod.phase")
	}
	// A pod has its node's address exactly when it is in its network (generateAPIPodStatus of the kubelet).
	v.pod.Spec.HostNetwork = v.pod.Status.PodIP != "" && v.pod.Status.PodIP == v.pod.Status.HostIP
	if v.pod.Status.PodIP == "" || v.pod.Status.HostIP == "" {
		facts = append(facts, "pod.hostNetwork")
	}
	for _, cond := range v.pod.Status.Conditions {
		switch {
		case cond.Type == corev1.DisruptionTarget && cond.Status == corev1.ConditionTrue:
			facts = append(facts, "pod.disruption")
		case cond.Type == corev1.PodScheduled && cond.Status == corev1.ConditionFalse && !v.hasEvent("FailedScheduling", ""):
			facts = append(facts, "pod.unschedulable")
		}
	}
	return facts
}

// blind names what is not known of a container.
func (c *container) blind() []string {
	var facts []string
	for _, f := range containerFacts {
		if !c.seen.knows(f.key) && !c.seen.saw(f.key+"s") { // "Port", and "Ports" for several
			facts = append(facts, f.facts...)
		}
	}
	for name, p := range map[string]*corev1.Probe{
		"c.liveness": c.spec.LivenessProbe, "c.readiness": c.spec.ReadinessProbe, "c.startup": c.spec.StartupProbe,
	} {
		if p != nil && p.Exec != nil && len(p.Exec.Command) > 1 {
			facts = append(facts, name+".command") // its words are printed with nothing but spaces between them
		}
		if p != nil && !c.resolves(p) {
			facts = append(facts, name+".port")
		}
	}
	return slices.Concat(facts, c.unknown, c.blindOfState())
}

// cutIn says that the text ends within a state.
func (c *container) cutIn(key string) bool { return slices.Contains(c.cut, key) }

// resolves says that the port of a probe has a number, or a name that stands with the container's ports: older versions of
// kubectl print them without names.
func (c *container) resolves(p *corev1.Probe) bool {
	target := intstr.IntOrString{}
	switch {
	case p.HTTPGet != nil:
		target = p.HTTPGet.Port
	case p.TCPSocket != nil:
		target = p.TCPSocket.Port
	}
	return target.Type == intstr.Int || slices.ContainsFunc(c.spec.Ports, func(port corev1.ContainerPort) bool {
		return port.Name == target.StrVal
	})
}

func (c *container) blindOfState() []string {
	var facts []string
	state := c.seen.knows("State") && !c.cutIn("State")
	last := c.seen.knows("Last State") && !c.cutIn("Last State")
	ended := c.status != nil && c.status.State.Terminated != nil
	if !state {
		facts = append(facts, "c.state", "c.waitingReason", "c.waitingMessage", "c.ready", "c.started", "c.prevExit")
	}
	if !last {
		facts = append(facts, "c.prevExit")
		// A Last State whose head line was cut off tells of an end all the same.
		if shown := c.status != nil && c.status.LastTerminationState.Terminated != nil; !ended && !shown {
			facts = append(facts, "c.lastExit", "c.exited")
		}
	}
	if c.startCut {
		facts = append(facts, "c.lastExit.reason", "c.lastExit.message", "c.lastExit.oom", "c.lastExit.neverRan", "c.waitingReason")
	}
	if s := c.status; s != nil {
		if s.State.Waiting != nil {
			facts = append(facts, "c.waitingMessage")
		}
		if s.State.Running != nil && !s.Ready && c.spec.StartupProbe != nil {
			facts = append(facts, "c.started")
		}
	}
	return facts
}

// startUnknown says that a container could not be started and nothing that is printed tells why: the reason's text is the
// message of the waiting state, unless an event has it too (KUBERNETES 2.5).
func (v *view) startUnknown() bool {
	if v.hasEvent("Failed", "Error: ") {
		return false
	}
	return slices.ContainsFunc(slices.Concat(v.init, v.main), func(c container) bool {
		if c.status == nil || c.status.State.Waiting == nil || !strings.HasSuffix(c.status.State.Waiting.Reason, "Error") {
			return false
		}
		t := c.status.LastTerminationState.Terminated
		return t == nil || t.Message == ""
	})
}

func (v *view) hasEvent(reason, prefix string) bool {
	return slices.ContainsFunc(v.events, func(e Event) bool {
		return e.Event.Reason == reason && strings.HasPrefix(e.Event.Message, prefix)
	})
}
