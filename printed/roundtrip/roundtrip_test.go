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
	graft(read.Pod, pod, read.Hidden)

	want, have := *raw, *raw
	want.At, have.At = now, now
	want.Pod, have.Pod = pod, read.Pod
	want.EventsRead, have.EventsRead = true, true
	want.Events = slices.DeleteFunc(events, func(e corev1.Event) bool { return !isOf(&e, pod) })
	have.Events = timed(got.Events, now)
	whole := evidence.Of(&want)
	if diff := cmp.Diff(whole, evidence.Of(&have), same); diff != "" {
		t.Errorf("(-captured +read):\n%s\nof\n%s", diff, text)
	}
	cuts(t, &want, whole, text)
	damaged(t, &want, whole, text)
}

var margin = regexp.MustCompile(`(?m)^ +`)

// damaged does to a text what copying it through other programs does.
func damaged(t *testing.T, want *evidence.Raw, whole *evidence.Evidence, text string) {
	t.Helper()
	for way, damage := range map[string]func(string) string{
		"indentation lost": func(s string) string { return margin.ReplaceAllString(s, "") },
		"indented":         func(s string) string { return "    " + strings.ReplaceAll(s, "\n", "\n    ") },
		"quoted as tabs":   func(s string) string { return strings.ReplaceAll(s, "  ", "\t") },
		"CRLF":             func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") },
		"blank lines":      func(s string) string { return strings.ReplaceAll(s, "\n", "\n\n") },
	} {
		got, err := printed.Describe([]byte(damage(text)))
		if err != nil || len(got.Pods) != 1 || len(got.Pods[0].Pod.Spec.Containers) != len(want.Pod.Spec.Containers) {
			t.Errorf("%s: not read: %v", way, err)
			continue
		}
		read := got.Pods[0]
		graft(read.Pod, want.Pod, read.Hidden)
		have := *want
		have.Pod = read.Pod
		have.Events = timed(got.Events, have.At)
		if diff := cmp.Diff(whole, evidence.Of(&have), same); diff != "" {
			t.Errorf("%s (-whole +damaged):\n%s", way, diff)
		}
	}
}

// cuts takes lines off the beginning and the end of a text. What the part says must be what the whole says, but for what it
// declares to be hidden.
func cuts(t *testing.T, want *evidence.Raw, whole *evidence.Evidence, text string) {
	t.Helper()
	lines := strings.SplitAfter(text, "\n")
	for i := range lines {
		for _, part := range []string{strings.Join(lines[i:], ""), strings.Join(lines[:i], "")} {
			got, err := printed.Describe([]byte(part))
			if err != nil || len(got.Pods) != 1 {
				continue
			}
			read := got.Pods[0]
			if len(read.Pod.Spec.Containers) != len(want.Pod.Spec.Containers) || len(read.Pod.Spec.InitContainers) != len(want.Pod.Spec.InitContainers) {
				continue // a container that is not there at all is not told by names
			}
			name(read.Pod, want.Pod)
			graft(read.Pod, want.Pod, read.Hidden)
			have := *want // with all events: what becomes of the others is not asked here
			have.Pod = read.Pod
			if diff := cmp.Diff(whole, evidence.Of(&have), same); diff != "" {
				t.Fatalf("(-whole +part):\n%s\nof\n%s\nhidden %v", diff, part, read.Hidden)
			}
		}
	}
}

// name gives a container its name whose own line was cut off.
func name(read, pod *corev1.Pod) {
	for i := range read.Spec.Containers {
		read.Spec.Containers[i].Name = pod.Spec.Containers[i].Name
	}
	for i := range read.Status.ContainerStatuses {
		if read.Status.ContainerStatuses[i].Name == "" {
			read.Status.ContainerStatuses[i].Name = pod.Spec.Containers[i].Name
		}
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
