package printed

import (
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/unloop-dev/unloop/fact"
	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

// podColumns are the columns that the table of pods can have (pkg/printers/internalversion, podColumnDefinitions), and what
// "-A", "-L" and "--show-kind" add.
var podColumns = []string{
	"NAMESPACE", "NAME", "READY", "STATUS", "RESTARTS", "AGE", "IP", "NODE", "NOMINATED NODE", "READINESS GATES", "LABELS", "CLUSTER", "CONTEXT",
}

// meanings are the columns that people ask for by "-o custom-columns" whose name leaves no doubt, without the marks between
// its words, by the column of kubectl or by what they hold.
var meanings = map[string]string{
	"POD": "NAME", "PODNAME": "NAME", "NS": "NAMESPACE", "RESTART": "RESTARTS", "RESTARTCOUNT": "RESTARTS",
	"EXIT": "EXIT", "EXITCODE": "EXIT", "LASTEXIT": "EXIT", "LASTEXITCODE": "EXIT", "LASTCODE": "EXIT", "LASTTERMINATEDEXITCODE": "EXIT",
	"REASON": "REASON", "LASTREASON": "REASON", "LASTSTATE": "REASON", "LASTTERMINATED": "REASON", "EXITREASON": "REASON", "LASTEXITREASON": "REASON",
	"LASTTERMINATEDREASON": "REASON", "TERMINATED": "REASON", "WAITING": "REASON", "WAITINGREASON": "REASON", "STATE": "REASON",
	"CONTAINER": "CONTAINER", "CONTAINERNAME": "CONTAINER", "NODENAME": "NODE",
}

// meaningOf is the column of kubectl that a name stands for.
func meaningOf(name string) string {
	plain := strings.Map(func(c rune) rune {
		if strings.ContainsRune("_-. ", c) {
			return -1
		}
		return c
	}, name)
	if meaning := meanings[plain]; meaning != "" {
		return meaning
	}
	return name
}

// meant is the header with the columns of kubectl in the place of other names for them.
func (t table) meant() table {
	m := table{starts: t.starts, names: make([]string, len(t.names))}
	for i, name := range t.names {
		m.names[i] = meaningOf(name)
		if i > 0 && slices.Contains(m.names[:i], m.names[i]) {
			m.names[i] = name // a second one of the same meaning; which of them is meant is not known
		}
	}
	return m
}

// isPodColumns knows a table with any of the columns of pods: with RESTARTS, which no other kind has, or with STATUS among
// none but those of pods.
func isPodColumns(t table) bool {
	m := t.meant()
	switch {
	case !m.has("NAME") || m.has("REASON", "MESSAGE"):
		return false
	case m.has("RESTARTS"), m.has("REASON", "EXIT"):
		return true
	}
	foreign := slices.ContainsFunc(m.names, func(name string) bool { return !slices.Contains(podColumns, name) })
	return !foreign && (m.has("STATUS") || m.has("READY"))
}

var (
	readyCell    = lazyregexp.New(`^(\d{1,4})/(\d{1,4})$`)
	statusCell   = lazyregexp.New(`^[A-Za-z][A-Za-z0-9:/._-]{0,62}$`)
	restartsCell = lazyregexp.New(`^(\d{1,7})(?: *\(([0-9a-z<>]+) ago\))?$`)
	nameCell     = lazyregexp.New(`^(?:pods?/)?[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$`)
)

// parsePodColumns reads a row by the columns of its header, which may be any part of those that kubectl prints.
func parsePodColumns(line string, header table, kind string) (podRow, bool) {
	if len(line) > maxRow {
		return podRow{}, false
	}
	header = header.meant()
	r, ok := header.row(line)
	if !ok || !nameCell.MatchString(r["NAME"]) {
		if r, ok = header.wordRow(line); !ok || !nameCell.MatchString(r["NAME"]) {
			return podRow{}, false
		}
	}
	p := podRow{namespace: r.cell("NAMESPACE"), node: r.cell("NODE"), ip: r.cell("IP"), labels: r.cell("LABELS"), of: r.cell("CONTAINER")}
	_, p.name = splitKind(r["NAME"])
	p.wide = header.has("NODE")
	p.age, _ = ParseAge(r.cell("AGE"))
	if !p.setReady(r.cell("READY")) || !p.setRestarts(r.cell("RESTARTS")) || !p.setWords(r) {
		return podRow{}, false
	}
	return p, p.isOfPod(header, kind)
}

func (p *podRow) setReady(cell string) bool {
	if p.unready = cell == ""; p.unready {
		return true
	}
	m := readyCell.FindStringSubmatch(cell)
	if m == nil {
		return false
	}
	p.ready, _ = strconv.Atoi(m[1])
	p.total, _ = strconv.Atoi(m[2])
	return p.ready <= p.total
}

// setRestarts reads RESTARTS; "3,0" is what custom-columns prints of several containers, and kubectl the sum of them.
func (p *podRow) setRestarts(cell string) bool {
	if p.uncounted = cell == ""; p.uncounted {
		return true
	}
	for part := range strings.SplitSeq(cell, ",") {
		m := restartsCell.FindStringSubmatch(part)
		if m == nil {
			return false
		}
		n, _ := strconv.Atoi(m[1])
		p.restarts = min(p.restarts+int32(n), 9_999_999) // at most seven digits
		p.restarted, _ = ParseAge(m[2])
	}
	return true
}

// setWords reads STATUS, and the reason and code that custom-columns print. Words of several containers say nothing of one.
func (p *podRow) setWords(r row) bool {
	status, reason, code := r.cell("STATUS"), r.cell("REASON"), r.cell("EXIT")
	switch {
	case strings.Contains(status, ","):
	case status != "" && !statusCell.MatchString(status):
		return false
	case p.unready && !p.age.Known && slices.Contains(phases, status):
		p.inPhase = status // the column may as well be of status.phase, which tells nothing of the containers
	default:
		p.status = status
	}
	if phase := r.cell("PHASE"); slices.Contains(phases, phase) {
		p.inPhase = phase
	}
	switch {
	case slices.Contains(terminatedReasons, reason):
		p.lastReason = reason
	case isPodWord(reason) && p.status == "":
		p.status = reason
	}
	if code == "" || strings.Contains(code, ",") {
		return true
	}
	n, ok := int32From(code)
	p.lastCode, p.lastCoded = n, ok && n >= 0 && n < 256
	return ok
}

// toldEnd says that the row has columns that tell how the last run ended.
func (p *podRow) toldEnd() bool { return p.lastReason != "" || p.lastCoded }

// setEnd puts what the columns of custom-columns tell of the last end where it belongs: a container that was restarted
// ended before, one that was not ended now.
func (p *podRow) setEnd(out *Pod) {
	if !p.toldEnd() {
		return
	}
	status := statusIn(out.Pod)
	if status == nil {
		out.Pod.Spec.Containers, out.Pod.Status.ContainerStatuses = []corev1.Container{{}}, []corev1.ContainerStatus{{}}
		status = &out.Pod.Status.ContainerStatuses[0]
	}
	code, known := p.lastCode, p.lastCoded
	if !known {
		code, known = codeOf(p.lastReason)
	}
	if !known {
		code = unknownFailure
	}
	ended := &corev1.ContainerStateTerminated{Reason: p.lastReason, ExitCode: code}
	out.Reveal(exitFacts...)
	if !known {
		out.Hide(fact.ExitCode, fact.ExitSignal)
	}
	if p.lastReason == "" {
		out.Hide(fact.ExitReason, fact.ExitOOM, fact.NeverRan)
	}
	if status.State == (corev1.ContainerState{}) && p.restarts == 0 && !p.uncounted {
		status.State.Terminated = ended
		return
	}
	status.LastTerminationState.Terminated = ended
}

// statusIn is the status of the only container that a row speaks of.
func statusIn(pod *corev1.Pod) *corev1.ContainerStatus {
	for _, all := range [][]corev1.ContainerStatus{pod.Status.InitContainerStatuses, pod.Status.ContainerStatuses} {
		if len(all) == 1 {
			return &all[0]
		}
	}
	return nil
}

// hideColumns hides what hangs on the columns that are not there.
func (p *podRow) hideColumns(out *Pod) {
	status := statusIn(out.Pod)
	if p.status == "" {
		out.Hide(fact.State, fact.WaitingReason)
		if out.Pod.Status.Phase = corev1.PodPhase(p.inPhase); p.inPhase == "" {
			out.Hide(fact.Phase)
		}
	}
	if p.unready {
		out.Hide(fact.Ready)
		if status != nil && (p.status == "Running" || p.status == "" && !p.toldEnd()) {
			status.Ready = true // nothing tells of trouble: restarts may have been long ago
			status.State.Running = &corev1.ContainerStateRunning{}
		}
	}
	if !p.uncounted {
		return
	}
	out.Hide(fact.Restarts)
	if status != nil && p.status == "CrashLoopBackOff" || p.status == "Init:CrashLoopBackOff" {
		status.RestartCount = 1 // at least
		if status.LastTerminationState.Terminated == nil {
			status.LastTerminationState.Terminated = &corev1.ContainerStateTerminated{ExitCode: unknownFailure}
			out.Hide(exitFacts...)
		}
	}
}

// phases are what STATUS says where a column was asked of status.phase.
var phases = []string{"Pending", "Running", "Succeeded", "Failed", "Unknown"}

// isOfPod says that a row is one of pods: others have READY, STATUS and NAME too.
func (p *podRow) isOfPod(header table, kind string) bool {
	switch {
	case p.status == "" && p.inPhase == "" && p.unready && p.uncounted && !p.toldEnd():
		return false
	case header.has("RESTARTS"), header.has("READY", "STATUS") && !p.unready && p.status != "", header.has("REASON", "EXIT"), kind == "Pod":
		return true
	case p.status != "" && header.has("STATUS") && !header.has("READY") && isCrashWord(p.status):
		return true
	}
	return replicaSetPod.MatchString(p.name) && (p.inPhase != "" || isPodWord(p.status) || p.status == "" && header.has("READY"))
}

// isCrashWord says that STATUS can be of nothing but a pod.
func isCrashWord(status string) bool {
	switch status {
	case "Error", "Completed", "Terminated":
		return false
	}
	word := strings.TrimPrefix(status, "Init:")
	return word != status || slices.Contains(terminatedReasons, word) || slices.Contains(neverRan, word) || slices.Contains(waits, word) ||
		slices.Contains(podReasons, word) || strings.HasPrefix(word, "ExitCode:") || strings.HasPrefix(word, "Signal:")
}

// waits are the waiting reasons of a container that ran before.
var waits = []string{"CrashLoopBackOff", "RunContainerError", "PostStartHookError", "PreStartHookError", "CreatePodSandboxError"}

func isPodWord(status string) bool {
	return isCrashWord(status) || slices.Contains(phases, status) || slices.Contains([]string{"Error", "Completed", "Terminating", "NotReady"}, status)
}

// wordRow reads a row whose columns have lost their blanks: one word each, and "(3m ago)" with the one before it.
func (t table) wordRow(line string) (row, bool) {
	var cells []string
	for word := range strings.FieldsSeq(line) {
		if n := len(cells); n > 0 && (strings.HasPrefix(word, "(") || word == "ago)") {
			cells[n-1] += " " + word
			continue
		}
		if cells = append(cells, word); len(cells) > len(t.names) {
			return nil, false
		}
	}
	r := row{}
	for i, name := range t.names[:len(cells)] {
		r[name] = cells[i]
	}
	// What was cut off at the right is "", if READY shows that the others stand in their columns.
	return r, len(cells) == len(t.names) || readyCell.MatchString(r["READY"])
}

// shortLine is a row without header that ends before AGE, or before RESTARTS: its STATUS has to be a word of pods.
var shortLine = lazyregexp.New(`^[ \t]*(?:([a-z0-9][a-z0-9-]*)[ \t]+)?((?:pods?/)?[a-z0-9][a-z0-9.-]*)[ \t]+(\d{1,4}/\d{1,4})[ \t]+([A-Za-z][A-Za-z0-9:/._-]*)(?:[ \t]+(\d{1,7}(?:[ \t]+\([0-9a-z<>]+ ago\))?))?[ \t]*$`)

func parseShortRow(line string) (podRow, bool) {
	m := shortLine.FindStringSubmatch(line)
	if m == nil || !isCrashWord(m[4]) {
		return podRow{}, false
	}
	p := podRow{namespace: m[1], status: m[4]}
	_, p.name = splitKind(m[2])
	return p, p.setReady(m[3]) && p.setRestarts(m[5])
}
