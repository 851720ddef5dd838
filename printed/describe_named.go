package printed

import (
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/unloop-dev/unloop/fact"
	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

var (
	// podInMessage is how the kubelet names a pod in the message of a back-off (pkg/kubelet/util/format, Pod), and
	// scheduledPod how the scheduler names it (pkg/scheduler/schedule_one.go, bindingCycle).
	podInMessage = lazyregexp.New(`\bin pod ([a-z0-9][a-z0-9.-]*)_([a-z0-9-]+)\([0-9a-f-]{32,36}\)$`)
	scheduledPod = lazyregexp.New(`^Successfully assigned ([a-z0-9-]+)/([a-z0-9][a-z0-9.-]*) to \S+$`)
	// containerInMessage is how the kubelet names a container: "Started container api", "Created container: api", "Container
	// api failed liveness probe, will be restarted", "Stopping container api".
	containerInMessage = lazyregexp.New(`^(?:(?:Started|Created|Stopping) container:? |Killing container with id \S+:|Back-off restarting failed container |Container )([a-z0-9](?:[-a-z0-9]*[a-z0-9])?)(?:$| failed | definition | in pod )`)
)

// namedIn finds the pod and the container that events name, if all that name one agree.
func namedIn(events []Event) (pod corev1.ObjectReference, container string) {
	var pods, containers []string
	for _, e := range events {
		if m := podInMessage.FindStringSubmatch(e.Event.Message); m != nil {
			pods = append(pods, m[2]+"/"+m[1])
			pod = corev1.ObjectReference{Kind: "Pod", Namespace: m[2], Name: m[1]}
		}
		if m := scheduledPod.FindStringSubmatch(e.Event.Message); m != nil && e.Event.Reason == "Scheduled" {
			pods = append(pods, m[1]+"/"+m[2])
			pod = corev1.ObjectReference{Kind: "Pod", Namespace: m[1], Name: m[2]}
		}
		if m := containerInMessage.FindStringSubmatch(e.Event.Message); m != nil {
			containers = append(containers, m[1])
		}
	}
	if !allOne(pods) {
		pod = corev1.ObjectReference{}
	}
	if allOne(containers) {
		container = containers[0]
	}
	return pod, container
}

func allOne(names []string) bool {
	return len(names) > 0 && !slices.ContainsFunc(names, func(name string) bool { return name != names[0] })
}

// nameBy names a part of a pod, and the events below it, by what these say: state and events of one describe are told by
// one text, in which the line with the name may be missing.
func (p *Pod) nameBy(events []Event) {
	about, container := namedIn(events)
	pod := p.Pod
	if pod.Name == "" && about.Name != "" {
		pod.Name = about.Name
		if pod.Namespace == "" {
			pod.Namespace = about.Namespace
		}
		p.Reveal(fact.PodName, fact.Namespace)
		for i := range events {
			ref := &events[i].Event.InvolvedObject
			ref.Kind, ref.Name, ref.Namespace = "Pod", pod.Name, pod.Namespace
			events[i].Event.Namespace = pod.Namespace
		}
	}
	status := statusIn(pod)
	if container == "" || status == nil || status.Name != "" || len(pod.Spec.Containers)+len(pod.Spec.InitContainers) != 1 {
		return
	}
	status.Name = container
	for _, all := range [][]corev1.Container{pod.Spec.InitContainers, pod.Spec.Containers} {
		for i := range all {
			all[i].Name = container
		}
	}
}
