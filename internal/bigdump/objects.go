package bigdump

import (
	"encoding/json"
	"fmt"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// inTrouble spreads the pods in trouble over all.
func (d Dump) inTrouble(i int) bool {
	return d.Trouble > 0 && i%max(1, d.Pods/d.Trouble) == 0 && i/max(1, d.Pods/d.Trouble) < d.Trouble
}

func uid(kind string, i int) types.UID {
	return types.UID(fmt.Sprintf("%08x-0000-4000-8000-%012x", len(kind), i))
}

// suffix is what controllers append to names, from the alphabet of k8s.io/apimachinery/pkg/util/rand.
func suffix(i int) string {
	const alphabet = "bcdfghjklmnpqrstvwxz2456789"
	text := make([]byte, 5)
	for at := range text {
		text[at] = alphabet[i%len(alphabet)]
		i /= len(alphabet)
	}
	return string(text)
}

func ago(d time.Duration) metav1.Time { return metav1.NewTime(At.Add(-d)) }

// meta is the metadata of the object of a pod's deployment; number is that of its first pod.
func (d Dump) meta(kind string, number int, name, namespace string, labels map[string]string) metav1.ObjectMeta {
	m := metav1.ObjectMeta{
		Name: name, Namespace: namespace, UID: uid(kind, number), Labels: labels, CreationTimestamp: ago(72 * time.Hour),
		ResourceVersion: fmt.Sprint(100_000 + number), Annotations: map[string]string{"team.example.com/contact": "oncall@example.com"},
	}
	if d.Managed {
		fields := 4
		if kind == "Pod" {
			fields = 12
		}
		m.ManagedFields = managedFields(fields)
	}
	return m
}

// managedFields is as long as those of a real object that has about so many fields in three places.
func managedFields(count int) []metav1.ManagedFieldsEntry {
	fields := map[string]any{}
	for _, part := range []string{"f:metadata", "f:spec", "f:status"} {
		keys := map[string]any{}
		for i := range count {
			keys[fmt.Sprintf("k:{\"name\":\"FIELD_%02d\"}", i)] = map[string]any{".": map[string]any{}, "f:name": map[string]any{}, "f:value": map[string]any{}}
		}
		fields[part] = keys
	}
	raw, err := json.Marshal(fields)
	if err != nil { // never: only maps and texts
		raw = nil
	}
	now := ago(time.Hour)
	return []metav1.ManagedFieldsEntry{
		{Manager: "kube-controller-manager", Operation: "Update", APIVersion: "v1", Time: &now, FieldsType: "FieldsV1", FieldsV1: metav1.NewFieldsV1(string(raw))},
		{Manager: "kubelet", Operation: "Update", APIVersion: "v1", Time: &now, FieldsType: "FieldsV1", FieldsV1: metav1.NewFieldsV1(string(raw)), Subresource: "status"},
	}
}

// names are those of the i-th pod, its deployment and its ReplicaSet, and their namespace.
func (d Dump) names(i int) (pod, deployment, set, namespace string) {
	first := i - i%d.perDeployment()
	deployment = fmt.Sprintf("service-%04d", first/d.perDeployment())
	set = deployment + "-" + suffix(first+7) + suffix(first+3)
	return set + "-" + suffix(i+11), deployment, set, fmt.Sprintf("team-%03d", i/d.perNamespace())
}

func (d Dump) pod(i int) *corev1.Pod {
	name, deployment, set, namespace := d.names(i)
	yes := true
	labels := map[string]string{"app": deployment, appsv1.DefaultDeploymentUniqueLabelKey: set[len(deployment)+1:]}
	pod := &corev1.Pod{ObjectMeta: d.meta("Pod", i, name, namespace, labels)}
	pod.GenerateName = set + "-"
	pod.OwnerReferences = []metav1.OwnerReference{{
		APIVersion: "apps/v1", Kind: "ReplicaSet", Name: set, UID: uid("ReplicaSet", i-i%d.perDeployment()), Controller: &yes, BlockOwnerDeletion: &yes,
	}}
	pod.Spec = podSpec(deployment)
	pod.Spec.NodeName = fmt.Sprintf("node-%03d", i/podsOnNode)
	pod.Status = d.status(i, pod)
	return pod
}

func podSpec(app string) corev1.PodSpec {
	grace := int64(30)
	c := corev1.Container{
		Name: "app", Image: "registry.example.com/shop/" + app + ":1.42.0", ImagePullPolicy: corev1.PullIfNotPresent,
		Args:         []string{"serve", "--config=/etc/app/config.yaml", "--listen=:8080"},
		Ports:        []corev1.ContainerPort{{Name: "http", ContainerPort: 8080, Protocol: corev1.ProtocolTCP}},
		VolumeMounts: []corev1.VolumeMount{{Name: "config", MountPath: "/etc/app", ReadOnly: true}, {Name: "tmp", MountPath: "/tmp"}},
		Resources: corev1.ResourceRequirements{
			Limits:   corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("500m"), corev1.ResourceMemory: resource.MustParse("512Mi")},
			Requests: corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("100m"), corev1.ResourceMemory: resource.MustParse("256Mi")},
		},
		TerminationMessagePath: "/dev/termination-log", TerminationMessagePolicy: corev1.TerminationMessageReadFile,
	}
	for i := range 20 {
		c.Env = append(c.Env, corev1.EnvVar{Name: fmt.Sprintf("SETTING_%02d", i), Value: fmt.Sprintf("value-%02d.%s.svc.cluster.local", i, app)})
	}
	probe := &corev1.Probe{TimeoutSeconds: 1, PeriodSeconds: 10, SuccessThreshold: 1, FailureThreshold: 3}
	probe.HTTPGet = &corev1.HTTPGetAction{Path: "/healthz", Port: intstr.FromString("http"), Scheme: corev1.URISchemeHTTP}
	c.LivenessProbe, c.ReadinessProbe = probe, probe
	config := corev1.ConfigMapVolumeSource{}
	config.Name = app
	return corev1.PodSpec{
		Containers: []corev1.Container{c}, RestartPolicy: corev1.RestartPolicyAlways, TerminationGracePeriodSeconds: &grace,
		DNSPolicy: corev1.DNSClusterFirst, ServiceAccountName: app, SchedulerName: corev1.DefaultSchedulerName,
		SecurityContext: &corev1.PodSecurityContext{},
		Tolerations: []corev1.Toleration{
			{Key: corev1.TaintNodeNotReady, Operator: corev1.TolerationOpExists, Effect: corev1.TaintEffectNoExecute},
			{Key: corev1.TaintNodeUnreachable, Operator: corev1.TolerationOpExists, Effect: corev1.TaintEffectNoExecute},
		},
		Volumes: []corev1.Volume{
			{Name: "config", VolumeSource: corev1.VolumeSource{ConfigMap: &config}},
			{Name: "tmp", VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}},
		},
	}
}

func (d Dump) status(i int, pod *corev1.Pod) corev1.PodStatus {
	start := ago(48 * time.Hour)
	status := corev1.PodStatus{
		Phase: corev1.PodRunning, StartTime: &start, HostIP: "10.0.0.1", PodIP: fmt.Sprintf("10.244.%d.%d", i/250, i%250), QOSClass: corev1.PodQOSBurstable,
	}
	ready := corev1.ConditionTrue
	yes := true
	c := corev1.ContainerStatus{
		Name: "app", Image: pod.Spec.Containers[0].Image, ImageID: "registry.example.com/shop/app@sha256:" + fmt.Sprintf("%064x", i/d.perDeployment()),
		ContainerID: "containerd://" + fmt.Sprintf("%064x", i), Ready: true, Started: &yes,
		State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: start}},
	}
	if d.inTrouble(i) {
		ready = corev1.ConditionFalse
		w := ways[0]
		if d.Ways {
			w = d.wayOf(i)
		}
		w.set(&c, pod.Name)
	}
	for _, t := range []corev1.PodConditionType{corev1.PodInitialized, corev1.PodReady, corev1.ContainersReady, corev1.PodScheduled} {
		status.Conditions = append(status.Conditions, corev1.PodCondition{Type: t, Status: ready, LastTransitionTime: start})
	}
	status.ContainerStatuses = []corev1.ContainerStatus{c}
	return status
}

// events are those of a start for each pod, and those of a loop for the pods in trouble.
func (d Dump) events(i int, pod *corev1.Pod) []*corev1.Event {
	reasons := []string{"Scheduled", "Pulled", "Created", "Started"}
	if d.inTrouble(i) {
		reasons = append(reasons, "BackOff")
		if w := d.wayOf(i); d.Ways && w.event != "" {
			reasons = append(reasons, w.event)
		}
	}
	var events []*corev1.Event
	for n, reason := range reasons {
		e := &corev1.Event{
			ObjectMeta:     d.meta("Event", 10*i+n, fmt.Sprintf("%s.%x", pod.Name, 10*i+n), pod.Namespace, nil),
			InvolvedObject: corev1.ObjectReference{Kind: "Pod", Namespace: pod.Namespace, Name: pod.Name, UID: pod.UID, FieldPath: "spec.containers{app}"},
			Reason:         reason, Message: "Container image \"" + pod.Spec.Containers[0].Image + "\" already present on machine", Type: "Normal",
			FirstTimestamp: ago(40 * time.Minute), LastTimestamp: ago(time.Duration(1+n) * time.Minute), Count: 5,
			Source: corev1.EventSource{Component: "kubelet", Host: pod.Spec.NodeName},
		}
		if reason == "BackOff" {
			e.Type, e.Message = "Warning", "Back-off restarting failed container app in pod "+pod.Name
		}
		if reason == "Unhealthy" {
			e.Type, e.Message = "Warning", "Liveness probe failed: HTTP probe failed with statuscode: 500"
		}
		events = append(events, e)
	}
	return events
}

func (d Dump) replicaSet(pod *corev1.Pod) *appsv1.ReplicaSet {
	deployment, yes, replicas := pod.Labels["app"], true, int32(d.perDeployment())
	owner := pod.OwnerReferences[0]
	set := &appsv1.ReplicaSet{ObjectMeta: d.meta("ReplicaSet", 0, owner.Name, pod.Namespace, pod.Labels)}
	set.UID = owner.UID
	set.OwnerReferences = []metav1.OwnerReference{{APIVersion: "apps/v1", Kind: "Deployment", Name: deployment, Controller: &yes}}
	set.Spec = appsv1.ReplicaSetSpec{Replicas: &replicas, Template: corev1.PodTemplateSpec{Spec: podSpec(deployment)}}
	return set
}

func (d Dump) deployment(pod *corev1.Pod) *appsv1.Deployment {
	name, replicas := pod.Labels["app"], int32(d.perDeployment())
	deployment := &appsv1.Deployment{ObjectMeta: d.meta("Deployment", 0, name, pod.Namespace, map[string]string{"app": name})}
	deployment.Spec = appsv1.DeploymentSpec{Replicas: &replicas, Template: corev1.PodTemplateSpec{Spec: podSpec(name)}}
	return deployment
}

func (d Dump) nodes() []*corev1.Node {
	var nodes []*corev1.Node
	for n := 0; n*podsOnNode < d.Pods; n++ {
		node := &corev1.Node{ObjectMeta: d.meta("Node", n, fmt.Sprintf("node-%03d", n), "", map[string]string{corev1.LabelArchStable: "amd64"})}
		node.Status.NodeInfo = corev1.NodeSystemInfo{Architecture: "amd64", KubeletVersion: "v1.35.4", ContainerRuntimeVersion: "containerd://2.1.4"}
		node.Status.Conditions = []corev1.NodeCondition{{Type: corev1.NodeReady, Status: corev1.ConditionTrue, LastHeartbeatTime: ago(time.Minute)}}
		node.Status.Capacity = corev1.ResourceList{corev1.ResourceMemory: resource.MustParse("64Gi")}
		nodes = append(nodes, node)
	}
	return nodes
}
