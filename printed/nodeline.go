package printed

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

// nodeLine is a line of a node's log, as journalctl, syslog or dmesg prints it: when and where it was written, by which
// program, and what. What is not told is empty.
type nodeLine struct {
	at         metav1.Time
	host, unit string
	text       string
}

// maxJournalLine is how long a line of a node's log may be. The journal cuts messages at 48 KiB by default
// (LineMax= in journald.conf).
const maxJournalLine = 64 << 10

// journalHead is what stands before a message: the times of journalctl's "-o short" and its variants and of "with-unit"
// (systemd, src/shared/logs-show.c), or those of rsyslog, then the host, unless it was left out, and the program. All but the
// kernel have a process id.
var journalHead = lazyregexp.New(`^(?:<\d{1,3}>)?(` +
	`[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d{1,9})?` +
	`|[A-Z][a-z]{2} \d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,9})? [A-Z+-][A-Za-z0-9+:-]{1,8}` +
	`|\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?` +
	`|\d{10}\.\d{6}` +
	`|\[ *\d{1,10}\.\d{6}(?: <[ .\d]{0,20}>)?\]` +
	`) (?:([A-Za-z0-9*][A-Za-z0-9._*-]*) )?(?:(kernel)|([A-Za-z(][^\s\[\]:]*)\[\d+\]):$`)

// maxHead is how long a head may be: hosts have at most 64 bytes, units 255.
const maxHead = 400

// readNodeLine reads the head of a line. ok is false for a line that has none.
func readNodeLine(l string) (n nodeLine, ok bool) {
	end := headEnd(l)
	if end < 0 {
		return nodeLine{text: l}, false
	}
	m := journalHead.FindStringSubmatch(l[:end])
	if m == nil {
		return nodeLine{text: l}, false
	}
	return nodeLine{at: stampOf(m[1]), host: m[2], unit: m[3] + m[4], text: strings.TrimPrefix(l[end:], " ")}, true
}

// headEnd gives the end of what may be a head, -1 if a line has none: the colon after a process id, or after the kernel's name.
func headEnd(l string) int {
	if len(l) > maxJournalLine || l == "" || strings.IndexByte("<[ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", l[0]) < 0 {
		return -1
	}
	head := l[:min(len(l), maxHead)]
	end := strings.Index(head, "]:")
	if k := strings.Index(head, "kernel:"); k >= 0 && (end < 0 || k < end) {
		return k + len("kernel:")
	}
	if end < 0 {
		return -1
	}
	return end + len("]:")
}

// kubeletUnits are the names under which the kubelet writes to the journal: its own, that of OpenShift (kubenswrapper, and
// hyperkube before), and those of the distributions that run it in a process with others.
var kubeletUnits = []string{"kubelet", "kubelite", "kubenswrapper", "hyperkube", "k3s", "rke2", "k0s", "microk8s", "snap.microk8s"}

func (n nodeLine) ofKubelet() bool {
	return slices.ContainsFunc(kubeletUnits, func(unit string) bool { return strings.HasPrefix(n.unit, unit) })
}

// stampOf reads the time that journalctl puts before a line. "-o short" has neither year nor zone, others have both.
func stampOf(text string) metav1.Time {
	for _, layout := range []string{
		"2006-01-02T15:04:05-0700", time.RFC3339Nano, "2006-01-02T15:04:05.999999-0700",
		"2006-01-02 15:04:05Z07:00", "Mon 2006-01-02 15:04:05 UTC", "Mon 2006-01-02 15:04:05 GMT",
	} {
		if t, err := time.Parse(layout, text); err == nil {
			return metav1.NewTime(t)
		}
	}
	if whole, part, ok := strings.Cut(text, "."); ok && len(whole) == 10 {
		seconds, err := strconv.ParseInt(whole, 10, 64)
		micros, err2 := strconv.ParseInt(part, 10, 64)
		if err == nil && err2 == nil {
			return metav1.NewTime(time.Unix(seconds, micros*1000).UTC())
		}
	}
	return metav1.Time{}
}

// entry is one record of the kubelet: the source file that wrote it, a message and its fields. Text that is not structured is
// all message.
type entry struct {
	file    string
	message string
	fields  map[string]string
}

// klogHead is klog's header (k8s.io/klog/v2, internal/severity and internal/buffer). k0s, and older k3s, put it in the message
// of a record of logrus.
var (
	klogHead   = lazyregexp.New(`^([IWEF])\d{4} \d\d:\d\d:\d\d\.\d{3,9} +(?:\d{1,10} )?([a-z0-9_.]+\.go):\d+\] ?(.*)$`)
	logrusHead = lazyregexp.New(`^time=(?:"[^"]{1,40}"|[^" ]{1,40}) level=[a-z]+ msg=`)
)

// readEntry reads a record of a program that uses klog.
func readEntry(text string) (e entry, ok bool) {
	if !strings.Contains(text, ".go:") {
		return entry{}, false
	}
	if strings.HasPrefix(text, `{"ts":`) {
		return readJSONEntry(text)
	}
	if m := logrusHead.FindString(text); m != "" {
		text = text[len(m):]
		if quoted, err := strconv.QuotedPrefix(text); err == nil {
			text, _ = strconv.Unquote(quoted)
		}
	}
	if text == "" || strings.IndexByte("IWEF", text[0]) < 0 {
		return entry{}, false
	}
	m := klogHead.FindStringSubmatch(text)
	if m == nil {
		return entry{}, false
	}
	e = klogEntry(m[3])
	e.file = m[2]
	return e, true
}

func klogEntry(text string) entry {
	quoted, err := strconv.QuotedPrefix(text)
	if err != nil {
		return entry{message: text}
	}
	e := entry{fields: map[string]string{}}
	e.message, _ = strconv.Unquote(quoted)
	rest := text[len(quoted):]
	for {
		rest = strings.TrimLeft(rest, " ")
		key, value, ok := strings.Cut(rest, "=")
		if !ok || strings.ContainsAny(key, " \"") {
			return e
		}
		if quoted, err := strconv.QuotedPrefix(value); err == nil {
			e.fields[key], _ = strconv.Unquote(quoted)
			rest = value[len(quoted):]
			continue
		}
		e.fields[key], rest, _ = strings.Cut(value, " ")
	}
}

// readJSONEntry reads a record of "--logging-format=json" (k8s.io/component-base/logs/json), in which an object that has a
// name and a namespace is written as an object.
func readJSONEntry(text string) (entry, bool) {
	var record map[string]any
	if json.Unmarshal([]byte(text), &record) != nil {
		return entry{}, false
	}
	caller, _ := record["caller"].(string)
	file, _, _ := strings.Cut(caller[strings.LastIndexByte(caller, '/')+1:], ":")
	e := entry{file: file, fields: map[string]string{}}
	e.message, _ = record["msg"].(string)
	for key, value := range record {
		switch v := value.(type) {
		case string:
			e.fields[key] = v
		case float64:
			e.fields[key] = strconv.FormatFloat(v, 'f', -1, 64)
		case map[string]any:
			if v["name"] != nil && v["namespace"] != nil {
				e.fields[key] = fmt.Sprint(v["namespace"], "/", v["name"])
			} else if id, ok := v["ID"].(string); ok { // a container's id
				e.fields[key] = id
			}
		}
	}
	return e, e.message != "" && strings.HasSuffix(file, ".go")
}

// kubeletFiles are source files of the kubelet whose lines speak of pods.
var kubeletFiles = []string{
	"pod_workers.go", "kubelet.go", "kubelet_pods.go", "kuberuntime_manager.go", "kuberuntime_container.go", "prober.go", "generic.go",
	"oom_watcher_linux.go", "kuberuntime_sandbox.go", "remote_runtime.go", "log.go", "pod_startup_latency_tracker.go", "scope.go",
	"reconciler_common.go", "eviction_manager.go", "operation_generator.go", "nestedpendingoperations.go", "cpu_manager.go",
	"docker_sandbox.go", "pod_container_deletor.go", "kubelet_getters.go", "volume_manager.go", "desired_state_of_world_populator.go",
}

// isJournalLine knows lines of the kubelet's log about pods. Other programs use klog too; theirs, without the name of the
// kubelet before it, are told apart by the source file.
func isJournalLine(l string) bool {
	if len(l) > maxJournalLine || !strings.Contains(l, ".go:") {
		return false
	}
	n, _ := readNodeLine(l)
	e, ok := readEntry(n.text)
	return ok && (n.ofKubelet() || n.unit == "" && slices.Contains(kubeletFiles, e.file) && e.ofPod())
}

// ofPod says whether a record names a pod, its own or one in its text.
func (e entry) ofPod() bool {
	for _, key := range []string{"pod", "podUID", "podID", "podName"} {
		if e.fields[key] != "" {
			return true
		}
	}
	return podInText.MatchString(e.message) || podInText.MatchString(e.fields["err"]) || strings.Contains(e.message, "durationBeforeRetry")
}
