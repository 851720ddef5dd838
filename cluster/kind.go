package cluster

import (
	"slices"
	"strings"

	"github.com/unloop-dev/unloop/internal/spelling"
)

// kind is a kind of object that can be named on the command line.
type kind struct {
	Kind     string // "Deployment"
	name     string // "deployment"
	resource string // "deployments"
	short    string // "deploy"
	group    string // "apps"
}

// kinds are those that unloop starts from: pods and what controls pods.
var kinds = []kind{
	{"Pod", "pod", "pods", "po", ""},
	{"Deployment", "deployment", "deployments", "deploy", "apps"},
	{"ReplicaSet", "replicaset", "replicasets", "rs", "apps"},
	{"StatefulSet", "statefulset", "statefulsets", "sts", "apps"},
	{"DaemonSet", "daemonset", "daemonsets", "ds", "apps"},
	{"Job", "job", "jobs", "job", "batch"},
	{"CronJob", "cronjob", "cronjobs", "cj", "batch"},
}

// Kinds are the names of the kinds that can be a target, for completion and help.
func Kinds() []string {
	var names []string
	for _, k := range kinds {
		names = append(names, k.name)
	}
	return names
}

// IsKind says whether the word names a kind.
func IsKind(text string) bool {
	_, ok := findKind(text)
	return ok
}

// NearKind gives the name of a kind that somebody may have meant who typed another one, "" when none is near. Words of
// three letters are near to too much.
func NearKind(text string) string {
	var names []string
	for _, k := range kinds {
		names = append(names, k.name, k.short, k.resource)
	}
	if near := spelling.Nearest(strings.ToLower(text), names); len(text) > 3 && len(near) > 0 {
		return near[0]
	}
	return ""
}

// findKind finds a kind by any of the names that kubectl knows, case ignored: deploy, deployments.apps,
// deployment.v1.apps.
func findKind(text string) (kind, bool) {
	name, group, qualified := strings.Cut(strings.ToLower(text), ".")
	group = strings.TrimPrefix(group, "v1.")
	for _, k := range kinds {
		if slices.Contains([]string{k.name, k.resource, k.short}, name) && (!qualified || (group == k.group && group != "")) {
			return k, true
		}
	}
	return kind{}, false
}
