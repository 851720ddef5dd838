package fakeapi

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/unloop-dev/unloop/evidence"
)

type logKey struct {
	namespace, pod, container string
	previous                  bool
}

// SetLog sets the log that a request with or without previous gets. While a container waits for its restart both give
// the same run, so either will do then.
func (s *Server) SetLog(namespace, pod, container string, previous bool, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.logs[logKey{namespace, pod, container, previous}] = text
}

// serveLog answers as API server and kubelet would (docs/kubernetes.md#which-runs-log).
func (s *Server) serveLog(w http.ResponseWriter, r *http.Request, q Request) {
	pod, ok := s.find("pods", q.Namespace, q.Name).(*corev1.Pod)
	if !ok {
		q.Resource = "pods"
		s.answerStatus(w, r, notFound(q))
		return
	}
	query := r.URL.Query()
	container, status := chosenContainer(pod, query.Get("container"))
	if status != nil {
		s.answerStatus(w, r, *status)
		return
	}
	if pod.Spec.NodeName == "" {
		w.WriteHeader(http.StatusNoContent) // k8s.io/apiserver/pkg/registry/generic/rest/streamer.go
		return
	}
	state, previous := statusOf(pod, container), query.Get("previous") == "true"
	if status := refusal(pod, container, state, previous); status != nil {
		s.answerStatus(w, r, *status)
		return
	}
	text, ok := s.logText(logKey{q.Namespace, q.Name, container, previous}, state)
	if !ok {
		// The kubelet has already sent the header when it finds that the runtime has removed the container.
		text = fmt.Sprintf("unable to retrieve container logs for %s", containerID(state, previous))
	}
	_, _ = io.WriteString(w, cut(text, query))
}

// logText finds the log; in a waiting container previous and plain are the same run.
func (s *Server) logText(key logKey, state *corev1.ContainerStatus) (string, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	text, ok := s.logs[key]
	if !ok && state.State.Waiting != nil {
		key.previous = !key.previous
		text, ok = s.logs[key]
	}
	return text, ok
}

// chosenContainer mirrors LogLocation (k8s.io/kubernetes/pkg/registry/core/pod/strategy.go).
func chosenContainer(pod *corev1.Pod, name string) (string, *metav1.Status) {
	var all []string
	for _, list := range [][]corev1.Container{pod.Spec.InitContainers, pod.Spec.Containers} {
		for i := range list {
			all = append(all, list[i].Name)
		}
	}
	switch {
	case name == "" && len(pod.Spec.Containers) == 1:
		return pod.Spec.Containers[0].Name, nil
	case name == "":
		status := badRequest("a container name must be specified for pod %s, choose one of: %v", pod.Name, all)
		return "", &status
	case !slices.Contains(all, name):
		status := badRequest("container %s is not valid for pod %s", name, pod.Name)
		return "", &status
	}
	return name, nil
}

func statusOf(pod *corev1.Pod, container string) *corev1.ContainerStatus {
	for s := range evidence.Statuses(pod) {
		if s.Name == container {
			return s
		}
	}
	return nil
}

// refusal mirrors validateContainerLogStatus (k8s.io/kubernetes/pkg/kubelet/kubelet_pods.go): which states have a log to
// give.
func refusal(pod *corev1.Pod, container string, state *corev1.ContainerStatus, previous bool) *metav1.Status {
	var status metav1.Status
	switch {
	case state == nil:
		status = badRequest("container %q in pod %q is not available", container, pod.Name)
	case previous && state.LastTerminationState.Terminated == nil:
		status = badRequest("previous terminated container %q in pod %q not found", container, pod.Name)
	case previous, state.State.Running != nil, state.State.Terminated != nil, state.LastTerminationState.Terminated != nil:
		return nil
	case state.State.Waiting != nil && state.State.Waiting.Reason != "":
		status = badRequest("container %q in pod %q is waiting to start: %s", container, pod.Name, state.State.Waiting.Reason)
	default:
		status = badRequest("container %q in pod %q is waiting to start - no logs yet", container, pod.Name)
	}
	return &status
}

func containerID(state *corev1.ContainerStatus, previous bool) string {
	switch t, last := state.State.Terminated, state.LastTerminationState.Terminated; {
	case t != nil && !previous:
		return t.ContainerID
	case last != nil:
		return last.ContainerID
	}
	return state.ContainerID
}

// cut applies tailLines, then limitBytes, which counts from the start of what is left (docs/kubernetes.md#log-parameters).
func cut(text string, query url.Values) string {
	if n, err := strconv.Atoi(query.Get("tailLines")); err == nil {
		lines := bytes.SplitAfter([]byte(text), []byte("\n"))
		if strings.HasSuffix(text, "\n") || text == "" {
			lines = lines[:len(lines)-1]
		}
		text = string(bytes.Join(lines[max(0, len(lines)-n):], nil))
	}
	if n, err := strconv.Atoi(query.Get("limitBytes")); err == nil && n < len(text) {
		text = text[:n]
	}
	return text
}
