package printed

import (
	"strconv"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// nodeOf makes a node of a row of "kubectl get nodes". Its pressure conditions and capacity are not shown there; package
// evidence takes a condition that is not there for one that isn't true.
func nodeOf(r row) (*corev1.Node, bool) {
	_, name := splitKind(r.cell("NAME"))
	status, rest, _ := strings.Cut(r["STATUS"], ",")
	if name == "" || (status != "Ready" && status != "NotReady" && status != "Unknown") {
		return nil, false
	}
	node := &corev1.Node{}
	node.Name = name
	ready := map[string]corev1.ConditionStatus{"Ready": corev1.ConditionTrue, "NotReady": corev1.ConditionFalse}[status]
	if ready == "" {
		ready = corev1.ConditionUnknown
	}
	node.Status.Conditions = []corev1.NodeCondition{{Type: corev1.NodeReady, Status: ready}}
	node.Spec.Unschedulable = strings.Contains(rest, "SchedulingDisabled")
	info := &node.Status.NodeInfo
	info.KubeletVersion = r.cell("VERSION")
	info.OSImage, info.KernelVersion, info.ContainerRuntimeVersion = r.cell("OS-IMAGE"), r.cell("KERNEL-VERSION"), r.cell("CONTAINER-RUNTIME")
	if ip := r.cell("INTERNAL-IP"); ip != "" {
		node.Status.Addresses = []corev1.NodeAddress{{Type: corev1.NodeInternalIP, Address: ip}}
	}
	return node, true
}

// isNodeHeader knows the table of "kubectl get nodes".
func isNodeHeader(t table) bool { return t.has("NAME", "STATUS", "ROLES", "AGE", "VERSION") }

// workload adds the controller of a row to o: those of Deployments, ReplicaSets, StatefulSets, DaemonSets and Jobs.
// kind is that of the command above, or of a name like "deployment.apps/api"; else the columns tell.
func (o *Objects) workload(r row, header table, kind string) bool {
	own, name := splitKind(r.cell("NAME"))
	if name == "" {
		return false
	}
	meta := metav1.ObjectMeta{Namespace: r.cell("NAMESPACE"), Name: name}
	if own != "" {
		kind = kindName(own)
	}
	switch {
	case header.has("UP-TO-DATE", "NODE SELECTOR"):
		o.DaemonSets = append(o.DaemonSets, &appsv1.DaemonSet{ObjectMeta: meta})
	case header.has("READY", "UP-TO-DATE", "AVAILABLE"):
		d := &appsv1.Deployment{ObjectMeta: meta}
		ready, replicas, _ := strings.Cut(r["READY"], "/")
		d.Spec.Replicas = number(replicas)
		setNumber(&d.Status.ReadyReplicas, ready)
		setNumber(&d.Status.UpdatedReplicas, r["UP-TO-DATE"])
		setNumber(&d.Status.AvailableReplicas, r["AVAILABLE"])
		o.Deployments = append(o.Deployments, d)
	case header.has("DESIRED", "CURRENT", "READY"):
		rs := &appsv1.ReplicaSet{ObjectMeta: meta}
		rs.Spec.Replicas = number(r["DESIRED"])
		setNumber(&rs.Status.Replicas, r["CURRENT"])
		setNumber(&rs.Status.ReadyReplicas, r["READY"])
		o.ReplicaSets = append(o.ReplicaSets, rs)
	case header.has("COMPLETIONS", "DURATION"):
		job := &batchv1.Job{ObjectMeta: meta}
		done, wanted, _ := strings.Cut(r["COMPLETIONS"], "/")
		setNumber(&job.Status.Succeeded, done)
		job.Spec.Completions = number(wanted)
		o.Jobs = append(o.Jobs, job)
	case kind == "StatefulSet" && header.has("READY", "AGE"):
		o.StatefulSets = append(o.StatefulSets, &appsv1.StatefulSet{ObjectMeta: meta})
	default:
		return false
	}
	return true
}

func number(text string) *int32 {
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil {
		return nil
	}
	n32 := int32(n)
	return &n32
}

func setNumber(into *int32, text string) {
	if n := number(text); n != nil {
		*into = *n
	}
}
