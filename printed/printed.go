// Package printed reads back what kubectl, crictl and the kubelet print for people: describe texts, tables, pastes that mix
// them. It gives Kubernetes objects, with the fields that the text shows; what a text of that kind cannot show is named
// in Hidden, never guessed.
//
// The texts are foreign: nothing here panics, and all of it is linear in the size of the text.
package printed

import (
	"slices"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/unloop-dev/unloop/fact"
)

// Objects is what a text tells.
type Objects struct {
	Pods         []Pod
	Nodes        []*corev1.Node
	ReplicaSets  []*appsv1.ReplicaSet
	Deployments  []*appsv1.Deployment
	StatefulSets []*appsv1.StatefulSet
	DaemonSets   []*appsv1.DaemonSet
	Jobs         []*batchv1.Job
	CronJobs     []*batchv1.CronJob
	Events       []Event
	// Logs are what containers wrote, where the text of another program holds it.
	Logs []Log

	// EventsRead says that the text has a list of the events about its object, which may be empty ("Events: <none>").
	EventsRead bool
	// Anchors are times that the text gives both as a moment and as an age. They tell when it was printed.
	Anchors []Anchor
}

// Log is what one container wrote, as far as a text holds it. Its names are what the text claims.
type Log struct {
	Namespace, Pod, Container, ContainerID string
	// Previous says that it is of a run that has ended, and PreviousKnown that the text tells.
	Previous, PreviousKnown bool
	Text                    []byte // its lines, without what the program that carried them put around
	Numbers                 []int  // the number of the line in the block that each line of Text stands in, counted from 1
}

// add appends a line.
func (l *Log) add(text string, number int) {
	l.Text = append(append(l.Text, text...), '\n')
	l.Numbers = append(l.Numbers, number)
}

// Pod is a pod as far as a text shows it. Its name is empty in a fragment that doesn't say it; so are those of
// containers.
type Pod struct {
	Pod *corev1.Pod
	// Form is the kind of text: "kubectl describe", "kubectl get pods", "part of a kubectl describe".
	Form string
	// Hidden are the facts that this text does not show. A form says what it shows, all else is hidden.
	Hidden []fact.Name
	// Row says that it is one line of a table, which any other source of the same pod knows better.
	Row bool
	// Age is that of the pod, and Restarted that of its last restart: "5 (3m ago)". Zero when they are not printed.
	Age, Restarted Age
	// WaitingSeen is the reason of the newest back-off that an earlier row of a watch showed, and EndsSeen how many ends of
	// runs all its rows showed: what the state of the last row alone doesn't tell. How the newest of these runs ended is in
	// the container's LastTerminationState.
	WaitingSeen string
	EndsSeen    int
}

// Hide adds to what is hidden.
func (p *Pod) Hide(facts ...fact.Name) { p.Hidden = append(p.Hidden, facts...) }

// Reveal takes facts off those that are hidden.
func (p *Pod) Reveal(facts ...fact.Name) {
	p.Hidden = slices.DeleteFunc(slices.Clone(p.Hidden), func(h fact.Name) bool { return slices.Contains(facts, h) })
}

// Event is an event whose times are printed as ages.
type Event struct {
	Event corev1.Event // its times are zero if they were printed as ages
	// Last and First are how long before the printing it was seen. First is zero where the text says it but once.
	Last, First Age
}

// Age is how long ago something was, as kubectl prints it: "64m" is anything from 64 minutes to 65. The zero Age is one
// that is not known.
type Age struct {
	Min, Max time.Duration
	Known    bool
}

// Anchor is something whose time is known, and that was Age ago when the text was printed.
type Anchor struct {
	Time time.Time
	Age  Age
}
