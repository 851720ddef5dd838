package evidence

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// fleet makes pods of one workload for the moment crashTime.
type fleet struct {
	pods []*corev1.Pod
}

// add adds n pods on a node; state is crash, ok or start.
func (f *fleet) add(n int, node, state string, edit ...func(*corev1.Pod)) *fleet {
	for range n {
		pod := &corev1.Pod{
			ObjectMeta: metav1.ObjectMeta{
				Namespace: "shop", Name: fmt.Sprintf("web-%d", len(f.pods)), Labels: map[string]string{"pod-template-hash": "aaa"},
				CreationTimestamp: metav1.NewTime(crashTime.Add(-3 * time.Hour)),
			},
			Spec: corev1.PodSpec{NodeName: node, RestartPolicy: "Always", Containers: []corev1.Container{{Name: "web", Image: "shop/web:v1"}}},
			Status: corev1.PodStatus{
				Phase:             corev1.PodRunning,
				ContainerStatuses: []corev1.ContainerStatus{{Name: "web", ImageID: "docker.io/shop/web@sha256:aaaaaaaaaaaaaaaa"}},
			},
		}
		setState(pod, state)
		for _, e := range edit {
			e(pod)
		}
		f.pods = append(f.pods, pod)
	}
	return f
}

func setState(pod *corev1.Pod, state string) {
	status := &pod.Status.ContainerStatuses[0]
	switch state {
	case "crash":
		status.RestartCount = 7
		status.State.Waiting = &corev1.ContainerStateWaiting{Reason: "CrashLoopBackOff"}
		status.LastTerminationState.Terminated = &corev1.ContainerStateTerminated{
			ExitCode: 1, StartedAt: metav1.NewTime(crashTime.Add(-61 * time.Second)), FinishedAt: metav1.NewTime(crashTime.Add(-time.Minute)),
		}
	case "ok":
		status.Ready = true
		status.State.Running = &corev1.ContainerStateRunning{StartedAt: metav1.NewTime(crashTime.Add(-2 * time.Hour))}
	default:
		pod.Status.Phase = corev1.PodPending
		status.State.Waiting = &corev1.ContainerStateWaiting{Reason: "ContainerCreating"}
	}
}

func imageID(id string) func(*corev1.Pod) {
	return func(p *corev1.Pod) { p.Status.ContainerStatuses[0].ImageID = id }
}

func revision(hash string, age time.Duration) func(*corev1.Pod) {
	return func(p *corev1.Pod) {
		p.Labels["pod-template-hash"] = hash
		p.CreationTimestamp = metav1.NewTime(crashTime.Add(-age))
	}
}

func nodesOf(archs map[string]string) (nodes []*corev1.Node) {
	for name, arch := range archs {
		nodes = append(nodes, &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{"kubernetes.io/arch": arch}}})
	}
	return nodes
}

func (f *fleet) compare(nodes ...*corev1.Node) *Replicas {
	return replicasOf("web", f.pods[0], f.pods[1:], nodes, moment{at: crashTime})
}

func TestReplicasAreCounted(t *testing.T) {
	f := new(fleet).add(1, "n1", "crash").add(2, "n2", "ok").add(1, "n3", "start").add(1, "n2", "ok", revision("bbb", 5*time.Hour))
	got := f.compare()
	want := &Replicas{
		Total: 5, Crashing: 1, Healthy: 3, SameTotal: 4, SameCrashing: 1, SameHealthy: 2,
		Nodes:     []Group{{"n1", 1, 1, 0}, {"n3", 1, 0, 0}, {"n2", 2, 0, 2}},
		Digests:   []Group{{"sha256:aaaaaaaaaaaaaaaa", 4, 1, 2}},
		Archs:     []Group{},
		Revisions: []Group{{"aaa", 4, 1, 2}, {"bbb", 1, 0, 1}},
		OnlyNode:  "n1", NodeText: "n1: 1 of 1 crash, elsewhere 0 of 2",
		Text: "1 of 5 replicas crashes, 3 are healthy, 1 neither",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestOnlyPodsWithTheContainerCount(t *testing.T) {
	f := new(fleet).add(2, "n1", "crash")
	f.pods = append(f.pods, f.pods[0], nil, &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "other"}})
	if got := f.compare(); got.Total != 2 || got.Text != "2 of 2 replicas crash, none is healthy" {
		t.Errorf("got %+v", got)
	}
	if replicasOf("web", nil, f.pods, nil, moment{at: crashTime}) != nil {
		t.Error("replicas without a pod")
	}
}

func TestOnlyNode(t *testing.T) {
	tests := []struct {
		name   string
		fleet  *fleet
		node   string
		text   string
		strong bool
	}{
		{"one of each", new(fleet).add(1, "n1", "ok").add(1, "n2", "crash"), "n2", "n2: 1 of 1 crash, elsewhere 0 of 1", false},
		{
			"one crash among many nodes: it has to be on some node",
			new(fleet).add(1, "n2", "crash").add(30, "n1", "ok"), "n2", "n2: 1 of 1 crash, elsewhere 0 of 30", false,
		},
		{
			"two of two among few: any node might have drawn them",
			new(fleet).add(2, "n2", "crash").add(2, "n1", "ok").add(2, "n3", "ok"), "n2", "n2: 2 of 2 crash, elsewhere 0 of 4", false,
		},
		{
			"three of three on three nodes",
			new(fleet).add(3, "n2", "crash").add(3, "n1", "ok").add(3, "n3", "ok"), "n2", "n2: 3 of 3 crash, elsewhere 0 of 6", true,
		},
		{
			"two of two, the others one to a node",
			new(fleet).add(2, "n2", "crash").add(1, "n1", "ok").add(1, "n3", "ok").add(1, "n4", "ok").add(1, "n5", "ok").add(1, "n6", "ok"),
			"n2", "n2: 2 of 2 crash, elsewhere 0 of 5", true,
		},
		{
			"one healthy beside them", new(fleet).add(3, "n2", "crash").add(1, "n2", "ok").add(2, "n1", "ok"),
			"n2", "n2: 3 of 4 crash, elsewhere 0 of 2", false,
		},
		{"as many healthy beside them", new(fleet).add(2, "n2", "crash").add(2, "n2", "ok").add(2, "n1", "ok"), "", "", false},
		{"crashes on two nodes", new(fleet).add(2, "n2", "crash").add(1, "n1", "crash").add(5, "n3", "ok"), "", "", false},
		{"none healthy elsewhere", new(fleet).add(2, "n2", "crash").add(2, "n1", "start"), "", "", false},
		{"one node", new(fleet).add(2, "n2", "crash").add(2, "n2", "ok"), "", "", false},
		{"all well", new(fleet).add(2, "n2", "ok").add(2, "n1", "ok"), "", "", false},
		{
			"healthy elsewhere, but of another revision",
			new(fleet).add(2, "n2", "crash").add(3, "n1", "ok", revision("bbb", 9*time.Hour)), "", "", false,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := test.fleet.compare()
			if got.OnlyNode != test.node || got.NodeText != test.text || got.Strong != test.strong {
				t.Errorf("got %q %q strong %v, want %q %q %v", got.OnlyNode, got.NodeText, got.Strong, test.node, test.text, test.strong)
			}
		})
	}
}

func TestOtherDigest(t *testing.T) {
	old, fresh := imageID("docker.io/shop/web@sha256:0123456789abcdef"), imageID("docker.io/shop/web@sha256:fedcba9876543210")
	mirror := imageID("mirror.local/shop/web@sha256:fedcba9876543210")
	local, otherImage := imageID("sha256:0123456789abcdef"), func(p *corev1.Pod) { p.Spec.Containers[0].Image = "shop/web:v2" }
	tests := []struct {
		name  string
		fleet *fleet
		want  bool
		sure  bool
		text  string
	}{
		{"same tag, other bits", new(fleet).add(1, "n1", "crash", old).add(2, "n2", "ok", fresh), true, false, "sha256:0123456789ab: 1 of 1 crash, with other digests 0 of 2"},
		{"many of each", new(fleet).add(4, "n1", "crash", old).add(4, "n2", "ok", fresh), true, true, "sha256:0123456789ab: 4 of 4 crash, with other digests 0 of 4"},
		{"two local ids", new(fleet).add(1, "n1", "crash", local).add(1, "n2", "ok", imageID("sha256:ff")), true, false, "sha256:0123456789ab: 1 of 1 crash, with other digests 0 of 1"},
		{"same digest from a mirror", new(fleet).add(1, "n1", "crash", mirror).add(2, "n2", "ok", fresh), false, false, ""},
		{"a healthy one with the same digest", new(fleet).add(1, "n1", "crash", old).add(1, "n1", "ok", old).add(2, "n2", "ok", fresh), false, false, ""},
		{"two crashing digests", new(fleet).add(1, "n1", "crash", old).add(1, "n1", "crash", imageID("x@sha256:11")).add(2, "n2", "ok", fresh), false, false, ""},
		{"a local id and a repository digest", new(fleet).add(1, "n1", "crash", local).add(2, "n2", "ok", fresh), false, false, ""},
		{"one id not known", new(fleet).add(1, "n1", "crash", old).add(1, "n2", "ok", fresh).add(1, "n2", "ok", imageID("")), false, false, ""},
		{"another reference", new(fleet).add(1, "n1", "crash", old).add(2, "n2", "ok", fresh, otherImage), false, false, ""},
		{"all crash", new(fleet).add(1, "n1", "crash", old).add(2, "n2", "crash", fresh), false, false, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := test.fleet.compare()
			if got.OtherDigest != test.want || got.DigestSure != test.sure || got.DigestText != test.text {
				t.Errorf("got %v, sure %v, %q; want %v, %v, %q", got.OtherDigest, got.DigestSure, got.DigestText, test.want, test.sure, test.text)
			}
		})
	}
}

func TestOtherArch(t *testing.T) {
	mixed := nodesOf(map[string]string{"n1": "arm64", "n2": "amd64", "n3": "amd64"})
	f := new(fleet).add(2, "n1", "crash", imageID("web@sha256:11")).add(1, "n2", "ok").add(1, "n3", "ok")
	got := f.compare(mixed...)
	if got.OtherArch != "arm64" || got.OtherDigest {
		t.Errorf("got arch %q, other digest %v; a digest that differs with the architecture says nothing", got.OtherArch, got.OtherDigest)
	}
	if got := f.compare(mixed[:2]...); got.OtherArch != "" {
		t.Errorf("claimed %q although a node was not read", got.OtherArch)
	}
	if got := f.add(1, "n1", "ok").compare(mixed...); got.OtherArch != "" {
		t.Errorf("claimed %q although one is healthy there", got.OtherArch)
	}
}

func TestNewRevision(t *testing.T) {
	old, fresh := revision("old", 50*time.Hour), revision("new", time.Hour)
	tests := []struct {
		name  string
		fleet *fleet
		want  bool
	}{
		{"the new one crashes", new(fleet).add(2, "n1", "crash", fresh).add(2, "n1", "ok", old), true},
		{"seen from a healthy pod", new(fleet).add(2, "n1", "ok", old).add(2, "n1", "crash", fresh), true},
		{"an old pod was moved since", new(fleet).add(1, "n1", "crash", fresh).add(1, "n1", "ok", old).add(1, "n2", "ok", revision("old", time.Minute)), true},
		{"the old one crashes", new(fleet).add(2, "n1", "crash", old).add(2, "n1", "ok", fresh), false},
		{"both crash", new(fleet).add(2, "n1", "crash", fresh).add(1, "n1", "crash", old).add(2, "n1", "ok", old), false},
		{"some of the new ones are well", new(fleet).add(2, "n1", "crash", fresh).add(1, "n1", "ok", fresh).add(2, "n1", "ok", old), false},
		{"one revision", new(fleet).add(2, "n1", "crash", fresh), false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := test.fleet.compare().NewRevision; got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

func TestReplicaText(t *testing.T) {
	for _, test := range []struct {
		total, crashing, healthy int
		want                     string
	}{
		{1, 1, 0, "the only replica crashes"},
		{1, 0, 1, "the only replica is healthy"},
		{1, 0, 0, "the only replica neither crashes nor is healthy"},
		{2, 1, 1, "1 of 2 replicas crashes, 1 is healthy"},
		{11, 11, 0, "11 of 11 replicas crash, none is healthy"},
		{10, 0, 10, "0 of 10 replicas crash, 10 are healthy"},
		{31, 10, 11, "10 of 31 replicas crash, 11 are healthy, 10 neither"},
	} {
		if got := replicaText(test.total, test.crashing, test.healthy, 0); got != test.want {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
}
