package crashlog

import (
	"strings"

	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

// notALogLines bounds how long a body can be that is nothing but an error text. kubectl repeats it at most a few times.
const notALogLines = 12

// kubeletText recognises, as a whole line, what stands in the place of a log: the kubelet's errors, which may arrive
// inside a body of status 200 since it flushes before it opens the log (docs/kubernetes.md#which-runs-log), the API
// server's, and what kubectl makes of both. A program that runs kubectl gets other errors from it ("pods is forbidden",
// "not found" of other kinds); those are its log.
var kubeletText = lazyregexp.New(`^(?:(?i:error): |(?:Create log request|Request log) error: )?(?:Error from server(?: \(\w+\))?: )?(?:` + strings.Join([]string{
	`previous terminated container ".*" in pod ".*" not found`,
	`container ".*" in pod ".*" (?:is waiting to start|is not available|is terminated)\b.*`,
	`a container name must be specified for pod .*`,
	`container \S+ is not valid for pod \S+`,
	`container ".*" not found in pod ".*"`,
	`pod ".*" does not exist`,
	`pods ".*" not found`,
	`pods ".*" is forbidden: .* resource "pods/log".*`,
	`pods ".*" is forbidden: User "[^":]*" cannot get resource "pods" .*`, // of a person: that of a program has colons
	`(?i:unable to retrieve container logs for) [\w-]+://\w*`,
	`failed to try resolving symlinks in path ".*": .*`,
	`failed to open log file ".*": .*`,
	`failed to get parse function: .*`,
	`failed to get container status .*rpc error: .*`,
	`rpc error: code = NotFound desc = .*container.*`,
	`(?:Internal error occurred: |[Ff]ailed to \S+ .{0,80}|[Ee]rror .{0,80})?Get "?https?://\S+/containerLogs/\S+: .*`,
	`Internal error occurred: Authorization error \(user=.*, subresource=proxy\)`,
	`(?:the server|an error on the server|You must be logged in to the server|etcdserver:) ?.*\( ?(?:get )?pods(?:/log)? .*`,
	`an error on the server \(".*"\) has prevented the request from succeeding(?: \(get pods .*\))?`,
}, "|") + `)$`)

// kubectlText are the texts that kubectl writes of itself, and of an API server that it cannot reach or that does not let it
// in (StandardErrorMessage and checkErr in k8s.io/kubectl/pkg/cmd/util/helpers.go; pkg/cmd/clusterinfo/clusterinfo_dump.go
// for "Request log error"; k8s.io/kubectl/pkg/cmd/logs).
var kubectlText = lazyregexp.New(`^(?:` + strings.Join([]string{
	`(?:Create log request|Request log) error: .*`,
	`Unable to connect to the server: .*`,
	`failed to create fsnotify watcher: .*`, // the kubelet's, behind a log that is followed
	`The connection to the server \S+ was refused - did you specify the right host or port\?`,
	`(?i:error): You must be logged in to the server(?: \(.*\))?.*`,
	`(?i:error): (?:the server has asked for the client to provide credentials|the server doesn't have a resource type ".*").*`,
	`error: timed out waiting for the condition.*`,
	`error: (?:deployment|daemon set|statefulset) ".*" exceeded its progress deadline`,
	`Waiting for (?:deployment|daemon set|statefulset spec|\d+ pods)\b.*`, // "kubectl rollout status"
	`error: unable to upgrade connection: .*`,
	`error: Internal error occurred: error (?:attaching|executing command in) .*`,
	`error: (?:expected '(?:logs|get|describe) .*|resource\(s\) were provided, but no name.*|unknown (?:short)?hand flag: .*|unknown flag: .*)`,
	`error: (?:context ".*" does not exist|current-context is not set|error loading config file ".*": .*|error executing jsonpath .*)`,
	`error: cannot get the logs from .*: .*`,
	`error: (?:http2: client connection lost|stream error: .*)`,
	`Error from server \((?:BadRequest|Unauthorized|ServiceUnavailable|Timeout|GatewayTimeout|InternalError|TooManyRequests)\): .*`,
	`Error from server \(NotFound\): (?:namespaces|pods|deployments\.apps|replicasets\.apps|statefulsets\.apps|daemonsets\.apps|jobs\.batch|services) ".*" not found`,
	`Error from server: (?:Get|Post) "?https?://\S+: .*`,
	`Error from server: etcdserver: .*`,
	`No resources found(?: in \S+ namespace)?\.`,
	`error: (?:Missing or incomplete configuration info\..*|You must login.*)`,
}, "|") + `)$`)

// noteText is what "kubectl logs" says of its choice before it reads the log (k8s.io/kubectl/pkg/polymorphichelpers and
// pkg/cmd/util/podcmd). Alone it says that nothing of the log was copied, or printed.
var noteText = lazyregexp.New(`^(?:Found \d+ pods, using pod/\S+|Defaulted container ["'][a-z0-9-]+["'] out of: .*|Defaulting container name to [a-z0-9-]+\.|Use '(?:kubectl|oc) describe .*' to see all of the containers in this pod\.)$`)

// besideText are lines that kubectl writes before the text above, and that programs with a client of the API write too:
// they decide nothing alone (the discovery's cache in k8s.io/client-go/discovery/cached/memory/memcache.go).
var besideText = lazyregexp.New(`^(?:[EWI]\d{4} \d\d:\d\d:\d\d\.\d+ +\d+ (?:memcache|request|round_trippers|proxy_server|versioner|command_headers)\.go:\d+\] .*|command terminated with exit code \d+|Get "?https?://\S+: .*)$`)

// notALog returns the error text when the log holds nothing else. kubectl says that it went through that program.
func notALog(entries []entry, lines int, kubectl bool) string {
	if lines > notALogLines {
		return ""
	}
	text, note := "", ""
	for _, e := range entries {
		t := strings.TrimSpace(e.line)
		switch {
		case t == "", besideText.MatchString(t) && !kubeletText.MatchString(t):
		case kubectl && noteText.MatchString(t):
			note = t
		case kubeletText.MatchString(t), kubectl && kubectlText.MatchString(t) && !strings.Contains(t, "error when "): // of "kubectl apply" in a Job
			if text == "" {
				text = printable(t)
			}
		default:
			return ""
		}
	}
	if text == "" {
		return printable(note)
	}
	return text
}
