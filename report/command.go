package report

import (
	"sigs.k8s.io/yaml"

	"github.com/unloop-dev/unloop/diagnosis"
	"github.com/unloop-dev/unloop/evidence"
	"github.com/unloop-dev/unloop/internal/shell"
	"github.com/unloop-dev/unloop/internal/term"
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

func patchYAML(patch map[string]any) string {
	data, err := yaml.Marshal(patch)
	if err != nil {
		return ""
	}
	return string(data)
}
