package bundle

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/unloop-dev/unloop/evidence"
)

// captured is a file of testdata.
func captured(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// told says in a line of each pod where it is known from, and in one of each log whose it is taken to be.
func toldLines(raws []*evidence.Raw) []string {
	var lines []string
	for _, raw := range raws {
		name, form := "none", raw.Form
		if raw.Pod != nil {
			name = strings.TrimPrefix(raw.Pod.Namespace+"/"+raw.Pod.Name, "/")
		}
		if form == "" {
			form = "the API"
		}
		lines = append(lines, fmt.Sprintf("%s by %s: %d events (read %v), %d siblings, at %v", name, form, len(raw.Events), raw.EventsRead,
			len(raw.Siblings), !raw.At.IsZero()))
		for _, l := range raw.Logs {
			lines = append(lines, fmt.Sprintf("  log of %q, previous %v (known %v)", l.Container, l.Previous, l.PreviousKnown))
		}
	}
	return lines
}

const podTable = "NAME                   READY   STATUS             RESTARTS      AGE   IP            NODE   NOMINATED NODE   READINESS GATES\n" +
	"exit1                  0/1     CrashLoopBackOff   3 (22s ago)   60s   10.244.2.6    n2     <none>           <none>\n" +
	"web-547cc45594-2m58n   0/1     CrashLoopBackOff   3 (14s ago)   60s   10.244.2.5    n2     <none>           <none>\n" +
	"web-547cc45594-zjn45   1/1     Running            0             60s   10.244.1.4    n1     <none>           <none>\n"

func TestPastes(t *testing.T) {
	exit1 := captured(t, "exit1/exit1.describe.txt")
	events := exit1[strings.Index(exit1, "Events:"):]
	state := exit1[strings.Index(exit1, "    State:"):strings.Index(exit1, "    Environment:")]
	log := captured(t, "exit1/exit1.previous.log")
	web := captured(t, "deploy/web-547cc45594-2m58n.describe.txt")
	tests := []struct {
		name, paste string
		want        []string
	}{
		{"a shell", "$ kubectl describe pod exit1\n" + exit1 + "$ kubectl logs exit1 -c app -p\n" + log, []string{
			"default/exit1 by kubectl describe: 5 events (read true), 0 siblings, at true",
			`  log of "app", previous true (known true)`,
		}},
		{"an empty log, since a prompt follows", "$ kubectl logs exit1 --previous\n$ kubectl describe pod exit1\n" + exit1, []string{
			"default/exit1 by kubectl describe: 5 events (read true), 0 siblings, at true",
			`  log of "", previous true (known true)`,
		}},
		{"no prompts", exit1 + "\n" + log, []string{
			"default/exit1 by kubectl describe: 5 events (read true), 0 siblings, at true",
			`  log of "", previous false (known false)`,
		}},
		{"a pod in YAML is known best", "$ kubectl get pod exit1 -o yaml\n" + captured(t, "exit1/exit1.yaml") + "$ kubectl describe pod exit1\n" + exit1, []string{
			"default/exit1 by the API: 5 events (read true), 0 siblings, at false",
		}},
		{"rows are siblings, and pods if they are in trouble", "```\n" + podTable + "```\n\n```\n" + web + "```\n", []string{
			"default/web-547cc45594-2m58n by kubectl describe: 5 events (read true), 1 siblings, at true",
			"default/exit1 by kubectl get pods: 0 events (read false), 0 siblings, at true",
		}},
		{"rows alone", podTable, []string{
			"exit1 by kubectl get pods: 0 events (read false), 0 siblings, at false",
			"web-547cc45594-2m58n by kubectl get pods: 0 events (read false), 1 siblings, at false",
		}},
		{"a row, a state and a log", "exit1   0/1   CrashLoopBackOff   3 (22s ago)   60s\n\n" + state + "\nthe log:\n```\n" + log + "```\n", []string{
			"exit1 by part of a kubectl describe: 0 events (read false), 0 siblings, at false",
			`  log of "", previous false (known false)`,
		}},
		{"events alone", events, []string{
			"default/exit1 by kubectl get events: 5 events (read true), 0 siblings, at false",
		}},
		{"events of a table and of a describe are the same", exit1 + "\n$ kubectl get events\nLAST SEEN   TYPE      REASON      OBJECT      MESSAGE\n" +
			"32s         Normal    Scheduled   pod/exit1   Successfully assigned default/exit1 to n2\n", []string{
			"default/exit1 by kubectl describe: 5 events (read true), 0 siblings, at true",
		}},
		{"logs of several containers", "$ kubectl logs api-1 --all-containers --prefix -p\n[pod/api-1/web] panic: boom\n[pod/api-1/proxy] bye\n", []string{
			"none by the API: 0 events (read false), 0 siblings, at false",
			`  log of "web", previous true (known true)`,
			`  log of "proxy", previous true (known true)`,
		}},
		{"an error in the place of a describe", "$ kubectl describe pod exit1\nError from server (NotFound): pods \"exit1\" not found\n$ kubectl logs exit1\n" + log, []string{
			"none by the API: 0 events (read false), 0 siblings, at false",
			`  log of "", previous false (known true)`,
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b, err := Open([]string{"-"}, strings.NewReader(tt.paste))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, toldLines(slices.Collect(b.All()))); diff != "" {
				t.Errorf("told (-want +got):\n%s", diff)
			}
		})
	}
}

// TestTimesOfADescribe compares the times that are worked out of ages with the true ones, which the API has.
func TestTimesOfADescribe(t *testing.T) {
	text := mustOpen(t, "testdata/exit1/exit1.describe.txt")
	api := mustOpen(t, "testdata/exit1/exit1.yaml", "testdata/exit1/exit1.events.json")
	var printed, true_ []*evidence.Raw
	printed, true_ = slices.Collect(text.All()), slices.Collect(api.All())
	for _, want := range true_[0].Events {
		found := false
		for _, got := range printed[0].Events {
			if got.Reason != want.Reason {
				continue
			}
			found = true
			slack, err := time.ParseDuration(got.Annotations[evidence.SlackAnnotation])
			if err != nil {
				t.Fatal(err)
			}
			newest := evidence.EventTime(&got)
			// The describe was printed a moment before or after the events were read, so the last may have been seen again.
			if early, late := evidence.EventTime(&want).Before(newest.Add(-slack)), evidence.EventTime(&want).After(newest); want.Reason != "BackOff" && (early || late) {
				t.Errorf("%s was at %v, read as up to %v before %v", want.Reason, evidence.EventTime(&want), slack, newest)
			}
		}
		if !found {
			t.Errorf("no %s", want.Reason)
		}
	}
}

func TestControllersWithoutPodsSayWhatIsMissing(t *testing.T) {
	text := "Name:               api\nNamespace:          shop\nCreationTimestamp:  Sun, 22 Nov 2026 11:48:05 +0000\nLabels:             <none>\n" +
		"Selector:           app=api\nReplicas:           1 desired | 1 updated | 1 total | 0 available | 1 unavailable\nStrategyType:       RollingUpdate\n"
	_, err := Open([]string{"-"}, strings.NewReader(text))
	if !errors.Is(err, ErrNothing) || !strings.Contains(err.Error(), "deployment/api") {
		t.Errorf("%v, want it to name the Deployment whose pods are missing", err)
	}
}
