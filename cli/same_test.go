package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unloop-dev/unloop/bundle"
	"github.com/unloop-dev/unloop/evidence"
	"github.com/unloop-dev/unloop/report"
	"github.com/unloop-dev/unloop/rule"
)

// recorded are the incidents of the demo and the first case of each cause: all of them would take a minute under the race
// detector.
func recorded(t *testing.T) []string {
	t.Helper()
	demo, err := filepath.Glob("demo/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	cases, err := filepath.Glob("../causes/*/testdata/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	cases = slices.CompactFunc(cases, func(a, b string) bool { return filepath.Dir(a) == filepath.Dir(b) })
	if len(demo) == 0 || len(cases) == 0 {
		t.Fatalf("%d incidents of the demo and %d cases: where are they?", len(demo), len(cases))
	}
	return append(demo, cases...)
}

// hostile is a pod whose texts try to break out of the bundle and of the report.
const hostile = `-- pod.yaml --
apiVersion: v1
kind: Pod
metadata: {name: "../../etc", namespace: "-- x --", annotations: {a: "token=ghp_0123456789abcdefghijABCDEFGHIJ012345"}}
spec:
  containers: [{name: "a/b", image: "\e[31mred", args: ["--password=hunter22", "-- want --"]}]
status:
  containerStatuses:
  - name: a/b
    restartCount: 3
    state: {waiting: {reason: CrashLoopBackOff, message: "::error::x \x1b]0;t\a"}}
    lastState: {terminated: {exitCode: 1, reason: Error, message: "-- x.yaml --\nnot a file"}}
-- logs/a/b.previous.log --
 -- pod.yaml --
::set-output name=x::y
FATAL: cannot open /etc/app.yaml: no such file or directory
`

// silent died without a word, which is not the same as a log that could not be read.
const silent = `-- pod.yaml --
apiVersion: v1
kind: Pod
metadata: {name: p, namespace: n}
spec:
  containers: [{name: c, image: c}]
status:
  containerStatuses:
  - name: c
    restartCount: 3
    state: {waiting: {reason: CrashLoopBackOff}}
    lastState: {terminated: {exitCode: 1, reason: Error}}
-- logs/p/c.previous.log --
`

func open(t *testing.T, text []byte) []*evidence.Raw {
	t.Helper()
	b, err := bundle.Open([]string{"-"}, bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return b.Raws()
}

func answerOf(t *testing.T, raws []*evidence.Raw, rules *rule.Set) string {
	t.Helper()
	for _, raw := range raws {
		raw.Cluster = "" // the path of the file
	}
	var out bytes.Buffer
	if err := report.JSON(&out, (&diagnoseOptions{}).diagnoseAll(slices.Values(raws), rules), report.Options{}); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// TestCapturedGivesTheSameAnswer writes each recorded incident as a bundle, reads that and wants the same report, proof
// and all. Each is diagnosed and written twice, which must give the same bytes.
func TestCapturedGivesTheSameAnswer(t *testing.T) {
	rules, err := loadRules(nil)
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string][]byte{"hostile": []byte(hostile), "silent": []byte(silent)}
	for _, path := range recorded(t) {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		texts[strings.TrimPrefix(path, "../")] = text
	}
	for name, text := range texts {
		t.Run(name, func(t *testing.T) {
			raws := open(t, text)
			if slices.ContainsFunc(raws, func(raw *evidence.Raw) bool { return raw.Form != "" }) {
				t.Skip("what kubectl printed is read, and never written")
			}
			var first, second bytes.Buffer
			for _, out := range []*bytes.Buffer{&first, &second} {
				if err := bundle.Write(out, raws, bundle.Txtar); err != nil {
					t.Fatal(err)
				}
			}
			if !bytes.Equal(first.Bytes(), second.Bytes()) {
				t.Error("written twice, the bundles differ")
			}
			want := answerOf(t, raws, rules)
			if again := answerOf(t, open(t, text), rules); again != want {
				t.Errorf("read twice, the answers differ:\n%s", cmp.Diff(want, again))
			}
			if got := answerOf(t, open(t, first.Bytes()), rules); got != want {
				t.Errorf("captured, the answer differs (-want +got):\n%s", cmp.Diff(want, got))
			}
		})
	}
}
