package printed

import (
	"errors"

	corev1 "k8s.io/api/core/v1"
)

// The forms of a pod that was read from a describe text.
const (
	formDescribe = "kubectl describe"
	formPart     = "part of a kubectl describe"
)

var errNotDescribe = errors.New("nothing in it is of a kubectl describe")

// Describe reads what kubectl describe prints of pods, nodes and workloads, one or many, whole or in part. A part may
// begin and end anywhere: a container's State, an Events section, the end of a pod.
//
// The text is read by what its lines are called, in the order in which k8s.io/kubectl/pkg/describe prints them, and by
// indentation as far as that has survived copying. Texts that programs chose (a termination message, an argument) stand
// in the output unquoted; they are taken out first, so that they are not read as fields.
func Describe(text []byte) (*Objects, error) {
	out := &Objects{}
	lines := readLines(text)
	for _, object := range splitObjects(foldTexts(lines)) {
		describeObject(out, object)
	}
	if out.empty() {
		return nil, errNotDescribe
	}
	return out, nil
}

func (o *Objects) empty() bool {
	return len(o.Pods)+len(o.Nodes)+len(o.ReplicaSets)+len(o.Deployments)+len(o.StatefulSets)+len(o.DaemonSets)+
		len(o.Jobs)+len(o.CronJobs)+len(o.Events) == 0 && !o.EventsRead
}

// splitObjects cuts a text at the objects in it. Each begins with its name, and all but nodes and the like go on with the
// namespace; the describers of other kinds go on with labels. describe.go of kubectl/pkg/cmd puts two blank lines between
// objects, which are asked for where the second line says less.
func splitObjects(lines []line) [][]line {
	var objects [][]line
	start, base := 0, -1
	for i := range lines {
		if !beginsObject(lines, i) || (base >= 0 && lines[i].indent != base) {
			continue
		}
		base = lines[i].indent
		if i > start {
			objects = append(objects, lines[start:i])
		}
		start = i
	}
	if start < len(lines) {
		objects = append(objects, lines[start:])
	}
	return objects
}

func beginsObject(lines []line, i int) bool {
	if lines[i].key == foundEvents {
		return true
	}
	if lines[i].key != "Name" || lines[i].value == "" || i+1 >= len(lines) {
		return false
	}
	switch next := lines[i+1]; next.key {
	case "Namespace":
		return next.indent == lines[i].indent
	case "Node", "Status", "Start Time", "Service Account", "Containers", "Init Containers", "State", "Image", "Container ID":
		return (i == 0 || lines[i].afterBlank) && objectName.MatchString(lines[i].value) && next.indent >= lines[i].indent
	case "Roles", "Labels", "Priority", "Selector":
		return next.indent == lines[i].indent && (i == 0 || lines[i].afterBlank)
	}
	return isGap(lines[i+1]) && (i == 0 || lines[i].afterBlank) && lines[i].indent == 0
}

// describeObject reads one object. What says no kind is part of a pod, if it has anything of one.
func describeObject(out *Objects, lines []line) {
	s := splitSections(lines)
	meta := metaFrom(s)
	ref := corev1.ObjectReference{Kind: s.kind(), Name: meta.Name, Namespace: meta.Namespace}
	events, read := eventsFrom(s, ref)
	switch ref.Kind {
	case "Node":
		out.Nodes = append(out.Nodes, nodeFrom(s))
	case "Deployment":
		out.Deployments = append(out.Deployments, deploymentFrom(s))
	case "ReplicaSet":
		out.ReplicaSets = append(out.ReplicaSets, replicaSetFrom(s))
	case "StatefulSet":
		out.StatefulSets = append(out.StatefulSets, statefulSetFrom(s))
	case "DaemonSet":
		out.DaemonSets = append(out.DaemonSets, daemonSetFrom(s))
	case "Job":
		job := jobFrom(s, events)
		out.Jobs = append(out.Jobs, job)
		out.Anchors = append(out.Anchors, jobAnchors(job, events)...)
	case "CronJob":
		out.CronJobs = append(out.CronJobs, cronJobFrom(s))
	}
	var pod Pod
	ok := false
	if ref.Kind == "Pod" || ref.Kind == "" {
		if pod, ok = podFrom(s, events, read); ok {
			pod.nameBy(events)
		}
	}
	out.Events = append(out.Events, events...)
	out.EventsRead = out.EventsRead || read
	if ok {
		out.Pods = append(out.Pods, pod)
		out.Anchors = append(out.Anchors, podAnchors(pod.Pod, events)...)
	}
}
