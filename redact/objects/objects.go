package redact

import (
	"path"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// lastApplied is kubectl's copy of the whole manifest. Nothing in it is evidence that the object itself does not hold.
const lastApplied = "kubectl.kubernetes.io/last-applied-configuration"

// Pod gives a copy of pod without secrets.
func Pod(pod *corev1.Pod) *corev1.Pod { return Object(pod) }

// Object gives a deep copy of obj without secrets: literal env values, arguments, annotations and messages are redacted
// by name and by content, managed fields are dropped, and of a Secret only the keys stay. Kinds that unloop does not read
// lose the secrets of their metadata only.
func Object[T runtime.Object](obj T) T {
	copied, ok := obj.DeepCopyObject().(T)
	if !ok {
		return obj // nil
	}
	if meta, ok := any(copied).(metav1.Object); ok {
		redactMeta(meta)
	}
	switch o := any(copied).(type) {
	case *corev1.Pod:
		redactPodSpec(&o.Spec)
		redactPodStatus(&o.Status)
	case *appsv1.ReplicaSet:
		redactTemplate(&o.Spec.Template)
	case *appsv1.Deployment:
		redactTemplate(&o.Spec.Template)
		for i := range o.Status.Conditions {
			clean(&o.Status.Conditions[i].Message)
		}
	case *appsv1.StatefulSet:
		redactTemplate(&o.Spec.Template)
	case *appsv1.DaemonSet:
		redactTemplate(&o.Spec.Template)
	case *batchv1.Job:
		redactTemplate(&o.Spec.Template)
		for i := range o.Status.Conditions {
			clean(&o.Status.Conditions[i].Message)
		}
	case *batchv1.CronJob:
		redactObjectMeta(&o.Spec.JobTemplate.ObjectMeta)
		redactTemplate(&o.Spec.JobTemplate.Spec.Template)
	case *corev1.Node:
		for i := range o.Status.Conditions {
			clean(&o.Status.Conditions[i].Message)
		}
	case *corev1.Event:
		clean(&o.Message)
	case *corev1.Secret:
		redactSecret(o)
	case *corev1.ConfigMap:
		redactConfigMap(o)
	}
	return copied
}

func clean(text *string) { *text = Text(*text) }

// Value gives the value that stands behind name (of a variable, an annotation, a header) without its secret.
func Value(name, value string) string {
	if conceals(name, value) {
		return Marker
	}
	return Text(value)
}

// conceals says whether the value behind name is a secret as a whole.
func conceals(name, value string) bool {
	switch nameStrength(name) {
	case strong:
		return !public(value)
	case weak:
		return looksRandom(value)
	}
	return false
}

// public says whether a value gives nothing away even behind a secret name. URLs are cleaned part by part.
func public(value string) bool {
	switch strings.ToLower(value) {
	case "", "true", "false", "null", strings.ToLower(Marker):
		return true
	}
	return strings.HasPrefix(value, "$(") && strings.HasSuffix(value, ")") || isPath(value) || isURL(value)
}

func redactMeta(meta metav1.Object) {
	meta.SetManagedFields(nil)
	meta.SetAnnotations(redactAnnotations(meta.GetAnnotations()))
}

func redactObjectMeta(meta *metav1.ObjectMeta) { redactMeta(meta) }

func redactAnnotations(annotations map[string]string) map[string]string {
	for key, value := range annotations {
		if key == lastApplied {
			delete(annotations, key)
			continue
		}
		annotations[key] = Value(path.Base(key), value)
	}
	return annotations
}

func redactTemplate(template *corev1.PodTemplateSpec) {
	redactObjectMeta(&template.ObjectMeta)
	redactPodSpec(&template.Spec)
}

func redactPodSpec(spec *corev1.PodSpec) {
	for i := range spec.InitContainers {
		redactContainer(&spec.InitContainers[i])
	}
	for i := range spec.Containers {
		redactContainer(&spec.Containers[i])
	}
	for i := range spec.EphemeralContainers {
		// The two types have the same fields by contract (k8s.io/api/core/v1, EphemeralContainerCommon).
		redactContainer((*corev1.Container)(&spec.EphemeralContainers[i].EphemeralContainerCommon))
	}
	for i := range spec.Volumes {
		redactVolume(&spec.Volumes[i])
	}
}

func redactVolume(volume *corev1.Volume) {
	if csi := volume.CSI; csi != nil {
		redactMap(csi.VolumeAttributes)
	}
	if flex := volume.FlexVolume; flex != nil {
		redactMap(flex.Options)
	}
}

func redactMap(values map[string]string) {
	for key, value := range values {
		values[key] = Value(key, value)
	}
}

func redactContainer(c *corev1.Container) {
	argv := Args(append(append([]string{}, c.Command...), c.Args...))
	copy(c.Command, argv)
	copy(c.Args, argv[len(c.Command):])
	for i := range c.Env {
		c.Env[i].Value = Value(c.Env[i].Name, c.Env[i].Value)
	}
	for _, probe := range []*corev1.Probe{c.LivenessProbe, c.ReadinessProbe, c.StartupProbe} {
		if probe != nil {
			redactAction(probe.Exec, probe.HTTPGet)
		}
	}
	if c.Lifecycle == nil {
		return
	}
	for _, hook := range []*corev1.LifecycleHandler{c.Lifecycle.PostStart, c.Lifecycle.PreStop} {
		if hook != nil {
			redactAction(hook.Exec, hook.HTTPGet)
		}
	}
}

func redactAction(exec *corev1.ExecAction, get *corev1.HTTPGetAction) {
	if exec != nil {
		exec.Command = Args(exec.Command)
	}
	if get == nil {
		return
	}
	clean(&get.Path)
	for i := range get.HTTPHeaders {
		header := &get.HTTPHeaders[i]
		if strings.EqualFold(header.Name, "Authorization") || strings.EqualFold(header.Name, "Cookie") {
			header.Value = Marker
			continue
		}
		header.Value = Value(header.Name, header.Value)
	}
}

// Args gives a command line without its secrets: --password=x, --token x, -px of the MySQL clients, and whatever Text
// finds in a single argument.
func Args(argv []string) []string {
	out := make([]string, len(argv))
	for i, arg := range argv {
		out[i] = Text(arg)
		if i > 0 && flagTakesSecret(argv, i) && !strings.HasPrefix(arg, "-") && !public(arg) {
			out[i] = Marker
		}
		if isMySQL(argv) && i > 0 && strings.HasPrefix(arg, "-p") && len(arg) > 2 && !strings.HasPrefix(arg[2:], "$(") {
			out[i] = "-p" + Marker
		}
	}
	return out
}

// flagTakesSecret says whether the argument before the i-th is a flag whose value is a secret.
func flagTakesSecret(argv []string, i int) bool {
	flag := argv[i-1]
	switch path.Base(argv[0]) {
	case "redis-cli":
		if flag == "-a" {
			return true
		}
	case "sshpass":
		if flag == "-p" {
			return true
		}
	}
	return strings.HasPrefix(flag, "-") && !strings.ContainsAny(flag, "= ") && nameStrength(flag) == strong
}

func isMySQL(argv []string) bool {
	program := path.Base(argv[0])
	return strings.HasPrefix(program, "mysql") || strings.HasPrefix(program, "mariadb")
}

func redactPodStatus(status *corev1.PodStatus) {
	clean(&status.Message)
	for i := range status.Conditions {
		clean(&status.Conditions[i].Message)
	}
	for _, list := range [][]corev1.ContainerStatus{
		status.InitContainerStatuses, status.ContainerStatuses, status.EphemeralContainerStatuses,
	} {
		for i := range list {
			redactContainerState(&list[i].State)
			redactContainerState(&list[i].LastTerminationState)
		}
	}
}

func redactContainerState(state *corev1.ContainerState) {
	if state.Waiting != nil {
		clean(&state.Waiting.Message)
	}
	if state.Terminated != nil {
		clean(&state.Terminated.Message)
	}
}

// redactSecret keeps the keys: that one is missing is a cause, what it holds is not.
func redactSecret(secret *corev1.Secret) {
	for key := range secret.Data {
		secret.Data[key] = []byte(Marker)
	}
	for key := range secret.StringData {
		secret.StringData[key] = Marker
	}
}

func redactConfigMap(config *corev1.ConfigMap) {
	redactMap(config.Data)
	for key, value := range config.BinaryData {
		config.BinaryData[key] = Bytes(value)
	}
}
