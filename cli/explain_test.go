package cli

import (
	"slices"
	"testing"

	"github.com/unloop-dev/unloop/rule"
)

// A class without a title would make its causes vanish from the list.
func TestEveryClassHasATitle(t *testing.T) {
	var titled []string
	for _, c := range classTitles {
		titled = append(titled, c.class)
	}
	for _, class := range rule.Classes {
		if !slices.Contains(titled, class) {
			t.Errorf("class %s has none", class)
		}
	}
}
