package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/unloop-dev/unloop/cluster"
	"github.com/unloop-dev/unloop/internal/spelling"
)

// reserved are words that people take for commands, and that may become some. They are never read as the name of a pod, so
// that a script which works now means the same then.
var reserved = []string{"scan", "wait", "watch", "fix", "check", "record", "history"}

// refuseMistyped refuses a first word that was meant as a command or a type and is none: without it "unloop expalin oom"
// would look for two pods. It is decided by the words alone, before a cluster is asked. "pod/NAME" is always a pod.
//
// One slip is enough for a word that stands alone, two where more words follow, since several pods are seldom named at once;
// in short words one letter makes another word, so there it is one.
func (a *app) refuseMistyped(root *cobra.Command, args []string) error {
	if len(args) == 0 || strings.Contains(args[0], "/") {
		return nil
	}
	word := args[0]
	asPod := "a pod of that name is pod/" + word
	if slices.Contains(reserved, word) {
		return usagef("the commands: "+a.name+" --help; "+asPod, "this version has no command %q", word)
	}
	for _, command := range commandNames(root) {
		slips := 1
		if len(args) > 1 && len(command) > 5 {
			slips = 2
		}
		if spelling.Slips(word, command) <= slips {
			meant := strings.Join(append([]string{a.name, command}, args[1:]...), " ")
			return usagef("did you mean "+meant+"? "+asPod, "there is no command %q", word)
		}
	}
	if kind := cluster.NearKind(word); len(args) > 1 && kind != "" && !cluster.IsKind(word) {
		return usagef("did you mean "+a.name+" "+kind+" "+args[1]+"? "+asPod, "unknown type %q", word)
	}
	return nil
}

func commandNames(root *cobra.Command) []string {
	var names []string
	for _, c := range root.Commands() {
		names = append(names, c.Name())
	}
	return names
}
