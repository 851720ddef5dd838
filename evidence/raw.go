package evidence

import (
	"time"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/unloop-dev/unloop/crashlog"
	"github.com/unloop-dev/unloop/fact"
	"github.com/unloop-dev/unloop/redact"
)

// Raw is what was read about one pod, from a cluster or from files, and what could not be read. It holds no
// conclusions: [Of] draws them. Readers fill what they have and leave the rest nil, with a [Missing] that says why.
type Raw struct {
	// At is the moment the objects were read. Zero when the source does not say; [Of] then takes the newest time that
	// any object carries.
	At time.Time
	// Newest is the newest moment that anything speaks of that was read together with the pod: the other pods of a list, the
	// leases in an archive. The pod was read then or later. It counts where At is zero.
	Newest  time.Time
	Source  Source
	Cluster string // name of the cluster or path of the files, for the report

	Pod *corev1.Pod // nil when only logs were given
	// Named is the pod that the logs say they are of where Pod is nil, as far as they do; NamedWhy says why it is none of
	// the pods that were read, or which of them it can be.
	Named    Name
	NamedWhy string

	// The controllers above the pod, nil when there is none or it could not be read.
	ReplicaSet  *appsv1.ReplicaSet
	Deployment  *appsv1.Deployment
	StatefulSet *appsv1.StatefulSet
	DaemonSet   *appsv1.DaemonSet
	Job         *batchv1.Job
	CronJob     *batchv1.CronJob

	// Siblings are the other pods of the same workload, of every revision. Empty and unknown are told apart by
	// SiblingsRead.
	Siblings     []*corev1.Pod
	SiblingsRead bool
	// Family is this pod, its Siblings and their Nodes, as all their Raws share it. Nil is fine: it only saves work.
	Family *Family

	// Events of the pod, its owners and its node, those of events.k8s.io converted to core/v1. EventsRead says that
	// they were read at all: an empty list then means that the API server held none.
	Events     []corev1.Event
	EventsRead bool
	// NodeEventsRead says that the events of the node, which live in the namespace default, were among those that were read.
	NodeEventsRead bool

	// Node is the pod's node; Nodes those of the siblings, when they were read.
	Node  *corev1.Node
	Nodes []*corev1.Node

	Logs    []RawLog
	Missing []Missing
	// Conflicts are sentences on what two sources of the pod say differently: "kubectl get pods counts 7 restarts, kubectl
	// describe 5: one of them is older".
	Conflicts []string

	// Hidden are the facts that the source of Pod cannot show: "pod.restartPolicy", "c.security".
	// They are unknown, whatever the pod says: kubectl describe, for one, prints no security context. For objects of the
	// API they are those that hang on fields that could not be read, of the pod, its Job and its node.
	Hidden []fact.Name
	// Redact are the user's patterns of what is secret, beside those that package redact knows.
	Redact *redact.Rules

	// Form is what Pod was read back from: "kubectl describe", "kubectl get pods"; "" for an object of the API.
	Form string
}

// Name is the name of an object in a namespace; either is "" where it is not told.
type Name struct{ Namespace, Name string }

// FormRow is Form of a pod of which nothing but a row of "kubectl get pods" is known.
const FormRow = "kubectl get pods"

// SlackAnnotation marks an event whose time is known only roughly, since it was printed as an age: the event was at most
// this Go duration earlier than its times say.
const SlackAnnotation = "unloop.dev/slack"

// Objects are the objects of raw but for its events: the pod, its controllers, its node, its siblings and their nodes.
// None is nil; one that stands in several places is there several times.
func (raw *Raw) Objects() []runtime.Object {
	var objects []runtime.Object
	objects = appendObjects(objects, raw.Pod)
	objects = appendObjects(objects, raw.ReplicaSet)
	objects = appendObjects(objects, raw.Deployment)
	objects = appendObjects(objects, raw.StatefulSet)
	objects = appendObjects(objects, raw.DaemonSet)
	objects = appendObjects(objects, raw.Job)
	objects = appendObjects(objects, raw.CronJob)
	objects = appendObjects(objects, raw.Node)
	objects = appendObjects(objects, raw.Siblings...)
	return appendObjects(objects, raw.Nodes...)
}

// appendObjects appends those that are not nil. A nil pointer in an interface would not be.
func appendObjects[T any, P interface {
	*T
	runtime.Object
}](objects []runtime.Object, more ...P,
) []runtime.Object {
	for _, o := range more {
		if o != nil {
			objects = append(objects, o)
		}
	}
	return objects
}

// Source tells where Raw comes from.
type Source string

// The sources.
const (
	SourceLive  Source = "live"
	SourceFiles Source = "files"
	SourceDemo  Source = "demo"
)

// RawLog is one container log as it was read. Which run wrote it is decided by [Of], from the container's state and
// Previous (docs/kubernetes.md#which-runs-log: "previous" names different runs in different states), unless Run says it.
type RawLog struct {
	Container string // "" when the source does not say
	Previous  bool   // asked for with previous=true; for files: the name says so
	// PreviousKnown is false for files whose name says neither.
	PreviousKnown bool

	// Run is the run that wrote the log, where something surer than the words "previous" and "current" tells it: the
	// number that the kubelet's own files carry, or the time stamps that the container runtime wrote. "" else, or where the
	// words are known to hold. Why says
	// what told it, when it contradicts the name: "named previous, but its time stamps lie in the run that …".
	Run Run
	Why string

	Path      string // the file it was read from; empty when live
	Truncated bool   // only the last part was read

	// Read is what the whole log says, as it went by. Nil: [Of] reads Data.
	Read *crashlog.Log
	// Data is the text, or its last part: what a bundle is written from. Nil: it was not kept. An empty log is not nil.
	Data []byte
}

// Run is one of the runs of a container, as the pod's status knows them.
type Run string

// The runs.
const (
	RunLive  Run = "live"  // the one that is alive
	RunDied  Run = "died"  // the one that died last
	RunOlder Run = "older" // one before it: no object tells how it ended
	RunNewer Run = "newer" // one that began after the pod's status was read
	// RunUnknown may be any of them: the container went on while its log was read.
	RunUnknown Run = "unknown"
)

// Missing is something that could not be read.
type Missing struct {
	// What was not read: "previous log of api", "events", "node n2", "replicas of deployment/api".
	What string `json:"what"`
	// Why: forbidden, not found, timed out, expired, not in this source, or an error text.
	Why string `json:"why"`
	// Ref is where it would stand; Evidence.Ask turns it into the command with which a person can read it. A command is
	// never taken from an input.
	Ref string `json:"ref,omitempty"`
}
