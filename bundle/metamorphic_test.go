package bundle_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/unloop-dev/unloop/bundle"
	"github.com/unloop-dev/unloop/causes"
	"github.com/unloop-dev/unloop/diagnosis"
	"github.com/unloop-dev/unloop/evidence"
	"github.com/unloop-dev/unloop/rule"
)

// What people hand over comes in wrappings, under any names, in any order, split and joined, with other texts between. None
// of it may change what is said of the pod. TestMetamorphic takes recorded inputs, changes them so, and compares the answers.

var (
	allChanges = flag.Bool("all", false, "every change of every input, not a tenth of them")
	moreInputs = flag.String("more", "", "further folders of inputs, separated by commas")
)

// input is texts by the names of their files.
type input map[string]string

// change is something that happens to an input on its way.
type change struct {
	name string
	make func(input, *rand.Rand) input
	// excepts says why the first cause of an input may move, "" where it may not.
	excepts func(input) string
}

// exceptions are changes that may move the first cause of one input, and why.
var exceptions = map[string]string{
	"args-invalid/testdata/lab-usage #":              "two lines behind a mark may be comments that the program printed",
	"args-invalid/testdata/lab-usage +":              "two lines behind a mark may be what set -x printed",
	"args-invalid/testdata/lab-usage GitHub Actions": "a stamp before each of two lines may be the program's own",
	"args-invalid/testdata/lab-usage Jenkins":        "a stamp before each of two lines may be the program's own",
	"missing-in-path as printed hard wraps at 100":   "a describe is recognised with its lines broken behind words, so nothing shows that they were",
	"dep-dns/testdata/lab-php-dns GitHub Actions":    "a stamp before each line may be the program's own, and the crash is seen with it, too",
	"dep-dns/testdata/lab-php-dns Jenkins":           "a stamp before each line may be the program's own, and the crash is seen with it, too",
}

// why says why the first cause of an input may move, "" where it may not.
func (c *change) why(name string, in input) string {
	if why := exceptions[name+" "+c.name]; why != "" || c.excepts == nil {
		return why
	}
	return c.excepts(in)
}

// mostExcepted is how many of a hundred changes may move the first cause for a reason.
const mostExcepted = 2

func TestMetamorphic(t *testing.T) {
	rules, err := causes.Rules()
	if err != nil {
		t.Fatal(err)
	}
	inputs := recordedInputs(t)
	names := slices.Sorted(maps.Keys(inputs))
	tried, excepted, moved := 0, 0, map[string]int{}
	for i, name := range names {
		want := answerTo(t, inputs[name], rules)
		if want.cause == "" {
			continue // nothing to keep
		}
		for k, c := range changes {
			if !*allChanges && (i*len(changes)+k)%10 != 0 {
				continue
			}
			tried++
			changed := c.make(inputs[name], rand.New(rand.NewPCG(uint64(i), uint64(k))))
			if changed == nil {
				continue
			}
			got := answerTo(t, changed, rules)
			if got.cause == want.cause {
				continue
			}
			if why := c.why(name, inputs[name]); why != "" {
				excepted++
				t.Logf("%s, %s: first cause %q, not %q: %s", name, c.name, got.cause, want.cause, why)
				continue
			}
			moved[c.name]++
			t.Errorf("%s, %s: first cause %q of %q, want %q of %q", name, c.name, got.cause, got.pod, want.cause, want.pod)
		}
	}
	t.Logf("%d changes of %d inputs; %d moved the answer for a reason, others: %v", tried, len(inputs), excepted, moved)
	if excepted*100 > tried*mostExcepted {
		t.Errorf("%d of %d changes move the answer for a reason, more than %d %%", excepted, tried, mostExcepted)
	}
}

// answered is the first cause of the first answer.
type answered struct{ pod, cause string }

func answerTo(t *testing.T, in input, rules *rule.Set) answered {
	t.Helper()
	dir := t.TempDir()
	for name, text := range in {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	b, err := bundle.Open([]string{dir}, nil)
	if b == nil {
		t.Fatal(err)
	}
	checkLedger(t, b, dir, in)
	var ds []*diagnosis.Diagnosis
	for _, raw := range b.Raws() {
		ds = append(ds, diagnosis.Of(evidence.Of(raw), rules)...)
	}
	diagnosis.Sort(ds)
	for _, d := range ds {
		if len(d.Causes) > 0 {
			return answered{d.Evidence.Pod.Name, d.Causes[0].Finding.Rule.ID}
		}
		if d.Verdict.Trouble() {
			return answered{d.Evidence.Pod.Name, ""}
		}
	}
	return answered{}
}

// checkLedger holds the ledger against the lines of the files: each line in one part, none missing, where a file is read by
// lines at all.
func checkLedger(t *testing.T, b *bundle.Bundle, dir string, in input) {
	t.Helper()
	times := map[string][]int{}
	named := map[string]bool{}
	for _, p := range b.Ledger() {
		name := strings.TrimPrefix(p.Path, filepath.ToSlash(dir)+"/")
		named[name] = true
		for _, l := range p.Lines {
			for n := l.First; n <= l.Last; n++ {
				for len(times[name]) <= n {
					times[name] = append(times[name], 0)
				}
				times[name][n]++
			}
		}
	}
	for name, text := range in {
		lines := len(slices.Collect(strings.Lines(text)))
		got := times[name]
		if !named[name] {
			t.Errorf("%s is not in the ledger", name)
		}
		if len(got) == 0 {
			continue // not read by lines: the part says why
		}
		if len(got) != lines+1 && !strings.HasPrefix(text, "\xff\xfe") {
			t.Errorf("%s: %d lines in the ledger, of %d", name, len(got)-1, lines)
		}
		for n := 1; n < len(got); n++ {
			if got[n] != 1 {
				t.Errorf("%s: line %d is in %d parts", name, n, got[n])
				break
			}
		}
	}
}

// recordedInputs are the captures of a real kubelet among the cases of all causes, and those of the folders that are named.
// Each is there whole, and as what kubectl prints of it where that was recorded too.
func recordedInputs(t *testing.T) map[string]input {
	t.Helper()
	all := map[string]input{}
	files, err := filepath.Glob("../causes/*/testdata/lab-*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no recorded cases: %v", err)
	}
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		in := input{}
		for _, f := range archive.Files {
			if f.Name != "want" {
				in[f.Name] = string(f.Data)
			}
		}
		all[strings.TrimSuffix(strings.TrimPrefix(file, "../causes/"), ".txtar")] = in
	}
	folders, err := filepath.Glob("../internal/captures/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, more := range strings.Split(*moreInputs, ",") {
		if found, err := filepath.Glob(filepath.Join(more, "*", "*")); more != "" && err == nil {
			for _, path := range found {
				folders = append(folders, filepath.Dir(path))
			}
		}
	}
	slices.Sort(folders)
	for _, folder := range slices.Compact(folders) {
		in := folderInput(t, folder)
		all[filepath.Base(folder)] = in
		if printed := onlyPrinted(in); printed != nil {
			all[filepath.Base(folder)+" as printed"] = printed
		}
	}
	return all
}

func folderInput(t *testing.T, folder string) input {
	t.Helper()
	in := input{}
	err := filepath.WalkDir(folder, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == "case.json" {
			return err
		}
		text, err := os.ReadFile(path)
		name, _ := filepath.Rel(folder, path)
		in[filepath.ToSlash(name)] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return in
}

// onlyPrinted leaves the describe and the logs.
func onlyPrinted(in input) input {
	out := input{}
	for name, text := range in {
		if !strings.HasSuffix(name, ".yaml") && !strings.HasSuffix(name, ".json") {
			out[name] = text
		}
	}
	if len(out) == 0 || len(out) == len(in) {
		return nil
	}
	return out
}

// changes are all that is done to the inputs.
var changes = slices.Concat(wrappedChanges(), []change{
	{name: "other names", make: otherNames},
	{name: "one paste", make: onePaste},
	{name: "one paste, in a chat", make: func(in input, r *rand.Rand) input { return everyLine("> ")(onePaste(in, r), r) }},
	{name: "events in a file of their own", make: eventsApart},
	{name: "prose beside", make: with("what-happened.txt", "Since the release at noon the service restarts all the time.\nWe rolled back, it did not help.\n")},
	{name: "a table of others", make: with("others.txt", "NAME                     READY   STATUS    RESTARTS   AGE\nledger-5c6d7e8f94-b2c4d  1/1     Running   0          5d\nquotes-6b7c8d9e45-d4f5g  1/1     Running   0          5d\n")},
	{name: "a healthy pod described", make: with("healthy.txt", healthyDescribe)},
	{name: "events of others", make: with("more-events.txt", "LAST SEEN   TYPE      REASON      OBJECT                        MESSAGE\n3m          Normal    Scheduled   pod/quotes-6b7c8d9e45-d4f5g   Successfully assigned bank/quotes-6b7c8d9e45-d4f5g to n7\n2m          Warning   Unhealthy   pod/quotes-6b7c8d9e45-d4f5g   Readiness probe failed: connection refused\n")},
	{name: "services", make: with("kubectl_get_services.txt", "NAME     TYPE        CLUSTER-IP    EXTERNAL-IP   PORT(S)    AGE\nledger   ClusterIP   10.96.41.43   <none>        8080/TCP   66m\n")},
})

const healthyDescribe = `Name:             ledger-5c6d7e8f94-b2c4d
Namespace:        bank
Priority:         0
Service Account:  default
Node:             n7/10.0.0.17
Start Time:       Fri, 10 Apr 2026 08:00:00 +0000
Labels:           app=ledger
Annotations:      <none>
Status:           Running
IP:               10.20.0.9
Controlled By:    ReplicaSet/ledger-5c6d7e8f94
Containers:
  ledger:
    Container ID:   containerd://eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee
    Image:          registry.example/ledger:3
    State:          Running
      Started:      Fri, 10 Apr 2026 08:00:04 +0000
    Ready:          True
    Restart Count:  0
    Environment:    <none>
Conditions:
  Type              Status
  Ready             True
QoS Class:          BestEffort
Events:             <none>
`

// with adds a text of others.
func with(name, text string) func(input, *rand.Rand) input {
	return func(in input, _ *rand.Rand) input {
		out := maps.Clone(in)
		out[name] = text
		return out
	}
}

// otherNames gives the files names that say nothing, in an order that is none.
func otherNames(in input, r *rand.Rand) input {
	if _, own := in["meta.yaml"]; own {
		return nil // a bundle of ours is known by its names
	}
	names := slices.Sorted(maps.Keys(in))
	r.Shuffle(len(names), func(i, k int) { names[i], names[k] = names[k], names[i] })
	out := input{}
	for i, name := range names {
		out[fmt.Sprintf("%d.txt", i)] = in[name]
	}
	return out
}

// onePaste joins all files as somebody would who copies a session.
func onePaste(in input, _ *rand.Rand) input {
	if _, own := in["meta.yaml"]; own {
		return nil
	}
	var paste bytes.Buffer
	pod := podIn(in)
	for _, name := range slices.Sorted(maps.Keys(in)) {
		if in[name] != "" {
			fmt.Fprintf(&paste, "$ %s\n%s\n", commandOf(name, in[name], pod), strings.TrimSuffix(in[name], "\n"))
		}
	}
	return input{"paste.txt": paste.String()}
}

// podIn is the pod that an input is about: the one that is described.
func podIn(in input) string {
	for _, name := range slices.Sorted(maps.Keys(in)) {
		if rest, ok := strings.CutPrefix(in[name], "Name:"); ok {
			pod, _, _ := strings.Cut(strings.TrimSpace(rest), "\n")
			return pod
		}
	}
	return ""
}

// commandOf is the command that would have printed a file. Its name says the pod, or only what it is.
func commandOf(name, text, described string) string {
	base := filepath.Base(name)
	pod, rest, _ := strings.Cut(base, ".")
	if rest == "txt" || rest == "log" && described != "" {
		pod = described
	}
	switch {
	case strings.HasPrefix(text, "Name:"):
		return "kubectl describe pod " + pod
	case strings.HasSuffix(base, ".yaml"):
		return "kubectl get -o yaml pod " + pod
	case json.Valid([]byte(text)):
		return "kubectl get events -o json"
	case strings.Contains(base, "get-pods"):
		return "kubectl get pods"
	case strings.Contains(base, "events"):
		return "kubectl get events"
	case strings.Contains(base, "previous"):
		return "kubectl logs --previous " + pod
	case strings.Contains(rest, "log"):
		return "kubectl logs " + pod
	}
	return "kubectl logs " + pod
}

// eventsApart puts the events of a describe into a file of their own.
func eventsApart(in input, _ *rand.Rand) input {
	out, changed := input{}, false
	for name, text := range in {
		at := strings.Index(text, "\nEvents:")
		if !strings.HasPrefix(text, "Name:") || at < 0 || strings.Count(text, "\nName:") > 0 {
			out[name] = text
			continue
		}
		changed = true
		out[name], out["a-few-events.txt"] = text[:at+1], text[at+1:]
	}
	if !changed {
		return nil
	}
	return out
}
