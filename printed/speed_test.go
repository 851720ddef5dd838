package printed

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

var floods = map[string]string{
	"log with times": "2026-11-22T10:00:%02d.123Z INFO  request 17 from 10.0.0.%d handled in 12 ms, path /api/v1/items/4711\n",
	"log without":    "handled request 17%02d from 10.0.0.%d in 12 ms, path /api/v1/items/4711 with no time at the beginning\n",
	"json log":       `{"level":"info","ts":"2026-11-22T10:00:%02dZ","msg":"request handled","ms":12,"path":"/api/v1/items/%d"}` + "\n",
	"klog":           "I1122 10:00:%02d.123456       1 controller.go:%d] \"Reconciled\" object=\"shop/web\" took=\"12ms\"\n",
	"stack traces":   "java.lang.IllegalStateException: no %d\n\tat com.example.shop.Orders.handle(Orders.java:%d)\n",
	"field lines":    "Status: Running %d\nMessage: boom %d\n",
	"terminated":     "    State:  Terminated\n Message: boom %d\n Reason: Error %d\n",
	"open messages":  "      Message: boom %d\n      Exit: %d\n",
	"probes":         "    Liveness: exec [sh %d]\n   Readiness: exec [sh %d]\n  Startup: exec [x]\n",
	"event rows":     "  Warning  BackOff  %dm (x%d over 9h)  kubelet  Back-off restarting failed container\n",
	"pod rows":       "api-%d 0/1 CrashLoopBackOff 3 (16s ago) %dm\n",
	"events of get":  "5m  Warning  BackOff  pod/api-%d  Back-off %d\n",
	"headers":        "NAME    READY   STATUS    RESTARTS   AGE\nA%d B%d\n",
	"names":          "Name: a%d\nNamespace: b%d\n",
	"braces":         "{\n\"status\": {%d%d\n",
	"kubelet":        "Nov 22 10:00:00 n1 kubelet[1]: E1122 10:00:%02d.123456 1 pod_workers.go:1301] \"Error syncing pod, skipping\" err=\"x\" pod=\"shop/a%d\"\n",
	"journal":        "Nov 22 10:00:00 n1 sshd[%d]: Accepted publickey %d\n",
	"journal, cut":   "Nov 22 10:00:00 n1 sshd[%d]: Accepted\nx %d\n\nx\nx\nx\n",
	"oom reports":    "web%d invoked oom-killer: gfp_mask=0xcc0\nCall Trace: %d\n",
	"yaml":           "apiVersion: v%d\nkind: Pod%d\n",
	"fences":         "```\nx %d\n```\ny %d\n",
	"prompts":        "$ kubectl get pods -n x%d\n$ ls %d\n",
	"crictl":         "CONTAINER           IMAGE               STATE               NAME                ATTEMPT\nabc                 img                 Exited              web%d                %d\n",
	"state, no end":  "State:  Terminated\n%d\nMessage:  x\n%d\n",
	"indented names": "    Name:  x%d\n   Labels: b%d\n",
	"conditions":     "Conditions:\n  Type Status\n  Ready True %d\nVolumes:\n x:\n   Type: Secret %d\n",
	"annotations":    "Annotations:  a%d: b\n              c: d%d\n",
	"containers":     "Containers:\n  web%d:\n    Image:  x%d\n",
}

func flood(pattern string, size int) []byte {
	var b strings.Builder
	for i := 0; b.Len() < size; i++ {
		fmt.Fprintf(&b, pattern, i%60, i)
	}
	return []byte(b.String())
}

// BenchmarkFloods gives the parsers texts of one line, or a few, over and over, in two sizes: both must be read equally
// fast.
func BenchmarkFloods(b *testing.B) {
	parsers := map[string]func([]byte){
		"split":    func(text []byte) { Split(text) },
		"describe": func(text []byte) { _, _ = Describe(text) },
		"table":    func(text []byte) { Table(text, "") },
		"journal":  func(text []byte) { Journal(text) },
		"crictl":   func(text []byte) { Crictl(text) },
	}
	for name, pattern := range floods {
		for parser, parse := range parsers {
			for _, size := range []int{128 << 10, 1 << 20} {
				text := flood(pattern, size)
				b.Run(fmt.Sprintf("%s/%s/%dKiB", name, parser, size>>10), func(b *testing.B) {
					b.SetBytes(int64(len(text)))
					for b.Loop() {
						parse(text)
					}
				})
			}
		}
	}
}

// TestQuickLooksMissNothing draws lines that match, and wants the looks before the expressions to let them through.
func TestQuickLooksMissNothing(t *testing.T) {
	for name, tt := range map[string]struct {
		expr string
		look func(string) bool
	}{
		"a log":     {logLine.String(), mayBeginLog},
		"a pod":     {podLine.String(), hasCounter},
		"a journal": {journalHead.String(), func(l string) bool { _, ok := readNodeLine(l); return ok || len(l) > maxHead }},
		"a name":    {nameLine.re.String(), nameLine.MatchString},
		"events":    {eventsLine.re.String(), eventsLine.MatchString},
		"a head":    {eventsHeader.re.String(), eventsHeader.MatchString},
		"an event":  {describeEvent.re.String(), describeEvent.MatchString},
		"a state":   {stateLine.re.String(), stateLine.MatchString},
		"a status":  {statusLine.re.String(), statusLine.MatchString},
		"objects":   {objectLine.re.String(), objectLine.MatchString},
		"a key":     {jsonKey.re.String(), jsonKey.MatchString},
		"a fence":   {fenceLine.re.String(), fenceLine.MatchString},
		"a tag":     {tagLine.re.String(), tagLine.MatchString},
	} {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				if l := rapid.StringMatching(tt.expr).Draw(t, "line"); !tt.look(l) {
					t.Errorf("%q is passed over", l)
				}
			})
		})
	}
}

// TestFieldsAreThoseOfTheExpression writes down what isField looks for, and compares.
func TestFieldsAreThoseOfTheExpression(t *testing.T) {
	field := lazyregexp.New(`^[ \t]*(?:[A-Za-z][A-Za-z0-9 ./()-]{0,60}:(?:[ \t].*)?|[a-z0-9][a-z0-9-]*:)$`)
	lines := rapid.OneOf(rapid.StringMatching(field.String()), rapid.StringMatching(`[ \t]{0,2}[a-zA-Z0-9 ./()_-]{0,70}:?[ \t]?[a-z:]{0,3}`), rapid.String())
	rapid.Check(t, func(t *rapid.T) {
		l := strings.ReplaceAll(lines.Draw(t, "line"), "\n", "")
		if got, want := isField(l), field.MatchString(l); got != want {
			t.Errorf("%q: %t, want %t", l, got, want)
		}
	})
}

// TestTextsEndWhereALookFromEachLineSays compares the ends that are found in one go with a search from each line.
func TestTextsEndWhereALookFromEachLineSays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lines := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) line {
			text := rapid.SampledFrom([]string{"Message: x", "Liveness: exec", "Ready: True", "x", "y #failure=3"}).Draw(t, "text")
			return readLine(strings.Repeat(" ", rapid.IntRange(0, 4).Draw(t, "indent")) + text)
		}), 1, 20).Draw(t, "lines")
		next := nextLines(lines)
		for i := range lines {
			want := [2]int{slowField(lines, i), slowProbe(lines, i)}
			if diff := cmp.Diff(want, [2]int{next.field(i), next.afterProbe(i)}); diff != "" {
				t.Fatalf("from line %d (-want +got):\n%s", i, diff)
			}
		}
	})
}

func slowField(lines []line, start int) int {
	for i := start + 1; i < len(lines); i++ {
		if slices.Contains(containerKeys, lines[i].key) && lines[i].indent <= lines[start].indent {
			return i
		}
	}
	return start + 1
}

func slowProbe(lines []line, start int) int {
	for i := start + 1; i < len(lines); i++ {
		if probeEnd.MatchString(lines[i].text) {
			return i + 1
		}
		if slices.Contains(containerKeys, lines[i].key) && lines[i].indent == lines[start].indent {
			break
		}
	}
	return start + 1
}
