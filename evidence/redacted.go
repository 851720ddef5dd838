package evidence

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/unloop-dev/unloop/redact/objects"
)

// redacted gives a copy of raw without secrets, so that nothing that is drawn from it holds any: facts, proof, what could
// not be read. Logs are redacted by package crashlog, as they are read. Of siblings and their nodes [Of] takes nothing but
// names, digests, revisions and states, so that these are left as they are: a family may have thousands.
func (raw *Raw) redacted() *Raw {
	out := *raw
	out.Cluster = raw.Redact.Text(raw.Cluster)
	out.Pod = objects.Redact(raw.Pod, raw.Redact)
	out.ReplicaSet = objects.Redact(raw.ReplicaSet, raw.Redact)
	out.Deployment = objects.Redact(raw.Deployment, raw.Redact)
	out.StatefulSet = objects.Redact(raw.StatefulSet, raw.Redact)
	out.DaemonSet = objects.Redact(raw.DaemonSet, raw.Redact)
	out.Job = objects.Redact(raw.Job, raw.Redact)
	out.CronJob = objects.Redact(raw.CronJob, raw.Redact)
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
