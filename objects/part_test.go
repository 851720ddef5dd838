package objects

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"

	"github.com/unloop-dev/unloop/fact"
)

// running is a pod as the API server has it, of which the tests cut pieces.
const running = `apiVersion: v1
kind: Pod
metadata:
  annotations:
    team: media
  creationTimestamp: "2026-03-01T07:00:00Z"
  name: resize-5f6d7c8b9-x2k4p
  namespace: media
  resourceVersion: "77"
  uid: 1b4c2a8e-6f0d-4a3b-9c5e-7d8f9a0b1c2d
spec:
  containers:
  - args:
    - --workers=4
    image: registry.example/resize:2
    imagePullPolicy: IfNotPresent
    name: resize
    resources:
      limits:
        memory: 256Mi
    terminationMessagePath: /dev/termination-log
    terminationMessagePolicy: File
  - image: registry.example/proxy:9
    imagePullPolicy: IfNotPresent
    name: proxy
    resources: {}
    terminationMessagePath: /dev/termination-log
    terminationMessagePolicy: File
  dnsPolicy: ClusterFirst
  nodeName: n4
  restartPolicy: Always
  securityContext: {}
  terminationGracePeriodSeconds: 30
  volumes:
  - emptyDir: {}
    name: tmp
status:
  conditions:
  - lastProbeTime: null
    lastTransitionTime: "2026-03-01T07:00:04Z"
    status: "False"
    type: Ready
  - lastProbeTime: null
    lastTransitionTime: "2026-03-01T07:00:00Z"
    status: "True"
    type: PodScheduled
  containerStatuses:
  - containerID: containerd://aa11
    image: registry.example/proxy:9
    imageID: registry.example/proxy@sha256:aa
    lastState: {}
    name: proxy
    ready: true
    restartCount: 0
    started: true
    state:
      running:
        startedAt: "2026-03-01T07:00:03Z"
  - containerID: containerd://bb22
    image: registry.example/resize:2
    imageID: registry.example/resize@sha256:bb
    lastState:
      terminated:
        containerID: containerd://bb22
        exitCode: 139
        finishedAt: "2026-03-01T08:11:00Z"
        message: |
          resizing 7 images
          status: gave up
        reason: Error
        startedAt: "2026-03-01T08:10:00Z"
    name: resize
    ready: false
    restartCount: 14
    started: false
    state:
      waiting:
        message: back-off 5m0s restarting failed container=resize pod=resize-5f6d7c8b9-x2k4p_media(1b4c2a8e-6f0d-4a3b-9c5e-7d8f9a0b1c2d)
        reason: CrashLoopBackOff
  hostIP: 10.1.0.4
  initContainerStatuses:
  - containerID: containerd://cc33
    image: registry.example/wait:1
    imageID: registry.example/wait@sha256:cc
    lastState: {}
    name: wait
    ready: true
    restartCount: 2
    started: false
    state:
      terminated:
        containerID: containerd://cc33
        exitCode: 0
        finishedAt: "2026-03-01T07:00:02Z"
        reason: Completed
        startedAt: "2026-03-01T07:00:01Z"
  phase: Running
  podIP: 10.2.0.9
  qosClass: Burstable
  startTime: "2026-03-01T07:00:00Z"
`

// cuts is of how many cuts the test tries one.
const cuts = 7

// TestEveryCutTellsTheTruth cuts a pod at every pair of lines, as YAML and as JSON: what a piece is said to show is what the
// whole pod has.
func TestEveryCutTellsTheTruth(t *testing.T) {
	var truth corev1.Pod
	raw, err := yaml.YAMLToJSON([]byte(running))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &truth); err != nil {
		t.Fatal(err)
	}
	var tree any
	if err := json.Unmarshal(raw, &tree); err != nil {
		t.Fatal(err)
	}
	indented, err := json.MarshalIndent(tree, "", "    ")
	if err != nil {
		t.Fatal(err)
	}
	for form, text := range map[string]string{"yaml": running, "json": string(indented)} {
		lines := strings.Split(strings.TrimSpace(text), "\n")
		read := 0
		for from := range lines {
			for to := from + 1 + from%cuts; to <= len(lines); to += cuts {
				piece := strings.Join(lines[from:to], "\n") + "\n"
				for _, p := range Parts(piece) {
					read++
					for _, lie := range lies(&truth, p) {
						t.Fatalf("%s, lines %d to %d: %s\n%s", form, from+1, to, lie, piece)
					}
				}
			}
		}
		if all := len(lines) * len(lines) / 2 / cuts; read < all/3 {
			t.Errorf("%s: %d of %d pieces are read", form, read, all)
		}
	}
}

// lies says where a part differs from the truth in what it does not hide.
func lies(truth *corev1.Pod, p Part) []string {
	var found []string
	check := func(name fact.Name, got, want any) {
		if !name.Among(p.Hidden) && fmt.Sprint(got) != fmt.Sprint(want) {
			found = append(found, fmt.Sprintf("%s is %v, not %v", name, got, want))
		}
	}
	check(fact.PodName, p.Pod.Name, truth.Name)
	check(fact.Namespace, p.Pod.Namespace, truth.Namespace)
	check(fact.Phase, p.Pod.Status.Phase, truth.Status.Phase)
	check(fact.PodReason, p.Pod.Status.Reason, truth.Status.Reason)
	check(fact.QoSClass, p.Pod.Status.QOSClass, truth.Status.QOSClass)
	check(fact.NodeName, p.Pod.Spec.NodeName, truth.Spec.NodeName)
	check(fact.PodRestartPolicy, p.Pod.Spec.RestartPolicy, truth.Spec.RestartPolicy)
	check(fact.Volumes, len(p.Pod.Spec.Volumes), len(truth.Spec.Volumes))
	for _, s := range slices.Concat(p.Pod.Status.ContainerStatuses, p.Pod.Status.InitContainerStatuses) {
		all := slices.Concat(truth.Status.ContainerStatuses, truth.Status.InitContainerStatuses)
		i := slices.IndexFunc(all, func(c corev1.ContainerStatus) bool { return c.Name == s.Name })
		if i < 0 {
			continue // its name was cut off
		}
		c := all[i]
		check(fact.Restarts, s.RestartCount, c.RestartCount)
		check(fact.Ready, s.Ready, c.Ready)
		check(fact.Digest, s.ImageID, c.ImageID)
		check(fact.WaitingReason, waitOf(s).Reason, waitOf(c).Reason)
		check(fact.WaitingMessage, waitOf(s).Message, waitOf(c).Message)
		check(fact.State, s.State.Running != nil, c.State.Running != nil)
		check(fact.LastExit, endOf(s) != nil, endOf(c) != nil)
		if mine, theirs := endOf(s), endOf(c); mine != nil && theirs != nil {
			check(fact.ExitCode, mine.ExitCode, theirs.ExitCode)
			check(fact.ExitReason, mine.Reason, theirs.Reason)
			check(fact.ExitMessage, mine.Message, theirs.Message)
			check(fact.ExitStarted, mine.StartedAt, theirs.StartedAt)
			check(fact.ExitFinished, mine.FinishedAt, theirs.FinishedAt)
		} else if mine != nil {
			found = append(found, "an end that there was not")
		}
	}
	for _, c := range p.Pod.Spec.Containers {
		for _, want := range truth.Spec.Containers {
			if c.Name == want.Name {
				check(fact.Args, c.Args, want.Args)
				check(fact.HasMemoryLimit, c.Resources.Limits.Memory(), want.Resources.Limits.Memory())
			}
		}
	}
	return found
}

func waitOf(s corev1.ContainerStatus) corev1.ContainerStateWaiting {
	if s.State.Waiting == nil {
		return corev1.ContainerStateWaiting{}
	}
	return *s.State.Waiting
}

func endOf(s corev1.ContainerStatus) *corev1.ContainerStateTerminated {
	if s.State.Terminated != nil {
		return s.State.Terminated
	}
	return s.LastTerminationState.Terminated
}
