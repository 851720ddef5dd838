// Package causes is the knowledge: one folder per cause with its rule (cause.yaml), its page (doc.md) and its cases
// (testdata/*.txtar). Adding a cause needs no Go unless a fact is missing; CONTRIBUTING.md says how.
package causes

import (
	"embed"

	"github.com/unloop-dev/unloop/rule"
)

//go:generate go run ../internal/gencatalogue ../docs/causes.md

//go:embed */cause.yaml */doc.md
var files embed.FS

// Rules loads the built-in rules.
func Rules() (*rule.Set, error) {
	return rule.Load(files, ".")
}
