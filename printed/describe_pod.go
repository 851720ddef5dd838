package printed

import (
	"cmp"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

// podFrom reads a pod, whole or in part; ok is false for a part that says nothing of a pod.
func podFrom(s sections, events []Event, eventsRead bool) (pod Pod, ok bool) {
	p := &corev1.Pod{ObjectMeta: metaFrom(s)}
	p.Spec.PriorityClassName = s.value("Priority Class Name")
	p.Spec.ServiceAccountName = s.value("Service Account")
	p.Spec.NodeName, p.Status.HostIP, _ = strings.Cut(s.value("Node"), "/")
	if start := timeFrom(s.value("Start Time")); !start.IsZero() {
		p.Status.StartTime = &start
	}
	setPhase(p, s)
	p.Status.Reason = s.value("Reason")
	if message := s.find("Message"); message != nil {
		p.Status.Message = message.head.full()
	}
	p.Status.PodIP = s.value("IP")
	p.Status.QOSClass = corev1.PodQOSClass(s.value("QoS Class"))
	if sec := s.find("Conditions"); sec != nil {
		p.Status.Conditions = podConditionsFrom(sec.body)
	}
	if sec := s.find("Volumes"); sec != nil {
		p.Spec.Volumes = volumesFrom(sec.body)
	}
	if sec := s.find("Node-Selectors"); sec != nil {
		p.Spec.NodeSelector = labelsFrom(sec)
	}
	v := view{sections: s, seen: podCoverage(s), pod: p, events: events, eventsRead: eventsRead}
	v.addContainers()
	return Pod{Pod: p, Form: v.form(), Hidden: v.hidden()}, v.tellsOfPod()
}

// terminating is the status of a pod that is being deleted; its phase is not printed then (describePod).
const terminating = "Terminating"

// setPhase reads the status. Of a deletion only the age is printed, so the moment stays unknown: the zero time.
func setPhase(p *corev1.Pod, s sections) {
	status := s.value("Status")
	if !strings.HasPrefix(status, terminating) {
		p.Status.Phase = corev1.PodPhase(status)
		return
	}
	p.DeletionTimestamp = &metav1.Time{}
	if grace := strings.TrimSuffix(s.value("Termination Grace Period"), "s"); grace != "" {
		if n, read := int32From(grace); read {
			p.DeletionGracePeriodSeconds = pointer(int64(n))
		}
	}
}

// metaFrom reads what all describers begin with.
func metaFrom(s sections) metav1.ObjectMeta {
	meta := metav1.ObjectMeta{
		Name: cmp.Or(s.value("Name"), s.value(foundEvents)), Namespace: s.value("Namespace"), CreationTimestamp: timeFrom(s.value("CreationTimestamp")),
	}
	if sec := s.find("Labels"); sec != nil {
		meta.Labels = labelsFrom(sec)
	}
	if sec := s.find("Annotations"); sec != nil {
		meta.Annotations = annotationsFrom(sec)
	}
	if kind, name, ok := strings.Cut(s.value("Controlled By"), "/"); ok {
		yes := true
		meta.OwnerReferences = []metav1.OwnerReference{{APIVersion: groupOf(kind), Kind: kind, Name: name, Controller: &yes}}
	}
	return meta
}

// groupOf gives the API version of the controllers that Kubernetes has; it is not printed.
func groupOf(kind string) string {
	switch kind {
	case "ReplicaSet", "StatefulSet", "DaemonSet", "Deployment":
		return "apps/v1"
	case "Job", "CronJob":
		return "batch/v1"
	case "Node", "ReplicationController":
		return "v1"
	}
	return ""
}

// labelsFrom reads labels or a node selector, one on each line (printLabelsMultiline).
func labelsFrom(sec *section) map[string]string {
	var labels map[string]string
	for _, text := range sec.values() {
		key, value, ok := strings.Cut(text, "=")
		if !ok {
			continue
		}
		if labels == nil {
			labels = map[string]string{}
		}
		labels[key] = value
	}
	return labels
}

// values are the texts of a list whose first item stands beside the key.
func (sec *section) values() []string {
	var all []string
	if first := none(sec.head.value); first != "" {
		all = append(all, first)
	}
	for _, l := range sec.body {
		all = append(all, l.text)
	}
	return all
}

var annotationKey = lazyregexp.New(`^[-./\w]+$`)

// annotationsFrom reads annotations. A long value or one of several lines stands below its key, two columns further right
// (printAnnotationsMultiline).
func annotationsFrom(sec *section) map[string]string {
	column := sec.head.indent + len(sec.head.text) - len(sec.head.value)
	first := readLine(sec.head.value)
	first.indent = column
	values, key := map[string][]string{}, ""
	for i, l := range append([]line{first}, sec.body...) {
		name, value, ok := l.key, l.value, l.key != ""
		if !ok { // kubectl before 1.12 prints them as labels
			name, value, ok = strings.Cut(l.text, "=")
		}
		switch {
		case ok && annotationKey.MatchString(name) && (i == 0 || l.indent <= column):
			key = name
			values[key] = []string{value}
		case key != "":
			values[key] = append(values[key], l.text)
		}
	}
	if len(values) == 0 {
		return nil
	}
	annotations := map[string]string{}
	for key, lines := range values {
		annotations[key] = strings.TrimPrefix(strings.Join(lines, "\n"), "\n") // a text of several lines has none beside the key
	}
	return annotations
}

// podConditionsFrom reads the conditions, of which neither reasons nor messages are printed.
func podConditionsFrom(lines []line) []corev1.PodCondition {
	var conditions []corev1.PodCondition
	for _, l := range lines {
		fields := strings.Fields(l.text)
		if len(fields) != 2 || !isStatus(fields[1]) {
			continue
		}
		conditions = append(conditions, corev1.PodCondition{
			Type: corev1.PodConditionType(fields[0]), Status: corev1.ConditionStatus(fields[1]),
		})
	}
	return conditions
}

func isStatus(text string) bool {
	return text == "True" || text == "False" || text == "Unknown"
}
