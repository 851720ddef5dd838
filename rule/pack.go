package rule

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"slices"

	"go.yaml.in/yaml/v3"
)

// Pack writes the rules in a form that [Unpack] reads in a tenth of the time that their YAML takes: parsing that is
// nearly all a start would cost. Samples of patterns are left out, since only tests need them, and the literals that a
// pattern needs are worked out beforehand.
func (s *Set) Pack() ([]byte, error) {
	lines := make([][]byte, len(s.rules))
	for i, r := range s.rules {
		packed := *r
		packed.Logs = make([]Pattern, len(r.Logs))
		for j, p := range r.Logs {
			packed.Logs[j] = Pattern{Match: p.Match, In: p.In, Needs: literals(p.Match)}
		}
		var err error
		if lines[i], err = json.Marshal(packed); err != nil {
			return nil, err
		}
	}
	// A rule a line, so that a change of one is a change of one line.
	return slices.Concat([]byte("[\n"), bytes.Join(lines, []byte(",\n")), []byte("\n]\n")), nil
}

// Unpack gives the rules that Pack wrote, with the pages that stand beside them in fsys. It trusts them: they were
// loaded and checked before they were packed. Mistakes in them would be reported without a line.
func Unpack(data []byte, fsys fs.FS) (*Set, error) {
	var rules []*Rule
	if err := json.Unmarshal(data, &rules); err != nil {
		return nil, fmt.Errorf("unpack rules: %w", err)
	}
	for _, r := range rules {
		doc, err := fs.ReadFile(fsys, path.Join(path.Dir(r.File), docFile))
		if err != nil {
			return nil, fmt.Errorf("unpack rules: %w", err)
		}
		r.Doc = string(doc)
		d := &decoder{src: &source{file: r.File}, at: map[any]*yaml.Node{}}
		d.compile(r)
	}
	return newSet(rules)
}
