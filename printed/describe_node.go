package printed

import (
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

// nodeCondition is a row of describeNode's conditions: type, status, two times, reason and message.
var nodeCondition = lazyregexp.New(`^(\w+)\s+(True|False|Unknown)\s+(\w{3}, \d{2} \w{3} \d{4} [\d:]{8} [-+]\d{4})\s+` +
	`(\w{3}, \d{2} \w{3} \d{4} [\d:]{8} [-+]\d{4})\s+(\S+)(?:\s+(.*))?$`)

func nodeFrom(s sections) *corev1.Node {
	n := &corev1.Node{ObjectMeta: metaFrom(s)}
	n.Spec.Unschedulable = s.value("Unschedulable") == "true"
	n.Spec.PodCIDR, n.Spec.ProviderID = s.value("PodCIDR"), s.value("ProviderID")
	if sec := s.find("Taints"); sec != nil {
		n.Spec.Taints = taintsFrom(sec)
	}
	if sec := s.find("Conditions"); sec != nil {
		n.Status.Conditions = nodeConditionsFrom(sec.body)
	}
	if sec := s.find("Addresses"); sec != nil {
		for _, l := range sec.body {
			n.Status.Addresses = append(n.Status.Addresses, corev1.NodeAddress{Type: corev1.NodeAddressType(l.key), Address: l.value})
		}
	}
	if sec := s.find("Capacity"); sec != nil {
		n.Status.Capacity, _ = quantitiesFrom(sec.body)
	}
	if sec := s.find("Allocatable"); sec != nil {
		n.Status.Allocatable, _ = quantitiesFrom(sec.body)
	}
	if sec := s.find("System Info"); sec != nil {
		n.Status.NodeInfo = nodeInfoFrom(sec.body)
	}
	return n
}

func nodeInfoFrom(lines []line) corev1.NodeSystemInfo {
	s := fieldsOf(lines)
	return corev1.NodeSystemInfo{
		MachineID: s.value("Machine ID"), SystemUUID: s.value("System UUID"), BootID: s.value("Boot ID"),
		KernelVersion: s.value("Kernel Version"), OSImage: s.value("OS Image"), OperatingSystem: s.value("Operating System"),
		Architecture: s.value("Architecture"), ContainerRuntimeVersion: s.value("Container Runtime Version"),
		KubeletVersion: s.value("Kubelet Version"),
	}
}

// taintsFrom reads "key=value:effect" and "key:effect" (Taint.ToString).
func taintsFrom(sec *section) []corev1.Taint {
	var taints []corev1.Taint
	for _, text := range sec.values() {
		rest, effect, _ := strings.Cut(text, ":")
		key, value, _ := strings.Cut(rest, "=")
		taints = append(taints, corev1.Taint{Key: key, Value: value, Effect: corev1.TaintEffect(effect)})
	}
	return taints
}

func nodeConditionsFrom(lines []line) []corev1.NodeCondition {
	var conditions []corev1.NodeCondition
	for _, l := range lines {
		m := nodeCondition.FindStringSubmatch(l.text)
		if m == nil {
			continue
		}
		conditions = append(conditions, corev1.NodeCondition{
			Type: corev1.NodeConditionType(m[1]), Status: corev1.ConditionStatus(m[2]),
			LastHeartbeatTime: timeFrom(m[3]), LastTransitionTime: timeFrom(m[4]), Reason: m[5], Message: m[6],
		})
	}
	return conditions
}
