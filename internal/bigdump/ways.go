package bigdump

import (
	"fmt"
	"iter"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// way is one of the ways in which pods crash-loop, with [Dump.Ways].
type way struct {
	waiting string // reason, CrashLoopBackOff for ""
	message string // of the kubelet or the runtime
	code    int32
	reason  string // of the last exit, Error for ""; "none" for a container that never ran
	ran     time.Duration
	log     string // how its log ends; "" for an empty one
	refused bool   // the log cannot be read
	event   string // what is said of it besides BackOff
}

var ways = []way{
	{code: 2, ran: time.Second, log: crash},
	{code: 137, reason: "OOMKilled", ran: 40 * time.Second, log: "INFO loading the index\n"},
	{code: 1, ran: time.Second, log: "Traceback (most recent call last):\n  File \"/app/main.py\", line 7, in <module>\n    main(os.environ['DATABASE_URL'])\nKeyError: 'DATABASE_URL'\n"},
	{code: 0, reason: "Completed", ran: time.Second, log: "done\n"},
	{waiting: "CreateContainerConfigError", message: `configmap "settings" not found`, reason: "none"},
	{code: 128, reason: "StartError", message: `exec: "srever": executable file not found in $PATH: unknown`},
	{code: 143, ran: 50 * time.Second, log: "INFO listening on :8080\n", event: "Unhealthy"},
	{code: 1, ran: 3 * time.Second, refused: true},
}

// wayOf is how the i-th pod crash-loops.
func (d Dump) wayOf(i int) way {
	return ways[i/max(1, d.Pods/d.Trouble)%len(ways)]
}

// set makes the status of the container of a pod that crash-loops.
func (w way) set(c *corev1.ContainerStatus, pod string) {
	c.Ready, c.RestartCount = false, 300
	c.State = corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{
		Reason: "CrashLoopBackOff", Message: fmt.Sprintf("back-off 5m0s restarting failed container=app pod=%s_ns(uid)", pod),
	}}
	if w.waiting != "" {
		c.State.Waiting.Reason, c.State.Waiting.Message = w.waiting, w.message
	}
	if w.reason == "none" {
		c.RestartCount = 0
		return
	}
	reason, message := "Error", ""
	if w.reason != "" {
		reason = w.reason
	}
	if w.waiting == "" {
		message = w.message
	}
	c.LastTerminationState.Terminated = &corev1.ContainerStateTerminated{
		ExitCode: w.code, Reason: reason, Message: message, ContainerID: c.ContainerID,
		StartedAt: ago(2*time.Minute + w.ran), FinishedAt: ago(2 * time.Minute),
	}
}

// Objects gives the objects of the dump as an API server would hold them.
func (d Dump) Objects() iter.Seq[runtime.Object] {
	return func(yield func(runtime.Object) bool) {
		for _, node := range d.nodes() {
			if !yield(node) {
				return
			}
		}
		for i := range d.Pods {
			pod := d.pod(i)
			objects := []runtime.Object{pod}
			for _, e := range d.events(i, pod) {
				objects = append(objects, e)
			}
			if i%d.perDeployment() == 0 {
				objects = append(objects, d.replicaSet(pod), d.deployment(pod))
			}
			for _, o := range objects {
				if !yield(o) {
					return
				}
			}
		}
	}
}

// CrashLogs gives, for each pod in trouble that has one, the log of the run that died, and whether it can be read.
func (d Dump) CrashLogs() iter.Seq2[*corev1.Pod, string] {
	return func(yield func(*corev1.Pod, string) bool) {
		for i := range d.Pods {
			if !d.inTrouble(i) {
				continue
			}
			if w := d.wayOf(i); !w.refused && !yield(d.pod(i), w.log) {
				return
			}
		}
	}
}

// Refused gives the pods in trouble whose log nobody may read.
func (d Dump) Refused() iter.Seq[*corev1.Pod] {
	return func(yield func(*corev1.Pod) bool) {
		for i := range d.Pods {
			if d.inTrouble(i) && d.wayOf(i).refused && !yield(d.pod(i)) {
				return
			}
		}
	}
}
