package internal_test

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// root is the repository, seen from this package.
const root = ".."

var (
	// cited is a page of docs/ in a comment, a rule or a page, with or without a section.
	cited = regexp.MustCompile(`\bdocs/[\w-]+\.md(?:(?:, | and )?#[\w-]+)*`)
	// linked is a link of markdown to a file of the repository or to a section.
	linked = regexp.MustCompile(`\]\(([^)\s:]*)\)`)
	// numbered is a section of a document that is named in capitals, as comments once had it.
	numbered = regexp.MustCompile(`//.*\b[A-Z]{5,} \d{1,2}\.\d\b`)
)

// TestCitationsResolve: a comment, a rule or a page that names a page of ours names one that exists, and a section that
// is a heading in it.
func TestCitationsResolve(t *testing.T) {
	pages := &pages{anchors: map[string]map[string]bool{}}
	citations := 0
	eachText(t, func(name, text string) {
		for _, c := range cited.FindAllString(text, -1) {
			citations++
			page, sections, _ := strings.Cut(c, "#")
			pages.check(t, name, page, strings.Split(sections, "#"))
		}
		if path.Ext(name) == ".md" {
			for _, l := range linked.FindAllStringSubmatch(text, -1) {
				target, section, _ := strings.Cut(l[1], "#")
				if target == "" {
					target = path.Base(name)
				}
				pages.check(t, name, path.Join(path.Dir(name), target), []string{section})
			}
		}
		if path.Ext(name) == ".go" {
			for _, c := range numbered.FindAllString(text, -1) {
				t.Errorf("%s cites a section by its number, which no page of ours has: %s", name, c)
			}
		}
	})
	if citations < 50 {
		t.Errorf("only %d citations were found: the pattern is wrong", citations)
	}
}

// pages knows the anchors of the pages that were asked for.
type pages struct{ anchors map[string]map[string]bool }

func (p *pages) check(t *testing.T, from, page string, sections []string) {
	t.Helper()
	if _, err := os.Stat(filepath.Join(root, filepath.FromSlash(page))); err != nil {
		t.Errorf("%s names %s, which does not exist", from, page)
		return
	}
	for _, s := range sections {
		s = strings.TrimSuffix(strings.TrimSuffix(s, ", "), " and ")
		if s != "" && !p.of(t, page)[s] {
			t.Errorf("%s names section #%s of %s, which does not exist", from, s, page)
		}
	}
}

func (p *pages) of(t *testing.T, page string) map[string]bool {
	t.Helper()
	if p.anchors[page] == nil {
		text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(page)))
		if err != nil {
			t.Fatal(err)
		}
		p.anchors[page] = anchorsOf(string(text))
	}
	return p.anchors[page]
}

// anchorsOf gives the names by which the headings of a page can be linked to, as GitHub makes them.
func anchorsOf(page string) map[string]bool {
	anchors := map[string]bool{}
	fenced := false
	for line := range strings.Lines(page) {
		if strings.HasPrefix(line, "```") {
			fenced = !fenced
		}
		heading := strings.TrimLeft(line, "#")
		if fenced || heading == line || !strings.HasPrefix(heading, " ") {
			continue
		}
		anchors[anchor(heading)] = true
	}
	return anchors
}

var notInAnchor = regexp.MustCompile(`[^\p{L}\p{N}_ -]`)

func anchor(heading string) string {
	return strings.ReplaceAll(notInAnchor.ReplaceAllString(strings.ToLower(strings.TrimSpace(heading)), ""), " ", "-")
}

func TestAnchors(t *testing.T) {
	page := "# Which run's log\n\n```\n# no heading\n```\n## `abort()` in the first process\n#hashtag\n### A, B: c-d\n"
	got := anchorsOf(page)
	for _, want := range []string{"which-runs-log", "abort-in-the-first-process", "a-b-c-d"} {
		if !got[want] {
			t.Errorf("#%s is missing in %v", want, got)
		}
	}
	if len(got) != 3 {
		t.Errorf("%d anchors: %v", len(got), got)
	}
}

// eachText gives every Go file, rule and page of the repository, but no test data: that is others' text.
func eachText(t *testing.T, do func(name, text string)) {
	t.Helper()
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if slices.Contains([]string{".git", "bin", "testdata"}, d.Name()) {
				return filepath.SkipDir
			}
			return nil
		}
		if !slices.Contains([]string{".go", ".md", ".yaml"}, path.Ext(d.Name())) {
			return nil
		}
		name, err := filepath.Rel(root, file)
		if err != nil {
			return err
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		do(filepath.ToSlash(name), string(text))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
