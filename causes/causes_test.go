package causes_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/diff"

	"github.com/unloop-dev/unloop/causes"
	"github.com/unloop-dev/unloop/cli/casefile"
	"github.com/unloop-dev/unloop/crashlog"
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

// TestEveryCauseIsComplete holds each folder to a page with its parts, a hit and a near miss, and all of it filled in.
func TestEveryCauseIsComplete(t *testing.T) {
	for _, r := range load(t).Rules() {
		t.Run(r.ID, func(t *testing.T) {
			for _, mistake := range folderMistakes(t, r.ID) {
				t.Error(mistake)
			}
		})
	}
}

// TestUntouchedScaffoldIsNotComplete holds 'make cause' to the test above: what it makes has to be filled in.
func TestUntouchedScaffoldIsNotComplete(t *testing.T) {
	dir := t.TempDir()
	tool := filepath.Join(dir, "newcause")
	if out, err := exec.Command("go", "build", "-o", tool, "../rule/tools/newcause").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if err := os.Mkdir(filepath.Join(dir, "causes"), 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(tool, "my-cause")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	got := strings.Join(folderMistakes(t, filepath.Join(dir, "causes", "my-cause")), "\n")
	for _, file := range []string{"cause.yaml", "doc.md", "testdata/hit.txtar", "testdata/miss-near.txtar"} {
		if !strings.Contains(got, file+": still to be filled in") {
			t.Errorf("%s passes as it is: %s", file, got)
		}
	}
}

// folderMistakes says what the folder of a cause lacks.
func folderMistakes(t *testing.T, dir string) []string {
	var mistakes []string
	read := func(file string) string {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(data, []byte("FILL IN")) {
			mistakes = append(mistakes, file+": still to be filled in")
		}
		return string(data)
	}
	read(filepath.Join(dir, "cause.yaml"))
	for _, mistake := range pageMistakes(read(filepath.Join(dir, "doc.md"))) {
		mistakes = append(mistakes, "doc.md: "+mistake)
	}
	hits, misses := 0, 0
	for _, path := range cases(t, dir) {
		read(path)
		if isMiss(path) {
			misses++
		} else {
			hits++
		}
	}
	if hits == 0 || misses == 0 {
		mistakes = append(mistakes, fmt.Sprintf("%d hits and %d near misses in testdata, want at least one of each", hits, misses))
	}
	return mistakes
}

// pageParts are the parts of a page, in their order.
var pageParts = []string{"What it looks like", "How to confirm by hand", "Fixes", "What people get wrong", "See also"}

// belief is the one form of what people get wrong: what they say, in quotes, then what is true.
var belief = regexp.MustCompile(`^\* "[^"]+[.?!]" \S.+[.:]$`)

// pageMistakes says what a page lacks.
func pageMistakes(doc string) []string {
	var mistakes, got []string
	sections := strings.Split(doc, "\n## ")
	for _, s := range sections[1:] {
		heading, text, _ := strings.Cut(s, "\n")
		got = append(got, heading)
		if strings.TrimSpace(text) == "" {
			mistakes = append(mistakes, "the part "+heading+" is empty")
		}
		if heading != "What people get wrong" {
			continue
		}
		for line := range strings.SplitSeq(strings.ReplaceAll(strings.TrimSpace(text), "\n  ", " "), "\n") {
			if !belief.MatchString(line) {
				mistakes = append(mistakes, `want '* "What people say." What is true.', got `+line)
			}
		}
	}
	if !slices.Equal(got, pageParts) {
		mistakes = append(mistakes, fmt.Sprintf("the parts are %q, want %q", got, pageParts))
	}
	if heading, text, _ := strings.Cut(sections[0], "\n"); !strings.HasPrefix(heading, "# ") || strings.TrimSpace(text) == "" {
		mistakes = append(mistakes, "the heading or the paragraph below it is missing")
	}
	return mistakes
}

// TestBeliefsHaveOneForm holds the test above to pages that are wrong.
func TestBeliefsHaveOneForm(t *testing.T) {
	page := func(text string) string {
		return "# T\n\nText.\n\n## What it looks like\n\nx\n\n## How to confirm by hand\n\nx\n\n## Fixes\n\nx\n\n" +
			"## What people get wrong\n\n" + text + "\n\n## See also\n\nx\n"
	}
	for text, want := range map[string]int{
		`* "It is so." It is not, for a reason.`:             0,
		"* \"It is\n  so.\" It is\n  not.\n* \"Is it?\" No.": 0,
		`* It is not so.`:                 1,
		`* "It is so" is wrong.`:          1,
		`* "It is so."`:                   1,
		"Some words.\n* \"Yes.\" No, no.": 1,
		"":                                2, // empty, and no belief
	} {
		if got := pageMistakes(page(text)); len(got) != want {
			t.Errorf("%q: %q, want %d mistakes", text, got, want)
		}
	}
}

// TestPagesLinkTheirNeighbours follows the links of all pages, and looks for each pair of neighbours.md in both of its pages.
func TestPagesLinkTheirNeighbours(t *testing.T) {
	set := load(t)
	link := regexp.MustCompile(`\[([a-z0-9-]+)\]\(([^)\s]+)\)`)
	linked := make(map[string][]string)
	for _, r := range set.Rules() {
		for _, m := range link.FindAllStringSubmatch(r.Doc, -1) {
			to := set.Rule(m[1])
			if to == nil || to.Deprecated != "" || m[2] != "../"+m[1]+"/doc.md" {
				t.Errorf("%s: %s is no cause, or its link leads elsewhere", r.ID, m[0])
			}
			linked[r.ID] = append(linked[r.ID], m[1])
		}
		if len(linked[r.ID]) == 0 {
			t.Errorf("%s links to no other cause: add a line to neighbours.md and run 'make gen'", r.ID)
		}
	}
	text, err := os.ReadFile("neighbours.md")
	if err != nil {
		t.Fatal(err)
	}
	pairs := regexp.MustCompile(`(?m)^\* ([a-z0-9-]+), ([a-z0-9-]+): `).FindAllStringSubmatch(string(text), -1)
	for _, m := range pairs {
		if !slices.Contains(linked[m[1]], m[2]) || !slices.Contains(linked[m[2]], m[1]) {
			t.Errorf("%s and %s are neighbours, and their pages don't say so: run 'make gen'", m[1], m[2])
		}
	}
	if len(pairs) == 0 {
		t.Error("neighbours.md has no pairs")
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
	c, err := casefile.Run(path, set)
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
