package bundle

import (
	"bytes"
	"slices"

	"github.com/unloop-dev/unloop/ledger"

	"github.com/unloop-dev/unloop/crashlog"
	"github.com/unloop-dev/unloop/evidence"
	"github.com/unloop-dev/unloop/printed"
)

// asLog reads a text in memory as the log that the name of its file says it is; it is not booked yet.
func (r *reader) asLog(name string, text []byte) *foundLog {
	read := r.readLog(text)
	if read == nil {
		return nil
	}
	said := readLogName(r.files.Hint(name))
	return &foundLog{name: said, part: &ledger.Part{}, log: evidence.RawLog{
		Previous: said.previous, PreviousKnown: said.previous || said.current, Path: r.files.Given(name), Read: read,
		Data: text[max(0, len(text)-r.limits.tail):],
	}}
}

// readLog reads a log in memory, which has gone through kubectl on its way here.
func (r *reader) readLog(text []byte) *crashlog.Log {
	read, err := crashlog.Options{Redact: r.options.Redact, Kubectl: true}.Read(bytes.NewReader(text))
	if err != nil {
		return nil // a text in memory is always read to its end
	}
	return read
}

// unmask takes what programs print, in a file named like a log, for a log after all, where the pod is known from elsewhere,
// or where the name is that of a log of a known pod: a program may print anything, and must not pass itself off as evidence.
func (s *set) unmask() {
	var kept []*sheet
	for _, sheet := range s.sheets {
		if sheet.named != nil && s.knowsBetter(sheet) {
			s.logs = append(s.logs, *sheet.named)
			continue
		}
		kept = append(kept, sheet)
	}
	s.sheets = kept
}

func (s *set) knowsBetter(masked *sheet) bool {
	for _, pod := range s.pods {
		if masked.named.name.match(pod) > 0 || masked.claims(pod.Namespace, pod.Name) {
			return true
		}
	}
	for _, sheet := range s.sheets {
		for _, p := range sheet.objects.Pods {
			if sheet.named == nil && !p.Row && masked.claims("", p.Pod.Name) {
				return true
			}
		}
	}
	return false
}

// claims says that a text speaks of a pod, as more than a row of a table.
func (s *sheet) claims(namespace, name string) bool {
	return slices.ContainsFunc(s.objects.Pods, func(p printed.Pod) bool {
		return !p.Row && p.Pod.Name == name && (namespace == "" || p.Pod.Namespace == namespace)
	})
}
