package evidence

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// mixedFleet is a family of pods that differ in everything that the comparison looks at.
func mixedFleet(r *rand.Rand) *fleet {
	f := &fleet{}
	for range 2 + r.IntN(8) {
		f.add(1, fmt.Sprintf("n%d", r.IntN(3)), []string{"crash", "ok", "start"}[r.IntN(3)],
			revision([]string{"aaa", "bbb"}[r.IntN(2)], time.Duration(r.IntN(5))*time.Hour),
			imageID([]string{"web@sha256:aaaaaaaaaaaaaaaa", "web@sha256:bbbbbbbbbbbbbbbb", ""}[r.IntN(3)]),
			func(p *corev1.Pod) { ranBefore(r, p) })
	}
	return f
}

// ranBefore makes some pods run after a crash: whether that is a loop hangs on the moment. Others are a Job's that failed.
func ranBefore(r *rand.Rand, p *corev1.Pod) {
	yes := true
	p.OwnerReferences = []metav1.OwnerReference{{APIVersion: "batch/v1", Kind: "Job", Name: fmt.Sprintf("j%d", r.IntN(2)), Controller: &yes}}
	s := &p.Status.ContainerStatuses[0]
	switch r.IntN(4) {
	case 0:
		s.RestartCount, s.Ready = int32(r.IntN(4)), r.IntN(2) == 0
		s.State = corev1.ContainerState{Running: &corev1.ContainerStateRunning{
			StartedAt: metav1.NewTime(crashTime.Add(-time.Duration(r.IntN(300)) * time.Second)),
		}}
		s.LastTerminationState.Terminated = &corev1.ContainerStateTerminated{
			ExitCode: 1, StartedAt: metav1.NewTime(crashTime.Add(-time.Hour)), FinishedAt: metav1.NewTime(crashTime.Add(-10 * time.Minute)),
		}
	case 1:
		p.Status.Phase = corev1.PodFailed
	}
}

// What is shared between the pods of a family must never show.
func TestFamilyTellsWhatItsPodsTell(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	nodes := nodesOf(map[string]string{"n0": "amd64", "n1": "arm64", "n2": "amd64"})
	for range 60 {
		f := mixedFleet(random)
		shared := NewFamily(f.pods, nodes)
		for i, pod := range f.pods {
			for _, at := range []time.Time{{}, crashTime, crashTime.Add(3 * time.Minute), crashTime.Add(2 * time.Hour)} {
				raw := Raw{Pod: pod, SiblingsRead: true, Nodes: nodes, At: at}
				raw.Siblings = append(append([]*corev1.Pod(nil), f.pods[i+1:]...), f.pods[:i]...)
				alone := Of(&raw)
				raw.Family = shared
				if diff := cmp.Diff(alone, Of(&raw), cmpopts.IgnoreUnexported(Evidence{}, Container{}, Exit{}, Log{}, Event{}, Pod{})); diff != "" {
					t.Fatalf("%s of %d at %v: %s", pod.Name, len(f.pods), at, diff)
				}
			}
		}
	}
}

// Each of two pods of one name is its own only replica of that name, so nothing can be shared.
func TestPodsOfOneNameShareNothing(t *testing.T) {
	f := new(fleet).add(2, "n1", "crash")
	f.pods[1].Name = f.pods[0].Name
	if NewFamily(f.pods, nil) != nil {
		t.Error("a family of two pods of one name is shared")
	}
}

// A pod that was read back from a text is told more than its siblings see of it.
func TestTextsShareNothing(t *testing.T) {
	f := new(fleet).add(2, "n1", "crash")
	raw := Raw{Pod: f.pods[0], Family: NewFamily(f.pods, nil)}
	if raw.family() == nil {
		t.Error("an object of the API has no family")
	}
	raw.Form = "kubectl describe"
	if raw.family() != nil {
		t.Error("a pod out of a text has the family of objects")
	}
}

// BenchmarkFamily compares all replicas of a workload that all crash, each with all others. The time for one must not
// hang on how many they are.
func BenchmarkFamily(b *testing.B) {
	for _, n := range []int{1250, 5000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			f := new(fleet).add(n-1, "n1", "crash").add(1, "n2", "ok")
			for b.Loop() {
				shared := NewFamily(f.pods, nil)
				for _, pod := range f.pods {
					if Of(&Raw{Pod: pod, SiblingsRead: true, Family: shared, At: crashTime}).Containers[0].Replicas.Total != n {
						b.Fatal("not all are counted")
					}
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/pod")
		})
	}
}
