package printed

import (
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

// The forms of a variable whose value comes from elsewhere (describeContainerEnvVars).
var (
	envName     = lazyregexp.New(`^[-._a-zA-Z][-._a-zA-Z0-9]*$`)
	envSecret   = lazyregexp.New(`^<set to the key '(.*)' in secret '(.*)'>\s+Optional: (true|false)$`)
	envConfig   = lazyregexp.New(`^<set to the key '(.*)' of config map '(.*)'>\s+Optional: (true|false)$`)
	envField    = lazyregexp.New(`\((v\d\w*):((?:metadata|spec|status)\.[^()]+)\)$`)
	envResource = lazyregexp.New(`\(((?:limits|requests)\.[-\w./]+)\)$`)
	envSource   = lazyregexp.New(`^(\S+)\s+(ConfigMap|Secret)(?: with prefix '(.*)')?\s+Optional: (true|false)$`)
)

// envFrom reads the variables. The further lines of a value stand below its first one.
func envFrom(lines []line) []corev1.EnvVar {
	var vars []corev1.EnvVar
	for i := 0; i < len(lines); {
		first := lines[i]
		i++
		if !isVar(first) {
			continue
		}
		value := []string{first.value}
		column := first.indent + len(first.text) - len(first.value)
		for ; i < len(lines) && (lines[i].indent > first.indent || !isVar(lines[i])); i++ {
			value = append(value, strings.Repeat(" ", min(200, max(0, lines[i].indent-column)))+lines[i].text)
		}
		vars = append(vars, envVarFrom(first.key, strings.Join(value, "\n")))
	}
	return vars
}

func isVar(l line) bool { return l.key != "" && envName.MatchString(l.key) }

func envVarFrom(name, value string) corev1.EnvVar {
	v := corev1.EnvVar{Name: name}
	if m := envSecret.FindStringSubmatch(value); m != nil {
		v.ValueFrom = &corev1.EnvVarSource{SecretKeyRef: &corev1.SecretKeySelector{
			Key: m[1], LocalObjectReference: corev1.LocalObjectReference{Name: m[2]}, Optional: optional(m[3]),
		}}
	} else if m := envConfig.FindStringSubmatch(value); m != nil {
		v.ValueFrom = &corev1.EnvVarSource{ConfigMapKeyRef: &corev1.ConfigMapKeySelector{
			Key: m[1], LocalObjectReference: corev1.LocalObjectReference{Name: m[2]}, Optional: optional(m[3]),
		}}
	} else if m := envField.FindStringSubmatch(value); m != nil {
		v.ValueFrom = &corev1.EnvVarSource{FieldRef: &corev1.ObjectFieldSelector{APIVersion: m[1], FieldPath: m[2]}}
	} else if m := envResource.FindStringSubmatch(value); m != nil {
		v.ValueFrom = &corev1.EnvVarSource{ResourceFieldRef: &corev1.ResourceFieldSelector{Resource: m[1]}}
	} else {
		v.Value = value
	}
	return v
}

// envFromFrom reads the sources that give variables as a whole (describeContainerEnvFrom).
func envFromFrom(lines []line) []corev1.EnvFromSource {
	var sources []corev1.EnvFromSource
	for _, l := range lines {
		m := envSource.FindStringSubmatch(l.text)
		if m == nil {
			continue
		}
		ref := corev1.LocalObjectReference{Name: m[1]}
		source := corev1.EnvFromSource{Prefix: m[3]}
		if m[2] == "Secret" {
			source.SecretRef = &corev1.SecretEnvSource{LocalObjectReference: ref, Optional: optional(m[4])}
		} else {
			source.ConfigMapRef = &corev1.ConfigMapEnvSource{LocalObjectReference: ref, Optional: optional(m[4])}
		}
		sources = append(sources, source)
	}
	return sources
}

// optional is nil for what is not, as it mostly is in an object of the API.
func optional(text string) *bool {
	if !strings.EqualFold(text, "true") {
		return nil
	}
	yes := true
	return &yes
}
