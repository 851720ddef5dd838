package printed

import (
	"bytes"

	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

// PrefixedLog is the log of one container out of the output of "kubectl logs --prefix".
type PrefixedLog struct {
	Pod, Container string
	Text           []byte // without the prefixes
}

// linePrefix is what kubectl logs puts before each line (prefixingWriter in k8s.io/kubectl/pkg/cmd/logs).
var linePrefix = lazyregexp.New(`^\[pod/([a-z0-9][a-z0-9.-]*)/([a-z0-9][a-z0-9-]*)\] ?`)

// maxPrefixed bounds how many logs are told apart.
const maxPrefixed = 1000

// SplitPrefixed takes the output of "kubectl logs --prefix" apart, in the order in which containers appear; nil if it is
// none. Lines without a prefix belong to the container of the line above.
func SplitPrefixed(text []byte) []PrefixedLog {
	var logs []PrefixedLog
	at := map[string]int{}
	current := -1
	for l := range bytes.Lines(text) {
		m := linePrefix.FindStringSubmatch(string(l[:min(len(l), 600)]))
		if m == nil && current < 0 {
			if len(bytes.TrimSpace(l)) == 0 {
				continue
			}
			return nil
		}
		if m != nil {
			key := m[1] + "/" + m[2]
			i, seen := at[key]
			if !seen && len(logs) < maxPrefixed {
				i = len(logs)
				at[key] = i
				logs = append(logs, PrefixedLog{Pod: m[1], Container: m[2]})
			}
			current = i
			l = l[len(m[0]):]
		}
		logs[current].Text = append(logs[current].Text, l...)
	}
	return logs
}
