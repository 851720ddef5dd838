package evidence

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/unloop-dev/unloop/fact"
	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

// containerOf gathers what spec and status say about one container. Kill, Backoff, Log and Replicas need more than
// that and are filled by [Of].
func containerOf(raw *Raw, pod *Pod, name string, events []Event, now moment) Container {
	spec, kind := findSpec(raw.Pod, name)
	status := findStatus(raw.Pod, name)
	c := Container{
		Name:    name,
		Kind:    kind,
		Ref:     statusRef(kind, name),
		SpecRef: specRef(kind, name),
		Verdict: verdictOf(raw.Pod, name, now),
	}
	c.Between = (c.Verdict == CrashLooping || c.Verdict == Recovered) && between(raw.Pod, status, now)
	c.setSpec(spec, raw.Pod, pod)
	if raw.hides(fact.RestartPolicy) && (spec == nil || spec.RestartPolicy == nil) {
		c.RestartPolicy = ""
	}
	c.setStatus(status, now.at)
	c.LastExit.forget(raw)
	c.ExitKnown = c.LastExit != nil && c.LastExit.Code != nil
	c.setStart(events)
	c.setWhy(events)
	if spec != nil {
		c.Memory = memoryOf(spec, status, raw.Pod)
		c.setProbes(spec, raw.Pod, events)
		c.setHooks(spec, events)
		c.RootWritable = spec.Image != "" && !raw.hides(fact.Security) && !c.Security.ReadOnlyRoot
		c.Unlimited = spec.Image != "" && !raw.hides(fact.HasMemoryLimit) && !c.Memory.HasLimit
	}
	for _, p := range []*Probe{&c.Liveness, &c.Startup} {
		p.GraceAssumed = p.Set && pod.GraceAssumed
	}
	return c
}

func statusRef(kind ContainerKind, name string) string {
	list := map[ContainerKind]string{KindMain: "containerStatuses", KindEphemeral: "ephemeralContainerStatuses"}[kind]
	if list == "" {
		list = "initContainerStatuses"
	}
	return fmt.Sprintf("pod:.status.%s[%s]", list, name)
}

func specRef(kind ContainerKind, name string) string {
	list := map[ContainerKind]string{KindMain: "containers", KindEphemeral: "ephemeralContainers"}[kind]
	if list == "" {
		list = "initContainers"
	}
	return fmt.Sprintf("pod:.spec.%s[%s]", list, name)
}

func (c *Container) setSpec(spec *corev1.Container, raw *corev1.Pod, pod *Pod) {
	c.RestartPolicy = string(policyOf(raw, spec))
	if spec == nil {
		return
	}
	c.RestartRules = len(spec.RestartPolicyRules) > 0
	c.Image = spec.Image
	c.PullPolicy = string(spec.ImagePullPolicy)
	c.Command, c.Args = spec.Command, spec.Args
	c.Shell = runsShell(spec.Command)
	c.WorkingDir = spec.WorkingDir
	c.Stdin, c.TTY = spec.Stdin, spec.TTY
	c.setEnv(spec)
	c.Mounts = mountsOf(spec, pod)
	for _, p := range spec.Ports {
		protocol := string(p.Protocol)
		if protocol == "" {
			protocol = "TCP"
		}
		c.Ports = append(c.Ports, Port{Name: p.Name, Port: int(p.ContainerPort), HostPort: int(p.HostPort), Protocol: protocol})
	}
	c.Security = securityOf(spec, raw)
	if cpu := spec.Resources.Limits.Cpu(); !cpu.IsZero() {
		cores := cpu.AsApproximateFloat64()
		c.CPULimit, c.HasCPU = &cores, true
	}
}

// shells are the interpreters through which a missing command gives 127 and one that may not be run 126.
var shells = []string{"sh", "bash", "ash", "dash", "zsh", "ksh", "busybox"}

func runsShell(command []string) bool {
	return len(command) > 0 && slices.Contains(shells, path.Base(command[0]))
}

func (c *Container) setEnv(spec *corev1.Container) {
	c.EnvFrom = len(spec.EnvFrom) > 0
	for _, e := range spec.Env {
		c.EnvNames = append(c.EnvNames, e.Name)
		c.Env = append(c.Env, EnvVar{Name: e.Name, Value: e.Value, From: envFrom(e.ValueFrom)})
	}
}

func envFrom(from *corev1.EnvVarSource) string {
	switch {
	case from == nil:
		return ""
	case from.ConfigMapKeyRef != nil:
		return "configmap/" + from.ConfigMapKeyRef.Name + "/" + from.ConfigMapKeyRef.Key
	case from.SecretKeyRef != nil:
		return "secret/" + from.SecretKeyRef.Name + "/" + from.SecretKeyRef.Key
	case from.FieldRef != nil:
		return "field"
	}
	return "resource"
}

func mountsOf(spec *corev1.Container, pod *Pod) []Mount {
	mounts := make([]Mount, 0, len(spec.VolumeMounts))
	for _, vm := range spec.VolumeMounts {
		m := Mount{Path: path.Clean(vm.MountPath), Volume: vm.Name, SubPath: vm.SubPath, ReadOnly: vm.ReadOnly}
		for _, v := range pod.Volumes {
			if v.Name != vm.Name {
				continue
			}
			m.Kind, m.Ref, m.Memory = v.Kind, v.Ref, v.Memory
			// The kubelet mounts these read-only whatever the spec says.
			m.ReadOnly = m.ReadOnly || slices.Contains([]string{"configMap", "secret", "projected", "downwardAPI"}, v.Kind)
		}
		mounts = append(mounts, m)
	}
	return mounts
}

func securityOf(spec *corev1.Container, raw *corev1.Pod) Security {
	s := Security{}
	if p := raw.Spec.SecurityContext; p != nil {
		s.RunAsUser, s.FSGroup = asInt(p.RunAsUser), asInt(p.FSGroup)
		s.RunAsNonRoot = p.RunAsNonRoot != nil && *p.RunAsNonRoot
		s.SeccompProfile = seccompOf(p.SeccompProfile)
		for _, sysctl := range p.Sysctls {
			s.Sysctls = append(s.Sysctls, sysctl.Name+"="+sysctl.Value)
		}
	}
	c := spec.SecurityContext
	if c == nil {
		return s
	}
	if c.RunAsUser != nil {
		s.RunAsUser = asInt(c.RunAsUser)
	}
	if c.RunAsNonRoot != nil {
		s.RunAsNonRoot = *c.RunAsNonRoot
	}
	if c.SeccompProfile != nil {
		s.SeccompProfile = seccompOf(c.SeccompProfile)
	}
	s.ReadOnlyRoot = c.ReadOnlyRootFilesystem != nil && *c.ReadOnlyRootFilesystem
	s.Privileged = c.Privileged != nil && *c.Privileged
	if caps := c.Capabilities; caps != nil {
		s.DropsAll = slices.ContainsFunc(caps.Drop, func(x corev1.Capability) bool { return strings.EqualFold(string(x), "ALL") })
		s.AddsNetBind = slices.ContainsFunc(caps.Add, func(x corev1.Capability) bool {
			return strings.EqualFold(strings.TrimPrefix(string(x), "CAP_"), "NET_BIND_SERVICE") || strings.EqualFold(string(x), "ALL")
		})
	}
	return s
}

func seccompOf(p *corev1.SeccompProfile) string {
	if p == nil {
		return ""
	}
	if p.LocalhostProfile != nil {
		return *p.LocalhostProfile
	}
	return string(p.Type)
}

func asInt(v *int64) *int {
	if v == nil {
		return nil
	}
	n := int(*v)
	return &n
}

func (c *Container) setStatus(s *corev1.ContainerStatus, at time.Time) {
	if s == nil {
		return
	}
	c.Ready = s.Ready
	c.Started = s.Ready // what is ready has started; texts show no more
	if s.Started != nil {
		c.Started = *s.Started
	}
	c.Restarts = int(s.RestartCount)
	c.Digest = digestOf(s.ImageID)
	last := exitOf(s.LastTerminationState.Terminated, c.Ref+".lastState.terminated")
	switch {
	case s.State.Terminated != nil:
		c.State = "terminated"
		c.LastExit, c.PrevExit = exitOf(s.State.Terminated, c.Ref+".state.terminated"), last
	case s.State.Running != nil:
		c.State = "running"
		c.LastExit = last
		if started := s.State.Running.StartedAt; !started.IsZero() {
			running := max(0, at.Sub(started.Time)).Round(time.Second)
			c.RunningFor = &running
		}
	default:
		c.State = "waiting"
		c.LastExit = last
		if w := s.State.Waiting; w != nil {
			c.WaitingReason, c.WaitingMessage = w.Reason, w.Message
		}
	}
	c.Exited = c.LastExit != nil
}

// digestOf is what two image ids are compared by: the part after "@", since the repository before it may differ for
// the same bits (docs/kubernetes.md#images-and-digests), or the whole id for images without a repository digest.
func digestOf(imageID string) string {
	if _, digest, ok := strings.Cut(imageID, "@"); ok {
		return digest
	}
	return imageID
}

// startReasons are the waiting reasons under which the runtime's text says why a container could not be started.
var startReasons = []string{"RunContainerError", "CreateContainerError", "CreateContainerConfigError", "RunInitContainerError"}

// imageReason matches the events that repeat the waiting reason of a container whose image cannot be had.
var imageReason = lazyregexp.New(`^Error: (?:ErrImage|ImagePull|ImageInspect|InvalidImage|RegistryUnavailable|SignatureValidation)`)

// setStart looks for the runtime's error text where it may stand: in the run that never ran, in the waiting state, and
// in the Failed event, which says "Error: …" (docs/kubernetes.md#where-a-fact-shows).
func (c *Container) setStart(events []Event) {
	switch {
	case c.LastExit != nil && c.LastExit.NeverRan:
		c.Start = startFailure(c.LastExit.Message, c.LastExit.Ref+".message")
	case slices.Contains(startReasons, c.WaitingReason):
		c.Start = startFailure(c.WaitingMessage, c.Ref+".state.waiting.message")
	}
	ran := c.LastExit != nil && !c.LastExit.NeverRan
	waits := slices.Contains(startReasons, c.WaitingReason) // it ran, and now something keeps it from starting
	if c.Start.Set || ran && !waits && (c.ExitKnown || startedByEvents(events, c.Name)) {
		return
	}
	failed := newestEvent(events, func(e *Event) bool {
		return e.Container == c.Name && strings.HasPrefix(e.Message, "Error: ") && !imageReason.MatchString(e.Message) && !(ran && c.LastExit.isAfter(e))
	}, "Failed")
	if failed != nil {
		c.Start = startFailure(failed.Message, failed.Ref)
	}
}

// isAfter says that the run began after the event, which is about an attempt before it then.
func (e *Exit) isAfter(event *Event) bool {
	return e.Started != nil && !event.Last.IsZero() && event.Last.Before(*e.Started)
}

// startedByEvents says that an event tells of a start, after which the last run was not one that never ran. Where the
// exit is not known, nothing else tells.
func startedByEvents(events []Event, container string) bool {
	return newestEvent(events, func(e *Event) bool { return e.Container == container }, "Started") != nil
}

// ofImage are events that tell of a failed pull, or of an image that cannot be had.
var ofImage = lazyregexp.New(`^Failed to pull image|^Failed to (?:apply default image tag|inspect image)|is not present with pull policy of Never`)

// setWhy looks for what the kubelet says of a wait. kubectl describe prints no waiting messages, but the events say the
// same; and up to 1.30 the message of ImagePullBackOff did not repeat why the pull had failed.
func (c *Container) setWhy(events []Event) {
	if c.State != "waiting" {
		return
	}
	if c.WaitingMessage != "" && (!strings.HasPrefix(c.WaitingMessage, "Back-off pulling image") || strings.Contains(c.WaitingMessage, ": ")) {
		c.Why, c.WhyRef = c.WaitingMessage, c.Ref+".state.waiting.message"
		return
	}
	failed := newestEvent(events, func(e *Event) bool { return e.Container == c.Name && ofImage.MatchString(e.Message) },
		"Failed", "InspectFailed", "ErrImageNeverPull")
	switch {
	case failed != nil && strings.Contains(c.WaitingReason, "Image"):
		c.Why, c.WhyRef = failed.Message, failed.Ref
	case c.Start.Set:
		c.Why, c.WhyRef = c.Start.Full, c.Start.Ref
	default:
		c.Why, c.WhyRef = c.WaitingMessage, c.Ref+".state.waiting.message"
	}
}

func (c *Container) setProbes(spec *corev1.Container, pod *corev1.Pod, events []Event) {
	c.Liveness = probeOf("liveness", spec.LivenessProbe, spec, pod, c.SpecRef+".livenessProbe")
	c.Readiness = probeOf("readiness", spec.ReadinessProbe, spec, pod, c.SpecRef+".readinessProbe")
	c.Startup = probeOf("startup", spec.StartupProbe, spec, pod, c.SpecRef+".startupProbe")
	for _, p := range []*Probe{&c.Liveness, &c.Readiness, &c.Startup} {
		p.addResults(c.Name, events)
	}
}

func (c *Container) setHooks(spec *corev1.Container, events []Event) {
	if hooks := spec.Lifecycle; hooks != nil {
		c.PostStart = hookOf(hooks.PostStart, c.SpecRef+".lifecycle.postStart")
		c.PreStop = hookOf(hooks.PreStop, c.SpecRef+".lifecycle.preStop")
	}
	mine := func(e *Event) bool { return e.Container == c.Name }
	if c.WaitingReason == "PostStartHookError" {
		c.PostStart.Set, c.PostStart.Failed = true, true // what fails is there, shown or not
		c.PostStart.Message, c.PostStart.Ref = c.WaitingMessage, c.Ref+".state.waiting"
	} else if e := newestEvent(events, mine, "FailedPostStartHook"); e != nil {
		c.PostStart.Set, c.PostStart.Failed, c.PostStart.Message, c.PostStart.Ref = true, true, e.Message, e.Ref
	}
	if e := newestEvent(events, mine, "FailedPreStopHook"); e != nil {
		c.PreStop.Set, c.PreStop.Failed, c.PreStop.Message, c.PreStop.Ref = true, true, e.Message, e.Ref
	}
}

func hookOf(h *corev1.LifecycleHandler, ref string) Hook {
	switch {
	case h == nil:
		return Hook{}
	case h.Exec != nil:
		return Hook{Set: true, Text: "exec " + strings.Join(h.Exec.Command, " "), Ref: ref}
	case h.HTTPGet != nil:
		return Hook{Set: true, Text: fmt.Sprintf("http-get :%s%s", h.HTTPGet.Port.String(), h.HTTPGet.Path), Ref: ref}
	case h.Sleep != nil:
		return Hook{Set: true, Text: fmt.Sprintf("sleep %d", h.Sleep.Seconds), Ref: ref}
	}
	return Hook{Set: true, Text: "tcp-socket", Ref: ref}
}
