package evidence

import (
	"fmt"
	"strings"
)

// Command gives the kubectl command with which a person can check what stands at ref, "" when there is none. A ref is
// one of
//
//	logs/CONTAINER/previous:LINE   logs/CONTAINER/current:LINE
//	events/N
//	pod:JSONPATH                   node:JSONPATH   owner:KIND/NAME:JSONPATH
//	replicas
func (ev *Evidence) Command(ref string) string {
	pod := ev.Pod.Name
	if pod == "" {
		return ""
	}
	ns := ""
	if ev.Pod.Namespace != "" {
		ns = " -n " + ev.Pod.Namespace
	}
	kind, rest, _ := strings.Cut(ref, "/")
	switch kind {
	case "logs":
		return logCommand(pod, ns, rest)
	case "events":
		return fmt.Sprintf("kubectl get events%s --field-selector involvedObject.name=%s", ns, ev.eventObject(ref))
	case "replicas":
		return fmt.Sprintf("kubectl get pods%s -o wide", ns)
	}
	kind, rest, _ = strings.Cut(ref, ":")
	switch kind {
	case "pod":
		return fmt.Sprintf("kubectl get pod %s%s -o jsonpath='{%s}'", pod, ns, jsonPath(rest))
	case "node":
		return fmt.Sprintf("kubectl describe node %s", ev.Pod.NodeName)
	case "owner":
		object, path, _ := strings.Cut(rest, ":")
		return fmt.Sprintf("kubectl get %s%s -o jsonpath='{%s}'", strings.ToLower(object), ns, jsonPath(path))
	}
	return ""
}

func logCommand(pod, ns, rest string) string {
	container, run, _ := strings.Cut(rest, "/")
	run, _, _ = strings.Cut(run, ":")
	command := "kubectl logs " + pod + ns
	if container != "" {
		command += " -c " + container
	}
	if run == "previous" {
		command += " --previous"
	}
	return command
}

// eventObject is the name of the object that the event at ref is about: the pod's unless the event is the node's.
func (ev *Evidence) eventObject(ref string) string {
	for _, e := range ev.Events {
		if e.Ref == ref && e.Object != "" {
			return e.Object
		}
	}
	return ev.Pod.Name
}

// jsonPath turns the short form containerStatuses[api] of refs into the filter that kubectl understands.
func jsonPath(path string) string {
	open := strings.IndexByte(path, '[')
	end := strings.IndexByte(path, ']')
	if open < 0 || end < open {
		return path
	}
	return fmt.Sprintf(`%s[?(@.name==%q)]%s`, path[:open], path[open+1:end], path[end+1:])
}
