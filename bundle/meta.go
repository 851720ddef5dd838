package bundle

import (
	"fmt"
	"io"
	"time"

	"github.com/unloop-dev/unloop/ledger"

	"sigs.k8s.io/yaml"

	"github.com/unloop-dev/unloop/evidence"
	"github.com/unloop-dev/unloop/fact"
	"github.com/unloop-dev/unloop/objects"
)

// metaName is the file that makes a directory or archive a bundle.
const metaName = "meta.yaml"

// layoutVersion is the version of the layout that Write writes. Newer ones are read as far as they are understood.
const layoutVersion = 1

// meta is the content of meta.yaml. With one pod to diagnose, what concerns it stands at the top; with several, each has
// an entry in targets.
type meta struct {
	Version int    `json:"version,omitempty"`
	Cluster string `json:"cluster,omitempty"`
	target
	Targets []target `json:"targets,omitempty"`
	// Truncated are the logs of which only the last part is here.
	Truncated []string `json:"truncated,omitempty"`
	// Unsure are the logs of which nobody knows which run wrote them, whatever they are called.
	Unsure []string `json:"unsure,omitempty"`
}

// target is a pod to diagnose. The other pods of a bundle are there for comparison only.
type target struct {
	Target       string     `json:"target,omitempty"` // NAMESPACE/pod/NAME
	At           *time.Time `json:"at,omitempty"`
	SiblingsRead bool       `json:"siblingsRead,omitempty"`
	EventsRead   bool       `json:"eventsRead,omitempty"`
	// NodeEventsRead: those of the node were among them.
	NodeEventsRead bool               `json:"nodeEventsRead,omitempty"`
	Missing        []evidence.Missing `json:"missing,omitempty"`
	// Form and Hidden are those of evidence.Raw: what the pod was read back from, and what it does not tell.
	Form   string      `json:"form,omitempty"`
	Hidden []fact.Name `json:"hidden,omitempty"`
}

func (r *reader) meta(name string, in io.Reader) {
	data, ok := r.files.All(name, in)
	if !ok || r.files.IsAgain() {
		return
	}
	defer r.accountOf(name, "a second meta.yaml")()
	r.lines.count(data)
	raw, err := objects.YAMLToJSON(data, 1, r.limits.Memory)
	if err != nil {
		r.skip(name, err.Error())
		return
	}
	var m meta
	if err := yaml.Unmarshal(raw, &m); err != nil {
		r.skip(name, err.Error())
		return
	}
	if m.Version > layoutVersion {
		r.skip(name, fmt.Sprintf("layout version %d is newer than this unloop; what it knows is read", m.Version))
	}
	if r.set.meta == nil {
		r.account.Book(ledger.Lines{First: 1, Last: r.lines.total()}, ledger.Part{What: "what unloop capture says of the rest"})
		r.set.meta = &m
	}
}

// targetOf gives what meta.yaml says about a pod, and whether the pod is to be diagnosed.
func (m *meta) targetOf(namespace, name string) (target, bool) {
	if m == nil || m.Target == "" && len(m.Targets) == 0 {
		if m != nil {
			return m.target, true
		}
		return target{}, true
	}
	key := targetKey(namespace, name)
	if m.Target == key {
		return m.target, true
	}
	for _, t := range m.Targets {
		if t.Target == key {
			if t.At == nil {
				t.At = m.At
			}
			return t, true
		}
	}
	return target{}, false
}

func targetKey(namespace, name string) string { return namespace + "/pod/" + name }
