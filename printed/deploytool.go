package printed

import (
	"slices"

	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

// deployLine is what kubectl and helm print of what they do: of a rollout (k8s.io/kubectl/pkg/polymorphichelpers,
// rollout_status.go), of objects (k8s.io/cli-runtime/pkg/printers, name.go), of a release (helm.sh/helm: cmd/helm/upgrade.go,
// install.go, pkg/cmd/status.go).
var deployLine = lazyregexp.New(`^(?:` +
	`Waiting for (?:deployment|daemon set|statefulset|\d+ pods|rollout|partitioned roll out)\b.*|` +
	`(?:deployment|daemon set|statefulset rolling update|partitioned roll out)\b.* (?:successfully rolled out|complete:? .*)\.*|` +
	`error: (?:deployment|daemon set|statefulset) ".*" exceeded its progress deadline|` +
	`error: timed out waiting for the condition.*|` +
	`[a-z]+(?:\.[a-z0-9.-]+)?/[a-z0-9.-]+ (?:created|configured|unchanged|restarted|scaled|patched|deleted|annotated|labeled|condition met|replaced|serverside-applied)(?: \(.*\))?|` +
	`Error: (?:UPGRADE|INSTALLATION|ROLLBACK|UNINSTALLATION) FAILED: .*|` +
	`Release ".*" (?:does not exist\. Installing it now\.|has been upgraded\..*|failed, and has been (?:rolled back|uninstalled) .*)|` +
	`(?:upgrade|install|rollback)\.go:\d+: .*|Rollback was a success.*|` +
	`(?:NAME|LAST DEPLOYED|NAMESPACE|STATUS|REVISION|TEST SUITE|DESCRIPTION): .*` +
	`)$`)

// isDeploying says that lines are of a tool that deploys: they are no log of a container, though they tell of a failure.
func isDeploying(lines []string) bool {
	return !slices.ContainsFunc(lines, func(l string) bool { return len(l) > maxRow || !deployLine.MatchString(l) })
}
