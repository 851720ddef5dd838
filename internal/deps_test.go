package internal_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/unloop-dev/unloop/"

// arrows are the import rules of ARCHITECTURE.md: which packages a package must not reach, even through others, and
// why. A trailing slash bans a whole tree.
var arrows = []struct {
	from []string
	bans map[string]string
	but  []string // what is banned with a tree and allowed all the same
}{
	{
		from: []string{"crashlog"},
		bans: map[string]string{"k8s.io/": "a log is a log, whoever kept it", module: "it is the innermost package"},
		but:  []string{module + "redact"}, // what it reads holds no secrets
	},
	{
		from: []string{"evidence", "rule", "diagnosis", "report", "causes"},
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
		from: []string{"evidence"},
		bans: map[string]string{
			"cel.dev/":               "facts know nothing of the rules that judge them",
			module + "rule":          "facts know nothing of the rules that judge them",
			"sigs.k8s.io/yaml":       "decoding files is bundle's business",
			"github.com/spf13/cobra": "flags don't leave cli",
		},
	},
	{
		from: []string{"printed"},
		bans: map[string]string{
			module + "evidence": "it reads texts; what they mean is not its business",
			"k8s.io/client-go/": "a text is read without a cluster",
		},
	},
	{
		from: []string{"rule"},
		bans: map[string]string{module + "diagnosis": "a rule does not know the order of the answer", module + "causes": "the engine does not know the knowledge"},
	},
	{
		from: []string{"cluster", "bundle"},
		bans: map[string]string{
			module + "rule":      "readers draw no conclusions",
			module + "diagnosis": "readers draw no conclusions",
			module + "report":    "readers don't print",
		},
	},
	{
		from: []string{"bundle", "redact/objects"},
		bans: map[string]string{"k8s.io/client-go/": "reading files must stay small and quick to start"},
	},
	{
		from: []string{"redact"},
		bans: map[string]string{module: "it cleans text, wherever that comes from"},
	},
}

func TestArrowsPointInward(t *testing.T) {
	for _, rule := range arrows {
		for _, from := range rule.from {
			for _, dep := range depsOf(t, from) {
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
	if dep == module+"internal/lazyregexp" || dep == module+"internal/ansi" { // they know nothing of anything
		return false
	}
	if strings.HasSuffix(ban, "/") {
		return strings.HasPrefix(dep, ban)
	}
	return dep == ban
}

// depsOf lists what a package and those of ours that it reaches import. What others' packages import is their business:
// apimachinery knows net/http for a type of its own.
func depsOf(t *testing.T, pkg string) []string {
	t.Helper()
	const each = `{{if not .Standard}}{{.ImportPath}}{{range .Imports}} {{.}}{{end}}{{end}}`
	out, err := exec.Command("go", "list", "-deps", "-f", each, module+pkg).CombinedOutput()
	if err != nil {
		t.Fatalf("go list -deps %s: %v\n%s", pkg, err, out)
	}
	var deps []string
	for _, line := range strings.Split(string(out), "\n") {
		if strings.HasPrefix(line, module) {
			deps = append(deps, strings.Fields(line)...)
		}
	}
	return deps
}
