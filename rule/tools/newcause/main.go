// Command newcause makes the folder of a new cause, ready to be filled: newcause ID.
package main

import (
	"fmt"
	"log"
	"os"
	"path/filepath"
	"regexp"
)

const ruleText = `id: %[1]s
title: "FILL IN: what is wrong, in a few words"
class: exit # exit, config, image, resources, probe, dependency, storage, node, security, lifecycle
logs: # leave out when the log does not decide
  - match: 'the words of the crash with a (?P<path>\S+)'
    hit:
      - the words of the crash with a /real/sample
    miss:
      - a line that is near and means something else
when: c.exited # CEL over the facts of evidence.Container
confidence: possible # certain, likely, possible: as high as the world allows, not higher
summary: "{{c.name}} exits because …"
because:
  - text: "{{m.text}}"
    ref: m.ref
fix:
  - text: "FILL IN: what to do about this object"
    risk: low # none, low, restart, data
since: "0.1"
`

const docText = `# FILL IN: the cause as a heading

FILL IN, one paragraph: what happens, and why Kubernetes shows it as a crash loop.

## What it looks like

FILL IN: what status, events and log show

## How to confirm by hand

FILL IN: commands

## Fixes

* FILL IN

## What people get wrong

* "FILL IN: what people say." FILL IN: what is true.
`

const caseText = `FILL IN: why this case exists; where it was captured
-- meta.yaml --
at: 2026-11-02T10:15:00Z
target: default/pod/NAME
-- default/pods/NAME.yaml --
-- default/logs/NAME/CONTAINER.previous.log --
-- default/events.yaml --
-- want --
`

func main() {
	log.SetFlags(0)
	if len(os.Args) != 2 || !regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`).MatchString(os.Args[1]) {
		log.Fatal("usage: make cause ID=my-cause (words of a-z and 0-9 joined by -, the first of them a letter)")
	}
	dir := filepath.Join("causes", os.Args[1])
	if err := os.Mkdir(dir, 0o755); err != nil {
		log.Fatal(err)
	}
	for name, text := range map[string]string{
		"cause.yaml":               fmt.Sprintf(ruleText, os.Args[1]),
		"doc.md":                   docText,
		"testdata/hit.txtar":       caseText,
		"testdata/miss-near.txtar": caseText,
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			log.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			log.Fatal(err)
		}
	}
	fmt.Printf("%[1]s: fill in cause.yaml, doc.md and the cases, and add its neighbours to causes/neighbours.md, then\n"+
		"  go test ./causes -run 'TestCases/%[2]s/' -update && git diff %[1]s\n  make gen\n", dir, os.Args[1])
}
