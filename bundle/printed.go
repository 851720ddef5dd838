package bundle

import (
	"bytes"
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/unloop-dev/unloop/ledger"

	"github.com/unloop-dev/unloop/layout"

	corev1 "k8s.io/api/core/v1"

	"github.com/unloop-dev/unloop/evidence"
	"github.com/unloop-dev/unloop/internal/lazyregexp"
	"github.com/unloop-dev/unloop/printed"
	"github.com/unloop-dev/unloop/wrapping"
)

// sheet is what one text tells that somebody copied: a describe, a table, a paste of several. What stands in one text is
// taken to have been printed at about one time.
type sheet struct {
	objects printed.Objects   // but for its events
	events  [][]printed.Event // of each part
	subject subject           // whom a part without a name is about
	read    []*corev1.Pod     // those whose events the text lists, if only to say that there are none

	named *foundLog // the same as a log, if the file has the name of one

	at    time.Time     // when it was printed, at the latest; zero when that is not known
	slack time.Duration // how much earlier it may have been
}

// subject is the pod that a text is about, by a command or by a name that it gives.
type subject struct{ namespace, name string }

// pieces takes over what the pieces of a text tell.
func (r *reader) pieces(name string, text []byte, pieces []piece, namedLog bool) {
	s := &sheet{}
	if namedLog && !startsWithCommand(pieces) {
		s.named = r.asLog(name, text)
	}
	defer r.accountOf(name, noEvidence)()
	r.lines.count(text)
	for i := range pieces {
		r.piece(name, s, &pieces[i])
	}
	r.set.sheets = append(r.set.sheets, s)
}

// noEvidence is why prose is not used.
const noEvidence = "text that says nothing of a container"

// piece takes over what one piece tells, and accounts for its lines.
func (r *reader) piece(name string, s *sheet, p *piece) {
	if p.Kind == printed.BlockObjects {
		r.objects(name, bytes.NewReader(p.Text), p.number)
		return
	}
	part := r.book(p)
	if p.Kind == printed.BlockOther {
		part.What, part.Why = "", noEvidence
		return
	}
	if err := r.block(name, s, p, part); err != nil {
		part.Why = err.Error()
	}
}

// book books the lines of a piece: those of several writers may be mixed.
func (r *reader) book(p *piece) *ledger.Part {
	part := r.account.Book(ledger.Lines{First: p.numbers[0], Last: p.numbers[0]}, ledger.Part{What: string(p.Kind)})
	for i := 1; i < len(p.numbers); {
		first := p.numbers[i]
		last := first
		for i++; i < len(p.numbers) && p.numbers[i] <= last+1; i++ {
			last = p.numbers[i]
		}
		r.account.Add(part, ledger.Lines{First: first, Last: last})
	}
	return part
}

// number is the number that a line of the piece has in the text that was given.
func (p *piece) number(n int) int { return p.numbers[min(max(n, 1), len(p.numbers))-1] }

// block reads one part of a paste. The error says why it is of no use.
func (r *reader) block(name string, s *sheet, b *piece, part *ledger.Part) error {
	if text := bytes.TrimSpace(b.Text); b.Kind != printed.BlockLog && len(text) < 500 && apiError.Match(text) {
		return fmt.Errorf("not an object but an error: %s", text)
	}
	switch b.Kind {
	case printed.BlockTable:
		if b.Command.Kind == "Event" && noResources.Match(b.Text) {
			r.set.noEvents = true
		}
	case printed.BlockLog:
		return r.pastedLog(name, s, b, part)
	}
	objects, err := b.Read()
	if err != nil || objects == nil {
		return err
	}
	s.add(objects, b.Command)
	part.For = podsNamed(objects)
	for _, l := range objects.Logs {
		r.keepLog(name, b.holding(l), part)
	}
	return nil
}

// podsNamed names the only pod that a text tells of.
func podsNamed(o *printed.Objects) string {
	if len(o.Pods) != 1 {
		return ""
	}
	return strings.TrimPrefix(o.Pods[0].Pod.Namespace+"/"+o.Pods[0].Pod.Name, "/")
}

var (
	// apiError is what kubectl prints in the place of an object.
	apiError    = lazyregexp.New(`^(?:error: |Error from server|Unable to connect to the server|The connection to the server)`)
	noResources = lazyregexp.New(`^\s*No (?:resources|events) found`)
)

// pastedLog keeps a log within a paste.
func (r *reader) pastedLog(name string, s *sheet, p *piece, part *ledger.Part) error {
	r.keepLog(name, p, part)
	if c := p.claim(); c.name != "" && !c.workload && s.subject.name == "" && p.writer == (wrapping.Writer{}) {
		s.subject = subject{c.namespace, c.name}
	}
	return nil
}

// claim says of a log what its command says, and the prefixes of its lines.
func (p *piece) claim() claim {
	said := claimOf(p.Command, p.Sure)
	if p.writer.Pod != "" {
		said.name, said.workload = p.writer.Pod, false
	}
	said.namespace = cmp.Or(p.writer.Namespace, said.namespace)
	said.container = cmp.Or(p.writer.Container, said.container)
	return said
}

// claimOf says of a log what its command says.
func claimOf(c printed.Command, sure bool) claim {
	said := claim{namespace: c.Namespace, container: c.Container, sure: sure}
	if c.Program == "kubectl" { // others name the id of a container
		said.name, said.workload = c.Name, c.Kind != "" && c.Kind != "Pod"
	}
	return said
}

// holding is the log of a container that a piece holds.
func (p *piece) holding(l printed.Log) *piece {
	log := &piece{writer: wrapping.Writer{Namespace: l.Namespace, Pod: l.Pod, Container: l.Container}, numbers: make([]int, len(l.Numbers))}
	for i, n := range l.Numbers {
		log.numbers[i] = p.number(n)
	}
	log.Kind, log.Text, log.Line, log.Sure = printed.BlockLog, l.Text, log.numbers[0], true
	if l.PreviousKnown {
		log.Command = printed.Command{Verb: "logs", Previous: l.Previous}
	}
	return log
}

// keepLog keeps a log that is a piece of a text.
func (r *reader) keepLog(name string, p *piece, part *ledger.Part) {
	read := r.readLog(p.Text)
	if read == nil {
		return
	}
	read.Renumber(p.number)
	claim := p.claim()
	r.set.logs = append(r.set.logs, foundLog{
		part: part, claim: claim, name: logName{attempt: -1, place: layout.Place{Attempt: -1}},
		log: evidence.RawLog{
			Container: claim.container, Previous: p.Command.Previous, PreviousKnown: p.Command.Verb == "logs",
			Path: r.files.Given(name), Read: read, Data: p.Text[max(0, len(p.Text)-r.limits.tail):],
		},
	})
}

// add takes over what a part tells; what it doesn't say of itself is filled in from its command and from what stands
// above.
func (s *sheet) add(o *printed.Objects, c printed.Command) {
	if c.Kind == "Pod" && c.Name != "" && c.Verb != "get" {
		s.subject = subject{c.Namespace, c.Name}
	}
	for i := range o.Pods {
		s.namePod(&o.Pods[i], c)
	}
	for i := range o.Events {
		s.learnName(&o.Events[i].Event)
	}
	for i := range o.Events {
		s.nameEvent(&o.Events[i].Event, c)
	}
	to := &s.objects
	to.Pods = append(to.Pods, o.Pods...)
	to.Nodes = append(to.Nodes, o.Nodes...)
	to.ReplicaSets = append(to.ReplicaSets, o.ReplicaSets...)
	to.Deployments = append(to.Deployments, o.Deployments...)
	to.StatefulSets = append(to.StatefulSets, o.StatefulSets...)
	to.DaemonSets = append(to.DaemonSets, o.DaemonSets...)
	to.Jobs = append(to.Jobs, o.Jobs...)
	to.CronJobs = append(to.CronJobs, o.CronJobs...)
	to.Anchors = append(to.Anchors, o.Anchors...)
	if o.EventsRead && len(o.Pods) == 1 {
		s.read = append(s.read, o.Pods[0].Pod)
	}
	if len(o.Events) > 0 {
		s.events = append(s.events, o.Events)
	}
}

func (s *sheet) namePod(p *printed.Pod, c printed.Command) {
	pod := p.Pod
	if pod.Name == "" && !p.Row {
		pod.Name = s.subject.name
	}
	pod.Namespace = cmp.Or(pod.Namespace, c.Namespace, s.subject.namespaceOf(pod.Name))
	if !p.Row && pod.Name != "" {
		s.subject = subject{pod.Namespace, pod.Name}
	}
}

// learnName takes the pod's name from an event that has none but in its message: those of the scheduler, and the
// kubelet's BackOff, have it.
func (s *sheet) learnName(e *corev1.Event) {
	if ref := &e.InvolvedObject; ref.Name != "" || cmp.Or(ref.Kind, "Pod") != "Pod" || s.subject.name != "" {
		return
	}
	if m := podInMessage.FindStringSubmatch(e.Message); m != nil {
		s.subject = subject{m[2], m[1]}
	} else if m := assigned.FindStringSubmatch(e.Message); m != nil && e.Reason == "Scheduled" {
		s.subject = subject{m[1], m[2]}
	}
}

// nameEvent names the object of an event that stands in a part of a describe. What has no kind there is a pod: the
// describes of other objects are recognised by how they begin, and events without a beginning are mostly a pod's.
func (s *sheet) nameEvent(e *corev1.Event, c printed.Command) {
	ref := &e.InvolvedObject
	ref.Kind = cmp.Or(ref.Kind, "Pod")
	if ref.Name == "" && ref.Kind == "Pod" {
		ref.Name = s.subject.name
	}
	if ref.Kind != "Node" {
		ref.Namespace = cmp.Or(ref.Namespace, c.Namespace, s.subject.namespaceOf(ref.Name))
	}
	e.Namespace = cmp.Or(e.Namespace, ref.Namespace)
}

// podInMessage is how the kubelet names a pod in the messages of its BackOff events (pkg/kubelet/util/format, Pod).
var podInMessage = lazyregexp.New(`\bin pod ([a-z0-9][a-z0-9.-]*)_([a-z0-9-]+)\([0-9a-f-]{32,36}\)$`)

// assigned is the message of the scheduler's event (pkg/scheduler/schedule_one.go, recorder in bindingCycle): pod and node.
var assigned = lazyregexp.New(`^Successfully assigned ([a-z0-9-]+)/([a-z0-9][a-z0-9.-]*) to ([a-z0-9][a-z0-9.-]*)$`)

func (a subject) namespaceOf(name string) string {
	if a.name != name {
		return ""
	}
	return a.namespace
}
