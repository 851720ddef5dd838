// Command gencatalogue reads the folders under causes/, where it is run, and writes what is generated from them: the
// packed rules and docs/causes.md.
package main

import (
	"bytes"
	"fmt"
	"log"
	"os"
	"strings"

	"github.com/unloop-dev/unloop/rule"
)

func main() {
	log.SetFlags(0)
	if len(os.Args) != 3 {
		log.Fatal("usage: gencatalogue RULES PAGE")
	}
	set, err := rule.Load(os.DirFS("."), ".")
	if err != nil {
		log.Fatal(err)
	}
	packed, err := set.Pack()
	if err != nil {
		log.Fatal(err)
	}
	for name, data := range map[string][]byte{os.Args[1]: packed, os.Args[2]: page(set)} {
		if err := os.WriteFile(name, data, 0o644); err != nil {
			log.Fatal(err)
		}
	}
}

func page(set *rule.Set) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "<!-- Generated from causes/*: edit those and run 'make gen'. -->\n\n# The catalogue\n\n")
	fmt.Fprintf(&b, "%d causes. The link leads to the page that `unloop explain ID` shows; the rule stands beside it.\n", len(set.Rules()))
	for _, class := range rule.Classes {
		rows := ""
		for _, r := range set.Rules() {
			if r.Class == class {
				rows += fmt.Sprintf("| [%s](../causes/%s/doc.md) | %s | %s |\n", r.ID, r.ID, title(r), levels(r))
			}
		}
		if rows != "" {
			fmt.Fprintf(&b, "\n## %s\n\n| id | cause | at best |\n| --- | --- | --- |\n%s", class, rows)
		}
	}
	return b.Bytes()
}

func title(r *rule.Rule) string {
	first, _, _ := strings.Cut(r.Doc, "\n")
	return strings.TrimSpace(strings.TrimPrefix(first, "# "))
}

// levels is the highest confidence that the rule ever claims.
func levels(r *rule.Rule) rule.Confidence {
	best := r.Confidence
	for _, l := range r.Levels {
		if l.Confidence == rule.Certain || (l.Confidence == rule.Likely && best == rule.Possible) {
			best = l.Confidence
		}
	}
	return best
}
