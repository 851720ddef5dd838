package evidence

import (
	"cmp"
	"strconv"
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/unloop-dev/unloop/fact"
)

// defaultGrace is the terminationGracePeriodSeconds of a pod that names none (pkg/apis/core/v1/defaults.go).
const defaultGrace = 30 * time.Second

func podOf(raw *Raw, events []Event, at time.Time) Pod {
	p := raw.Pod
	pod := Pod{
		Namespace:      p.Namespace,
		Name:           p.Name,
		UID:            string(p.UID),
		NodeName:       p.Spec.NodeName,
		Phase:          string(p.Status.Phase),
		Reason:         p.Status.Reason,
		Message:        p.Status.Message,
		RestartPolicy:  string(policyOf(p, nil)),
		Grace:          defaultGrace,
		GraceAssumed:   raw.hides(fact.PodGrace),
		Deleting:       p.DeletionTimestamp != nil,
		Static:         p.Annotations["kubernetes.io/config.mirror"] != "",
		HostNetwork:    p.Spec.HostNetwork,
		ServiceAccount: p.Spec.ServiceAccountName,
		QoSClass:       string(p.Status.QOSClass),
		Scheduled:      scheduled(p),
		Revision:       revisionOf(p),
	}
	if p.Spec.TerminationGracePeriodSeconds != nil {
		pod.Grace = time.Duration(*p.Spec.TerminationGracePeriodSeconds) * time.Second
	}
	if raw.hides(fact.PodRestartPolicy) {
		pod.RestartPolicy = ""
	}
	if !p.CreationTimestamp.IsZero() {
		created := p.CreationTimestamp.Time
		age := max(0, at.Sub(created)).Round(time.Second)
		pod.Created, pod.Age = &created, &age
	}
	for _, cond := range p.Status.Conditions {
		switch {
		case cond.Type == corev1.DisruptionTarget && cond.Status == corev1.ConditionTrue:
			pod.Disruption = cond.Reason
		case cond.Type == corev1.PodScheduled && cond.Status == corev1.ConditionFalse && !pod.Scheduled:
			pod.Unschedulable = cond.Message
		}
	}
	for i := range p.Spec.Volumes {
		pod.Volumes = append(pod.Volumes, volumeOf(&p.Spec.Volumes[i]))
	}
	restarts := 0
	for s := range Statuses(p) {
		restarts = max(restarts, int(s.RestartCount))
	}
	pod.setEvents(events, restarts)
	return pod
}

func (p *Pod) setEvents(events []Event, restarts int) {
	mine := func(e *Event) bool { return e.Kind == "Pod" || e.Kind == "" }
	p.setSandbox(events, mine, restarts)
	if e := newestEvent(events, mine, "Evicted"); e != nil {
		p.Evicted, p.EvictedRef = e.Message, e.Ref
	}
	if p.Reason == "Evicted" {
		p.Evicted, p.EvictedRef = cmp.Or(p.Message, "no reason is given"), "pod:.status.message"
	}
	if e := newestEvent(events, mine, "FailedMount", "FailedAttachVolume"); e != nil {
		p.MountError, p.MountErrorRef = e.Message, e.Ref
	}
	if e := newestEvent(events, mine, "FailedCreatePodSandBox"); e != nil {
		p.SandboxError, p.SandboxErrorRef = e.Message, e.Ref
	}
	if e := newestEvent(events, mine, "FailedScheduling"); e != nil && !p.Scheduled && p.Unschedulable == "" {
		p.Unschedulable = e.Message
	}
}

// setSandbox reads the events that say that the sandbox was made anew. A node that goes down and comes back makes one, rarely two:
// three and more within hours, at least one for two starts, are a loop. Where nothing tells when they were, they have to
// account for the restarts of the pod's life.
func (p *Pod) setSandbox(events []Event, mine func(*Event) bool, restarts int) {
	var first, last time.Time
	started := 0
	for i := range events {
		e := &events[i]
		switch {
		case !mine(e):
		case e.Reason == "Started":
			started = max(started, e.Count)
		case e.Reason == "SandboxChanged":
			p.SandboxChanged, p.SandboxRef = true, e.Ref
			p.SandboxChanges = min(p.SandboxChanges+e.Count, maxCount)
			last = later(last, e.Last)
			if first.IsZero() || e.First.Before(first) {
				first = e.First
			}
		}
	}
	apart := last.Sub(first) / time.Duration(max(1, p.SandboxChanges-1))
	if last.IsZero() {
		started = max(started, restarts)
	}
	p.SandboxLoop = p.SandboxChanges >= manyChanges && apart <= changesApart && p.SandboxChanges*2 >= started
}

// Bounds of what is a loop of sandboxes.
const (
	manyChanges  = 3
	changesApart = time.Hour
)

// revisionOf is the template revision that the controller stamped on the pod.
func revisionOf(p *corev1.Pod) string {
	if hash := p.Labels[appsv1.DefaultDeploymentUniqueLabelKey]; hash != "" {
		return hash
	}
	return p.Labels[appsv1.ControllerRevisionHashLabelKey]
}

func volumeOf(v *corev1.Volume) Volume {
	out := Volume{Name: v.Name}
	optional := func(o *bool) bool { return o != nil && *o }
	switch {
	case v.ConfigMap != nil:
		out.Kind, out.Ref, out.Optional = "configMap", v.ConfigMap.Name, optional(v.ConfigMap.Optional)
	case v.Secret != nil:
		out.Kind, out.Ref, out.Optional = "secret", v.Secret.SecretName, optional(v.Secret.Optional)
	case v.EmptyDir != nil:
		out.Kind, out.Memory = "emptyDir", v.EmptyDir.Medium == corev1.StorageMediumMemory
	case v.PersistentVolumeClaim != nil:
		out.Kind, out.Ref = "persistentVolumeClaim", v.PersistentVolumeClaim.ClaimName
	case v.HostPath != nil:
		out.Kind, out.Ref = "hostPath", v.HostPath.Path
		if v.HostPath.Type != nil {
			out.HostType = string(*v.HostPath.Type)
		}
	case v.Projected != nil:
		out.Kind = "projected"
	case v.DownwardAPI != nil:
		out.Kind = "downwardAPI"
	case v.CSI != nil:
		out.Kind, out.Ref = "csi", v.CSI.Driver
	case v.NFS != nil:
		out.Kind, out.Ref = "nfs", v.NFS.Server+":"+v.NFS.Path
	case v.Ephemeral != nil:
		out.Kind = "ephemeral"
	case v.Image != nil:
		out.Kind, out.Ref = "image", v.Image.Reference
	default:
		out.Kind = "other"
	}
	return out
}

// WorkloadOf names the controller at the top as the pod alone tells it.
func WorkloadOf(pod *corev1.Pod) Workload { return workloadOf(&Raw{Pod: pod}) }

// workloadOf names the controller at the top. A ReplicaSet's Deployment is known from its owner reference or, when the
// ReplicaSet could not be read, from its name: the Deployment's name, "-", and the pod's template hash.
func workloadOf(raw *Raw) Workload {
	owner := metav1.GetControllerOf(raw.Pod)
	if owner == nil || OwnerKind(owner) == "Node" { // the owner of a static pod's mirror is its node
		return Workload{}
	}
	w := Workload{Kind: OwnerKind(owner), Name: owner.Name}
	switch w.Kind {
	case "ReplicaSet":
		if raw.ReplicaSet != nil {
			if top := metav1.GetControllerOf(raw.ReplicaSet); top != nil {
				w.Kind, w.Name = OwnerKind(top), top.Name
			}
		} else if name := DeploymentOf(raw.Pod); name != "" {
			w.Kind, w.Name = "Deployment", name
		}
	case "Job":
		w.Job = jobOf(raw, owner.Name)
		if raw.Job != nil {
			if top := metav1.GetControllerOf(raw.Job); top != nil {
				w.Kind, w.Name = OwnerKind(top), top.Name
			}
		}
	}
	return w
}

func jobOf(raw *Raw, name string) Job {
	job := Job{Set: true, Name: name, FailedPods: raw.failedPods(name)}
	if raw.Job == nil {
		return job
	}
	limit := 6 // the default, pkg/apis/batch/v1/defaults.go
	if raw.Job.Spec.BackoffLimit != nil {
		limit = int(*raw.Job.Spec.BackoffLimit)
	}
	failed := int(raw.Job.Status.Failed)
	job.BackoffLimit, job.Failed = &limit, &failed
	for _, cond := range raw.Job.Status.Conditions {
		if (cond.Type == batchv1.JobFailed || cond.Type == batchv1.JobFailureTarget) && cond.Status == corev1.ConditionTrue {
			job.FailedReason = cond.Reason
		}
	}
	return job
}

// failedPods counts the pods of a controller that failed, this one included.
func (raw *Raw) failedPods(controller string) int {
	if family := raw.family(); family != nil {
		return family.failed()[controller]
	}
	count := 0
	for _, p := range append([]*corev1.Pod{raw.Pod}, raw.Siblings...) {
		if owner := metav1.GetControllerOf(p); owner != nil && owner.Name == controller && p.Status.Phase == corev1.PodFailed {
			count++
		}
	}
	return count
}

// nodeOf gives the facts of a node; nil in, nil out.
func nodeOf(n *corev1.Node, events []Event) *Node {
	if n == nil {
		return nil
	}
	info := n.Status.NodeInfo
	node := &Node{
		Name: n.Name, Arch: info.Architecture, OS: info.OSImage, Kernel: info.KernelVersion,
		Kubelet: info.KubeletVersion, Runtime: info.ContainerRuntimeVersion,
	}
	if node.Arch == "" {
		node.Arch = n.Labels[corev1.LabelArchStable]
	}
	for _, cond := range n.Status.Conditions {
		on := cond.Status == corev1.ConditionTrue
		switch cond.Type {
		case corev1.NodeReady:
			node.Ready = on
			if !on {
				node.NotReadyWhy, node.Away = cond.Message, cond.Status == corev1.ConditionUnknown
			}
		case corev1.NodeMemoryPressure:
			node.MemoryPressure = on
		case corev1.NodeDiskPressure:
			node.DiskPressure = on
		case corev1.NodePIDPressure:
			node.PIDPressure = on
		}
	}
	for _, t := range n.Spec.Taints {
		node.Taints = append(node.Taints, t.Key+":"+string(t.Effect))
	}
	if memory, ok := n.Status.Capacity[corev1.ResourceMemory]; ok {
		bytes := int(memory.Value())
		node.MemoryBytes = &bytes
	}
	ofNode := func(e *Event) bool { return e.Kind == "Node" && e.Object == n.Name }
	node.Rebooted = newestEvent(events, ofNode, "Rebooted") != nil
	return node
}

// kubeletMinor reads the minor version from "v1.35.4"; 0 when it is not known.
func kubeletMinor(version string) int {
	parts := strings.SplitN(strings.TrimPrefix(version, "v"), ".", 3)
	if len(parts) < 2 || parts[0] != "1" {
		return 0
	}
	minor, err := strconv.Atoi(parts[1])
	if err != nil {
		return 0
	}
	return minor
}
