package e2e

import (
	"strings"
	"time"
)

// pod is as much of a Pod as tells its moments apart.
type pod struct {
	Metadata struct {
		Namespace, Name   string
		DeletionTimestamp *time.Time
	}
	Spec   struct{ NodeName string }
	Status struct {
		Phase                                    string
		ContainerStatuses, InitContainerStatuses []containerStatus
	}
}

type containerStatus struct {
	Name         string
	RestartCount int
	Ready        bool
	State        state
	LastState    state
}

type state struct {
	Waiting    *struct{ Reason string }
	Running    *struct{ StartedAt time.Time }
	Terminated *struct {
		Reason                string
		StartedAt, FinishedAt time.Time
	}
}

func (s state) name() (name, reason string) {
	switch {
	case s.Waiting != nil:
		return "waiting", s.Waiting.Reason
	case s.Running != nil:
		return "running", ""
	case s.Terminated != nil:
		return "terminated", s.Terminated.Reason
	}
	return "", ""
}

func (p *pod) statuses() []containerStatus {
	return append(append([]containerStatus{}, p.Status.InitContainerStatuses...), p.Status.ContainerStatuses...)
}

func (p *pod) container(name string) *containerStatus {
	for _, c := range p.statuses() {
		if c.Name == name {
			return &c
		}
	}
	return nil
}

// reached says whether a container of the pod, the named one if there is a name, is where u wants it.
func (u Until) reached(p *pod, container string, since time.Duration) bool {
	if since < u.After {
		return false
	}
	if u.State == "none" {
		return true
	}
	for _, c := range p.statuses() {
		if container != "" && c.Name != container || c.RestartCount < u.Restarts {
			continue
		}
		name, reason := c.State.name()
		if name == u.State && (u.Reason == "" || reason == u.Reason) {
			return true
		}
	}
	return false
}

// moment is the state of the crash loop that container is in.
func (p *pod) moment(container string) string {
	c := p.container(container)
	if c == nil {
		return ""
	}
	name, reason := c.State.name()
	if name == "waiting" && reason == "CrashLoopBackOff" {
		return "backoff"
	}
	return name
}

func (s *Scenario) matches(p *pod) bool {
	return p.Metadata.Namespace == s.Name && strings.HasPrefix(p.Metadata.Name, s.Pod) && (s.Node == "" || p.Spec.NodeName == s.Node)
}
