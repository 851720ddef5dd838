package printed

import (
	"slices"
	"strings"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// shown keeps what a describe of a pod shows.
func shown(p *corev1.Pod) *corev1.Pod {
	out := &corev1.Pod{ObjectMeta: shownMeta(&p.ObjectMeta)}
	if p.DeletionTimestamp != nil {
		out.DeletionTimestamp = &metav1.Time{}
		out.DeletionGracePeriodSeconds = p.DeletionGracePeriodSeconds
	} else {
		out.Status.Phase = p.Status.Phase
	}
	out.Spec = shownSpec(&p.Spec)
	out.Spec.NodeName, out.Spec.HostNetwork = p.Spec.NodeName, p.Spec.HostNetwork
	s := &p.Status
	out.Status.Reason, out.Status.Message, out.Status.QOSClass = s.Reason, spaced(s.Message), s.QOSClass
	out.Status.HostIP, out.Status.PodIP, out.Status.StartTime = s.HostIP, s.PodIP, s.StartTime
	for _, c := range s.Conditions {
		out.Status.Conditions = append(out.Status.Conditions, corev1.PodCondition{Type: c.Type, Status: c.Status})
	}
	out.Status.InitContainerStatuses = shownStatuses(s.InitContainerStatuses)
	out.Status.ContainerStatuses = shownStatuses(s.ContainerStatuses)
	return out
}

func shownMeta(m *metav1.ObjectMeta) metav1.ObjectMeta {
	out := metav1.ObjectMeta{Name: m.Name, Namespace: m.Namespace, Labels: m.Labels}
	for key, value := range m.Annotations {
		if key == corev1.LastAppliedConfigAnnotation {
			continue
		}
		if out.Annotations == nil {
			out.Annotations = map[string]string{}
		}
		if value = strings.TrimSuffix(value, "\n"); len(value) > 140 {
			value = value[:138] + "..." // maxAnnotationLen of kubectl
		}
		out.Annotations[key] = value
	}
	if owner := metav1.GetControllerOf(m); owner != nil {
		out.OwnerReferences = []metav1.OwnerReference{{APIVersion: owner.APIVersion, Kind: owner.Kind, Name: owner.Name, Controller: owner.Controller}}
	}
	return out
}

func shownSpec(s *corev1.PodSpec) corev1.PodSpec {
	out := corev1.PodSpec{ServiceAccountName: s.ServiceAccountName, PriorityClassName: s.PriorityClassName, NodeSelector: s.NodeSelector}
	for _, c := range s.InitContainers {
		out.InitContainers = append(out.InitContainers, shownContainer(&c))
	}
	for _, c := range s.Containers {
		out.Containers = append(out.Containers, shownContainer(&c))
	}
	for _, v := range s.Volumes {
		out.Volumes = append(out.Volumes, shownVolume(&v))
	}
	return out
}

func shownContainer(c *corev1.Container) corev1.Container {
	out := corev1.Container{
		Name: c.Name, Image: c.Image, Command: c.Command, Args: c.Args, Ports: c.Ports, EnvFrom: c.EnvFrom,
		RestartPolicy: c.RestartPolicy, // a sidecar is known by its probes or by running beside the others
		LivenessProbe: shownProbe(c.LivenessProbe), ReadinessProbe: shownProbe(c.ReadinessProbe), StartupProbe: shownProbe(c.StartupProbe),
	}
	out.Resources.Limits, out.Resources.Requests = c.Resources.Limits, c.Resources.Requests
	for _, e := range c.Env {
		if e.ValueFrom != nil && e.ValueFrom.ResourceFieldRef != nil {
			e.ValueFrom = &corev1.EnvVarSource{ResourceFieldRef: &corev1.ResourceFieldSelector{Resource: e.ValueFrom.ResourceFieldRef.Resource}}
		}
		out.Env = append(out.Env, e)
	}
	for _, m := range c.VolumeMounts {
		out.VolumeMounts = append(out.VolumeMounts, corev1.VolumeMount{MountPath: m.MountPath, Name: m.Name, ReadOnly: m.ReadOnly, SubPath: m.SubPath})
	}
	slices.SortFunc(out.VolumeMounts, func(a, b corev1.VolumeMount) int { return strings.Compare(a.MountPath, b.MountPath) })
	return out
}

func shownProbe(p *corev1.Probe) *corev1.Probe {
	if p == nil {
		return nil
	}
	out := p.DeepCopy()
	out.TerminationGracePeriodSeconds = nil
	if out.Exec != nil {
		out.Exec.Command = []string{strings.Join(out.Exec.Command, " ")}
	}
	if out.HTTPGet != nil {
		out.HTTPGet.HTTPHeaders = nil
	}
	return out
}

func shownVolume(v *corev1.Volume) corev1.Volume {
	out := corev1.Volume{
		Name: v.Name,
		VolumeSource: corev1.VolumeSource{
			PersistentVolumeClaim: v.PersistentVolumeClaim, HostPath: v.HostPath, EmptyDir: v.EmptyDir, NFS: v.NFS, Image: v.Image,
		},
	}
	if s := v.ConfigMap; s != nil {
		out.ConfigMap = &corev1.ConfigMapVolumeSource{LocalObjectReference: s.LocalObjectReference, Optional: s.Optional}
	}
	if s := v.Secret; s != nil {
		out.Secret = &corev1.SecretVolumeSource{SecretName: s.SecretName, Optional: s.Optional}
	}
	if s := v.CSI; s != nil {
		out.CSI = &corev1.CSIVolumeSource{Driver: s.Driver, ReadOnly: s.ReadOnly}
	}
	if v.DownwardAPI != nil {
		out.DownwardAPI = &corev1.DownwardAPIVolumeSource{}
	}
	if v.Projected != nil {
		out.Projected = &corev1.ProjectedVolumeSource{}
		for _, s := range v.Projected.Sources {
			out.Projected.Sources = append(out.Projected.Sources, shownProjection(&s))
		}
	}
	return out
}

func shownProjection(s *corev1.VolumeProjection) corev1.VolumeProjection {
	out := corev1.VolumeProjection{}
	switch {
	case s.Secret != nil:
		out.Secret = &corev1.SecretProjection{LocalObjectReference: s.Secret.LocalObjectReference, Optional: s.Secret.Optional}
	case s.ConfigMap != nil:
		out.ConfigMap = &corev1.ConfigMapProjection{LocalObjectReference: s.ConfigMap.LocalObjectReference, Optional: s.ConfigMap.Optional}
	case s.DownwardAPI != nil:
		out.DownwardAPI = &corev1.DownwardAPIProjection{}
	case s.ServiceAccountToken != nil:
		out.ServiceAccountToken = &corev1.ServiceAccountTokenProjection{ExpirationSeconds: s.ServiceAccountToken.ExpirationSeconds}
	}
	return out
}

func shownStatuses(all []corev1.ContainerStatus) []corev1.ContainerStatus {
	var out []corev1.ContainerStatus
	for _, s := range all {
		out = append(out, corev1.ContainerStatus{
			Name: s.Name, ImageID: s.ImageID, ContainerID: s.ContainerID, Ready: s.Ready, RestartCount: s.RestartCount,
			State: shownState(s.State), LastTerminationState: shownState(s.LastTerminationState),
		})
	}
	return out
}

func shownState(s corev1.ContainerState) corev1.ContainerState {
	out := *s.DeepCopy()
	if out.Waiting != nil {
		out.Waiting.Message = ""
	}
	if out.Terminated != nil {
		out.Terminated.ContainerID = ""
		out.Terminated.Message = spaced(out.Terminated.Message)
	}
	return out
}

func cleanJob(spec *batchv1.JobSpec, text string) {
	cleanTemplate(&spec.Template, text)
	spec.BackoffLimit, spec.TTLSecondsAfterFinished, spec.CompletionMode, spec.Suspend = nil, nil, nil, nil
}

func cleanTemplate(template *corev1.PodTemplateSpec, text string) {
	template.Spec = shownSpec(&template.Spec)
	if !strings.Contains(text, "Node-Selectors:") { // kubectl 1.28 does not print it of templates
		template.Spec.NodeSelector = nil
	}
}
