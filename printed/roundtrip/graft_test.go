package roundtrip

import (
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/unloop-dev/unloop/fact"
)

// graft puts the fields behind the hidden facts into what was read.
func graft(read, pod *corev1.Pod, hidden []fact.Name) {
	for _, name := range hidden {
		switch name {
		case "pod.uid":
			read.UID = pod.UID
		case "pod.created":
			read.CreationTimestamp = pod.CreationTimestamp
		case "pod.restartPolicy":
			read.Spec.RestartPolicy = pod.Spec.RestartPolicy
		case "pod.grace":
			read.Spec.TerminationGracePeriodSeconds = pod.Spec.TerminationGracePeriodSeconds
		case "pod.phase":
			read.Status.Phase = pod.Status.Phase
		case "pod.hostNetwork":
			read.Spec.HostNetwork = pod.Spec.HostNetwork
		case "pod.disruption", "pod.unschedulable":
			read.Status.Conditions = pod.Status.Conditions
		case "pod.name":
			read.Name = pod.Name
		case "pod.namespace":
			read.Namespace = pod.Namespace
		case "pod.nodeName":
			read.Spec.NodeName = pod.Spec.NodeName
		case "pod.deleting":
			read.DeletionTimestamp = pod.DeletionTimestamp
		case "pod.reason":
			read.Status.Reason = pod.Status.Reason
		case "pod.message":
			read.Status.Message = pod.Status.Message
		case "pod.revision":
			read.Labels = pod.Labels
		case "pod.static":
			read.Annotations = pod.Annotations
		case "pod.qosClass":
			read.Status.QOSClass = pod.Status.QOSClass
		case "pod.serviceAccount":
			read.Spec.ServiceAccountName = pod.Spec.ServiceAccountName
		case "pod.volumes":
			read.Spec.Volumes = pod.Spec.Volumes
		case "workload.kind":
			read.OwnerReferences = pod.OwnerReferences
		case "c.security":
			read.Spec.SecurityContext = pod.Spec.SecurityContext
		}
	}
	if read.DeletionTimestamp != nil {
		read.DeletionTimestamp = pod.DeletionTimestamp
	}
	graftSpecs(read.Spec.InitContainers, pod.Spec.InitContainers, hidden)
	graftSpecs(read.Spec.Containers, pod.Spec.Containers, hidden)
	graftStatuses(read.Status.InitContainerStatuses, pod.Status.InitContainerStatuses, hidden)
	for _, s := range pod.Status.ContainerStatuses {
		if slices.Contains(hidden, "c.state") && !slices.ContainsFunc(read.Status.ContainerStatuses, func(r corev1.ContainerStatus) bool { return r.Name == s.Name }) {
			read.Status.ContainerStatuses = append(read.Status.ContainerStatuses, s)
		}
	}
	graftStatuses(read.Status.ContainerStatuses, pod.Status.ContainerStatuses, hidden)
}

func graftSpecs(read, specs []corev1.Container, hidden []fact.Name) {
	for i := range min(len(read), len(specs)) {
		r, s := &read[i], &specs[i]
		for _, name := range hidden {
			switch name {
			case "c.restartPolicy":
				if s.RestartPolicy == nil || *s.RestartPolicy != corev1.ContainerRestartPolicyAlways {
					r.RestartPolicy = s.RestartPolicy
				}
			case "c.kind":
				r.RestartPolicy = s.RestartPolicy
			case "c.restartRules":
				r.RestartPolicyRules = s.RestartPolicyRules
			case "c.pullPolicy":
				r.ImagePullPolicy = s.ImagePullPolicy
			case "c.workingDir":
				r.WorkingDir = s.WorkingDir
			case "c.stdin":
				r.Stdin = s.Stdin
			case "c.tty":
				r.TTY = s.TTY
			case "c.security":
				r.SecurityContext = s.SecurityContext
			case "c.postStart":
				r.Lifecycle = s.Lifecycle
			case "c.image":
				r.Image = s.Image
			case "c.command":
				r.Command = s.Command
			case "c.args":
				r.Args = s.Args
			case "c.ports":
				r.Ports = s.Ports
			case "c.env":
				r.Env = s.Env
			case "c.envFrom":
				r.EnvFrom = s.EnvFrom
			case "c.mounts":
				r.VolumeMounts = s.VolumeMounts
			case "c.memory.hasLimit":
				r.Resources.Limits = s.Resources.Limits
			case "c.memory.request":
				r.Resources.Requests = s.Resources.Requests
			case "c.liveness":
				r.LivenessProbe = s.LivenessProbe
			case "c.readiness":
				r.ReadinessProbe = s.ReadinessProbe
			case "c.startup":
				r.StartupProbe = s.StartupProbe
			case "c.liveness.grace":
				graftProbe(r.LivenessProbe, s.LivenessProbe, slices.Contains(hidden, "c.liveness.command"))
			case "c.readiness.command":
				graftProbe(r.ReadinessProbe, s.ReadinessProbe, true)
			case "c.startup.grace":
				graftProbe(r.StartupProbe, s.StartupProbe, slices.Contains(hidden, "c.startup.command"))
			}
		}
	}
}

func graftProbe(read, probe *corev1.Probe, command bool) {
	if read == nil || probe == nil {
		return
	}
	read.TerminationGracePeriodSeconds = probe.TerminationGracePeriodSeconds
	if command {
		read.Exec = probe.Exec
	}
}

func graftStatuses(read, statuses []corev1.ContainerStatus, hidden []fact.Name) {
	for i := range read {
		at := slices.IndexFunc(statuses, func(s corev1.ContainerStatus) bool { return s.Name == read[i].Name })
		if at < 0 {
			continue
		}
		r, s := &read[i], &statuses[at]
		for _, name := range hidden {
			switch name {
			case "c.waitingMessage":
				if r.State.Waiting != nil && s.State.Waiting != nil {
					r.State.Waiting.Message = s.State.Waiting.Message
				}
			case "c.started":
				r.Started = s.Started
			case "c.digest":
				r.ImageID = s.ImageID
			case "c.ready":
				r.Ready = s.Ready
			case "c.restarts":
				r.RestartCount = s.RestartCount
			case "c.state", "c.waitingReason":
				r.State = s.State
			case "c.lastExit", "c.prevExit", "c.lastExit.reason":
				r.LastTerminationState = s.LastTerminationState
			case "c.lastExit.id":
				graftID(r.State.Terminated, s.State.Terminated)
				graftID(r.LastTerminationState.Terminated, s.LastTerminationState.Terminated)
			}
		}
	}
}

func graftID(read, terminated *corev1.ContainerStateTerminated) {
	if read != nil && terminated != nil {
		read.ContainerID = terminated.ContainerID
	}
}
