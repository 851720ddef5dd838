// Package e2e makes real crash loops happen in a lab and holds unloop's answers against what each scenario says about
// them.
package e2e

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/unloop-dev/unloop/lab/image"
)

// Scenario is a folder: manifest.yaml is applied to a namespace of the scenario's name, scenario.yaml says what to expect.
type Scenario struct {
	Name     string `yaml:"-"`
	Manifest []byte `yaml:"-"`

	About  string `yaml:"about"`
	Expect Expect `yaml:"expect"`
	Until  Until  `yaml:"until"`

	// Pod is how the name of the pod to look at begins; without it the scenario's name. Node chooses among several.
	Pod  string `yaml:"pod"`
	Node string `yaml:"node"`
	// Moments are looked at besides the one that Until describes: "running", "terminated" and "backoff". Only those
	// that last long enough to be met belong here.
	Moments []string `yaml:"moments"`
	// Before and During are commands on a node: before the manifest is applied, and while it runs.
	Before []Command `yaml:"before"`
	During []Command `yaml:"during"`
	// Then is a manifest of the folder that is applied over the first one, After a time: a rotated Secret, a bad change.
	Then Change `yaml:"then"`
	// WithoutEvents deletes the namespace's events before looking, as if they had expired.
	WithoutEvents bool `yaml:"withoutEvents"`
	// Fix is a manifest of the folder that ends the loop: it is applied last, and the pod has to be well then.
	Fix string `yaml:"fix"`
	// Inputs are, by "paste" and "dump", the weaker answers from what kubectl prints about the pod and from a dump of its
	// namespace. Without one it is the same as the live one.
	Inputs map[string]Weaker `yaml:"inputs"`
	// Limit is how long the whole scenario may take. The default is four minutes.
	Limit time.Duration `yaml:"limit"`
}

// Expect is the answer that is right.
type Expect struct {
	Causes    []string `yaml:"causes"` // any of these ids may come first; none: there must be no cause
	Container string   `yaml:"container"`
	Verdict   string   `yaml:"verdict"`
	Proof     []string `yaml:"proof"` // texts, each of which the first cause must show
}

// Until is the state that a container of the pod has to be in before unloop is asked.
type Until struct {
	Restarts int           `yaml:"restarts"`
	State    string        `yaml:"state"` // waiting, running, terminated, or none: the pod has no container yet
	Reason   string        `yaml:"reason"`
	After    time.Duration `yaml:"after"` // since the manifest was applied
}

// Command is a shell command in the namespaces of a node, or something done to the node: reboot, stop-kubelet,
// start-kubelet. A node that scenarios do such things to is n3, where no pod comes by itself.
type Command struct {
	Node  string        `yaml:"node"`
	Run   string        `yaml:"run"`
	Do    string        `yaml:"do"`
	After time.Duration `yaml:"after"` // since the manifest was applied
	Every time.Duration `yaml:"every"` // without it, once
}

// Change is a later manifest.
type Change struct {
	Manifest string        `yaml:"manifest"`
	After    time.Duration `yaml:"after"`
}

// Load reads the scenarios below dir, or those whose names match patterns like postgres-*,oom.
func Load(dir, pattern string) ([]*Scenario, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var all []*Scenario
	for _, e := range entries {
		wanted, err := matchAny(cmp.Or(pattern, "*"), e.Name())
		if err != nil {
			return nil, err
		}
		if !e.IsDir() || !wanted {
			continue
		}
		s, err := load(filepath.Join(dir, e.Name()))
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("no scenario %q in %s", pattern, dir)
	}
	return all, nil
}

func matchAny(patterns, name string) (bool, error) {
	for p := range strings.SplitSeq(patterns, ",") {
		ok, err := path.Match(p, name)
		if err != nil {
			return false, fmt.Errorf("pattern %q: %w", p, err)
		}
		if ok {
			return true, nil
		}
	}
	return false, nil
}

func load(dir string) (*Scenario, error) {
	b, err := os.ReadFile(filepath.Join(dir, "scenario.yaml"))
	if err != nil {
		return nil, err
	}
	s := &Scenario{
		Name: filepath.Base(dir), Limit: 4 * time.Minute,
		Expect: Expect{Verdict: "crash-looping"},
		Until:  Until{Restarts: 2, State: "waiting", Reason: "CrashLoopBackOff"},
	}
	s.Pod = s.Name
	usual := s.Until
	s.Until = Until{}
	d := yaml.NewDecoder(bytes.NewReader(b))
	d.KnownFields(true)
	if err := d.Decode(s); err != nil {
		return nil, fmt.Errorf("read %s: %w", filepath.Join(dir, "scenario.yaml"), err)
	}
	if s.Until == (Until{}) {
		s.Until = usual
	}
	s.Manifest, err = os.ReadFile(filepath.Join(dir, "manifest.yaml"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("scenario %s has no manifest.yaml", s.Name)
	}
	return s, err
}

// Images are the runtime images that scenarios need besides the static one.
func Images(scenarios []*Scenario) []string {
	var names []string
	for _, s := range scenarios {
		names = append(names, image.Used(string(s.Manifest))...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}
