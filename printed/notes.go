package printed

import (
	"slices"
	"strings"

	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

// What "kubectl logs" says of its choice before the log, on standard error, which a terminal mixes with it.
var (
	// usingPod is of a workload that has several (k8s.io/kubectl/pkg/polymorphichelpers/logsforobject.go).
	usingPod = lazyregexp.New(`^Found \d+ pods, using pod/([a-z0-9][a-z0-9.-]*)$`)
	// defaulted is of a pod that has several containers (pkg/cmd/util/podcmd/podcmd.go); before 1.21 "Defaulting container name
	// to web.", and below it "Use 'kubectl describe pod/api-0 -n shop' to see all of the containers in this pod."
	defaulted  = lazyregexp.New(`^(?:Defaulted container ["']([a-z0-9-]+)["'] out of: .*|Defaulting container name to ([a-z0-9-]+)\.)$`)
	seeAllOf   = lazyregexp.New(`^Use '(?:kubectl|oc) describe (?:pods?/|pod )([a-z0-9][a-z0-9.-]*)(?: -n(?:amespace)?[ =]?([a-z0-9-]+))?' to see all of the containers in this pod\.$`)
	noteBegins = []string{"Found ", "Defaulted container", "Defaulting container", "Use '"}
)

// notesOf reads such lines at the beginning of a log; n is how many lines they are, with blank ones before.
func notesOf(lines []string) (said Command, n int) {
	for i, l := range lines[:min(len(lines), 6)] {
		l = strings.TrimSpace(l)
		if l == "" {
			continue
		}
		if !slices.ContainsFunc(noteBegins, func(begin string) bool { return strings.HasPrefix(l, begin) }) || !said.note(l) {
			break
		}
		n = i + 1
	}
	return said, n
}

func (c *Command) note(l string) bool {
	if m := usingPod.FindStringSubmatch(l); m != nil {
		c.Kind, c.Name = "Pod", m[1]
		return true
	}
	if m := defaulted.FindStringSubmatch(l); m != nil {
		c.Container = m[1] + m[2]
		return true
	}
	if m := seeAllOf.FindStringSubmatch(l); m != nil {
		c.Kind, c.Name, c.Namespace = "Pod", m[1], m[2]
		return true
	}
	return false
}

// with is the command of a log with what the notes below it say: which pod of a workload it is, and which container.
func (c Command) with(said Command) Command {
	if c.Verb == "" {
		c.Program, c.Verb, c.Kind = "kubectl", "logs", "Pod"
	}
	if said.Name != "" {
		c.Kind, c.Name = said.Kind, said.Name
	}
	if said.Container != "" {
		c.Container = said.Container
	}
	if said.Namespace != "" {
		c.Namespace = said.Namespace
	}
	return c
}

// headingAbove is the last line that is not blank, if it is a heading.
func headingAbove(lines []string) string {
	for i := len(lines) - 1; i >= max(0, len(lines)-3); i-- {
		if isText(lines[i]) {
			if h, ok := headingAt(lines[i]); ok {
				return h.text
			}
			return ""
		}
	}
	return ""
}

// sentenceWords follow a verb of kubectl in sentences: "kubectl logs shows".
var sentenceWords = []string{"show", "shows", "say", "says", "give", "gives", "print", "prints", "output", "of", "for", "from", "is", "and", "returns", "in", "with", "as"}

// commandIn finds the command that a heading names: "Output of kubectl logs api-0 --previous:".
func commandIn(heading string) Command {
	for _, program := range []string{"kubectl ", "oc ", "crictl ", "docker "} {
		at := strings.Index(heading, program)
		if at < 0 || at > 0 && !strings.ContainsRune(" `'\"($", rune(heading[at-1])) {
			continue
		}
		text := strings.TrimRight(heading[at:], " `'\"):.")
		text, _, _ = strings.Cut(strings.ReplaceAll(text, "'", "`"), "`")
		fields := strings.Fields(text)
		for i, word := range fields {
			if i > 1 && slices.Contains(sentenceWords, word) {
				fields = fields[:i]
				break
			}
		}
		c, ok := ParseCommand(strings.Join(fields, " "))
		if ok {
			return c
		}
	}
	return Command{}
}
