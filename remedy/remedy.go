// Package remedy works out how a fix changes objects: from the patch that a rule wrote for a pod template to the one for
// this container, and to the command that applies it to the workload.
package remedy

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"github.com/unloop-dev/unloop/evidence"
	"github.com/unloop-dev/unloop/internal/shell"
	"github.com/unloop-dev/unloop/internal/term"
)

// Plan is how one step of a fix changes the workload. The zero value changes nothing.
type Plan struct {
	// Template is a strategic merge patch of the pod template.
	Template map[string]any
	// Command applies it to the workload; none where no single patch can: a bare pod and a Job's template can't be changed.
	Command shell.Command
}

// Of plans a rule's patch for a container, nil for what concerns the pod as a whole. The plan is the zero value when there
// is no patch, and when a text in it is not fit to be printed: a changed one would be another patch.
func Of(ev *evidence.Evidence, c *evidence.Container, patch map[string]any) Plan {
	if len(patch) == 0 || !isClean(patch) {
		return Plan{}
	}
	if c != nil && (c.Kind == evidence.KindInit || c.Kind == evidence.KindSidecar) {
		patch = underInitContainers(patch)
	}
	return Plan{Template: patch, Command: command(ev, patch)}
}

// command applies a patch of the pod template to the workload.
func command(ev *evidence.Evidence, template map[string]any) shell.Command {
	var body map[string]any
	switch ev.Workload.Kind {
	case "Deployment", "StatefulSet", "DaemonSet":
		body = nest(podTemplate(template), "spec", "template")
	case "CronJob":
		body = nest(podTemplate(template), "spec", "jobTemplate", "spec", "template")
	default:
		return nil
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(body); err != nil {
		return nil
	}
	return shell.Words("kubectl", "patch", strings.ToLower(ev.Workload.Kind)).Value(ev.Workload.Name).
		Option("-n", ev.Pod.Namespace).With("-p").Value(strings.TrimSpace(b.String()))
}

// underInitContainers moves what a patch says of containers to the list in which init containers and sidecars stand, so
// that a rule need not know of what kind its container is.
func underInitContainers(patch map[string]any) map[string]any {
	made := make(map[string]any, len(patch))
	for key, value := range patch {
		switch inner, ok := value.(map[string]any); {
		case key == "containers":
			made["initContainers"] = value
		case ok && (key == "spec" || key == "template"):
			made[key] = underInitContainers(inner)
		default:
			made[key] = value
		}
	}
	return made
}

// podTemplate gives patches that start at the pod's spec ("containers: …") the spec around them.
func podTemplate(patch map[string]any) map[string]any {
	for key := range patch {
		if key != "spec" && key != "metadata" {
			return map[string]any{"spec": patch}
		}
	}
	return patch
}

func nest(v map[string]any, path ...string) map[string]any {
	for i := len(path) - 1; i >= 0; i-- {
		v = map[string]any{path[i]: v}
	}
	return v
}

// isClean says whether all texts in a decoded YAML value can be printed as they are.
func isClean(v any) bool {
	switch v := v.(type) {
	case string:
		return term.CleanLines(v) == v
	case map[string]any:
		for key, value := range v {
			if term.Clean(key) != key || !isClean(value) {
				return false
			}
		}
	case []any:
		return !slices.ContainsFunc(v, func(value any) bool { return !isClean(value) })
	}
	return true
}
