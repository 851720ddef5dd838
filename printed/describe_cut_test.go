package printed

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/unloop-dev/unloop/fact"
)

const (
	cutName = "Name:             media-5d9c7b6f84-zx2lp\nNamespace:        media\n"
	cutRest = `    State:          Waiting
      Reason:       CrashLoopBackOff
    Last State:     Terminated
      Reason:       OOMKilled
      Exit Code:    137
      Started:      Mon, 02 Nov 2026 09:00:00 +0000
      Finished:     Mon, 02 Nov 2026 09:01:00 +0000
    Ready:          False
    Restart Count:  7
    Limits:
      memory:     128Mi
`
	cutEvents = `Events:
  Type     Reason     Age                 From               Message
  ----     ------     ----                ----               -------
  Normal   Started    2m (x8 over 20m)    kubelet            Started container transcode
  Warning  BackOff    30s (x41 over 18m)  kubelet            Back-off restarting failed container transcode in pod media-5d9c7b6f84-zx2lp_media(1b4c2a8e-6f0d-4a3b-9c5e-7d8f9a0b1c2d)
`
)

// cutShape reads a text that is one block of a describe, and gives its only pod in a line.
func cutShape(t *testing.T, text string) (Pod, string) {
	t.Helper()
	var pods []Pod
	for _, b := range Split([]byte(text)) {
		o, err := b.Read()
		if err != nil || b.Kind != BlockDescribe {
			t.Fatalf("a block of kind %s: %v\n%s", b.Kind, err, text)
		}
		pods = append(pods, o.Pods...)
	}
	if len(pods) != 1 {
		t.Fatalf("%d pods of\n%s", len(pods), text)
	}
	p := pods[0]
	limit := ""
	for _, c := range p.Pod.Spec.Containers {
		limit += " limit " + c.Resources.Limits.Memory().String()
	}
	return p, shape(p) + endShape(p) + limit
}

func TestDescribeWithAGap(t *testing.T) {
	marks := []string{
		"...", "  ...", "…", "    [...]", "[snip]", "<snip>", "<truncated>", "[... output omitted ...]", "--- 8< ---", "# ...", "(20 lines removed)",
		"-- cut --", "... snip ...", "[… 12 more lines …]", "",
	}
	const container = "  transcode:\n    Container ID:   containerd://1\n    Image:          reg/media:3\n    Image ID:       reg/media@sha256:1\n"
	for _, mark := range marks {
		for before, want := range map[string]string{
			cutName:                           "media/media-5d9c7b6f84-zx2lp : waiting CrashLoopBackOff restarts=7 after OOMKilled 137 limit 128Mi",
			"Name:  media-5d9c7b6f84-zx2lp\n": "media-5d9c7b6f84-zx2lp : waiting CrashLoopBackOff restarts=7 after OOMKilled 137 limit 128Mi",
			cutName + "Node:             n3/10.9.0.3\nLabels:           app=media\n                  tier=back\nAnnotations:      a: b\nStatus:           Running\n": "media/media-5d9c7b6f84-zx2lp Running on n3: waiting CrashLoopBackOff restarts=7 after OOMKilled 137 limit 128Mi",
			cutName + "Containers:\n" + container: "media/media-5d9c7b6f84-zx2lp : transcodewaiting CrashLoopBackOff restarts=7 after OOMKilled 137 limit 128Mi",
		} {
			for _, text := range []string{before + mark + "\n" + cutRest, before + "\n" + mark + "\n\n" + cutRest} {
				if _, got := cutShape(t, text); got != want {
					t.Errorf("%s\nis read as %s, want %s", text, got, want)
				}
			}
		}
		if _, got := cutShape(t, cutName+mark+"\n"+container+cutRest); !strings.Contains(got, ": transcodewaiting") {
			t.Errorf("behind %q the container's name is lost: %s", mark, got)
		}
	}
}

func TestFlatDescribeWithAGap(t *testing.T) {
	flat := ""
	for l := range strings.Lines(cutName + "...\n" + cutRest) {
		flat += strings.TrimLeft(l, " ")
	}
	const want = "media/media-5d9c7b6f84-zx2lp : waiting CrashLoopBackOff restarts=7 after OOMKilled 137 limit 128Mi"
	if _, got := cutShape(t, flat); got != want {
		t.Errorf("read as %s, want %s", got, want)
	}
}

// TestWhatAGapHidesIsUnknown wants lines that every describe prints to be unknown when they are not there.
func TestWhatAGapHidesIsUnknown(t *testing.T) {
	for _, text := range []string{cutName + cutRest + "Conditions:\n  Type   Status\n  Ready  False\nQoS Class:  Burstable\n", cutName + "...\n" + cutRest} {
		p, _ := cutShape(t, text)
		for _, f := range []fact.Name{fact.NodeName, fact.Revision, fact.Phase, fact.Static, fact.Volumes, fact.Image, fact.Kind} {
			if !slices.Contains(p.Hidden, f) {
				t.Errorf("%s is taken for known in\n%s", f, text)
			}
		}
	}
}

func TestEventsNameTheFragmentAboveThem(t *testing.T) {
	for name, tt := range map[string]struct{ text, want string }{
		"by the back-off": {cutRest + cutEvents, "media/media-5d9c7b6f84-zx2lp : transcodewaiting CrashLoopBackOff restarts=7"},
		"by the scheduler": {
			cutRest + "Events:\n  Type    Reason     Age  From               Message\n  ----    ------     ---- ----               -------\n" +
				"  Normal  Scheduled  30m  default-scheduler  Successfully assigned media/relay-0 to n3\n", "media/relay-0 : waiting CrashLoopBackOff restarts=7",
		},
		"two containers": {cutRest + cutEvents + "  Normal   Started    2m                  kubelet            Started container proxy\n", "media/media-5d9c7b6f84-zx2lp : waiting"},
		"a name above":   {cutName + cutRest + strings.ReplaceAll(cutEvents, "zx2lp_media", "other_media"), "media/media-5d9c7b6f84-zx2lp : transcodewaiting"},
	} {
		if p, got := cutShape(t, tt.text); !strings.HasPrefix(got, tt.want) {
			t.Errorf("%s: %s, want %s", name, got, tt.want)
		} else if slices.Contains(p.Hidden, fact.PodName) {
			t.Errorf("%s: the name is hidden", name)
		}
	}
}

func TestGaps(t *testing.T) {
	for text, want := range map[string]bool{
		"...": true, "[...]": true, "….": true, "(snip)": true, "<output truncated>": true, "..........": true, "[12 lines omitted]": true, "--8<--": true,
		"": false, "---": false, "1.2.3": false, "cut: x": false, "waiting...": false, "12": false, "lines": false, "Removed container x": false, "10.0.0.1": false,
		"value ... value": false, "[]": false, "42...": false,
	} {
		if got := isGapText(text); got != want {
			t.Errorf("isGapText(%q) = %v", text, got)
		}
	}
	if isGapText(fmt.Sprintf("%070d", 0)) {
		t.Error("a long line is a gap")
	}
}
