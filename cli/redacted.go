package cli

import (
	"github.com/unloop-dev/unloop/crashlog"
	"github.com/unloop-dev/unloop/evidence"
	"github.com/unloop-dev/unloop/redact"
)

// redacted gives a copy of raw without secrets. It is taken before anything is judged, so that no claim can quote one,
// and so that a captured bundle, which is redacted too, gives the same answer.
func redacted(raw *evidence.Raw) *evidence.Raw {
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
