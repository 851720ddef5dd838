package printed

import (
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/unloop-dev/unloop/fact"
)

// The forms of a pod that the container runtime told of.
const (
	formCrictl  = "crictl ps"
	formInspect = "crictl inspect"
)

// crictlShows is what crictl ps shows: the runtime knows nothing of the pod's spec, nor of what Kubernetes makes of the
// status. It knows that a container ended before, not how.
var crictlShows = []fact.Name{
	fact.PodName, fact.Namespace, fact.Created, fact.Age,
	fact.State, fact.Restarts, fact.Exited, fact.LastExit, fact.NeverRan,
}

var crictlHides = fact.Hidden(crictlShows...)

func isCrictlHeader(t table) bool {
	return t.has("CONTAINER", "IMAGE", "STATE", "NAME", "ATTEMPT") || t.has("CONTAINER ID", "IMAGE", "STATE", "NAME", "ATTEMPT")
}

// crictlStates are the container states of the CRI without their prefix, as crictl prints them.
var crictlStates = []string{"Running", "Exited", "Created", "Unknown"}

func isCrictlRow(l string, header table) bool {
	_, ok := crictlRow(l, header)
	return ok
}

func crictlRow(l string, header table) (row, bool) {
	r, ok := header.row(l)
	if !ok || !slices.Contains(crictlStates, r["STATE"]) || r["NAME"] == "" {
		return nil, false
	}
	_, err := strconv.ParseUint(r["ATTEMPT"], 10, 31)
	return r, err == nil
}

// Crictl reads the table of "crictl ps -a". The newest attempt of a container is its state; one that exited before it is
// the last run, of which the table says only that it ended. Newer versions of crictl name the pod; where they don't, pods
// are told apart by their sandbox and have no name.
func Crictl(text []byte) *Objects {
	c := crictlTable{pods: map[string]*crictlPod{}}
	for l := range strings.Lines(string(text)) {
		l = strings.TrimRight(l, "\r\n")
		if header, ok := parseHeader(l); ok {
			c.header = header
		} else if r, ok := crictlRow(l, c.header); ok {
			c.row(r)
		}
	}
	o := &Objects{}
	for _, key := range c.order {
		o.Pods = append(o.Pods, c.pods[key].pod())
	}
	return o
}

type crictlTable struct {
	header table
	pods   map[string]*crictlPod
	order  []string
}

// crictlPod gathers the rows of one sandbox.
type crictlPod struct {
	namespace, name string
	containers      []string
	runs            map[string][]crictlRun // newest first, as crictl sorts them
}

type crictlRun struct {
	state   string
	attempt int32
	image   string
	id      string
}

func (c *crictlTable) row(r row) {
	key := r["POD ID"]
	if r.cell("POD") != "" {
		key = r["NAMESPACE"] + "/" + r["POD"] // a sandbox that was made anew belongs to the same pod
	}
	p := c.pods[key]
	if p == nil {
		p = &crictlPod{namespace: r.cell("NAMESPACE"), name: r.cell("POD"), runs: map[string][]crictlRun{}}
		c.pods[key] = p
		c.order = append(c.order, key)
	}
	name := r["NAME"]
	if p.runs[name] == nil {
		p.containers = append(p.containers, name)
	}
	attempt, _ := strconv.ParseUint(r["ATTEMPT"], 10, 31)
	p.runs[name] = append(p.runs[name], crictlRun{state: r["STATE"], attempt: int32(attempt), image: r["IMAGE"], id: r["CONTAINER"] + r["CONTAINER ID"]})
}

func (p *crictlPod) pod() Pod {
	pod := &corev1.Pod{}
	pod.Namespace, pod.Name = p.namespace, p.name
	pod.Status.Phase = corev1.PodRunning
	for _, name := range p.containers {
		pod.Spec.Containers = append(pod.Spec.Containers, corev1.Container{Name: name})
		pod.Status.ContainerStatuses = append(pod.Status.ContainerStatuses, containerOfRuns(name, p.runs[name]))
	}
	return Pod{Pod: pod, Form: formCrictl, Hidden: slices.Clone(crictlHides), Row: true}
}

func containerOfRuns(name string, runs []crictlRun) corev1.ContainerStatus {
	runs = slices.Clone(runs)
	slices.SortStableFunc(runs, func(a, b crictlRun) int { return int(b.attempt) - int(a.attempt) })
	newest := runs[0]
	s := corev1.ContainerStatus{Name: name, RestartCount: newest.attempt, ContainerID: newest.id}
	switch newest.state {
	case "Running":
		s.State.Running = &corev1.ContainerStateRunning{}
	case "Exited":
		s.State.Terminated = &corev1.ContainerStateTerminated{ExitCode: unknownFailure, ContainerID: newest.id}
	default:
		s.State.Waiting = &corev1.ContainerStateWaiting{}
	}
	if len(runs) > 1 || newest.attempt > 0 {
		s.LastTerminationState.Terminated = &corev1.ContainerStateTerminated{ExitCode: unknownFailure}
	}
	return s
}

// inspection is what of "crictl inspect" is read: the container status of the CRI (cri-api's ContainerStatus).
type inspection struct {
	Status struct {
		ID       string `json:"id"`
		Metadata struct {
			Name    string `json:"name"`
			Attempt int32  `json:"attempt"`
		} `json:"metadata"`
		State      string            `json:"state"`
		StartedAt  string            `json:"startedAt"`
		FinishedAt string            `json:"finishedAt"`
		ExitCode   int32             `json:"exitCode"`
		Reason     string            `json:"reason"`
		Message    string            `json:"message"`
		ImageRef   string            `json:"imageRef"`
		Labels     map[string]string `json:"labels"`
		Image      struct {
			Image string `json:"image"`
		} `json:"image"`
	} `json:"status"`
}

var errNotInspect = errors.New("not the output of crictl inspect")

// inspectShows is what crictl inspect shows: much of the status, nothing of the spec.
var inspectShows = append(slices.Clone(crictlShows), fact.Image, fact.Digest, fact.RunningFor,
	fact.ExitCode, fact.ExitReason, fact.ExitMessage, fact.ExitSignal, fact.ExitOOM,
	fact.ExitStarted, fact.ExitFinished, fact.ExitRanFor, fact.ExitID)

var inspectHides = fact.Hidden(inspectShows...)

// Inspect reads the JSON of "crictl inspect CONTAINER", whose labels name pod and container (kubelet's
// kuberuntime/labels.go).
func Inspect(text []byte) (*Objects, error) {
	var in inspection
	if err := json.Unmarshal(text, &in); err != nil {
		if _, ok := errors.AsType[*json.UnmarshalTypeError](err); !ok {
			return nil, err
		}
	}
	s := in.Status
	name := s.Labels["io.kubernetes.container.name"]
	if name == "" {
		name = s.Metadata.Name
	}
	if s.ID == "" || name == "" {
		return nil, errNotInspect
	}
	pod := &corev1.Pod{}
	pod.Namespace, pod.Name = s.Labels["io.kubernetes.pod.namespace"], s.Labels["io.kubernetes.pod.name"]
	pod.Status.Phase = corev1.PodRunning
	pod.Spec.Containers = []corev1.Container{{Name: name, Image: s.Image.Image}}
	status := corev1.ContainerStatus{Name: name, RestartCount: s.Metadata.Attempt, ContainerID: s.ID, Image: s.Image.Image, ImageID: s.ImageRef}
	started, finished := criTime(s.StartedAt), criTime(s.FinishedAt)
	switch strings.TrimPrefix(s.State, "CONTAINER_") {
	case "RUNNING":
		status.State.Running = &corev1.ContainerStateRunning{StartedAt: started}
	case "EXITED":
		status.State.Terminated = &corev1.ContainerStateTerminated{
			ExitCode: s.ExitCode, Reason: s.Reason, Message: s.Message, StartedAt: started, FinishedAt: finished, ContainerID: s.ID,
		}
	default:
		status.State.Waiting = &corev1.ContainerStateWaiting{}
	}
	pod.Status.ContainerStatuses = []corev1.ContainerStatus{status}
	return &Objects{Pods: []Pod{{Pod: pod, Form: formInspect, Hidden: slices.Clone(inspectHides)}}}, nil
}

// criTime reads a time as the CRI has it: RFC 3339, or the year 1 or 1970 for none.
func criTime(text string) metav1.Time {
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil || t.Unix() <= 0 {
		return metav1.Time{}
	}
	return metav1.NewTime(t)
}
