package crashlog

import (
	"strings"

	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

var (
	dotnetFrame  = lazyregexp.New("^at ([\\w.<>`|+\\[\\],~$-]+)\\((.*)\\)(?: in (.+):line (\\d+))?$|^at [\\w.<>`|+\\[\\],~$ -]+\\(.*\\) in .+:\\d+$")
	dotnetThrown = lazyregexp.New("^(Unhandled [Ee]xception[.:] |---> |Fatal error\\. ?)?(?:\\([^()]*\\) )?((?:[A-Z][\\w`]*\\.)+[\\w`+]+|[A-Z]\\w*Exception)(?: \\([0-9xXA-Fa-f-]+\\))?(?:: ?(.*))?$")
	dotnetEnd    = lazyregexp.New(`^--- End of (?:inner exception )?stack trace|^--- End of stack trace from previous location`)
)

var dotnetForm = traceForm{
	within: func(es []entry, i int) bool {
		s := es[i].text
		return dotnetFrame.MatchString(s) || dotnetEnd.MatchString(s) || strings.HasPrefix(s, "---> ")
	},
	begins: func(s string) bool { return dotnetThrown.MatchString(s) },
	speaks: func(s string) bool { return dotnetThrown.MatchString(s) },
}

// readDotnet reads traces of .NET: those that nobody caught, by their first words, others by their first frame.
func readDotnet(es []entry, i, floor int) *trace {
	s := es[i].text
	if strings.HasPrefix(s, "Unhandled exception. ") || strings.HasPrefix(s, "Unhandled Exception: ") || strings.HasPrefix(s, "Fatal error. System.") {
		return readDotnetFrom(es, i)
	}
	if !dotnetFrame.MatchString(s) || javaFrame.MatchString(s) {
		return nil
	}
	for j := i - 1; j >= max(floor, i-javaSearch); j-- {
		if m := dotnetThrown.FindStringSubmatch(es[j].text); m != nil && m[1] != "---> " {
			return readDotnetFrom(es, j)
		}
		if es[j].headed {
			break
		}
	}
	return nil
}

func readDotnetFrom(es []entry, i int) *trace {
	t := &trace{runtime: "dotnet", start: i, head: i, end: i}
	t.lethal = strings.HasPrefix(es[i].text, "Unhandled ") || strings.HasPrefix(es[i].text, "Fatal error.")
	for j := i; j < len(es) && j <= t.end+javaSearch && (j == i || !es[j].headed); j++ {
		s := es[j].text
		frame := dotnetFrame.FindStringSubmatch(s)
		m := dotnetThrown.FindStringSubmatch(s)
		switch {
		case frame != nil:
			t.end = j
			if t.frame == "" && frame[1] != "" && frame[3] != "" {
				t.frame = frameAt(frame[3], frame[4], frame[1])
			}
		case dotnetEnd.MatchString(s):
			t.end = j
		case m != nil && (j == i || m[1] == "---> "):
			t.causes = append([]cause{{kind: m[2], message: m[3], at: j}}, t.causes...)
			t.end = j
		case j == i: // an exception whose class has no dots
			t.causes = []cause{{message: dotnetPrefix.ReplaceAllString(s, ""), at: j}}
		case s != "" && t.end == j-1 && t.frame == "" && len(t.causes) > 0 && !es[j-1].blank() && dotnetMessage(es, j):
			t.causes[0].message = joinLines(t.causes[0].message, s)
			t.end = j
		}
	}
	return t
}

var dotnetPrefix = lazyregexp.New(`^Unhandled [Ee]xception[.:] `)

// dotnetMessage says whether frames follow soon after entry i, so that it is still part of the message.
func dotnetMessage(es []entry, i int) bool {
	for j := i + 1; j < len(es) && j <= i+maxMessageLines && !es[j].headed; j++ {
		if dotnetFrame.MatchString(es[j].text) || strings.HasPrefix(es[j].text, "---> ") {
			return true
		}
	}
	return false
}
