package report

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"

	"github.com/unloop-dev/unloop/diagnosis"
	"github.com/unloop-dev/unloop/evidence"
	"github.com/unloop-dev/unloop/internal/shell"
	"github.com/unloop-dev/unloop/internal/term"
	"github.com/unloop-dev/unloop/rule"
)

// adviceCommand is a command that a rule wrote for this object. Without a pod its names are holes: "kubectl logs -n".
func adviceCommand(d *diagnosis.Diagnosis, command shell.Command) string {
	if d.Evidence.Pod.Name == "" && len(command) > 0 && command[0].Text == "kubectl" {
		return ""
	}
	return command.String()
}

// evidenceCommand shows what stands at ref.
func evidenceCommand(d *diagnosis.Diagnosis, ref string) string {
	return d.Evidence.Command(ref).String()
}

// missingCommand reads what was not read.
func missingCommand(d *diagnosis.Diagnosis, m evidence.Missing) string {
	return d.Evidence.Ask(m.Ref).String()
}

// describeCommand shows everything about the pod, for a person.
func describeCommand(d *diagnosis.Diagnosis) string {
	pod := d.Evidence.Pod
	if pod.Name == "" {
		return ""
	}
	return shell.Words("kubectl", "describe", "pod").Value(pod.Name).Option("-n", pod.Namespace).String()
}

// objectCommand shows the pod's object, which holds what no text shows.
func objectCommand(d *diagnosis.Diagnosis) string {
	return d.Evidence.Ask(evidence.RefPod).String()
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
	if err := enc.Encode(body); err != nil {
		return ""
	}
	return shell.Words("kubectl", "patch", strings.ToLower(workload.Kind)).Value(workload.Name).
		Option("-n", d.Evidence.Pod.Namespace).With("-p").Value(strings.TrimSpace(b.String())).String()
}

// patchPlace says where a patch of the pod template goes.
func patchPlace(d *diagnosis.Diagnosis) string {
	workload := d.Evidence.Workload
	name := term.Clean(workload.Kind + " " + workload.Name)
	switch workload.Kind {
	case "Deployment", "StatefulSet", "DaemonSet":
		return "In the manifest of " + name + ", under spec.template"
	case "CronJob":
		return "In the manifest of " + name + ", under spec.jobTemplate.spec.template"
	case "Job":
		return "In the manifest of " + name + ", under spec.template; the Job has to be made anew"
	case "":
		if d.Evidence.Pod.Static {
			return "In the manifest of the static pod, a file on its node"
		}
		if d.Evidence.Pod.Name == "" {
			return "In the pod template"
		}
		return "In the manifest of the pod, which has to be made anew"
	}
	return "In the pod template of " + name
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
	data, err := yaml.Marshal(patch)
	if err != nil {
		return ""
	}
	return string(data)
}

// patchOf is the patch of a step, nil when a text in it is not fit to be printed: a changed one would be another patch.
func patchOf(step rule.Advice) map[string]any {
	if !isClean(step.Patch) {
		return nil
	}
	return step.Patch
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
