package bundle

import (
	"maps"
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/unloop-dev/unloop/fact"
	"github.com/unloop-dev/unloop/scene"
)

// set is what was found in one place: a bundle, or everything that was named without being one.
type set struct {
	meta *meta

	pods         []*corev1.Pod
	nodes        []*corev1.Node
	events       []*corev1.Event
	packed       []*eventPack // further events of a large input, until it is known which matter
	pack         *eventPack   // the one that is being filled
	replicaSets  []*appsv1.ReplicaSet
	deployments  []*appsv1.Deployment
	statefulSets []*appsv1.StatefulSet
	daemonSets   []*appsv1.DaemonSet
	jobs         []*batchv1.Job
	cronJobs     []*batchv1.CronJob
	logs         []foundLog
	later        []laterLog // not read yet, or not needed yet
	passing      passing
	index        *index
	slim         bool // pods that are well were not kept whole

	sheets    []*sheet                 // texts that were printed for people, until they are merged
	told      map[*corev1.Pod]*told    // of pods that are known from texts
	unknown   map[any][]fact.Name      // facts that hang on fields that could not be read, by object
	conflicts map[*corev1.Pod][]string // between the texts about a pod
	eventsOf  map[scene.Object]bool    // whose events a text lists, if only to say that there are none
	// eventsOfMany says that the packed events were about several objects, nodeEventsAmongMany that those of nodes would
	// be among them.
	eventsOfMany, nodeEventsAmongMany bool
	// rowsAlone says that all pods are but rows of tables, rowsWell that none is in trouble.
	rowsAlone, rowsWell bool
	// newest is the newest time that an object carries that was read into this set itself, readWith the same for each pod.
	newest   time.Time
	readWith map[*corev1.Pod]time.Time

	// noEvents says that a list of events was read that is empty: there were none, which is not the same as not read.
	noEvents bool
}

// add takes over what another set holds.
func (s *set) add(o *set) {
	s.pods = append(s.pods, o.pods...)
	s.nodes = append(s.nodes, o.nodes...)
	s.events = append(s.events, o.events...)
	s.packed = append(s.packed, o.packed...)
	s.replicaSets = append(s.replicaSets, o.replicaSets...)
	s.deployments = append(s.deployments, o.deployments...)
	s.statefulSets = append(s.statefulSets, o.statefulSets...)
	s.daemonSets = append(s.daemonSets, o.daemonSets...)
	s.jobs = append(s.jobs, o.jobs...)
	s.cronJobs = append(s.cronJobs, o.cronJobs...)
	s.logs = append(s.logs, o.logs...)
	s.later = append(s.later, o.later...)
	s.sheets = append(s.sheets, o.sheets...)
	if s.unknown == nil {
		s.unknown = map[any][]fact.Name{}
	}
	maps.Copy(s.unknown, o.unknown)
	if s.readWith == nil {
		s.readWith = map[*corev1.Pod]time.Time{}
	}
	maps.Copy(s.readWith, o.readWith)
	s.noEvents = s.noEvents || o.noEvents
	s.slim = s.slim || o.slim
}

// noteList notes a list of events, which may be empty. kubectl calls every list it prints "List"; the name of the file
// tells then.
func (s *set) noteList(name, kind string) (ofEvents bool) {
	ofEvents = kind == "Event" || kind == "" && strings.Contains(name[strings.LastIndexByte(name, '/')+1:], "event")
	s.noEvents = s.noEvents || ofEvents
	return ofEvents
}
