package evidence

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
)

// asRow is a pod of which only a row of a table is known.
func asRow(pod *corev1.Pod) {
	pod.Spec.Containers = []corev1.Container{{}}
	s := &pod.Status.ContainerStatuses[0]
	s.Name, s.ImageID = "", ""
}

func TestRowsAreReplicas(t *testing.T) {
	f := new(fleet).add(1, "n2", "crash").add(2, "n2", "crash", asRow).add(3, "n1", "ok", asRow)
	got := f.compare()
	if want := "3 of 6 replicas crash, 3 are healthy"; got.Text != want {
		t.Errorf("got %q, want %q", got.Text, want)
	}
	if want := "n2: 3 of 3 crash, elsewhere 0 of 3"; got.OnlyNode != "n2" || got.NodeText != want {
		t.Errorf("node %q, %q, want %q", got.OnlyNode, got.NodeText, want)
	}
	f.pods[0], f.pods[1] = f.pods[1], f.pods[0]
	if got, want := replicasOf("", f.pods[0], f.pods[1:], nil, moment{at: crashTime}).Text, "3 of 6 replicas crash, 3 are healthy"; got != want {
		t.Errorf("from a row: got %q, want %q", got, want)
	}
}

// A row's word is about one container, and says not of which.
func TestRowOfAPodWithSeveralContainers(t *testing.T) {
	two := func(pod *corev1.Pod) {
		pod.Spec.Containers = append(pod.Spec.Containers, corev1.Container{Name: "proxy"})
	}
	got := new(fleet).add(1, "n1", "crash", two).add(1, "n1", "crash", asRow).add(1, "n1", "ok", asRow).compare()
	if want := "1 of 3 replicas crashes, 1 is healthy, of 1 it is not known"; got.Text != want {
		t.Errorf("got %q, want %q", got.Text, want)
	}
}

// Rows often tell neither the revision nor the age: what isn't known is not older.
func TestRowsWithoutRevisionAreNotOlder(t *testing.T) {
	bare := func(pod *corev1.Pod) { asRow(pod); pod.Labels = nil }
	got := new(fleet).add(1, "n1", "crash").add(1, "n2", "ok", bare).compare()
	if got.NewRevision || got.SameTotal != 1 || got.Healthy != 1 {
		t.Errorf("new revision %v, same %d, healthy %d; want false, 1, 1", got.NewRevision, got.SameTotal, got.Healthy)
	}
}
