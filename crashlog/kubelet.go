package crashlog

import (
	"strings"

	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

// notALogLines bounds how long a body can be that is nothing but an error text. kubectl repeats it at most a few times.
const notALogLines = 8

// kubeletText recognises, as a whole line, what stands in the place of a log: the kubelet's errors, which may arrive
// inside a body of status 200 since it flushes before it opens the log (docs/kubernetes.md#which-runs-log), the API
// server's, and what kubectl makes of both ("Request log error: " in a cluster-info dump). A program that runs kubectl gets
// other errors from it ("pods is forbidden", "not found" of other kinds); those are its log.
var kubeletText = lazyregexp.New(`^(?:(?i:error): |(?:Create log request|Request log) error: )?(?:Error from server(?: \(\w+\))?: )?(?:` + strings.Join([]string{
	`previous terminated container ".*" in pod ".*" not found`,
	`container ".*" in pod ".*" (?:is waiting to start|is not available|is terminated)\b.*`,
	`a container name must be specified for pod .*`,
	`container \S+ is not valid for pod \S+`,
	`container ".*" not found in pod ".*"`,
	`pod ".*" does not exist`,
	`pods ".*" not found`,
	`pods ".*" is forbidden: .* resource "pods/log".*`,
	`unable to retrieve container logs for \w+://\w*`,
	`failed to try resolving symlinks in path ".*": .*`,
	`failed to open log file ".*": .*`,
	`failed to get parse function: .*`,
	`failed to get container status .*rpc error: .*`,
	`rpc error: code = NotFound desc = .*container.*`,
	`Get "?https?://\S+/containerLogs/\S+: .*`,
	`the server could not find the requested resource ?\( ?pods/log .*`,
}, "|") + `)$`)

// notALog returns the error text when the log holds nothing else.
func notALog(entries []entry, lines int) string {
	if lines > notALogLines {
		return ""
	}
	text := ""
	for _, e := range entries {
		t := strings.TrimSpace(e.line)
		if t == "" {
			continue
		}
		if !kubeletText.MatchString(t) {
			return ""
		}
		if text == "" {
			text = printable(t)
		}
	}
	return text
}
