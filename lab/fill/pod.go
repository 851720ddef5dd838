package fill

import (
	"crypto/sha256"
	"fmt"
	"time"
)

// object is the pod without its status. owner is the object that controls it, as the API server gave it.
func (p *Pod) object(owner object) object {
	m := meta(p.Namespace, p.PodName, p.podLabels())
	m["ownerReferences"] = []object{reference(owner)}
	switch labels := m["labels"].(object); p.Kind {
	case "StatefulSet":
		labels["statefulset.kubernetes.io/pod-name"] = p.PodName
	case "Job":
		labels["batch.kubernetes.io/job-name"] = p.Name
		labels["batch.kubernetes.io/controller-uid"] = owner["metadata"].(object)["uid"]
	}
	spec := p.podSpec()
	spec["nodeName"] = p.Node
	return object{"apiVersion": "v1", "kind": "Pod", "metadata": m, "spec": spec}
}

// reference names a controller.
func reference(owner object) object {
	m := owner["metadata"].(object)
	return object{
		"apiVersion": owner["apiVersion"], "kind": owner["kind"], "name": m["name"], "uid": m["uid"],
		"controller": true, "blockOwnerDeletion": true,
	}
}

// podStatus is what the pod's kubelet would have written at a moment.
func (p *Pod) podStatus(at time.Time, uid string) object {
	begin := stamp(at.Add(-p.age))
	status := object{
		"phase": "Running", "startTime": begin, "hostIP": nodeIP, "hostIPs": []object{{"ip": nodeIP}},
		"podIP": p.ip(), "podIPs": []object{{"ip": p.ip()}},
	}
	ready, initialized := "True", "True"
	app := p.wellStatus(at)
	switch {
	case p.Loops && p.way.init:
		status["initContainerStatuses"] = []object{p.failingStatus(at, uid)}
		app = p.waitingStatus("PodInitializing", "")
		status["phase"], ready, initialized = "Pending", "False", "False"
	case p.Loops:
		app, ready = p.failingStatus(at, uid), "False"
		if p.way.reason == "" {
			status["phase"] = "Pending"
		}
	case p.way != nil && p.way.init:
		status["initContainerStatuses"] = []object{p.doneStatus(at)}
	}
	status["containerStatuses"] = []object{app}
	var conditions []object
	for _, c := range [][2]string{
		{"PodReadyToStartContainers", "True"},
		{"Initialized", initialized},
		{"Ready", ready},
		{"ContainersReady", ready},
		{"PodScheduled", "True"},
	} {
		conditions = append(conditions, object{"type": c[0], "status": c[1], "lastTransitionTime": begin})
	}
	status["conditions"] = conditions
	return status
}

func (p *Pod) ip() string { return fmt.Sprintf("10.128.%d.%d", p.number/250, 1+p.number%250) }

// containerID names a run: the one that is there for back 0, the one before for 1.
func (p *Pod) containerID(back int) string {
	return fmt.Sprintf("containerd://%x", sha256.Sum256(fmt.Appendf(nil, "%s %s %d", p.Namespace, p.PodName, p.restarts-back)))
}

func (p *Pod) imageID() string {
	return fmt.Sprintf("registry.example.com/shop/%s@sha256:%x", p.Name, sha256.Sum256([]byte(p.image())))
}

func (p *Pod) containerStatus(name string) object {
	return object{
		"name": name, "image": p.image(), "imageID": p.imageID(), "containerID": p.containerID(0), "ready": false, "started": false,
		"restartCount": p.restarts, "state": object{}, "lastState": object{},
	}
}

// wellStatus is that of a container that runs, perhaps after a crash long ago.
func (p *Pod) wellStatus(at time.Time) object {
	s := p.containerStatus(appContainer)
	s["ready"], s["started"] = true, true
	begin := at.Add(-p.age)
	if p.restarts > 0 {
		ended := at.Add(-p.ended)
		s["lastState"] = object{"terminated": object{
			"exitCode": 1, "reason": "Error", "startedAt": stamp(begin), "finishedAt": stamp(ended), "containerID": p.containerID(1),
		}}
		begin = ended.Add(time.Second)
	}
	s["state"] = object{"running": object{"startedAt": stamp(begin)}}
	return s
}

func (p *Pod) waitingStatus(reason, message string) object {
	s := p.containerStatus(appContainer)
	s["imageID"], s["restartCount"] = "", 0
	delete(s, "containerID")
	waiting := object{"reason": reason}
	if message != "" {
		waiting["message"] = message
	}
	s["state"] = object{"waiting": waiting}
	return s
}

// failingStatus is that of the container that keeps the pod from being well.
func (p *Pod) failingStatus(at time.Time, uid string) object {
	name := p.way.container()
	message := p.fillHoles(p.way.message, name, uid)
	if p.way.reason == "" {
		return p.waitingStatus(p.way.waiting, message)
	}
	s := p.containerStatus(name)
	s["state"] = object{"waiting": object{"reason": p.way.waiting, "message": message}}
	s["lastState"] = object{"terminated": object{
		"exitCode": p.way.exit, "reason": p.way.reason, "containerID": p.containerID(0),
		"startedAt": stamp(at.Add(-p.ended - p.way.ran)), "finishedAt": stamp(at.Add(-p.ended)),
	}}
	return s
}

// doneStatus is that of an init container that has done its work.
func (p *Pod) doneStatus(at time.Time) object {
	s := p.containerStatus(initContainer)
	s["ready"], s["restartCount"] = true, 0
	begin := at.Add(-p.age)
	s["state"] = object{"terminated": object{
		"exitCode": 0, "reason": "Completed", "startedAt": stamp(begin), "finishedAt": stamp(begin.Add(3 * time.Second)), "containerID": p.containerID(0),
	}}
	return s
}

// events are those of the pod that the API server still has: a well one's are gone.
func (p *Pod) events(at time.Time, uid string) []object {
	if !p.Loops {
		return nil
	}
	path := "spec.containers{" + appContainer + "}"
	if p.way.init {
		path = "spec.initContainers{" + initContainer + "}"
	}
	var events []object
	for i, e := range p.way.events {
		events = append(events, object{
			"apiVersion": "v1", "kind": "Event", "metadata": meta(p.Namespace, fmt.Sprintf("%s.%x", p.PodName, 0x18a0000000000000+p.number*16+i), nil),
			"involvedObject": object{"apiVersion": "v1", "kind": "Pod", "namespace": p.Namespace, "name": p.PodName, "uid": uid, "fieldPath": path},
			"reason":         e.reason, "type": e.kind, "message": p.fillHoles(e.message, p.way.container(), uid), "count": e.count,
			"firstTimestamp": stamp(at.Add(-min(p.age, 5*time.Hour))), "lastTimestamp": stamp(at.Add(-p.ended + e.after)),
			"source": object{"component": "kubelet", "host": p.Node}, "reportingComponent": "kubelet", "reportingInstance": p.Node,
		})
	}
	return events
}
