// Package causes is the knowledge: one folder per cause with its rule (cause.yaml), its page (doc.md) and its cases
// (testdata/*.txtar). Adding a cause needs no Go unless a fact is missing; CONTRIBUTING.md says how.
package causes

import (
	"embed"

	"github.com/unloop-dev/unloop/rule"
)

//go:generate go run ../rule/tools/gencatalogue rules.json ../docs/causes.md

//go:embed */doc.md
var pages embed.FS

// packed holds the rules of all folders, generated from them because reading YAML would be most of a start's cost. A
// test compares it with the folders.
//
//go:embed rules.json
var packed []byte

// Rules gives the built-in rules.
func Rules() (*rule.Set, error) {
	return rule.Unpack(packed, pages)
}
