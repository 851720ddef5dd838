package internal_test

import (
	"io/fs"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/unloop-dev/unloop/"

// arrows are the import rules of ARCHITECTURE.md: which packages a package must not reach, even through others, and
// why. A trailing slash bans a whole tree; of ours, internal/ is spared, since it knows nothing of the rest. "/..." is
// every package of a tree, so a rule can stand before its tree does.
var arrows = []struct {
	from []string
	bans map[string]string
	but  []string // what is banned with a tree and allowed all the same
}{
	{
		from: []string{"internal/..."},
		bans: map[string]string{module: "what everything may reach must reach nothing; what knows the domain stands beside what it serves"},
	},
	{
		from: []string{"crashlog"},
		bans: map[string]string{"k8s.io/": "a log is a log, whoever kept it", module: "it is the innermost package"},
		but:  []string{module + "redact"}, // what it reads holds no secrets
	},
	{
		from: []string{"redact"},
		bans: map[string]string{module: "it cleans text, wherever that comes from"},
	},
	{
		from: []string{"evidence", "scene/...", "rule", "diagnosis", "incident", "remedy", "report", "causes"},
		bans: map[string]string{
			"k8s.io/client-go/": "everything between reading and rendering is pure",
			"net/http":          "facts and judgements never reach the network",
			"os/exec":           "facts and judgements never run programs",
			"database/sql":      "what is kept is the recorder's business",
			module + "cluster":  "the arrows point inward",
			module + "bundle":   "the arrows point inward",
			module + "cli":      "the arrows point inward",
		},
	},
	{
		from: []string{"evidence", "scene/..."},
		bans: map[string]string{
			"cel.dev/":               "facts know nothing of the rules that judge them",
			module + "rule":          "facts know nothing of the rules that judge them",
			module + "diagnosis":     "facts know nothing of the answer",
			"sigs.k8s.io/yaml":       "decoding files is bundle's business",
			"github.com/spf13/cobra": "flags don't leave cli",
		},
	},
	{
		from: []string{"evidence"},
		bans: map[string]string{module + "scene": "the facts of a pod are built from what belongs to it, however that was found"},
	},
	{
		from: []string{"fact"},
		bans: map[string]string{module: "it names facts and knows none", "k8s.io/": "it names facts and knows none"},
	},
	{
		from: []string{"printed"},
		bans: map[string]string{
			module + "evidence": "it reads texts; what they mean is not its business",
			"k8s.io/client-go/": "a text is read without a cluster",
		},
	},
	{
		from: []string{"files"},
		bans: map[string]string{module: "it reads bytes; what they mean is not its business", "k8s.io/": "it reads bytes"},
	},
	{
		from: []string{"objects"},
		bans: map[string]string{
			module + "bundle":   "it is given a stream and knows no files",
			module + "files":    "it is given a stream and knows no files",
			module + "printed":  "objects are what programs read; texts for people are another matter",
			module + "scene":    "what belongs to what is not known yet",
			"k8s.io/client-go/": "reading files must stay small and quick to start",
		},
	},
	{
		from: []string{"rule"},
		bans: map[string]string{module + "diagnosis": "a rule does not know the order of the answer", module + "causes": "the engine does not know the knowledge"},
	},
	{
		from: []string{"diagnosis"},
		bans: map[string]string{
			module + "incident": "a diagnosis is of one container; incidents are made of diagnoses",
			module + "remedy":   "what is wrong does not depend on how it is mended",
		},
	},
	{
		from: []string{"incident"},
		bans: map[string]string{module + "remedy": "what belongs together does not depend on how it is mended"},
	},
	{
		from: []string{"remedy"},
		bans: map[string]string{
			module + "rule":     "it is given a patch, and need not know how a rule is written",
			module + "incident": "a patch changes one workload",
		},
	},
	{
		from: []string{"incident", "remedy"},
		bans: map[string]string{
			module + "report": "what is shown, and how, is the renderer's business",
			module + "answer": "the document is made of them, not the other way round",
		},
	},
	{
		from: []string{"report"},
		bans: map[string]string{module + "causes": "what is known of a cause comes with its finding"},
	},
	{
		from: []string{"cluster", "bundle"},
		bans: map[string]string{
			module + "rule":      "readers draw no conclusions",
			module + "diagnosis": "readers draw no conclusions",
			module + "incident":  "readers draw no conclusions",
			module + "remedy":    "readers only read",
			module + "report":    "readers don't print",
			module + "answer":    "readers don't answer",
		},
	},
	{
		from: []string{"layout"},
		bans: map[string]string{module: "it is tables of paths; what they lead to is not its business", "k8s.io/": "it is tables of paths"},
	},
	{
		from: []string{"redact/objects"},
		bans: map[string]string{
			"k8s.io/client-go/": "reading files must stay small and quick to start",
			module + "evidence": "it cleans objects, whatever is made of them",
		},
	},
	{
		from: []string{"bundle"},
		bans: map[string]string{
			"k8s.io/client-go/": "reading files must stay small and quick to start",
			module + "cluster":  "files are read without a cluster",
		},
	},
	{
		from: []string{"cluster"},
		bans: map[string]string{module + "bundle": "a cluster is read without files"},
	},
}

func TestArrowsPointInward(t *testing.T) {
	for _, rule := range arrows {
		for _, from := range rule.from {
			for _, dep := range depsOf(t, ".", module+from) {
				for ban, why := range rule.bans {
					if bans(ban, dep) && dep != module+from && !slices.Contains(rule.but, dep) {
						t.Errorf("%s reaches %s: %s", from, dep, why)
					}
				}
			}
		}
	}
}

func bans(ban, dep string) bool {
	if ban == module && strings.HasPrefix(dep+"/", module+"internal/") {
		return false
	}
	if strings.HasSuffix(ban, "/") {
		return strings.HasPrefix(dep, ban)
	}
	return dep == ban
}

// TestTheDocumentStandsAlone: whoever reads an answer gets no other package by it.
func TestTheDocumentStandsAlone(t *testing.T) {
	for _, dep := range depsOf(t, ".", module+"answer") {
		if first, _, _ := strings.Cut(dep, "/"); strings.Contains(first, ".") && dep != module+"answer" {
			t.Errorf("answer reaches %s: it needs the standard library only", dep)
		}
	}
}

// TestTheLabKnowsTheDocumentOnly: the lab judges unloop from outside, by what it prints.
func TestTheLabKnowsTheDocumentOnly(t *testing.T) {
	for _, dep := range depsOf(t, "../lab", "./...") {
		if strings.HasPrefix(dep, module) && !strings.HasPrefix(dep, module+"lab") && dep != module+"answer" {
			t.Errorf("the lab reaches %s: it judges unloop by its answers alone", dep)
		}
	}
}

// depsOf lists what packages and those of ours that they reach import. What others' packages import is their business:
// apimachinery knows net/http for a type of its own.
func depsOf(t *testing.T, dir, packages string) []string {
	t.Helper()
	const each = `{{if not .Standard}}{{.ImportPath}}{{range .Imports}} {{.}}{{end}}{{end}}`
	readFolders(t)
	list := exec.Command("go", "list", "-deps", "-f", each, packages)
	list.Dir = dir
	out, err := list.CombinedOutput()
	if err != nil {
		t.Fatalf("go list -deps %s: %v\n%s", packages, err, out)
	}
	var deps []string
	for _, line := range strings.Split(string(out), "\n") {
		if strings.HasPrefix(line, module) {
			deps = append(deps, strings.Fields(line)...)
		}
	}
	return deps
}

// readFolders lets "go test" know what its cached result depends on: it sees the folders that the test itself reads, not
// those that "go list" reads.
func readFolders(t *testing.T) {
	t.Helper()
	err := filepath.WalkDir("..", func(_ string, entry fs.DirEntry, err error) error {
		if err != nil { // what has just been removed
			return nil
		}
		if name := entry.Name(); entry.IsDir() && (name == "testdata" || name == ".git") {
			return filepath.SkipDir
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
