// Package roundtrip holds package printed against the kubectl of today: what kubectl describe prints of the pods that the
// lab has captured is read back, and has to come to the same evidence. It is a module of its own, so that kubectl is no
// dependency of unloop.
package roundtrip

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/fake"
	"k8s.io/kubectl/pkg/describe"

	"github.com/unloop-dev/unloop/bundle"
	"github.com/unloop-dev/unloop/evidence"
	"github.com/unloop-dev/unloop/printed"
)

// TestRoundTrip puts back into what was read only the fields that it says it cannot show. Everything else must be there.
func TestRoundTrip(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join("..", "..", "causes", "*", "testdata", "lab-*.txtar"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no captures: %v", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			b, err := bundle.Open([]string{path}, nil)
			if err != nil {
				t.Fatal(err)
			}
			for _, raw := range b.Raws() {
				if raw.Pod != nil {
					roundTrip(t, raw)
				}
			}
		})
	}
}

func roundTrip(t *testing.T, raw *evidence.Raw) {
	t.Helper()
	// Ages are counted from now, so the capture is made to have been now.
	now := time.Now().Truncate(time.Second)
	by := now.Sub(raw.At)
	pod := shift(t, raw.Pod, by)
	events := shift(t, &corev1.EventList{Items: raw.Events}, by).Items
	text := print(t, pod, events)
	got, err := printed.Describe([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Pods) != 1 {
		t.Fatalf("%d pods in\n%s", len(got.Pods), text)
	}
	read := got.Pods[0]
	if read.Form != "kubectl describe" {
		t.Errorf("form %q", read.Form)
	}
	if !got.EventsRead {
		t.Error("events not read")
	}
	checkAnchors(t, got.Anchors, now)
	graft(read.Pod, pod, read.Blind)

	want, have := *raw, *raw
	want.At, have.At = now, now
	want.Pod, have.Pod = pod, read.Pod
	want.EventsRead, have.EventsRead = true, true
	want.Events = slices.DeleteFunc(events, func(e corev1.Event) bool { return !isOf(&e, pod) })
	have.Events = timed(got.Events, now)
	if diff := cmp.Diff(evidence.Of(&want), evidence.Of(&have), same); diff != "" {
		t.Errorf("(-captured +read):\n%s\nof\n%s", diff, text)
	}
}

// stamp is a time in an object of the API.
var stamp = regexp.MustCompile(`"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"`)

// shift moves all times of an object but those of runs that never were.
func shift[T any](t *testing.T, object *T, by time.Duration) *T {
	t.Helper()
	data, err := json.Marshal(object)
	if err != nil {
		t.Fatal(err)
	}
	data = stamp.ReplaceAllFunc(data, func(text []byte) []byte {
		at, err := time.Parse(time.RFC3339Nano, strings.Trim(string(text), `"`))
		if err != nil || at.Unix() <= 0 {
			return text
		}
		format := time.RFC3339
		if strings.Contains(string(text), ".") {
			format = metav1.RFC3339Micro
		}
		return []byte(`"` + at.Add(by).Format(format) + `"`)
	})
	moved := new(T)
	if err := json.Unmarshal(data, moved); err != nil {
		t.Fatal(err)
	}
	return moved
}

func isOf(e *corev1.Event, pod *corev1.Pod) bool {
	return e.InvolvedObject.Kind == "Pod" && e.InvolvedObject.Name == pod.Name && evidence.IsAbout(e, pod)
}

func print(t *testing.T, pod *corev1.Pod, events []corev1.Event) string {
	t.Helper()
	objects := []runtime.Object{pod}
	for i := range events {
		if isOf(&events[i], pod) {
			if events[i].Name == "" {
				events[i].Name = fmt.Sprintf("e%d", i)
			}
			objects = append(objects, &events[i])
		}
	}
	describer := describe.PodDescriber{Interface: fake.NewClientset(objects...)}
	text, err := describer.Describe(pod.Namespace, pod.Name, describe.DescriberSettings{ShowEvents: true})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// timed gives the events their times, as far as an age tells them.
func timed(events []printed.Event, now time.Time) []corev1.Event {
	var all []corev1.Event
	for _, e := range events {
		if e.Last.Known {
			e.Event.LastTimestamp = metav1.NewTime(now.Add(-e.Last.Min))
			e.Event.FirstTimestamp = e.Event.LastTimestamp
		}
		if e.First.Known {
			e.Event.FirstTimestamp = metav1.NewTime(now.Add(-e.First.Min))
		}
		all = append(all, e.Event)
	}
	return all
}

// checkAnchors checks that the anchors tell when the text was printed.
func checkAnchors(t *testing.T, anchors []printed.Anchor, now time.Time) {
	t.Helper()
	for _, a := range anchors {
		const running = time.Minute // a slow machine prints the text this long after it was told the time
		from, to := a.Time.Add(a.Age.Min), a.Time.Add(a.Age.Max)
		if now.Before(from.Add(-running)) || now.After(to) {
			t.Errorf("anchor %v %+v says %s to %s, it is %s", a.Time, a.Age, from, to, now)
		}
	}
}

// near is how far two times may be apart: ages over ten minutes are printed in whole minutes.
const near = time.Minute + 5*time.Second

var same = cmp.Options{
	cmpopts.EquateEmpty(),
	cmp.Comparer(func(a, b time.Time) bool { return a.Sub(b).Abs() <= near }),
	// The events are compared by what they tell; their order is another one, and so are their places.
	cmp.FilterPath(func(p cmp.Path) bool {
		name := p.Last().String()
		return name == ".Events" || strings.HasSuffix(name, "Ref") || name == ".Missing"
	}, cmp.Ignore()),
	// Tabs are printed as columns, and space at the ends is not printed.
	cmp.Comparer(func(a, b string) bool {
		return strings.Join(strings.Fields(a), " ") == strings.Join(strings.Fields(b), " ")
	}),
}

// graft puts the fields behind the blind facts into what was read.
func graft(read, pod *corev1.Pod, blind []string) {
	for _, fact := range blind {
		switch fact {
		case "pod.uid":
			read.UID = pod.UID
		case "pod.created":
			read.CreationTimestamp = pod.CreationTimestamp
		case "pod.restartPolicy":
			read.Spec.RestartPolicy = pod.Spec.RestartPolicy
		case "pod.grace":
			read.Spec.TerminationGracePeriodSeconds = pod.Spec.TerminationGracePeriodSeconds
		case "pod.phase":
			read.Status.Phase = pod.Status.Phase
		case "pod.hostNetwork":
			read.Spec.HostNetwork = pod.Spec.HostNetwork
		case "pod.disruption", "pod.unschedulable":
			read.Status.Conditions = pod.Status.Conditions
		case "c.security":
			read.Spec.SecurityContext = pod.Spec.SecurityContext
		}
	}
	if read.DeletionTimestamp != nil {
		read.DeletionTimestamp = pod.DeletionTimestamp
	}
	graftSpecs(read.Spec.InitContainers, pod.Spec.InitContainers, blind)
	graftSpecs(read.Spec.Containers, pod.Spec.Containers, blind)
	graftStatuses(read.Status.InitContainerStatuses, pod.Status.InitContainerStatuses, blind)
	graftStatuses(read.Status.ContainerStatuses, pod.Status.ContainerStatuses, blind)
}

func graftSpecs(read, specs []corev1.Container, blind []string) {
	for i := range min(len(read), len(specs)) {
		r, s := &read[i], &specs[i]
		for _, fact := range blind {
			switch fact {
			case "c.restartPolicy":
				if s.RestartPolicy == nil || *s.RestartPolicy != corev1.ContainerRestartPolicyAlways {
					r.RestartPolicy = s.RestartPolicy
				}
			case "c.kind":
				r.RestartPolicy = s.RestartPolicy
			case "c.restartRules":
				r.RestartPolicyRules = s.RestartPolicyRules
			case "c.pullPolicy":
				r.ImagePullPolicy = s.ImagePullPolicy
			case "c.workingDir":
				r.WorkingDir = s.WorkingDir
			case "c.stdin":
				r.Stdin = s.Stdin
			case "c.tty":
				r.TTY = s.TTY
			case "c.security":
				r.SecurityContext = s.SecurityContext
			case "c.postStart":
				r.Lifecycle = s.Lifecycle
			case "c.liveness.grace":
				graftProbe(r.LivenessProbe, s.LivenessProbe, slices.Contains(blind, "c.liveness.command"))
			case "c.readiness.command":
				graftProbe(r.ReadinessProbe, s.ReadinessProbe, true)
			case "c.startup.grace":
				graftProbe(r.StartupProbe, s.StartupProbe, slices.Contains(blind, "c.startup.command"))
			}
		}
	}
}

func graftProbe(read, probe *corev1.Probe, command bool) {
	if read == nil || probe == nil {
		return
	}
	read.TerminationGracePeriodSeconds = probe.TerminationGracePeriodSeconds
	if command {
		read.Exec = probe.Exec
	}
}

func graftStatuses(read, statuses []corev1.ContainerStatus, blind []string) {
	for i := range read {
		at := slices.IndexFunc(statuses, func(s corev1.ContainerStatus) bool { return s.Name == read[i].Name })
		if at < 0 {
			continue
		}
		r, s := &read[i], &statuses[at]
		for _, fact := range blind {
			switch fact {
			case "c.waitingMessage":
				if r.State.Waiting != nil && s.State.Waiting != nil {
					r.State.Waiting.Message = s.State.Waiting.Message
				}
			case "c.started":
				r.Started = s.Started
			case "c.lastExit.id":
				graftID(r.State.Terminated, s.State.Terminated)
				graftID(r.LastTerminationState.Terminated, s.LastTerminationState.Terminated)
			}
		}
	}
}

func graftID(read, terminated *corev1.ContainerStateTerminated) {
	if read != nil && terminated != nil {
		read.ContainerID = terminated.ContainerID
	}
}
