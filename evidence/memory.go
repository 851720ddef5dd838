package evidence

import (
	"path"
	"strconv"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

// tinyLimit is the limit under which most runtimes cannot even start; runc's own init needs several MiB.
const tinyLimit = 16 << 20

// memoryOf gathers what is known about a container's memory: the limit in force, the heap that its runtime was told to
// use, and the volumes that count against the limit.
func memoryOf(spec *corev1.Container, status *corev1.ContainerStatus, pod *corev1.Pod) Memory {
	m := Memory{}
	if spec == nil {
		return m
	}
	m.setLimit(spec, status, pod)
	if request, ok := bytesIn(spec.Resources.Requests); ok {
		m.Request = &request
	}
	m.setHeap(spec)
	m.setVolumes(spec, pod)
	return m
}

// setLimit prefers the limit that is actuated to the one that is desired: a resize in place changes the spec first, and
// a kill must be judged against what the cgroup held (docs/kubernetes.md#resize-in-place). A container without a limit of
// its own has the pod's, where that is set (PodLevelResources, docs/kubernetes.md#control-groups).
func (m *Memory) setLimit(spec *corev1.Container, status *corev1.ContainerStatus, pod *corev1.Pod) {
	desired, hasDesired := spec.Resources.Limits, false
	if _, hasDesired = bytesIn(desired); !hasDesired && pod != nil && pod.Spec.Resources != nil {
		desired = pod.Spec.Resources.Limits
		_, hasDesired = bytesIn(desired)
	}
	inForce := desired
	if status != nil && status.Resources != nil {
		if _, ok := bytesIn(status.Resources.Limits); ok {
			inForce = status.Resources.Limits
		}
	}
	limit, ok := bytesIn(inForce)
	if !ok {
		return
	}
	quantity := inForce[corev1.ResourceMemory]
	m.Limit, m.HasLimit, m.LimitText = &limit, true, quantity.String()
	m.Tiny = limit < tinyLimit
	if wanted, _ := bytesIn(desired); hasDesired && wanted != limit {
		m.SpecLimit = &wanted
	}
}

// nodeOOMSpan is how far the node's word that it ran out of memory may lie from the end of a run that died of it. The
// kubelet reads the kernel's log as it is written, and the runtime notices the end within seconds
// (docs/kubernetes.md#node-oom-and-eviction).
const nodeOOMSpan = time.Minute

// setNodeOOM finds an event by which the node ran out of memory as the run ended. One of another hour is about other
// pods. node-problem-detector's OOMKilling also tells of containers that reached their own limits; the kernel's words
// set those apart.
func (m *Memory) setNodeOOM(e *Exit, node string, events []Event) {
	if e == nil || e.Finished == nil || node == "" {
		return
	}
	oom := newestEvent(events, func(ev *Event) bool {
		near, _ := ev.within(e.Finished.Add(-nodeOOMSpan), e.Finished.Add(nodeOOMSpan))
		return ev.Kind == "Node" && ev.Object == node && near &&
			!strings.HasPrefix(ev.Message, "Memory cgroup out of memory")
	}, "SystemOOM", "OOMKilling")
	if oom != nil {
		m.NodeOOM, m.NodeOOMRef = oom.Message, oom.Ref
	}
}

// bytesIn reads the memory of a resource list. Zero means no limit to the kubelet, as if it were not there.
func bytesIn(list corev1.ResourceList) (int, bool) {
	quantity, ok := list[corev1.ResourceMemory]
	if !ok || quantity.Sign() <= 0 {
		return 0, false
	}
	return int(quantity.Value()), true
}

func (m *Memory) setHeap(spec *corev1.Container) {
	h := heapOf(spec, m.Limit)
	if h.runtime == "" {
		return
	}
	m.HeapSet, m.HeapText, m.HeapRuntime = true, h.text, h.runtime
	if h.bytes <= 0 {
		return
	}
	bytes := int(h.bytes)
	m.HeapBytes = &bytes
	if m.Limit != nil {
		percent := int(float64(bytes) / float64(*m.Limit) * 100)
		m.HeapPercent = &percent
	}
}

// setVolumes finds the mounts that live in memory. What is written there counts against the limit of the container
// that writes it (docs/kubernetes.md#control-groups).
func (m *Memory) setVolumes(spec *corev1.Container, pod *corev1.Pod) {
	inMemory := map[string]bool{}
	if pod != nil {
		for _, v := range pod.Spec.Volumes {
			inMemory[v.Name] = v.EmptyDir != nil && v.EmptyDir.Medium == corev1.StorageMediumMemory
		}
	}
	for _, mount := range spec.VolumeMounts {
		where := path.Clean(mount.MountPath)
		if inMemory[mount.Name] {
			m.MemoryVolumes = append(m.MemoryVolumes, where)
		}
		m.ShmMounted = m.ShmMounted || where == "/dev/shm"
	}
}

// environment holds the variables of a container whose values the spec shows.
type environment map[string]string

// environmentOf reads env. Values that name variables defined before them are expanded as the kubelet does it; a
// variable of limits.memory gets the limit, or the node's memory when there is none, which is not known here.
func environmentOf(spec *corev1.Container, limit *int) environment {
	env := environment{}
	for _, e := range spec.Env {
		switch {
		case e.ValueFrom == nil:
			env[e.Name] = env.expand(e.Value)
		case e.ValueFrom.ResourceFieldRef != nil && limit != nil:
			if v, ok := limitIn(e.ValueFrom.ResourceFieldRef, *limit); ok {
				env[e.Name] = v
			}
		}
	}
	return env
}

// limitIn gives the limit as the downward API shows it: divided by the divisor and rounded up.
func limitIn(ref *corev1.ResourceFieldSelector, limit int) (string, bool) {
	if ref.Resource != "limits.memory" {
		return "", false
	}
	divisor := int64(1)
	if ref.Divisor.Sign() > 0 {
		divisor = max(1, ref.Divisor.Value())
	}
	value := int64(limit) / divisor
	if int64(limit)%divisor != 0 {
		value++
	}
	return strconv.FormatInt(value, 10), true
}

// variable matches what the kubelet expands, $(NAME), and what a shell does, ${NAME} and $NAME.
var variable = lazyregexp.New(`\$(?:\(([-._A-Za-z0-9]+)\)|\{(\w+)\}|(\w+))`)

// Bounds of expansion: variables made of variables can grow without end.
const (
	expandable = 4096 // longest text that is expanded
	insertable = 512  // longest value that is put in
)

// expand replaces the variables whose values are known. Others stay as they stand.
func (env environment) expand(s string) string {
	if len(s) > expandable || !strings.Contains(s, "$") {
		return s
	}
	return variable.ReplaceAllStringFunc(s, func(ref string) string {
		value, ok := env[strings.Trim(ref, "$(){}")]
		if !ok || len(value) > insertable {
			return ref
		}
		return value
	})
}
