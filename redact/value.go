package redact

import "strings"

// Value gives the value that stands behind name (of a variable, an annotation, a header) without its secret.
func Value(name, value string) string { return (*Rules)(nil).Value(name, value) }

// Value gives the value that stands behind name without its secret.
func (r *Rules) Value(name, value string) string {
	if conceals(name, value) {
		return Marker
	}
	return r.Text(value)
}

// conceals says whether the value behind name is a secret as a whole.
func conceals(name, value string) bool {
	if public(value) || isWorkingDirectory(name, value) {
		return false
	}
	switch nameStrength(name) {
	case strong:
		return true
	case medium:
		return strings.EqualFold(name, "pass") || looksGiven(value) || isUUID(value) || isUserPassword(value) || isNumber(value) && len(value) >= 4
	case weak:
		return looksRandom(value)
	}
	return false
}

// public says whether a value gives nothing away even behind a secret name. URLs are cleaned part by part.
func public(value string) bool {
	switch strings.ToLower(value) {
	case "", "true", "false", "null", strings.ToLower(Marker):
		return true
	}
	if name, ok := strings.CutPrefix(value, "$("); ok && strings.HasSuffix(name, ")") {
		return !strings.ContainsAny(name, " \t")
	}
	return (isPath(value) || isURL(value)) && !strangePath(value)
}
