package rule

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// TestMistakes loads and checks each testdata/*.bad.yaml, which holds one mistake and ends with the messages it gives.
func TestMistakes(t *testing.T) {
	files, err := filepath.Glob("testdata/*.bad.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".bad.yaml"), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			text, want, _ := strings.Cut(string(data), "# want: ")
			want = strings.TrimSpace(strings.ReplaceAll(want, "# want: ", ""))
			fsys := fstest.MapFS{"x/cause.yaml": {Data: []byte(text)}}
			set, err := Load(fsys, ".")
			if err == nil {
				err = set.Check()
			}
			if got := fmt.Sprint(err); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func TestLoadFindsRules(t *testing.T) {
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	rule := func(id string) *fstest.MapFile { return file(full(id, "when: c.ready")) }
	fsys := fstest.MapFS{
		"causes/in-folder/cause.yaml":          rule("in-folder"),
		"causes/in-folder/doc.md":              file("# In a folder"),
		"causes/in-folder/testdata/case.txtar": file("-- want --"),
		"causes/flat.yaml":                     rule("flat"),
		"causes/README.md":                     file("not a rule"),
		"causes/testdata/other.yaml":           file("not a rule"),
		"causes/.git/config":                   file("not a rule"),
		"causes/..2026_11_02/flat.yaml":        file("the kubelet's copy"),
		"causes/..data":                        file("a link"),
		"causes/short.yml":                     rule("short"),
	}
	for _, test := range []struct {
		root string
		want []string
	}{
		{"causes", []string{"flat causes/flat.yaml", "in-folder causes/in-folder/cause.yaml # In a folder", "short causes/short.yml"}},
		{"causes/in-folder", []string{"in-folder causes/in-folder/cause.yaml # In a folder"}},
		{"causes/flat.yaml", []string{"flat causes/flat.yaml"}},
	} {
		set, err := Load(fsys, test.root)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range set.Rules() {
			got = append(got, strings.TrimSpace(r.ID+" "+r.File+" "+r.Doc))
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: %s", test.root, diff)
		}
	}
}

// TestLoadMount reads what a ConfigMap looks like in a container: links to a hidden folder.
func TestLoadMount(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "..2026_11_02"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "..2026_11_02", "mine.yaml"), []byte(full("mine", "when: c.ready")), 0o644); err != nil {
		t.Fatal(err)
	}
	for link, target := range map[string]string{"..data": "..2026_11_02", "mine.yaml": "..data/mine.yaml"} {
		if err := os.Symlink(target, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	set, err := Load(os.DirFS(dir), ".")
	if err != nil {
		t.Fatal(err)
	}
	if len(set.Rules()) != 1 || set.Rule("mine") == nil {
		t.Errorf("found %d rules, want mine alone", len(set.Rules()))
	}
}

func TestLoadBounds(t *testing.T) {
	big := fstest.MapFS{"big.yaml": {Data: []byte("# " + strings.Repeat("x", maxFile))}}
	many := fstest.MapFS{}
	for i := range maxRules + 1 {
		many[fmt.Sprintf("rule-%d.yaml", i)] = &fstest.MapFile{}
	}
	for _, test := range []struct {
		fsys fstest.MapFS
		root string
		want string
	}{
		{big, ".", "big.yaml:1:1: larger than 1 MiB"},
		{many, ".", "read rules: . holds 1001 rules, more than 1000"},
		{big, "nowhere", "read rules: open nowhere: file does not exist"},
		{fstest.MapFS{"a/cause.yml": {}}, ".", "a:1:1: folder without cause.yaml"},
	} {
		if _, err := Load(test.fsys, test.root); fmt.Sprint(err) != test.want {
			t.Errorf("got %v, want %s", err, test.want)
		}
	}
}

// TestAllMistakesAreReported, of all files, in order of files and lines.
func TestAllMistakesAreReported(t *testing.T) {
	fsys := fstest.MapFS{
		"b.yaml": {Data: []byte("id: b\ntitle: 1\nwhen: 2\n")},
		"a.yaml": {Data: []byte(full("a", "colour: red\nwhen: c.ready\ntaste: sweet"))},
	}
	_, err := Load(fsys, ".")
	var got []string
	for line := range strings.Lines(fmt.Sprint(err)) {
		got = append(got, line[:strings.IndexByte(line, ' ')])
	}
	missing := slices.Repeat([]string{"b.yaml:1:1:"}, 6) // since, class, summary, confidence, because, fix
	want := slices.Concat([]string{"a.yaml:2:1:", "a.yaml:4:1:"}, missing, []string{"b.yaml:2:8:", "b.yaml:3:7:"})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
