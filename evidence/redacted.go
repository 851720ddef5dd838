package evidence

import (
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/unloop-dev/unloop/redact/objects"
)

// redacted gives a copy of raw without secrets, so that nothing that is drawn from it holds any: facts, proof, what could
// not be read. Logs are redacted by package crashlog, as they are read. Of siblings and their nodes [Of] takes nothing but
// names, digests, revisions and states, so that these are left as they are: a family may have thousands. Of a ReplicaSet it
// takes who owns it, and of the controllers above nothing, so that the copy has no more of them: they are large, and each pod
// of a family would clean them anew.
func (raw *Raw) redacted() *Raw {
	out := *raw
	out.Cluster = raw.Redact.Text(raw.Cluster)
	out.Pod = objects.Redact(raw.Pod, raw.Redact)
	if raw.ReplicaSet != nil {
		out.ReplicaSet = &appsv1.ReplicaSet{ObjectMeta: metav1.ObjectMeta{OwnerReferences: raw.ReplicaSet.OwnerReferences}}
	}
	out.Deployment, out.StatefulSet, out.DaemonSet, out.CronJob = nil, nil, nil, nil
	out.Job = objects.Redact(raw.Job, raw.Redact)
	out.Node = objects.Redact(raw.Node, raw.Redact)
	out.Events = make([]corev1.Event, len(raw.Events))
	for i := range raw.Events {
		out.Events[i] = raw.Events[i]
		out.Events[i].Message = raw.Redact.Text(raw.Events[i].Message)
	}
	out.Missing = make([]Missing, len(raw.Missing))
	for i, m := range raw.Missing {
		out.Missing[i] = Missing{What: raw.Redact.Text(m.What), Why: raw.Redact.Text(m.Why), Ref: m.Ref}
	}
	out.Conflicts = make([]string, len(raw.Conflicts))
	for i, text := range raw.Conflicts {
		out.Conflicts[i] = raw.Redact.Text(text)
	}
	return &out
}
