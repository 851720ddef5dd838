package printed

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
)

// view is a pod with what of it the text shows.
type view struct {
	sections   sections
	seen       coverage
	pod        *corev1.Pod
	init, main []container
	events     []Event
	eventsRead bool
}

// addContainers reads the containers of all lists. Those of a part that does not say which list they are of are taken for
// main ones.
func (v *view) addContainers() {
	for i, sec := range v.sections {
		all := containersFrom(sec.body)
		for j := range all { // what follows a container ends it
			all[j].seen.open = all[j].seen.open && i == len(v.sections)-1 && j == len(all)-1
		}
		switch sec.head.key {
		case "Init Containers":
			v.init = append(v.init, all...)
		case "Containers":
			v.main = append(v.main, all...)
		case "":
			v.main = append(v.main, slices.DeleteFunc(all, container.doubtful)...)
		case "Ephemeral Containers":
			v.addEphemeral(all)
		}
	}
	v.markSidecars()
	p := v.pod
	for _, c := range v.init {
		p.Spec.InitContainers = append(p.Spec.InitContainers, c.spec)
		p.Status.InitContainerStatuses = appendStatus(p.Status.InitContainerStatuses, c.status)
	}
	for _, c := range v.main {
		p.Spec.Containers = append(p.Spec.Containers, c.spec)
		p.Status.ContainerStatuses = appendStatus(p.Status.ContainerStatuses, c.status)
	}
	v.setStarted(p.Status.InitContainerStatuses, p.Spec.InitContainers)
	v.setStarted(p.Status.ContainerStatuses, p.Spec.Containers)
}

// doubtful says that lines which stand in no section look like a container only by chance: any log may have "Image: x".
func (c container) doubtful() bool {
	told := 0
	for _, p := range []*corev1.Probe{c.spec.LivenessProbe, c.spec.ReadinessProbe, c.spec.StartupProbe} {
		if p != nil {
			told++
		}
	}
	if s := c.status; s != nil {
		for _, state := range []corev1.ContainerState{s.State, s.LastTerminationState} {
			if state != (corev1.ContainerState{}) {
				told++
			}
		}
	}
	return len(c.seen.at) < 3 && (told == 0 || c.seen.headless && told < 2)
}

func (v *view) addEphemeral(all []container) {
	for _, c := range all {
		v.pod.Spec.EphemeralContainers = append(v.pod.Spec.EphemeralContainers, corev1.EphemeralContainer{
			EphemeralContainerCommon: corev1.EphemeralContainerCommon(c.spec),
		})
		v.pod.Status.EphemeralContainerStatuses = appendStatus(v.pod.Status.EphemeralContainerStatuses, c.status)
	}
}

func appendStatus(all []corev1.ContainerStatus, s *corev1.ContainerStatus) []corev1.ContainerStatus {
	if s == nil {
		return all
	}
	return append(all, *s)
}

// markSidecars finds the sidecars among the init containers, which describe prints alike. Only a sidecar may have probes
// (validateInitContainers), and only a sidecar is not done when the main containers are on their way.
func (v *view) markSidecars() {
	begun := slices.ContainsFunc(v.main, func(c container) bool {
		return c.status != nil && (c.status.State.Running != nil || waitsBegun(c.status.State.Waiting))
	})
	for i := range v.init {
		c := &v.init[i]
		probed := c.spec.LivenessProbe != nil || c.spec.ReadinessProbe != nil || c.spec.StartupProbe != nil
		if probed || (begun && c.status != nil && !isDone(c.status)) {
			always := corev1.ContainerRestartPolicyAlways
			c.spec.RestartPolicy = &always
		}
	}
}

// waitsBegun says of a main container that it waits for something else than the init containers.
func waitsBegun(w *corev1.ContainerStateWaiting) bool {
	return w != nil && w.Reason != "" && w.Reason != "PodInitializing" && w.Reason != "ContainerCreating"
}

func isDone(s *corev1.ContainerStatus) bool {
	return s.State.Terminated != nil && s.State.Terminated.ExitCode == 0
}

// kindUnsure says that an init container may as well be a sidecar: it has never run, so that nothing tells whether the
// main ones wait for its end or for its beginning.
func (v *view) kindUnsure() bool {
	return slices.ContainsFunc(v.init, func(c container) bool {
		if c.spec.RestartPolicy != nil {
			return false
		}
		return c.status == nil || (c.status.State.Waiting != nil && !hasRun(c.status))
	})
}

func hasRun(s *corev1.ContainerStatus) bool {
	t := s.LastTerminationState.Terminated
	return t != nil && t.StartedAt.Unix() > 0
}

// setStarted fills in status.started, which is not printed, where the rest tells it: a container that is ready has
// started, and one that does not run has not. One that runs and has a startup probe may have or not
// (docs/kubernetes.md#start-up-budget).
func (v *view) setStarted(statuses []corev1.ContainerStatus, specs []corev1.Container) {
	probed := map[string]bool{}
	for i := range specs {
		probed[specs[i].Name] = specs[i].StartupProbe != nil
	}
	for i := range statuses {
		s := &statuses[i]
		started := s.State.Running != nil
		if started && probed[s.Name] && !s.Ready {
			continue
		}
		s.Started = &started
	}
}

// tellsOfPod says that a part is of a pod. A line like "Status: failed" may be of anything.
func (v *view) tellsOfPod() bool {
	if len(v.init)+len(v.main)+len(v.pod.Status.Conditions)+len(v.pod.Spec.Volumes) > 0 {
		return true
	}
	return v.sections.has(foundEvents) || len(v.seen.at) > 2
}

// form is how much of a describe the text is.
func (v *view) form() string {
	whole := v.seen.saw("Name") && v.seen.knows("Volumes") && !v.seen.cut()
	for _, c := range slices.Concat(v.init, v.main) {
		whole = whole && c.seen.knows("Environment") && !c.seen.cut()
	}
	if whole {
		return formDescribe
	}
	return formPart
}
