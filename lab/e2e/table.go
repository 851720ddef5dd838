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
