package printed

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/unloop-dev/unloop/fact"
)

const partOfStatus = `  containerStatuses:
  - image: registry.example/mailer:4
    lastState:
      terminated:
        exitCode: 3
        finishedAt: "2026-05-04T10:00:09Z"
        reason: Error
        startedAt: "2026-05-04T10:00:01Z"
    name: mailer
    ready: false
    restartCount: 21
`

// TestPiecesInPastes finds pieces of objects between prompts, in fences and in prose.
func TestPiecesInPastes(t *testing.T) {
	const state = `{"terminated":{"exitCode":3,"finishedAt":"2026-05-04T10:00:09Z","reason":"Error","startedAt":"2026-05-04T10:00:01Z"}}`
	for _, tt := range []struct{ name, text, want string }{
		{"alone", partOfStatus, `part "/" "mailer" 21`},
		{"behind a prompt", "$ kubectl get pod mailer-0 -n post -o yaml | grep -A 11 containerStatuses\n" + partOfStatus + "$ exit\n", `part "post/mailer-0" "mailer" 21`},
		{"of one line", "$ kubectl get po mailer-0 -o jsonpath='{.status.containerStatuses[0].lastState}'\n" + state + "\n$ \n", `part "/mailer-0" "" ?`},
		{"in a fence", "The status says\n```yaml\nstatus:\n" + partOfStatus + "```\nWhy?\n", `other part "/" "mailer" 21 other`},
		{"in prose", "This is its status:\n\n" + partOfStatus + "\nIt worked in May.\n", `other part "/" "mailer" 21 other`},
		{"before a log", partOfStatus + "\n2026-05-04T10:00:09Z ERROR no route\n", `part "/" "mailer" 21 log`},
		{"whole behind a prompt", "$ kubectl get pod x -o yaml\napiVersion: v1\nkind: Pod\nmetadata:\n  name: x\nstatus:\n" + partOfStatus, "objects"},
		{"values", "replicas: 3\nimage: x\nstate:\n  running: 3\nreason: none\n", "other"},
		{"in a log", "2026-05-04T10:00:09Z INFO watching\n2026-05-04T10:00:09Z INFO seen\n2026-05-04T10:00:09Z INFO dump\n2026-05-04T10:00:09Z INFO now\n" + partOfStatus, "log"},
	} {
		var got []string
		for _, b := range Split([]byte(tt.text)) {
			got = append(got, string(b.Kind))
			o, err := b.Read()
			if err != nil || o == nil {
				continue
			}
			for _, p := range o.Pods {
				got = append(got, fmt.Sprintf("%q", p.Pod.Namespace+"/"+p.Pod.Name))
				for _, s := range p.Pod.Status.ContainerStatuses {
					restarts := fmt.Sprint(s.RestartCount)
					if slices.Contains(p.Hidden, fact.Restarts) {
						restarts = "?"
					}
					got = append(got, fmt.Sprintf("%q %s", s.Name, restarts))
				}
			}
		}
		if got := strings.Join(got, " "); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

// TestPiecesAreLookedForOnce gives lines that may begin a piece and do not.
func TestPiecesAreLookedForOnce(t *testing.T) {
	text := []byte(strings.Repeat("reason: none\n  phase: x\n", 20_000))
	if blocks := Split(text); Recognised(blocks) {
		t.Errorf("%d blocks are known", len(blocks))
	}
}
