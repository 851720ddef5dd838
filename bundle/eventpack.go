package bundle

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	eventsv1 "k8s.io/api/events/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/klauspost/compress/zstd"

	"github.com/unloop-dev/unloop/evidence"
	"github.com/unloop-dev/unloop/objects"
	"github.com/unloop-dev/unloop/scene"
)

// A cluster has hundreds of thousands of events, and an event in memory is ten times its text. Nearly all are about pods
// that are well, which shows when all objects are known, and the events may come first. So those of a large input are kept
// as compressed text until then.

const (
	packBytes  = 1 << 20 // of text that is compressed together
	mostEvents = 50_000  // those of a large input that are unpacked
	mostOfOne  = 1_000   // the same of one object
)

// eventPack holds events as compressed JSON, one a line.
type eventPack struct {
	chunks  []packedChunk
	name    string // the file that the text is from
	text    bytes.Buffer
	encoder *zstd.Encoder
}

type packedChunk struct {
	name string
	data []byte
}

// add keeps an event, which is valid JSON.
func (p *eventPack) add(name string, raw []byte) error {
	if p.name != name || p.text.Len() >= packBytes {
		if err := p.flush(); err != nil {
			return err
		}
		p.name = name
	}
	if err := json.Compact(&p.text, raw); err != nil {
		return err
	}
	return p.text.WriteByte('\n')
}

func (p *eventPack) flush() error {
	if p.text.Len() == 0 {
		return nil
	}
	if p.encoder == nil {
		encoder, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithLowerEncoderMem(true))
		if err != nil {
			return err
		}
		p.encoder = encoder
	}
	p.chunks = append(p.chunks, packedChunk{p.name, slices.Clip(p.encoder.EncodeAll(p.text.Bytes(), nil))})
	p.text.Reset()
	return nil
}

// each calls see for every event, with the file that it is from.
func (p *eventPack) each(see func(name string, raw []byte)) error {
	if err := p.flush(); err != nil {
		return err
	}
	decoder, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true))
	if err != nil {
		return err
	}
	defer decoder.Close()
	var text []byte
	for _, chunk := range p.chunks {
		if text, err = decoder.DecodeAll(chunk.data, text[:0]); err != nil {
			return err
		}
		for line := range bytes.Lines(text) {
			see(chunk.name, bytes.TrimSuffix(line, []byte("\n")))
		}
	}
	return nil
}

// unpackEvents takes those of the packed events that a diagnosis may be drawn from: about pods that are not well, what is
// above them and their nodes. Where no pod is known, events of trouble tell of pods.
func (r *reader) unpackEvents(s *set) {
	if len(s.packed) == 0 {
		return
	}
	wanted := s.eventsWanted()
	if len(s.pods) == 0 && len(s.sheets) == 0 {
		s.eachPacked(r, func(_ string, raw []byte) {
			if about, reason := headOfEvent(raw); about.Kind == "Pod" && slices.Contains(eventsOfTrouble, reason) {
				wanted[about] = true
			}
		})
	}
	kept := newestEvents{of: map[scene.Object][]*corev1.Event{}, limit: mostOfOne}
	seen := map[scene.Object]bool{}
	s.eachPacked(r, func(name string, raw []byte) {
		about, _ := headOfEvent(raw)
		if len(seen) < 2 {
			seen[about] = true
		}
		s.nodeEventsAmongMany = s.nodeEventsAmongMany || about.Kind == "Node" || about.Namespace == metav1.NamespaceDefault
		if wanted[about] {
			for _, e := range r.decodeEvent(name, objects.Object{Raw: raw}) {
				kept.add(about, e)
			}
		}
	})
	s.packed, s.pack, s.eventsOfMany = nil, nil, len(seen) > 1
	s.events = append(s.events, kept.all()...)
	if kept.dropped > 0 {
		r.used("events", fmt.Sprintf("only the newest are used of those about the pods in trouble; %d older ones are not", kept.dropped))
	}
}

func (s *set) eachPacked(r *reader, see func(name string, raw []byte)) {
	for _, pack := range s.packed {
		if err := pack.each(see); err != nil {
			r.skip("events", err.Error())
		}
	}
}

// decodeEvent decodes one event of either group.
func (r *reader) decodeEvent(name string, o objects.Object) []*corev1.Event {
	var events []*corev1.Event
	o.Type = objects.Type{APIVersion: "v1", Kind: "Event"}
	if !objects.IsNewEvent(o.Raw) {
		keep(r, name, o, &events)
		return events
	}
	var newer []*eventsv1.Event
	keep(r, name, o, &newer)
	for _, e := range newer {
		events = append(events, objects.CoreEvent(e))
	}
	return events
}

// headOfEvent reads what an event is about, and its reason, without decoding the rest.
func headOfEvent(raw []byte) (about scene.Object, reason string) {
	objects.EachMember(raw, func(key, value []byte) bool {
		switch string(key) {
		case `"involvedObject"`, `"regarding"`:
			var ref struct{ APIVersion, Kind, Namespace, Name string }
			_ = json.Unmarshal(value, &ref) // what does not fit names nothing
			about = scene.Subject(&corev1.ObjectReference{
				APIVersion: ref.APIVersion, Kind: ref.Kind, Namespace: ref.Namespace, Name: ref.Name,
			})
		case `"reason"`:
			_ = json.Unmarshal(value, &reason)
		}
		return true
	})
	return about, reason
}

// eventsWanted are the objects whose events can tell something.
func (s *set) eventsWanted() map[scene.Object]bool {
	wanted, found := map[scene.Object]bool{}, s.scene()
	want := func(pod *corev1.Pod) {
		wanted[scene.ThePod(pod.Namespace, pod.Name)] = true
		wanted[scene.TheNode(pod.Spec.NodeName)] = true
		for _, owner := range found.Owners(pod) {
			wanted[scene.TheOwner(pod.Namespace, owner)] = true
		}
	}
	for _, pod := range s.pods {
		if !evidence.AlwaysWell(pod, "") {
			want(pod)
		}
	}
	for _, sheet := range s.sheets {
		for _, p := range sheet.objects.Pods {
			want(p.Pod)
		}
	}
	for _, l := range s.nodeLogs() {
		wanted[scene.ThePod(l.Namespace, l.Pod)] = true
	}
	return wanted
}

// newestEvents keeps the newest events of each object, fewer of each the more there are.
type newestEvents struct {
	of      map[scene.Object][]*corev1.Event
	total   int
	limit   int // of one object
	dropped int
}

func (n *newestEvents) add(about scene.Object, e *corev1.Event) {
	if n.limit == 0 {
		n.dropped++
		return
	}
	n.of[about] = append(n.of[about], e)
	if n.total++; len(n.of[about]) >= 2*n.limit {
		n.cut(about)
	}
	for n.total > mostEvents && n.limit > 0 {
		if n.limit /= 2; n.limit == 0 {
			return // as many objects as events
		}
		for about := range n.of {
			n.cut(about)
		}
	}
}

// cut leaves the newest events of an object.
func (n *newestEvents) cut(about scene.Object) {
	events := n.of[about]
	if len(events) <= n.limit {
		return
	}
	slices.SortStableFunc(events, func(a, b *corev1.Event) int { return scene.CompareEvents(b, a) })
	n.dropped += len(events) - n.limit
	n.total -= len(events) - n.limit
	n.of[about] = slices.Clone(events[:n.limit])
}

func (n *newestEvents) all() []*corev1.Event {
	all := make([]*corev1.Event, 0, n.total)
	for _, events := range n.of {
		all = append(all, events...)
	}
	slices.SortFunc(all, func(a, b *corev1.Event) int { return scene.CompareEvents(a, b) })
	return all
}
