package objects

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

// role is what a piece is of a pod. It is told by names and shapes of fields together: many a file has a field "status" or
// "state", and none of them alone says that an API server has written it.
type role int

const (
	noRole role = iota
	rolePod
	roleMetadata
	roleSpec
	roleStatus
	roleContainerStatus
	roleState // waiting, running or terminated, under one of these names
	roleTerminated
	roleWaiting
	roleContainer // of the spec
	roleCondition
)

// The names of the fields of the API's types, in lower case.
var (
	podFields        = map[string]field{"apiversion": {}, "kind": {}, "metadata": {}, "spec": {}, "status": {}}
	metadataFields   = fieldsOf(reflect.TypeFor[metav1.ObjectMeta]())
	specFields       = fieldsOf(reflect.TypeFor[corev1.PodSpec]())
	statusFields     = fieldsOf(reflect.TypeFor[corev1.PodStatus]())
	ofStatus         = fieldsOf(statusType)
	stateFields      = fieldsOf(reflect.TypeFor[corev1.ContainerState]())
	terminatedFields = fieldsOf(endType)
	waitingFields    = fieldsOf(reflect.TypeFor[corev1.ContainerStateWaiting]())
	containerFields  = fieldsOf(reflect.TypeFor[corev1.Container]())
	conditionFields  = fieldsOf(reflect.TypeFor[corev1.PodCondition]())
)

// only says that the object has no fields but these: one that is not known is allowed among many, since newer versions of
// Kubernetes have more.
func (t *tree) only(fields map[string]field) bool {
	unknown := 0
	for key := range t.members {
		if _, known := fields[strings.ToLower(key)]; !known {
			unknown++
		}
	}
	return unknown == 0 || unknown == 1 && len(t.members) > 5
}

// roleOf says what a tree is of a pod. Of a list, it says what its items are.
func roleOf(t *tree) role {
	switch {
	case t == nil:
		return noRole
	case t.list:
		return roleOfItems(t.items)
	case !t.isObject() || len(t.members) == 0:
		return noRole
	}
	for _, known := range []struct {
		role role
		is   func(*tree) bool
	}{
		{rolePod, isPod},
		{roleContainerStatus, isContainerStatus},
		{roleState, isState},
		{roleTerminated, isTerminated},
		{roleWaiting, isWaiting},
		{roleStatus, isStatus},
		{roleContainer, isContainer},
		{roleSpec, isSpec},
		{roleMetadata, isMetadata},
		{roleCondition, isCondition},
	} {
		if known.is(t) {
			return known.role
		}
	}
	return noRole
}

func roleOfItems(items []*tree) role {
	if len(items) == 0 {
		return noRole
	}
	first := noRole
	for _, item := range items {
		r := noRole
		if item.isObject() {
			r = roleOf(item)
		}
		if r == noRole && item.isObject() && (item.above || item.below) {
			continue // half an item says nothing against the others
		}
		if first == noRole {
			first = r
		}
		if r == noRole || r != first {
			return noRole
		}
	}
	return first
}

// isPod knows a pod that says so, or whose spec or status does.
func isPod(t *tree) bool {
	if kind := t.at("kind"); kind != nil && kind.scalar != "Pod" || t.has("apiVersion") && t.text("apiVersion") != "v1" || !t.only(podFields) {
		return false
	}
	return t.has("kind") && t.hasAny("metadata", "spec", "status") || isSpec(t.at("spec")) || isStatus(t.at("status"))
}

var (
	phases = []string{"Pending", "Running", "Succeeded", "Failed", "Unknown"}
	// podReasons are why the kubelet and the controllers end a whole pod (pkg/kubelet/eviction, nodeshutdown, lifecycle
	// predicate.go and kuberuntime; pkg/controller/tainteviction, podgc): those that nothing else is called.
	podReasons = []string{
		"Evicted", "NodeLost", "NodeShutdown", "NodeAffinity", "Terminated", "Preempting", "UnexpectedAdmissionError", "OutOfcpu",
		"OutOfmemory", "OutOfpods", "OutOfephemeral-storage", "DeadlineExceeded", "TaintManagerEviction",
	}
	// podConditions are the conditions that only a pod has (core/v1 types.go, PodConditionType).
	podConditions = []string{"PodScheduled", "ContainersReady", "PodReadyToStartContainers", "DisruptionTarget", "PodHasNetwork"}
)

// isStatus knows the status of a pod: those of its containers tell it, or a phase beside something that only a pod has. A
// phase alone has many an object of others.
func isStatus(t *tree) bool {
	if !t.isObject() || !t.only(statusFields) {
		return false
	}
	for _, list := range statusLists {
		if statuses := t.at(list); statuses != nil && statuses.list && roleOfItems(statuses.items) == roleContainerStatus {
			return true
		}
	}
	phase := slices.Contains(phases, t.text("phase"))
	reason := slices.Contains(podReasons, t.text("reason"))
	return hasPodCondition(t.at("conditions")) || phase && (reason || t.hasAny("qosClass", "podIP", "podIPs", "hostIP")) ||
		reason && t.has("message", "startTime")
}

// statusLists are the lists of the statuses of containers in that of a pod.
var statusLists = []string{"containerStatuses", "initContainerStatuses", "ephemeralContainerStatuses"}

func hasPodCondition(conditions *tree) bool {
	return conditions != nil && slices.ContainsFunc(conditions.items, func(c *tree) bool { return slices.Contains(podConditions, c.text("type")) })
}

// isCondition knows a condition that only a pod has.
func isCondition(t *tree) bool {
	return t.only(conditionFields) && t.has("status") && slices.Contains(podConditions, t.text("type"))
}

// isContainerStatus knows the status of a container by its state, or by its count of restarts.
func isContainerStatus(t *tree) bool {
	if !t.only(ofStatus) {
		return false
	}
	for _, key := range []string{"state", "lastState"} {
		if s := t.at(key); s != nil && s.isObject() && len(s.members) > 0 && !isState(s) {
			return false
		} else if s != nil && s.isObject() && len(s.members) > 0 {
			return true
		}
	}
	return t.has("restartCount") && t.hasAny("ready", "imageID", "image", "name", "started") && !t.has("status") ||
		t.has("imageID", "ready", "name")
}

// isState knows a state by what it consists of.
func isState(t *tree) bool {
	if !t.isObject() || len(t.members) == 0 || !t.only(stateFields) {
		return false
	}
	for key, inner := range t.members {
		fits := false
		switch key {
		case "terminated":
			fits = isTerminated(inner) || inner.isObject() && inner.only(terminatedFields) && inner.hasCode()
		case "waiting":
			fits = isWaiting(inner)
		case "running":
			fits = inner.isObject() && len(inner.members) == 1 && timestamp.MatchString(inner.text("startedAt"))
		}
		if !fits {
			return false
		}
	}
	return true
}

// endReasons are why a container has ended, in the words of the runtimes and the kubelet (containerd's
// internal/cri/server/container_start.go and events.go, CRI-O's server/container_status.go, the kubelet's
// pkg/kubelet/container and kuberuntime).
var endReasons = []string{"Error", "OOMKilled", "Completed", "ContainerCannotRun", "StartError", "DeadlineExceeded", "ContainerStatusUnknown", "Unknown"}

var timestamp = lazyregexp.New(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d`)

// isTerminated knows the end of a run: an exit code beside a time or a reason that only such an end has.
func isTerminated(t *tree) bool {
	if !t.isObject() || !t.only(terminatedFields) {
		return false
	}
	timed := timestamp.MatchString(t.text("finishedAt")) || timestamp.MatchString(t.text("startedAt"))
	named := slices.Contains(endReasons, t.text("reason"))
	return t.hasCode() && (timed || named) || timed && named || t.text("reason") == "OOMKilled"
}

// hasCode says that there is an exit code, which a template may have put in quotes.
func (t *tree) hasCode() bool {
	code := t.at("exitCode")
	if code == nil || code.scalar == nil {
		return false
	}
	_, ok := integer(strings.TrimSpace(fmt.Sprint(code.scalar)))
	return ok
}

// waitReasons are why a container waits (pkg/kubelet: kuberuntime, images/types.go, container/sync_result.go, kubelet_pods.go).
var waitReasons = []string{
	"CrashLoopBackOff", "ImagePullBackOff", "ErrImagePull", "ErrImageNeverPull", "InvalidImageName", "ImageInspectError", "RegistryUnavailable",
	"CreateContainerConfigError", "CreateContainerError", "RunContainerError", "PreCreateHookError", "PreStartHookError", "PostStartHookError",
	"ContainerCreating", "PodInitializing", "StartError", "ErrSignatureValidation", "SignatureValidationFailed",
}

func isWaiting(t *tree) bool {
	return t.isObject() && t.only(waitingFields) && (slices.Contains(waitReasons, t.text("reason")) || backOff.MatchString(t.text("message")))
}

// isContainer knows a container of a pod's spec by what the API server adds to each.
func isContainer(t *tree) bool {
	return t.only(containerFields) && t.text("name") != "" && t.text("image") != "" &&
		t.hasAny("resources", "terminationMessagePath", "imagePullPolicy", "volumeMounts", "livenessProbe", "readinessProbe", "startupProbe")
}

func isSpec(t *tree) bool {
	if !t.isObject() || !t.only(specFields) {
		return false
	}
	containers := t.at("containers")
	return containers != nil && roleOfItems(containers.items) == roleContainer
}

// isMetadata knows the metadata of an object that an API server has stored.
func isMetadata(t *tree) bool {
	return t.only(metadataFields) && t.text("name") != "" && t.hasAny("uid", "creationTimestamp", "resourceVersion", "namespace", "ownerReferences")
}
