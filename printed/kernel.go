package printed

import (
	"strconv"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

// kernelHead is what dmesg puts before the kernel's messages: facility and level ("-x"), the time since the boot or of the
// day ("-T", in any language), the task or processor (CONFIG_PRINTK_CALLER); /dev/kmsg writes numbers and a semicolon; Talos
// names the node first.
var kernelHead = lazyregexp.New(`^(?:\d{1,3}(?:\.\d{1,3}){3}: )?(?:<\d{1,3}>)?(?:[a-z]+ *: *[a-z]+ *: )?(?:\[[^\[\]]{3,64}\]:? ?(?:\[ *[TC]\d+\] ?)?|\d+,\d+,\d+,[^;]{1,64};)`)

// kernelText is what the kernel said in a line.
func kernelText(l string) string {
	if l == "" || strings.IndexByte("[<0123456789abcdefghijklmnopqrstuvwxyz", l[0]) < 0 || strings.IndexByte(l[:min(len(l), 80)], '[') < 0 && strings.IndexByte(l[:min(len(l), 80)], ';') < 0 {
		return l
	}
	return l[len(kernelHead.FindString(l)):]
}

// dmesgTime is how the lines of dmesg, of /dev/kmsg and of Talos begin that have no other words to be known by.
var dmesgTime = lazyregexp.New(`^(?:(?:\d{1,3}(?:\.\d{1,3}){3}: )?[a-z]+ *: *[a-z]+ *: )?\[ *(?:\d{1,10}\.\d{6}|[A-Z][a-z]{2} [A-Z][a-z]{2} +\d{1,2} \d\d:\d\d:\d\d \d{4}|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[.\d]*Z)\]:?(?:\[ *[TC]\d+\])? |^\d{1,3},\d{1,12},\d{1,20},[^;]{1,64};`)

// isKernelLine knows lines of dmesg.
func isKernelLine(l string) bool {
	head := l[:min(len(l), 100)]
	return (strings.IndexByte(head, '[') >= 0 || strings.IndexByte(head, ';') >= 0) &&
		strings.IndexByte("[0123456789abcdefghijklmnopqrstuvwxyz", l[0]) >= 0 && dmesgTime.MatchString(head)
}

const oomInvoked = " invoked oom-killer: "

// How lines of the kernel's report begin (mm/oom_kill.c, dump_header and oom_kill_process; mm/memcontrol.c,
// mem_cgroup_print_oom_context, before 5.0 mem_cgroup_print_oom_info): the one that says which task of which group is killed,
// and the ones that say so of a process.
const (
	oomKill    = "oom-kill:"
	oomTask    = "Task in "
	oomTasks   = "Tasks in "
	oomGroup   = " are going to be killed due to memory.oom.group set"
	oomOfLimit = " killed as a result of limit of "
	oomOfGroup = "Memory cgroup out of memory: Kill"
	oomOfNode  = "Out of memory: Kill"
	oomUsage   = "memory: usage "
	noLimitKiB = 1 << 50 // a limit above it is none: the kernel prints the largest number
)

// tellsOfOOM says whether a message of the kernel tells of a kill for memory.
func tellsOfOOM(text string) bool {
	return strings.HasPrefix(text, oomKill) || strings.HasPrefix(text, oomOfGroup) || strings.HasPrefix(text, oomOfNode) ||
		strings.HasPrefix(text, oomTask) && strings.Contains(text, oomOfLimit) ||
		strings.HasPrefix(text, oomTasks) && strings.Contains(text, oomGroup) || strings.Contains(text[:min(len(text), 60)], oomInvoked)
}

// oomReport is what the kernel says of one kill for memory.
type oomReport struct {
	at          metav1.Time
	host        string
	task, limit cgroup // where the victim was, and which group had reached its limit
	told        bool   // that a process is killed
	ofNode      bool   // the node had no memory left
	victim      string // name and process id
	pid         string
	bytes       int64 // the limit of the group, 0 if not told
	group       bool  // all processes of the group are killed, not one of them
}

// cgroup is the group of a container or pod. A group that is above those of pods has neither; path tells it from none.
type cgroup struct{ path, uid, container string }

// podGroup is the part of a cgroup's path that names pod and container: with the kubelet's cgroup driver cgroupfs
// ".../pod<uid>/<id>", with systemd ".../kubepods-burstable-pod<uid>.slice/cri-containerd-<id>.scope", in which the dashes of the
// uid are underscores (pkg/kubelet/cm/cgroup_manager_linux.go, ToSystemd and ToCgroupfs; containerd
// internal/cri/server/helpers.go, getCgroupsPath; CRI-O internal/config/cgmgr). The uid of a static pod is a hash.
var podGroup = lazyregexp.New(`[/-]pod([0-9a-f]{8}(?:[-_][0-9a-f]{4}){3}[-_][0-9a-f]{12}|[0-9a-f]{32})(?:\.slice)?(?:[/:](?:(?:cri-containerd|containerd|crio|docker|libpod)[-:])?([0-9a-f]{1,64})(?:\.scope)?(?:/.*)?)?$`)

func readCgroup(path string) cgroup {
	g := cgroup{path: path}
	if m := podGroup.FindStringSubmatch(path); m != nil {
		g.uid, g.container = strings.ReplaceAll(m[1], "_", "-"), m[2]
	}
	return g
}

var (
	killedProcess = lazyregexp.New(`Kill(?:ed)? process (\d{1,10}) \((.{0,64}?)\)`)
	usageAndLimit = lazyregexp.New(`^memory: usage \d{1,19}kB, limit (\d{1,19})kB`)
)

// kernel reads one message of the kernel. A report has many lines; it ends where the next one begins.
func (j *journal) kernel(text string, n nodeLine) {
	switch r := &j.oom; {
	case strings.Contains(text[:min(len(text), 60)], oomInvoked):
		j.endReport()
	case strings.HasPrefix(text, oomUsage):
		r.setLimit(text)
	case strings.HasPrefix(text, oomKill):
		if r.told || r.task.path != "" {
			j.endReport()
		}
		r.setContext(text[len(oomKill):])
	case strings.HasPrefix(text, oomTask):
		if task, limit, ok := strings.Cut(text[len(oomTask):], oomOfLimit); ok {
			if r.told || r.task.path != "" {
				j.endReport()
			}
			r.task, r.limit = readCgroup(task), readCgroup(limit)
		}
	case strings.HasPrefix(text, oomTasks):
		if path, _, ok := strings.Cut(text[len(oomTasks):], oomGroup); ok {
			r.group = true
			if r.task.path == "" {
				r.task = readCgroup(path)
			}
		}
	case strings.HasPrefix(text, oomOfGroup), strings.HasPrefix(text, oomOfNode):
		if r.told && !r.group && !r.again(text) {
			j.endReport()
		}
		r.setVictim(text)
	default:
		return
	}
	if j.oom.at.IsZero() {
		j.oom.at = n.at
	}
	if j.oom.host == "" {
		j.oom.host = n.host
	}
}

func (r *oomReport) setLimit(text string) {
	if m := usageAndLimit.FindStringSubmatch(text); m != nil {
		if kib, err := strconv.ParseInt(m[1], 10, 64); err == nil && kib > 0 && kib < noLimitKiB {
			r.bytes = kib << 10
		}
	}
}

// setContext reads the line that sums the report up: "constraint=CONSTRAINT_MEMCG,nodemask=(null),…,oom_memcg=…,task_memcg=…".
func (r *oomReport) setContext(text string) {
	for field := range strings.SplitSeq(text, ",") {
		key, value, _ := strings.Cut(strings.TrimSpace(field), "=")
		switch key {
		case "global_oom":
			r.ofNode = true
		case "oom_memcg":
			r.limit = readCgroup(value)
		case "task_memcg":
			r.task = readCgroup(value)
		case "task":
			r.victim = value
		case "pid":
			r.pid = value
		}
	}
}

// again says that a line tells once more of the process that was told of: kernels before 4.20 say that they will kill it and
// that they did.
func (r *oomReport) again(text string) bool {
	m := killedProcess.FindStringSubmatch(text)
	return m != nil && m[1] == r.pid
}

func (r *oomReport) setVictim(text string) {
	r.ofNode = r.ofNode || strings.HasPrefix(text, oomOfNode)
	if m := killedProcess.FindStringSubmatch(text); m != nil && !r.told {
		r.pid, r.victim = m[1], m[2]
	}
	r.told = true
}

// endReport takes over what the kernel has said of a kill.
func (j *journal) endReport() {
	r := j.oom
	j.oom = oomReport{}
	switch {
	case !r.told && r.task.path == "":
		return // no more than that it looks for a victim
	case r.ofNode:
		j.nodeOOM(r)
	}
	if r.task.path != "" && r.task.uid == "" {
		return // the victim belongs to no pod
	}
	if r.task.path == "" && r.ofNode {
		return
	}
	p := j.podOfUID(r.task.uid)
	end := runEnd{container: r.task.container, at: r.at}
	if r.group {
		end.code, end.coded = 137, true // all are sent SIGKILL, the first process too
	}
	// A group above those of pods is the node's or all pods'. Which reason the runtime then gives hangs on the version of
	// cgroups (docs/kubernetes.md#control-groups).
	end.oom = !r.ofNode && (r.limit.path == "" || r.limit.uid != "")
	if r.limit.container != "" || r.limit.path == "" && r.task.container == "" {
		end.limit = r.bytes
	}
	p.ends = append(p.ends, end)
}

// nodeOOM adds the event that the kubelet makes when the node has no memory left (pkg/kubelet/oom/oom_watcher_linux.go).
func (j *journal) nodeOOM(r oomReport) {
	if r.host == "" || r.victim == "" {
		return
	}
	j.addEvent(eventOfNode(r.host, "SystemOOM", "System OOM encountered, victim process: "+r.victim+", pid: "+r.pid, r.at))
}
