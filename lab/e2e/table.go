package e2e

import (
	"fmt"
	"io"
	"strings"
)

// Table writes one line for each scenario, as markdown.
func Table(w io.Writer, scenarios []*Scenario) {
	fmt.Fprintln(w, "| scenario | what happens | verdict | first cause |")
	fmt.Fprintln(w, "| --- | --- | --- | --- |")
	for _, s := range scenarios {
		causes := strings.Join(s.Expect.Causes, " or ")
		if causes == "" {
			causes = "none"
		}
		fmt.Fprintf(w, "| %s | %s | %s | %s |\n", s.Name, strings.ReplaceAll(s.About, "|", `\|`), s.Expect.Verdict, causes)
	}
}

// InputTable writes, as markdown, in how many scenarios each input gives the same first cause as the live answer, and
// those in which it gives a weaker one.
func InputTable(w io.Writer, scenarios []*Scenario) {
	fmt.Fprintf(w, "| input | scenarios | the same first cause and verdict | another |\n| --- | --- | --- | --- |\n")
	n := len(scenarios)
	fmt.Fprintf(w, "| `unloop capture` | %d | %d | 0 |\n", n, n)
	titles := map[string]string{
		"paste": "`kubectl get pods`, `describe pod` and `logs`, pasted with their commands",
		"dump":  "`kubectl cluster-info dump --output-directory`",
	}
	for _, in := range inputs {
		weaker := 0
		for _, s := range scenarios {
			if _, ok := s.Inputs[in.name]; ok {
				weaker++
			}
		}
		fmt.Fprintf(w, "| %s | %d | %d | %d |\n", titles[in.name], n, n-weaker, weaker)
	}
	fmt.Fprintf(w, "\n| scenario | input | live | from this input | why |\n| --- | --- | --- | --- | --- |\n")
	for _, s := range scenarios {
		for _, in := range inputs {
			if weaker, ok := s.Inputs[in.name]; ok {
				e := s.Expect
				e.Causes = weaker.Causes
				fmt.Fprintf(w, "| %s | %s | %s | %s | %s |\n", s.Name, in.name, answerText(s.Expect), answerText(e), weaker.Why)
			}
		}
	}
}

func answerText(e Expect) string {
	causes := strings.Join(e.Causes, " or ")
	if causes == "" {
		causes = "no cause"
	}
	return causes + ", " + e.Verdict
}
