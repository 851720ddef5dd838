// Command gencatalogue reads the folders under causes/, where it is run, and writes what is generated from them: the
// packed rules, docs/causes.md, and the section "See also" of the pages.
package main

import (
	"bytes"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"

	"github.com/unloop-dev/unloop/rule"
)

func main() {
	log.SetFlags(0)
	if len(os.Args) != 3 {
		log.Fatal("usage: gencatalogue RULES PAGE")
	}
	if err := generate(os.Args[1], os.Args[2]); err != nil {
		log.Fatal(err)
	}
}

func generate(rules, page string) error {
	set, err := rule.Load(os.DirFS("."), ".")
	if err != nil {
		return err
	}
	packed, err := set.Pack()
	if err != nil {
		return err
	}
	text, err := os.ReadFile("neighbours.md")
	if err != nil {
		return err
	}
	neighbours, err := parseNeighbours(string(text), set)
	if err != nil {
		return err
	}
	files := map[string][]byte{rules: packed, page: catalogue(set)}
	for _, r := range set.Rules() {
		if r.Doc != "" {
			files[filepath.Join(filepath.Dir(r.File), "doc.md")] = []byte(withSeeAlso(r, set, neighbours))
		}
	}
	for name, data := range files {
		if err := os.WriteFile(name, data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

func catalogue(set *rule.Set) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "<!-- Generated from causes/*: edit those and run 'make gen'. -->\n\n# The catalogue\n\n")
	fmt.Fprintf(&b, "%d causes. The link leads to the page that `unloop explain ID` shows; the rule stands beside it.\n", len(set.Rules()))
	fmt.Fprintf(&b, "What an exit code, a signal or a reason can mean stands in [symptoms](../symptoms): `unloop explain 137`.\n")
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
