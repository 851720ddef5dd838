package bundle

import (
	"fmt"
	"io"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/unloop-dev/unloop/evidence"
	"github.com/unloop-dev/unloop/fact"
	"github.com/unloop-dev/unloop/files"
	"github.com/unloop-dev/unloop/ledger"
	"github.com/unloop-dev/unloop/objects"
	"github.com/unloop-dev/unloop/printed"
)

// objects reads Kubernetes objects as a stream, one at a time. number gives the number that one of its lines has in the file.
func (r *reader) objects(name string, in io.Reader, number func(int) int) {
	objects.Reader{
		Document: r.limits.document,
		Waiting:  r.limits.Memory,
		Each: func(o objects.Object) {
			o.First, o.Last = number(o.First), number(o.Last)
			r.object(name, o)
		},
		List: func(l objects.List) {
			if r.set.noteList(name, l.Items.Kind) && r.account != nil && r.account.Empty() {
				at := ledger.Lines{First: number(l.First), Last: number(l.Last)}
				r.account.Book(at, ledger.Part{What: "an empty list of events"})
			}
		},
		Skip: func(s objects.Skip) {
			r.unused(name, objects.Lines{First: number(s.First), Last: number(s.Last)}, "", s.Why)
		},
		Cut: func(text []byte, s objects.Skip) bool {
			s.First, s.Last = number(s.First), number(s.Last)
			return r.cutObject(text, s)
		},
		TypeAt: func(list bool) objects.Type { return typeAt(name, list) },
	}.Read(withoutPath{in})
}

// cutObject reads what is left of a pod that was cut short, as a text that shows a part of it.
func (r *reader) cutObject(text []byte, cut objects.Skip) bool {
	o, err := printed.Block{Kind: printed.BlockPart, Text: text, Line: cut.First}.Read()
	if err != nil || o == nil || len(o.Pods) == 0 {
		return false
	}
	s := &sheet{}
	s.add(o, printed.Command{})
	r.set.sheets = append(r.set.sheets, s)
	r.account.Book(ledger.Lines(cut.Lines), ledger.Part{
		What: string(printed.BlockPart), For: podsNamed(o), Why: "used as far as it is there: " + cut.Why, Partly: true,
	})
	return true
}

// withoutPath takes the path off the errors of a file: who reads the message knows it.
type withoutPath struct{ in io.Reader }

func (w withoutPath) Read(p []byte) (int, error) {
	n, err := w.in.Read(p)
	return n, files.WithoutPath(err)
}

// object files an object of the kinds that evidence is drawn from.
func (r *reader) object(name string, o objects.Object) {
	s := r.set
	used := true
	switch o.Group() + "/" + o.Kind {
	case "/Pod":
		used = keep(r, name, o, &s.pods)
		if n := len(s.pods) - 1; n >= 0 && s.pods[n].Name == "" && len(evidence.ContainerNames(s.pods[n])) == 0 {
			s.pods, used = s.pods[:n], false
			r.unused(name, o.Lines, "", "a Pod without name and containers")
		}
		if n := len(s.pods); r.options.Lean && n > manyPods && s.unknown[s.pods[n-1]] == nil {
			s.slim = true
			s.pods[n-1] = slim(s.pods[n-1])
		}
	case "/Node":
		used = keep(r, name, o, &s.nodes)
	case "/Event", "events.k8s.io/Event":
		used = r.event(name, o)
	case "apps/ReplicaSet":
		used = keep(r, name, o, &s.replicaSets)
	case "apps/Deployment":
		used = keep(r, name, o, &s.deployments)
	case "apps/StatefulSet":
		used = keep(r, name, o, &s.statefulSets)
	case "apps/DaemonSet":
		used = keep(r, name, o, &s.daemonSets)
	case "batch/Job":
		used = keep(r, name, o, &s.jobs)
	case "batch/CronJob":
		used = keep(r, name, o, &s.cronJobs)
	default:
		if o.Kind == "Lease" {
			s.seeLease(o.Raw)
		}
		r.unneeded++
		r.unused(name, o.Lines, o.Kind, OtherKinds)
		used = false
	}
	if used {
		r.account.Book(ledger.Lines(o.Lines), ledger.Part{What: o.Kind, N: 1})
	}
}

// OtherKinds is why objects are not used from which no evidence is drawn.
const OtherKinds = "objects of kinds that say nothing about pods"

// unused books lines of the file that is being read which are of no use. what is the kind of an object, if they are one.
// Events that were packed have no lines any more.
func (r *reader) unused(name string, at objects.Lines, what, why string) {
	if r.account == nil || at.First == 0 {
		r.skip(name, why)
		return
	}
	p := ledger.Part{What: what, Why: why}
	if what != "" {
		p.N = 1
	}
	r.account.Book(ledger.Lines(at), p)
}

// event keeps an event, packed when there are many.
func (r *reader) event(name string, o objects.Object) (used bool) {
	s := r.set
	if len(s.events) < r.limits.events {
		events := r.decodeEvent(name, o)
		s.events = append(s.events, events...)
		return len(events) > 0
	}
	if s.pack == nil {
		s.pack = &eventPack{}
		s.packed = append(s.packed, s.pack)
	}
	if err := s.pack.add(name, o.Raw); err != nil {
		r.unused(name, o.Lines, "", fmt.Sprintf("%s: %v", o.Kind, err))
		return false
	}
	return true
}

// keep decodes an object and adds it to list. A field that cannot be read is named and left out; the rest of the object counts.
func keep[T any](r *reader, name string, o objects.Object, list *[]*T) (used bool) {
	object := new(T)
	fields, err := o.Decode(object)
	if err != nil {
		r.unused(name, o.Lines, "", fmt.Sprintf("%s: %v", o.Kind, err))
		return false
	}
	r.set.seeObject(object)
	*list = append(*list, object)
	if len(fields) == 0 {
		return true
	}
	r.usedWithout(name, o.Kind, object, fields)
	if facts := objects.UnknownFacts(o.Kind, fields); len(facts) > 0 {
		if r.set.unknown == nil {
			r.set.unknown = map[any][]fact.Name{}
		}
		r.set.unknown[object] = facts
	}
	return true
}

// namedFields is how many fields of one object are named that could not be read.
const namedFields = 5

// usedWithout names the fields that an object is used without.
func (r *reader) usedWithout(name, kind string, object any, fields []objects.Lost) {
	if meta, ok := object.(metav1.Object); ok && meta.GetName() != "" {
		kind += " " + strings.TrimPrefix(meta.GetNamespace()+"/", "/") + meta.GetName()
	}
	for i, l := range fields {
		if i == namedFields {
			r.used(name, fmt.Sprintf("%s used without %d more fields", kind, len(fields)-i))
			return
		}
		r.used(name, fmt.Sprintf("%s used without %s: %s", kind, l.Path, l.Why))
	}
}

// slim gives what is worth keeping of a pod among thousands: one that is well is only compared with its siblings.
func slim(pod *corev1.Pod) *corev1.Pod {
	if !evidence.AlwaysWell(pod, "") || pod.Status.Phase != corev1.PodRunning {
		return pod
	}
	return evidence.AsSibling(pod)
}
