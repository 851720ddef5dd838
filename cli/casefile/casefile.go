// Package casefile runs recorded cases: a txtar that holds a bundle and, in its section "want", the diagnosis that
// must come out. The same file is test case, bundle and bug report.
package casefile

import (
	"fmt"
	"os"
	"strings"

	"golang.org/x/tools/txtar"

	"github.com/unloop-dev/unloop/bundle"
	"github.com/unloop-dev/unloop/diagnosis"
	"github.com/unloop-dev/unloop/evidence"
	"github.com/unloop-dev/unloop/rule"
)

// Section is the name of the section that holds the expected diagnosis.
const Section = "want"

// Case is one recorded case.
type Case struct {
	Path      string
	Want      string
	Diagnoses []*diagnosis.Diagnosis
}

// Run reads the case at path and diagnoses it with the rules, as the command does.
func Run(path string, rules *rule.Set) (*Case, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	c := &Case{Path: path}
	for _, f := range txtar.Parse(data).Files {
		if f.Name == Section {
			c.Want = string(f.Data)
		}
	}
	b, err := bundle.Open([]string{path}, nil)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	for _, raw := range b.Raws() {
		c.Diagnoses = append(c.Diagnoses, diagnosis.Of(evidence.Of(raw), rules)...)
	}
	return c, nil
}

// First is the id of the answer, "" when the case is not diagnosed.
func (c *Case) First() string {
	if len(c.Diagnoses) == 0 || len(c.Diagnoses[0].Causes) == 0 {
		return ""
	}
	return c.Diagnoses[0].Causes[0].Rule.ID
}

// Got renders the diagnosis in the form of the want section.
func (c *Case) Got() string {
	var b strings.Builder
	for _, d := range c.Diagnoses {
		name := d.Evidence.Pod.Name
		if d.Container != nil {
			name += "/" + d.Container.Name
		}
		fmt.Fprintf(&b, "%s %s\n", d.Verdict, name)
		for _, cause := range d.Causes {
			fmt.Fprintf(&b, "  %-8s %s\n", cause.Confidence, cause.Rule.ID)
			for _, s := range cause.Symptoms {
				fmt.Fprintf(&b, "    symptom %s\n", s)
			}
		}
		for _, f := range d.Undecided {
			fmt.Fprintf(&b, "  undecided %s (%s)\n", f.Rule.ID, strings.Join(f.Needs, ", "))
		}
		for _, f := range d.RuledOut {
			fmt.Fprintf(&b, "  ruled-out %s\n", f.Rule.ID)
		}
	}
	return b.String()
}

// Update writes the diagnosis that came out into the case's want section.
func (c *Case) Update() error {
	data, err := os.ReadFile(c.Path)
	if err != nil {
		return err
	}
	archive := txtar.Parse(data)
	found := false
	for i := range archive.Files {
		if archive.Files[i].Name == Section {
			archive.Files[i].Data, found = []byte(c.Got()), true
		}
	}
	if !found {
		archive.Files = append(archive.Files, txtar.File{Name: Section, Data: []byte(c.Got())})
	}
	return os.WriteFile(c.Path, txtar.Format(archive), 0o644)
}
