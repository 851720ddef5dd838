package causes_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"hash/fnv"
	"os"
	"path"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	yaml3 "go.yaml.in/yaml/v3"
	"golang.org/x/tools/txtar"
	"mvdan.cc/sh/v3/syntax"
	"sigs.k8s.io/yaml"

	"github.com/unloop-dev/unloop/bundle"
	"github.com/unloop-dev/unloop/cli/casefile"
	"github.com/unloop-dev/unloop/diagnosis"
	"github.com/unloop-dev/unloop/evidence"
	"github.com/unloop-dev/unloop/fact"
	"github.com/unloop-dev/unloop/internal/shell"
	"github.com/unloop-dev/unloop/report"
	"github.com/unloop-dev/unloop/rule"
)

// This file changes the strings of the cases to what would run as code, or count as an option, if it came into a command
// unquoted, and reads every command of every output format with a real shell parser.

var exhaustive = flag.Bool("exhaustive", false, "change every string of every case: takes minutes")

// payloads are appended to a string, or put before it.
var payloads = []struct{ before, after string }{
	{"", `;PWN;'"$(PWN)` + "`PWN`&PWN|PWN"},
	{"", "\x1b[2J\n PWN"},
	{"", "\u009b2J\u202e';PWN;'\r"},
	{"--PWN=", ""},
	{"-PWN ", " && PWN"},
	{"", "'"},
}

// TestNoValueBecomesACommand changes all strings of a case at once, so that names go on to fit each other, in every way;
// and each string alone, in one way. Without -exhaustive it does so with one case of each cause.
func TestNoValueBecomesACommand(t *testing.T) {
	set := load(t)
	var all []mutation
	for _, r := range set.Rules() {
		files := cases(t, r.ID)
		if !*exhaustive {
			files = files[:1]
		}
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, mutations(file, txtar.Parse(data))...)
		}
	}
	work := make(chan mutation)
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for m := range work {
				if err := m.check(set); err != nil {
					t.Errorf("%s: %v", m.name, err)
				}
			}
		})
	}
	for _, m := range all {
		work <- m
	}
	close(work)
	wg.Wait()
	t.Logf("%d changed cases", len(all))
}

// mutation is a case with one or all of its strings changed.
type mutation struct {
	name    string
	make    func() []byte
	formats []string // beside JSON
}

// sample is how many strings of a case are changed without -exhaustive.
const sample = 5

func mutations(file string, archive *txtar.Archive) []mutation {
	var all []mutation
	for i := range payloads {
		all = append(all, mutation{
			name:    fmt.Sprintf("%s: all strings, payload %d", file, i),
			make:    func() []byte { return changed(archive, func(string) bool { return true }, i) },
			formats: []string{"text", "wide", "markdown"},
		})
	}
	strings := places(archive)
	if !*exhaustive {
		slices.SortFunc(strings, func(a, b string) int { return cmp.Compare(hash(a), hash(b)) })
		strings = strings[:min(len(strings), sample)]
	}
	for _, place := range strings {
		i := int(hash(file+place)) % len(payloads)
		all = append(all, mutation{
			name: fmt.Sprintf("%s: %s, payload %d", file, place, i),
			make: func() []byte { return changed(archive, func(p string) bool { return p == place }, i) },
		})
	}
	return all
}

func hash(text string) uint32 {
	h := fnv.New32a()
	h.Write([]byte(text))
	return h.Sum32()
}

// places names all strings that can be changed.
func places(archive *txtar.Archive) []string {
	var all []string
	changed(archive, func(place string) bool { all = append(all, place); return false }, 0)
	return all
}

// changed is the archive with the payload in the strings at some places.
func changed(archive *txtar.Archive, at func(place string) bool, payload int) []byte {
	p := payloads[payload]
	change := func(place, text string) string {
		if at(place) {
			return p.before + text + p.after
		}
		return text
	}
	out := txtar.Archive{Comment: archive.Comment}
	for _, f := range archive.Files {
		switch path.Ext(f.Name) {
		case ".yaml":
			f.Data = changedYAML(f, change)
		case ".log":
			f.Data = changedLog(f, change)
		}
		if f.Name != casefile.Section {
			out.Files = append(out.Files, f)
		}
	}
	return txtar.Format(&out)
}

func changedYAML(f txtar.File, change func(place, text string) string) []byte {
	var root yaml3.Node
	if err := yaml3.Unmarshal(f.Data, &root); err != nil {
		return f.Data
	}
	var walk func(node *yaml3.Node, place string)
	walk = func(node *yaml3.Node, place string) {
		if node.Kind == yaml3.ScalarNode && node.ShortTag() == "!!str" && !fixed.MatchString(place) {
			node.Value = change(place, node.Value)
			node.Style = yaml3.DoubleQuotedStyle
		}
		for i, child := range node.Content {
			switch node.Kind {
			case yaml3.MappingNode:
				if i%2 == 1 {
					walk(child, place+"."+node.Content[i-1].Value)
				}
			case yaml3.SequenceNode:
				walk(child, fmt.Sprintf("%s[%d]", place, i))
			default:
				walk(child, place)
			}
		}
	}
	walk(&root, path.Base(f.Name)+":")
	data, err := yaml3.Marshal(&root)
	if err != nil {
		return f.Data
	}
	return data
}

// fixed are fields with a closed set of values; with another one the case would be of something else.
var fixed = regexp.MustCompile(`(apiVersion|kind|[tT]imestamp|At|[tT]ime|uid|\.phase|\.type|\.status|\.reason|Policy|restartPolicy|fieldPath|meta\.yaml:.*)$`)

// word is what rules take out of a log: a path, a host, a name.
var word = regexp.MustCompile(`[\w./:@-]{3,}`)

func changedLog(f txtar.File, change func(place, text string) string) []byte {
	lines := strings.SplitAfter(string(f.Data), "\n")
	for i := max(0, len(lines)-10); i < len(lines); i++ {
		n := 0
		lines[i] = word.ReplaceAllStringFunc(lines[i], func(text string) string {
			n++
			return change(fmt.Sprintf("%s:%d:%d", path.Base(f.Name), i, n), text)
		})
	}
	return []byte(strings.Join(lines, ""))
}

func (m mutation) check(set *rule.Set) error {
	b, err := bundle.Open([]string{"-"}, bytes.NewReader(m.make()))
	if err != nil {
		return nil //nolint:nilerr // nothing in it can be read, so nothing is said
	}
	var ds []*diagnosis.Diagnosis
	for _, raw := range b.Raws() {
		ds = append(ds, diagnosis.Of(evidence.Of(raw), set)...)
	}
	var out bytes.Buffer
	if err := report.Write(&out, "json", ds, report.Options{}); err != nil {
		return err
	}
	var document any
	if err := json.Unmarshal(out.Bytes(), &document); err != nil {
		return err
	}
	allowed := meant(ds)
	for _, line := range stringsAt(document, "command") {
		if err := isMeant(line, allowed); err != nil {
			return fmt.Errorf("json: %w", err)
		}
	}
	for _, format := range m.formats {
		out.Reset()
		if err := report.Write(&out, format, ds, report.Options{Width: 4000}); err != nil {
			return err
		}
		for line := range strings.Lines(out.String()) {
			line = strings.TrimSpace(line)
			if !program.MatchString(line) {
				continue
			}
			if err := isMeant(line, allowed); err != nil {
				return fmt.Errorf("%s: %w", format, err)
			}
		}
		if err := patches(out.String()); err != nil {
			return fmt.Errorf("%s: %w", format, err)
		}
	}
	return nil
}

// program begins a command. Prose is on one line here, so no line of it begins in the middle.
var program = regexp.MustCompile(`^(kubectl|docker|curl|apt-file) `)

// meant are the words of all commands that the diagnoses may show; of a patch, whose words are made when it is printed,
// those before the patch itself.
func meant(ds []*diagnosis.Diagnosis) map[string]bool {
	all := map[string]bool{}
	add := func(commands ...shell.Command) {
		for _, c := range commands {
			all[fmt.Sprintf("%q", c.Simple())] = true
		}
	}
	for _, d := range ds {
		ev := d.Evidence
		add(ev.Ask(evidence.RefPod), shell.Words("kubectl", "describe", "pod").Value(ev.Pod.Name).Option("-n", ev.Pod.Namespace))
		for _, m := range ev.Missing {
			add(ev.Ask(m.Ref))
		}
		for _, f := range d.Undecided {
			add(f.Settle)
		}
		for _, c := range ev.Containers {
			add(ev.Ask(evidence.RefLog(c.Name, true)))
		}
		for _, c := range d.Causes {
			for _, b := range slices.Concat(c.Because, c.Against) {
				add(ev.Ask(b.Ref))
			}
			for _, step := range c.Fix {
				add(step.Command)
			}
			for _, need := range c.Needs {
				add(ev.Ask(ev.RefOf(fact.Name(need), d.Container)))
			}
		}
		patch := shell.Words("kubectl", "patch", strings.ToLower(ev.Workload.Kind)).Value(ev.Workload.Name).Option("-n", ev.Pod.Namespace)
		add(patch.With("-p"))
	}
	return all
}

// isMeant reads a line as a shell does and says whether its words are those of a command that was meant.
func isMeant(line string, allowed map[string]bool) error {
	commands, err := words(line)
	if err != nil {
		return fmt.Errorf("%s: %w", line, err)
	}
	if len(commands) == 1 && len(commands[0]) > 3 && commands[0][1] == "patch" && json.Valid([]byte(commands[0][len(commands[0])-1])) {
		commands[0] = commands[0][:len(commands[0])-1]
	}
	if !allowed[fmt.Sprintf("%q", commands)] {
		return fmt.Errorf("%s is read as %q, which no command means", line, commands)
	}
	return nil
}

// words gives the simple commands of a line. Nothing in it may be for the shell to expand, but for scripts of our own,
// which are one quoted word.
func words(line string) ([][]string, error) {
	file, err := syntax.NewParser().Parse(strings.NewReader(line), "")
	if err != nil {
		return nil, err
	}
	var all [][]string
	var bad error
	syntax.Walk(file, func(node syntax.Node) bool {
		switch node := node.(type) {
		case *syntax.CallExpr:
			var command []string
			for _, arg := range node.Args {
				command = append(command, literal(arg))
			}
			all = append(all, command)
		case *syntax.Redirect:
			all[len(all)-1] = append(all[len(all)-1], ">", literal(node.Word))
		case *syntax.CmdSubst, *syntax.ParamExp, *syntax.ProcSubst, *syntax.ArithmExp, *syntax.Assign, *syntax.FuncDecl:
			bad = fmt.Errorf("%T in it", node)
		}
		return true
	})
	return all, bad
}

// literal is a word without its quotes.
func literal(word *syntax.Word) string {
	var b strings.Builder
	for _, part := range word.Parts {
		switch part := part.(type) {
		case *syntax.Lit:
			b.WriteString(strings.ReplaceAll(part.Value, `\`, ""))
		case *syntax.SglQuoted:
			b.WriteString(part.Value)
		case *syntax.DblQuoted:
			for _, inner := range part.Parts {
				if lit, ok := inner.(*syntax.Lit); ok {
					b.WriteString(lit.Value)
				}
			}
		}
	}
	return b.String()
}

// stringsAt are the strings under a key, however deep.
func stringsAt(v any, key string) []string {
	var all []string
	switch v := v.(type) {
	case []any:
		for _, element := range v {
			all = append(all, stringsAt(element, key)...)
		}
	case map[string]any:
		for k, element := range v {
			if text, ok := element.(string); ok && k == key {
				all = append(all, text)
			} else if k != "patch" {
				all = append(all, stringsAt(element, key)...)
			}
		}
	}
	return all
}

// patches reads the patches of a Markdown report back.
func patches(markdown string) error {
	for _, block := range regexp.MustCompile("(?s)```yaml\n(.*?)\n *```").FindAllStringSubmatch(markdown, -1) {
		var patch map[string]any
		if err := yaml.Unmarshal([]byte(block[1]), &patch); err != nil {
			return fmt.Errorf("patch %s: %w", block[1], err)
		}
	}
	return nil
}
