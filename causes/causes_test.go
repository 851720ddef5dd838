package causes_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/diff"

	"github.com/unloop-dev/unloop/causes"
	"github.com/unloop-dev/unloop/crashlog"
	"github.com/unloop-dev/unloop/internal/txtargolden"
	"github.com/unloop-dev/unloop/rule"
)

var update = flag.Bool("update", false, "write what came out into the cases")

// load reads the folders themselves, not the packed rules made from them.
func load(t testing.TB) *rule.Set {
	t.Helper()
	set, err := rule.Load(os.DirFS("."), ".")
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// TestRules compiles every expression of every rule and runs the samples of every pattern.
func TestRules(t *testing.T) {
	set := load(t)
	if err := set.Check(); err != nil {
		t.Error(err)
	}
	if err := set.CheckSamples(); err != nil {
		t.Error(err)
	}
}

// TestSamplesAreWhatTheReaderSays holds the samples to logs: what a pattern must match has to be among what the reader
// makes of a log that ends with it, since levels, indentation and logger names are gone by then.
func TestSamplesAreWhatTheReaderSays(t *testing.T) {
	for _, r := range load(t).Rules() {
		for _, p := range r.Logs {
			if p.In == "message" {
				continue
			}
			match := regexp.MustCompile(p.Match)
			for _, sample := range p.Hit {
				said := append(says(sample), says("2026-03-02T09:30:00Z ERROR "+sample)...)
				if !slices.ContainsFunc(said, func(s crashlog.Statement) bool { return match.MatchString(s.Text) }) {
					t.Errorf("%s: %q does not match what the reader says: %v", r.ID, p.Match, said)
				}
			}
		}
	}
}

func says(log string) []crashlog.Statement {
	return crashlog.ReadBytes([]byte(log + "\n")).Crash.Said
}

// TestPackedRulesAreFresh compares what is built in with the folders.
func TestPackedRulesAreFresh(t *testing.T) {
	want, err := load(t).Pack()
	if err != nil {
		t.Fatal(err)
	}
	built, err := causes.Rules()
	if err != nil {
		t.Fatal(err)
	}
	got, err := built.Pack()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("causes/rules.json is stale: run 'make gen'")
	}
}

// TestEveryCauseIsComplete holds each folder to a page with its four parts, a hit and a near miss.
func TestEveryCauseIsComplete(t *testing.T) {
	for _, r := range load(t).Rules() {
		t.Run(r.ID, func(t *testing.T) {
			for _, part := range []string{"## What it looks like", "## How to confirm by hand", "## Fixes", "## What people get wrong"} {
				if !strings.Contains(r.Doc, part) {
					t.Errorf("doc.md lacks the part %q", part)
				}
			}
			hits, misses := 0, 0
			for _, path := range cases(t, r.ID) {
				if isMiss(path) {
					misses++
				} else {
					hits++
				}
			}
			if hits == 0 || misses == 0 {
				t.Errorf("%d hits and %d near misses in testdata, want at least one of each", hits, misses)
			}
		})
	}
}

// TestCases runs all rules on each recorded case. A hit must have the folder's cause as its answer, a near miss must
// not.
func TestCases(t *testing.T) {
	set := load(t)
	for _, r := range set.Rules() {
		for _, path := range cases(t, r.ID) {
			name := strings.TrimSuffix(filepath.Base(path), ".txtar")
			t.Run(r.ID+"/"+name, func(t *testing.T) { runCase(t, set, r.ID, path) })
		}
	}
}

func runCase(t *testing.T, set *rule.Set, id, path string) {
	c, err := txtargolden.Run(path, set)
	if err != nil {
		t.Fatal(err)
	}
	if isMiss(path) == (c.First() == id) {
		t.Errorf("the answer is %q", c.First())
	}
	if *update {
		if err := c.Update(); err != nil {
			t.Fatal(err)
		}
		return
	}
	if got := c.Got(); got != c.Want {
		t.Errorf("%s", diff.Diff("want", []byte(c.Want), "got", []byte(got)))
	}
}

func cases(t testing.TB, id string) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(id, "testdata", "*.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	return paths
}

func isMiss(path string) bool {
	return strings.HasPrefix(filepath.Base(path), "miss-")
}

// TestNoStrayFolders finds folders that hold no rule: a typing error there would go unnoticed.
func TestNoStrayFolders(t *testing.T) {
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if _, err := os.Stat(filepath.Join(e.Name(), "cause.yaml")); e.IsDir() && err != nil {
			t.Errorf("causes/%s has no cause.yaml", e.Name())
		}
	}
}
