package printed

import (
	"strconv"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/unloop-dev/unloop/internal/lazyregexp"
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

// workload adds the controller of a row to o: those of Deployments, ReplicaSets, StatefulSets and DaemonSets.
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
		if m := deploymentSet.FindStringSubmatch(name); m != nil {
			yes := true
			rs.OwnerReferences = []metav1.OwnerReference{{APIVersion: "apps/v1", Kind: "Deployment", Name: m[1], Controller: &yes}}
		}
		o.ReplicaSets = append(o.ReplicaSets, rs)
	case header.has("COMPLETIONS", "DURATION"):
		// A row says neither how often a Job tries nor how many of its pods failed: half a Job would mislead.
	case kind == "StatefulSet" && header.has("READY", "AGE"):
		o.StatefulSets = append(o.StatefulSets, &appsv1.StatefulSet{ObjectMeta: meta})
	default:
		return false
	}
	return true
}

// deploymentSet is the name of a Deployment's ReplicaSet: the Deployment's and the hash of the template.
var deploymentSet = lazyregexp.New(`^([a-z0-9][a-z0-9.-]*)-[bcdfghjklmnpqrstvwxz2456789]{6,10}$`)

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
