package evidence

import (
	"fmt"
	"slices"
	"strings"

	"github.com/unloop-dev/unloop/fact"
	"github.com/unloop-dev/unloop/internal/shell"
)

// The references that stand for something whole, for what could not be read.
const (
	RefPod        = "pod:"
	RefNode       = "node:"
	RefEvents     = "events"
	RefNodeEvents = "events/nodes"
	RefReplicas   = "replicas:"
)

// RefOwner is the reference of a controller: "owner:Deployment/api:".
func RefOwner(kind, name string) string { return "owner:" + kind + "/" + name + ":" }

// RefLog is the reference of a log: "logs/api/previous".
func RefLog(container string, previous bool) string {
	if previous {
		return logRef(container, runPrevious)
	}
	return logRef(container, runCurrent)
}

// RefOf is the reference of what would tell a fact about a container or, for nil, about the pod.
func (ev *Evidence) RefOf(name fact.Name, c *Container) string {
	switch name.Source() {
	case fact.Events:
		return RefEvents
	case fact.NodeEvents:
		return RefNodeEvents
	case fact.Node:
		return RefNode
	case fact.Replicas:
		return RefReplicas
	case fact.Job:
		if job := ev.Workload.Job.Name; job != "" {
			return RefOwner("Job", job)
		}
	case fact.DiedLog:
		if c != nil {
			return logRef(c.Name, c.diedRun())
		}
	case fact.LiveLog:
		if c != nil {
			return logRef(c.Name, runCurrent)
		}
	}
	return RefPod // which also tells the names that the others need
}

// Command gives the kubectl command with which a person can check what stands at ref, none when there is no such command.
// A ref is one of
//
//	logs/CONTAINER/previous:LINE   logs/CONTAINER/current:LINE
//	events/N                       events   events/nodes
//	pod:JSONPATH                   node:JSONPATH   owner:KIND/NAME:JSONPATH
//	replicas                       replicas:
//
// where no JSONPATH means the whole object.
func (ev *Evidence) Command(ref string) shell.Command {
	if ev.Pod.Name == "" {
		return nil
	}
	return ev.Ask(ref)
}

// Ask is Command with placeholders for names that are not known.
func (ev *Evidence) Ask(ref string) shell.Command {
	kind, rest, _ := strings.Cut(ref, "/")
	switch kind {
	case "logs":
		return ev.logCommand(rest)
	case "events":
		return ev.eventsCommand(ref)
	case "replicas":
		return ev.inNamespace(shell.Words("kubectl", "get", "pods")).With("-o", "wide")
	case RefReplicas:
		return ev.inNamespace(shell.Words("kubectl", "get", "pods")).With("-o", "yaml")
	}
	kind, rest, _ = strings.Cut(ref, ":")
	switch kind {
	case "pod":
		return object(ev.inNamespace(named(shell.Words("kubectl", "get", "pod"), ev.Pod.Name, "NAME")), rest)
	case "node":
		if rest != "" {
			return named(shell.Words("kubectl", "describe", "node"), ev.Pod.NodeName, "NODE")
		}
		return object(named(shell.Words("kubectl", "get", "node"), ev.Pod.NodeName, "NODE"), "")
	case "owner":
		return ev.ownerCommand(rest)
	}
	return nil
}

func (ev *Evidence) logCommand(rest string) shell.Command {
	container, run, _ := strings.Cut(rest, "/")
	run, _, _ = strings.Cut(run, ":")
	command := ev.inNamespace(named(shell.Words("kubectl", "logs"), ev.Pod.Name, "NAME")).Option("-c", container)
	if run == runPrevious {
		command = command.With("--previous")
	}
	return command
}

// nodeNamespace is where the events of nodes are: a node is in none.
const nodeNamespace = "default"

// eventsCommand shows the event at ref among all events of the object that it is about: the pod, its node or an owner.
func (ev *Evidence) eventsCommand(ref string) shell.Command {
	get := shell.Words("kubectl", "get", "events")
	if ref == RefNodeEvents {
		return get.With("-n", nodeNamespace, "--field-selector", "involvedObject.kind=Node")
	}
	about := ev.Pod.Name
	i := slices.IndexFunc(ev.Events, func(e Event) bool { return e.Ref == ref && e.Object != "" })
	if i >= 0 {
		about = ev.Events[i].Object
	}
	if i >= 0 && ev.Events[i].Kind == "Node" {
		get = get.With("-n", nodeNamespace)
	} else {
		get = ev.inNamespace(get)
	}
	if about == "" {
		about = "NAME"
	}
	return get.With("--field-selector").Value("involvedObject.name=" + about)
}

// ownerCommand shows a controller. Its kind is one of those that are read, whatever a file says.
func (ev *Evidence) ownerCommand(rest string) shell.Command {
	owner, path, _ := strings.Cut(rest, ":")
	kind, name, _ := strings.Cut(owner, "/")
	switch kind {
	case "Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job", "CronJob":
		return object(ev.inNamespace(shell.Words("kubectl", "get", strings.ToLower(kind)).Value(name)), path)
	}
	return nil
}

func (ev *Evidence) inNamespace(c shell.Command) shell.Command {
	return c.Option("-n", ev.Pod.Namespace)
}

func named(c shell.Command, name, placeholder string) shell.Command {
	if name == "" {
		return c.With(placeholder)
	}
	return c.Value(name)
}

// object prints all of an object, or what stands at a path in it.
func object(c shell.Command, path string) shell.Command {
	if path == "" {
		return c.With("-o", "yaml")
	}
	return c.With("-o").Value("jsonpath={" + jsonPath(path) + "}")
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
