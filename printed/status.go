package printed

import (
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/unloop-dev/unloop/fact"
	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

// BlockStatus is a sentence that says how a container stands, for Status: deploy programs, dashboards and alerts quote the
// kubelet, or say in their own words what it said.
const BlockStatus BlockKind = "status"

const formStatus = "a message about its status"

// statusShows is what such a sentence shows. What it says of the last exit is added where it does.
var statusShows = []fact.Name{
	fact.PodName, fact.Namespace, fact.State, fact.WaitingReason, fact.WaitingMessage, fact.Exited, fact.LastExit,
}

// sentence is a way to say that a container of a pod waits to be restarted. The words are looked for before the expression.
type sentence struct {
	words                      string
	re                         *lazyregexp.Regexp
	namespace, pod, name, code int // groups; 0 for none
}

var sentences = []sentence{
	// kubernetes-mixin, alerts/apps_alerts.libsonnet, KubePodCrashLooping, of today and as it was until 2021.
	{"is in waiting state", lazyregexp.New(`\bPod ([a-z0-9][a-z0-9-]*)/([a-z0-9][a-z0-9.-]*) \(([a-z0-9][a-z0-9-]*)\) is in waiting state \(reason: \W{0,10}(?:quot;)?CrashLoopBackOff\b`), 1, 2, 3, 0},
	{"is restarting ", lazyregexp.New(`\bPod ([a-z0-9][a-z0-9-]*)/([a-z0-9][a-z0-9.-]*) \(([a-z0-9][a-z0-9-]*)\) is restarting [\d.]+ times`), 1, 2, 3, 0},
	// Skaffold, pkg/diag/validator/pod.go, extractErrorMessageFromWaitingContainerStatus and getContainerStatus.
	{"is backing off waiting to restart", lazyregexp.New(`^\s*-? *(?:([a-z0-9][a-z0-9-]*):)?pod/([a-z0-9][a-z0-9.-]*): container ([a-z0-9][a-z0-9-]*) is backing off waiting to restart`), 1, 2, 3, 0},
	{"terminated with exit code", lazyregexp.New(`^\s*-? *(?:([a-z0-9][a-z0-9-]*):)?pod/([a-z0-9][a-z0-9.-]*): container ([a-z0-9][a-z0-9-]*) terminated with exit code (\d{1,3})\b`), 1, 2, 3, 4},
	// K8sGPT, pkg/analyzer/pod.go, analyzeContainerStatusFailures.
	{"the last termination reason is", lazyregexp.New(`\bthe last termination reason is [A-Z]\w* container=([a-z0-9][a-z0-9-]*) pod=([a-z0-9][a-z0-9.-]*)`), 0, 2, 1, 0},
}

// maxStatus is how long a line may be that holds a sentence.
const maxStatus = 4 << 10

// saysStatus says whether a line holds a sentence about a container. A log may hold it too: of a program that watches pods.
func saysStatus(l string) bool {
	if len(l) > maxStatus {
		return false
	}
	said := strings.Contains(l, "restarting failed container=") && backoffSentence.MatchString(l) ||
		slices.ContainsFunc(sentences, func(s sentence) bool { return strings.Contains(l, s.words) && s.re.MatchString(l) })
	return said && !timedLine(l)
}

// timed is how lines of logs begin that no person and no deploy program writes.
var timed = lazyregexp.New(`^\[?(?:\d{4}[-/]\d\d[-/]\d\d|\d\d:\d\d:\d\d|[IWEF]\d{4} |[A-Z][a-z]{2} [ \d]\d \d\d:\d\d|\{"|time=|ts=|level=|Traceback |goroutine )`)

func timedLine(l string) bool {
	return l != "" && (isDigit(l[0]) || strings.IndexByte("[{tlIWEFTgJMASONDF", l[0]) >= 0) && timed.MatchString(l[:min(len(l), 64)])
}

// lastState is what dashboards add about the run before: Rancher "Last state: Terminated with 137: OOMKilled" (rancher/dashboard,
// shell/models/workload and pod detail), which leaves out a code of 0, and a message may stand in brackets behind the reason; Lens "Reason: Error - exit code: 1".
var (
	lastState     = lazyregexp.New(`(?i)\blast (?:state|status): ?terminated with (?:exit code:? ?)?(\d{0,3}) ?: ?([A-Za-z]\w*)(?: \((.*)\)(?:$|, ?started))?`)
	lastReason    = lazyregexp.New(`(?i)\b(?:reason: ?([A-Z]\w*) - exit code: ?(\d{1,3})|last termination reason is ([A-Z]\w*))\b`)
	lastStateLine = newForm(`(?i:last (?:state|status): ?terminated|reason: ?[A-Z]\w* - exit code)`, "Last", "last", "Reason", "reason")
)

func (s *scanner) statusAt(_ int, l string) bool { return saysStatus(l) }

// statusEnd finds the end of sentences and of what is added to them. Where a program's lines of progress stand above them, those
// below up to a blank one are the program's too, not a container's.
func (s *scanner) statusEnd(i int) int {
	end := s.while(i, func(l string) bool { return saysStatus(l) || lastStateLine.MatchString(l) || quotedLog.MatchString(l) })
	if i == 0 || strings.TrimSpace(s.lines[i-1]) == "" {
		return end
	}
	for end < len(s.lines) && strings.TrimSpace(s.lines[end]) != "" && !timedLine(s.lines[end]) && !s.isOtherThanStatus(end) {
		end++
	}
	return end
}

func (s *scanner) isOtherThanStatus(i int) bool {
	kind := s.startAt(i)
	return kind != "" && kind != BlockStatus
}

// quotedLog is a line of a container's log as Skaffold shows it below the sentence (pkg/diag/validator/pod.go, getPodLogs).
var quotedLog = newForm(`> \[([a-z0-9][a-z0-9.-]*) ([a-z0-9][a-z0-9-]*)\] ?(.*)$`, "> [")

// maySayStatus says whether a sentence about a container stands in a text that is no log: in the output of a deploy program
// it stands between lines of progress. The lines from other on are not yet claimed.
func (s *scanner) maySayStatus(kind BlockKind, i, other int) bool {
	if kind != BlockStatus {
		return false
	}
	if s.prose.from != other {
		s.prose.from, s.prose.to, s.prose.log = other, other, false
	}
	for p := &s.prose; p.to < i && !p.log; p.to++ {
		p.log = timedLine(s.lines[p.to])
	}
	return !s.prose.log
}

// ofDeploy is what deploy programs say of their own failure: Helm, Pulumi, Terraform, kubectl rollout.
var ofDeploy = lazyregexp.New(`(?:INSTALLATION|UPGRADE|ROLLBACK) FAILED|^\s*error: (?:update|preview|deployment|rollout) (?:failed|"\S+" exceeded)|Waiting for rollout to finish|: Still (?:creating|modifying)\.\.\.|exceeded its progress deadline`)

// isOfDeploy says of what stands beside a sentence about a container that it is the deploy program's, not a container's.
func isOfDeploy(parts []part, lines []string) bool {
	return slices.ContainsFunc(parts, func(p part) bool { return p.kind == BlockStatus }) &&
		slices.ContainsFunc(lines, func(l string) bool { return ofDeploy.MatchString(l[:min(len(l), maxHead)]) }) &&
		!slices.ContainsFunc(lines, timedLine)
}

// proseRun are lines that nothing has claimed, and whether one is of a log.
type proseRun struct {
	from, to int
	log      bool
}

// Status reads sentences about containers.
func Status(text []byte) *Objects {
	o := &Objects{}
	var current, all []*statusPod
	number := 0
	for l := range strings.Lines(string(text)) {
		number++
		if l = strings.TrimRight(l, "\r\n"); len(l) > maxStatus {
			continue
		}
		if quotedLog.MatchString(l) {
			o.quoteLog(l, number)
			continue
		}
		if said := readSentences(l); len(said) > 0 {
			current = nil
			for _, p := range said {
				known := slices.IndexFunc(all, p.same)
				if known < 0 {
					known, all = len(all), append(all, p)
				}
				all[known].add(p)
				current = append(current, all[known])
			}
		}
		if len(current) == 1 { // of two it is not told whose exit it is
			current[0].readLast(l)
		}
	}
	for _, p := range all {
		o.Pods = append(o.Pods, p.done())
	}
	return o
}

// quoteLog adds a line of a log that is shown below a sentence: of a run that has ended, or of the one that is alive.
func (o *Objects) quoteLog(l string, number int) {
	m := quotedLog.re.FindStringSubmatch(trimIndent(l))
	at := slices.IndexFunc(o.Logs, func(known Log) bool { return known.Pod == m[1] && known.Container == m[2] })
	if at < 0 {
		at, o.Logs = len(o.Logs), append(o.Logs, Log{Pod: m[1], Container: m[2]})
	}
	o.Logs[at].add(m[3], number)
}

// statusPod is a container of a pod that a sentence is about.
type statusPod struct {
	namespace, name, uid, container string
	reason                          string // why it waits; "" for CrashLoopBackOff
	wait                            string
	exit                            *corev1.ContainerStateTerminated
	coded                           bool
	unseen                          bool // how it stands now is not told
}

func (p *statusPod) same(o *statusPod) bool {
	return p.name == o.name && p.container == o.container && (p.namespace == o.namespace || p.namespace == "" || o.namespace == "")
}

// add takes what a later sentence says more of the same container.
func (p *statusPod) add(o *statusPod) {
	for _, field := range []struct{ to, from *string }{{&p.namespace, &o.namespace}, {&p.uid, &o.uid}, {&p.wait, &o.wait}} {
		if *field.from != "" {
			*field.to = *field.from
		}
	}
	if o.exit != nil {
		p.exit, p.coded = o.exit, o.coded
	}
	p.unseen = p.unseen && o.unseen
}

// maxSentences is how many containers a line may be about.
const maxSentences = 32

func readSentences(l string) []*statusPod {
	var said []*statusPod
	for _, m := range backoffSentence.FindAllStringSubmatch(l, maxSentences) {
		p := &statusPod{namespace: m[4], name: m[3], container: m[2], wait: m[0]}
		if m[6] != "" && len(m[5]) >= 32 {
			p.uid = m[5]
		}
		said = append(said, p)
	}
	for _, s := range sentences {
		if !strings.Contains(l, s.words) {
			continue
		}
		if m := s.re.FindStringSubmatch(l); m != nil {
			m[0] = ""
			p := &statusPod{namespace: m[s.namespace], name: m[s.pod], container: m[s.name]}
			if code, err := strconv.ParseInt(m[s.code], 10, 32); err == nil {
				p.exit, p.coded = &corev1.ContainerStateTerminated{ExitCode: int32(code)}, true
			}
			said = append(said, p)
		}
	}
	return said
}

// readLast reads how the last run ended.
func (p *statusPod) readLast(l string) {
	code, reason, message := "", "", ""
	if m := lastState.FindStringSubmatch(l); m != nil {
		code, reason, message = m[1], m[2], m[3]
		if code == "" && reason == "Completed" {
			code = "0"
		}
	} else if m := lastReason.FindStringSubmatch(l); m != nil {
		code, reason = m[2], m[1]+m[3]
	} else {
		return
	}
	p.exit, p.coded = &corev1.ContainerStateTerminated{ExitCode: unknownFailure, Reason: reason, Message: message}, false
	if n, err := strconv.ParseInt(code, 10, 32); err == nil {
		p.exit.ExitCode, p.coded = int32(n), true
	}
}

func (p *statusPod) done() Pod {
	pod := &corev1.Pod{}
	pod.Namespace, pod.Name, pod.UID = p.namespace, p.name, types.UID(p.uid)
	pod.Status.Phase = corev1.PodRunning
	c := containerNamed(pod, p.container)
	var hidden []fact.Name
	switch {
	case p.unseen:
		pod.Status.Phase = corev1.PodUnknown
		hidden = []fact.Name{fact.State, fact.WaitingReason, fact.WaitingMessage}
	case p.reason != "":
		c.State.Waiting = &corev1.ContainerStateWaiting{Reason: p.reason}
		hidden = []fact.Name{fact.WaitingMessage, fact.Exited, fact.LastExit}
	default:
		c.State.Waiting = &corev1.ContainerStateWaiting{Reason: "CrashLoopBackOff", Message: p.wait}
		c.RestartCount = restartsBefore(c.State.Waiting) // at least; the fact is hidden
		c.LastTerminationState.Terminated = &corev1.ContainerStateTerminated{ExitCode: unknownFailure}
	}
	if p.wait == "" {
		hidden = append(hidden, fact.WaitingMessage)
	}
	shows := slices.Clone(statusShows)
	if p.uid != "" {
		shows = append(shows, fact.UID)
	}
	if p.exit != nil {
		c.LastTerminationState.Terminated = p.exit
		if p.coded {
			shows = append(shows, fact.ExitCode, fact.ExitSignal)
		}
		if p.exit.Message != "" {
			shows = append(shows, fact.ExitMessage)
		}
		if p.exit.Reason != "" {
			shows = append(shows, fact.ExitReason, fact.ExitOOM, fact.NeverRan)
		}
	}
	return Pod{Pod: pod, Form: formStatus, Hidden: append(fact.Hidden(shows...), hidden...)}
}
