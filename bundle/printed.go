package bundle

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/unloop-dev/unloop/ledger"

	"github.com/unloop-dev/unloop/layout"

	corev1 "k8s.io/api/core/v1"

	"github.com/unloop-dev/unloop/crashlog"
	"github.com/unloop-dev/unloop/evidence"
	"github.com/unloop-dev/unloop/internal/lazyregexp"
	"github.com/unloop-dev/unloop/printed"
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

// printed reads a text that is known to be what a command printed for people, or a paste that mixes several, whatever its
// size.
func (r *reader) printed(name string, in io.Reader, namedLog bool) {
	data, ok := r.all(name, in)
	if !ok {
		return
	}
	pieces := printed.Split(data)
	if namedLog && !wholly(pieces) {
		r.log(name, bytes.NewReader(data), nil, 0)
		return
	}
	r.pieces(name, data, pieces, namedLog)
}

// pieces takes over what the pieces of a text tell.
func (r *reader) pieces(name string, text []byte, pieces []printed.Block, namedLog bool) {
	s := &sheet{}
	if namedLog && !startsWithCommand(pieces) {
		s.named = r.asLog(name, text)
	}
	defer r.accountOf(name, "text that says nothing of a container")()
	r.lines.count(text)
	for _, piece := range pieces {
		r.piece(name, s, piece)
	}
	r.set.sheets = append(r.set.sheets, s)
}

// piece takes over what one piece tells, and accounts for its lines.
func (r *reader) piece(name string, s *sheet, b printed.Block) {
	at := ledger.Lines{First: b.Line, Last: b.Line + bytes.Count(b.Text, []byte("\n")) - 1}
	if b.Kind == printed.BlockObjects {
		r.objects(name, bytes.NewReader(b.Text), b.Line-1)
		return
	}
	part := r.account.Book(at, ledger.Part{What: string(b.Kind)})
	if b.Kind == printed.BlockOther {
		part.What, part.Why = "", "text that says nothing of a container"
		return
	}
	if err := r.block(name, s, b, part); err != nil {
		part.Why = err.Error()
	}
}

// block reads one part of a paste. The error says why it is of no use.
func (r *reader) block(name string, s *sheet, b printed.Block, part *ledger.Part) error {
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

// pastedLog keeps a log within a paste. "kubectl logs --prefix" mixes those of several containers and says of each line
// whose it is.
func (r *reader) pastedLog(name string, s *sheet, b printed.Block, part *ledger.Part) error {
	if parts := printed.SplitPrefixed(b.Text); len(parts) > 0 {
		for _, l := range parts {
			c := b.Command
			c.Name, c.Container = l.Pod, l.Container
			r.keepLog(name, c, true, l.Text, part, func(n int) int { return b.Line - 1 + n })
		}
		return nil
	}
	r.keepLog(name, b.Command, b.Sure, b.Text, part, func(n int) int { return b.Line - 1 + n })
	if c := claimOf(b.Command, b.Sure); c.name != "" && !c.workload && s.subject.name == "" {
		s.subject = subject{c.namespace, c.name}
	}
	return nil
}

// claimOf says of a log what its command says.
func claimOf(c printed.Command, sure bool) claim {
	said := claim{namespace: c.Namespace, container: c.Container, sure: sure}
	if c.Program == "kubectl" { // others name the id of a container
		said.name, said.workload = c.Name, c.Kind != "" && c.Kind != "Pod"
	}
	return said
}

// keepLog keeps a log that is a part of a text; number says where in the text its lines stand.
func (r *reader) keepLog(name string, c printed.Command, sure bool, text []byte, part *ledger.Part, number func(int) int) {
	read, err := crashlog.Options{Redact: r.options.Redact}.Read(bytes.NewReader(text))
	if err != nil || read == nil {
		return // a text in memory is always read to its end
	}
	read.Renumber(number)
	r.set.logs = append(r.set.logs, foundLog{
		part: part, claim: claimOf(c, sure), name: logName{attempt: -1, place: layout.Place{Attempt: -1}},
		log: evidence.RawLog{
			Container: c.Container, Previous: c.Previous, PreviousKnown: c.Verb == "logs",
			Path: r.asGiven(name), Read: read, Data: text[max(0, len(text)-r.limits.tail):],
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
