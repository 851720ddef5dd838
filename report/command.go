package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"sigs.k8s.io/yaml"

	"github.com/unloop-dev/unloop/diagnosis"
	"github.com/unloop-dev/unloop/evidence"
	"github.com/unloop-dev/unloop/internal/term"

	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

// A command is there to be pasted into a shell, so what it is made of must not be able to mean anything to a shell. An API
// server takes no other names than these; a file that somebody sends may hold any.
var plainName = lazyregexp.New(`^[A-Za-z0-9][A-Za-z0-9._:-]*$`)

// plainNames says whether all names that commands are made of are safe to paste. Absent names are.
func plainNames(ev *evidence.Evidence) bool {
	names := []string{ev.Pod.Name, ev.Pod.Namespace, ev.Pod.NodeName, ev.Workload.Kind, ev.Workload.Name}
	for _, c := range ev.Containers {
		names = append(names, c.Name)
	}
	for _, e := range ev.Events {
		names = append(names, e.Object)
	}
	for _, name := range names {
		if name != "" && !plainName.MatchString(name) {
			return false
		}
	}
	return true
}

// safeCommand is the command, cleaned, or "" when names in this evidence make pasting it dangerous.
func safeCommand(d *diagnosis.Diagnosis, command string) string {
	if command == "" || !plainNames(d.Evidence) {
		return ""
	}
	return strings.TrimSpace(term.Clean(command))
}

// adviceCommand is a command that a rule wrote for this object. Without a pod its names are holes: "kubectl logs  -n ".
func adviceCommand(d *diagnosis.Diagnosis, command string) string {
	if d.Evidence.Pod.Name == "" && strings.HasPrefix(command, "kubectl ") {
		return ""
	}
	return safeCommand(d, command)
}

// evidenceCommand shows what stands at ref.
func evidenceCommand(d *diagnosis.Diagnosis, ref string) string {
	return safeCommand(d, d.Evidence.Command(ref))
}

// describeCommand shows everything about the pod, for a person.
func describeCommand(d *diagnosis.Diagnosis) string {
	pod := d.Evidence.Pod
	if pod.Name == "" {
		return ""
	}
	return safeCommand(d, "kubectl describe pod "+pod.Name+namespaceFlag(d))
}

// objectCommand shows the pod's object, which holds what no text shows.
func objectCommand(d *diagnosis.Diagnosis) string {
	if d.Evidence.Pod.Name == "" {
		return "kubectl get pod NAME -o yaml"
	}
	return safeCommand(d, "kubectl get pod "+d.Evidence.Pod.Name+namespaceFlag(d)+" -o yaml")
}

func namespaceFlag(d *diagnosis.Diagnosis) string {
	if d.Evidence.Pod.Namespace == "" {
		return ""
	}
	return " -n " + d.Evidence.Pod.Namespace
}

// patchCommand applies a patch of the pod template to the workload, "" where that is no single patch: a bare pod and a
// Job's template can't be changed.
func patchCommand(d *diagnosis.Diagnosis, patch map[string]any) string {
	var body map[string]any
	workload := d.Evidence.Workload
	switch workload.Kind {
	case "Deployment", "StatefulSet", "DaemonSet":
		body = nest(podTemplate(patch), "spec", "template")
	case "CronJob":
		body = nest(podTemplate(patch), "spec", "jobTemplate", "spec", "template")
	}
	if len(patch) == 0 || body == nil {
		return ""
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(cleanValue(body)); err != nil {
		return ""
	}
	quoted := "'" + strings.ReplaceAll(strings.TrimSpace(b.String()), "'", `'\''`) + "'"
	return safeCommand(d, fmt.Sprintf("kubectl patch %s %s%s -p %s", strings.ToLower(workload.Kind), workload.Name, namespaceFlag(d), quoted))
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

func patchYAML(patch map[string]any) string {
	data, err := yaml.Marshal(cleanValue(patch))
	if err != nil {
		return ""
	}
	return term.CleanLines(string(data))
}

// cleanValue cleans every text in a decoded YAML value. It copies: evidence is never changed.
func cleanValue(v any) any {
	switch v := v.(type) {
	case string:
		return term.CleanLines(v)
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, value := range v {
			out[term.Clean(key)] = cleanValue(value)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, value := range v {
			out[i] = cleanValue(value)
		}
		return out
	}
	return v
}
