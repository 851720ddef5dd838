package printed

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/unloop-dev/unloop/fact"
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

// alwaysPrinted are lines that describePod and describeContainers print of each pod and container, in all versions: one that
// is not there was cut out.
var alwaysPrinted = []string{"Node", "Labels", "Annotations", "Status", "IP", "Volumes", "QoS Class", "Image", "Environment", "Mounts"}

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
			return !slices.Contains(c.gaps, i) && !slices.Contains(alwaysPrinted, key)
		}
	}
	return false
}

func podCoverage(s sections) coverage {
	seen := coverage{order: podKeys}
	for i, sec := range s {
		if i > 0 && sec.head.key == "" { // containers whose headline was cut out
			seen.gap()
		}
		if slices.Contains(podKeys, sec.head.key) {
			seen.see(sec.head)
		}
		if slices.ContainsFunc(sec.body, isGap) {
			seen.gap()
		}
	}
	return seen
}

// lineFacts are the facts that hang on a line.
type lineFacts struct {
	key   string
	facts []fact.Name
}

// podFacts are the facts that hang on a line of the pod.
var podFacts = []lineFacts{
	{"Name", []fact.Name{fact.PodName}},
	{"Namespace", []fact.Name{fact.Namespace}},
	{"Node", []fact.Name{fact.NodeName, fact.Scheduled}},
	{"Labels", []fact.Name{fact.Revision}},
	{"Annotations", []fact.Name{fact.Static}},
	{"Status", []fact.Name{fact.Phase, fact.Deleting}},
	{"Reason", []fact.Name{fact.PodReason}},
	{"Message", []fact.Name{fact.PodMessage}},
	{"Controlled By", []fact.Name{fact.WorkloadKind, fact.WorkloadName, fact.WorkloadJob, fact.JobSet, fact.JobName}},
	{"Conditions", []fact.Name{fact.Disruption, fact.Unschedulable}},
	{"Volumes", []fact.Name{fact.Volumes, fact.Mounts, fact.MemoryVolumes, fact.ShmMounted}},
	{"QoS Class", []fact.Name{fact.QoSClass}},
}

// containerFacts are the facts that hang on a line of a container. State and Last State are looked at apart.
var containerFacts = []lineFacts{
	{"Image", []fact.Name{fact.Image}},
	{"Image ID", []fact.Name{fact.Digest}},
	{"Port", []fact.Name{fact.Ports}},
	{"Host Port", []fact.Name{fact.Ports}},
	{"Command", append([]fact.Name{fact.Command, fact.Shell}, fact.Heap()...)},
	{"Args", append([]fact.Name{fact.Args}, fact.Heap()...)},
	{"Ready", []fact.Name{fact.Ready, fact.Started}},
	{"Restart Count", []fact.Name{fact.Restarts}},
	{"Limits", fact.Limits()},
	{"Requests", []fact.Name{fact.MemoryRequest}},
	{"Liveness", []fact.Name{fact.Liveness}},
	{"Readiness", []fact.Name{fact.Readiness}},
	{"Startup", []fact.Name{fact.Startup}},
	{"Environment Variables from", []fact.Name{fact.EnvFrom}},
	{"Environment", append([]fact.Name{fact.Env, fact.EnvNames}, fact.Heap()...)},
	{"Mounts", []fact.Name{fact.Mounts, fact.MemoryVolumes, fact.ShmMounted}},
}

// describeShows is what a describe of a pod may show, of any version up to kubectl 1.37 (describePod, describeContainers). It
// prints no security context but its seccomp profile, no hooks and no policies, and of a probe all but its grace period.
var describeShows = slices.Concat(
	ofLines(podFacts), ofLines(containerFacts), ofProbe(fact.Liveness), ofProbe(fact.Readiness), ofProbe(fact.Startup),
	[]fact.Name{
		fact.ServiceAccount, fact.HostNetwork, fact.Kind, fact.State, fact.WaitingReason, fact.WaitingMessage, fact.RunningFor,
		fact.Exited, fact.PrevExit, fact.LastExit, fact.ExitCode, fact.ExitReason, fact.ExitMessage, fact.ExitSignal,
		fact.ExitOOM, fact.NeverRan, fact.ExitStarted, fact.ExitFinished, fact.ExitRanFor,
	},
)

var describeHides = fact.Hidden(describeShows...)

func ofLines(lines []lineFacts) []fact.Name {
	var facts []fact.Name
	for _, l := range lines {
		facts = append(facts, l.facts...)
	}
	return facts
}

func ofProbe(probe fact.Name) []fact.Name {
	return []fact.Name{
		probe + fact.PartSet, probe + fact.PartHandler, probe + fact.PartTarget, probe + fact.PartAsks, probe + fact.PartPort, probe + fact.PartPortName,
		probe + fact.PartPath, probe + fact.PartCommand, probe + fact.PartDelay, probe + fact.PartPeriod, probe + fact.PartTimeout,
		probe + fact.PartFailures, probe + fact.PartKillEarliest, probe + fact.PartKillLatest, probe + fact.PartRef,
		probe + fact.PartBudgetText, probe + fact.PartSettingText,
	}
}

// hidden names what the text does not show, in order and once.
func (v *view) hidden() []fact.Name {
	facts := slices.Clone(describeHides)
	for _, f := range podFacts {
		if !v.seen.knows(f.key) {
			facts = append(facts, f.facts...)
		}
	}
	if !v.seen.saw("Service Account") { // kubectl 1.24 does not print it yet
		facts = append(facts, fact.ServiceAccount)
	}
	facts = append(facts, v.hiddenOfPod()...)
	all := slices.Concat(v.init, v.main)
	for _, c := range all {
		facts = append(facts, c.hidden()...)
	}
	if v.startUnknown() {
		facts = append(facts, fact.Start)
	}
	if v.kindUnsure() || (len(all) > 0 && !v.seen.saw("Containers") && !v.seen.saw("Init Containers")) {
		facts = append(facts, fact.Kind)
	}
	slices.Sort(facts)
	return slices.Compact(facts)
}

// hiddenOfPod are the facts of the pod that hang on what a line says.
func (v *view) hiddenOfPod() []fact.Name {
	var facts []fact.Name
	if v.pod.DeletionTimestamp != nil {
		facts = append(facts, fact.Phase)
	}
	// A pod has its node's address exactly when it is in its network (generateAPIPodStatus of the kubelet).
	v.pod.Spec.HostNetwork = v.pod.Status.PodIP != "" && v.pod.Status.PodIP == v.pod.Status.HostIP
	if v.pod.Status.PodIP == "" || v.pod.Status.HostIP == "" {
		facts = append(facts, fact.HostNetwork)
	}
	for _, cond := range v.pod.Status.Conditions {
		switch {
		case cond.Type == corev1.DisruptionTarget && cond.Status == corev1.ConditionTrue:
			facts = append(facts, fact.Disruption)
		case cond.Type == corev1.PodScheduled && cond.Status == corev1.ConditionFalse && !v.hasEvent("FailedScheduling", ""):
			facts = append(facts, fact.Unschedulable)
		}
	}
	return facts
}

// hidden names what is not known of a container.
func (c *container) hidden() []fact.Name {
	var facts []fact.Name
	for _, f := range containerFacts {
		if !c.seen.knows(f.key) && !c.seen.saw(f.key+"s") { // "Port", and "Ports" for several
			facts = append(facts, f.facts...)
		}
	}
	for name, p := range map[fact.Name]*corev1.Probe{
		fact.Liveness: c.spec.LivenessProbe, fact.Readiness: c.spec.ReadinessProbe, fact.Startup: c.spec.StartupProbe,
	} {
		if p != nil && p.Exec != nil && len(p.Exec.Command) > 1 {
			facts = append(facts, name+fact.PartCommand) // its words are printed with nothing but spaces between them
		}
		if p != nil && !c.resolves(p) {
			facts = append(facts, name+fact.PartPort)
		}
	}
	return slices.Concat(facts, c.unknown, c.hiddenOfState())
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

func (c *container) hiddenOfState() []fact.Name {
	var facts []fact.Name
	state := c.seen.knows("State") && !c.cutIn("State")
	last := c.seen.knows("Last State") && !c.cutIn("Last State")
	ended := c.status != nil && c.status.State.Terminated != nil
	if !state {
		facts = append(facts, fact.State, fact.WaitingReason, fact.WaitingMessage, fact.Ready, fact.Started, fact.PrevExit)
	}
	if !last {
		facts = append(facts, fact.PrevExit)
		// A Last State whose head line was cut off tells of an end all the same.
		if shown := c.status != nil && c.status.LastTerminationState.Terminated != nil; !ended && !shown {
			facts = append(facts, fact.LastExit, fact.Exited)
		}
	}
	if c.startCut {
		facts = append(facts, fact.ExitReason, fact.ExitMessage, fact.ExitOOM, fact.NeverRan, fact.WaitingReason)
	}
	if s := c.status; s != nil {
		if s.State.Waiting != nil {
			facts = append(facts, fact.WaitingMessage)
		}
		if s.State.Running != nil && !s.Ready && c.spec.StartupProbe != nil {
			facts = append(facts, fact.Started)
		}
	}
	return facts
}

// startUnknown says that a container could not be started and nothing that is printed tells why: the reason's text is the
// message of the waiting state, unless an event has it too (docs/kubernetes.md#where-a-fact-shows).
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
