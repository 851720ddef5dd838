package printed

import (
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// volumesFrom reads the volumes of a pod (describeVolumes).
func volumesFrom(lines []line) []corev1.Volume {
	var volumes []corev1.Volume
	for i := 0; i < len(lines); i++ {
		if !beginsVolume(lines, i) {
			continue
		}
		end := i + 1
		for end < len(lines) && !beginsVolume(lines, end) {
			end++
		}
		volumes = append(volumes, corev1.Volume{Name: lines[i].key, VolumeSource: sourceFrom(lines[i+1 : end])})
		i = end - 1
	}
	return volumes
}

func beginsVolume(lines []line, i int) bool {
	if lines[i].value != "" || !containerName.MatchString(lines[i].key) || i+1 >= len(lines) {
		return false
	}
	return lines[i+1].key == "Type" || lines[i+1].text == "<unknown>"
}

// sourceFrom reads what a volume is. The kinds that no container crashes of are left without their fields, so that the
// volume is there and of a kind not told.
func sourceFrom(lines []line) corev1.VolumeSource {
	s := fieldsOf(lines)
	kind, _, _ := strings.Cut(s.value("Type"), " ")
	source := corev1.VolumeSource{}
	switch kind {
	case "HostPath":
		source.HostPath = &corev1.HostPathVolumeSource{Path: s.value("Path")}
		if t := corev1.HostPathType(s.value("HostPathType")); t != "" {
			source.HostPath.Type = &t
		}
	case "EmptyDir":
		source.EmptyDir = emptyDirFrom(s)
	case "Secret":
		source.Secret = &corev1.SecretVolumeSource{SecretName: s.value("SecretName"), Optional: optional(s.value("Optional"))}
	case "ConfigMap":
		source.ConfigMap = &corev1.ConfigMapVolumeSource{
			LocalObjectReference: corev1.LocalObjectReference{Name: s.value("Name")}, Optional: optional(s.value("Optional")),
		}
	case "PersistentVolumeClaim":
		source.PersistentVolumeClaim = &corev1.PersistentVolumeClaimVolumeSource{
			ClaimName: s.value("ClaimName"), ReadOnly: s.value("ReadOnly") == "true",
		}
	case "NFS":
		source.NFS = &corev1.NFSVolumeSource{Server: s.value("Server"), Path: s.value("Path"), ReadOnly: s.value("ReadOnly") == "true"}
	case "CSI":
		source.CSI = &corev1.CSIVolumeSource{Driver: s.value("Driver"), ReadOnly: optional(s.value("ReadOnly"))}
	case "Image":
		source.Image = &corev1.ImageVolumeSource{Reference: s.value("Reference"), PullPolicy: corev1.PullPolicy(s.value("PullPolicy"))}
	case "Projected":
		source.Projected = projectedFrom(lines)
	case "DownwardAPI":
		source.DownwardAPI = &corev1.DownwardAPIVolumeSource{}
	case "EphemeralVolume":
		source.Ephemeral = &corev1.EphemeralVolumeSource{}
	}
	return source
}

func emptyDirFrom(s sections) *corev1.EmptyDirVolumeSource {
	dir := &corev1.EmptyDirVolumeSource{Medium: corev1.StorageMedium(s.value("Medium"))}
	size, _ := quantitiesFrom([]line{{key: "size", value: s.value("SizeLimit")}})
	if q, ok := size["size"]; ok {
		dir.SizeLimit = &q
	}
	return dir
}

// projectedFrom reads the sources in their order. Up to kubectl 1.32 the lines after a name are called
// SecretOptionalName and ConfigMapOptional.
func projectedFrom(lines []line) *corev1.ProjectedVolumeSource {
	projected := &corev1.ProjectedVolumeSource{}
	for i, l := range lines {
		var may *bool
		if i+1 < len(lines) && strings.Contains(lines[i+1].key, "Optional") {
			may = optional(lines[i+1].value)
		}
		ref := corev1.LocalObjectReference{Name: l.value}
		source := corev1.VolumeProjection{}
		switch l.key {
		case "SecretName":
			source.Secret = &corev1.SecretProjection{LocalObjectReference: ref, Optional: may}
		case "ConfigMapName":
			source.ConfigMap = &corev1.ConfigMapProjection{LocalObjectReference: ref, Optional: may}
		case "DownwardAPI":
			source.DownwardAPI = &corev1.DownwardAPIProjection{}
		case "TokenExpirationSeconds":
			source.ServiceAccountToken = &corev1.ServiceAccountTokenProjection{}
			if n, read := int32From(l.value); read {
				source.ServiceAccountToken.ExpirationSeconds = pointer(int64(n))
			}
		default:
			continue
		}
		projected.Sources = append(projected.Sources, source)
	}
	return projected
}
