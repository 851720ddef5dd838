package printed

import (
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/types"

	"github.com/unloop-dev/unloop/fact"
)

// BlockDockerInspect is the JSON of "docker inspect" of containers, for DockerInspect; podman and nerdctl write the same.
const BlockDockerInspect BlockKind = "docker inspect"

const formDockerInspect = "docker inspect"

// dockerInspectShows is what docker inspect shows: besides the status that crictl inspect has the memory limit.
var dockerInspectShows = append(slices.Clone(inspectShows), fact.UID,
	fact.MemoryLimit, fact.HasMemoryLimit, fact.MemoryLimitText, fact.TinyMemoryLimit)

// dockerInspection is what of a container is read (moby, api/types/container, InspectResponse).
type dockerInspection struct {
	ID    string `json:"Id"`
	Name  string
	Image string
	State struct {
		Status     string
		OOMKilled  bool
		ExitCode   int32
		Error      string
		StartedAt  string
		FinishedAt string
	}
	HostConfig *struct{ Memory int64 }
	Config     struct {
		Image  string
		Labels map[string]string
	}
}

var dockerKey = newForm(`"Id"[ \t]*:[ \t]*"[0-9a-f]{12,64}"`, `"`)

func (s *scanner) dockerInspectAt(i int, l string) bool {
	return opensJSON(l) && s.near(i+1, 2, dockerKey)
}

var errNoPodInspected = errors.New("a container of no pod: it has no label of Kubernetes")

// DockerInspect reads containers of pods; cri-dockerd's labels say whose they are.
func DockerInspect(text []byte) (*Objects, error) {
	var list []dockerInspection
	err := json.Unmarshal(text, &list)
	if err != nil {
		var one dockerInspection
		if err = json.Unmarshal(text, &one); err == nil {
			list = []dockerInspection{one}
		}
	}
	if _, ok := errors.AsType[*json.UnmarshalTypeError](err); err != nil && !ok {
		return nil, err
	}
	o := &Objects{}
	for _, in := range list {
		if p, ok := in.pod(); ok {
			o.Pods = append(o.Pods, p)
		}
	}
	if len(o.Pods) == 0 {
		return nil, errNoPodInspected
	}
	return o, nil
}

func (in dockerInspection) pod() (Pod, bool) {
	labels := in.Config.Labels
	name := labels["io.kubernetes.container.name"]
	if name == "" || name == sandboxName || in.ID == "" {
		return Pod{}, false
	}
	pod := &corev1.Pod{}
	pod.Namespace, pod.Name = labels["io.kubernetes.pod.namespace"], labels["io.kubernetes.pod.name"]
	pod.UID = types.UID(labels["io.kubernetes.pod.uid"])
	pod.Status.Phase = corev1.PodRunning
	pod.Spec.Containers = []corev1.Container{{Name: name, Image: in.Config.Image}}
	status := corev1.ContainerStatus{Name: name, ContainerID: in.ID, Image: in.Config.Image, ImageID: in.Image}
	out := Pod{Pod: pod, Form: formDockerInspect, Hidden: fact.Hidden(dockerInspectShows...)}
	if attempt, ok := in.attempt(); ok {
		status.RestartCount = attempt
	} else {
		out.Hide(fact.Restarts)
	}
	in.setState(&status)
	pod.Status.ContainerStatuses = []corev1.ContainerStatus{status}
	if status.State.Terminated == nil { // how the run before ended, another container says
		out.Hide(append(slices.Clone(exitFacts), fact.ExitMessage, fact.ExitStarted, fact.ExitFinished, fact.ExitRanFor, fact.ExitID)...)
	}
	switch host := in.HostConfig; {
	case host == nil:
		out.Hide(fact.Memory)
	case host.Memory > 0:
		pod.Spec.Containers[0].Resources.Limits = corev1.ResourceList{corev1.ResourceMemory: *resource.NewQuantity(host.Memory, resource.BinarySI)}
	}
	return out, true
}

// attempt is how often the container was restarted: the kubelet's annotation, else the last part of the name.
func (in dockerInspection) attempt() (int32, bool) {
	text := in.Config.Labels["annotation.io.kubernetes.container.restartCount"]
	if text == "" {
		text = in.Name[strings.LastIndexByte(in.Name, '_')+1:]
	}
	n, err := strconv.ParseInt(text, 10, 32)
	return int32(n), err == nil && n >= 0
}

// setState says of the state what cri-dockerd tells the kubelet (core/container_status.go, ContainerStatus).
func (in dockerInspection) setState(c *corev1.ContainerStatus) {
	started, finished := criTime(in.State.StartedAt), criTime(in.State.FinishedAt)
	ended := &corev1.ContainerStateTerminated{
		ExitCode: in.State.ExitCode, Message: in.State.Error, StartedAt: started, FinishedAt: finished, ContainerID: in.ID, Reason: "Error",
	}
	switch {
	case in.State.OOMKilled:
		ended.Reason = "OOMKilled"
	case in.State.ExitCode == 0:
		ended.Reason = "Completed"
	case finished.IsZero():
		ended.Reason = "ContainerCannotRun"
	}
	switch status := in.State.Status; {
	case status == "running" || status == "paused":
		c.State.Running = &corev1.ContainerStateRunning{StartedAt: started}
		if c.RestartCount > 0 {
			c.LastTerminationState.Terminated = &corev1.ContainerStateTerminated{ExitCode: unknownFailure}
		}
	case status == "exited" || status == "dead" || status == "restarting" || in.State.ExitCode != 0:
		c.State.Terminated = ended
	default:
		c.State.Waiting = &corev1.ContainerStateWaiting{}
	}
}
