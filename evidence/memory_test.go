package evidence

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
)

func memoryList(quantity string) corev1.ResourceList {
	if quantity == "" {
		return nil
	}
	return corev1.ResourceList{corev1.ResourceMemory: resource.MustParse(quantity)}
}

func limited(quantity string) *corev1.Container {
	return &corev1.Container{Name: "api", Resources: corev1.ResourceRequirements{Limits: memoryList(quantity)}}
}

func TestMemoryLimit(t *testing.T) {
	const mi = 1 << 20
	tests := []struct {
		name      string
		desired   string
		actuated  string
		ofPod     string
		want      int // 0: no limit
		text      string
		specLimit int // 0: does not differ
		tiny      bool
	}{
		{"none", "", "", "", 0, "", 0, false},
		{"spec", "128Mi", "", "", 128 * mi, "128Mi", 0, false},
		{"actuated as desired", "128Mi", "128Mi", "", 128 * mi, "128Mi", 0, false},
		{"resize not done yet", "256Mi", "128Mi", "", 128 * mi, "128Mi", 256 * mi, false},
		{"same in other units", "1Gi", "1024Mi", "", 1024 * mi, "1Gi", 0, false},
		{"only actuated", "", "64Mi", "", 64 * mi, "64Mi", 0, false},
		{"the pod's", "", "", "1Gi", 1024 * mi, "1Gi", 0, false},
		{"its own before the pod's", "128Mi", "", "1Gi", 128 * mi, "128Mi", 0, false},
		{"zero is none", "0", "", "", 0, "", 0, false},
		{"tiny", "8Mi", "", "", 8 * mi, "8Mi", 0, true},
		{"bytes", "100", "", "", 100, "100", 0, true},
		{"more than an int holds", "16Ei", "", "", 1<<63 - 1, "9223372036854775807", 0, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			pod := &corev1.Pod{}
			if test.ofPod != "" {
				pod.Spec.Resources = &corev1.ResourceRequirements{Limits: memoryList(test.ofPod)}
			}
			status := &corev1.ContainerStatus{Resources: &corev1.ResourceRequirements{Limits: memoryList(test.actuated)}}
			m := memoryOf(limited(test.desired), status, pod)
			if m.HasLimit != (test.want > 0) || (m.Limit != nil) != m.HasLimit || m.LimitText != test.text || m.Tiny != test.tiny {
				t.Errorf("got %+v", m)
			}
			if m.Limit != nil && *m.Limit != test.want {
				t.Errorf("limit is %d, want %d", *m.Limit, test.want)
			}
			if (m.SpecLimit != nil) != (test.specLimit > 0) || (m.SpecLimit != nil && *m.SpecLimit != test.specLimit) {
				t.Errorf("spec limit is %v, want %d", m.SpecLimit, test.specLimit)
			}
		})
	}
}

func TestMemoryWithoutSpecOrStatus(t *testing.T) {
	if diff := cmp.Diff(Memory{}, memoryOf(nil, nil, nil)); diff != "" {
		t.Error(diff)
	}
	spec := limited("1Gi")
	spec.Resources.Requests = memoryList("512Mi")
	m := memoryOf(spec, nil, nil)
	if m.Limit == nil || *m.Limit != 1<<30 || m.Request == nil || *m.Request != 512<<20 {
		t.Errorf("got %+v", m)
	}
}

func TestNodeOOM(t *testing.T) {
	end := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		name  string
		event Event
		want  bool
	}{
		{"as the run ended", Event{Reason: "SystemOOM", Kind: "Node", Object: "n1", Last: end.Add(2 * time.Second), Message: "System OOM encountered, victim process: java, pid: 42"}, true},
		{"half an hour before", Event{Reason: "SystemOOM", Kind: "Node", Object: "n1", Last: end.Add(-30 * time.Minute), Message: "System OOM encountered"}, false},
		{"on another node", Event{Reason: "SystemOOM", Kind: "Node", Object: "n2", Last: end, Message: "System OOM encountered"}, false},
		{"a container's own limit", Event{Reason: "OOMKilling", Kind: "Node", Object: "n1", Last: end, Message: "Memory cgroup out of memory: Killed process 42 (java)"}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := Memory{}
			m.setNodeOOM(&Exit{Finished: &end}, "n1", []Event{test.event})
			if got := m.NodeOOM != ""; got != test.want {
				t.Errorf("got %q", m.NodeOOM)
			}
		})
	}
}

func TestMemoryVolumes(t *testing.T) {
	emptyDir := func(name string, medium corev1.StorageMedium) corev1.Volume {
		return corev1.Volume{Name: name, VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{Medium: medium}}}
	}
	pod := &corev1.Pod{Spec: corev1.PodSpec{Volumes: []corev1.Volume{emptyDir("shm", "Memory"), emptyDir("disk", ""), emptyDir("unused", "Memory")}}}
	spec := &corev1.Container{VolumeMounts: []corev1.VolumeMount{{Name: "disk", MountPath: "/cache"}, {Name: "shm", MountPath: "/dev/shm/"}, {Name: "gone", MountPath: "/x"}}}
	m := memoryOf(spec, nil, pod)
	if diff := cmp.Diff([]string{"/dev/shm"}, m.MemoryVolumes); diff != "" || !m.ShmMounted {
		t.Errorf("%s, /dev/shm mounted: %v", diff, m.ShmMounted)
	}
}

// TestVariablesDoNotGrowWithoutEnd: each variable doubles the one before.
func TestVariablesDoNotGrowWithoutEnd(t *testing.T) {
	spec := &corev1.Container{Env: []corev1.EnvVar{{Name: "V0", Value: strings.Repeat("x", 500)}}}
	for i := 1; i < 64; i++ {
		was := "$(V" + string(rune('0'+i-1)) + ")"
		spec.Env = append(spec.Env, corev1.EnvVar{Name: "V" + string(rune('0'+i)), Value: strings.Repeat(was, 100)})
	}
	for name, value := range environmentOf(spec, nil) {
		if len(value) > expandable*insertable {
			t.Errorf("%s grew to %d bytes", name, len(value))
		}
	}
}
