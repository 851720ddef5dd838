package cli

import (
	"slices"
	"testing"
)

// A word that has become a command must leave the list, or its help says the opposite of what is true.
func TestReservedWordsAreNoCommands(t *testing.T) {
	a := &app{name: "unloop"}
	for _, command := range commandNames(a.rootCommand()) {
		if slices.Contains(reserved, command) {
			t.Errorf("%s is a command", command)
		}
	}
}
