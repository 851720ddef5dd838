package rule

import (
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"
)

// FuzzLoad reads, checks and applies whatever is given as a rule file. It must not panic or hang, and what passes the
// checks must be applicable.
func FuzzLoad(f *testing.F) {
	files, err := filepath.Glob("testdata/*.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte(full("x", "logs: [{match: 'b(?P<a>.*)', hit: [x]}]\nwhen: m.a == \"oom\"\nruledOut: [{text: '{{c.name}}'}]")))
	f.Add([]byte(full("x", "when: c.restarts > 1\nlevels: [{when: node.ready, confidence: possible}]\nfix: [{text: a, patch: 'a: [\"{{c.name}}\"]'}]")))
	f.Fuzz(func(t *testing.T, data []byte) {
		set, err := Load(fstest.MapFS{"cause.yaml": {Data: data}}, ".")
		if err != nil {
			return
		}
		if set.Check() != nil {
			return
		}
		_ = set.CheckSamples()
		for _, finding := range set.Match(crashing(cause("boom", 1))) {
			if finding.State == "" || finding.Rule == nil {
				t.Errorf("finding without state or rule: %+v", finding)
			}
		}
	})
}
