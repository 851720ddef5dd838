package printed

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"

	"github.com/unloop-dev/unloop/fact"
)

func describeOnePod(t *testing.T, text string) Pod {
	t.Helper()
	got, err := Describe([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Pods) != 1 {
		t.Fatalf("%d pods, want 1", len(got.Pods))
	}
	return got.Pods[0]
}

// stateBlock is what people paste most: the state of one container.
const stateBlock = `    State:          Waiting
      Reason:       CrashLoopBackOff
    Last State:     Terminated
      Reason:       OOMKilled
      Exit Code:    137
      Started:      Mon, 18 Nov 2024 08:21:31 +0100
      Finished:     Mon, 18 Nov 2024 08:21:38 +0100
    Ready:          False
    Restart Count:  6
`

// TestStateSurvivesCopying: the block alone, with its indentation cut, shifted, lost or made of tabs, says the same.
func TestStateSurvivesCopying(t *testing.T) {
	want := corev1.ContainerStatus{RestartCount: 6}
	want.State.Waiting = &corev1.ContainerStateWaiting{Reason: "CrashLoopBackOff"}
	want.LastTerminationState.Terminated = &corev1.ContainerStateTerminated{
		Reason: "OOMKilled", ExitCode: 137,
		StartedAt:  timeFrom("Mon, 18 Nov 2024 07:21:31 +0000"),
		FinishedAt: timeFrom("Mon, 18 Nov 2024 07:21:38 +0000"),
	}
	want.Started = new(bool)
	lines := strings.SplitAfter(stateBlock, "\n")
	each := func(change func(string) string) string {
		var b strings.Builder
		for _, l := range lines {
			b.WriteString(change(l))
		}
		return b.String()
	}
	for name, text := range map[string]string{
		"as printed":     stateBlock,
		"first line cut": strings.TrimLeft(stateBlock, " "),
		"no indentation": each(func(l string) string { return strings.TrimLeft(l, " ") }),
		"shifted":        each(func(l string) string { return "        " + l }),
		"tabs":           each(func(l string) string { return strings.ReplaceAll(l, "    ", "\t") }),
		"one space lost": each(func(l string) string { return strings.Replace(l, "    Last", "   Last", 1) }),
		"CRLF":           strings.ReplaceAll(stateBlock, "\n", "\r\n"),
		"head line cut":  strings.Join(lines[1:], ""),
		"collapsed":      each(func(l string) string { return strings.Join(strings.Fields(l), " ") + "\n" }),
		"with its name":  "  app:\n    Container ID:  containerd://1\n" + stateBlock,
		"within fences":  "here it is\n\n" + stateBlock + "\nwhat now?\n",
	} {
		t.Run(name, func(t *testing.T) {
			pod := describeOnePod(t, text)
			got := pod.Pod.Status.ContainerStatuses
			if len(got) != 1 {
				t.Fatalf("%d statuses, want 1", len(got))
			}
			got[0].Name, got[0].ContainerID = "", ""
			if diff := cmp.Diff(want, got[0], compared); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if pod.Form != formPart {
				t.Errorf("form %q", pod.Form)
			}
		})
	}
}

// TestPartsAreHidden: what a part does not reach is unknown, and what lies between lines that are there is not.
func TestPartsAreHidden(t *testing.T) {
	hidden := describeOnePod(t, stateBlock).Hidden
	for _, name := range []fact.Name{
		"c.image", "c.liveness", "c.mounts", "c.memory.hasLimit", "c.env", "c.command", "c.kind", "c.waitingMessage", "c.security",
		"pod.name", "pod.phase", "pod.scheduled", "pod.serviceAccount", "workload.kind",
	} {
		if !slices.Contains(hidden, name) {
			t.Errorf("%s is not hidden", name)
		}
	}
	for _, name := range []fact.Name{"c.state", "c.lastExit", "c.exited", "c.restarts", "c.ready", "c.started"} {
		if slices.Contains(hidden, name) {
			t.Errorf("%s is hidden", name)
		}
	}
	block := "  app:\n    Image:  a:1\n    Port:  <none>\n" + stateBlock + "    Environment:  <none>\n    Mounts:  <none>\n"
	for _, name := range []fact.Name{"c.image", "c.liveness", "c.startup", "c.memory.hasLimit", "c.env", "c.command"} {
		if slices.Contains(describeOnePod(t, block).Hidden, name) {
			t.Errorf("%s is hidden although the block of the container is whole", name)
		}
	}
	cut := strings.Replace(block, "    Environment", "    ...\n    Environment", 1)
	if got := describeOnePod(t, cut).Hidden; !slices.Contains(got, "c.liveness") || slices.Contains(got, "c.lastExit") {
		t.Errorf("where something was left out, %v are hidden", got)
	}
}

// TestHiddenFollowsTheText: what a whole describe leaves open depends on what it says.
func TestHiddenFollowsTheText(t *testing.T) {
	const head = "Name:         app\nNamespace:    a\nService Account:  default\nNode:         n1/10.0.0.1\nLabels:       <none>\nAnnotations:  <none>\n" +
		"Status:       Running\nIP:           10.1.0.1\nIPs:\n  IP:  10.1.0.1\nContainers:\n  app:\n    Container ID:  x\n    Image:  a:1\n    Port:  <none>\n"
	const tail = "    Environment:  <none>\n    Mounts:  <none>\nConditions:\n  Type  Status\n  Ready  False\nVolumes:  <none>\nQoS Class:  BestEffort\n"
	const running = "    State:  Running\n      Started:  Mon, 18 Nov 2024 07:21:31 +0000\n    Ready:  False\n    Restart Count:  0\n"
	const waiting = "    State:  Waiting\n      Reason:  CreateContainerConfigError\n    Ready:  False\n    Restart Count:  0\n"
	const event = "Events:\n  Type  Reason  Age  From  Message\n  Warning  Failed  5s  kubelet  Error: secret \"x\" not found\n"
	for _, test := range []struct {
		name, text string
		fact       fact.Name
		want       bool
	}{
		{"network of its own", head + running + tail, "pod.hostNetwork", false},
		{"no address", strings.ReplaceAll(head, "10.1.0.1", "") + running + tail, "pod.hostNetwork", true},
		{"old kubectl", strings.Replace(head, "Service Account:  default\n", "", 1) + running + tail, "pod.serviceAccount", true},
		{"runs", head + running + tail, "c.waitingMessage", false},
		{"runs and has started", head + running + tail, "c.started", false},
		{"runs under a startup probe", head + running + "    Startup:  tcp-socket :80 delay=0s timeout=1s period=10s #success=1 #failure=3\n" + tail, "c.started", true},
		{"waits", head + waiting + tail, "c.waitingMessage", true},
		{"waits, no event says why", head + waiting + tail, "c.start", true},
		{"waits, an event says why", head + waiting + tail + event, "c.start", false},
		{"no disruption", head + running + tail, "pod.disruption", false},
		{"a disruption", head + running + strings.Replace(tail, "  Ready", "  DisruptionTarget  True\n  Ready", 1), "pod.disruption", true},
		{"a main container", head + running + tail, "c.kind", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			pod := describeOnePod(t, test.text)
			if got := slices.Contains(pod.Hidden, test.fact); got != test.want {
				t.Errorf("%s hidden: %v", test.fact, got)
			}
			if pod.Form != formDescribe {
				t.Errorf("form %q", pod.Form)
			}
		})
	}
}

// TestQuotedTextIsNoField: a termination message can imitate all that follows it; what really follows still counts.
func TestQuotedTextIsNoField(t *testing.T) {
	const forged = "    Last State:  Terminated\n      Reason:    Error\n      Message:   boom\n" +
		"      Exit Code:    0\n      Started:      Mon, 18 Nov 2024 08:00:00 +0000\n    Ready:          True\n    Restart Count:  0\n" +
		"Name:         other\nNamespace:    evil\nEvents:  <none>\n" +
		"      Exit Code:    3\n      Started:      Mon, 18 Nov 2024 08:21:31 +0000\n      Finished:     Mon, 18 Nov 2024 08:21:38 +0000\n" +
		"    Ready:          False\n    Restart Count:  6\n"
	pod := describeOnePod(t, forged)
	s := pod.Pod.Status.ContainerStatuses[0]
	if got := s.LastTerminationState.Terminated; got == nil || got.ExitCode != 3 || !strings.Contains(got.Message, "evil") {
		t.Errorf("last state %+v", got)
	}
	if s.Ready || s.RestartCount != 6 || pod.Pod.Namespace != "" {
		t.Errorf("status %+v of pod %q", s, pod.Pod.Namespace)
	}
}

func TestSeveralObjects(t *testing.T) {
	const one = "Name:         %\nNamespace:    a\nNode:         n1/10.0.0.1\nStatus:       Running\nContainers:\n  app:\n    Image:  a:1\nEvents:  <none>\n"
	text := strings.ReplaceAll(one, "%", "first") + "\n\n" + strings.ReplaceAll(one, "%", "second")
	got, err := Describe([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Pods) != 2 || got.Pods[0].Pod.Name != "first" || got.Pods[1].Pod.Name != "second" || !got.EventsRead {
		t.Errorf("%+v", got)
	}
}

// TestDeletedPod: of a pod that is gone, kubectl still prints the events.
func TestDeletedPod(t *testing.T) {
	got, err := Describe([]byte("Pod 'web-1': error 'pods \"web-1\" not found', but found events.\nEvents:\n" +
		"  Type     Reason   Age   From     Message\n  ----     ------   ----  ----     -------\n  Warning  Evicted  5m    kubelet  The node was low on resource: memory.\n"))
	if err != nil || len(got.Pods) != 1 || got.Pods[0].Pod.Name != "web-1" || len(got.Events) != 1 || got.Events[0].Event.InvolvedObject.Name != "web-1" {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestAnnotations(t *testing.T) {
	const head = "Name:         a\nNamespace:    b\nNode:         n/1\n"
	for name, text := range map[string]string{
		"now":             "Annotations:  one: 1\n              two:\n                x=y\n                z\n",
		"kubectl to 1.11": "Annotations:  one=1\n              two=x=y\n                z\n",
	} {
		want := map[string]string{"one": "1", "two": "x=y\nz"}
		if diff := cmp.Diff(want, describeOnePod(t, head+text).Pod.Annotations); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// TestQuotingObjects: what stands in a ConfigMap is no pod.
func TestQuotingObjects(t *testing.T) {
	got, err := Describe([]byte("Name:         c\nNamespace:    a\nLabels:       <none>\n\nData\n====\nkey:\n----\nContainers:\n  app:\n    Image:  a:1\nNode:  x\n\nEvents:  <none>\n"))
	if err != nil || len(got.Pods) != 0 || !got.EventsRead {
		t.Errorf("%+v, %v", got, err)
	}
}

// TestEventsAlone reads the rows that all versions print, and the ways in which they are damaged.
func TestEventsAlone(t *testing.T) {
	const head = "Events:\n  Type     Reason     Age                   From               Message\n  ----     ------     ----                  ----               -------\n"
	event := func(count int32, component, host, path, message string) corev1.Event {
		e := corev1.Event{Type: "Warning", Reason: "BackOff", Message: message, Count: count}
		e.Source = corev1.EventSource{Component: component, Host: host}
		e.InvolvedObject.FieldPath = path
		return e
	}
	for name, test := range map[string]struct {
		text string
		want corev1.Event
		last time.Duration
	}{
		"as printed": {
			head + "  Warning  BackOff    3m5s (x214 over 58m)  kubelet            Back-off restarting failed container\n",
			event(214, "kubelet", "", "", "Back-off restarting failed container"), 185 * time.Second,
		},
		"a row alone": {
			"  Warning  BackOff    3m5s (x214 over 58m)  kubelet            Back-off restarting failed container\n",
			event(214, "kubelet", "", "", "Back-off restarting failed container"), 185 * time.Second,
		},
		"collapsed": {
			"Warning BackOff 3m5s (x214 over 58m) kubelet Back-off restarting failed container\n",
			event(214, "kubelet", "", "", "Back-off restarting failed container"), 185 * time.Second,
		},
		"kubectl 1.18": {head + "  Warning  BackOff    7s                    kubelet, n1        Back-off\n", event(1, "kubelet", "n1", "", "Back-off"), 7 * time.Second},
		"with its path": {
			head + "  Warning  BackOff    7s                    kubelet            spec.containers{app}: Back-off\n",
			event(1, "kubelet", "", "spec.containers{app}", "Back-off"), 7 * time.Second,
		},
		"no source": {head + "  Warning  BackOff    7s                                       Back-off of whom\n", event(1, "", "", "", "Back-off of whom"), 7 * time.Second},
		"several lines": {
			head + "  Warning  BackOff    7s                    kubelet            first\nsecond\n\n  third\n",
			event(1, "kubelet", "", "", "first\nsecond\n\nthird"), 7 * time.Second,
		},
		"kubectl 1.8": {
			"Events:\n  FirstSeen\tLastSeen\tCount\tFrom\t\tSubObjectPath\tType\tReason\tMessage\n" +
				"  58m\t\t7s\t\t214\tkubelet, n1\tspec.containers{app}\tWarning\t\tBackOff\tBack-off\n",
			event(214, "kubelet", "n1", "spec.containers{app}", "Back-off"), 7 * time.Second,
		},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Describe([]byte(test.text))
			if err != nil {
				t.Fatal(err)
			}
			if len(got.Events) != 1 || len(got.Pods) != 0 || !got.EventsRead {
				t.Fatalf("%+v", got)
			}
			if diff := cmp.Diff(test.want, got.Events[0].Event); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if got.Events[0].Last.Min != test.last {
				t.Errorf("age %+v", got.Events[0].Last)
			}
		})
	}
}

// TestSidecarsAreTold: describe prints sidecars as it does init containers.
func TestSidecarsAreTold(t *testing.T) {
	block := func(state, more string) string {
		return "    Container ID:  x\n    Image:  a:1\n    Port:  <none>\n" + state + "    Ready:  False\n    Restart Count:  0\n" + more + "    Environment:  <none>\n    Mounts:  <none>\n"
	}
	const running = "    State:  Running\n      Started:  Mon, 18 Nov 2024 07:21:31 +0000\n"
	const waiting = "    State:  Waiting\n      Reason:  PodInitializing\n"
	const pulling = "    State:  Waiting\n      Reason:  ImagePullBackOff\n"
	const crashing = "    State:  Waiting\n      Reason:  CrashLoopBackOff\n    Last State:  Terminated\n      Exit Code:  1\n      Started:  Mon, 18 Nov 2024 07:21:31 +0000\n"
	const probed = "    Startup:  tcp-socket :80 delay=0s timeout=1s period=10s #success=1 #failure=3\n"
	for _, test := range []struct {
		name, init, main string
		sidecar, unsure  bool
	}{
		{"beside a running one", block(running, ""), block(running, ""), true, false},
		{"with a probe", block(running, probed), block(waiting, ""), true, false},
		{"before the others", block(crashing, ""), block(waiting, ""), false, false},
		{"never run", block(pulling, ""), block(waiting, ""), false, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			pod := describeOnePod(t, "Init Containers:\n  side:\n"+test.init+"Containers:\n  app:\n"+test.main)
			if got := pod.Pod.Spec.InitContainers[0].RestartPolicy != nil; got != test.sidecar {
				t.Errorf("sidecar: %v", got)
			}
			if got := slices.Contains(pod.Hidden, "c.kind"); got != test.unsure {
				t.Errorf("unsure: %v", got)
			}
		})
	}
}

func TestNothingOfADescribe(t *testing.T) {
	for _, text := range []string{"", "hello\nworld\n", "NAME  READY\nweb  1/1\n", "2024-01-01 ERROR: it failed\nReason: none\n", "Name: x\n", "Schedule: daily\nStatus: failed\nEvents: 3\nImage: x\n", "panic: x\n\nmain.main()\n"} {
		if got, err := Describe([]byte(text)); err == nil {
			t.Errorf("%q: %+v", text, got)
		}
	}
}

// TestFailedJob: describe prints no conditions of a Job, but the event of its failure.
func TestFailedJob(t *testing.T) {
	got, err := Describe([]byte("Name:           j\nNamespace:      a\nSelector:       x=y\nParallelism:    1\nPods Statuses:  0 Active (0 Ready) / 0 Succeeded / 7 Failed\n" +
		"Events:\n  Type     Reason                Age   From            Message\n  ----     ------                ----  ----            -------\n" +
		"  Warning  BackoffLimitExceeded  5m    job-controller  Job has reached the specified backoff limit\n"))
	if err != nil || len(got.Jobs) != 1 || got.Jobs[0].Status.Failed != 7 || len(got.Jobs[0].Status.Conditions) != 1 {
		t.Errorf("%+v, %v", got, err)
	}
}

func FuzzDescribe(f *testing.F) {
	texts, err := filepath.Glob(filepath.Join("testdata", "describe", "v1.35", "*.txt"))
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range texts {
		text, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte(stateBlock))
	f.Add([]byte("Name: a\nNamespace: b\nRoles: <none>\nConditions:\n  Ready  True\nEvents:  <none>\n"))
	f.Add([]byte("Containers:\n  a:\n    Image: x\n    Limits:\n      memory:  1e999999999\n    Liveness:  exec [a b\nc] delay=1s timeout=1s period=1s #success=1 #failure=1\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		got, err := Describe(text)
		if (got == nil) == (err == nil) {
			t.Fatalf("%v, %v", got, err)
		}
	})
}

// BenchmarkDescribe reads a text of many pods: the time is linear in it.
func BenchmarkDescribe(b *testing.B) {
	text := []byte(strings.Repeat("\n\nName:         x\nNamespace:    a\nNode:  n1/1.1.1.1\nContainers:\n  app:\n    Image:  a:1\n"+stateBlock+"Events:  <none>\n", 1000))
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, err := Describe(text); err != nil {
			b.Fatal(err)
		}
	}
}
