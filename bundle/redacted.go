package bundle

import (
	"github.com/unloop-dev/unloop/crashlog"
	"github.com/unloop-dev/unloop/evidence"
	"github.com/unloop-dev/unloop/redact"
)

// Redacted gives a copy of raw without secrets in what claims may quote. It is taken before anything is judged, so that a
// bundle, from which [Write] removes the same, gives the same answer.
func Redacted(raw *evidence.Raw) *evidence.Raw {
	out := *raw
	if raw.Pod != nil {
		out.Pod = redact.Pod(raw.Pod)
	}
	out.Logs = make([]evidence.RawLog, len(raw.Logs))
	for i, log := range raw.Logs {
		if log.Read == nil {
			log.Read = crashlog.ReadBytes(log.Data)
		}
		log.Read = log.Read.Rewrite(redact.Text)
		out.Logs[i] = log
	}
	out.Events = nil
	for i := range raw.Events {
		event := raw.Events[i]
		event.Message = redact.Text(event.Message)
		out.Events = append(out.Events, event)
	}
	return &out
}
