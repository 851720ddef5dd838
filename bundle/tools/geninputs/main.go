// Command geninputs fills in docs/inputs.md what the tables of the code say: the texts that are recognised, the wrappings
// that are taken off, the trees that other programs write.
package main

import (
	"fmt"
	"log"
	"os"
	"strings"

	"github.com/unloop-dev/unloop/layout"
	"github.com/unloop-dev/unloop/printed"
	"github.com/unloop-dev/unloop/wrapping"
)

func main() {
	log.SetFlags(0)
	if len(os.Args) != 2 {
		log.Fatal("usage: geninputs PAGE")
	}
	if err := fill(os.Args[1]); err != nil {
		log.Fatal(err)
	}
}

const end = "<!-- end -->\n"

func fill(path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	page := string(text)
	for name, content := range map[string]string{"printed": kinds(), "wrapping": wrappings(), "layout": programs()} {
		mark := fmt.Sprintf("<!-- generated from package %s by 'make gen' -->\n", name)
		before, rest, ok := strings.Cut(page, mark)
		_, after, ended := strings.Cut(rest, end)
		if !ok || !ended {
			return fmt.Errorf("%s has no lines %q and %q", path, strings.TrimSpace(mark), strings.TrimSpace(end))
		}
		page = before + mark + content + end + after
	}
	return os.WriteFile(path, []byte(page), 0o644)
}

func kinds() string {
	var b strings.Builder
	b.WriteString("| text | what it tells | what it cannot | source of the format |\n| --- | --- | --- | --- |\n")
	for _, k := range printed.Kinds() {
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", k.Printed, k.Tells, k.Hides, k.Source)
	}
	return b.String()
}

func programs() string {
	var b strings.Builder
	b.WriteString("| program | recognised by | what it can hold | what it cannot | source of the layout |\n| --- | --- | --- | --- | --- |\n")
	for _, p := range layout.Programs() {
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", p.Program, p.Known, p.Tells, p.Hides, p.Source)
	}
	return b.String()
}

func wrappings() string {
	var names []string
	for _, name := range wrapping.Names() {
		if strings.Trim(name, "<>|/#+;*'-") == "" {
			name = "lines behind `" + name + "`"
		}
		names = append(names, name)
	}
	return strings.Join(names, "; ") + ".\n"
}
