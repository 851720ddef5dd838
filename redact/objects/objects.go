// Package objects removes secrets from Kubernetes objects: what package redact finds in their texts, and what their fields
// say by themselves.
package objects

import (
	"path"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/unloop-dev/unloop/redact"
)

// lastApplied is kubectl's copy of the whole manifest. Nothing in it is evidence that the object itself does not hold.
const lastApplied = "kubectl.kubernetes.io/last-applied-configuration"

// Redact gives a deep copy of obj without secrets: literal env values, arguments, labels, annotations, images and messages
// are redacted by name and by content, managed fields are dropped, and of a Secret only the keys stay. Kinds that unloop
// does not read lose the secrets of their metadata only. rules may be nil; so may obj.
func Redact[T runtime.Object](obj T, rules *redact.Rules) T {
	copied, ok := obj.DeepCopyObject().(T)
	if !ok {
		return obj // nil
	}
	c := cleaner{rules}
	if meta, ok := any(copied).(metav1.Object); ok {
		c.meta(meta)
	}
	switch o := any(copied).(type) {
	case *corev1.Pod:
		c.podSpec(&o.Spec)
		c.podStatus(&o.Status)
	case *appsv1.ReplicaSet:
		c.workload(o.Spec.Selector, &o.Spec.Template)
	case *appsv1.Deployment:
		c.workload(o.Spec.Selector, &o.Spec.Template)
		for i := range o.Status.Conditions {
			c.text(&o.Status.Conditions[i].Message)
		}
	case *appsv1.StatefulSet:
		c.workload(o.Spec.Selector, &o.Spec.Template)
	case *appsv1.DaemonSet:
		c.workload(o.Spec.Selector, &o.Spec.Template)
	case *batchv1.Job:
		c.workload(o.Spec.Selector, &o.Spec.Template)
		for i := range o.Status.Conditions {
			c.text(&o.Status.Conditions[i].Message)
		}
	case *batchv1.CronJob:
		c.meta(&o.Spec.JobTemplate.ObjectMeta)
		c.workload(nil, &o.Spec.JobTemplate.Spec.Template)
	case *corev1.Node:
		for i := range o.Status.Conditions {
			c.text(&o.Status.Conditions[i].Message)
		}
	case *corev1.Event:
		c.text(&o.Message)
	case *corev1.Secret:
		redactSecret(o)
	case *corev1.ConfigMap:
		c.configMap(o)
	}
	return copied
}

// cleaner changes the parts of a copy in place.
type cleaner struct{ rules *redact.Rules }

func (c cleaner) text(text *string) { *text = c.rules.Text(*text) }

func (c cleaner) meta(meta metav1.Object) {
	meta.SetManagedFields(nil)
	annotations := meta.GetAnnotations()
	delete(annotations, lastApplied)
	c.values(annotations)
	c.values(meta.GetLabels())
}

// values redacts values behind the names of labels, annotations, options.
func (c cleaner) values(values map[string]string) {
	for key, value := range values {
		if clean := c.rules.Value(path.Base(key), value); clean != value {
			values[key] = clean
		}
	}
}

// workload redacts a template and the selector that names labels of it.
func (c cleaner) workload(selector *metav1.LabelSelector, template *corev1.PodTemplateSpec) {
	if selector != nil {
		c.values(selector.MatchLabels)
	}
	c.meta(&template.ObjectMeta)
	c.podSpec(&template.Spec)
}

func (c cleaner) podSpec(spec *corev1.PodSpec) {
	for i := range spec.InitContainers {
		c.container(&spec.InitContainers[i])
	}
	for i := range spec.Containers {
		c.container(&spec.Containers[i])
	}
	for i := range spec.EphemeralContainers {
		// The two types have the same fields by contract (k8s.io/api/core/v1, EphemeralContainerCommon).
		c.container((*corev1.Container)(&spec.EphemeralContainers[i].EphemeralContainerCommon))
	}
	for i := range spec.Volumes {
		c.volume(&spec.Volumes[i])
	}
}

func (c cleaner) volume(volume *corev1.Volume) {
	if csi := volume.CSI; csi != nil {
		c.values(csi.VolumeAttributes)
	}
	if flex := volume.FlexVolume; flex != nil {
		c.values(flex.Options)
	}
}

func (c cleaner) container(in *corev1.Container) {
	c.text(&in.Image)
	argv := c.rules.Args(append(append([]string{}, in.Command...), in.Args...))
	copy(in.Command, argv)
	copy(in.Args, argv[len(in.Command):])
	for i := range in.Env {
		in.Env[i].Value = c.rules.Value(in.Env[i].Name, in.Env[i].Value)
	}
	for _, probe := range []*corev1.Probe{in.LivenessProbe, in.ReadinessProbe, in.StartupProbe} {
		if probe != nil {
			c.action(probe.Exec, probe.HTTPGet)
		}
	}
	if in.Lifecycle == nil {
		return
	}
	for _, hook := range []*corev1.LifecycleHandler{in.Lifecycle.PostStart, in.Lifecycle.PreStop} {
		if hook != nil {
			c.action(hook.Exec, hook.HTTPGet)
		}
	}
}

func (c cleaner) action(exec *corev1.ExecAction, get *corev1.HTTPGetAction) {
	if exec != nil {
		exec.Command = c.rules.Args(exec.Command)
	}
	if get == nil {
		return
	}
	c.text(&get.Path)
	for i := range get.HTTPHeaders {
		header := &get.HTTPHeaders[i]
		if strings.EqualFold(header.Name, "Authorization") || strings.EqualFold(header.Name, "Cookie") {
			header.Value = redact.Marker
			continue
		}
		header.Value = c.rules.Value(header.Name, header.Value)
	}
}

func (c cleaner) podStatus(status *corev1.PodStatus) {
	c.text(&status.Message)
	for i := range status.Conditions {
		c.text(&status.Conditions[i].Message)
	}
	for _, list := range [][]corev1.ContainerStatus{
		status.InitContainerStatuses, status.ContainerStatuses, status.EphemeralContainerStatuses,
	} {
		for i := range list {
			c.text(&list[i].Image)
			c.text(&list[i].ImageID)
			c.state(&list[i].State)
			c.state(&list[i].LastTerminationState)
		}
	}
}

func (c cleaner) state(state *corev1.ContainerState) {
	if state.Waiting != nil {
		c.text(&state.Waiting.Message)
	}
	if state.Terminated != nil {
		c.text(&state.Terminated.Message)
	}
}

// redactSecret keeps the keys: that one is missing is a cause, what it holds is not.
func redactSecret(secret *corev1.Secret) {
	for key := range secret.Data {
		secret.Data[key] = []byte(redact.Marker)
	}
	for key := range secret.StringData {
		secret.StringData[key] = redact.Marker
	}
}

func (c cleaner) configMap(config *corev1.ConfigMap) {
	c.values(config.Data)
	for key, value := range config.BinaryData {
		config.BinaryData[key] = c.rules.Bytes(value)
	}
}
