package printed

import (
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

// backoffSentence is what the kubelet says of a container that it will start again (pkg/kubelet/kuberuntime/kuberuntime_manager.go,
// doBackOff; docs/kubernetes.md#back-off-algorithm). Others quote it whole, or cut it within the uid.
var backoffSentence = lazyregexp.New(`[Bb]ack-off ((?:\d{1,3}h)?(?:\d{1,2}m)?(?:[\d.]{1,10}s)?) restarting failed container=([a-z0-9][a-z0-9-]{0,62}) pod=([a-z0-9][a-z0-9.-]*)_([a-z0-9][a-z0-9-]*)(?:\(([0-9a-f-]*)(\))?)?`)

// restartsBefore is how often a container was restarted at least that waits: the first restart comes without a wait, each wait
// is twice as long as the one before, from 10 s up to five minutes (docs/kubernetes.md#back-off-algorithm).
func restartsBefore(w *corev1.ContainerStateWaiting) int32 {
	if w == nil {
		return 1
	}
	m := backoffSentence.FindStringSubmatch(w.Message)
	if m == nil {
		return 1
	}
	wait, err := time.ParseDuration(m[1])
	if err != nil {
		return 1
	}
	restarts := int32(1)
	for delay := 10 * time.Second; delay < wait && restarts < 6; delay *= 2 {
		restarts++
	}
	return restarts
}
